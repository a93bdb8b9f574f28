"""Owns whose request goes first: counters at once, the hall next, strangers with what is left.

Requests of one event loop stand in each other's way. A counter's never waits here. Screens, kiosks
and scripts have many places, strangers a few with a breath between two, so that a flood leaves the
processor free for the hall; whoever floods waits in a line of the own address. Who finds even that
line full is told to come back (503 with ``Retry-After``).
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from server.api.hall import HALL, LEAVE, RETURN
from server.api.problems import TITLES, problem
from server.api.routing import check_raw
from server.auth.doorway import DOORWAY
from server.domain.words import marked as _
from server.precedence import AGAIN_S, GivesWay, Precedence
from server.short import PlainRequest
from server.storage.database import is_disk_trouble
from server.storage.store import Busy
from web.i18n import negotiate

log = structlog.get_logger()
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HALL_PLACES = 48
STRANGERS_PLACES = 4
BREATH_S = 0.004
"""A place of a stranger lies empty for so long: there are at most 1,000 answers a second."""
RESTS, LONGEST_S = 12, 0.25
"""A place lies empty for so many times the processor time of its answer: strangers get a quarter
of the processor at most, on a slow one too."""
WAITING = 2_000
WAITING_EACH = 600
"""Of one address; a town's phones may share one."""
SHORT = ("/api/tickets", "/api/services", "/api/queue", "/api/waits")
"""What known clients ask for over and over; files and long answers of theirs hold no place."""
GONE = 499


class Full(Exception):
    """So many wait that one more would wait for nothing."""


class Lane:
    """Few at once, the others in turn by address.

    Args:
        places: how many at once.
        breath_s: pause before a place that was left can be taken again.
        known: requests that go first; then also no two of this lane begin at the same moment.
    """

    def __init__(self, places: int, breath_s: float = 0.0, known: Precedence | None = None) -> None:
        self._free = places
        self._breath = breath_s
        self._way = None if known is None else GivesWay(known)
        self._again: asyncio.TimerHandle | None = None
        self._waiting = 0
        self._lines: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    def enter_at_once(self) -> bool:
        """Take a place if one is free, nobody waits for it, and nobody else goes first."""
        if not self._free or self._waiting or self._gives_way():
            return False
        self._free -= 1
        if self._way is not None:
            self._look_again()
        return True

    def _gives_way(self) -> bool:
        return self._way is not None and (self._again is not None or self._way.waits())

    def _look_again(self) -> None:
        """Let nobody begin for a moment."""
        if self._again is None:
            self._again = asyncio.get_running_loop().call_later(AGAIN_S, self._looked_again)

    def _looked_again(self) -> None:
        self._again = None
        self._fill()

    async def enter(self, address: str) -> None:
        """Wait for a place and take it.

        Raises:
            Full: too many wait already.
        """
        if self.enter_at_once():
            return
        line = self._lines.get(address)
        if self._waiting >= WAITING or (line is not None and len(line) >= WAITING_EACH):
            raise Full
        if line is None:
            line = self._lines[address] = deque()
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.append(future)
        self._waiting += 1
        self._fill()
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self._pass_on()  # the place came at the moment the asker went
            raise

    def leave(self, spent_s: float = 0.0) -> None:
        """Give the place to the next who waits, or back; after a breath, whoever waits.

        Args:
            spent_s: processor time of the answer; a costly one makes a longer breath.

        Most answers are made without a pause, so nobody is seen to wait: the breath is what bounds
        how many there are a second.
        """
        if self._breath:
            pause = max(self._breath, min(LONGEST_S, spent_s * RESTS))
            asyncio.get_running_loop().call_later(pause, self._pass_on)
        else:
            self._pass_on()

    def _pass_on(self) -> None:
        self._free += 1
        self._fill()

    def _fill(self) -> None:
        """Give free places to those who wait, one after the other where others go first."""
        while self._free and self._lines:
            if self._gives_way():
                self._look_again()
                return
            future = self._next()
            if not future.done():
                self._free -= 1
                future.set_result(None)
                if self._way is not None:
                    self._look_again()

    def _next(self) -> asyncio.Future[None]:
        address, line = self._lines.popitem(last=False)
        future = line.popleft()
        self._waiting -= 1
        if line:
            self._lines[address] = line  # behind the other addresses
        return future


