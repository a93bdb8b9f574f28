"""Owns what displays report back: which call was shown and voiced, or could not be, and when.

What was not said is told to the pages of staff, so that somebody calls again.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

import msgspec

from server.auth.access import Who
from server.domain.events import Audience
from server.domain.roles import DISPLAY
from server.domain.tx import Actor
from server.push.hub import Hub
from server.storage.queries import calls
from server.storage.queries.calls import Ack
from server.storage.store import Store

FLUSH_SECONDS = 0.5
MAX_WAITING = 10_000

UNHEARD = frozenset({"unvoiced", "mute"})
"""What is told to the counter: others were spoken meanwhile; the screen has no sound."""

SCREEN = Actor("screen", "display")


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
        except (msgspec.DecodeError, RecursionError):
            return  # a screen may be newer than this server, or play
        if told.type != "alive" and who.actor.role == DISPLAY:
            at = self._store.clock() - told.ago
            self.add(Ack(who.branch, told.seq, who.actor.id, told.type, at))

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
                waiting[0].branch, SCREEN, lambda tx: calls.note(tx.aside, waiting)
            )
            await self._tell_staff([each for each in waiting if each.kind in UNHEARD])

    async def _tell_staff(self, unheard: list[Ack]) -> None:
        """Tell the pages of staff which calls were not said; the calls of this history only."""
        if not unheard:
            return
        keys = sorted({(each.branch, each.seq, each.kind) for each in unheard})
        found = await self._store.read(
            lambda db: [calls.call(db, branch, seq) for branch, seq, _ in keys]
        )
        for (branch, seq, kind), call in zip(keys, found, strict=True):
            if call is not None:
                told = {"type": kind, "seq": seq, "counter": call.counter, "ticket": call.ticket}
                self._hub.feed(branch).tell(msgspec.json.encode(told), Audience.STAFF)
