"""Owns the whole hall at one moment: what a screen starts from, as of one event."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Literal, TypeVar

import msgspec

from server.api.answers import agency_answers, branch_answer, service_answer
from server.api.types import CaredFor, CounterAnswer, QueueAnswer
from server.api.unheard import Why, unheard_at
from server.domain.day import Millis, day_bounds, iso
from server.domain.desks import now_at
from server.domain.errors import NotFound
from server.domain.events import Audience
from server.domain.names import counter_name
from server.domain.office import Counter
from server.domain.quoting import told_right
from server.domain.shown import (
    Asked,
    AtTheDoor,
    RecentCall,
    Seat,
    StaffView,
    calls_today,
    current_ticket,
    recent_call,
    staff_tickets,
    told,
)
from server.domain.tx import Actor
from server.storage.branch import BranchBatch, OfficeCache
from server.storage.queries import assistance, reception
from server.storage.store import Store
from server.storage.transaction import SqliteTx

T = TypeVar("T")

SHOWN_CALLS = 20
SCREEN = Actor("screen", "display")


class Snapshots:
    """Reads consistent views of a branch; a snapshot is made once per event and audience."""

    def __init__(self, store: Store, version: str) -> None:
        self._store = store
        self._version = version
        self._offices = OfficeCache()
        self._made: dict[tuple[int, bool], tuple[int, bytes]] = {}

    async def view(self, branch: int, actor: Actor, query: Callable[[SqliteTx], T]) -> T:
        """Run ``query`` on one consistent view of the branch; it must not write.

        Raises:
            NotFound: the branch has no settings.
        """
        return await self._store.look(branch, actor, lambda tx: query(_configured(tx)))

    async def study(self, branch: int, actor: Actor, query: Callable[[SqliteTx], T]) -> T:
        """As ``view``, for questions that may take long: they never keep a screen waiting."""
        return await self._store.study(lambda db: query(self._view(db, branch, actor)))

    async def snapshot(
        self, branch: int, audience: Audience = Audience.PUBLIC
    ) -> tuple[int, bytes]:
        """Return (seq, message): the whole hall as of event ``seq``, in the office's language.

        The same bytes are given out until the next event, but not for more than a second, as
        opening hours change without one.
        """
        now = self._store.clock()
        for_staff = audience >= Audience.STAFF

        def make(tx: SqliteTx) -> tuple[int, bytes]:
            seq = tx.next_seq() - 1
            key = _key(seq, now)
            known = self._made.get((branch, for_staff))
            if known is not None and known[0] == key:
                return seq, known[1]
            message = msgspec.json.encode(hall_now(tx, self._version, for_staff=for_staff))
            self._made[branch, for_staff] = (key, message)
            return seq, message

        return await self.view(branch, SCREEN, make)

    async def for_screen(self, branch: int, sent: int, audience: Audience) -> tuple[int, bytes]:
        """As ``snapshot``, for a screen that joins a feed whose last event was ``sent``.

        When a whole hall comes back at once, all but the first get what lies ready, without a
        question to the database.
        """
        known = self._made.get((branch, audience >= Audience.STAFF))
        if known is not None and known[0] == _key(sent, self._store.clock()):
            return sent, known[1]
        return await self.snapshot(branch, audience)

    def _view(self, db: sqlite3.Connection, branch: int, actor: Actor) -> SqliteTx:
        batch = BranchBatch(db, branch, self._offices, reader=True, foretold=self._store.foretold)
        return _configured(SqliteTx(batch, actor, self._store.clock()))


def _configured(tx: SqliteTx) -> SqliteTx:
    if not tx.configured:
        raise NotFound("This branch has no settings yet.", slug="no-settings")
    return tx


def _key(seq: int, now: Millis) -> int:
    """Return what stands for the hall after event ``seq`` within one second."""
    return seq * 100_000_000_000 + now // 1000


def hall_now(tx: SqliteTx, version: str, *, for_staff: bool = False) -> QueueAnswer:
    """Return the snapshot: services, counters with their tickets, and the latest calls."""
    office = tx.office
    language = office.languages[0]
    notice, until = _notice(tx)
    counters = [_counter(tx, counter, language) for counter in office.counters]
    here = {each.current.ticket for each in counters if each.current is not None}
    return QueueAnswer(
        seq=tx.next_seq() - 1,
        at=iso(tx.now),
        day=tx.day,
        version=version,
        branch=branch_answer(office),
        history=tx.history(),
        services=[service_answer(tx, service, language) for service in office.services],
        counters=counters,
        recent_calls=_calls(tx, here),
        agencies=agency_answers(office, language),
        notice=notice,
        notice_until=told(until),
        cared=[
            CaredFor(fault, each.place, each.names, iso(each.since))
            for fault, each in sorted(
                tx.hall.cared.items(), key=lambda known: (known[1].since, known[0])
            )
        ],
        day_ends=iso(day_bounds(tx.day, office.zone, office.day_start_minutes)[1]),
        words_at=_words_at(tx),
        waits_right=told_right(tx),
        staff=_staff(tx) if for_staff else msgspec.UNSET,
    )


def _words_at(tx: SqliteTx) -> list[Literal["tablet", "kiosk"]]:
    """Return the devices that ask for a quick word; the phone page asks by its own call."""
    asks = tx.office.satisfaction
    if not asks.words:
        return []
    return ["tablet", "kiosk"] if asks.kiosk_reader else ["tablet"]


def _staff(tx: SqliteTx) -> StaffView:
    unheard = unheard_at(tx)
    asked = assistance.unmet(tx.db, tx.branch, tx.day)
    return StaffView(
        seats={each.id: _seat(tx, each, unheard.get(each.id)) for each in tx.office.counters},
        tickets=staff_tickets(tx),
        help=[
            Asked(each.id, each.place, iso(each.at), told(each.taken_at), each.taken_name)
            for each in asked
        ],
        door=_door(tx),
    )


def _door(tx: SqliteTx) -> AtTheDoor:
    counted = reception.counted(tx.db, tx.branch, tx.day, tx.day)
    seconds = reception.door_seconds(tx.db, tx.branch, tx.day, tx.day)
    line = reception.last_line(tx.db, tx.branch, tx.day)
    return AtTheDoor(
        counted={each.what: each.n for each in counted},
        timed=len(seconds),
        seconds=round(sum(seconds), 1),
        line=None if line is None else line.people,
        line_at=None if line is None else iso(line.at),
    )


def _seat(tx: SqliteTx, counter: Counter, unheard: Why | None) -> Seat:
    now = now_at(tx, counter)
    return Seat(
        holder=now.holder_name,
        holder_id=now.holder,
        reason=now.reason,
        since=iso(now.since) if counter.id in tx.counters() else None,
        usual=counter.services,
        unheard=unheard,
    )


def _calls(tx: SqliteTx, here: set[str]) -> list[RecentCall]:
    """Return the latest calls, and the latest of every ticket in ``here``, however long ago.

    A screen that was away while a whole hall called learns of each call that is still open.
    """
    calls: list[RecentCall] = []
    missing = set(here)
    for call in calls_today(tx):
        if len(calls) >= SHOWN_CALLS and not missing:
            break
        if len(calls) < SHOWN_CALLS or call.ticket in missing:
            calls.append(recent_call(call))
        missing.discard(call.ticket)
    return calls


def _notice(tx: SqliteTx) -> tuple[str | None, Millis | None]:
    """Return the line of text for all displays and until when, if one is in force."""
    notice, until = tx.notice()
    if not notice or (until is not None and until <= tx.now):
        return None, None
    return notice, until


def _counter(tx: SqliteTx, counter: Counter, language: str) -> CounterAnswer:
    now = now_at(tx, counter)
    turn = tx.turn_at(counter.id)
    return CounterAnswer(
        id=counter.id,
        number=counter.number,
        name=counter_name(counter, language),
        names=counter.names,
        state=now.state,
        services=now.services or counter.services,
        current=None if turn is None else current_ticket(turn),
        until=told(now.until),
    )
