"""Owns ``ramah export``: the wait-time log as a file, with a bar that says how far it is."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

from server.auth import registry
from server.cli.saying import Speaker
from server.cli.trouble import of_system
from server.cli.words import Commands, command, existing, recorded
from server.clock import wall_clock
from server.domain.errors import Invalid
from server.domain.tx import Actor
from server.domain.words import marked as _
from server.reports import lines, workbook
from server.reports.log import Turns, checked, span_of
from server.storage.branch import BranchBatch, OfficeCache
from server.storage.database import reading
from server.storage.queries import forms
from server.storage.queries.log import Only, Place, Span
from server.storage.transaction import SqliteTx
from web.i18n import Catalogs

READER = Actor("command-line", "admin", "command line")
BAR = 30
ENDINGS = ("xlsx", "csv", "json", "parquet")
FORMATS = (*ENDINGS, "csv-sheet")
SIGPIPE_STATUS = 141
"""What a shell tells of a program whose reader went away (128 + SIGPIPE)."""


def add(commands: Commands) -> None:
    """Add the commands of this module."""
    export = command(
        commands, "export", "write the wait-time log of a span to a file", _export,
        "examples:\n  ramah export log.csv --from 2026-01-01 --to 2026-12-31\n"
        "  ramah export november.xlsx --from 2026-11-01 --to 2026-11-30 --agency dukcapil\n"
        "  ramah export - --service A | gzip > log.csv.gz\n",
    )  # fmt: skip
    export.add_argument(
        "file", help=f"where to, ending in .{', .'.join(ENDINGS)}; - for standard output"
    )
    export.add_argument(
        "--format", choices=FORMATS,
        help="when the ending does not say it; csv-sheet is CSV that a spreadsheet program of the "
        "office's country opens rightly by a double click, csv is for programs",
    )  # fmt: skip
    export.add_argument(
        "--decimal", choices=forms.DECIMALS,
        help="how the reader's computer writes broken numbers (default: as the office's first "
        "language does); a .csv becomes csv-sheet by it",
    )  # fmt: skip
    export.add_argument("--from", dest="since", help="first business day; default today")
    export.add_argument("--to", dest="until", help="last business day (included); default today")
    export.add_argument("--service", help="only this service (code)")
    export.add_argument("--agency", help="only services of this agency (code)")
    export.add_argument("--counter", type=int, help="only this counter (number)")
    export.add_argument("--priority", choices=("regular", "priority"), help="only this class")
    export.add_argument("--outcome", help="only this outcome, or state of turns that go on")
    export.add_argument("--channel", help="only numbers taken this way (kiosk, staff, ...)")
    export.add_argument("--label", help="only numbers that begin so")
    export.add_argument("--utc", action="store_true", help="CSV: also the times in UTC")
    export.add_argument("--language", default="id", help="of the services' names (default id)")
    export.add_argument("--branch", help="branch code, when there are several")


def _export(args: argparse.Namespace) -> int:
    form = _form(args)
    with closing(existing(args.data)) as db:
        branch = registry.branch_of(db, args.branch)
        tx = SqliteTx(BranchBatch(db, branch, OfficeCache(), reader=True), READER, wall_clock())
        span = span_of(tx.office, tx.day, args.since, args.until)
        only = checked(Only(
            service=args.service, agency=args.agency, counter=args.counter,
            priority=args.priority, outcome=args.outcome, channel=args.channel, text=args.label,
        ))  # fmt: skip
        try:
            with reading(db), _target(args.file) as file:
                rows = _WRITERS[form](tx, file, args, span, only)
            recorded(db, branch, "log_taken", first=span.first, last=span.last, format=form)
        except BrokenPipeError:
            # nobody reads on; and nothing more may be written when Python ends
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return SIGPIPE_STATUS
    told = _("{turns} turns, {first} to {last}")
    said = Speaker(args.lang).say(told, turns=rows, first=span.first, last=span.last)
    print(said, file=sys.stderr)
    return 0


def _form(args: argparse.Namespace) -> str:
    ending = Path(args.file).suffix.lower().removeprefix(".")
    form = args.format or ("csv" if args.file == "-" else ending)
    if args.decimal and form == "csv" and not args.format:
        form = "csv-sheet"  # what a program reads has one sign only
    if args.decimal and form != "csv-sheet":
        raise Invalid("Only csv-sheet has a choice of its decimal sign.", field="decimal")
    if form not in FORMATS:
        raise Invalid(
            "{file}: the ending does not say which format. Use .{formats}, or --format.",
            field="file", file=args.file, formats=", .".join(ENDINGS),
        )  # fmt: skip
    return str(form)


@contextmanager
def _target(name: str) -> Iterator[IO[bytes]]:
    """Return the file to write to. It gets its name when it is whole, and never another's place.

    Raises:
        Invalid: there is such a file already, or it cannot be written.
    """
    if name == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(name)
    try:
        if path.exists():
            raise FileExistsError
        handle, part = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise _refused(path, error) from None
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _named(Path(part), path)
    except OSError as error:
        raise _refused(path, error) from None
    finally:
        Path(part).unlink(missing_ok=True)


def _named(part: Path, path: Path) -> None:
    """Give a file its name, and the mode that new files have here."""
    mask = os.umask(0)
    os.umask(mask)
    part.chmod(0o666 & ~mask)
    try:
        os.link(part, path)  # fails when there is one by now, which renaming would replace
    except FileExistsError:
        raise
    except OSError:  # a memory stick knows no second names
        if path.exists():
            raise FileExistsError from None
        part.rename(path)


def _refused(path: Path, error: OSError) -> Invalid:
    if isinstance(error, FileExistsError):
        return Invalid(
            "{file} is there already. Choose another name, or remove it first.",
            field="file", file=path,
        )  # fmt: skip
    return Invalid(
        "{file} cannot be written: {reason}.",
        field="file",
        file=path,
        reason=of_system(error, path),
    )


def _text(
    tx: SqliteTx, file: IO[bytes], args: argparse.Namespace, span: Span, only: Only
) -> int:  # fmt: skip
    turns = Turns(tx, args.language)
    form = _text_form(tx, args, list(turns.services))
    file.write(form.head)
    rows = _parts(tx, lines.Lines(turns, form), span, only, lambda text, _: file.write(text))
    file.write(form.tail)
    return rows


def _text_form(tx: SqliteTx, args: argparse.Namespace, codes: list[str]) -> forms.Form:
    form = _form(args)
    if form == "csv":
        return forms.Csv(utc=args.utc)
    if form == "csv-sheet":
        decimal = args.decimal or forms.decimal_of(tx.office.languages[0])
        return forms.SheetCsv(decimal, codes)
    return forms.JSON


def _workbook(
    tx: SqliteTx, file: IO[bytes], args: argparse.Namespace, span: Span, only: Only
) -> int:  # fmt: skip
    count = workbook.count(tx, span, only)
    if count > workbook.MOST_ROWS:
        raise Invalid(
            "A sheet holds {most} rows, this span has {rows}. Choose fewer days, or CSV.",
            field="format", most=workbook.MOST_ROWS, rows=count,
        )  # fmt: skip
    writer = lines.Lines(Turns(tx, args.language), workbook.FORM)
    with workbook.Workbook(file, args.language, Catalogs.load().translate) as book:
        return _parts(tx, writer, span, only, book.add)


def _parquet(
    tx: SqliteTx, file: IO[bytes], args: argparse.Namespace, span: Span, only: Only
) -> int:  # fmt: skip
    from server.reports import parquet  # noqa: PLC0415 - its library is large

    writer = lines.Lines(Turns(tx, args.language), parquet.FORM)
    with parquet.File(file, tx.office.zone) as table:
        return _parts(tx, writer, span, only, table.add)


def _parts(
    tx: SqliteTx, writer: lines.Lines, span: Span, only: Only,
    take: Callable[[bytes, int], object],
) -> int:  # fmt: skip
    """Hand the log on, part by part; return how many rows it has."""
    bar = _Bar(workbook.count(tx, span, only))
    done = 0
    place: Place | None = Place(span.first)
    while place is not None:
        part = writer.after(tx, span, only, place)
        take(part.text, part.rows)
        done, place = done + part.rows, part.following
        bar.draw(done)
    return done


_Write = Callable[[SqliteTx, IO[bytes], argparse.Namespace, Span, Only], int]
_WRITERS: dict[str, _Write] = {
    "csv": _text, "csv-sheet": _text, "json": _text, "xlsx": _workbook, "parquet": _parquet,
}  # fmt: skip


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
