"""Owns the record of wait ranges told after the ticket was issued, as on the phone page.

They stand in a table beside the log: no screen, webhook or reader of the log has to do with them.
Two thousand phones that look must cost next to nothing: what is written is a sample, a few a minute
however many look.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from server.domain import events
from server.domain.tx import Actor
from server.storage.queries.numbers import note_told
from server.storage.store import Store
from server.storage.transaction import SqliteTx

REMEMBERED = 20_000
TELLER = Actor("system", "system")
TICKET_S = 120.0
"""The same ticket is written down again no sooner than this, however often its range changes."""
AT_ONCE, EVERY_S = 6, 5.0
"""Of each office: so many at once after a quiet while, then one in so many seconds."""


class Quotes:
    """Writes a sample of the ranges newly told to visitors, never one for each look.

    The sample does not depend on what was told: it is the first that comes when there is room.
    """

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._told: OrderedDict[tuple[str, str], tuple[events.Quote, float]] = OrderedDict()
        self._full_at: dict[int, float] = {}

    def tell(self, branch: int, ticket: str, channel: str, quote: events.Quote) -> None:
        """Record that ``quote`` was told for ``ticket`` on ``channel``, if it is news."""
        key, now = (ticket, channel), self._clock()
        known = self._told.get(key)
        if known is not None and (known[0].estimate == quote.estimate or now - known[1] < TICKET_S):
            return
        if not self._room(branch, now):
            return
        self._told[key] = (quote, now)
        self._told.move_to_end(key)
        while len(self._told) > REMEMBERED:
            self._told.popitem(last=False)

        def write(tx: SqliteTx) -> None:
            note_told(tx.aside, branch, tx.now, ticket, channel, quote)

        def failed() -> None:
            self._told.pop(key, None)

        self._store.note(branch, TELLER, write, failed)

    def _room(self, branch: int, now: float) -> bool:
        """Whether the office has room for one more now; takes it."""
        used = max(self._full_at.get(branch, now), now)
        if used + EVERY_S > now + AT_ONCE * EVERY_S:
            return False
        self._full_at[branch] = used + EVERY_S
        return True
