"""Owns the lobby display's addresses: its pages; everything else they need comes from the API."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web as http

from display.voice.packs import Packs
from display.voice.routes import VOICES, Voices, shipped_clips
from display.voice.tables import load_tables
from web.pages import page


def setup(app: http.Application) -> None:
    """Add ``GET /display`` and the page of voices; static files are served by ``web.pages``."""
    app.router.add_get("/display", show)


def open_rooms(app: http.Application, data: Path) -> None:
    """Give the API what it needs of the display's files in the data folder."""
    app[VOICES] = Voices(Packs(data), load_tables(data), shipped_clips())


async def show(request: http.Request) -> http.Response:
    """Answer with the lobby screen page."""
    return await page(request, "display/page.html", "display")


async def voices(request: http.Request) -> http.Response:
    """Answer with the page where staff record their voices."""
    return await page(request, "display/voices.html", "staff")
