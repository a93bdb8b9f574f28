"""Offices with a server of their own: the city keeps the boxes, each office its link."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from server.domain.day import Millis
from server.storage.dialect import NEW_NAME, tables
from server.storage.queries.rows import every, first, value


class Box(NamedTuple):
    """An office's own server, as the city knows it.

    ``history`` is the name of the log that it sends, ``None`` before its first part; ``newest``
    the last event that it has and ``seq`` the last one that is here; ``ahead`` how many came
    before those they stand on; ``refused`` why nothing of it is taken, "" while it is;
    ``clock_ms`` how far its clock was ahead of ours when it came last, ``None`` if nobody knows.
    """

    branch: int
    code: str
    history: str | None
    seq: int
    newest: int
    ahead: int
    version: str
    heard_at: Millis | None
    refused: str
    clock_ms: Millis | None


class Link(NamedTuple):
    """Where a branch's log is sent, and the last event that the city confirmed.

    ``clock_ms``: how far our clock was ahead of the city's then, ``None`` if nobody knows.
    """

    branch: int
    code: str
    history: str
    newest: int
    url: str
    token: str
    seq: int
    error: str | None
    told_at: Millis | None
    clock_ms: Millis | None


class Ahead(NamedTuple):
    """An event that waits for those before it."""

    seq: int
    at: Millis
    actor: str
    data: str


class Told(NamedTuple):
    """What a box told of its devices, as JSON, and when; ``heard_at``: when it came last."""

    code: str
    at: Millis
    devices: str
    heard_at: Millis | None


_BOXES = """
SELECT branch, code, boxes.history, seq, newest,
    (SELECT COUNT(*) FROM events_ahead WHERE events_ahead.branch = boxes.branch), version, heard_at,
    refused, clock_ms
FROM boxes JOIN branches ON branches.id = boxes.branch
"""


def boxes(db: sqlite3.Connection) -> list[Box]:
    """Return every box, the first admitted first."""
    return every(db, Box, f"{_BOXES} ORDER BY branch")


def box(db: sqlite3.Connection, branch: int) -> Box | None:
    """Return the box of a branch; ``None`` for one that is ruled here."""
    return first(db, Box, f"{_BOXES} WHERE branch = ?", (branch,))


def known_as(db: sqlite3.Connection, history: str, branch: int) -> str | None:
    """Return the code of the other branch whose log this is; ``None`` for nobody's so far."""
    sql = """
        SELECT code FROM branches LEFT JOIN boxes ON boxes.branch = branches.id
        WHERE branches.id != ? AND ? IN (branches.history, boxes.history) ORDER BY id LIMIT 1
    """
    code: str | None = value(db, sql, (branch, history))
    return code


def admit(db: sqlite3.Connection, branch: int) -> None:
    """Let a branch be ruled by a box from now on."""
    db.execute("INSERT INTO boxes (branch) VALUES (?) ON CONFLICT DO NOTHING", (branch,))


def heard(
    db: sqlite3.Connection, branch: int, history: str, newest: int, version: str, now: Millis
) -> None:
    """Note that a box came, and what it said of itself."""
    db.execute(
        "UPDATE boxes SET history = ?, newest = ?, version = ?, heard_at = ?, refused = '' "
        "WHERE branch = ?",
        (history, newest, version, now, branch),
    )


def refuse(db: sqlite3.Connection, branch: int, why: str) -> None:
    """Note why nothing of a box is taken, until something is again."""
    db.execute("UPDATE boxes SET refused = ? WHERE branch = ?", (why, branch))


def put_clock(db: sqlite3.Connection, branch: int, ahead: Millis | None) -> None:
    """Note how far a box's clock is ahead of ours; ``None``: it does not say."""
    db.execute("UPDATE boxes SET clock_ms = ? WHERE branch = ?", (ahead, branch))


def put_devices(db: sqlite3.Connection, branch: int, devices: str, now: Millis) -> None:
    """Keep what a box tells of its devices, in the place of what it told before."""
    db.execute(
        "INSERT INTO box_devices (branch, at, devices) VALUES (?, ?, ?) ON CONFLICT (branch) "
        "DO UPDATE SET at = excluded.at, devices = excluded.devices",
        (branch, now, devices),
    )


def devices(db: sqlite3.Connection) -> list[Told]:
    """Return what each box told of its devices last."""
    sql = """
        SELECT code, at, devices, heard_at FROM box_devices
        JOIN boxes USING (branch) JOIN branches ON branches.id = branch ORDER BY branch
    """
    return every(db, Told, sql)


