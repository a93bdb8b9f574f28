"""The secrets that the server has to know: where each is kept, and with which key it is sealed."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from server.storage.queries.rows import every, value

ROWS = {
    "second_factors": ('"user"', "secret"),
    "webhooks": ("id", "secret"),
    "providers": ("branch", "secret"),
    "city_links": ("branch", "token"),
}
"""Tables with a secret in each row: what names the row, and the secret's column."""


class Secret(NamedTuple):
    """A secret as it is kept."""

    table: str
    key: str
    text: str

    @property
    def place(self) -> str:
        """What it is bound to."""
        return place(self.table, self.key)


def place(table: str, key: str | int) -> str:
    """Return what the secret of a row is bound to."""
    return f"{table}:{key}"


def all_secrets(db: sqlite3.Connection) -> list[Secret]:
    """Return every secret that is kept in a row of its own."""
    return [
        Secret(table, str(found), text)
        for table, (key, column) in ROWS.items()
        for found, text in every(
            db, lambda *row: row, f"SELECT {key}, {column} FROM {table} WHERE {column} <> ''"
        )
    ]


def put(db: sqlite3.Connection, secret: Secret, sealed: str) -> None:
    """Keep a secret in another form."""
    key, column = ROWS[secret.table]
    named: str | int = secret.key if key != "branch" else int(secret.key)
    db.execute(f"UPDATE {secret.table} SET {column} = ? WHERE {key} = ?", (sealed, named))


def check(db: sqlite3.Connection) -> str | None:
    """Return the word that was sealed with the key of the secrets; ``None`` before the first."""
    found = value(db, "SELECT sealed FROM secrets_check")
    return None if found is None else str(found)


def set_check(db: sqlite3.Connection, sealed: str) -> None:
    """Keep the word, unless another server of the store was quicker."""
    sql = "INSERT INTO secrets_check (id, sealed) VALUES (1, ?) ON CONFLICT (id) DO NOTHING"
    db.execute(sql, (sealed,))


def forget_check(db: sqlite3.Connection) -> None:
    """Let another key begin: what was sealed before stays shut."""
    db.execute("DELETE FROM secrets_check")
