"""Owns ``ramah backups``: the plan for backups of every day, the key they are encrypted for."""

from __future__ import annotations

import argparse
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from server.alarms import BACKUP_HOURS
from server.backups import making, sealing
from server.backups.archive import private
from server.backups.keeper import attempt
from server.cli.words import Commands, command, existing, group, recorded
from server.clock import wall_clock
from server.domain.errors import Invalid, NotFound
from server.domain.texts import CLOCK
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
        "example:\n  ramah backups plan /media/usb --at 19:00 --keep 14 --key age1...\n",
    )  # fmt: skip
    plan.add_argument("folder", type=Path, help="where to: a folder, a stick, a mounted share")
    plan.add_argument("--at", default="19:00", help="when, as HH:MM (default: 19:00)")
    plan.add_argument("--keep", type=int, default=14, help="so many stay (default: 14)")
    plan.add_argument("--key", default="", help="encrypt them for this public key (age1...)")
    command(words, "now", "make one by the plan, now", _now)
    command(words, "end", "make no more; the files stay", _end)
    key = command(words, "key", "make a key for encrypted backups", _key)
    key.add_argument("file", type=Path, help="file for the secret half; must not exist")


def _plan(args: argparse.Namespace) -> None:
    in_a_file(args.data)
    if not re.fullmatch(CLOCK, args.at):
        raise Invalid("Give the time as HH:MM.", field="at")
    if not 1 <= args.keep <= 1000:  # noqa: PLR2004 - a thousand days
        raise Invalid("Keep 1 to 1000 backups.", field="keep")
    if args.key:
        sealing.check_public(args.key)
    folder = args.folder.resolve()
    with closing(existing(args.data)) as db, transaction(db):
        making.choose(folder)
        backups.set_plan(db, Plan(str(folder), args.at, args.keep, args.key, wall_clock(), 0))
        for each in branches(db):
            recorded(db, each.id, "backups_planned", at=args.at)
    print(f"{folder}: a backup every day at {args.at}, {args.keep} stay")
    if not args.key:
        print("They are not encrypted: ramah backups key FILE makes a key, --key uses it.")


def _now(args: argparse.Namespace) -> int:
    with closing(existing(args.data)) as db:
        plan = backups.plan(db)
        if plan is None:
            raise NotFound("There is no plan yet: ramah backups plan FOLDER", field="plan")
        came = attempt(args.data, plan)
        with transaction(db):
            backups.add(db, wall_clock(), came)
    name, size, _took, error = came
    print(error or f"{Path(plan.folder) / name}: {size / 1e6:.1f} MB, restored to check it")
    return 1 if error else 0


def _end(args: argparse.Namespace) -> None:
    with closing(existing(args.data)) as db, transaction(db):
        backups.end_plan(db)
        for each in branches(db):
            recorded(db, each.id, "backups_ended")
    print("No more backups are made; the files stay.")


def _key(args: argparse.Namespace) -> None:
    if args.file.exists():
        raise Invalid("The file exists already; nothing was written.", field="file")
    secret, public = sealing.new_key()
    private(args.file)
    args.file.write_text(f"# public key: {public}\n{secret}\n", "utf-8")
    print(f"{args.file}: the secret half. Keep it away from this machine: without it no")
    print("encrypted backup opens. For --key of ramah backups plan:")
    print(public)


def late_backup(db: sqlite3.Connection) -> Iterator[str]:
    """Tell the doctor of a plan whose last good backup is too old."""
    plan, good = backups.plan(db), backups.last_good(db)
    if plan is None:
        return
    hours = (wall_clock() - (plan.since if good is None else good.at)) // 3_600_000
    if hours > BACKUP_HOURS:
        last = next(iter(backups.made(db, 1)), None)
        why = last.error if last is not None and last.error else "the server does not run then"
        yield f"the last good one is {hours} hours old: {why}"
