"""What the city prepared for offices: in the city for each, at an office's server for its own."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from server.domain.day import Millis
from server.storage.queries.rows import first


class Prepared(NamedTuple):
    """What is prepared for an office.

    Attributes:
        version: another one with each change, never one that was before; 0 is none.
        base: version of the office's settings that ``settings`` were made from.
        settings: JSON text; "" for none.
        people: JSON text: who shall be invited.
        name, at: who prepared it, and when.
        had: version that the office's own server has.
        put_aside: version that the office does not want for now.
    """

    version: int
    base: int
    settings: str
    people: str
    name: str
    at: Millis
    had: int = 0
    put_aside: int = 0


NONE = Prepared(0, 0, "", "[]", "", 0)


def get(db: sqlite3.Connection, branch: int) -> Prepared:
    """Return what is prepared for a branch; ``NONE`` if nothing ever was."""
    sql = """
        SELECT version, base, settings, people, name, at, had, put_aside
        FROM prepared WHERE branch = ?
    """
    return first(db, Prepared, sql, (branch,)) or NONE


def put(db: sqlite3.Connection, branch: int, one: Prepared) -> None:
    """Keep what is prepared, in the place of what was before."""
    db.execute(
        "INSERT INTO prepared (branch, version, base, settings, people, name, at, had, put_aside) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (branch) DO UPDATE SET "
        "version = excluded.version, base = excluded.base, settings = excluded.settings, "
        "people = excluded.people, name = excluded.name, at = excluded.at, had = excluded.had, "
        "put_aside = excluded.put_aside",
        (branch, *one),
    )
