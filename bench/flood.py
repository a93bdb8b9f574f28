"""Owns a flood: many connections that ask again and again, until standard input closes."""

from __future__ import annotations

import heapq
import selectors
import sys
import time
from itertools import count

import msgspec

from bench.load import Connection


class Flood(msgspec.Struct, frozen=True, tag=True):
    """What to send: per connection the requests over and over; ``every_s`` 0 is flat out."""

    port: int
    requests: list[list[str]]
    every_s: float = 0.0


class _Flood:
    def __init__(self, plan: Flood) -> None:
        self._plan = plan
        self._serial = count()
        self._selector = selectors.DefaultSelector()
        self._selector.register(sys.stdin.buffer, selectors.EVENT_READ, None)
        self._due: list[tuple[float, int]] = []
        self._links: dict[int, Connection] = {}
        self.statuses: dict[int, int] = {}

    def _come(self, number: int) -> None:
        """Open a connection if there is none, and send its next request."""
        try:
            link = self._links.get(number)
            if link is None:
                plan = self._plan
                link = Connection(plan.port, plan.requests[number], self._serial)
                self._links[number] = link
                self._selector.register(link.socket, selectors.EVENT_READ, number)
            link.send()
        except OSError:
            self._gone(number)

    def _gone(self, number: int) -> None:
        self.statuses[0] = self.statuses.get(0, 0) + 1
        link = self._links.pop(number, None)
        if link is not None:
            self._selector.unregister(link.socket)
            link.socket.close()
        self._later(number, max(self._plan.every_s, 0.5))

    def _later(self, number: int, seconds: float) -> None:
        heapq.heappush(self._due, (time.monotonic() + seconds, number))

    def _took(self, number: int) -> None:
        link = self._links[number]
        try:
            if not link.receive():
                return
        except OSError:
            self._gone(number)
            return
        self.statuses[link.status] = self.statuses.get(link.status, 0) + 1
        if self._plan.every_s:
            self._later(number, self._plan.every_s)
        else:
            self._come(number)

    def run(self) -> None:
        """Flood until nobody holds standard input any more."""
        clients = len(self._plan.requests)
        for number in range(clients):  # phones look when they like, not all at once
            self._later(number, self._plan.every_s * number / clients)
        while True:
            now = time.monotonic()
            while self._due and self._due[0][0] <= now:
                self._come(heapq.heappop(self._due)[1])
            pause = self._due[0][0] - now if self._due else 1.0
            for key, _ in self._selector.select(max(0.0, min(pause, 1.0))):
                if key.data is None:
                    return
                if key.data in self._links:
                    self._took(key.data)


def flood(plan: Flood) -> str:
    """Flood until standard input closes; tell the answers. 0: connections that were ended."""
    made = _Flood(plan)
    made.run()
    return f"answers: {made.statuses}"
