"""Wishes of the city for devices: in the city for each office, at an office's server as done."""

from __future__ import annotations

import sqlite3
from typing import Any, Literal, NamedTuple

import msgspec

from server.domain.day import Millis
from server.storage.queries.rows import every, first

Came = Literal["done", "away", "gone", "refused"]
"""What comes of a wish in the office."""
State = Literal["waiting", "done", "away", "gone", "refused", "late"]


class Kept(NamedTuple):
    """A wish and what came of it.

    Attributes:
        device, was: id of its key in the office, and what it was called then.
        act: reload, rename or end; at an office also what only a newer city knows, as refused.
        name: what it shall be called; "" for the other acts.
        by, at: whose wish it is, and since when.
        ended_at: when its state was known.
    """

    id: str
    device: str
    was: str
    act: str
    name: str
    by: str
    at: Millis
    state: State
    ended_at: Millis | None


def _kept(*row: Any) -> Kept:  # noqa: ANN401 - as the columns have it
    return msgspec.convert(row, Kept)


_ALL = "SELECT id, device, was, act, name, by, at, state, ended_at FROM device_wishes"


def of_branch(db: sqlite3.Connection, branch: int, since: Millis) -> list[Kept]:
    """Return the wishes for devices of a branch since a moment, the oldest first."""
    return every(db, _kept, f"{_ALL} WHERE branch = ? AND at >= ? ORDER BY at, id", (branch, since))


def waiting(db: sqlite3.Connection, branch: int, since: Millis) -> list[Kept]:
    """Return those of them that nothing came of yet."""
    return [each for each in of_branch(db, branch, since) if each.state == "waiting"]


def get(db: sqlite3.Connection, branch: int, id_: str) -> Kept | None:
    """Return a wish."""
    return first(db, _kept, f"{_ALL} WHERE branch = ? AND id = ?", (branch, id_))


def put(db: sqlite3.Connection, branch: int, one: Kept) -> None:
    """Keep a wish."""
    db.execute(
        "INSERT INTO device_wishes (branch, id, device, was, act, name, by, at, state, ended_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (branch, *one),
    )


def came(db: sqlite3.Connection, branch: int, id_: str, state: State, now: Millis) -> None:
    """Note what came of a wish; what is known already stays."""
    db.execute(
        "UPDATE device_wishes SET state = ?, ended_at = ? "
        "WHERE branch = ? AND id = ? AND state = 'waiting'",
        (state, now, branch, id_),
    )


def drop_same(db: sqlite3.Connection, branch: int, device: str, act: str) -> None:
    """Drop the same wish for a device that still waits: the newest counts."""
    db.execute(
        "DELETE FROM device_wishes "
        "WHERE branch = ? AND device = ? AND act = ? AND state = 'waiting'",
        (branch, device, act),
    )


def drop(db: sqlite3.Connection, branch: int, id_: str) -> int:
    """Drop a wish that still waits; return how many that were."""
    sql = "DELETE FROM device_wishes WHERE branch = ? AND id = ? AND state = 'waiting'"
    return db.execute(sql, (branch, id_)).rowcount


def forget(db: sqlite3.Connection, branch: int, before: Millis) -> None:
    """Forget wishes of a branch that are older."""
    db.execute("DELETE FROM device_wishes WHERE branch = ? AND at < ?", (branch, before))
