"""Owns what displays report back: which call was shown and voiced, and when."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

import msgspec

from server.auth.access import DISPLAY, Who
from server.domain.day import Millis
from server.domain.tx import Actor
from server.storage.store import Store

FLUSH_SECONDS = 0.5
MAX_WAITING = 10_000

Ack = tuple[int, int, str, str, Millis]
"""Branch, event number of the call, device, ``shown`` or ``voiced``, moment."""

SCREEN = Actor("screen", "display")
INSERT_ACK = """
INSERT INTO display_acks (branch, seq, device, kind, at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING
"""


class FromScreen(msgspec.Struct, frozen=True):
    """What a screen may say: that it showed or voiced the call with event number ``seq``.

    ``ago`` is how long ago that was, in milliseconds: after a lost link it is told late.
    """

    type: Literal["shown", "voiced", "alive"]
    seq: Annotated[int, msgspec.Meta(ge=0, lt=2**53)] = 0
    ago: Annotated[int, msgspec.Meta(ge=0, le=3_600_000)] = 0


_decode = msgspec.json.Decoder(FromScreen).decode


class Acks:
    """Collects acknowledgements and writes them together, twice a second.

    They are facts beside the event log: replaying the queue does not need them, and telling
    every screen what every other screen showed would square the traffic.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[Ack] = []

    def hear(self, who: Who, said: bytes) -> None:
        """Take what a socket said; only displays acknowledge, and the unknown is passed over."""
        try:
            told = _decode(said)
        except msgspec.DecodeError:
            return  # a screen may be newer than this server
        if told.type != "alive" and who.actor.role == DISPLAY:
            at = self._store.clock() - told.ago
            self.add((who.branch, told.seq, who.actor.id, told.type, at))

    def add(self, ack: Ack) -> None:
        """Take one; beyond a bound (a screen gone mad) they are passed over."""
        if len(self._waiting) < MAX_WAITING:
            self._waiting.append(ack)

    async def run(self) -> None:
        """Write what came in, for ever."""
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await self.flush()

    async def flush(self) -> None:
        """Write what waits now."""
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            await self._store.transact(
                waiting[0][0], SCREEN, lambda tx: tx.aside.executemany(INSERT_ACK, waiting)
            )
