"""Which halls somebody of the city may read: all of them, or those of one agency."""

from __future__ import annotations

import msgspec

from server.auth.access import CITY
from server.domain.names import same_agency
from server.domain.office import Office


class Reach(msgspec.Struct, frozen=True):
    """Whose halls are read; ``agency`` ``None``: all."""

    agency: str | None = None

    def holds(self, office: Office | None) -> bool:
        """Whether a hall is within it, by its settings; ``None`` for one that sent none yet."""
        if self.agency is None:
            return True
        return office is not None and same_agency(office.agency, self.agency)


def reach_of(role: str, agency: str) -> Reach:
    """Return which halls somebody may read: who is not of the city reads those of an agency."""
    return Reach(None if role == CITY else agency)
