"""SQLite's own SQL, each piece by a name, and beside it what PostgreSQL says instead.

Everything else under ``server/`` is SQL that both read; a test holds that. Statements are written
in SQLite's words and said in PostgreSQL's when they go there (``postgres.wording``).
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

SAID: dict[str, str] = {}
"""Pieces that were asked for, as PostgreSQL says them."""
ONLY_HERE = re.compile(r"\bgroup_concat\(|\bGLOB\b|\bPRAGMA\b|\bsqlite_master\b")
"""What stands in a statement that only SQLite can be asked."""


def _said(ours: str, theirs: str) -> str:
    SAID[ours] = theirs
    return ours


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
_STORE_VERSION = "SELECT version FROM store"
_STORE_TABLES = """
SELECT table_name FROM information_schema.tables
WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'
"""


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


def begin(db: sqlite3.Connection, *, reading: bool = False) -> None:
    """Begin a transaction, one that writes with the lock of all writers."""
    if isinstance(db, sqlite3.Connection):
        db.execute("BEGIN" if reading else "BEGIN IMMEDIATE")
    else:
        db.begin(reading=reading)


def hold_head(db: sqlite3.Connection, branch: int) -> None:
    """Keep other writers off a branch until the transaction ends; a file has one writer."""
    if not isinstance(db, sqlite3.Connection):
        db.execute("SELECT id FROM branches WHERE id = ? FOR UPDATE", (branch,))


def servers(db: sqlite3.Connection) -> list[str]:
    """Return where servers work on a store now; whoever works on a file has its folder's lock."""
    if isinstance(db, sqlite3.Connection):
        return []
    found = db.execute(
        "SELECT address FROM leases WHERE starts_with(name, 'at ') AND until > clock_timestamp()"
    )
    return [str(address).partition(" ")[0] for (address,) in found]


@contextmanager
def may_hit(db: sqlite3.Connection) -> Iterator[None]:
    """Let a transaction go on when a constraint is hit within the block, as it does in a file.

    PostgreSQL gives the whole transaction up at the first error, unless it was told where it
    could go back to.
    """
    if isinstance(db, sqlite3.Connection) or not db.in_transaction:
        yield
        return
    db.script("SAVEPOINT may_hit")
    try:
        yield
    except sqlite3.IntegrityError:
        db.script("ROLLBACK TO may_hit")
        raise
    db.script("RELEASE may_hit")


def write_nothing(db: sqlite3.Connection, version: int) -> None:
    """Change nothing, in a way that a commit must make durable; ``version`` is the one there is."""
    if isinstance(db, sqlite3.Connection):
        set_version(db, version)
    else:
        db.execute("UPDATE store SET version = version")


def checkpoint(db: sqlite3.Connection) -> None:
    """Move commits from the write-ahead log into the database, as far as no reader needs them."""
    _pragma(db, "wal_checkpoint(PASSIVE)")


def finish_log(db: sqlite3.Connection) -> None:
    """Move all that is only in the write-ahead log into the database."""
    _pragma(db, "wal_checkpoint(TRUNCATE)")


@contextmanager
def forgetting(db: sqlite3.Connection) -> Iterator[None]:
    """Leave nothing in the file of what is overwritten within the block.

    PostgreSQL keeps old rows until it clears them itself.
    """
    if not isinstance(db, sqlite3.Connection):
        yield
        return
    _pragma(db, "secure_delete = ON")
    yield
    finish_log(db)
    _pragma(db, "secure_delete = OFF")


def optimize(db: sqlite3.Connection) -> None:
    """Let the planner count again what has changed much."""
    _pragma(db, "optimize")


def damage(db: sqlite3.Connection, most: int) -> list[str]:
    """Return in SQLite's words what is damaged in the file; empty when it is sound."""
    found = [text for (text,) in db.execute(f"PRAGMA quick_check({most})")]
    return [each for each in found if each != "ok"]


def version(db: sqlite3.Connection) -> int:
    """Return the number of the last migration; 0 for a file that is no database of ours."""
    file = isinstance(db, sqlite3.Connection)
    return int(db.execute("PRAGMA user_version" if file else _STORE_VERSION).fetchone()[0])


def set_version(db: sqlite3.Connection, number: int) -> None:
    """Note the number of the last migration."""
    _pragma(db, f"user_version = {number}")


def data_version(db: sqlite3.Connection) -> int:
    """Return a number that changes when another process commits."""
    return int(db.execute("PRAGMA data_version").fetchone()[0])


def tables(db: sqlite3.Connection) -> set[str]:
    """Return the names of all tables."""
    file = isinstance(db, sqlite3.Connection)
    return {name for (name,) in db.execute(_TABLES if file else _STORE_TABLES)}


