"""Owns the event feed of each branch: who listens, what they missed, who fell behind.

An event is encoded and framed once; the same bytes are written to every socket's transport.
The transport's own buffer is the outbox: a socket whose buffer passes the bound is closed
(1013, "try again later") and comes back through a snapshot, so it never delays another.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable

import structlog

from server.push.frames import close_frame, text_frame

log = structlog.get_logger()

KEPT_EVENTS = 512
OUTBOX_BYTES = 256 * 1024
HEARTBEAT_SECONDS = 2.0
DRAIN_PAUSE, DRAIN_TRIES = 0.02, 500


class Listener:
    """One socket on the feed. ``seq`` is the last event it has, so none comes twice."""

    __slots__ = ("lost", "seq", "transport")

    def __init__(self, transport: asyncio.Transport, lost: Callable[[], None]) -> None:
        self.transport = transport
        self.lost = lost
        self.seq = 0

    def write_message(self, message: bytes) -> bool:
        """Frame and write one message."""
        return self.write(text_frame(message))

    def write(self, frame: bytes) -> bool:
        """Hand a frame to the kernel or the outbox; false when the socket is gone or too slow."""
        if self.transport.is_closing():
            return False
        if self.transport.get_write_buffer_size() > OUTBOX_BYTES:
            self.lost()
            return False
        self.transport.write(frame)
        return True

    async def drained(self) -> None:
        """Wait until most of the outbox has gone; a socket that does not read is given up."""
        for _ in range(DRAIN_TRIES):
            if self.transport.get_write_buffer_size() < OUTBOX_BYTES // 4:
                return
            await asyncio.sleep(DRAIN_PAUSE)
        self.lost()


class Feed:
    """The ordered events of one branch and those who listen."""

    def __init__(self, seq: int) -> None:
        self.seq = seq
        self.listeners: set[Listener] = set()
        self._recent: deque[tuple[int, bytes]] = deque(maxlen=KEPT_EVENTS)
        self.dropped = 0

    def publish(self, events: Iterable[tuple[int, bytes]]) -> None:
        """Send events to every listener, in order; those already seen are passed over."""
        for seq, message in events:
            if seq <= self.seq:
                continue
            frame = text_frame(message)
            self.seq = seq
            self._recent.append((seq, frame))
            gone = []
            for listener in self.listeners:
                if seq > listener.seq:
                    if listener.write(frame):
                        listener.seq = seq
                    else:
                        gone.append(listener)
            self._drop(gone)

    def beat(self) -> None:
        """Tell every listener that the server lives and which event was the last."""
        frame = text_frame(b'{"type":"heartbeat","seq":%d}' % self.seq)
        self._drop([each for each in self.listeners if not each.write(frame)])

    def holds(self, since: int) -> bool:
        """Whether every event after ``since`` is still kept here."""
        if since == self.seq:
            return True
        return bool(self._recent) and self._recent[0][0] - 1 <= since < self.seq

    def attach(self, listener: Listener, since: int) -> None:
        """Send what came after ``since`` and keep the listener; needs ``holds(since)``."""
        listener.seq = since
        for seq, frame in self._recent:
            if seq > since:
                listener.write(frame)
                listener.seq = seq
        self.listeners.add(listener)

    def detach(self, listener: Listener) -> None:
        """Forget a listener."""
        self.listeners.discard(listener)

    def _drop(self, gone: list[Listener]) -> None:
        for listener in gone:
            self.listeners.discard(listener)
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

    def listeners(self) -> int:
        """Return how many sockets listen."""
        return sum(len(feed.listeners) for feed in self._feeds.values())

    def dropped(self) -> int:
        """Return how many sockets were given up because they were gone or too slow."""
        return sum(feed.dropped for feed in self._feeds.values())

    def send_away(self) -> None:
        """End every socket with 1001, "going away"; screens come back by themselves."""
        frame = close_frame(1001)
        for feed in self._feeds.values():
            for listener in list(feed.listeners):
                listener.write(frame)
                listener.transport.close()
            feed.listeners.clear()

    async def heartbeat(self) -> None:
        """Beat every two seconds, for ever."""
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            for feed in self._feeds.values():
                feed.beat()


async def join(
    feed: Feed,
    listener: Listener,
    since: int | None,
    snapshot: Callable[[], Awaitable[tuple[int, bytes]]],
) -> None:
    """Bring a new listener up to date and attach it, without a gap and without a repeat.

    Args:
        feed: the branch's feed.
        listener: the new socket.
        since: the last event the client has; ``None`` asks for a snapshot.
        snapshot: returns (seq, message) of the whole state as of event ``seq``.
    """
    if since is None or not feed.holds(since):
        since, message = await snapshot()
        while since < feed.seq and not feed.holds(since):
            since, message = await snapshot()
        listener.write_message(message)
    if since > feed.seq:  # the snapshot saw a commit that is about to be published
        listener.seq = since
        feed.listeners.add(listener)
    else:
        feed.attach(listener, since)
