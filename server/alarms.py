"""Owns the alarms: what needs a person now, found by rules, raised and cleared in the log."""

from __future__ import annotations

import asyncio

import structlog

from server.clock import Jump
from server.domain import events
from server.domain.day import day_bounds
from server.domain.events import AlarmCleared, AlarmRaised
from server.domain.hall import TAKE_BACK_MS
from server.domain.states import CounterState
from server.domain.tx import Actor
from server.equipment import UNKNOWN, WELL, Views
from server.officers.quiet import RULE
from server.storage.queries import backups, equipment, officers, plans, printers, turns
from server.storage.store import Busy, Store, Unavailable
from server.storage.transaction import SqliteTx

EVERY_SECONDS = 3.0
WATCHER = Actor("alarms", "system")
MINUTE = 60_000
LONG_WAIT, NOBODY, PRINTER, DISPLAY = "long_wait", "nobody", "printer", "display"
CLOCK, DAY_END, DISK, WAITS, BACKUP = "clock", "day_end", "disk", "waits", "backup"
PLAN = "plan"
BACKUP_HOURS = 30
"""A backup of every day is late when the last good one is older than a day and a morning."""
MEANT = 80
"""Per cent of those who wait should find themselves in the range they were told."""
JUST_TAKEN_MS = 4 * 3_600_000
"""Who took a number so lately may still be in the hall when the day is said to be over."""
log = structlog.get_logger()

Found = dict[tuple[str, str], tuple[int, int]]
"""(rule, subject) -> (value, limit)."""


class Watch:
    """Looks every few seconds; writes only when an alarm begins or ends."""

    def __init__(self, store: Store, views: Views) -> None:
        self._store = store
        self._views = views

    async def run(self) -> None:
        """Watch, for ever."""
        while True:
            for branch in await self._store.configured():
                await self._look(branch)
            await asyncio.sleep(EVERY_SECONDS)

    async def _look(self, branch: int) -> None:
        try:
            jump, slow_s = self._store.clock.jump(), self._store.pace.trouble()
            if await self._views.view(
                branch, WATCHER, lambda tx: set(found(tx, jump, slow_s)) != raised(tx)
            ):
                await self._store.transact(branch, WATCHER, lambda tx: settle(tx, jump, slow_s))
        except (Busy, Unavailable) as error:
            log.warning("alarms_put_off", branch=branch, why=repr(error))


def raised(tx: SqliteTx) -> set[tuple[str, str]]:
    """Return the alarms that are on."""
    return {(each.rule, each.subject) for each in equipment.alarms(tx.db, tx.branch)}


def found(tx: SqliteTx, jump: Jump | None = None, slow_s: float = 0.0) -> Found:
    """Return what is wrong now, by the branch's rules.

    ``jump`` is one of the clock in doubt, ``slow_s`` how long a disk in trouble takes to write.
    """
    rules = tx.office.alarms
    wrong: Found = {}
    working = {
        key: set(counter.services)
        for key, counter in tx.counters().items()
        if counter.state is CounterState.OPEN
    }
    targets = {each.code: each.target_minutes for each in tx.office.services}
    for service, only, since in turns.oldest_waiting(tx.db, tx.branch, tx.day):
        minutes = max(0, tx.now - since) // MINUTE
        limit = rules.wait_minutes or 2 * targets.get(service, 15)
        known = wrong.get((LONG_WAIT, service), (0, 0))[0]
        if minutes >= max(limit, known):
            wrong[LONG_WAIT, service] = (minutes, limit)
        # who was sent to one counter waits for that one alone
        served = only in working if only else any(service in each for each in working.values())
        if rules.nobody_minutes and not served and minutes >= rules.nobody_minutes:
            known = wrong.get((NOBODY, service), (0, 0))[0]
            wrong[NOBODY, service] = (max(minutes, known), rules.nobody_minutes)
    wrong.update(_broken(tx))
    for each in officers.open_calls(tx.db, tx.branch):
        wrong[RULE, str(each.number)] = (0, 0)
    if jump is not None:
        wrong[CLOCK, ""] = (jump.by_ms // MINUTE, 0)
    if slow_s:
        wrong[DISK, ""] = (max(1, round(slow_s)), 0)
    waits = tx.last_foretold()
    if waits is None:  # not worked out since the start: as it was
        wrong |= {each: (0, MEANT) for each in raised(tx) if each[0] == WAITS}
    elif waits.drift is not None:
        wrong[WAITS, ""] = (waits.drift, MEANT)
    wrong.update(_overdue(tx))
    ended = people_of_an_ended_day(tx)
    if ended:
        wrong[DAY_END, ""] = (ended, 0)
    return wrong


def backup_age(tx: SqliteTx) -> int | None:
    """Return how many hours ago the last good backup was, or the plan; ``None`` without a plan."""
    plan = backups.plan(tx.db)
    if plan is None:
        return None
    good = backups.last_good(tx.db)
    since = plan.since if good is None else good.at
    return int(max(0, tx.now - since) // 3_600_000)


def _overdue(tx: SqliteTx) -> Found:
    """Return a backup that is late, and planned changes of the settings that did not begin."""
    wrong: Found = {}
    age, failed = backup_age(tx), plans.failed(tx.db, tx.branch)
    if age is not None and age > BACKUP_HOURS:
        wrong[BACKUP, ""] = (age, BACKUP_HOURS)
    if failed:
        wrong[PLAN, ""] = (failed, 0)
    return wrong


def people_of_an_ended_day(tx: SqliteTx) -> int:
    """Return how many who took a number lately were left over by a day's end of the last hour."""
    ended = tx.ended_day(tx.now - TAKE_BACK_MS)
    taken = (
        tx.ticket(each.event.ticket) for each in ended if isinstance(each.event, events.Expired)
    )
    return sum(
        ticket is not None and abs(ended[-1].at - ticket.issued_at) < JUST_TAKEN_MS
        for ticket in taken
    )


def _broken(tx: SqliteTx) -> Found:
    """Return printers that cannot print, and displays that went dark while the hall is open.

    A printer in trouble counts also while no paper waits: the next visitor's would. A dark
    display concerns nobody at night, nor one that was already dark before this day began.
    """
    rules = tx.office.alarms
    wrong: Found = {}
    working = any(each.state is CounterState.OPEN for each in tx.counters().values())
    began = day_bounds(tx.day, tx.office.zone, tx.office.day_start_minutes)[0]
    for what, _, name, state, since in equipment.seen(tx.db, tx.branch):
        if state in WELL or state == UNKNOWN:
            continue
        minutes = max(0, tx.now - since) // MINUTE
        if what == PRINTER and rules.printers:
            wrong[PRINTER, name] = (0, 0)
        dark = what == DISPLAY and working and since >= began and rules.display_minutes > 0
        if dark and minutes >= rules.display_minutes:
            wrong[DISPLAY, name] = (minutes, rules.display_minutes)
    if rules.printers:
        for each in printers.held_up(tx.db, tx.branch):
            wrong[PRINTER, each.printer] = (each.papers, 0)
    return wrong


def settle(tx: SqliteTx, jump: Jump | None = None, slow_s: float = 0.0) -> None:
    """Raise what is new and clear what is over; the same again writes nothing."""
    wrong, known = found(tx, jump, slow_s), raised(tx)
    for rule, subject in sorted(known - wrong.keys()):
        tx.append(AlarmCleared(rule=rule, subject=subject))
    for rule, subject in sorted(wrong.keys() - known):
        value, limit = wrong[rule, subject]
        tx.append(AlarmRaised(rule=rule, subject=subject, value=value, limit=limit))
