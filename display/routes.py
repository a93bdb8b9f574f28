"""Owns the lobby display's address: one page; everything else it needs comes from the API."""

from aiohttp import web as http

from web.pages import page


def setup(app: http.Application) -> None:
    """Add ``GET /display``; its static files are served by ``web.pages``."""
    app.router.add_get("/display", show)


async def show(request: http.Request) -> http.Response:
    """Answer with the lobby screen page."""
    return await page(request, "display/page.html", "display")
