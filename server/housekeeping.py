"""Owns what happens by the clock: past days are closed and rolled up, old keys forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Protocol, TypeVar

import structlog

from server.city import wishes
from server.comfort.erasure import erase as erase_comfort
from server.comfort.photos import Photos
from server.comfort.rounds import count as count_checks
from server.domain.closing import close_past_days
from server.domain.desks import take_out
from server.domain.office import Counter
from server.domain.states import CounterState
from server.domain.tx import Actor
from server.officers.pulse import erase as erase_pulse
from server.privacy.visits import erase as erase_notes
from server.reports.months import count_month, due_months, month_writes
from server.reports.rollups import count, due, writes
from server.satisfaction.erasure import erase
from server.storage.queries import answers, calls, comfort, counters, deeds, numbers, offices
from server.storage.store import Busy, Store, Unavailable
from server.storage.transaction import SqliteTx
from server.timekeeping import CLOCK, let_jump_count

EVERY_SECONDS = 15.0
PAUSE_SECONDS = 0.05
"""Between two days that are counted: many at once, after an upgrade, leave the hall its pace."""
REQUESTS_KEPT_MS = 48 * 3_600_000
TOLD_KEPT_MS = 62 * 86_400_000
"""What visitors and displays told or were told, beside the log: this month's and last month's."""
TOLD_AT_ONCE = 2_000
"""So many are dropped in one turn of the writer; after an upgrade the rest follows."""
log = structlog.get_logger()
T = TypeVar("T")


class Views(Protocol):
    """Reads consistent views of a branch, long ones apart from the screens'."""

    async def study(self, branch: int, actor: Actor, query: Callable[[SqliteTx], T]) -> T:
        """Run a long question."""


class Housekeeping:
    """Runs at start and then four times a minute; doing it twice changes nothing."""

    def __init__(self, store: Store, views: Views, photos: Photos, *, close_counters: bool) -> None:
        self._store = store
        self._views = views
        self._photos = photos
        self._close_counters = close_counters
        self._erased: dict[int, str] = {}
        self._swept: dict[int, str] = {}

    async def run(self) -> None:
        """Keep house, for ever."""
        while True:
            try:
                await let_jump_count(self._store)
            except (Busy, Unavailable) as error:
                log.warning("clock_put_off", why=repr(error))
            for branch in await self._store.configured():
                try:
                    await self._store.transact(branch, CLOCK, self._tidy)
                    await self._sweep(branch)
                    await self._roll_up(branch)
                except (Busy, Unavailable) as error:
                    log.warning("housekeeping_put_off", branch=branch, why=repr(error))
            sent_here = await self._store.read(offices.sent_here)
            for branch in filter(self._store.owners.has, sent_here):
                try:
                    await self._roll_up(branch)
                    await self._store.transact(branch, CLOCK, tidy_sent)
                except (Busy, Unavailable) as error:
                    log.warning("roll_up_put_off", branch=branch, why=repr(error))
            await asyncio.sleep(EVERY_SECONDS)

    async def _roll_up(self, branch: int) -> None:
        """Count closed days: read beside the hall's work, write in short steps between it."""
        for day in await self._views.study(branch, CLOCK, due):
            rows = await self._views.study(branch, CLOCK, partial(count, day=day))
            for write in writes(rows):
                await self._store.transact(branch, CLOCK, write)
            await asyncio.sleep(PAUSE_SECONDS)
        for month in await self._views.study(branch, CLOCK, due_months):
            merged = await self._views.study(branch, CLOCK, partial(count_month, month=month))
            for write in month_writes(merged) if merged is not None else ():
                await self._store.transact(branch, CLOCK, write)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _sweep(self, branch: int) -> None:
        """Delete once a business day the photos that were erased."""
        day = self._erased.get(branch, "")
        if self._swept.get(branch) != day:
            known = await self._store.read(lambda db: comfort.photos(db, branch))
            await asyncio.to_thread(self._photos.sweep, branch, known)
            self._swept[branch] = day

    def _forget(self, tx: SqliteTx) -> None:
        """Count yesterday's checks, and erase once a business day what is no longer kept."""
        if self._erased.get(tx.branch) != tx.day:
            count_checks(tx)
            erase(tx)
            erase_comfort(tx)
            erase_pulse(tx)
            self._erased[tx.branch] = tx.day

    def _tidy(self, tx: SqliteTx) -> None:
        close_removed(tx)
        left = 0
        if self._store.clock.sure():
            left = close_past_days(tx, close_counters=self._close_counters)
        if left:
            log.info("days_closed", branch=tx.office.code, left_over=left)
        self._forget(tx)
        forget(tx)
        erase_notes(tx)


def forget(tx: SqliteTx) -> None:
    """Drop what is kept beside the log for a while only; done twice, nothing more happens."""
    forget_who(tx)
    answers.forget(tx.aside, tx.now - REQUESTS_KEPT_MS)
    numbers.forget_told(tx.aside, tx.branch, tx.now - TOLD_KEPT_MS, TOLD_AT_ONCE)
    calls.forget_told(tx.aside, tx.branch, tx.now - TOLD_KEPT_MS, TOLD_AT_ONCE)


def forget_who(tx: SqliteTx) -> None:
    """Forget who did or wished what, a while after."""
    deeds.forget(tx.aside, tx.branch, tx.now)
    wishes.forget(tx)


def tidy_sent(tx: SqliteTx) -> None:
    """Forget, in the city, what is no longer kept of an office with a server of its own."""
    forget_who(tx)
    answers.forget(tx.aside, tx.now - REQUESTS_KEPT_MS)
    erase_notes(tx)


def close_removed(tx: SqliteTx) -> None:
    """Close counters that were taken out of the settings while open, once no ticket is there.

    Nobody could close them any more: they would count as open for ever, in the figures as well.
    """
    known = {each.id for each in tx.office.counters}
    for key, now in list(tx.counters().items()):
        if key in known or now.state is CounterState.CLOSED:
            continue
        number = counters.number_of(tx.db, tx.branch, key)
        take_out(tx, Counter(number=number, services=now.services, id=key))
