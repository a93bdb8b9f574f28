"""Owns what happens to a device's key when its page is opened: given anew, or found missing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from server.auth.access import Access, Who
from server.auth.cookies import DEVICE_COOKIES

Pair = Callable[[web.Request, web.Response, str, Who | None], Awaitable[bool]]


class PageKeys:
    """Renews the key of a kiosk or display with its page; ``pair`` may give it another one."""

    def __init__(self, access: Access, pair: Pair | None = None) -> None:
        self._access = access
        self._pair = pair

    async def __call__(self, request: web.Request, response: web.Response, role: str) -> None:
        """Look at the page that is about to be sent."""
        if role not in DEVICE_COOKIES:
            return
        who = await self._access.device(request.cookies.get(DEVICE_COOKIES[role], ""))
        if who is not None and who.actor.role != role:
            who = None
        if self._pair is not None and await self._pair(request, response, role, who):
            return
        if who is not None:
            await self._access.renew(request, response, who, always=True)
