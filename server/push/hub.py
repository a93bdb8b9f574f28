"""Publish and subscribe: the event feed of each branch, who listens, what they missed.

An event is encoded and framed once for each audience; the same bytes are written to the
transports of all its sockets. What an audience is not told of leaves a gap in the numbers that it
sees: the next event says ``after`` which number nothing was left out.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from itertools import chain, count
from typing import Protocol

from server.domain.events import AUDIENCES, Audience
from server.push.frames import GOING_AWAY, PING, text_frame
from server.push.socket import Socket

KEPT_EVENTS = 512
HEARTBEAT_SECONDS = 2.0
HEARTBEAT_GROUPS = 20
"""The screens beat in so many groups, one after the other: no call waits for all of them."""
PING_EVERY = 12
"""Heartbeats between two pings; who answered nothing to one is cut at the next (24 to 48 s)."""


class Message(Protocol):
    """An event that can be told to screens."""

    @property
    def seq(self) -> int:
        """Return its number in the branch."""

    @property
    def least(self) -> Audience:
        """Return the first audience that is told of it; those after it are told too."""

    def message(self, audience: Audience, after: int | None) -> bytes:
        """Return the bytes that an audience gets."""


class _Kept:
    """One of the latest events, encoded and framed when the first listener of a kind needs it."""

    __slots__ = ("_before", "_event", "_frames", "seq")

    def __init__(self, event: Message, before: tuple[int, ...]) -> None:
        """Keep an event; ``before`` is the last one that each audience was told."""
        self.seq = event.seq
        self._event = event
        self._before = before
        self._frames: dict[Audience, bytes] = {}

    def frame(self, audience: Audience) -> bytes:
        """Return what an audience gets of it, nothing for who is not told."""
        frame = self._frames.get(audience)
        if frame is None:
            frame = b""
            if self._event.least <= audience:
                before = self._before[audience]
                after = None if before == self.seq - 1 else before
                frame = text_frame(self._event.message(audience, after))
            self._frames[audience] = frame
        return frame


class Feed:
    """The ordered events of one branch and those who listen."""

    def __init__(self, seq: int) -> None:
        self.seq = seq
        self.dropped = 0
        self._groups: tuple[set[Socket], ...] = tuple(set() for _ in range(HEARTBEAT_GROUPS))
        self._next = 0
        self._told = (seq,) * len(AUDIENCES)
        self._framed: dict[Audience, tuple[bytes, bytes]] = {}
        self._recent: deque[_Kept] = deque(maxlen=KEPT_EVENTS)

    def __len__(self) -> int:
        """Return how many sockets listen."""
        return sum(map(len, self._groups))

    def __iter__(self) -> Iterator[Socket]:
        """Go over those who listen."""
        return chain.from_iterable(self._groups)

    def listens(self, least: Audience) -> bool:
        """Return whether anybody of some audience on listens."""
        return any(each.audience >= least for each in self)

    def publish(self, events: Iterable[Message]) -> None:
        """Send events to every listener, in order; those already seen are passed over."""
        listened = any(self._groups)
        for event in events:
            if event.seq > self.seq:
                self.seq = event.seq
                kept = _Kept(event, self._told)
                self._recent.append(kept)
                least = event.least
                self._told = self._told[:least] + (event.seq,) * (len(AUDIENCES) - least)
                if listened:
                    self._send(kept)

    def _send(self, kept: _Kept) -> None:
        gone = []
        seq = kept.seq
        for socket in self:
            if seq > socket.seq:
                frame = kept.frame(socket.audience)
                if not frame or socket.write(frame):
                    socket.seq = seq
                else:
                    gone.append(socket)
        self._drop(gone)

    def tell(self, message: bytes, least: Audience) -> None:
        """Send what is no event from some audience on; who misses it, reads it later."""
        frame = text_frame(message)
        listeners = [each for each in self if each.audience >= least]
        self._drop([each for each in listeners if not each.write(frame)])

    def beat(self, group: int, *, ping: bool) -> None:
        """Tell one group that the server lives and which event was the last.

        With ``ping``, those who have been silent since the ping before are cut.
        """
        sockets = self._groups[group]
        end = PING if ping else b""
        frames = [self._beat(audience) + end for audience in AUDIENCES]
        if ping:
            for socket in [each for each in sockets if not each.alive]:
                socket.cut()
            for socket in sockets:
                socket.alive = False
        self._drop([each for each in sockets if not each.write(frames[each.audience])])

    def _beat(self, audience: Audience) -> bytes:
        told = self._told[audience]
        last = b"" if told == self.seq else b',"told":%d' % told
        return text_frame(b'{"type":"heartbeat","seq":%d%b}' % (self.seq, last))

    def holds(self, since: int) -> bool:
        """Whether every event after ``since`` is still kept here."""
        if since == self.seq:
            return True
        return bool(self._recent) and self._recent[0].seq - 1 <= since < self.seq

    def framed(self, snapshot: bytes, audience: Audience) -> bytes:
        """Return the frame of a snapshot; screens that come together share its bytes."""
        known = self._framed.get(audience)
        if known is None or known[0] is not snapshot:
            known = self._framed[audience] = (snapshot, text_frame(snapshot))
        return known[1]

    def attach(self, socket: Socket, since: int) -> None:
        """Send what came after ``since`` and keep the socket; needs ``holds(since)``.

        A snapshot may have seen a commit that is about to be published: ``since`` is then ahead
        of the feed, and the socket is passed over until the feed has come up to it.
        """
        socket.seq = since
        for kept in self._recent:
            if kept.seq > since:
                frame = kept.frame(socket.audience)
                if frame:
                    socket.write(frame)
                socket.seq = kept.seq
        if not socket.ended:
            socket.gone = self.detach
            self._groups[self._next].add(socket)
            self._next = (self._next + 1) % HEARTBEAT_GROUPS

    def detach(self, socket: Socket) -> None:
        """Forget a socket."""
        for group in self._groups:
            group.discard(socket)

    def _drop(self, gone: list[Socket]) -> None:
        for socket in gone:
            self.detach(socket)
            self.dropped += 1


class Hub:
    """The feeds of all branches."""

    def __init__(self) -> None:
        self._feeds: dict[int, Feed] = {}

    def feed(self, branch: int, seq: int = 0) -> Feed:
        """Return the feed of a branch; a new one begins after event ``seq``."""
        known = self._feeds.get(branch)
        if known is None:
            known = self._feeds[branch] = Feed(seq)
        return known

    def listened(self) -> list[int]:
        """Return the branches that somebody listens to."""
        return [branch for branch, feed in self._feeds.items() if len(feed)]

    def sockets(self) -> Iterator[Socket]:
        """Go over all sockets that listen."""
        return chain.from_iterable(self._feeds.values())

    def listeners(self) -> int:
        """Return how many sockets listen."""
        return sum(map(len, self._feeds.values()))

    def dropped(self) -> int:
        """Return how many sockets were given up because they were gone or too slow."""
        return sum(feed.dropped for feed in self._feeds.values())

    def send_away(self, branch: int | None = None, code: int = GOING_AWAY) -> None:
        """End the sockets of a branch, or all, by default with 1001, "going away".

        Screens come back by themselves.
        """
        for socket in list(self.sockets() if branch is None else self.feed(branch)):
            socket.end(code)

    async def heartbeat(self) -> None:
        """Beat for every socket every two seconds, group after group, for ever."""
        for beats in count():
            await asyncio.sleep(HEARTBEAT_SECONDS / HEARTBEAT_GROUPS)
            number, group = divmod(beats, HEARTBEAT_GROUPS)
            for feed in self._feeds.values():
                feed.beat(group, ping=number % PING_EVERY == PING_EVERY - 1)


async def join(
    feed: Feed,
    socket: Socket,
    since: int | None,
    snapshot: Callable[[], Awaitable[tuple[int, bytes]]],
) -> None:
    """Bring a new socket up to date and attach it, without a gap and without a repeat.

    Args:
        feed: the branch's feed.
        socket: the new one.
        since: the last event the client has; ``None`` asks for a snapshot.
        snapshot: returns (seq, message) of the whole state as of event ``seq``.
    """
    fresh = False  # a snapshot may be ahead of the feed
    while since is None or not (feed.holds(since) or (fresh and since >= feed.seq)):
        fresh = True
        since, message = await snapshot()
        while since < feed.seq and not feed.holds(since):
            since, message = await snapshot()
        socket.write(feed.framed(message, socket.audience))
        await socket.drained()  # a long one on a slow line: what comes meanwhile is kept
    feed.attach(socket, since)
