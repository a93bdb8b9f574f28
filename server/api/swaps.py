"""Owns an officer's own rota, and shifts that change hands: offered, taken, and then decided."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import msgspec
from aiohttp import web

from server.api.requests import NoBody, Request
from server.api.routing import Call, Route
from server.api.spans import asked_day
from server.domain.roles import MANAGER_UP, STAFF_UP
from server.plan.rota import book
from server.plan.rota.values import Date, Shift, clock_of
from server.storage.queries import rota as kept
from server.storage.queries.rota import State, Swap
from server.storage.transaction import SqliteTx

AHEAD_WEEKS = 4


class OfferSwap(Request, frozen=True):
    """Offer one's own shift of a day."""

    day: Date


class OwnShift(msgspec.Struct, frozen=True):
    """A shift of one's own; times are ``HH:MM``. ``offered``: the id of the offer, if it is."""

    day: str
    counter: int
    start: str
    end: str
    rest: str | None
    rest_end: str | None
    offered: str | None


class SwapAnswer(msgspec.Struct, frozen=True):
    """A shift that is offered.

    Attributes:
        officer: the name of who offers it; taker: of who would work it.
        own: it is one's own offer; mine: one takes it oneself.
        shift: null when it is no more in the plan.
        gives: what the taker works that day, and gives in return; null for a free day.
    """

    id: str
    day: str
    officer: str
    taker: str | None
    own: bool
    mine: bool
    state: State
    shift: OwnShift | None
    gives: OwnShift | None


class MyRota(msgspec.Struct, frozen=True):
    """One's own shifts from today on, and what colleagues offer; ``until``: the last day planned.

    ``planned``: one is an officer of the plans.
    """

    name: str
    planned: bool
    until: str | None
    shifts: list[OwnShift]
    swaps: list[SwapAnswer]


class SwapList(msgspec.Struct, frozen=True):
    """Shifts that are offered and not decided, the earliest day first."""

    swaps: list[SwapAnswer]


def _own(day: str, shift: Shift, offered: str | None = None) -> OwnShift:
    rest = shift.rest
    return OwnShift(
        day, shift.counter, clock_of(shift.start), clock_of(shift.end),
        None if rest is None else clock_of(rest),
        None if rest is None else clock_of(rest + shift.rest_slots), offered,
    )  # fmt: skip


def _shifts(tx: SqliteTx) -> dict[tuple[str, str], Shift]:
    """Return the shifts from today on, by day and officer."""
    first = book.week_of(tx.day)
    last = (date.fromisoformat(first) + timedelta(weeks=AHEAD_WEEKS)).isoformat()
    return {
        (day.day, shift.officer): shift
        for saved in kept.weeks(tx.aside, tx.branch, first, last)
        for day in book.read(saved).days if day.day >= tx.day
        for shift in day.shifts
    }  # fmt: skip


def _swaps(tx: SqliteTx, me: str) -> list[SwapAnswer]:
    _, rules = book.rules_of(tx)
    names = {each.key: each.name for each in rules.officers}
    shifts = _shifts(tx)

    def told(each: Swap) -> SwapAnswer:
        shift = shifts.get((each.day, each.officer))
        gives = shifts.get((each.day, each.taker)) if each.taker else None
        return SwapAnswer(
            each.id, each.day, names.get(each.officer, each.officer),
            names.get(each.taker, each.taker) if each.taker else None,
            each.officer == me, each.taker == me, each.state,
            None if shift is None else _own(each.day, shift),
            None if gives is None else _own(each.day, gives),
        )  # fmt: skip

    known = kept.swaps(tx.aside, tx.branch, book.week_of(tx.day))
    return [told(each) for each in known if each.day >= tx.day]


async def mine(call: Call) -> MyRota:
    """Return one's own rota."""
    return await call.read(_mine)


def _mine(tx: SqliteTx) -> MyRota:
    me = book.mine(tx)
    shifts, swaps = _shifts(tx), _swaps(tx, me)
    _, rules = book.rules_of(tx)
    offered = {each.day: each.id for each in swaps if each.own}
    return MyRota(
        tx.actor.name, any(each.key == me for each in rules.officers),
        max((day for day, _ in shifts), default=None),
        [
            _own(day, shift, offered.get(day))
            for (day, officer), shift in sorted(shifts.items()) if officer == me
        ],
        swaps,
    )  # fmt: skip


async def offer(call: Call) -> web.Response:
    """Offer one's own shift to colleagues."""
    body: OfferSwap = call.body
    day = asked_day(body.day, "day")

    def command(tx: SqliteTx) -> MyRota:
        book.offer(tx, day)
        return _mine(tx)

    return await call.do(command)


async def _with(call: Call, act: partial[None]) -> web.Response:
    def command(tx: SqliteTx) -> MyRota:
        act(tx)
        return _mine(tx)

    return await call.do(command)


async def take(call: Call) -> web.Response:
    """Say that one would work a colleague's shift."""
    return await _with(call, partial(book.take, key=call.path("swap")))


async def withdraw(call: Call) -> web.Response:
    """Take one's own offer back."""
    return await _with(call, partial(book.withdraw, key=call.path("swap")))


async def swaps(call: Call) -> SwapList:
    """Return what is offered."""
    return await call.read(lambda tx: SwapList(_swaps(tx, "")))


async def accept(call: Call) -> web.Response:
    """Accept a swap: the plan's next version has it."""
    return await _decided(call, accept=True)


async def refuse(call: Call) -> web.Response:
    """Refuse a swap: the plan stays."""
    return await _decided(call, accept=False)


async def _decided(call: Call, *, accept: bool) -> web.Response:
    key = call.path("swap")

    def command(tx: SqliteTx) -> SwapList:
        book.decide(tx, key, accept=accept)
        return SwapList(_swaps(tx, ""))

    return await call.do(command)


ROUTES = [
    Route(
        "GET", "/api/rota/mine", mine, STAFF_UP,
        "One's own shifts from today on, and what colleagues offer", answer=MyRota,
    ),
    Route(
        "POST", "/api/rota/swaps", offer, STAFF_UP, "Offer one's own shift of a day",
        answer=MyRota, body=OfferSwap, idempotent=True,
    ),
    Route(
        "POST", "/api/rota/swaps/{swap}/take", take, STAFF_UP,
        "Take a shift that a colleague offers; the manager decides",
        answer=MyRota, body=NoBody, idempotent=True,
    ),
    Route(
        "POST", "/api/rota/swaps/{swap}/withdraw", withdraw, STAFF_UP,
        "Take one's own offer back", answer=MyRota, body=NoBody, idempotent=True,
    ),
    Route(
        "GET", "/api/rota/swaps", swaps, MANAGER_UP, "Shifts that are offered and not decided",
        answer=SwapList,
    ),
    Route(
        "POST", "/api/rota/swaps/{swap}/accept", accept, MANAGER_UP,
        "Accept a swap: it is the plan's next version",
        answer=SwapList, body=NoBody, idempotent=True,
    ),
    Route(
        "POST", "/api/rota/swaps/{swap}/refuse", refuse, MANAGER_UP, "Refuse a swap",
        answer=SwapList, body=NoBody, idempotent=True,
    ),
]  # fmt: skip