def of_log(db: sqlite3.Connection, branch: int, numbers: range) -> list[Ahead]:
    """Return events of the log as they are kept."""
    sql = "SELECT seq, at, actor, data FROM events WHERE branch = ? AND seq BETWEEN ? AND ?"
    return every(db, Ahead, f"{sql} ORDER BY seq", (branch, numbers.start, numbers.stop - 1))


def put_ahead(db: sqlite3.Connection, branch: int, events: Iterable[Ahead]) -> None:
    """Keep events that came too early; one that is there stays."""
    db.executemany(
        "INSERT INTO events_ahead (branch, seq, at, actor, data) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT DO NOTHING",
        [(branch, *each) for each in events],
    )


def ahead(db: sqlite3.Connection, branch: int, after: int, most: int) -> list[Ahead]:
    """Return the earliest of the events that came too early and are still to come."""
    sql = "SELECT seq, at, actor, data FROM events_ahead WHERE branch = ? AND seq > ? ORDER BY seq"
    return every(db, Ahead, f"{sql} LIMIT ?", (branch, after, most))


def drop_ahead(db: sqlite3.Connection, branch: int, upto: int) -> None:
    """Forget the events that the log holds now."""
    db.execute("DELETE FROM events_ahead WHERE branch = ? AND seq <= ?", (branch, upto))


def of_branch(db: sqlite3.Connection) -> list[str]:
    """Return the tables that hold something of a branch."""
    return [each for each in sorted(tables(db)) if "branch" in _columns(db, each)]


def _columns(db: sqlite3.Connection, table: str) -> set[str]:
    return {each[0] for each in db.execute(f'SELECT * FROM "{table}" LIMIT 0').description}


KEPT = frozenset({
    "boxes", "box_devices", "tokens", "users", "webhooks", "branch_secrets", "deeds", "deed_chains",
    "prepared", "device_wishes", "releases",
})  # fmt: skip
"""What the city itself keeps of an office: its keys and people, and what was done here with it."""


def forget_log(db: sqlite3.Connection, branch: int) -> None:
    """Drop everything that came in a box's log, so that it can come again from the start."""
    for table in of_branch(db):
        if table not in KEPT:
            db.execute(f'DELETE FROM "{table}" WHERE branch = ?', (branch,))
    db.execute(
        "UPDATE boxes SET history = NULL, newest = 0, refused = '' WHERE branch = ?", (branch,)
    )
    db.execute(
        "UPDATE branches SET seq = 0, rows_seq = 0, settings_version = 0, "
        f"history = {NEW_NAME} WHERE id = ?",
        (branch,),
    )


# ---------------------------------------------------------------- the office's side


def links(db: sqlite3.Connection) -> list[Link]:
    """Return every branch's link to the city."""
    sql = """
        SELECT branch, code, history, branches.seq, url, token, city_links.seq, error, told_at,
            clock_ms
        FROM city_links JOIN branches ON branches.id = city_links.branch ORDER BY branch
    """
    return every(db, Link, sql)


def join(db: sqlite3.Connection, branch: int, url: str, token: str) -> None:
    """Send a branch's log to a city from now on; what the city has, it says itself."""
    db.execute(
        "INSERT INTO city_links (branch, url, token) VALUES (?, ?, ?) ON CONFLICT (branch) "
        "DO UPDATE SET url = excluded.url, token = excluded.token, seq = 0, error = NULL",
        (branch, url, token),
    )


def leave(db: sqlite3.Connection, branch: int) -> int:
    """Send a branch's log no more; return how many links that ended."""
    return db.execute("DELETE FROM city_links WHERE branch = ?", (branch,)).rowcount


def told(
    db: sqlite3.Connection, branch: int, seq: int | None, error: str | None, now: Millis,
    ahead: Millis | None = None,
) -> None:  # fmt: skip
    """Note what the city confirmed last (``None``: it was not reached), and what went wrong.

    ``ahead``: how far our clock is ahead of the city's, ``None`` if nobody knows.
    """
    db.execute(
        "UPDATE city_links SET seq = COALESCE(:seq, seq), error = :error, clock_ms = :ahead, "
        "told_at = CASE WHEN :error IS NULL THEN :now ELSE told_at END WHERE branch = :branch",
        {"seq": seq, "error": error, "now": now, "branch": branch, "ahead": ahead},
    )
