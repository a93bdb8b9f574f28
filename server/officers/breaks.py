"""Owns the nudge for a short break: only the officer sees it, nothing of it is kept or forced."""

from __future__ import annotations

from typing import Literal

import msgspec

from server.domain.day import Millis, iso
from server.domain.states import CounterState
from server.storage.queries import officers
from server.storage.transaction import SqliteTx

MINUTE_MS = 60_000
REST_MS = 5 * MINUTE_MS
"""Away from all counters for so long is a rest, whatever it was called."""


class Nudge(msgspec.Struct, frozen=True):
    """Why a short break would do good.

    Attributes:
        why: ``long`` cases in a row, or a long ``time`` without a break.
        n: how many cases, or minutes.
        since: from when on; a nudge that was put away is not shown again for it.
    """

    why: Literal["long", "time"]
    n: int
    since: str


def nudge(tx: SqliteTx) -> Nudge | None:
    """Return why the actor should rest for a moment; ``None``: all is well, or nobody works."""
    rules, me = tx.office.officers, tx.actor.id
    works = any(
        each.holder == me and each.state is CounterState.OPEN for each in tx.counters().values()
    )
    if not tx.actor.person or not works:
        return None
    since = at_work_since(tx, me)
    if rules.long_cases:
        served = officers.served(tx.db, tx.branch, tx.day, me, since, rules.long_cases)
        long = rules.long_minutes * MINUTE_MS
        if len(served) == rules.long_cases and all(each >= long for each in served):
            return Nudge("long", rules.long_cases, iso(since))
    minutes = (tx.now - since) // MINUTE_MS
    if rules.break_after_minutes and minutes >= rules.break_after_minutes:
        return Nudge("time", minutes, iso(since))
    return None


def at_work_since(tx: SqliteTx, staff: str) -> Millis:
    """Return from when on somebody has been at counters without a rest."""
    since = tx.now
    for each in officers.sessions(tx.db, tx.branch, staff, tx.now - 24 * 60 * MINUTE_MS):
        left = each.to_at if each.to_at is not None else tx.now
        if each.state != CounterState.OPEN.value or since - left >= REST_MS:
            break
        since = each.from_at
    return since
