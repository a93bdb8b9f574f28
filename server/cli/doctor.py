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
from server.auth.demo_people import left_by_demo, only_demo
from server.auth.registry import public_addresses
from server.auth.vault import Vault
from server.auth.vaulting import shut
from server.city.clocks import wrong_s
from server.city.halls import silent
from server.cli import release
from server.cli.backups import late_backup
from server.cli.chains import bad_chains, told_chains
from server.cli.folders import missing_files
from server.cli.printers import Asked, asked_now, ill_printers, told_printers
from server.cli.saying import Line, Speaker, moment
from server.cli.tls import wrong_tls
from server.cli.words import Commands, command, existing
from server.clock import wall_clock
from server.domain.errors import Phrase
from server.domain.tx import Actor
from server.domain.words import marked as _
from server.reaching import kept
from server.reports.months import good_months, month_differences, write_month
from server.reports.rollups import differences, due, write_at_once
from server.storage import dialect
from server.storage.address import address_of, shown
from server.storage.branch import BranchBatch, OfficeCache
from server.storage.database import migrate, transaction
from server.storage.dialect import prepare
from server.storage.history import envelopes
from server.storage.queries import boxes, checks, keys, offices, webhooks
from server.storage.queries.rollups import rolled_days
from server.storage.replay import replay
from server.storage.transaction import SqliteTx

DOCTOR = Actor("doctor", "system")
LEAST_FREE = 500_000_000
SILENT_MS = 24 * 3_600_000
"""An office whose line is cut for an hour is a usual day."""
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
    wrong, page = 0, _Page(args.lang)
    with closing(existing(args.data)) as db:
        asked = asked_now(db)
        for check in _checks(args.data, asked, args.head, deep=args.deep):
            found = list(check.wrong(db))
            wrong += len(found)
            page.head(check.name, well=not found)
            for line in (*found, *check.told(db)):
                page.below(line)
        days = list(_bad_days(db))
        page.head(Phrase(_("roll-ups agree with the log")), well=not days)
        for branch, day, lines in days:
            for line in lines[:SHOWN]:
                page.below(Phrase("{day}: {line}", day=day, line=line))
            if len(lines) > SHOWN:
                more = _("{day}: and {count} more")
                page.below(Phrase(more, day=day, count=len(lines) - SHOWN))
            if args.repair:
                with transaction(db):
                    again = write_month if len(day) == MONTH_LENGTH else write_at_once
                    again(_view(db, branch), day)
                page.below(Phrase(_("{day}: counted again"), day=day))
        if days and not args.repair:
            wrong += len(days)
            page.below(Phrase(_("Count them again with: ramah doctor --repair")))
    page.end(wrong)
    return 1 if wrong else 0


class _Page:
    """What the technician reads: one line a check, and below it what there is to say."""

    def __init__(self, lang: str | None) -> None:
        self._speaker = Speaker(lang)
        self._marks = {True: self._speaker.say("well"), False: self._speaker.say("wrong")}
        self._wide = max(map(len, self._marks.values())) + 2

    def head(self, name: Phrase, *, well: bool) -> None:
        """Tell how a check went."""
        print(f"{self._marks[well]:{self._wide}}{self._speaker.line(name)}")

    def below(self, line: Line) -> None:
        """Tell something about the check."""
        print(" " * self._wide + self._speaker.line(line))

    def end(self, wrong: int) -> None:
        """Tell whether anything is to be done."""
        one, many = _("1 thing to look at."), _("{count} things to look at.")
        end = _("All well.") if not wrong else one if wrong == 1 else many
        print(self._speaker.say(end, count=wrong))


Lines = Callable[[sqlite3.Connection], Iterator[Line]]


def _nothing(_db: sqlite3.Connection) -> Iterator[Line]:
    return iter(())


class _Check(NamedTuple):
    """What is looked at: what is wrong with it, and what there is to tell anyway."""

    name: Phrase
    wrong: Lines
    told: Lines = _nothing


