"""What tells whether a key is the one that this database's secrets are sealed with."""

from __future__ import annotations

import sqlite3

from server.storage.queries.rows import value


def check(db: sqlite3.Connection) -> str | None:
    """Return the word that was sealed with the key of the secrets; ``None`` before the first."""
    found = value(db, "SELECT sealed FROM secrets_check")
    return None if found is None else str(found)


def set_check(db: sqlite3.Connection, sealed: str) -> None:
    """Keep the word in the place of the one before."""
    forget_check(db)
    db.execute("INSERT INTO secrets_check (id, sealed) VALUES (1, ?)", (sealed,))


def forget_check(db: sqlite3.Connection) -> None:
    """Let another key begin: what was sealed before stays shut."""
    db.execute("DELETE FROM secrets_check")
