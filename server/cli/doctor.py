"""Owns ``ramah doctor``: checks what can be checked, and says in words what is wrong."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from server.addresses import network_addresses, phones_reach, running_at
from server.api.equipment import KEY_WARNING_MS
from server.api.printers import STATES
from server.auth.demo_people import left_by_demo, only_demo
from server.auth.registry import public_addresses
from server.auth.vault import Vault
from server.auth.vaulting import shut
from server.city.clocks import wrong_s
from server.city.halls import silent
from server.cli import release
from server.cli.asking import Now, ask_now
from server.cli.backups import late_backup
from server.cli.chains import bad_chains, told_chains
from server.cli.folders import missing_files
from server.cli.tls import wrong_tls
from server.cli.words import Commands, command, existing
from server.clock import wall_clock
from server.domain.day import local
from server.domain.office import Office
from server.domain.tx import Actor
from server.equipment import OK, PAPER_LOW, PRINTER, UNKNOWN
from server.reports.months import good_months, month_differences, write_month
from server.reports.rollups import differences, due, write_at_once
from server.storage import dialect
from server.storage.address import address_of, shown
from server.storage.branch import BranchBatch, OfficeCache
from server.storage.database import migrate, transaction
from server.storage.dialect import prepare
from server.storage.history import envelopes
from server.storage.queries import boxes, checks, equipment, keys, offices, printers, webhooks
from server.storage.queries.rollups import rolled_days
from server.storage.replay import replay
from server.storage.transaction import SqliteTx

DOCTOR = Actor("doctor", "system")
LEAST_FREE = 500_000_000
SILENT_MS = 24 * 3_600_000
"""An office whose line is cut for an hour is a usual day."""
PRINTERS = "printers"
DEEDS = "who did what is unchanged"
LINKS = "the link to the city, and to its offices"
ADDRESS = "the address in the tickets' QR codes"
SHOWN = 5
"""Differences told in full for each day; the rest is counted."""
MONTH_LENGTH = 7
"""Of ``YYYY-MM``; what is longer is a day."""


def add(commands: Commands) -> None:
    """Add the commands of this module."""
    doctor = command(
        commands, "doctor", "check the data folder and say in words what is wrong", _doctor,
        "exit status: 0 all well, 1 something is wrong\n",
    )  # fmt: skip
    doctor.add_argument(
        "--repair", action="store_true", help="count the roll-ups that are wrong or missing again"
    )
    doctor.add_argument(
        "--deep", action="store_true",
        help="also build every ticket and turn again from the log and compare (may take long)",
    )  # fmt: skip
    doctor.add_argument(
        "--head", metavar="DIGITS",
        help="the chain's head as somebody printed it once: is that row still there, unchanged?",
    )  # fmt: skip


def _doctor(args: argparse.Namespace) -> int:
    wrong = 0
    with closing(existing(args.data)) as db:
        asked = _asked(db)
        told = {
            PRINTERS: lambda: _told(db, asked),
            ADDRESS: lambda: _told_address(db, args.data),
            DEEDS: lambda: told_chains(db),
            LINKS: lambda: release.told(db),
        }
        for name, check in _checks(args.data, asked, args.head, deep=args.deep):
            found = list(check(db))
            wrong += len(found)
            print(f"{'wrong' if found else 'well '}  {name}")
            for line in found:
                print(f"       {line}")
            for line in told.get(name, _nothing)():
                print(f"       {line}")
        days = list(_bad_days(db))
        print(f"{'wrong' if days else 'well '}  roll-ups agree with the log")
        for branch, day, lines in days:
            for line in lines[:SHOWN]:
                print(f"       {day}: {line}")
            if len(lines) > SHOWN:
                print(f"       {day}: and {len(lines) - SHOWN} more")
            if args.repair:
                with transaction(db):
                    again = write_month if len(day) == MONTH_LENGTH else write_at_once
                    again(_view(db, branch), day)
                print(f"       {day}: counted again")
        if days and not args.repair:
            wrong += len(days)
            print("       Count them again with: ramah doctor --repair")
    print("All well." if not wrong else f"{wrong} things to look at.")
    return 1 if wrong else 0


def _nothing() -> Iterator[str]:
    return iter(())


Check = Callable[[sqlite3.Connection], Iterator[str]]


Asked = dict[str, Now]
"""How each printer that can be asked from here is now, by its address."""


def _checks(
    data: Path, asked: Asked, head: str | None, *, deep: bool
) -> Iterator[tuple[str, Check]]:
    yield "room on the disk", lambda _: _disk(data)
    address = address_of(data)
    if address is None:
        yield "the file is sound", _sound
    else:
        yield f"the store {shown(address)}", lambda _: _store(address)
    yield "the log has no gap", _gaps
    yield DEEDS, lambda db: bad_chains(db, head)
    yield "past days are closed", _open_days
    yield ADDRESS, lambda db: _address(db, data)
    yield PRINTERS, lambda db: _printers(db, asked)
    yield "files of the lobby, voices and photos", lambda db: missing_files(db, data)
    yield "webhooks", _webhooks
    yield "secrets open with this machine's key", lambda db: shut(db, Vault(data))
    yield "backups", late_backup
    yield "TLS", lambda _: wrong_tls(data)
    yield LINKS, _links
    yield "new versions", lambda _: release.failed(data)
    yield "keys of kiosks and displays", _keys
    yield "nothing of the demo is left in an office", _demo_left
    if deep:
        yield "tickets and turns follow from the log", _replayed


def _branches(db: sqlite3.Connection) -> list[offices.Branch]:
    return [each for each in offices.branches(db) if each.version]


def _view(db: sqlite3.Connection, branch: int) -> SqliteTx:
    return SqliteTx(BranchBatch(db, branch, OfficeCache(), reader=True), DOCTOR, wall_clock())


def _disk(data: Path) -> Iterator[str]:
    free = shutil.disk_usage(data).free
    if free < LEAST_FREE:
        yield f"only {free / 1e6:.0f} MB are free; make room before it is full"


def _sound(db: sqlite3.Connection) -> Iterator[str]:
    for each in dialect.damage(db, SHOWN):
        yield f"{each}: restore the last backup"


def _store(address: str) -> Iterator[str]:
    from server.storage.postgres import examined  # noqa: PLC0415 - only cities need it

    yield from asyncio.run(examined.troubles(address))
    yield from asyncio.run(examined.dangers(address))


def _gaps(db: sqlite3.Connection) -> Iterator[str]:
    for each in _branches(db):
        count, first, last = checks.numbers(db, each.id)
        if count and (first != 1 or last != count or each.seq != last):
            yield (
                f"{each.code}: {count} events, numbered {first} to {last}, "
                f"the branch says {each.seq}"
            )


def _open_days(db: sqlite3.Connection) -> Iterator[str]:
    for each in _branches(db):
        view = _view(db, each.id)
        day = view.oldest_open_day(view.day)
        if day is not None and not each.elsewhere:
            yield f"{each.code}: {day} is not closed yet; the server does it when it runs"


def _printers(db: sqlite3.Connection, asked: Asked) -> Iterator[str]:
    for name, count, error in printers.held_up(db):
        papers = "1 paper waits" if count == 1 else f"{count} papers wait"
        yield f"{name}: {papers}: {error}"
    for name, state, since, url in _as_last_seen(db):
        now = asked[url]
        if now.trouble:
            yield f"{name}: {now.words}"
        elif now.answered:
            continue  # what it says now counts
        elif state is not None and state not in {OK, PAPER_LOW, UNKNOWN}:
            yield f"{name}: {_state_words(state)} (since {since})"


def _address(db: sqlite3.Connection, data: Path) -> Iterator[str]:
    """Find codes that lead nowhere: an office's own address, or a server without a network."""
    for each in public_addresses(db):
        if each and not phones_reach(each):
            yield f"public_url = {each!r} in the office's settings: no phone can open that"
    now = running_at(data)
    if now and "" in public_addresses(db) and not phones_reach(now) and not network_addresses():
        yield f"{now}: this machine is in no network now, so tickets carry no QR code"


