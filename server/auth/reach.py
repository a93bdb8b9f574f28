"""What somebody of the city may read: all halls, or one agency's and its part of shared ones."""

from __future__ import annotations

import msgspec

from server.domain.names import same_agency
from server.domain.office import Office
from server.domain.roles import CITY


class Part(msgspec.Struct, frozen=True):
    """What is read of a hall: the services with these codes alone; without any, all of it."""

    services: tuple[str, ...] = ()

    def takes(self, service: str) -> bool:
        """Whether a service is in it."""
        return not self.services or service in self.services


class Reach(msgspec.Struct, frozen=True):
    """Whose halls are read; ``agency`` ``None``: all."""

    agency: str | None = None

    def part(self, office: Office | None) -> Part | None:
        """Return what is read of a hall, by its settings; ``None`` for nothing.

        Of a hall that is another's, or nobody's in particular, an agency reads the services that
        are its own there. ``office`` ``None``: a hall that has sent no settings yet.
        """
        if self.agency is None:
            return Part()
        if office is None:
            return None
        if same_agency(office.agency, self.agency):
            return Part()
        here = {
            each.code
            for each in office.agencies
            if any(same_agency(name, self.agency) for name in each.names.values())
        }
        own = tuple(each.code for each in office.services if each.agency in here)
        return Part(own) if own else None


def reach_of(role: str, agency: str) -> Reach:
    """Return what somebody may read: who is not of the city reads what is an agency's."""
    return Reach(None if role == CITY else agency)
