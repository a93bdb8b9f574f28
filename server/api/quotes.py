"""Owns the record of wait ranges told after the ticket was issued, as on the phone page."""

from __future__ import annotations

from collections import OrderedDict

from server.domain import events
from server.domain.tx import Actor
from server.storage.store import Busy, Store, Unavailable

REMEMBERED = 20_000
TELLER = Actor("system", "system")


class Quotes:
    """Writes one event for each range newly told to a visitor, not for each look at it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._told: OrderedDict[tuple[str, str], events.Quote] = OrderedDict()

    async def tell(self, branch: int, ticket: str, channel: str, quote: events.Quote) -> None:
        """Record that ``quote`` was told for ``ticket`` on ``channel``, if it is news."""
        key = (ticket, channel)
        known = self._told.get(key)
        if known is not None and known.estimate == quote.estimate:
            return
        self._told[key] = quote
        self._told.move_to_end(key)
        while len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        event = events.Quoted(ticket=ticket, channel=channel, quote=quote)
        try:
            await self._store.transact(branch, TELLER, lambda tx: tx.append(event))
        except (Busy, Unavailable):
            self._told.pop(key, None)
