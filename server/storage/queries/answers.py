"""Answers already given, so that a repeated request gets the same one."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from server.domain.day import Millis
from server.storage.queries.rows import first


class Asker(NamedTuple):
    """Who asked, and under which ``Idempotency-Key``."""

    branch: int
    actor: str
    key: str


class Answer(NamedTuple):
    """What was answered; ``digest`` stands for the request."""

    digest: str
    status: int
    body: bytes


COLUMNS = ", ".join((*Asker._fields, *Answer._fields, "at"))


def answer(db: sqlite3.Connection, asker: Asker) -> Answer | None:
    """Return the answer that was given under a key."""
    sql = """
        SELECT digest, status, body FROM requests WHERE branch = ? AND actor = ? AND key = ?
    """
    return first(db, Answer, sql, asker)


def forget(db: sqlite3.Connection, before: Millis) -> None:
    """Drop answers that are older."""
    db.execute("DELETE FROM requests WHERE at < ?", (before,))