def _told_address(db: sqlite3.Connection, data: Path) -> Iterator[str]:
    """Tell which address the codes hold now."""
    named = public_addresses(db)
    yield from dict.fromkeys(each for each in named if phones_reach(each))
    if named and "" not in named:
        return
    now = running_at(data)
    if not now:
        yield "the server does not run; it finds its address when it does"
    elif phones_reach(now):
        yield now
    elif network_addresses():
        yield (
            f"{now} opens on this machine only, so tickets carry no QR code; "
            "phones need ramah serve --host 0.0.0.0 or --public-url"
        )


def _asked(db: sqlite3.Connection) -> Asked:
    urls = sorted({each.url for each in printers.every_printer(db)})
    return dict(zip(urls, ask_now(urls), strict=True))


def _told(db: sqlite3.Connection, asked: Asked) -> Iterator[str]:
    """Tell the state of printers in no trouble: as asked now, or as last known."""
    for name, state, since, url in _as_last_seen(db):
        now = asked[url]
        if now.trouble:
            continue
        if now.answered or (now.asked and state in {None, OK, UNKNOWN}):
            yield f"{name}: {now.words}"
        elif state is None:
            yield f"{name}: not asked yet; the server asks it as soon as it runs"
        elif state == UNKNOWN:
            yield f"{name}: not asked yet; the first paper will tell"
        elif state in {OK, PAPER_LOW}:
            yield f"{name}: {_state_words(state)} (since {since})"


