"""Owns the lobby display's addresses: its pages; everything else they need comes from the API."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web as http

from display.api import LOBBY, Lobby
from display.media.shelf import Shelf
from display.screens import Screens
from display.voice.packs import Packs
from display.voice.routes import VOICES, Voices, shipped_clips
from display.voice.tables import load_tables
from web.pages import page


def setup(app: http.Application) -> None:
    """Add the screen itself and the two pages to set it up; ``web.pages`` serves their files."""
    app.router.add_get("/display", show)
    app.router.add_get("/display/setup", set_up)
    app.router.add_get("/display/voices", voices)


def open_rooms(app: http.Application, data: Path) -> None:
    """Give the API what it needs of the display's files in the data folder."""
    screens = Screens()
    shelf, packs = Shelf(data), Packs(data)
    for room in (shelf, packs):
        room.sweep()
    app[LOBBY] = Lobby(screens, shelf)
    app[VOICES] = Voices(packs, load_tables(data), shipped_clips(), screens)


async def show(request: http.Request) -> http.Response:
    """Answer with the lobby screen page."""
    return await page(request, "display/page.html", "display")


async def set_up(request: http.Request) -> http.Response:
    """Answer with the page for screens, media, playlists and how calls are heard."""
    return await page(request, "display/setup.html", "staff")


async def voices(request: http.Request) -> http.Response:
    """Answer with the page where staff record their voices."""
    return await page(request, "display/voices.html", "staff")
