"""Owns the addresses of the staff console, of supervisor, host and of a counter's tablet."""

from __future__ import annotations

from aiohttp import web as http

from web.pages import page


def setup(app: http.Application) -> None:
    """Add the pages to ``app``; ``web.pages.setup`` serves the files beside them."""
    app.router.add_get("/counter", counter_page)
    app.router.add_get("/counter/supervisor", supervisor_page)
    app.router.add_get("/host", host_page)
    app.router.add_get("/rota", rota_page)
    app.router.add_get(r"/counter/{counter:\d{1,4}}/word", word_page)


async def counter_page(request: http.Request) -> http.Response:
    """Answer with the page; who may work at a counter is decided when it talks to the API."""
    return await page(request, "counter/page.html", "staff")


async def supervisor_page(request: http.Request) -> http.Response:
    """Answer with the page of who directs the hall; the API decides who may."""
    return await page(request, "counter/supervisor.html", "staff")


async def host_page(request: http.Request) -> http.Response:
    """Answer with the page of who receives visitors; the API decides who may."""
    return await page(request, "counter/host.html", "staff")


async def rota_page(request: http.Request) -> http.Response:
    """Answer with an officer's own rota; the API tells each one their own."""
    return await page(request, "counter/rota.html", "staff")


async def word_page(request: http.Request) -> http.Response:
    """Answer with the page of the tablet at a counter, which asks how it was."""
    return await page(request, "counter/word.html", "tablet")
