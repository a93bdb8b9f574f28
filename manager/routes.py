"""Owns the address of the manager's page."""

from __future__ import annotations

from aiohttp import web as http

from web.pages import page


def setup(app: http.Application) -> None:
    """Add ``GET /manager`` to ``app``; ``web.pages.setup`` serves the files beside it."""
    app.router.add_get("/manager", manager_page)


async def manager_page(request: http.Request) -> http.Response:
    """Answer with the page; who may read the figures is decided when it talks to the API."""
    return await page(request, "manager/page.html", "staff")
