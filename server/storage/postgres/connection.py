"""A connection to PostgreSQL that speaks as much of ``sqlite3.Connection`` as the program uses.

It lives in one thread, with an event loop of its own for asyncpg. Errors are the database
interface's own (PEP 249), in the classes that the program catches.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, Self, TypeVar

import asyncpg
import uvloop
from asyncpg.prepared_stmt import PreparedStatement

from server.storage.postgres import hosts
from server.storage.postgres.alive import IDLE, THERE, notice_silence
from server.storage.postgres.cursor import Cursor
from server.storage.postgres.gathering import Gathered, Move, Step, together
from server.storage.postgres.notices import CHANNEL, MOST_TOLD, quiet
from server.storage.postgres.wording import Values, kinds, worded

T = TypeVar("T")

CONNECT_S = 3.0
PATIENCE_S = 10.0
"""A statement without an answer for so long: the other machine hangs, or somebody has the lock."""
KEPT_STATEMENTS = 512
CUT = "the line was cut amid a transaction"
LINE_ERRORS = (
    OSError, EOFError, TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError, asyncpg.TooManyConnectionsError, asyncpg.QueryCanceledError,
    asyncpg.IdleInTransactionSessionTimeoutError, asyncpg.ReadOnlySQLTransactionError,
)  # fmt: skip
"""``InternalClientError`` is none of asyncpg's usual errors: it comes when the line is cut amid
an answer. ``ReadOnlySQLTransactionError``: a standby that is not promoted (yet)."""


LOCK = "; SELECT 1 FROM branches WHERE id IN ({}) ORDER BY id FOR UPDATE"
_WRITES = frozenset({"INSERT", "UPDATE", "DELETE"})
SENDER = f"{os.getpid():x}{os.urandom(6).hex()}"
"""What this process's server signs with, so that it does not hear itself."""


class Gone(sqlite3.OperationalError):
    """The database does not answer; whether the last commit was kept is not known."""

    sqlite_errorcode = sqlite3.SQLITE_IOERR  # as a disk that does not answer: later may help


