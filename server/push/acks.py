"""Owns what displays report back: which call was shown and voiced, or could not be, and when.

What was not said is told to the pages of staff, so that somebody calls again.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec

from server.auth.access import DISPLAY, STAFF_UP, Who
from server.domain.day import Millis
from server.domain.tx import Actor
from server.push.hub import Hub
from server.storage.store import Store

FLUSH_SECONDS = 0.5
MAX_WAITING = 10_000

Ack = tuple[int, int, str, str, Millis]
"""Branch, event number of the call, device, kind (see ``FromScreen``), moment."""

UNHEARD = frozenset({"unvoiced", "mute"})
"""What is told to the counter: others were spoken meanwhile; the screen has no sound."""

SCREEN = Actor("screen", "display")
INSERT_ACK = """
INSERT INTO display_acks (branch, seq, device, kind, at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING
"""
SELECT_CALL = "SELECT counter, ticket FROM calls WHERE branch = ? AND seq = ?"


class FromScreen(msgspec.Struct, frozen=True):
    """What a screen may say: that it showed or voiced the call with event number ``seq``.

    ``unvoiced``: the call is still open, but its words never had their turn (a rush, an outage).
    ``mute``: the screen is to speak in its room and has no sound.
    ``ago`` is how long ago that was, in milliseconds: after a lost link it is told late.
    """

    type: Literal["shown", "voiced", "unvoiced", "mute", "alive"]
    seq: Annotated[int, msgspec.Meta(ge=0, lt=2**53)] = 0
    ago: Annotated[int, msgspec.Meta(ge=0, le=3_600_000)] = 0


_decode = msgspec.json.Decoder(FromScreen).decode


class Acks:
    """Collects acknowledgements and writes them together, twice a second.

    They are facts beside the event log: replaying the queue does not need them, and telling
    every screen what every other screen showed would square the traffic.
    """

    def __init__(self, store: Store, hub: Hub) -> None:
        self._store = store
        self._hub = hub
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
            await self._tell_staff([each for each in waiting if each[3] in UNHEARD])

    async def _tell_staff(self, unheard: list[Ack]) -> None:
        """Tell the pages of staff which calls were not said; the calls of this history only."""
        if not unheard:
            return
        found = await self._store.read(lambda db: _calls(db, unheard))
        for branch, seq, kind, counter, ticket in found:
            told = {"type": kind, "seq": seq, "counter": counter, "ticket": ticket}
            self._hub.feed(branch).tell(msgspec.json.encode(told), STAFF_UP)


def _calls(db: sqlite3.Connection, unheard: Iterable[Ack]) -> list[tuple[int, int, str, str, str]]:
    """Return branch, event number and kind with the counter and ticket of each call."""
    return [
        (branch, seq, kind, *row)
        for branch, seq, kind in sorted({(each[0], each[1], each[3]) for each in unheard})
        for row in db.execute(SELECT_CALL, (branch, seq))
    ]
