"""Owns ``ramah backups``: the plan for backups of every day, the key they are encrypted for."""

from __future__ import annotations

import argparse
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from server.alarms import BACKUP_HOURS
from server.auth.vault import Vault
from server.backups import planning, sealing
from server.backups.archive import private
from server.backups.keeper import attempt
from server.backups.place import place_of
from server.backups.planning import Wanted
from server.cli import buckets
from server.cli.saying import Speaker
from server.cli.words import Commands, command, existing, group, recorded
from server.clock import wall_clock
from server.domain.errors import Invalid, NotFound, Phrase
from server.domain.words import marked as _
from server.storage.address import in_a_file
from server.storage.database import transaction
from server.storage.queries import backups
from server.storage.queries.backups import Plan
from server.storage.queries.offices import branches


def add(commands: Commands) -> None:
    """Add the commands of this module."""
    words = group(commands, "backups", "a backup every day, by a plan")
    plan = command(
        words, "plan", "make a backup every day", _plan,
        "examples:\n  ramah backups plan /media/usb --at 19:00 --keep 14 --key age1...\n"
        "  ramah backups plan s3://hall/backups --endpoint https://s3.example.go.id "
        "--access-key HALL\n",
    )  # fmt: skip
    plan.add_argument(
        "folder", help="where to: a folder, a stick, a mounted share, or s3://BUCKET/PLACE"
    )
    plan.add_argument("--at", default="19:00", help="when, as HH:MM (default: 19:00)")
    plan.add_argument("--keep", type=int, default=14, help="so many stay (default: 14)")
    plan.add_argument("--key", default="", help="encrypt them for this public key (age1...)")
    buckets.add(plan)
    command(words, "list", "list those that are in the place of the plan", _list)
    command(words, "now", "make one by the plan, now", _now)
    command(words, "end", "make no more; the files stay", _end)
    key = command(words, "key", "make a key for encrypted backups", _key)
    key.add_argument("file", type=Path, help="file for the secret half; must not exist")


def _plan(args: argparse.Namespace) -> None:
    in_a_file(args.data)
    vault = Vault(args.data)
    with closing(existing(args.data)) as db:
        wanted = _wanted(args, db, vault)
        planning.look(wanted, args.data)
        with transaction(db):
            plan = planning.put(db, vault, wanted, wall_clock())
            for each in branches(db):
                recorded(db, each.id, "backups_planned", at=args.at)
    say = Speaker(args.lang).say
    every = _("{place}: a backup every day at {time}, {count} stay")
    print(say(every, place=plan.folder, time=args.at, count=args.keep))
    if not plan.bucket and planning.same_disk(plan.folder, args.data):
        print(
            say("This folder is on the same disk as the data: if that disk breaks, both are gone.")
        )
    if not args.key:
        print(say("They are not encrypted: ramah backups key FILE makes a key, --key uses it."))


def _wanted(args: argparse.Namespace, db: sqlite3.Connection, vault: Vault) -> Wanted:
    wanted = Wanted(args.at, args.keep, args.key)
    if not buckets.is_store(args.folder):
        return wanted._replace(folder=str(Path(args.folder).resolve()))
    bucket = buckets.bucket_of(args, args.folder)
    secret = buckets.secret() or planning.known_secret(db, vault, bucket)
    return wanted._replace(bucket=bucket, secret=secret)


def _list(args: argparse.Namespace) -> None:
    with closing(existing(args.data)) as db:
        place = place_of(_planned(db), Vault(args.data))
    place.look()
    for name in place.names():
        print(name)


def _planned(db: sqlite3.Connection) -> Plan:
    plan = backups.plan(db)
    if plan is None:
        raise NotFound("There is no plan yet: ramah backups plan FOLDER", field="plan")
    return plan


def _now(args: argparse.Namespace) -> int:
    with closing(existing(args.data)) as db:
        plan = _planned(db)
        came = attempt(args.data, plan, Vault(args.data))
        with transaction(db):
            backups.add(db, wall_clock(), came)
    name, size, _took, error = came
    where = f"{plan.folder}: {name}" if plan.bucket else Path(plan.folder) / name
    speaker = Speaker(args.lang)
    well = _("{file}: {size} MB, restored to check it")
    print(speaker.say(error or well, file=where, size=size / 1e6))
    return 1 if error else 0


def _end(args: argparse.Namespace) -> None:
    with closing(existing(args.data)) as db, transaction(db):
        backups.end_plan(db)
        for each in branches(db):
            recorded(db, each.id, "backups_ended")
    print(Speaker(args.lang).say("No more backups are made; the files stay."))


def _key(args: argparse.Namespace) -> None:
    if args.file.exists():
        raise Invalid("The file exists already; nothing was written.", field="file")
    secret, public = sealing.new_key()
    private(args.file)
    args.file.write_text(f"# public key: {public}\n{secret}\n", "utf-8")
    say = Speaker(args.lang).say
    half = _(
        "{file}: the secret half. Keep it away from this machine: without it no encrypted backup "
        "opens."
    )
    print(say(half, file=args.file))
    print(say("For --key of ramah backups plan:"))
    print(public)


def late_backup(db: sqlite3.Connection) -> Iterator[Phrase]:
    """Tell the doctor of a plan whose last good backup is too old."""
    plan, good = backups.plan(db), backups.last_good(db)
    if plan is None:
        return
    hours = (wall_clock() - (plan.since if good is None else good.at)) // 3_600_000
    if hours > BACKUP_HOURS:
        last = next(iter(backups.made(db, 1)), None)
        error = last.error if last is not None else None
        why = Phrase(error or _("the server does not run then"))
        yield Phrase(_("the last good one is {hours} hours old: {why}"), hours=hours, why=why)
