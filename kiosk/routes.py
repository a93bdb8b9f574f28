"""Owns the kiosk's address: one page; everything else it needs comes from the API."""

from aiohttp import web as http

from web.pages import page


def setup(app: http.Application) -> None:
    """Add ``GET /kiosk``; its static files are served by ``web.pages``."""
    app.router.add_get("/kiosk", show)


async def show(request: http.Request) -> http.Response:
    """Answer with the touchscreen page."""
    return await page(request, "kiosk/page.html", "kiosk")
