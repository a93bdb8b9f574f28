"""Owns ``ramah backup``: all that cannot be made again, in one file.

The file is a plain tar archive: a checked copy of the database, what plays beside the calls and
the recorded voices. It is readable by its owner only, as it holds the keys' hashes.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, suppress
from errno import ENOENT
from pathlib import Path

from server.cli.words import Commands, command, existing
from server.domain.errors import Invalid
from server.storage import dialect
from server.storage.address import in_a_file
from server.storage.database import DATABASE
from server.storage.queries import checks

FOLDERS = ("media", "voices")
UNFINISHED = ".part"
"""End of the names of files that are still being written."""


def add(commands: Commands) -> None:
    """Add the commands of this module."""
    backup = command(
        commands, "backup", "copy a hall into one file, also while the server runs", _backup
    )
    backup.add_argument("file", type=Path, help="file to write (.tar); must not exist")


def _backup(args: argparse.Namespace) -> None:
    in_a_file(args.data)
    if args.file.exists():
        raise Invalid("The file exists already; nothing was written.", field="file")
    if not args.file.parent.is_dir():  # the unfinished copy beside it is nobody's business
        raise FileNotFoundError(ENOENT, "no such folder", str(args.file.parent))
    part = args.file.with_name(args.file.name + UNFINISHED)
    copy = args.file.with_name(args.file.name + ".db" + UNFINISHED)
    try:
        _copy_database(args.data, copy)
        count = _pack(args.data, copy, part)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    finally:
        copy.unlink(missing_ok=True)
    part.replace(args.file)
    size = args.file.stat().st_size / 1e6
    print(f"{args.file}: {size:.1f} MB, database checked, {count} other files")


def _copy_database(data: Path, target: Path) -> None:
    private(target)
    with closing(existing(data)) as db:
        checks.copy(db, target)
    check(target)


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


def _pack(data: Path, database: Path, target: Path) -> int:
    """Write the archive and return how many files are in it beside the database."""
    private(target)
    count = 0
    with target.open("r+b") as file:
        with tarfile.open(fileobj=file, mode="w") as archive:
            archive.add(database, DATABASE)
            for path in files_of(data):
                with suppress(FileNotFoundError):  # removed a moment ago
                    archive.add(path, str(path.relative_to(data)), recursive=False)
                    count += 1
        file.flush()
        os.fsync(file.fileno())
    return count


def files_of(data: Path) -> Iterator[Path]:
    """Yield the files beside the database that belong to a hall."""
    for folder in FOLDERS:
        for path in sorted((data / folder).rglob("*")):
            if path.is_file() and not path.is_symlink() and path.suffix != UNFINISHED:
                yield path


def private(path: Path) -> None:
    """Make an empty file that only its owner reads."""
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
