"""Owns ``ramah restore``: a hall comes back from a file of ``ramah backup`` in one step.

Numbers that were given after the backup are on papers in people's hands, so the hall goes on
behind them: they are read from the hall that was replaced, or told by a person.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path

from msgspec.structs import replace

from server.auth.vault import KEY, Vault
from server.backups.archive import FOLDERS, UNFINISHED, check, files_of, private, unpack
from server.backups.buckets import Opened
from server.backups.buckets import check as check_bucket
from server.backups.place import END, is_backup, owner_of
from server.backups.planning import new_owner
from server.backups.sealing import SEALED, opened
from server.cli import buckets
from server.cli.numbers import asked_for, more_digits, resume, resume_on
from server.cli.saying import Speaker
from server.cli.words import Commands, command, recorded
from server.domain.errors import Invalid, NotFound, Phrase
from server.domain.words import marked as _
from server.mistakes import Say
from server.storage import dialect
from server.storage.address import in_a_file
from server.storage.database import ASIDE, DATABASE, ServerLock, connect
from server.storage.queries import backups, boxes, checks, numbers, secrets
from server.storage.queries.offices import branches

LOCKED = _(
    "CAREFUL: the key that secrets were sealed with is not on this machine. It is in encrypted "
    "backups, and in secrets.key beside the old database. Without it apps' codes do not count: "
    "log in with a recovery code or a passkey and set the app up again (or: ramah user "
    "second-step-off LOGIN). ramah doctor names what else is to be set again."
)
LINKED = _(
    "The city takes the log that begins now only when its technician lets it in (ramah city again "
    "CODE there); ramah city link tells the code, and when it is done. The queue goes on meanwhile."
)


def add(commands: Commands) -> None:
    """Add the commands of this module."""
    restore = command(
        commands, "restore", "bring a hall back from a file of ramah backup", _restore,
        "examples:\n  ramah restore monday.tar\n"
        "  ramah restore monday.tar --replace --resume-after A=57,B=12\n"
        "  ramah restore data/before-restore-20261128-081500 --replace\n"
        "  ramah restore s3://hall/backups --endpoint https://s3.example.go.id "
        "--access-key HALL\n",
    )  # fmt: skip
    restore.add_argument(
        "file", help="what ramah backup wrote, a folder that was kept aside, or one in a store: "
        "s3://BUCKET/PLACE/FILE, without FILE the newest, where one server keeps its own",
    )  # fmt: skip
    buckets.add(restore)
    restore.add_argument(
        "--key", type=Path, metavar="FILE",
        help="of an encrypted backup (.age): the file that ramah backups key wrote",
    )  # fmt: skip
    restore.add_argument(
        "--replace", action="store_true",
        help="the folder holds a hall already: keep that one aside, beside the restored one",
    )  # fmt: skip
    restore.add_argument(
        "--resume-after",
        metavar="NUMBERS",
        help="last numbers that visitors have on paper today, such as A=57,B=12; those that the "
        "replaced hall gave are known by themselves",
    )
    restore.add_argument("--branch", help="whose numbers, when there are several branches")
    more_digits(restore)


def _restore(args: argparse.Namespace) -> None:
    data: Path = args.data
    in_a_file(data)
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
            source = _brought(args, fresh)
            _fetch(source, fresh, args.key)
            with closing(connect(fresh)) as db:  # brings it to this program's version
                checks.begin_new_history(db)
                backups.new_owner(db, new_owner())  # the machine that is replaced may live on
                locked = _locked(db, fresh, data)
                for each in branches(db):
                    recorded(db, each.id, "hall_restored", name=source.name)
                restored = _last_events(db)
                told = asked_for(db, args.resume_after, args.branch)
                given = _given_before(data)
                resumed = resume_on(db, given or [])
                if told is not None:
                    resumed += resume(db, *told, more_digits=args.more_digits)
                linked = bool(boxes.links(db))
                dialect.in_one_file(db)
            lost = _lost(data, restored)
            aside = _keep_aside(data)
            _put_in_place(fresh, data)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    say = Speaker(args.lang).say
    print(say("{folder}: restored from {file}", folder=data, file=args.file))
    if aside is not None:
        print(say("{folder}: what was there before", folder=aside))
    _tell_numbers(say, lost, resumed, unknown=given is None and told is None)
    if linked:
        print(say(LINKED))
    if locked:
        print(say(LOCKED))


def _brought(args: argparse.Namespace, fresh: Path) -> Path:
    """Return the file or folder to restore from; one in a store is fetched.

    Raises:
        NotFound: there is none.
    """
    if not buckets.is_store(args.file):
        return Path(args.file)
    bucket = buckets.bucket_of(args, args.file)
    *above, last = bucket.prefix.split("/")
    named = last.endswith((END, END + SEALED))
    at = replace(bucket, prefix="/".join(above)) if named else bucket
    check_bucket(at, sealed=True)  # it is only read
    store = Opened(at, buckets.secret())
    wanted = last if named else _newest([each.name for each in store.names()])
    target = fresh / wanted
    private(target)
    store.fetch(wanted, target)
    return target


def _newest(there: list[str]) -> str:
    """Return the newest backup of a place, where all of them are of one server.

    Raises:
        NotFound: there is none. Invalid: the newest may be another office's.
    """
    newest: dict[str, str] = {}
    for name in filter(is_backup, there):
        newest.setdefault(owner_of(name), name)
    if not newest:
        raise NotFound("There is no such backup.", field="file")
    if len(newest) > 1:
        raise Invalid(
            "Several servers keep backups there. Say which one, as s3://BUCKET/PLACE/FILE; the "
            "newest of each: {names}",
            field="file", names=", ".join(newest.values()),
        )  # fmt: skip
    return next(iter(newest.values()))


def _locked(db: sqlite3.Connection, fresh: Path, data: Path) -> bool:
    """Whether this machine has another key than the one that the hall's secrets are sealed with.

    Those stay shut then, and what is sealed from now on is so with this machine's.
    """
    if Vault(fresh if (fresh / KEY).exists() else data).fits(db):
        return False
    secrets.forget_check(db)
    return True


def _tell_numbers(say: Say, lost: int, resumed: list[Phrase], *, unknown: bool) -> None:
    """Say which papers of visitors this hall does not know."""
    if lost:
        print(say("CAREFUL: {count} events after this backup are not in it.", count=lost))
    for each in resumed:
        print(say("Numbers go on behind {number}.", number=each))
    if resumed:
        print(say("Who waits with a paper that no counter finds takes a new number."))
    elif unknown:
        again = _(
            "CAREFUL: numbers given after this backup would be given again. When papers with them "
            "are out, say the last of each letter before anybody takes a number: "
            "ramah numbers A=57 B=12"
        )
        print(say(again))


def _fetch(source: Path, folder: Path, key: Path | None) -> None:
    """Write what a backup or a folder kept aside holds into ``folder``, none of it elsewhere.

    Raises:
        Invalid: it is neither, or its database is damaged.
    """
    if source.is_dir():
        _copy(source, folder)
    elif source.suffix == SEALED:
        with opened(source, folder / "opened", key) as plain:
            unpack(plain, folder)
    else:
        unpack(source, folder)
    if not (folder / DATABASE).exists():
        raise Invalid("This is no backup of Ramah: it has no database.", field="file")
    check(folder / DATABASE)


def _copy(source: Path, folder: Path) -> None:
    """Copy a hall that was kept aside, with commits that are only in its write-ahead log.

    A restore of an older program that was cut off left that log beside the folder.
    """
    log = f"{DATABASE}-wal"
    if not (source / DATABASE).exists():
        return
    shutil.copy2(source / DATABASE, folder / DATABASE)
    if (source / KEY).exists():
        private(folder / KEY)  # whoever could read it there
        shutil.copyfile(source / KEY, folder / KEY)
    for place in (source, source.parent):
        if (place / log).exists() and (place is source or not (place / DATABASE).exists()):
            shutil.copy2(place / log, folder / log)
            break
    _finish_log(folder)
    for path in files_of(source):
        target = folder / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)


def _last_events(db: sqlite3.Connection) -> dict[str, int]:
    return {each.code: each.seq for each in branches(db)}


def _lost(data: Path, restored: dict[str, int]) -> int:
    """Return how many events of the hall that is there the restored one does not have."""
    if not (data / DATABASE).exists():
        return 0
    with suppress(sqlite3.Error), closing(sqlite3.connect(data / DATABASE)) as db:
        known = _last_events(db)
        return sum(max(0, seq - restored.get(code, 0)) for code, seq in known.items())
    return 0  # damaged: that is why somebody restores


def _given_before(data: Path) -> list[numbers.Given] | None:
    """Return the last numbers of the hall that is there, and of those kept aside before it.

    ``None`` when none of them can be read.
    """
    given: list[numbers.Given] | None = None
    for folder in (data, *sorted(data.glob(f"{ASIDE}*[0-9]"))):
        if not (folder / DATABASE).exists():
            continue
        with suppress(sqlite3.Error), closing(sqlite3.connect(folder / DATABASE)) as db:
            given = (given or []) + numbers.given(db)
    return given


def _keep_aside(data: Path) -> Path | None:
    """Copy what is there into a folder of its own; return it, ``None`` when nothing was there.

    The hall itself stays as it is until the restored one takes its place: whenever the power
    goes, one of the two is there, whole.
    """
    _finish_log(data)
    names = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", KEY, *FOLDERS)
    there = [path for name in names if (path := data / name).exists()]
    if not there:
        return None
    aside = _free(data / f"{ASIDE}{datetime.now(UTC):%Y%m%d-%H%M%S}")
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


def _free(folder: Path) -> Path:
    """Return a name that no folder has: two restores may come within one second."""
    names = chain([folder], (folder.with_name(f"{folder.name}-{n}") for n in count(2)))
    return next(each for each in names if not each.exists())


def _finish_log(data: Path) -> None:
    """Move what is only in the write-ahead log into the database, so that one file is all."""
    if (data / DATABASE).exists():
        with suppress(sqlite3.Error), closing(sqlite3.connect(data / DATABASE)) as db:
            dialect.finish_log(db)


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
    kept = list(files_of(fresh))
    for path in kept:
        target = data / path.relative_to(fresh)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.replace(target)
    for end in ("-wal", "-shm"):  # empty by now; of a damaged hall they are kept aside
        (data / f"{DATABASE}{end}").unlink(missing_ok=True)
    if (fresh / KEY).exists():
        (fresh / KEY).replace(data / KEY)
    (fresh / DATABASE).replace(data / DATABASE)
    _settle(data)
    wanted = {path.relative_to(fresh) for path in kept}
    for path in list(files_of(data)):
        if path.relative_to(data) not in wanted:
            path.unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    """Write a folder's names to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
