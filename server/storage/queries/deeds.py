"""The deeds: who changed or looked at what besides the turns, when, and from where.

A deed is kept with what it tells of, in one transaction. Secrets are never part of one.
"""

from __future__ import annotations

import sqlite3
from contextlib import nullcontext
from typing import Any, NamedTuple

import msgspec

from server.domain.day import Millis
from server.domain.deeds import About
from server.domain.tx import Actor
from server.storage.database import transaction
from server.storage.dialect import hold_head
from server.storage.queries import chain
from server.storage.queries.rows import every

KEPT_DAYS = 730
"""They hold names and addresses of staff: no longer than two years are they looked into."""
MOST = 200
SELECT = """
SELECT id, at, actor, role, name, what, about, place, seq, hash FROM deeds
WHERE branch = :branch AND at >= :since AND at < :until AND (:actor IS NULL OR actor = :actor)
    AND (:before IS NULL OR (at, id) < (:before, :below))
ORDER BY at DESC, id DESC LIMIT :rows
"""
SELECT_ACTORS = """
SELECT actor, role, name, at FROM deeds WHERE id IN (
    SELECT MAX(id) FROM deeds WHERE branch = ? AND at >= ? AND at < ? GROUP BY actor)
ORDER BY name, actor
"""


class Deed(msgspec.Struct, frozen=True):
    """One line of the list. ``about`` fills the places of the sentence of ``what``."""

    id: int
    at: Millis
    actor: str
    role: str
    name: str
    what: str
    about: About
    place: str
    seq: int | None
    hash: str


def note(
    db: sqlite3.Connection, branch: int, now: Millis, actor: Actor, what: str, about: About
) -> None:
    """Write a deed down, at the end of its branch's chain."""
    told = {key: value[:MOST] if isinstance(value, str) else value for key, value in about.items()}
    kept = msgspec.json.encode(told).decode()
    with nullcontext() if db.in_transaction else transaction(db):
        hold_head(db, branch)  # two rows never build on the same one
        chain.append(db, branch, now, actor, what, kept)


def found(
    db: sqlite3.Connection,
    branch: int,
    span: tuple[Millis, Millis],
    actor: str | None,
    rows: int,
    below: tuple[Millis, int] | None = None,
) -> list[Deed]:
    """Return deeds of a span of time, the newest first, those before ``below`` only."""
    values = {
        "branch": branch, "since": span[0], "until": span[1], "actor": actor, "rows": rows,
        "before": below[0] if below else None, "below": below[1] if below else None,
    }  # fmt: skip
    return every(db, _deed, SELECT, values)


def _deed(key: int, *row: Any) -> Deed:  # noqa: ANN401 - as the columns have it
    at, actor, role, name, what, about, place, seq, digest = row
    told = msgspec.json.decode(about)
    return Deed(key, at, actor, role, name, what, told, place, seq, digest)


class Doer(NamedTuple):
    """Somebody who did something: id, role, the name they last had, and when that was."""

    actor: str
    role: str
    name: str
    at: Millis


def actors(db: sqlite3.Connection, branch: int, span: tuple[Millis, Millis]) -> list[Doer]:
    """Return who did anything in a span of time, by name."""
    return every(db, Doer, SELECT_ACTORS, (branch, *span))


def forget(db: sqlite3.Connection, branch: int, now: Millis) -> None:
    """Delete what is older than ``KEPT_DAYS``; take rows into the chain that are older than it."""
    chain.forget(db, branch, now - KEPT_DAYS * 86_400_000)
    if chain.head(db, branch) is None:
        chain.begin(db, branch, now)