class Place:
    """A place in a lane, left once: when the answer is made, or earlier by who waits elsewhere."""

    __slots__ = ("_began", "_home", "_lane", "_measured")

    def __init__(self, lane: Lane, *, measured: bool) -> None:
        self._lane: Lane | None = lane
        self._home = lane
        self._measured = measured
        self._began = time.thread_time() if measured else 0.0

    def leave(self) -> None:
        """Give the place back; a second time changes nothing."""
        lane, self._lane = self._lane, None
        if lane is not None:
            lane.leave(time.thread_time() - self._began if self._measured else 0.0)

    async def again(self, request: web.Request) -> None:
        """Wait for a place once more, behind those who came meanwhile.

        Raises:
            Busy: too many wait already.
        """
        if self._lane is None:
            try:
                await self._home.enter(request.app[DOORWAY].client(request))
            except Full:
                raise Busy from None
            self._lane = self._home
            self._began = time.thread_time() if self._measured else 0.0


class Admission:
    """The lanes of one server; its method ``admit`` is aiohttp's middleware."""

    def __init__(self, known: Precedence) -> None:
        """``known``: told of each request that comes from somebody known."""
        self._known = known
        self._hall = Lane(HALL_PLACES)
        self._strangers = Lane(STRANGERS_PLACES, BREATH_S, known)

    def lane(self, request: web.Request) -> Lane | None:
        """Return where a request has to wait; ``None`` for nowhere."""
        role = request.app[HALL].access.known_role(request)
        if role is None:
            return self._strangers
        return self._hall if request.path.startswith(SHORT) else None

    @web.middleware
    async def admit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let a request in when it is its turn, and answer for a disk that fails under a page."""
        lane = self.lane(request)
        if lane is self._strangers:
            return await self._let_in(request, handler, lane)
        begun = self._known.begin()
        try:
            return await self._let_in(request, handler, lane)
        finally:
            self._known.end(begun)

    async def _let_in(
        self, request: web.Request, handler: Handler, lane: Lane | None
    ) -> web.StreamResponse:
        if lane is not None and not lane.enter_at_once():
            try:
                await lane.enter(request.app[DOORWAY].client(request))
            except Full:
                return _say(request, 503, "busy", TOO_MANY, retry_after=2)
        place = None if lane is None else Place(lane, measured=lane is self._strangers)
        if place is not None and not isinstance(request, PlainRequest):
            request[LEAVE] = place.leave  # a plain command waits for nothing else
            request[RETURN] = place.again
        try:
            if request.transport is None or request.transport.is_closing():
                return web.Response(status=GONE)  # nobody waits for it any more
            return await _answered(request, handler)
        finally:
            if place is not None:
                place.leave()


TOO_MANY = _("Very many requests at once. Please try again in a moment.")


async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    wrong = None if isinstance(request, PlainRequest) else check_raw(request)
    if wrong is not None:
        return _say(request, 400, "malformed-header", NO_TEXT, field=wrong)
    try:
        return await handler(request)
    except (OSError, sqlite3.Error) as error:
        if not is_disk_trouble(error):
            raise
        log.error("disk_failed", path=_route(request), why=str(error))  # noqa: TRY400 - in words
        away = request.app[HALL].store.away
        return _say(request, 503, "unavailable", away, retry_after=5)


def _route(request: web.Request) -> str:
    """Return the address of the route: the one that was asked for may hold a ticket's secret."""
    resource = request.match_info.route.resource
    return "" if resource is None else resource.canonical


NO_TEXT = _("The header {field} is not well-formed text.")


def _say(
    request: web.Request,
    status: int,
    slug: str,
    message: str,
    *,
    retry_after: int | None = None,
    field: str | None = None,
) -> web.Response:
    hall = request.app[HALL]
    header = request.headers.get("Accept-Language", "")
    language = negotiate(header, hall.languages)
    detail = hall.translate(language, message, field=field or "")
    title = hall.translate(language, TITLES[status])
    return problem(status, slug, detail, title, retry_after, field=field)
