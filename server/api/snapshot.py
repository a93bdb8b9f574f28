"""Owns the whole hall at one moment: what a screen starts from, as of one event."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from itertools import islice
from typing import TypeVar

import msgspec

from server.api.answers import agency_answers, branch_answer, counter_name, service_answer, told
from server.api.types import CounterAnswer, CurrentTicket, QueueAnswer, RecentCall
from server.domain.day import Millis, day_bounds, iso
from server.domain.desks import now_at
from server.domain.errors import NotFound
from server.domain.office import Counter
from server.domain.tx import Actor
from server.storage.branch import BranchBatch, OfficeCache
from server.storage.store import Store
from server.storage.transaction import SqliteTx

T = TypeVar("T")

SHOWN_CALLS = 20
LOOKED_AT = 400
"""Calls looked through for those of tickets that stand at a counter now: forty counters, each
with a call and the repeats that an office allows, and what was done meanwhile."""
SCREEN = Actor("screen", "display")


class Snapshots:
    """Reads consistent views of a branch; the public snapshot is made once per event."""

    def __init__(self, store: Store, version: str) -> None:
        self._store = store
        self._version = version
        self._offices = OfficeCache()
        self._made: dict[int, tuple[int, bytes]] = {}

    async def view(self, branch: int, actor: Actor, query: Callable[[SqliteTx], T]) -> T:
        """Run ``query`` on one consistent view of the branch; it must not write.

        Raises:
            NotFound: the branch has no settings.
        """
        return await self._store.look(branch, actor, lambda tx: query(_configured(tx)))

    async def study(self, branch: int, actor: Actor, query: Callable[[SqliteTx], T]) -> T:
        """As ``view``, for questions that may take long: they never keep a screen waiting."""
        return await self._store.study(lambda db: query(self._view(db, branch, actor)))

    async def snapshot(self, branch: int) -> tuple[int, bytes]:
        """Return (seq, message): the whole hall as of event ``seq``, in the office's language.

        The same bytes are given out until the next event, but not for more than a second, as
        opening hours change without one.
        """
        now = self._store.clock()

        def make(tx: SqliteTx) -> tuple[int, bytes]:
            seq = tx.next_seq() - 1
            key = _key(seq, now)
            known = self._made.get(branch)
            if known is not None and known[0] == key:
                return seq, known[1]
            message = msgspec.json.encode(hall_now(tx, self._version))
            self._made[branch] = (key, message)
            return seq, message

        return await self.view(branch, SCREEN, make)

    async def for_screen(self, branch: int, sent: int) -> tuple[int, bytes]:
        """As ``snapshot``, for a screen that joins a feed whose last event was ``sent``.

        When a whole hall comes back at once, all but the first get what lies ready, without a
        question to the database.
        """
        known = self._made.get(branch)
        if known is not None and known[0] == _key(sent, self._store.clock()):
            return sent, known[1]
        return await self.snapshot(branch)

    def _view(self, db: sqlite3.Connection, branch: int, actor: Actor) -> SqliteTx:
        batch = BranchBatch(db, branch, self._offices)
        return _configured(SqliteTx(batch, actor, self._store.clock()))


def _configured(tx: SqliteTx) -> SqliteTx:
    if not tx.configured:
        raise NotFound("This branch has no settings yet.", slug="no-settings")
    return tx


def _key(seq: int, now: Millis) -> int:
    """Return what stands for the hall after event ``seq`` within one second."""
    return seq * 100_000_000_000 + now // 1000


def hall_now(tx: SqliteTx, version: str) -> QueueAnswer:
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
        day_ends=iso(day_bounds(tx.day, office.zone, office.day_start_minutes)[1]),
    )


def _calls(tx: SqliteTx, here: set[str]) -> list[RecentCall]:
    """Return the latest calls, and the latest of every ticket in ``here``, however long ago.

    A screen that was away while a whole hall called learns of each call that is still open.
    """
    calls: list[RecentCall] = []
    missing = set(here)
    today = (call for call in tx.hall.calls if call.day == tx.day and not call.seated)
    for call in islice(today, LOOKED_AT):
        if len(calls) >= SHOWN_CALLS and not missing:
            break
        if len(calls) < SHOWN_CALLS or call.ticket in missing:
            calls.append(
                RecentCall(
                    call.seq, iso(call.at), call.ticket, call.label, call.service, call.counter,
                    call.number, call.priority is None, call.language,
                    call.recalls,
                )
            )  # fmt: skip
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
    current = None
    if turn is not None:
        current = CurrentTicket(
            ticket=turn.ticket,
            label=turn.label,
            service=turn.service,
            state=turn.state,
            called_at=told(turn.called_at),
            started_at=told(turn.serving_since),
            recalls=turn.recalls,
        )
    return CounterAnswer(
        id=counter.id,
        number=counter.number,
        name=counter_name(counter, language),
        names=counter.names,
        state=now.state,
        services=now.services or counter.services,
        current=current,
        until=told(now.until),
    )
