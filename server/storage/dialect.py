"""SQLite's own SQL, each piece by a name: all that another database would have to say anew.

Everything else under ``server/`` is SQL that PostgreSQL reads too; a test holds that. The file's
migrations are SQLite's as well.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

# ---------------------------------------------------------------- the file and its connections

BUSY_MS = 10_000
WAL_PAGES = 8000
"""The writer checkpoints by itself only when the log grew to 32 MB behind the checkpointer."""
_EVERY = ("foreign_keys = ON", "cache_size = -16000", "temp_store = MEMORY")
_WRITER = (
    "journal_mode = WAL", "synchronous = FULL", "journal_size_limit = 67108864",
    f"wal_autocheckpoint = {WAL_PAGES}",
)  # fmt: skip
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"


def _pragma(db: sqlite3.Connection, *words: str) -> None:
    for each in words:
        db.execute(f"PRAGMA {each}").fetchall()


def prepare(db: sqlite3.Connection, *, readonly: bool) -> None:
    """Set a new connection up: write-ahead log, durable commits, foreign keys.

    A reader refuses to write; the first connection of a new file is the writer's.
    """
    _pragma(db, f"busy_timeout = {BUSY_MS}", *_EVERY)
    _pragma(db, *(("query_only = ON",) if readonly else _WRITER))


def unsafe(db: sqlite3.Connection) -> None:
    """Write without a journal: for a file that is thrown away when anything goes wrong."""
    _pragma(db, "journal_mode = OFF", "synchronous = OFF", "cache_size = -64000")


def safe_again(db: sqlite3.Connection) -> None:
    """Give a file that is complete its journal, all in one file."""
    _pragma(db, "journal_mode = WAL", "optimize", "wal_checkpoint(TRUNCATE)")


def in_one_file(db: sqlite3.Connection) -> None:
    """Keep no write-ahead log from now on, so that the one file can change places."""
    _pragma(db, "journal_mode = DELETE")


def checkpoint(db: sqlite3.Connection) -> None:
    """Move commits from the write-ahead log into the database, as far as no reader needs them."""
    _pragma(db, "wal_checkpoint(PASSIVE)")


def finish_log(db: sqlite3.Connection) -> None:
    """Move all that is only in the write-ahead log into the database."""
    _pragma(db, "wal_checkpoint(TRUNCATE)")


def optimize(db: sqlite3.Connection) -> None:
    """Let the planner count again what has changed much."""
    _pragma(db, "optimize")


def damage(db: sqlite3.Connection, most: int) -> list[str]:
    """Return in SQLite's words what is damaged in the file; empty when it is sound."""
    found = [text for (text,) in db.execute(f"PRAGMA quick_check({most})")]
    return [each for each in found if each != "ok"]


def version(db: sqlite3.Connection) -> int:
    """Return the number of the last migration; 0 for a file that is no database of ours."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def set_version(db: sqlite3.Connection, number: int) -> None:
    """Note the number of the last migration."""
    _pragma(db, f"user_version = {number}")


def data_version(db: sqlite3.Connection) -> int:
    """Return a number that changes when another process commits."""
    return int(db.execute("PRAGMA data_version").fetchone()[0])


def tables(db: sqlite3.Connection) -> set[str]:
    """Return the names of all tables."""
    return {name for (name,) in db.execute(_TABLES)}


# ---------------------------------------------------------------- tables and joins


def by_index(table: str, index: str) -> str:
    """Return a table that is read by this index and no other way."""
    return f"{table} INDEXED BY {index}"


def then(outer: str, inner: str, on: str = "") -> str:
    """Return a join whose ``inner`` rows are looked up for each of ``outer``, never around."""
    return f"{outer} CROSS JOIN {inner} ON {on}" if on else f"{outer} CROSS JOIN {inner}"


def listed(items: str) -> str:
    """Return a table with a column ``value`` of a parameter's JSON list; use it with a name."""
    return f"json_each({items})"


def among(items: str) -> str:
    """Return a condition's end: one of the texts of a parameter that is a JSON list."""
    return f"IN (SELECT value FROM {listed(items)})"  # noqa: S608 - of names and parameters


def pairs(items: str) -> str:
    """Return a query for the keys and values of a parameter that is a JSON object."""
    return f"SELECT key, value FROM json_each({items})"  # noqa: S608 - the same


# ---------------------------------------------------------------- values

NEW_NAME = "lower(hex(randomblob(8)))"
"""A name that nobody has had, of 16 hexadecimal digits."""


def field(document: str, name: str) -> str:
    """Return a field of a JSON document."""
    return f"{document} ->> '{name}'"


def larger(one: str, other: str) -> str:
    """Return the larger one of two values that are there."""
    return f"MAX({one}, {other})"


def padded(number: str, digits: int) -> str:
    """Return a whole number, not negative, with zeros in front."""
    return f"printf('%0{digits}d', {number})"


# ---------------------------------------------------------------- text


def row(pattern: str, values: Sequence[str]) -> str:
    """Return one text of many values in C's places: a call, as each ``||`` copies what it has."""
    return f"printf('{pattern}', {', '.join(values)})"


def joined(lines: str, between: str) -> str:
    """Return all rows of a column as bytes, in the order of the query inside."""
    return f"CAST(group_concat({lines}, '{between}') AS BLOB)"


def sign(code: int) -> str:
    """Return a sign by its code point."""
    return f"char({code})"


def has(text: str, part: str) -> str:
    """Return whether a text has a part."""
    return f"instr({text}, {part})"


def like(text: str, pattern: str) -> str:
    """Return whether a whole text fits a pattern of ``*`` and ``[sets]`` in SQL quotes."""
    return f"{text} GLOB {pattern}"


def as_json(text: str) -> str:
    """Return a text as JSON writes it."""
    return f"json_quote({text})"
