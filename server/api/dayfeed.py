"""Tells who directs the hall what needs a hand, and managers what the day adds up to.

After events, and by the clock; one reading for all.

Their pages follow: after the first page of turns they ask for nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import msgspec
import structlog

from server.api.advice import AdviceItem
from server.api.advice import standing as advice_now
from server.api.alarms import alarms_now
from server.api.equipment import equipment_now
from server.api.hall import Translate
from server.api.officers import QuietCallAnswer, open_calls
from server.api.snapshot import SCREEN, Snapshots
from server.comfort.told import ComfortDay
from server.comfort.told import today as comfort_now
from server.domain.day import iso
from server.domain.errors import DomainError
from server.domain.events import Audience
from server.push.hub import Hub
from server.reports.figures import Alarm, EquipmentAnswer, GoneTurn, Totals
from server.reports.log import changed_since
from server.reports.totals import totals
from server.storage.queries.columns import LogTurn
from server.storage.store import Busy, Store, Unavailable
from server.storage.transaction import SqliteTx

log = structlog.get_logger()
EVERY_SECONDS = 15.0
"""Waits and alarms grow by the clock alone."""
REST_SECONDS = 1.0
"""Figures follow the hall, but not faster than a person can read."""
MOST_EVENTS = 5000
MOVES_COMFORT = frozenset({"comfort_checked", "fault_reported", "fault_changed", "configured"})
"""Kinds of event that change the comfort of the hall; checks come due, and words and photos are
added, without one: that is told by the clock."""
Lacks = Callable[[SqliteTx, str], list[str]]
"""Says in a language what lobby screens in touch lack."""


class CareNow(msgspec.Struct, frozen=True):
    """What needs a hand, in one language.

    Attributes:
        screens: what lobby screens lack.
        quiet_calls: that are not over.
        advice: that waits for an answer.
    """

    alarms: list[Alarm]
    equipment: list[EquipmentAnswer]
    screens: list[str]
    quiet_calls: list[QuietCallAnswer]
    advice: AdviceItem | None


class HallCare(msgspec.Struct, frozen=True, tag_field="type", tag="care"):
    """What who directs the hall is told beside its events: what needs a hand, by language."""

    care: dict[str, CareNow]


class HallComfort(msgspec.Struct, frozen=True, tag_field="type", tag="comfort"):
    """What managers are told of the hall's comfort, by language."""

    comfort: dict[str, ComfortDay]


class DayNow(msgspec.Struct, frozen=True, tag_field="type", tag="day"):
    """What managers are told of the present day, beside its events.

    Attributes:
        after: ``turns`` are those that events after this number changed, up to ``seq``.
        gone: turns that are no more, because the step that opened them was taken back.
    """

    seq: int
    after: int
    at: str
    totals: Totals
    turns: list[LogTurn]
    gone: list[GoneTurn]


class DayFeed:
    """Tells those who direct a branch soon after it moved; events in between are told together.

    Args:
        hub: where they listen.
        snapshots: reads the branch.
        store: its clock and its disk can be in trouble.
        translate: makes the words, in every one of ``languages``.
        languages: that pages can be read in.
        lacks: what lobby screens lack.
        address: where phones reach the server.
    """

    def __init__(
        self, hub: Hub, snapshots: Snapshots, store: Store, translate: Translate,
        languages: list[str], lacks: Lacks, address: Callable[[], str],
    ) -> None:  # fmt: skip
        self._hub = hub
        self._snapshots = snapshots
        self._store = store
        self._translate = translate
        self._languages = languages
        self._lacks = lacks
        self._address = address
        self._comfort_at: dict[int, float] = {}
        self._due: set[int] = set()
        self._soon = asyncio.Event()
        self._told: dict[int, int] = {}

    def heard(self, branch: int, kind: str = "") -> None:
        """Take the kind of an event of a branch; "" when somebody has just come to listen."""
        if not kind or kind in MOVES_COMFORT:
            self._comfort_at.pop(branch, None)
        self._due.add(branch)
        self._soon.set()

    async def run(self) -> None:
        """Tell, for ever."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY_SECONDS):
                    await self._soon.wait()
            due = self._due or set(self._hub.listened())
            self._due = set()
            self._soon.clear()
            for branch in due:
                await self._tell(branch)
            await asyncio.sleep(REST_SECONDS)

    async def _tell(self, branch: int) -> None:
        feed = self._hub.feed(branch)
        if not feed.listens(Audience.MANAGER):
            self._told[branch] = feed.seq
        if not feed.listens(Audience.SUPERVISOR):
            return
        after = self._told.get(branch, feed.seq)
        try:
            care = HallCare(await self._snapshots.view(branch, SCREEN, self._care))
            feed.tell(msgspec.json.encode(care), Audience.SUPERVISOR)
            if feed.listens(Audience.MANAGER):
                day = await self._snapshots.study(branch, SCREEN, partial(_day, after=after))
                self._told[branch] = day.seq
                feed.tell(msgspec.json.encode(day), Audience.MANAGER)
                await self._tell_comfort(branch)
        except (DomainError, Busy, Unavailable) as error:
            log.warning("day_not_told", branch=branch, error=str(error))

    async def _tell_comfort(self, branch: int) -> None:
        """Tell managers how comfortable the hall is, if that changed or was told long ago."""
        now = time.monotonic()
        if now - self._comfort_at.get(branch, -EVERY_SECONDS) < EVERY_SECONDS:
            return
        self._comfort_at[branch] = now
        told = await self._snapshots.study(branch, SCREEN, self._comfort)
        if told:
            message = msgspec.json.encode(HallComfort(told))
            self._hub.feed(branch).tell(message, Audience.MANAGER)

    def _comfort(self, tx: SqliteTx) -> dict[str, ComfortDay]:
        """Return the comfort in each language; nothing for a hall that has no places."""
        if not tx.office.comfort.places:
            return {}
        return {each: comfort_now(tx, each, self._address()) for each in self._languages}

    def _care(self, tx: SqliteTx) -> dict[str, CareNow]:
        return {
            language: CareNow(
                alarms_now(tx, self._store, self._translate, language),
                equipment_now(tx, self._translate, language),
                self._lacks(tx, language),
                open_calls(tx),
                advice_now(tx, language),
            )
            for language in self._languages
        }


def _day(tx: SqliteTx, after: int) -> DayNow:
    """Return what the day adds up to; turns have their names in the office's first language."""
    turns, gone, seq, _more = changed_since(tx, after, MOST_EVENTS, tx.office.languages[0])
    return DayNow(seq, after, iso(tx.now), totals(tx, tx.day), turns, gone)
