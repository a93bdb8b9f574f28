"""Gives the API what it needs of the lobby's files in the data folder."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web as http

from server.lobby.api import LOBBY, Lobby
from server.lobby.media.shelf import Shelf
from server.lobby.screens import Screens
from server.lobby.voice.packs import Packs
from server.lobby.voice.routes import VOICES, Voices, shipped_clips
from server.lobby.voice.tables import load_tables
from server.storage.address import address_of

OTHERS_S = 3_600.0
"""Servers of one store share these folders: what is younger may be on its way to another one."""


def open_rooms(app: http.Application, data: Path) -> None:
    """Open the shelf, the voices and the list of screens."""
    screens = Screens()
    shelf, packs = Shelf(data), Packs(data)
    for room in (shelf, packs):
        room.sweep(0.0 if address_of(data) is None else OTHERS_S)
    app[LOBBY] = Lobby(screens, shelf)
    app[VOICES] = Voices(packs, load_tables(data), shipped_clips(), screens)