class Postgres:
    """One connection, made when it is first needed and again when it broke.

    Attributes:
        gathered: rows of many branches that wait, within ``gathering``.
        total_changes: how many statements that may write were run.
        moved: the heads that this transaction moved.
        beside: whether this transaction changed tables that no event tells of.
    """

    def __init__(
        self, url: str, *, readonly: bool = False, patience: float = PATIENCE_S,
        sender: str = SENDER,
    ) -> None:  # fmt: skip
        self._url = url
        self._sender = sender
        self._readonly = readonly
        self._patience = patience
        self._loop = uvloop.new_event_loop()
        self._line: asyncpg.Connection | None = None
        self._known: dict[tuple[Any, ...], PreparedStatement] = {}
        self._columns: dict[str, dict[str, str]] = {}
        self.gathered: Gathered | None = None
        self.beside = False
        self.moved: dict[int, int] = {}
        self.in_transaction = False
        self.total_changes = 0

    # ---------------------------------------------------------------- the line

    def _run(self, doing: Callable[[], Awaitable[T]]) -> T:
        try:
            return self._done(doing)
        except asyncpg.IntegrityConstraintViolationError as error:
            raise sqlite3.IntegrityError(str(error)) from error
        except LINE_ERRORS as error:
            self.line_lost()
            raise Gone(str(error) or type(error).__name__) from error
        except asyncpg.PostgresError as error:
            if self._line is None or self._line.is_closed():
                self.line_lost()
                raise Gone(str(error)) from error
            raise sqlite3.OperationalError(str(error)) from error

    def _done(self, doing: Callable[[], Awaitable[T]]) -> T:
        if not _in_a_loop():
            return self._loop.run_until_complete(_await(doing))
        # a plain connection in a thread that has a loop of its own, which waits meanwhile
        with ThreadPoolExecutor(1) as beside:
            return beside.submit(lambda: self._loop.run_until_complete(_await(doing))).result()

    def line_lost(self) -> None:
        """Forget the line; the next statement makes a new one, unless it is of a transaction.

        Nothing more of that may be done: what it wrote before is lost.
        """
        line, self._line = self._line, None
        self._known.clear()
        self.gathered = None
        if line is not None:
            with suppress(Exception):
                line.terminate()

    def _open(self) -> asyncpg.Connection:
        if self._line is not None and not self._line.is_closed():
            return self._line
        self.line_lost()
        if self.in_transaction:
            raise Gone(CUT)
        self._line = self._run(self._connect)
        return self._line

    async def _connect(self) -> asyncpg.Connection:
        return await connected(self._url, readonly=self._readonly, patience=self._patience)

    def close(self) -> None:
        """Close it, as well as can be."""
        line, self._line = self._line, None
        if line is not None and not line.is_closed():
            with suppress(Exception):
                self._done(lambda: line.close(timeout=1))
        if not self._loop.is_closed():
            self._done(_ends)
            self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---------------------------------------------------------------- statements

    def execute(self, sql: str, values: Values = ()) -> Cursor:
        """Run one statement.

        Raises:
            sqlite3.IntegrityError: a constraint was hit. sqlite3.OperationalError: all else.
        """
        self.flush()
        names = tuple(values) if isinstance(values, Mapping) else None
        key = (sql, kinds(values), names)
        text, order = worded(*key)
        every = list(values.values()) if isinstance(values, Mapping) else values
        given = [every[at] for at in order]
        line = self._open()
        statement = self._known.get(key)
        if statement is None:
            if len(self._known) >= KEPT_STATEMENTS:
                self._known.clear()
            statement = self._known[key] = self._run(lambda: line.prepare(text))
        prepared = statement
        rows, words, columns = self._run(lambda: _fetched(prepared, given))
        reads = words[:1] == ["SELECT"]
        if not reads:
            self.total_changes += 1
            if self.gathered is None and not _WRITES.isdisjoint(words[:1]) and not quiet(sql):
                if self.in_transaction:
                    self.beside = True
                else:
                    self.script(f"NOTIFY {CHANNEL}, '{self._sender} *'")
        count = int(words[-1]) if len(words) > 1 and words[-1].isdigit() else -1
        return Cursor(rows, count, columns)

    def executemany(self, sql: str, rows: Iterable[Values]) -> None:
        """Run one statement for each of many rows of values."""
        for each in rows:
            self.execute(sql, each)

    def script(self, sql: str) -> None:
        """Run statements as they are, without values, in one round."""
        self.flush()
        line = self._open()
        self._run(lambda: line.execute(sql))

    # ---------------------------------------------------------------- transactions

    def begin(self, *, reading: bool = False, lock: Sequence[int] = ()) -> None:
        """Begin a transaction; one that reads sees one commit, whole.

        The heads of the branches in ``lock`` are kept from other writers; all take them in the
        order of their numbers, so that nobody waits for who waits for him.

        A line that was cut since the last one is made again, and nobody notices.
        """
        word = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if reading else "BEGIN"
        if lock:
            word += LOCK.format(", ".join(map(str, sorted(lock))))
        known, self.in_transaction = self._line, False
        try:
            self.script(word)
        except Gone:
            if known is None:
                raise
            self.script(word)
        self.in_transaction, self.beside, self.moved = True, False, {}

    def heads(self, sql: str, branches: Sequence[int]) -> list[tuple[int, int, int, int]]:
        """Return the heads of branches, as ``sql`` reads or locks them."""
        return [tuple(each) for each in self._rows(sql, [branches])]

    def events(
        self, sql: str, branches: Sequence[int], after: Sequence[int]
    ) -> list[tuple[int, int, int, str, str]]:
        """Return events of many branches, each after one of its own, as ``sql`` reads them."""
        return [tuple(each) for each in self._rows(sql, [branches, after])]

    def commit(self) -> None:
        """Commit, and tell other processes which heads moved, or that something else did.

        They are told right behind the commit, in the same round: inside, all commits of the
        database that tell something would wait for each other until they are on the disk. What
        is not told any more, because the line is cut between, others find by looking.

        When this raises ``Gone``, nobody knows whether it was kept.
        """
        self.flush()
        told = [f"{branch}:{seq}" for branch, seq in self.moved.items()]
        if self.beside:
            told.append("*")
        told = told if len(told) <= MOST_TOLD else ["*"]
        notice = f"; NOTIFY {CHANNEL}, '{self._sender} {','.join(told)}'" if told else ""
        self.script(f"COMMIT{notice}")
        self.in_transaction = False

    def rollback(self) -> None:
        """Give a transaction up; on a line that is gone it is given up anyhow."""
        self.gathered = None
        if self._line is not None and self.in_transaction:
            with suppress(sqlite3.Error):
                self.script("ROLLBACK")
        self.in_transaction = False

    # ---------------------------------------------------------------- rows of many branches

    @contextmanager
    def gathering(self) -> Iterator[Gathered]:
        """Write at the end of the block, what is inserted by several branches together."""
        self.gathered = gathered = Gathered()
        try:
            yield gathered
            self.flush()
        finally:
            self.gathered = None

    def flush(self) -> None:
        """Write what was gathered, before somebody reads."""
        if self.gathered is None or not self.gathered.steps:
            return
        for steps in together(self.gathered.take()):
            self.write(steps)

    def write(self, steps: Sequence[Step]) -> None:
        """Write steps in one statement.

        Raises:
            Moved: a head is not as it was.
        """
        parts: list[str] = []
        arrays: list[Sequence[Any]] = []
        for number, step in enumerate(steps):
            types = self._types(step.table)
            places = range(len(arrays) + 1, len(arrays) + 1 + step.width)
            parts.append(f"step{number} AS ({step.said(places, types)})")
            arrays += step.arrays()
        moves = [(at, each) for at, each in enumerate(steps) if isinstance(each, Move)]
        asked = f"id FROM step{moves[0][0]}" if moves else "1"
        found = self._rows(f"WITH {', '.join(parts)} SELECT {asked}", arrays)
        for _, move in moves:
            move.done(found)
            self.moved.update(move.heads())
        self.total_changes += 1

    def insert(
        self, table: str, columns: str, rows: Sequence[tuple[Any, ...]], if_there: str
    ) -> None:
        """Insert rows in order; within ``gathering`` together with those of other branches."""
        if self.gathered is not None:
            self.gathered.insert(table, columns, rows, if_there)
            return
        step = Step(table, columns, if_there)
        step.rows += rows
        self.write([step])

    def _rows(self, sql: str, arrays: Sequence[Sequence[Any]]) -> list[Any]:
        line = self._open()
        statement = self._known.get((sql,))
        if statement is None:
            statement = self._known[(sql,)] = self._run(lambda: line.prepare(sql))
        prepared = statement
        rows: list[Any] = self._run(lambda: prepared.fetch(*arrays))
        return rows

    def _types(self, table: str) -> Mapping[str, str]:
        known = self._columns.get(table)
        if known is None:
            sql = (
                "SELECT column_name, data_type FROM information_schema.columns "
                "WHERE table_schema = current_schema() AND table_name = $1"
            )
            line = self._open()
            known = self._columns[table] = dict(
                tuple(each) for each in self._run(lambda: line.fetch(sql, table))
            )
        return known


