"""Other programs that are told of each event, and how far each is."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from server.domain.day import Millis
from server.storage.queries.rows import every


class Hook(NamedTuple):
    """A webhook as it stands.

    ``history`` is the code of its branch with the name of the history; ``kinds`` is a JSON list,
    empty for all; ``seq`` is the last event it confirmed, ``newest`` the branch's last one.
    """

    id: str
    branch: int
    code: str
    history: str
    url: str
    secret: str
    kinds: str
    seq: int
    newest: int
    attempts: int
    error: str | None


def hooks(db: sqlite3.Connection) -> list[Hook]:
    """Return every webhook, in a steady order."""
    sql = """
        SELECT webhooks.id, webhooks.branch, branches.code, branches.code || ':' || history, url,
            secret, kinds, webhooks.seq, branches.seq, attempts, error
        FROM webhooks JOIN branches ON branches.id = webhooks.branch ORDER BY webhooks.id
    """
    return every(db, Hook, sql)


def add(
    db: sqlite3.Connection, branch: int, id_: str, url: str, secret: str, kinds: str, now: Millis
) -> None:
    """Add a webhook that is told of each event from now on."""
    db.execute(
        "INSERT INTO webhooks (id, branch, url, secret, kinds, seq, created_at) "
        "SELECT ?, id, ?, ?, ?, seq, ? FROM branches WHERE id = ?",
        (id_, url, secret, kinds, now, branch),
    )


def remove(db: sqlite3.Connection, key: str) -> int:
    """Remove the webhooks with this id or address; return how many."""
    return db.execute("DELETE FROM webhooks WHERE id = ? OR url = ?", (key, key)).rowcount


def confirm(db: sqlite3.Connection, id_: str, seq: int, error: str | None) -> None:
    """Note what a webhook confirmed last, and what went wrong after that.

    Where another server told more meanwhile, that stands.
    """
    db.execute(
        "UPDATE webhooks SET seq = :seq, error = :error, "
        "attempts = CASE WHEN :error IS NULL THEN 0 WHEN :seq > seq THEN 1 ELSE attempts + 1 END "
        "WHERE id = :id AND seq <= :seq",
        {"seq": seq, "error": error, "id": id_},
    )
