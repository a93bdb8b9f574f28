"""Owns ``ramah backup`` and ``ramah restore``: all that cannot be made again, in one file.

The file is a plain tar archive: a checked copy of the database, what plays beside the calls and
the recorded voices. It is readable by its owner only, as it holds the keys' hashes.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from server.cli.words import Commands, command, existing
from server.domain.errors import Invalid
from server.storage.database import DATABASE, ServerLock, connect

FOLDERS = ("media", "voices")
UNFINISHED = ".part"
"""End of the names of files that are still being written."""


def add(commands: Commands) -> None:
    """Add the commands of this module."""
    backup = command(
        commands, "backup", "copy a hall into one file, also while the server runs", _backup
    )
    backup.add_argument("file", type=Path, help="file to write (.tar); must not exist")
    restore = command(commands, "restore", "bring a hall back from such a file", _restore)
    restore.add_argument("file", type=Path, help="what ramah backup wrote")
    restore.add_argument(
        "--replace", action="store_true",
        help="the folder holds a hall already: keep that one aside, beside the restored one",
    )  # fmt: skip


# ---------------------------------------------------------------------- backup


def _backup(args: argparse.Namespace) -> None:
    if args.file.exists():
        raise Invalid("The file exists already; nothing was written.", field="file")
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
    _private(target)
    with closing(existing(data)) as db, closing(sqlite3.connect(target)) as copy:
        db.backup(copy, pages=2048)
        copy.execute("PRAGMA journal_mode = DELETE")
    _check(target)


def _check(database: Path) -> None:
    """Read a whole database.

    Raises:
        Invalid: it is damaged, or none.
    """
    with closing(sqlite3.connect(database)) as db:
        try:
            sound = db.execute("PRAGMA quick_check").fetchone()[0]
            if db.execute("PRAGMA user_version").fetchone()[0] == 0:
                sound = "it is empty"
        except sqlite3.DatabaseError as error:
            sound = str(error)
    if sound != "ok":
        raise Invalid("The copy is damaged: {why}", field="file", why=sound)


def _pack(data: Path, database: Path, target: Path) -> int:
    """Write the archive and return how many files are in it beside the database."""
    _private(target)
    count = 0
    with target.open("r+b") as file:
        with tarfile.open(fileobj=file, mode="w") as archive:
            archive.add(database, DATABASE)
            for path in _files(data):
                with suppress(FileNotFoundError):  # removed a moment ago
                    archive.add(path, str(path.relative_to(data)), recursive=False)
                    count += 1
        file.flush()
        os.fsync(file.fileno())
    return count


def _files(data: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted((data / folder).rglob("*")):
            if path.is_file() and not path.is_symlink() and path.suffix != UNFINISHED:
                yield path


def _private(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))


# ---------------------------------------------------------------------- restore


def _restore(args: argparse.Namespace) -> None:
    data: Path = args.data
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ServerLock(data):
        if (data / DATABASE).exists() and not args.replace:
            raise Invalid(
                "There is a hall in {data} already. With --replace it is kept aside.",
                field="data", data=data,
            )  # fmt: skip
        fresh = data / f"restore{UNFINISHED}"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        try:
            _unpack(args.file, fresh)
            with closing(connect(fresh)) as db:  # brings it to this program's version
                db.execute("UPDATE branches SET history = lower(hex(randomblob(8)))")
                db.execute("PRAGMA journal_mode = DELETE")  # one file, which can change places
                restored = _last_events(db)
            lost = _lost(data, restored)
            aside = _keep_aside(data)
            _put_in_place(fresh, data)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    print(f"{data}: restored from {args.file}")
    if aside is not None:
        print(f"{aside}: what was there before")
    if lost:
        print(
            f"CAREFUL: {lost} events after this backup are not in it. Numbers given meanwhile may "
            "be given again: collect the papers of visitors who still wait.",
        )


def _unpack(file: Path, folder: Path) -> None:
    """Write the archive's files into ``folder``, none of them anywhere else.

    Raises:
        Invalid: it is no archive of ``ramah backup``, or its database is damaged.
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
                _private(target)
                content = archive.extractfile(member)
                if content is not None:
                    with content, target.open("wb") as out:
                        shutil.copyfileobj(content, out)
    except tarfile.TarError as error:
        raise Invalid("This is no backup of Ramah: {why}", field="file", why=error) from None
    if not (folder / DATABASE).exists():
        raise Invalid("This is no backup of Ramah: it has no database.", field="file")
    _check(folder / DATABASE)


def _expected(member: tarfile.TarInfo) -> bool:
    path = PurePosixPath(member.name)
    inside = path.parts[:1] and path.parts[0] in FOLDERS and ".." not in path.parts
    return member.isreg() and (member.name == DATABASE or bool(inside))


def _last_events(db: sqlite3.Connection) -> dict[str, int]:
    return dict(db.execute("SELECT code, seq FROM branches").fetchall())


def _lost(data: Path, restored: dict[str, int]) -> int:
    """Return how many events of the hall that is there the restored one does not have."""
    if not (data / DATABASE).exists():
        return 0
    with suppress(sqlite3.Error), closing(sqlite3.connect(data / DATABASE)) as db:
        known = _last_events(db)
        return sum(max(0, seq - restored.get(code, 0)) for code, seq in known.items())
    return 0  # damaged: that is why somebody restores


def _keep_aside(data: Path) -> Path | None:
    """Copy what is there into a folder of its own; return it, ``None`` when nothing was there.

    The hall itself stays as it is until the restored one takes its place: whenever the power
    goes, one of the two is there, whole.
    """
    _finish_log(data)
    names = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", *FOLDERS)
    there = [path for name in names if (path := data / name).exists()]
    if not there:
        return None
    aside = data / f"before-restore-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    part = aside.with_name(aside.name + UNFINISHED)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700)
    for path in there:
        if path.is_dir():
            shutil.copytree(path, part / path.name, symlinks=True, copy_function=_linked)
        else:
            _linked(path, part / path.name)
    _settle(part)
    part.rename(aside)
    return aside


def _finish_log(data: Path) -> None:
    """Move what is only in the write-ahead log into the database, so that one file is all."""
    if (data / DATABASE).exists():
        with suppress(sqlite3.Error), closing(sqlite3.connect(data / DATABASE)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _linked(source: str | Path, target: str | Path) -> None:
    """Give a file a second name where the disk can, else copy it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _put_in_place(fresh: Path, data: Path) -> None:
    """Let the restored hall take the old one's place; the one step that counts is a rename.

    Pictures and voices come before it, and those of the old hall go after it: what is too much
    harms nobody.
    """
    kept = list(_files(fresh))
    for path in kept:
        target = data / path.relative_to(fresh)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.replace(target)
    for end in ("-wal", "-shm"):  # empty by now; of a damaged hall they are kept aside
        (data / f"{DATABASE}{end}").unlink(missing_ok=True)
    (fresh / DATABASE).replace(data / DATABASE)
    _settle(data)
    wanted = {path.relative_to(fresh) for path in kept}
    for path in list(_files(data)):
        if path.relative_to(data) not in wanted:
            path.unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    """Write a folder's names to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