def _state_words(state: str) -> str:
    return STATES.get(state, STATES["io"])


class _Seen(NamedTuple):
    """A printer as the server last found it; no state: it never ran with this printer."""

    name: str
    state: str | None
    since: str
    url: str


def _as_last_seen(db: sqlite3.Connection) -> list[_Seen]:
    known = offices.offices(db)
    states = {
        (branch.id, each.device): each
        for branch in offices.branches(db)
        for each in equipment.seen(db, branch.id)
        if each.what == PRINTER
    }
    found = []
    for each in sorted(printers.every_printer(db), key=lambda printer: printer.name):
        seen = states.get((each.branch, each.id))
        since = "" if seen is None else _moment(seen.since, known.get(each.branch))
        found.append(_Seen(each.name, None if seen is None else seen.state, since, each.url))
    return found


def _moment(at: int, office: Office | None) -> str:
    return f"{local(at, 'UTC' if office is None else office.zone):%Y-%m-%d %H:%M}"


def _webhooks(db: sqlite3.Connection) -> Iterator[str]:
    for each in webhooks.hooks(db):
        if each.error is not None:
            yield f"{each.url}: {each.attempts} attempts failed: {each.error}"


def _links(db: sqlite3.Connection) -> Iterator[str]:
    for link in boxes.links(db):
        if link.error is not None:
            yield f"{link.code} to {link.url}: {link.error}"
    known = {branch: office for branch, _, office in offices.halls(db)}
    for box in boxes.boxes(db):
        if box.refused:
            yield (
                f"{box.code}: its server comes and is refused ({box.refused}); ramah city link in "
                "that office tells why, docs/city.md what to do"
            )
        elif box.heard_at is not None and wall_clock() - box.heard_at > SILENT_MS:
            when = _moment(box.heard_at, known.get(box.branch))
            yield f"{box.code}: its server has not come since {when}"
        elif box.ahead:
            yield f"{box.code}: {box.ahead} events wait for those behind {box.seq}"
        if (off := wrong_s(box.clock_ms)) and not silent(box.heard_at, wall_clock()):
            way = "ahead of" if off > 0 else "behind"
            yield (
                f"{box.code}: the clock of its server is {abs(off)} s {way} this one's; "
                "let a time server set both (timedatectl)"
            )


def _keys(db: sqlite3.Connection) -> Iterator[str]:
    soon = wall_clock() + KEY_WARNING_MS
    known = offices.offices(db)
    for each in keys.ending(db, soon):
        day = _moment(each.expires_at, known.get(each.branch))[:10]
        yield (
            f"{each.role} {each.name}: not in use for long, its browser forgets its key on "
            f"{day}; open its page before, or pair it again"
        )


def _demo_left(db: sqlite3.Connection) -> Iterator[str]:
    if not only_demo(db):
        for line in left_by_demo(db):
            yield f"{line}; ramah serve without --demo ends it"


def _bad_days(db: sqlite3.Connection) -> Iterator[tuple[int, str, list[str]]]:
    for branch, *_ in _branches(db):
        tx = _view(db, branch)
        for day in due(tx):
            yield branch, day, ["this closed day is not rolled up yet"]
        for day in rolled_days(db, branch):
            lines = differences(tx, day)
            if lines:
                yield branch, day, lines
        for month in good_months(tx):
            lines = month_differences(tx, month)
            if lines:
                yield branch, month, lines


def _replayed(db: sqlite3.Connection) -> Iterator[str]:
    for branch, code, *_ in _branches(db):
        with closing(sqlite3.connect("", isolation_level=None)) as fresh:
            prepare(fresh, readonly=False)
            migrate(fresh)
            checks.put_branch(fresh, branch, code)
            replay(fresh, branch, envelopes(db, branch, 0, 2**62))
            for table in checks.unlike(db, fresh, branch):
                yield f"{code}: the table {table} does not follow from the log"
