"""What plays beside the calls: media on the shelf, playlists and settings of screens."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from server.domain.day import Millis
from server.storage.queries.rows import every, first, value


class Row(NamedTuple):
    """One picture, video or text on the shelf; ``file`` is its name in ``DATA/media``."""

    id: str
    name: str
    kind: str
    type: str
    bytes: int
    width: int
    height: int
    seconds: float
    text: str
    file: str


class Playlist(NamedTuple):
    """A playlist; ``items`` is a JSON list."""

    name: str
    items: str


class Change(NamedTuple):
    """Who changed something, where and when."""

    branch: int
    at: Millis
    actor: str


_SHELF = """
SELECT id, name, kind, type, bytes, width, height, seconds, text, file FROM media
WHERE branch = ? AND removed_at IS NULL
"""


def shelf(db: sqlite3.Connection, branch: int) -> list[Row]:
    """Return what lies on the shelf, oldest first."""
    return every(db, Row, f"{_SHELF} ORDER BY added_at, id", (branch,))


def medium(db: sqlite3.Connection, branch: int, id_: str) -> Row | None:
    """Return something that lies on the shelf."""
    return first(db, Row, f"{_SHELF} AND id = ?", (branch, id_))


def add(db: sqlite3.Connection, row: Row, change: Change) -> None:
    """Put something on the shelf."""
    db.execute(
        "INSERT INTO media (id, name, kind, type, bytes, width, height, seconds, text, file, "
        "branch, added_at, added_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*row, *change),
    )


def remove(db: sqlite3.Connection, id_: str, now: Millis) -> None:
    """Take something off the shelf."""
    db.execute("UPDATE media SET removed_at = ? WHERE id = ?", (now, id_))


def playlists(db: sqlite3.Connection, branch: int) -> list[Playlist]:
    """Return the newest version of every playlist, also of those that are empty now."""
    sql = """
        SELECT name, items FROM playlists AS newest WHERE branch = :branch AND version = (
            SELECT MAX(version) FROM playlists WHERE branch = :branch AND name = newest.name)
        ORDER BY name
    """
    return every(db, Playlist, sql, {"branch": branch})


def put_playlist(db: sqlite3.Connection, playlist: Playlist, change: Change) -> None:
    """Keep a new version of a playlist."""
    db.execute(
        """
        INSERT INTO playlists (name, items, branch, at, actor, version)
        VALUES (:name, :items, :branch, :at, :actor,
            (SELECT COALESCE(MAX(version), 0) + 1 FROM playlists
                WHERE branch = :branch AND name = :name))
        """,
        playlist._asdict() | change._asdict(),
    )


def shows(db: sqlite3.Connection, device: str) -> str | None:
    """Return the newest settings of a screen as JSON; ``None`` when it was never set up."""
    sql = "SELECT settings FROM display_settings WHERE device = ? ORDER BY version DESC LIMIT 1"
    settings: str | None = value(db, sql, (device,))
    return settings


def put_shows(db: sqlite3.Connection, device: str, settings: str, change: Change) -> None:
    """Keep new settings of a screen; the old ones stay in the table."""
    db.execute(
        """
        INSERT INTO display_settings (device, settings, branch, at, actor, version)
        VALUES (:device, :settings, :branch, :at, :actor,
            (SELECT COALESCE(MAX(version), 0) + 1 FROM display_settings WHERE device = :device))
        """,
        change._asdict() | {"device": device, "settings": settings},
    )
