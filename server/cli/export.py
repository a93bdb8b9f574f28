"""Owns ``ramah export``: the wait-time log as a CSV file, with a bar that says how far it is."""

from __future__ import annotations

import argparse
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from server.auth import registry
from server.cli.words import Commands, command, existing
from server.domain.tx import Actor
from server.reports import sheet, workbook
from server.reports.log import Only, Place, Span, Turns, span_of
from server.storage.branch import BranchBatch, OfficeCache
from server.storage.ids import Ids
from server.storage.store import wall_clock
from server.storage.transaction import SqliteTx

READER = Actor("command-line", "admin", "command line")
BAR = 30


def add(commands: Commands) -> None:
    """Add the commands of this module."""
    export = command(
        commands, "export", "write the wait-time log of a span to a CSV file", _export,
        "examples:\n  ramah export log.csv --from 2026-01-01 --to 2026-12-31\n"
        "  ramah export - --service A | gzip > log.csv.gz\n",
    )  # fmt: skip
    export.add_argument("file", help="where to; - for standard output")
    export.add_argument("--from", dest="since", help="first business day; default today")
    export.add_argument("--to", dest="until", help="last business day (included); default today")
    export.add_argument("--service", help="only this service (code)")
    export.add_argument("--counter", type=int, help="only this counter (number)")
    export.add_argument("--outcome", help="only this outcome")
    export.add_argument("--utc", action="store_true", help="also the times in UTC")
    export.add_argument("--language", default="id", help="of the services' names (default id)")
    export.add_argument("--branch", help="branch code, when there are several")


def _export(args: argparse.Namespace) -> int:
    with closing(existing(args.data)) as db:
        branch = registry.branch_of(db, args.branch)
        tx = SqliteTx(BranchBatch(db, branch, OfficeCache()), READER, wall_clock(), Ids())
        span = span_of(tx.office, tx.day, args.since, args.until)
        only = Only(service=args.service, counter=args.counter, outcome=args.outcome)
        if args.file == "-":
            rows = _write(db, tx, sys.stdout.buffer, args, span, only)
        else:
            with Path(args.file).open("xb") as file:  # never over a file that is there
                rows = _write(db, tx, file, args, span, only)
    print(f"{rows} turns, {span.first} to {span.last}", file=sys.stderr)
    return 0


def _write(
    db: sqlite3.Connection, tx: SqliteTx, file: BinaryIO, args: argparse.Namespace, span: Span,
    only: Only,
) -> int:  # fmt: skip
    """Write one consistent view of the log; return how many turns it has."""
    db.execute("BEGIN")
    try:
        bar = _Bar(workbook.count(tx, span, only))
        writer = sheet.Writer(Turns(tx, args.language), utc=args.utc)
        file.write(sheet.header(utc=args.utc))
        done = 0
        place: Place | None = Place(span.first)
        while place is not None:
            rows, place = sheet.fetch(tx, span, only, place)
            file.write(writer.text(rows))
            done += len(rows)
            bar.draw(done)
    finally:
        db.execute("ROLLBACK")
    return done


class _Bar:
    """Draws how far it is, on a terminal only, ten times a second at most."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._drawn = 0.0

    def draw(self, done: int) -> None:
        now = time.monotonic()
        if not sys.stderr.isatty() or (done < self._rows and now - self._drawn < 0.1):  # noqa: PLR2004
            return
        self._drawn = now
        full = BAR * done // max(1, self._rows)
        print(f"\r[{'#' * full}{'.' * (BAR - full)}] {done} of {self._rows} turns",
              end="\n" if done >= self._rows else "", file=sys.stderr, flush=True)  # fmt: skip