def _checks(data: Path, asked: Asked, head: str | None, *, deep: bool) -> Iterator[_Check]:
    yield _Check(Phrase(_("room on the disk")), lambda _db: _disk(data))
    address = address_of(data)
    if address is None:
        yield _Check(Phrase(_("the file is sound")), _sound)
    else:
        name = Phrase(_("the store {store}"), store=shown(address))
        yield _Check(name, lambda _db: _store(address))
    yield _Check(Phrase(_("the log has no gap")), _gaps)
    yield _Check(
        Phrase(_("who did what is unchanged")), lambda db: bad_chains(db, head), told_chains
    )
    yield _Check(Phrase(_("past days are closed")), _open_days)
    yield _Check(
        Phrase(_("the address in the tickets' QR codes")),
        lambda db: _address(db, data), lambda db: _told_address(db, data),
    )  # fmt: skip
    yield _Check(
        Phrase(_("printers")),
        lambda db: ill_printers(db, asked),
        lambda db: told_printers(db, asked),
    )
    yield _Check(
        Phrase(_("files of the lobby, voices and photos")), lambda db: missing_files(db, data)
    )
    yield _Check(Phrase(_("webhooks")), _webhooks)
    yield _Check(
        Phrase(_("secrets open with this machine's key")), lambda db: shut(db, Vault(data))
    )
    yield _Check(Phrase(_("backups")), late_backup)
    yield _Check(Phrase(_("TLS")), lambda _db: wrong_tls(data))
    yield _Check(Phrase(_("the link to the city, and to its offices")), _links, release.told)
    yield _Check(Phrase(_("new versions")), lambda _db: release.failed(data))
    yield _Check(Phrase(_("keys of kiosks and displays")), _keys)
    yield _Check(Phrase(_("nothing of the demo is left in an office")), _demo_left)
    if deep:
        yield _Check(Phrase(_("tickets and turns follow from the log")), _replayed)


def _branches(db: sqlite3.Connection) -> list[offices.Branch]:
    return [each for each in offices.branches(db) if each.version]


def _view(db: sqlite3.Connection, branch: int) -> SqliteTx:
    return SqliteTx(BranchBatch(db, branch, OfficeCache(), reader=True), DOCTOR, wall_clock())


def _disk(data: Path) -> Iterator[Phrase]:
    free = shutil.disk_usage(data).free
    if free < LEAST_FREE:
        little = _("only {free} MB are free; make room before it is full")
        yield Phrase(little, free=f"{free / 1e6:.0f}")


def _sound(db: sqlite3.Connection) -> Iterator[Phrase]:
    for each in dialect.damage(db, SHOWN):
        yield Phrase(_("{what}: restore the last backup"), what=each)


def _store(address: str) -> Iterator[Phrase]:
    from server.storage.postgres import examined  # noqa: PLC0415 - only cities need it

    yield from asyncio.run(examined.troubles(address))
    yield from asyncio.run(examined.dangers(address))


def _gaps(db: sqlite3.Connection) -> Iterator[Phrase]:
    for each in _branches(db):
        count, first, last = checks.numbers(db, each.id)
        if count and (first != 1 or last != count or each.seq != last):
            yield Phrase(
                _("{code}: {count} events, numbered {first} to {last}, the branch says {seq}"),
                code=each.code, count=count, first=first, last=last, seq=each.seq,
            )  # fmt: skip


def _open_days(db: sqlite3.Connection) -> Iterator[Phrase]:
    for each in _branches(db):
        view = _view(db, each.id)
        day = view.oldest_open_day(view.day)
        if day is not None and not each.elsewhere:
            still = _("{code}: {day} is not closed yet; the server does it when it runs")
            yield Phrase(still, code=each.code, day=day)


def _address(db: sqlite3.Connection, data: Path) -> Iterator[Phrase]:
    """Find codes that lead nowhere: an office's own address, or a server without a network."""
    for each in public_addresses(db):
        if each and not phones_reach(each):
            alone = _("public_url = '{url}' in the office's settings: no phone can open that")
            yield Phrase(alone, url=each)
    now = running_at(data)
    if now and "" in public_addresses(db) and not phones_reach(now) and not network_addresses():
        alone = _("{address}: this machine is in no network now, so tickets carry no QR code")
        yield Phrase(alone, address=now)


def _told_address(db: sqlite3.Connection, data: Path) -> Iterator[Line]:
    """Tell which address the codes hold now."""
    named = public_addresses(db)
    yield from dict.fromkeys(each for each in named if phones_reach(each))
    if named and "" not in named:
        return
    now = running_at(data)
    if not now:
        yield Phrase(_("the server does not run; it finds its address when it does"))
    elif phones_reach(now):
        yield now
    elif network_addresses():
        yield Phrase(
            _(
                "{address} opens on this machine only, so tickets carry no QR code; phones need "
                "ramah serve --host 0.0.0.0 or --public-url"
            ),
            address=now,
        )


