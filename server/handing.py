"""Finds which of several servers is to answer a request, and has it answered there.

A branch's screens, printers and limits are known to the server that has it, and commands that come
together share a commit there. Whoever has no branch yet is the leading server's. Any server could
answer anything right, so what cannot be passed on is answered here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from aiohttp import web

from server.api.hall import step_aside
from server.api.routing import Route
from server.auth.access import Access
from server.domain.roles import CITY_UP, PERSONS
from server.passing import PASSED, Passing
from server.storage.owners import Owners

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Admit = Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]
API = "/api/"


class Handing:
    """The way of requests between the servers of one store; until ``begin`` all are answered here.

    Args:
        admit: lets a request in when it is its turn; before that nothing is looked up for it.
        routes: what the handlers of the API answer.
    """

    def __init__(self, admit: Admit, routes: Mapping[Handler, Route]) -> None:
        self._admit = admit
        self._routes = routes
        self._passing: Passing | None = None
        self._owners = Owners()
        self._access: Access | None = None

    def begin(self, passing: Passing, owners: Owners, access: Access) -> None:
        """Hand over from now on."""
        self._passing, self._owners, self._access = passing, owners, access

    async def close(self, _app: web.Application) -> None:
        """Hand nothing over any more: this server ends, and answers what has come itself."""
        passing, self._passing = self._passing, None
        if passing is not None:
            await passing.close()

    def misplaced(self, branch: int) -> bool:
        """Whether screens of a branch that came here are better off at the server that has it."""
        url = self._owners.at(branch)
        return bool(url) and self._passing is not None and self._passing.reaches(url)

    @web.middleware
    async def admit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let a request in, and have it answered where it belongs."""
        return await self._admit(request, partial(self._hand, handler=handler))

    async def _hand(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        url = await self._where(request)
        if not url or self._passing is None:
            return await handler(request)
        step_aside(request)  # it waits for its turn there
        return await self._passing.answer(request, url, handler)

    async def _where(self, request: web.Request) -> str:
        """Return where a request is to be answered, "" for here."""
        if self._access is None or not request.path.startswith(API):
            return ""
        if self._owners.knows(request.headers.get(PASSED, "")):
            return ""
        route = self._routes.get(request.match_info.handler)
        if route is None or route.place == "any":
            return ""
        if route.place == "led" or not (route.roles or route.place == "own"):
            return self._owners.at(None)
        who = await self._access.whose(request, route.roles or PERSONS)
        if who is None:
            return ""  # refused, by whoever is asked
        return self._owners.at(None if who.actor.role in CITY_UP else who.branch)