# ---------------------------------------------------------------- tables and joins


def by_index(table: str, index: str) -> str:
    """Return a table that is read by this index and no other way."""
    return _said(f"{table} INDEXED BY {index}", table)


def then(outer: str, inner: str, on: str = "") -> str:
    """Return a join whose ``inner`` rows are looked up for each of ``outer``, never around."""
    if not on:
        return f"{outer} CROSS JOIN {inner}"
    return _said(f"{outer} CROSS JOIN {inner} ON {on}", f"{outer} JOIN {inner} ON {on}")


def listed(items: str) -> str:
    """Return a table with a column ``value`` of a parameter's JSON list; use it with a name."""
    return _said(f"json_each({items})", f"jsonb_array_elements_text({items}::jsonb)")


def among(items: str) -> str:
    """Return a condition's end: one of the texts of a parameter that is a JSON list."""
    return f"IN (SELECT value FROM {listed(items)} AS listed)"  # noqa: S608 - of names, parameters


def pairs(items: str) -> str:
    """Return a query for the keys and values of a parameter that is a JSON object."""
    return _said(
        f"SELECT key, value FROM json_each({items})",  # noqa: S608 - the same
        f"SELECT key, value FROM jsonb_each_text({items}::jsonb)",  # noqa: S608 - the same
    )


# ---------------------------------------------------------------- values

NEW_NAME = _said("lower(hex(randomblob(8)))", "left(replace(gen_random_uuid()::text, '-', ''), 16)")
"""A name that nobody has had, of 16 hexadecimal digits."""


def field(document: str, name: str) -> str:
    """Return a field of a JSON document."""
    return _said(f"{document} ->> '{name}'", f"({document})::jsonb ->> '{name}'")


def thousandths(number: str) -> str:
    """Return thousands as a broken number that reads the same everywhere: 12000 is 12.0."""
    exact = f"trim_scale({number} / 1000.0)::text"
    return _said(
        f"({number} / 1000.0)",
        f"(CASE WHEN {number} % 1000 = 0 THEN ({number} / 1000)::text || '.0' ELSE {exact} END)",
    )


def of_kind(value: str, kind: str) -> str:
    """Return a value in a kind that PostgreSQL has to be told; SQLite reads a note of it."""
    return f"({value})/*::{kind}*/"


def wall_clock(looked_up: str, at: str, shape: str) -> str:
    """Return a moment as a clock tells it: ``looked_up`` in tables of text, or by ``shape``."""
    moment = f"(timestamp 'epoch' + {at} * interval '1 millisecond')"
    return _said(looked_up, f"to_char({moment}, '{shape}')")


def larger(one: str, other: str) -> str:
    """Return the larger one of two values that are there."""
    return _said(f"MAX({one}, {other})", f"GREATEST({one}, {other})")


def padded(number: str, digits: int) -> str:
    """Return a whole number, not negative, with zeros in front."""
    return _said(f"printf('%0{digits}d', {number})", f"lpad(({number})::text, {digits}, '0')")


# ---------------------------------------------------------------- text


def row(pattern: str, values: Sequence[str]) -> str:
    """Return one text of many values in C's places: a call, as each ``||`` copies what it has."""
    return f"printf('{pattern}', {', '.join(values)})"  # read by ``postgres.wording``


def joined(lines: str, between: str) -> str:
    """Return all rows of a column as bytes, in the order of the query inside."""
    return _said(
        f"CAST(group_concat({lines}, '{between}') AS BLOB)",
        f"convert_to(string_agg({lines}, '{between}'), 'UTF8')",
    )


def sign(code: int) -> str:
    """Return a sign by its code point."""
    return _said(f"char({code})", f"chr({code})")


def has(text: str, part: str) -> str:
    """Return whether a text has a part."""
    return _said(f"instr({text}, {part})", f"(strpos({text}, {part}) > 0)")


def like(text: str, pattern: str) -> str:
    """Return whether a text has signs of a set (``'*[set]*'``) or begins so (``'[set]*'``).

    The pattern is in SQL quotes; a sign in the set may be put in by ``||``.
    """
    begins = "'" if pattern.startswith("'*") else "'^"
    expression = begins + pattern.removeprefix("'").removeprefix("*").removesuffix("*'") + "'"
    return _said(f"{text} GLOB {pattern}", f"{text} ~ ({expression})")


def as_json(text: str) -> str:
    """Return a text as JSON writes it."""
    return _said(f"json_quote({text})", f"to_json(({text})::text)::text")
