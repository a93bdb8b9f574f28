"""Owns ``ramah demo``: a year of made-up history, to try reports with."""

from __future__ import annotations

import argparse
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

from server.cli.saying import Speaker
from server.cli.words import Commands, command
from server.domain.errors import Conflict
from server.domain.words import marked as _
from server.storage.address import in_a_file
from server.storage.database import DATABASE, ServerLock, connect
from server.storage.queries import offices

BAR = 30


def add(commands: Commands) -> None:
    """Add the commands of this module."""
    demo = command(
        commands, "demo", "fill an empty data folder with a realistic past", _demo,
        "examples:\n  ramah demo --days 365\n  ramah serve --demo      then look at its reports\n",
    )  # fmt: skip
    demo.add_argument("--days", type=int, default=365, help="calendar days back (default 365)")
    demo.add_argument(
        "--per-day", type=int, default=225,
        help="visitors on a usual day (default 225); more get more counters",
    )  # fmt: skip
    demo.add_argument("--seed", type=int, default=1, help="another number, another story")


def _demo(args: argparse.Namespace) -> int:
    from server.demo import care, opinions  # noqa: PLC0415
    from server.demo.history import (  # noqa: PLC0415 - only this command needs all this
        Job,
        Plan,
        count_checks,
        enlarged,
        fill,
        jobs_of,
        yesterday,
    )  # fmt: skip
    from server.demo.seed import add_people, demo_office, history_plan, rest_one_service  # noqa: PLC0415

    if not (1 <= args.days <= 3700 and 1 <= args.per_day <= 50_000):  # noqa: PLR2004
        told = Speaker(args.lang).say("--days is 1 to 3700, --per-day 1 to 50000")
        print(f"ramah: {told}", file=sys.stderr)
        return 2
    begun = 0.0

    def prepare(db: sqlite3.Connection) -> tuple[int, Plan]:
        nonlocal begun
        office = enlarged(demo_office(), args.per_day)
        branch = offices.add_branch(db, office.code)
        people = add_people(db, branch)
        begun = time.monotonic()
        return branch, history_plan(office, people, args.seed)

    def jobs(plan: Plan) -> list[Job]:
        return jobs_of(plan, yesterday(plan.office), args.days, args.per_day)

    def finish(db: sqlite3.Connection, branch: int) -> None:
        rest_one_service(db, branch)
        opinions.say(db, branch, args.seed)
        care.say(db, branch, args.seed)
        count_checks(db, branch)

    in_a_file(args.data)
    args.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ServerLock(args.data):
        _check_empty(args.data)
        turns = fill(args.data, prepare, jobs, _Bar(), finish)
    took = time.monotonic() - begun
    speaker = Speaker(args.lang)
    told = _("{turns} turns in {seconds} s, {count} a second")
    speed = f"{turns / max(took, 0.001):.0f}"
    print(speaker.say(told, turns=turns, seconds=took, count=speed))
    print(speaker.say("Now: {command}", command=f"ramah serve --demo --data {args.data}"))
    return 0


def _check_empty(data: Path) -> None:
    """Refuse a folder that holds an office.

    Raises:
        Conflict: it does.
    """
    if not (data / DATABASE).exists():
        return
    with closing(connect(data)) as db:
        if offices.branches(db):
            raise Conflict(
                "This data folder holds an office already; a past can only be given to a new one.",
                field="data",
            )


class _Bar:
    """Draws how far it is, on standard error, not more often than a person can see."""

    def __init__(self) -> None:
        self._drawn = 0.0

    def __call__(self, done: int, days: int, turns: int) -> None:
        now = time.monotonic()
        if done < days and now - self._drawn < 0.1:  # noqa: PLR2004 - ten times a second
            return
        self._drawn = now
        full = BAR * done // days
        end = "\n" if done == days else ""
        print(f"\r[{'#' * full}{'.' * (BAR - full)}] day {done} of {days}, {turns} turns",
              end=end, file=sys.stderr, flush=True)  # fmt: skip
