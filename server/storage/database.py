"""Owns the SQLite file: its migrations, transactions on it, and the lock of the server."""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Self, TypeVar, cast

from server.domain.errors import Conflict, Refused
from server.storage import dialect
from server.storage.address import address_of

T = TypeVar("T")
DATABASE = "ramah.db"
LOCK = "server.lock"
STUDY_S = 120.0
"""Who reads a year may take longer than a command."""
ASIDE = "before-restore-"
"""How the names of folders begin that hold a hall which a restore replaced."""

_DISK_CODES = frozenset({
    sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_NOLFS, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_NOMEM,
})  # fmt: skip
_DISK_ERRNOS = frozenset({
    errno.EIO, errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EUCLEAN, errno.ESTALE, errno.ENODEV,
    errno.ENXIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EACCES, errno.EPERM,
})  # fmt: skip


def is_disk_trouble(error: BaseException) -> bool:
    """Whether the disk or the machine is at fault, so that trying again later may help."""
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", None)
        return code is not None and code & 0xFF in _DISK_CODES
    return isinstance(error, OSError) and error.errno in _DISK_ERRNOS


class NewerDatabase(Refused):
    """The database was written by a newer program than this one."""


class ForeignDatabase(Refused):
    """The file is a database of some other program; nothing of it is changed."""


class HallAside(Refused):
    """There is no database here, but one that an older program's restore put aside and was cut."""


class AlreadyRunning(Conflict):
    """Another server process uses this data folder."""


@contextmanager
def reading(db: sqlite3.Connection) -> Iterator[None]:
    """See one commit, whole, for as long as the block lasts."""
    dialect.begin(db, reading=True)
    try:
        yield
    finally:
        db.rollback()


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Take the write lock; commit at the end, or roll back when something is raised.

    PostgreSQL has no lock of all: there the writer locks the heads of its branches.
    """
    dialect.begin(db)
    try:
        yield
        db.commit()
    except BaseException:
        if db.in_transaction:
            db.rollback()
        raise


def changed(db: sqlite3.Connection, change: Callable[[sqlite3.Connection], T]) -> T:
    """Run ``change`` in a transaction of its own."""
    with transaction(db):
        return change(db)


def probe(db: sqlite3.Connection) -> None:
    """Write nothing, durably: take the write lock and commit."""
    with transaction(db):
        dialect.write_nothing(db, migrations()[-1][0])


def connect(data: Path) -> sqlite3.Connection:
    """Return a plain connection to the database in ``data``, for the command line.

    The file is made with mode 0600: it holds the keys' hashes and tracking tokens. Its tables hold
    all that the log says.

    Raises:
        HallAside: a hall is there, but not in its place; an empty one would begin at number 1.
    """
    from server.storage.replay import catch_up  # noqa: PLC0415 - it needs this module's parts

    address = address_of(data)
    if address is not None:
        return elsewhere(address)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data / DATABASE
    if not path.exists():
        check_not_aside(data)
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    db = sqlite3.connect(path, isolation_level=None, cached_statements=256)
    try:
        dialect.prepare(db, readonly=False)
        migrate(db)
        catch_up(db)
    except BaseException:
        db.close()
        raise
    return db


def elsewhere(address: str) -> sqlite3.Connection:
    """Return a plain connection to a PostgreSQL store, whose tables are this program's.

    It speaks as much of SQLite's connection as the program uses, which is why it passes for one.
    """
    from server.storage.postgres.connection import Postgres  # noqa: PLC0415 - only cities need it
    from server.storage.postgres.schema import migrate as made_new  # noqa: PLC0415 - the same

    db = Postgres(address, sender=os.urandom(8).hex())
    try:
        made_new(db)
    except BaseException:
        db.close()
        raise
    return cast("sqlite3.Connection", db)


def looking(data: Path) -> sqlite3.Connection:
    """Return a plain connection that only reads, for a process beside the server."""
    address = address_of(data)
    if address is not None:
        from server.storage.postgres.connection import Postgres  # noqa: PLC0415 - only cities

        return cast("sqlite3.Connection", Postgres(address, readonly=True, patience=STUDY_S))
    db = sqlite3.connect(data / DATABASE, isolation_level=None)
    dialect.prepare(db, readonly=True)
    return db


def check_not_aside(data: Path) -> None:
    """See to it that no hall waits beside its place in a folder that has none.

    Raises:
        HallAside: names the folder it is in, and how it comes back.
    """
    aside = sorted(each.parent for each in data.glob(f"{ASIDE}*/{DATABASE}"))
    if aside:
        raise HallAside(
            "A restore was cut off in {data}: the hall is in {aside}. Bring it back with: "
            "ramah restore {aside} --data {data}",
            data=data, aside=aside[-1],
        )  # fmt: skip


@cache
def migrations() -> tuple[tuple[int, str], ...]:
    """Return (number, SQL) of each numbered file in ``migrations/``, in order."""
    folder = resources.files("server.storage") / "migrations"
    files = sorted(each.name for each in folder.iterdir() if each.name.endswith(".sql"))
    return tuple((int(name.split("_")[0]), (folder / name).read_text("utf-8")) for name in files)


def check_version(version: int, newest: int) -> None:
    """See to it that a database is not ahead of this program.

    Raises:
        NewerDatabase: it is.
    """
    if version > newest:
        raise NewerDatabase(
            "The database has version {version}, this program knows {newest}. "
            "Please install the newer Ramah again.",
            version=version, newest=newest,
        )  # fmt: skip


def migrate(db: sqlite3.Connection) -> None:
    """Bring the database to this program's version, all or nothing.

    Raises:
        NewerDatabase: it is ahead of this program; nothing is changed.
        ForeignDatabase: it has other tables than ours.
    """
    known = migrations()
    newest = known[-1][0]
    with transaction(db):
        version = dialect.version(db)
        check_version(version, newest)
        if not _ours(db, version):
            raise ForeignDatabase(
                "The database in this folder is another program's; nothing of it was changed. "
                "Is the folder right (--data)?",
                field="data",
            )
        for number, sql in known:
            if number > version:
                for statement in statements(sql):
                    db.execute(statement)
                dialect.set_version(db, number)


def _ours(db: sqlite3.Connection, version: int) -> bool:
    """Whether a database is empty, or one that these migrations made."""
    tables = dialect.tables(db)
    return {"branches", "events"} <= tables if version else not tables


def statements(sql: str) -> list[str]:
    """Split a migration at its statements' ends; ``executescript`` would commit half-way."""
    statements: list[str] = []
    part = ""
    for line in sql.splitlines(keepends=True):
        part += line
        if sqlite3.complete_statement(part):
            statements.append(part)
            part = ""
    return statements


class ServerLock:
    """Keeps a second server off the same data folder, for as long as the process lives."""

    def __init__(self, data: Path) -> None:
        self._path = data / LOCK
        self._file: int | None = None

    def __enter__(self) -> Self:
        """Take the lock.

        Raises:
            AlreadyRunning: names the process that has it.
        """
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = os.read(file, 20).decode("ascii", "replace").strip() or "unknown"
            os.close(file)
            raise AlreadyRunning(
                "Another Ramah server (process {pid}) already uses {folder}. "
                "Stop it first, or give this one another folder with --data.",
                pid=pid, folder=self._path.parent,
            ) from None  # fmt: skip
        os.ftruncate(file, 0)
        os.write(file, str(os.getpid()).encode())
        self._file = file
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
