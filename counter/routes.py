"""Owns the address of the staff console."""

from __future__ import annotations

from aiohttp import web as http

from web.pages import page


def setup(app: http.Application) -> None:
    """Add ``GET /counter`` to ``app``; ``web.pages.setup`` serves the files beside it."""
    app.router.add_get("/counter", counter_page)


async def counter_page(request: http.Request) -> http.Response:
    """Answer with the page; who may work at a counter is decided when it talks to the API."""
    return await page(request, "counter/page.html", "staff")
