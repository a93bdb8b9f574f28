"""Owns the file of a backup: a plain tar archive of all that cannot be made again.

A checked copy of the database, what plays beside the calls and the recorded voices. It is readable
by its owner only, as it holds the keys' hashes. The key of the machine's secrets is in it only when
the file is encrypted afterwards.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path, PurePosixPath

from server.auth.vault import KEY
from server.domain.errors import Invalid
from server.storage import dialect
from server.storage.database import DATABASE
from server.storage.queries import checks

FOLDERS = ("media", "voices")
UNFINISHED = ".part"
"""End of the names of files that are still being written."""


def write(data: Path, db: sqlite3.Connection, target: Path, *, key: bool = False) -> int:
    """Write a backup of a hall, also while the server runs; return the files beside the database.

    ``key``: with the key of the machine's secrets, for one that is encrypted itself. Nothing is
    left of one that failed.

    Raises:
        Invalid: the copy is damaged.
    """
    part = target.with_name(target.name + UNFINISHED)
    copy = target.with_name(target.name + ".db" + UNFINISHED)
    try:
        private(copy)
        checks.copy(db, copy)
        check(copy)
        count = _pack(data, copy, part, key=key)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    finally:
        copy.unlink(missing_ok=True)
    part.replace(target)
    return count


def check(database: Path) -> None:
    """Read a whole database.

    Raises:
        Invalid: it is damaged, or none.
    """
    with closing(sqlite3.connect(database)) as db:
        try:
            sound = next(iter(dialect.damage(db, 1)), "ok")
            if dialect.version(db) == 0:
                sound = "it is empty"
        except sqlite3.DatabaseError as error:
            sound = str(error)
    if sound != "ok":
        raise Invalid("The copy is damaged: {why}", field="file", why=sound)


def _pack(data: Path, database: Path, target: Path, *, key: bool = False) -> int:
    """Write the archive and return how many files are in it beside the database."""
    private(target)
    count = 0
    with target.open("r+b") as file:
        with tarfile.open(fileobj=file, mode="w") as archive:
            archive.add(database, DATABASE)
            if key and (data / KEY).exists():
                archive.add(data / KEY, KEY, recursive=False)
            for path in files_of(data):
                with suppress(FileNotFoundError):  # removed a moment ago
                    archive.add(path, str(path.relative_to(data)), recursive=False)
                    count += 1
        file.flush()
        os.fsync(file.fileno())
    return count


def unpack(file: Path, folder: Path) -> None:
    """Write the archive's files into ``folder``, none of them anywhere else.

    Raises:
        Invalid: it is no archive of a backup, or its database is damaged.
    """
    try:
        with tarfile.open(file, "r:") as archive:
            for member in archive:
                if not _expected(member):
                    raise Invalid(
                        "This is no backup of Ramah: '{name}' is in it.", field="file",
                        name=member.name[:80],
                    )  # fmt: skip
                target = folder / member.name
                target.parent.mkdir(parents=True, exist_ok=True)
                private(target)
                content = archive.extractfile(member)
                if content is not None:
                    with content, target.open("wb") as out:
                        shutil.copyfileobj(content, out)
    except tarfile.TarError as error:
        raise Invalid("This is no backup of Ramah: {why}", field="file", why=error) from None


def _expected(member: tarfile.TarInfo) -> bool:
    path = PurePosixPath(member.name)
    inside = path.parts[:1] and path.parts[0] in FOLDERS and ".." not in path.parts
    return member.isreg() and (member.name in {DATABASE, KEY} or bool(inside))


def files_of(data: Path) -> Iterator[Path]:
    """Yield the files beside the database that belong to a hall."""
    for folder in FOLDERS:
        for path in sorted((data / folder).rglob("*")):
            if path.is_file() and not path.is_symlink() and path.suffix != UNFINISHED:
                yield path


def private(path: Path) -> None:
    """Make an empty file that only its owner reads."""
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
