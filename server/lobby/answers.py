"""What the calls about screens and media take and answer."""

from __future__ import annotations

from typing import Annotated

import msgspec

from server.api.requests import Request
from server.domain.texts import PRINTABLE
from server.lobby.media.shelf import Medium, PlayItem
from server.lobby.screens import Name, Role, Shows, Sound


class PlayNow(msgspec.Struct, frozen=True):
    """One thing to play, with everything a screen needs for it."""

    id: str
    name: str
    kind: str
    type: str
    url: str
    text: str
    seconds: float
    starts: str | None
    ends: str | None
    days: list[int]


class Mine(msgspec.Struct, frozen=True):
    """A screen's own settings and what it plays.

    Attributes:
        part: its part in the sound of its room, also before its first report.
        logo: the office's sign as a ``data:`` address; empty for none.
    """

    id: str
    name: str
    shows: Shows
    play: list[PlayNow]
    revision: str
    part: Role = "off"
    logo: str = ""


class DisplayAnswer(msgspec.Struct, frozen=True):
    """A screen as the manager sees it.

    Attributes:
        online: it reported within the last 25 seconds.
        frame_at: when it last drew a picture, by the server's clock.
        skew_s: how far its own clock is ahead of the server's, seconds.
        part: its part in the sound: it speaks, only rings, or is silent.
        sound: whether its browser lets it sound.
        behind: events it does not have yet.
    """

    id: str
    name: str
    online: bool
    shows: Shows
    paired_at: str
    seen_at: str | None = None
    frame_at: str | None = None
    skew_s: float | None = None
    version: str = ""
    part: Role = "off"
    sound: Sound = "none"
    width: int = 0
    height: int = 0
    waiting: int = 0
    behind: int = 0
    memory_mb: int = 0


class DisplayList(msgspec.Struct, frozen=True):
    """Every paired screen of the branch."""

    displays: list[DisplayAnswer]


class NewDisplay(Request, frozen=True):
    """A name for a screen that is about to be paired."""

    name: Name


class PairingCode(msgspec.Struct, frozen=True):
    """A code to type on the screen, good once."""

    code: str
    minutes: int


class MediaList(msgspec.Struct, frozen=True):
    """What lies on the shelf."""

    media: list[Medium]


class NewSlide(Request, frozen=True):
    """A text to show beside the calls, under its name as a heading."""

    name: Name
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=PRINTABLE)]


class Playlist(Request, frozen=True):
    """A playlist; without items it is gone."""

    name: Name
    items: Annotated[list[PlayItem], msgspec.Meta(max_length=100)]


class Playlists(msgspec.Struct, frozen=True):
    """Every playlist of the branch."""

    playlists: list[Playlist]
