"""Owns ``ramah plan``: makes a week's rota beside a server and shows it; saving is the page's."""

from __future__ import annotations

import argparse
import json
import re
import sys
from contextlib import closing
from datetime import date

import msgspec

from server.auth import registry
from server.cli.saying import Speaker
from server.cli.words import Commands, command, existing
from server.clock import wall_clock
from server.domain.errors import Refused
from server.domain.words import marked as _
from server.mistakes import Say
from server.plan.rota import book
from server.plan.rota.asked import GoOnAsked, MakeAsked
from server.plan.rota.child import Maker, looked
from server.plan.rota.making import Progress
from server.plan.rota.targets import Target, Targets, targets_of
from server.plan.rota.values import DayRota, RotaRules, clock_of


def add(commands: Commands) -> None:
    """Add the commands of this module."""
    words = command(
        commands, "plan", "make a week's rota from the log, and show what comes of it", _plan,
        "Who works, and the target, are those of the manager's page (The plan), which also saves.\n"
        "Also while the server runs.\n\n"
        "examples:\n  ramah plan\n  ramah plan --week 2026-12-07 --share 85 --minutes 20\n"
        "  ramah plan --target F=90/5\n",
    )  # fmt: skip
    words.add_argument("--week", help="any day of the week (default: the week that comes)")
    words.add_argument("--share", type=int, help="per cent of visitors called in time")
    words.add_argument("--minutes", type=int, help="what in time is")
    words.add_argument(
        "--target",
        action="append",
        default=[],
        metavar="SERVICE=SHARE/MINUTES",
        type=_target,
        help="a target of one service alone, instead of its own by the settings",
    )
    words.add_argument("--json", action="store_true", help="shifts and outcome as JSON")
    words.add_argument("--branch", help="branch code, when there are several")


def _target(text: str) -> tuple[str, Target]:
    """Read ``F=90/5``: of those for F, 90 % within five minutes."""
    found = re.fullmatch(r"(.+)=([1-9]\d?)/([1-9]\d{0,2})", text)
    if found is None:
        raise argparse.ArgumentTypeError("a target is said as F=90/5: 90 % within 5 minutes")
    return found[1], Target(int(found[2]), int(found[3]))


def _plan(args: argparse.Namespace) -> None:
    now = wall_clock()
    with closing(existing(args.data)) as db:
        branch = registry.branch_of(db, args.branch)
    data = str(args.data.resolve())
    today, rules, office = looked(
        data, branch, now, lambda tx: (tx.day, book.rules_of(tx)[1], tx.office)
    )
    week = book.week_of(date.fromisoformat(args.week).isoformat()) if args.week else (
        book.next_week(today)
    )  # fmt: skip
    changes = {"share": args.share, "minutes": args.minutes}
    rules = msgspec.convert(
        msgspec.to_builtins(rules) | {name: n for name, n in changes.items() if n is not None},
        RotaRules,
    )
    own = dict(args.target)
    unknown = own.keys() - {each.code for each in office.services}
    if unknown:
        raise Refused("There is no such service here: {codes}.", codes=", ".join(sorted(unknown)))
    made = _made(MakeAsked(data, branch, week, now, rules, own))
    if args.json:
        print(json.dumps(msgspec.to_builtins(made.days), indent=1))
        return
    names = {each.key: each.name for each in rules.officers}
    targets = targets_of(office, rules.target, own)
    for day in made.days:
        _tell(day, names, targets, Speaker(args.lang).say)


def _made(asked: MakeAsked) -> Progress:
    """Make the rota in this process; how far it is stands on the last line of a terminal.

    Raises:
        Refused: it cannot be made here.
    """
    maker = Maker()
    told = maker.begin(asked)
    while not told.trouble and told.progress is not None and not told.progress.made:
        told = maker.go_on(GoOnAsked())
        if sys.stderr.isatty() and told.progress is not None:
            print(f"\r{told.progress.done:3} %", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print("\r     \r", end="", file=sys.stderr)
    if told.trouble == "no-solver":
        raise Refused("The solver is missing: pip install 'ramah[plan]'.")
    if told.progress is None:
        raise Refused("Too little is known of who will come to make a plan.")
    return told.progress


def _tell(day: DayRota, names: dict[str, str], targets: Targets, say: Say) -> None:
    outcome = day.outcome
    if outcome is None:
        return
    usual = targets.usual
    about = {"hours": f"{outcome.hours:g}", "share": f"{outcome.share or 0:.0f}"}
    in_time = _("{day}: {hours} hours at counters, {share} % in time")
    within = _("{day}: {hours} hours at counters, {share} % within {minutes} minutes")
    told = in_time if targets.own else within
    print("\n" + say(told, day=day.day, minutes=usual.minutes, **about))
    for each in outcome.services:
        its = targets.own.get(each.service)
        if its is not None:
            well = _("{service}: {share} % within {minutes} minutes (target {target} %)")
            below = _(
                "{service}: {share} % within {minutes} minutes (target {target} %), below from "
                "{times}"
            )
            told = say(
                below if each.missed else well,
                service=each.service, share=f"{each.share or 0:.0f}", minutes=its.minutes,
                target=its.share, times=_clocks(each.missed),
            )  # fmt: skip
            print(f"  {told}")
    for shift in day.shifts:
        counter = say("counter {number}", number=f"{shift.counter:<4}")
        rest = "" if shift.rest is None else say("rest {time}", time=clock_of(shift.rest))
        print(
            f"  {counter} {clock_of(shift.start)}-{clock_of(shift.end)}  "
            f"{names.get(shift.officer, shift.officer)}{rest and f', {rest}'}"
        )
    if outcome.missed:
        target, share = _("below a target from {times}"), _("below {share} % from {times}")
        told = target if targets.own else share
        print("  " + say(told, share=usual.share, times=_clocks(outcome.missed)))


def _clocks(slots: list[int]) -> str:
    return ", ".join(map(clock_of, slots))
