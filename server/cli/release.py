"""Owns what the command line tells of new versions: which one the city lets this server take."""

from __future__ import annotations

import argparse
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from server.city.releases import FAILED
from server.cli.saying import Speaker
from server.cli.words import Commands, command, existing
from server.clock import wall_clock
from server.domain.day import iso
from server.domain.errors import Phrase
from server.domain.versions import newer, numbers
from server.domain.words import marked as _
from server.storage.queries import gauges, releases

MOST = 500


def add(words: Commands) -> None:
    """Add the words about versions to ``ramah city``."""
    command(
        words, "wanted", "in the office: print the version that the city lets this server take",
        _wanted, "exit status: 0 there is one; 1 none, or it runs already\n",
    )  # fmt: skip
    command(
        words, "rests", "tell whether no counter is open and nobody waits, in any hall here",
        _rests, "exit status: 0 it rests; 1 somebody is served or waits\n",
    )  # fmt: skip


def program() -> str:
    """Return this program's version."""
    try:
        return version("ramah")
    except PackageNotFoundError:
        return "0"


def wanted(db: sqlite3.Connection) -> str:
    """Return the version that this server may take and has not; "" for none.

    Of several halls here each has to be let: what one of them may not take, none gets.
    """
    told = [each.version for each in releases.told(db)]
    least = min(told, key=numbers, default="")
    return least if newer(least, program()) else ""


def told(db: sqlite3.Connection) -> Iterator[Phrase]:
    """Tell what the city lets this server take, where it has not taken it."""
    for each in releases.told(db):
        if newer(each.version, program()):
            yield Phrase(
                _(
                    "{code}: the city lets this server take {version} (since {since}); it runs "
                    "{program}"
                ),
                code=each.code, version=each.version, since=iso(each.at), program=program(),
            )  # fmt: skip


def failed(data: Path) -> Iterator[str]:
    """Tell of a renewal that did not go well."""
    try:
        text = (data / FAILED).read_text("utf-8", "replace")
    except FileNotFoundError:
        return
    yield " ".join(text.split())[:MOST]


def _wanted(args: argparse.Namespace) -> int:
    with closing(existing(args.data)) as db:
        found = wanted(db)
    if found:
        print(found)
    return 0 if found else 1


def _rests(args: argparse.Namespace) -> int:
    with closing(existing(args.data)) as db:
        now = gauges.gauges(db, wall_clock())
    counters = sum(each.number for each in now.counters if each.label != "closed")
    people = sum(each.number for each in now.waiting)
    if counters or people:
        open_now = _("{counters} counters are open, {people} people wait")
        print(Speaker(args.lang).say(open_now, counters=counters, people=people))
        return 1
    return 0
