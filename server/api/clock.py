"""Owns the calls about time: is the clock to be trusted, and taking the end of a day back."""

from __future__ import annotations

import msgspec
from aiohttp import web

from server.api.requests import NoBody
from server.api.routing import Call, Route
from server.domain.closing import ended_days, take_back
from server.domain.day import iso
from server.domain.roles import STAFF_UP, SUPERVISOR_UP
from server.storage.transaction import SqliteTx
from server.timekeeping import let_jump_count


class ClockAnswer(msgspec.Struct, frozen=True):
    """The time the hall works by.

    Attributes:
        now: the moment that counts, with the office's offset. ``day`` is its business day.
        jumped_s: by how much the machine's clock is ahead of it (negative: behind) since a jump
            that does not count yet; null when there is none.
        counts_in_s: when the jump counts, if it holds and nobody confirms it before.
        ended: the business day that ended within the last hour and can be taken back, or null.
    """

    now: str
    day: str
    jumped_s: int | None
    counts_in_s: int | None
    ended: str | None


class DayTakenBack(msgspec.Struct, frozen=True):
    """The end of ``days`` was taken back; their people go on in business day ``into``.

    Attributes:
        back: numbers that wait or rest again.
        left: numbers that stay ended, because somebody has the same number today.
    """

    days: list[str]
    into: str
    back: list[str]
    left: list[str]


async def clock(call: Call) -> ClockAnswer:
    """Return the time, and what is in doubt about it."""
    return await call.read(lambda tx: _answer(call, tx))


def _answer(call: Call, tx: SqliteTx) -> ClockAnswer:
    jump = call.hall.store.clock.jump()
    ended = ended_days(tx)
    return ClockAnswer(
        now=iso(tx.now, tx.office.zone),
        day=tx.day,
        jumped_s=None if jump is None else round(jump.by_ms / 1000),
        counts_in_s=None if jump is None else -(-jump.counts_in_ms // 1000),
        ended=ended[-1] if ended else None,
    )


async def confirm(call: Call) -> web.Response:
    """Work by the machine's clock at once: a person says that it is right."""
    await let_jump_count(call.hall.store, call.who.actor, anyway=True)
    return await call.do(lambda tx: _answer(call, tx))


async def reopen(call: Call) -> web.Response:
    """Take the end of a day back, within an hour of it."""

    def command(tx: SqliteTx) -> DayTakenBack:
        done = take_back(tx)
        return DayTakenBack(done.days, done.into, done.back, done.left)

    return await call.do(command)


ROUTES = [
    Route("GET", "/api/clock", clock, STAFF_UP, "The time the hall works by", answer=ClockAnswer),
    Route(
        "POST", "/api/clock/confirm", confirm, SUPERVISOR_UP,
        "Work by the machine's clock at once", body=NoBody, answer=ClockAnswer,
        idempotent=True,
    ),
    Route(
        "POST", "/api/day/reopen", reopen, SUPERVISOR_UP,
        "Take the end of a day back, within an hour", body=NoBody, answer=DayTakenBack,
        idempotent=True,
    ),
]  # fmt: skip
