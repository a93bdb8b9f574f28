"""Owns the calls of those who serve: how one is, help without a sound, the monthly pulse."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Annotated

import msgspec
from aiohttp import web

from server.api.requests import NoBody, Request
from server.api.routing import Call, Route
from server.domain.day import iso
from server.domain.quiet_events import QuietStep
from server.domain.roles import MANAGER_UP, STAFF_UP, SUPERVISOR_UP
from server.domain.texts import PRINTABLE, one_line
from server.officers import breaks, pulse, quiet
from server.officers.breaks import Nudge
from server.officers.pulse import PulseMonth
from server.storage.queries import feedback, officers, people
from server.storage.queries.officers import QuietCall
from server.storage.transaction import SqliteTx

THANKS_DAYS = 14
"""Thanks of so long ago are no news."""
Mark = Annotated[int, msgspec.Meta(ge=1, le=pulse.SCALE)]


class QuietOver(Request, frozen=True):
    """It is over; ``reason`` says why one who directs the hall ends it alone."""

    reason: Annotated[str, msgspec.Meta(max_length=200, pattern=PRINTABLE)] = ""


class GivePulse(Request, frozen=True):
    """Answers to this month's questions: a number from 1 (seldom) to 4 (nearly always) by key."""

    marks: Annotated[dict[str, Mark], msgspec.Meta(max_length=len(pulse.QUESTIONS))]


class QuietSign(msgspec.Struct, frozen=True):
    """One's own quiet call, as the small sign at the counter shows it."""

    id: str
    counter: str
    step: QuietStep


class QuietCallAnswer(msgspec.Struct, frozen=True):
    """A quiet call, for those who go there; ``name`` is the officer's."""

    id: str
    at: str
    counter: str
    number: int
    name: str
    step: QuietStep


class QuietList(msgspec.Struct, frozen=True):
    """Quiet calls that are not over, the oldest first."""

    calls: list[QuietCallAnswer]


class OfficerNow(msgspec.Struct, frozen=True):
    """How somebody who serves is now; nobody else is told.

    Attributes:
        thanks: thanks of the last two weeks; ``thanked`` is when the newest was given.
        nudge: why a short break would do good.
        pulse: this month's questions can be answered.
        quiet_call: this office has it; ``call`` is one's own that is not over.
    """

    thanks: int
    thanked: str | None
    nudge: Nudge | None
    pulse: bool
    quiet_call: bool
    call: QuietSign | None


class PulseForm(msgspec.Struct, frozen=True):
    """This month's questions by key; ``open``: they can be answered."""

    month: str
    open: bool
    questions: list[str]
    scale: int


class PulseReport(msgspec.Struct, frozen=True):
    """The months that are over, the newest first; ``shown_from`` answers on one is told."""

    months: list[PulseMonth]
    shown_from: int


async def me(call: Call) -> OfficerNow:
    """Return how the one who asks is, for that one alone."""

    def read(tx: SqliteTx) -> OfficerNow:
        since = (date.fromisoformat(tx.day) - timedelta(days=THANKS_DAYS)).isoformat()
        actor = tx.actor
        thanks = feedback.thanks_to(tx.db, tx.branch, actor.id, since) if actor.person else []
        mine = officers.latest_of(tx.db, tx.branch, actor.id)
        return OfficerNow(
            thanks=len(thanks),
            thanked=iso(thanks[0].at) if thanks else None,
            nudge=breaks.nudge(tx),
            pulse=pulse.due(tx),
            quiet_call=tx.office.officers.quiet_call,
            call=None if mine is None else QuietSign(mine.id, mine.counter, mine.step),
        )

    return await call.read(read)


async def call_quietly(call: Call) -> web.Response:
    """Call supervisor and manager to a counter; nobody in the hall hears or sees it."""
    key = call.path("counter")

    def command(tx: SqliteTx) -> QuietSign:
        made = quiet.call(tx, key)
        return QuietSign(made.id, made.counter, made.step)

    return await call.do(command)


async def quiet_calls(call: Call) -> QuietList:
    """Return who needs help now."""
    return await call.read(lambda tx: QuietList(open_calls(tx)))


def open_calls(tx: SqliteTx) -> list[QuietCallAnswer]:
    """Return the quiet calls that are not over, the oldest first."""
    found = officers.open_calls(tx.db, tx.branch)
    names = people.names(tx.db, tx.branch) if found else {}
    return [_told(each, names) for each in found]


def _told(known: QuietCall, names: dict[str, str]) -> QuietCallAnswer:
    name = names.get((known.staff or "").removeprefix("user:"), "")
    return QuietCallAnswer(known.id, iso(known.at), known.counter, known.number, name, known.step)


async def going(call: Call) -> web.Response:
    """Say that one goes there."""
    return await _changed(call, partial(quiet.going, key=call.path("call")))


async def over(call: Call) -> web.Response:
    """Say that it is over: two persons do, or one who directs the hall says why."""
    body: QuietOver = call.body
    reason = one_line(body.reason)
    return await _changed(call, partial(quiet.over, key=call.path("call"), reason=reason))


async def _changed(call: Call, change: partial[QuietCall]) -> web.Response:
    def command(tx: SqliteTx) -> QuietCallAnswer:
        return _told(change(tx), people.names(tx.db, tx.branch))

    return await call.do(command)


async def pulse_form(call: Call) -> PulseForm:
    """Return this month's questions."""
    return await call.read(
        lambda tx: PulseForm(tx.day[:7], pulse.due(tx), list(pulse.QUESTIONS), pulse.SCALE)
    )


async def give_pulse(call: Call) -> None:
    """Keep answers that nobody can lay to a person's charge.

    Not through ``Call.do``: what a repeated request would get is kept with its sender and a
    digest of the body, from which so few possible answers could be told.
    """
    body: GivePulse = call.body
    await call.hall.store.transact(
        call.who.branch, call.who.actor, lambda tx: pulse.answer(tx, body.marks)
    )


async def pulse_report(call: Call) -> PulseReport:
    """Return how officers felt in the months that are over."""
    return PulseReport(await call.read(pulse.report), pulse.SHOWN_FROM)


ROUTES = [
    Route(
        "GET", "/api/officers/me", me, STAFF_UP,
        "How the one who asks is: thanks, a break, the pulse, one's own quiet call",
        answer=OfficerNow,
    ),
    Route(
        "POST", "/api/counters/{counter}/quiet-call", call_quietly, STAFF_UP,
        "Call supervisor and manager to a counter, unnoticed", answer=QuietSign, body=NoBody,
        idempotent=True,
    ),
    Route(
        "GET", "/api/quiet-calls", quiet_calls, SUPERVISOR_UP, "Quiet calls that are not over",
        answer=QuietList,
    ),
    Route(
        "POST", "/api/quiet-calls/{call}/going", going, SUPERVISOR_UP, "Go there",
        answer=QuietCallAnswer, body=NoBody, idempotent=True,
    ),
    Route(
        "POST", "/api/quiet-calls/{call}/over", over, STAFF_UP,
        "It is over: who called, and those who direct the hall", answer=QuietCallAnswer,
        body=QuietOver, idempotent=True,
    ),
    Route(
        "GET", "/api/pulse", pulse_form, STAFF_UP, "This month's three questions to officers",
        answer=PulseForm,
    ),
    Route(
        "POST", "/api/pulse", give_pulse, STAFF_UP,
        "Answer them once a month, without a name", body=GivePulse, status=204,
    ),
    Route(
        "GET", "/api/pulse/report", pulse_report, MANAGER_UP,
        "How officers felt, by month, from five answers on", answer=PulseReport,
    ),
]  # fmt: skip
