"""Versions that offices may take: in the city for each, at an office's server for its own."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from server.domain.day import Millis
from server.storage.queries.rows import every, first


class Release(NamedTuple):
    """A version that an office's server may take; "" for none any more.

    Attributes:
        name, at: who said so, and when, in the city's time.
        took_at: in the city: when the office's server first came with it.
        failed: in the city: the version that did not work there; "" for none.
    """

    version: str
    name: str
    at: Millis
    took_at: Millis | None = None
    failed: str = ""


class Told(NamedTuple):
    """What a linked branch's server may take, and since when; "" and 0 where nothing was said."""

    code: str
    version: str
    at: Millis


NONE = Release("", "", 0)


def get(db: sqlite3.Connection, branch: int) -> Release:
    """Return what an office's server may take; ``NONE`` if nothing was ever said."""
    sql = "SELECT version, name, at, took_at, failed FROM releases WHERE branch = ?"
    return first(db, Release, sql, (branch,)) or NONE


def put(db: sqlite3.Connection, branch: int, one: Release) -> None:
    """Keep what it may take, in the place of what was said before."""
    db.execute(
        "INSERT INTO releases (branch, version, name, at, took_at, failed) "
        "VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (branch) DO UPDATE SET version = excluded.version, name = excluded.name, "
        "at = excluded.at, took_at = excluded.took_at, failed = excluded.failed",
        (branch, *one),
    )


def told(db: sqlite3.Connection) -> list[Told]:
    """Return what the servers of linked branches may take: at an office, its own."""
    sql = """
        SELECT code, COALESCE(version, ''), COALESCE(releases.at, 0) FROM city_links
        JOIN branches ON branches.id = city_links.branch
        LEFT JOIN releases ON releases.branch = city_links.branch ORDER BY city_links.branch
    """
    return every(db, Told, sql)
