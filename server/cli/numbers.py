"""Owns ``ramah numbers``: a hall goes on behind numbers that are on papers already.

After an older backup came back, or a hall that never ran on this machine, the log does not know
them; two visitors with one number would be called at once.
"""

from __future__ import annotations

import argparse
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from datetime import date, timedelta

from server.auth import registry
from server.branches import TECHNICIAN
from server.cli.saying import Speaker
from server.cli.words import Commands, command, existing
from server.clock import wall_clock
from server.domain.day import business_day
from server.domain.errors import Invalid, Phrase
from server.domain.events import NumbersResumed
from server.domain.numbering import label
from server.domain.words import marked as _
from server.storage.ids import Ids
from server.storage.queries.numbers import Given
from server.storage.queries.offices import branches
from server.storage.transaction import SqliteTx
from server.storage.writer import run_alone

LAST = 999_999
"""The greatest number that is taken as one that stands on a paper."""
_WORD = re.compile(r"(?:([^=]*[^=\s])\s*=|([^=]*[^0-9=\s]))\s*([0-9]{1,9})")
"""Only before ``=`` a prefix may end in a digit, such as A1."""


def add(commands: Commands) -> None:
    """Add the commands of this module."""
    words = command(
        commands, "numbers", "go on today behind numbers that are on papers already", _numbers,
        "After a restore: what visitors have in their hands is not given again.\n"
        "Also while the server runs.\n\n"
        "examples:\n  ramah numbers A=57 B=12\n  ramah numbers A057\n",
    )  # fmt: skip
    words.add_argument("numbers", nargs="+", help="the last number of each letter, such as A=57")
    words.add_argument("--branch", help="branch code, when there are several")
    more_digits(words)


def more_digits(words: argparse.ArgumentParser) -> None:
    """Add the word by which a person confirms a number that looks like a slip."""
    words.add_argument(
        "--more-digits", action="store_true",
        help="take a number that has more digits than the numbers here; it cannot be undone today",
    )  # fmt: skip


def _numbers(args: argparse.Namespace) -> None:
    with closing(existing(args.data)) as db:
        branch = registry.branch_of(db, args.branch)
        told = last_numbers(",".join(args.numbers))
        changed = resume(db, branch, told, more_digits=args.more_digits)
    say = Speaker(args.lang).say
    for each in changed:
        print(say("Numbers go on behind {number}.", number=each))
    if not changed:
        print(say("Nothing to change: today's numbers are further on already."))


def last_numbers(text: str) -> dict[str, int]:
    """Return the last number of each prefix: ``A=57,B012`` is A 57 and B 12.

    Raises:
        Invalid: something else was written.
    """
    numbers: dict[str, int] = {}
    for word in filter(None, (each.strip() for each in text.split(","))):
        parts = _WORD.fullmatch(word)
        if parts is None or not 1 <= int(parts[3]) <= LAST:
            raise Invalid(
                "'{word}' is no last number; write letter and number, such as A=57.",
                field="numbers", word=word[:40],
            )  # fmt: skip
        prefix = parts[1] or parts[2]
        numbers[prefix] = max(int(parts[3]), numbers.get(prefix, 0))
    if not numbers:
        raise Invalid(
            "'{word}' is no last number; write letter and number, such as A=57.",
            field="numbers", word=text[:40],
        )  # fmt: skip
    return numbers


def asked_for(
    db: sqlite3.Connection, text: str | None, code: str | None
) -> tuple[int, dict[str, int]] | None:
    """Return the branch and the last numbers that a person told; ``None`` when nobody did."""
    return None if text is None else (registry.branch_of(db, code), last_numbers(text))


def resume(
    db: sqlite3.Connection, branch: int, numbers: dict[str, int], *, more_digits: bool = False
) -> list[Phrase]:
    """Go on behind these numbers today; return what changed, in words.

    With ``more_digits`` the person has confirmed those that look like a slip of the finger.

    Raises:
        Invalid: no service gives numbers with such a letter, or none that high.
    """

    def command(tx: SqliteTx) -> list[Phrase]:
        if not tx.configured:
            raise Invalid("This branch has no settings yet.", field="branch")
        known = sorted(service.prefix for service in tx.office.services)
        wrap = tx.office.rules.number_wrap
        floors = []
        for written, number in numbers.items():
            prefix = written if written in known else written.upper()
            if prefix not in known:
                raise Invalid(
                    "No service gives numbers with '{prefix}'; here they begin with {known}.",
                    field="numbers", prefix=written[:40], known=", ".join(known),
                )  # fmt: skip
            if wrap and number > wrap:
                raise Invalid(
                    "The last number of a day is {last} here.", field="numbers", last=wrap
                )
            if not more_digits:
                _check_digits(tx, prefix, number)
            floors.append((tx.day, prefix, number))
        return _go_on(tx, floors)

    return run_alone(db, branch, TECHNICIAN, Ids(), command)


def _check_digits(tx: SqliteTx, prefix: str, number: int) -> None:
    """Refuse a number that is longer than those on paper here: a hall never goes back.

    Raises:
        Invalid: it is; a person may say that it stands on a paper nevertheless.
    """
    width = tx.office.rules.number_width
    known = tx.known_day(tx.day).numbers.get(prefix, 0)
    if len(str(number)) <= max(width, len(str(known))):
        return
    raise Invalid(
        "{number} has more digits than the numbers here, such as {usual}. If it stands on a paper, "
        "say so with --more-digits; today's numbers do not go back.",
        field="numbers", number=f"{prefix}{number}", usual=label(prefix, known or 1, width),
    )  # fmt: skip


def _go_on(tx: SqliteTx, floors: Iterable[tuple[str, str, int]]) -> list[Phrase]:
    told = []
    last: dict[tuple[str, str], int] = {}
    for day, prefix, number in floors:
        last[day, prefix] = max(number, last.get((day, prefix), 0))
    for (day, prefix), number in sorted(last.items()):
        if number > tx.known_day(day).numbers.get(prefix, 0):
            tx.append(NumbersResumed(day, prefix, number))
            shown = label(prefix, number, tx.office.rules.number_width)
            told.append(Phrase(_("{number} on {day}"), number=shown, day=day))
    return told


def resume_on(db: sqlite3.Connection, given: Iterable[Given]) -> list[Phrase]:
    """Go on behind numbers of another hall, by branch; return what changed, in words.

    Days that are over matter to nobody: from yesterday on, or the latest where the clock lies.
    """
    of_branch: dict[str, list[Given]] = defaultdict(list)
    for each in given:
        of_branch[each.branch].append(each)
    told: list[Phrase] = []
    for branch in branches(db):
        mine = of_branch.get(branch.code, []) if branch.version else []

        def command(tx: SqliteTx, mine: list[Given] = mine) -> list[Phrase]:
            today = date.fromisoformat(
                business_day(wall_clock(), tx.office.zone, tx.office.day_start_minutes)
            )
            first = min((today - timedelta(days=1)).isoformat(), max(each.day for each in mine))
            return _go_on(
                tx, ((each.day, each.prefix, each.number) for each in mine if each.day >= first)
            )

        if mine:
            told += run_alone(db, branch.id, TECHNICIAN, Ids(), command)
    return told