def _in_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def _await(doing: Callable[[], Awaitable[T]]) -> T:
    return await doing()


async def _fetched(
    statement: PreparedStatement, values: Sequence[Any]
) -> tuple[list[tuple[Any, ...]], list[str], list[str]]:
    """Return a statement's rows, the words of what was done, and the columns' names.

    A line that ended behind the rows refuses what stands beside them.
    """
    rows = [tuple(row) for row in await statement.fetch(*values)]
    done = (statement.get_statusmsg() or "").split()
    return rows, done, [each.name for each in statement.get_attributes()]


async def _ends() -> None:
    """Let lines that were cut off close their sockets."""
    await asyncio.sleep(0)


async def end(line: asyncpg.Connection | None) -> None:
    """End a line, as well as can be."""
    if line is None:
        return
    with suppress(*LINE_ERRORS, asyncpg.PostgresError):
        await line.close(timeout=1)
    line.terminate()
    await _ends()


async def connected(
    url: str, *, readonly: bool = False, patience: float = PATIENCE_S
) -> asyncpg.Connection:
    """Return a new connection, whose values are as SQLite gives them."""
    line: asyncpg.Connection = await hosts.first(
        [
            partial(
                asyncpg.connect, each, timeout=CONNECT_S, command_timeout=patience,
                statement_cache_size=0, server_settings={"application_name": "ramah"},
            )
            for each in hosts.apart(url)
        ]
    )  # fmt: skip
    try:
        notice_silence(line)
        settings = {"timezone": "'UTC'", "synchronous_commit": "on", **THERE}
        if readonly:
            settings["default_transaction_read_only"] = "on"
        else:
            settings |= IDLE
        await line.execute("; ".join(f"SET {name} = {value}" for name, value in settings.items()))
        await line.set_type_codec(
            "numeric", schema="pg_catalog", format="text", encoder=str, decoder=_number
        )
        await line.set_type_codec(
            "bool", schema="pg_catalog", format="binary",
            encoder=lambda value: b"\x01" if value else b"\x00", decoder=lambda raw: raw[0],
        )  # fmt: skip
    except BaseException:
        line.terminate()
        raise
    return line


def _number(text: str) -> int | float:
    return float(text) if "." in text or "N" in text else int(text)