def _webhooks(db: sqlite3.Connection) -> Iterator[Phrase]:
    for each in webhooks.hooks(db):
        if each.error is not None:
            failed = _("{url}: {count} attempts failed: {why}")
            yield Phrase(failed, url=each.url, count=each.attempts, why=kept(each.error))


def _links(db: sqlite3.Connection) -> Iterator[Phrase]:
    for link in boxes.links(db):
        if link.error is not None:
            broken = _("{code} to {url}: {why}")
            yield Phrase(broken, code=link.code, url=link.url, why=kept(link.error))
        elif off := wrong_s(link.clock_ms):
            fast = _(
                "{code}: the clock here is {seconds} s ahead of the city's; let a time server set "
                "both (timedatectl)"
            )
            slow = _(
                "{code}: the clock here is {seconds} s behind the city's; let a time server set "
                "both (timedatectl)"
            )
            yield Phrase(fast if off > 0 else slow, code=link.code, seconds=abs(off))
    known = {branch: office for branch, _code, office in offices.halls(db)}
    for box in boxes.boxes(db):
        if box.refused:
            yield Phrase(
                _(
                    "{code}: its server comes and is refused ({why}); ramah city link in that "
                    "office tells why, docs/city.md what to do"
                ),
                code=box.code, why=box.refused,
            )  # fmt: skip
        elif box.heard_at is not None and wall_clock() - box.heard_at > SILENT_MS:
            when = moment(box.heard_at, known.get(box.branch))
            yield Phrase(
                _("{code}: its server has not come since {when}"), code=box.code, when=when
            )
        elif box.ahead:
            ahead = _("{code}: {count} events wait for those behind {seq}")
            yield Phrase(ahead, code=box.code, count=box.ahead, seq=box.seq)
        if (off := wrong_s(box.clock_ms)) and not silent(box.heard_at, wall_clock()):
            fast = _(
                "{code}: the clock of its server is {seconds} s ahead of this one's; let a time "
                "server set both (timedatectl)"
            )
            slow = _(
                "{code}: the clock of its server is {seconds} s behind this one's; let a time "
                "server set both (timedatectl)"
            )
            yield Phrase(fast if off > 0 else slow, code=box.code, seconds=abs(off))


def _keys(db: sqlite3.Connection) -> Iterator[Phrase]:
    soon = wall_clock() + KEY_WARNING_MS
    known = offices.offices(db)
    for each in keys.ending(db, soon):
        day = moment(each.expires_at, known.get(each.branch))[:10]
        yield Phrase(
            _(
                "{role} {name}: not in use for long, its browser forgets its key on {day}; open "
                "its page before, or pair it again"
            ),
            role=each.role, name=each.name, day=day,
        )  # fmt: skip


def _demo_left(db: sqlite3.Connection) -> Iterator[Phrase]:
    if not only_demo(db):
        for line in left_by_demo(db):
            yield Phrase(_("{left}; ramah serve without --demo ends it"), left=line)


def _bad_days(db: sqlite3.Connection) -> Iterator[tuple[int, str, list[Phrase]]]:
    for branch, *_rest in _branches(db):
        tx = _view(db, branch)
        for day in due(tx):
            yield branch, day, [Phrase(_("this closed day is not rolled up yet"))]
        for day in rolled_days(db, branch):
            lines = differences(tx, day)
            if lines:
                yield branch, day, lines
        for month in good_months(tx):
            lines = month_differences(tx, month)
            if lines:
                yield branch, month, lines


def _replayed(db: sqlite3.Connection) -> Iterator[Phrase]:
    for branch, code, *_rest in _branches(db):
        with closing(sqlite3.connect("", isolation_level=None)) as fresh:
            prepare(fresh, readonly=False)
            migrate(fresh)
            checks.put_branch(fresh, branch, code)
            replay(fresh, branch, envelopes(db, branch, 0, 2**62))
            for table in checks.unlike(db, fresh, branch):
                unlike = _("{code}: the table {table} does not follow from the log")
                yield Phrase(unlike, code=code, table=table)
