"""Owns the media rows and files of a branch: ``DATA/media``, playlists, settings of screens."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, BinaryIO

import msgspec

from server.api.requests import Request
from server.domain.errors import Invalid, NotFound
from server.domain.hours import Clock, Weekday
from server.domain.texts import PRINTABLE
from server.lobby.screens import Shows
from server.storage.queries import media as rows
from server.storage.transaction import SqliteTx
from server.uploads.apart import settled
from server.uploads.check import Found
from server.uploads.halves import drop_old

MAX_FILE = 300_000_000
MAX_SHELF = 4_000_000_000
MAX_MEDIA, MAX_PLAYLISTS = 500, 50
"""Of an office; nobody looks through more, and every screen reads the list."""
KEEP_FREE = 1_000_000_000
"""Media never takes the last of the disk: numbers are written there."""


class Medium(msgspec.Struct, frozen=True):
    """One picture, video or text; ``seconds`` is a video's length if known."""

    id: str
    name: str
    kind: str
    type: str
    bytes: int
    width: int
    height: int
    seconds: float
    text: str


class PlayItem(Request, frozen=True):
    """One place in a playlist: what, how long (pictures and texts), and when it may play."""

    media: Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=PRINTABLE)]
    seconds: Annotated[int, msgspec.Meta(ge=3, le=600)] = 12
    starts: Clock | None = None
    ends: Clock | None = None
    days: Annotated[list[Weekday], msgspec.Meta(max_length=7)] = msgspec.field(default_factory=list)


def media_of(db: sqlite3.Connection, branch: int) -> list[Medium]:
    """Return what lies on the shelf, oldest first."""
    return [Medium(*row[:-1]) for row in rows.shelf(db, branch)]


def playlists_of(db: sqlite3.Connection, branch: int) -> dict[str, list[PlayItem]]:
    """Return the playlists that have something in them."""
    lists = {
        name: msgspec.json.decode(items, type=list[PlayItem])
        for name, items in rows.playlists(db, branch)
    }
    return {name: items for name, items in lists.items() if items}


def shows_of(db: sqlite3.Connection, device: str) -> Shows:
    """Return a screen's settings; one that was never set up shows everything."""
    settings = rows.shows(db, device)
    return Shows() if settings is None else msgspec.json.decode(settings, type=Shows)


def put_shows(tx: SqliteTx, device: str, shows: Shows) -> None:
    """Keep new settings of a screen; the old ones stay in the table."""
    for code in shows.services:
        tx.office.service(code)
    for number in shows.counters:
        tx.office.counter(str(number))
    settings = msgspec.json.encode(shows).decode()
    rows.put_shows(tx.db, device, settings, _change(tx))


def put_playlist(tx: SqliteTx, name: str, items: list[PlayItem]) -> None:
    """Keep a playlist; an empty one is gone.

    Raises:
        NotFound: it names something that is not on the shelf.
        Invalid: a time ends first, or there are too many.
    """
    there = playlists_of(tx.db, tx.branch)
    if items and name not in there and len(there) >= MAX_PLAYLISTS:
        raise Invalid("There are {n} playlists already; remove one.", field="name", n=MAX_PLAYLISTS)
    known = {each.id for each in media_of(tx.db, tx.branch)}
    for item in items:
        if item.media not in known:
            raise _not_here(item.media)
        if item.starts is not None and item.ends is not None and item.starts >= item.ends:
            raise Invalid("A time of day starts before it ends.", field="items")
    body = msgspec.json.encode(items).decode()
    rows.put_playlist(tx.db, rows.Playlist(name, body), _change(tx))
    tx.note("playlist_set", name=name)


def add_medium(tx: SqliteTx, medium: Medium, file: str) -> Medium:
    """Put something on the shelf.

    Raises:
        Invalid: there is too much on it.
    """
    if len(rows.shelf(tx.db, tx.branch)) >= MAX_MEDIA:
        raise Invalid("There are {n} things on the shelf; remove one.", field="name", n=MAX_MEDIA)
    rows.add(tx.db, rows.Row(**msgspec.structs.asdict(medium), file=file), _change(tx))
    tx.note("medium_added", name=medium.name)
    return medium


def _change(tx: SqliteTx) -> rows.Change:
    return rows.Change(tx.branch, tx.now, tx.actor.id)


def drop_medium(tx: SqliteTx, medium: str) -> str:
    """Take something off the shelf and out of every playlist; return the name of its file."""
    row = rows.medium(tx.db, tx.branch, medium)
    if row is None:
        raise _not_here(medium)
    rows.remove(tx.db, medium, tx.now)
    tx.note("medium_removed", name=row.name)
    for name, items in playlists_of(tx.db, tx.branch).items():
        kept = [item for item in items if item.media != medium]
        if len(kept) != len(items):
            put_playlist(tx, name, kept)
    return row.file


def file_of(db: sqlite3.Connection, branch: int, medium: str) -> tuple[str, str]:
    """Return (file name, media type) of something on the shelf.

    Raises:
        NotFound: it is not there, or has no file.
    """
    row = rows.medium(db, branch, medium)
    if row is None or not row.file:
        raise _not_here(medium)
    return row.file, row.type


def _not_here(medium: str) -> NotFound:
    return NotFound("There is no '{media}' on the shelf.", field="media", media=medium[:40])


class Shelf:
    """The files. Every method touches the disk: call it in a thread."""

    def __init__(self, data: Path) -> None:
        self.folder = data / "media"

    def sweep(self, old_s: float = 0.0) -> None:
        """Delete what uploads left that a crash cut short; those so old are not under way."""
        drop_old(self.folder.glob("*.part"), old_s)

    def begin(self, part: str) -> BinaryIO:
        """Open a new file for an upload.

        Raises:
            Invalid: the shelf is full, or the disk soon would be.
        """
        self.folder.mkdir(exist_ok=True)
        used = sum(path.stat().st_size for path in self.folder.iterdir() if path.is_file())
        free = shutil.disk_usage(self.folder).free
        if used > MAX_SHELF or free < KEEP_FREE:
            raise Invalid("There is no room for more media. Please remove some.", field="body")
        return (self.folder / part).open("xb")

    def settle(self, part: str, name: str) -> Found:
        """Look into an upload and give it its name; what does not fit is deleted."""
        path = self.folder / part
        try:
            found = settled(path)
            path.rename(self.folder / f"{name}.{found.ending}")
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return found

    def path(self, file: str) -> Path:
        """Return where a file of the shelf lies."""
        return self.folder / file

    def size(self, file: str) -> int:
        """Return a file's bytes."""
        return self.path(file).stat().st_size

    def remove(self, file: str) -> None:
        """Delete a file."""
        self.path(file).unlink(missing_ok=True)


async def pour(chunks: AsyncIterator[bytes], most: int) -> AsyncIterator[bytes]:
    """Pass chunks on until there are more than ``most`` bytes.

    Raises:
        Invalid: there are.
    """
    total = 0
    async for chunk in chunks:
        total += len(chunk)
        if total > most:
            raise Invalid("The file is larger than {n} MB.", field="body", n=most // 1_000_000)
        yield chunk
