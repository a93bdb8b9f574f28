"""Owns the calls about rotas: what they have to meet, making one, trying changes, saving it."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Annotated, Literal

import msgspec
from aiohttp import web

from server.api.requests import Request
from server.api.routing import Call, Route
from server.api.spans import asked_day, whole
from server.domain.day import iso
from server.domain.errors import Invalid, NotFound
from server.domain.names import service_name
from server.domain.roles import MANAGER_UP
from server.domain.texts import DAY, Code
from server.plan.calendar import OfficeCalendar, days_from
from server.plan.rota import book
from server.plan.rota.planning import Basis, Making, State
from server.plan.rota.targets import Target, targets_of
from server.plan.rota.values import Change, Date, DayRota, Outlook, Rota, RotaRules, Shift, Slot
from server.storage.queries import rota as kept
from server.storage.transaction import SqliteTx

WEEK = {"week": (DAY, "any day of the week; default: the week that comes")}
VERSION = {"version": ("^[0-9]{1,5}$", "one that is kept; default: the one that holds")}
Shifts = Annotated[list[Shift], msgspec.Meta(max_length=200)]


class RotaChange(Request, frozen=True):
    """A what-if: ``more`` counters for a service, or ``close`` some, for part of the day.

    ``n``: how many; ``service`` may be "" for closing any; ``start``, ``end``: half hours.
    """

    what: Literal["more", "close"]
    n: Annotated[int, msgspec.Meta(ge=1, le=50)]
    start: Slot
    end: Slot
    service: Code | Literal[""] = ""


class TryRota(Request, frozen=True):
    """A day with shifts and changes; ``people``: per cent of the visitors that are expected."""

    day: Date
    shifts: Shifts
    changes: Annotated[list[RotaChange], msgspec.Meta(max_length=20)] = msgspec.field(
        default_factory=list
    )
    people: Annotated[int, msgspec.Meta(ge=10, le=400)] = 100


class MakeRota(Request, frozen=True):
    """Make a plan of the week with this day."""

    week: Date


class StopRota(Request, frozen=True):
    """Stop making a plan; ``keep``: the best so far."""

    keep: bool = True


class RotaDay(Request, frozen=True):
    """A day's shifts."""

    day: Date
    shifts: Shifts


class SaveRota(Request, frozen=True):
    """A week's shifts, made from ``version`` of its plan; 0 for the first."""

    week: Date
    version: Annotated[int, msgspec.Meta(ge=0, le=99_999)]
    days: Annotated[list[RotaDay], msgspec.Meta(max_length=7)]


class SaveRotaRules(Request, frozen=True):
    """What plans have to meet, made from ``version``."""

    version: Annotated[int, msgspec.Meta(ge=0, le=99_999)]
    rules: RotaRules


class RotaService(msgspec.Struct, frozen=True):
    """A service by its name, and the target that plans have for it.

    Attributes:
        share: per cent called within ``minutes``.
        own: this target is the service's own, by the settings.
    """

    service: str
    name: str
    share: int
    minutes: int
    own: bool


class RotaCounter(msgspec.Struct, frozen=True):
    """A counter, and what it may offer."""

    number: int
    services: list[str]


class RotaRulesAnswer(msgspec.Struct, frozen=True):
    """What plans have to meet; version 0: nobody said yet."""

    version: int
    rules: RotaRules
    services: list[RotaService]
    counters: list[RotaCounter]


class RotaVersion(msgspec.Struct, frozen=True):
    """A saved plan: when, and who saved it."""

    version: int
    at: str
    name: str


class RotaAnswer(msgspec.Struct, frozen=True):
    """The plan of a week.

    Attributes:
        week: its Monday.
        version: 0 for a week without a plan.
        versions: all that are kept, the one that holds first.
        share, minutes: the target it was made for.
        own: targets of single services then.
        days: with shifts, and what was expected of them when it was saved.
        closed: days of the week on which nobody is served, by the calendar.
    """

    week: str
    version: int
    versions: list[RotaVersion]
    share: int
    minutes: int
    own: dict[str, Target]
    days: list[DayRota]
    closed: list[str]


class MakingAnswer(msgspec.Struct, frozen=True):
    """A plan in the making, or the last one made.

    Attributes:
        state: ``none`` when none is.
        done: per cent.
        day: in work.
        trouble: why it failed: ``no-solver``, ``no-history``, else "".
        known: days of the log that it is made from.
        days: the best so far.
    """

    state: State | Literal["none"]
    week: str
    done: int
    day: str
    trouble: str
    known: int
    days: list[DayRota]


class TriedAnswer(msgspec.Struct, frozen=True):
    """What comes of a day's shifts; null on a day on which nobody is expected."""

    outcome: Outlook | None


def asked_week(call: Call, today: str) -> str:
    """Return the Monday of the week that is asked for."""
    text = call.request.query.get("week")
    return book.week_of(asked_day(text, "week")) if text else book.next_week(today)


async def rules(call: Call) -> RotaRulesAnswer:
    """Return what plans have to meet."""
    return await call.read(partial(_rules, language=call.language))


def _rules(tx: SqliteTx, language: str) -> RotaRulesAnswer:
    version, found = book.rules_of(tx)
    office = tx.office
    targets = targets_of(office, found.target)
    return RotaRulesAnswer(
        version, found,
        [
            RotaService(
                each.code, service_name(office, each.code, language), targets.of(each.code).share,
                targets.of(each.code).minutes, each.code in targets.own,
            ) for each in office.services
        ],
        [RotaCounter(each.number, list(each.services)) for each in office.counters],
    )  # fmt: skip


async def save_rules(call: Call) -> web.Response:
    """Keep what plans have to meet."""
    body: SaveRotaRules = call.body
    language = call.language

    def command(tx: SqliteTx) -> RotaRulesAnswer:
        book.save_rules(tx, body.version, body.rules)
        return _rules(tx, language)

    return await call.do(command)


async def rota(call: Call) -> RotaAnswer:
    """Return the plan of a week, or an earlier version of it."""
    text = call.request.query.get("version")
    version = whole(text, "version", 99_999) if text else None
    return await call.read(lambda tx: answer_of(tx, asked_week(call, tx.day), version))


def answer_of(tx: SqliteTx, week: str, version: int | None = None) -> RotaAnswer:
    """Return a week's plan with its versions.

    Raises:
        NotFound: there is no such version, or it is no longer kept.
    """
    saved = kept.versions(tx.aside, tx.branch, week)
    told = [RotaVersion(each.version, iso(each.at), each.name) for each in saved]
    opens = OfficeCalendar(tx.office).opens
    closed = [day for day in map(partial(days_from, week), range(7)) if opens(day) is False]
    if version is not None:
        saved = [each for each in saved if each.version == version]
        if not saved:
            raise NotFound("This version of the plan is not kept.", slug="no-plan")
    if not saved:
        _, rules_ = book.rules_of(tx)
        own = targets_of(tx.office, rules_.target).own
        return RotaAnswer(week, 0, told, rules_.share, rules_.minutes, own, [], closed)
    found = book.read(saved[0])
    return RotaAnswer(
        week, saved[0].version, told, found.share, found.minutes, found.own, found.days, closed
    )


async def save(call: Call) -> web.Response:
    """Keep a week's plan, with what is expected of it now."""
    body: SaveRota = call.body
    week = book.week_of(asked_day(body.week, "week"))
    days = [DayRota(asked_day(each.day, "days"), list(each.shifts)) for each in body.days]

    def look(tx: SqliteTx) -> Basis:
        _, found = book.rules_of(tx)
        book.check(tx, found, days, week)
        return found, tx.office, tx.day

    basis = await call.read(look)
    found = basis[0]
    now, branch, rotas = call.hall.store.clock(), call.who.branch, call.hall.rotas
    tried = [
        msgspec.structs.replace(
            each,
            outcome=rotas.foreseen(branch, basis, each.day, each.shifts)
            or await rotas.tried(branch, each.day, now, found, each.shifts, []),
        )
        for each in days
    ]

    def command(tx: SqliteTx) -> RotaAnswer:
        book.check(tx, found, days, week)
        own = targets_of(tx.office, found.target).own
        book.save(tx, week, body.version, Rota(tried, found.share, found.minutes, own))
        return answer_of(tx, week)

    answer = await call.do(command)
    rotas.saved(branch, week)
    return answer


async def make(call: Call) -> MakingAnswer:
    """Begin to make the plan of a week."""
    body: MakeRota = call.body
    week = book.week_of(asked_day(body.week, "week"))

    def look(tx: SqliteTx) -> Basis:
        if week < book.week_of(tx.day):
            raise Invalid("This week is over: a plan is made for the next eight weeks.",
                          field="week")  # fmt: skip
        if (date.fromisoformat(week) - date.fromisoformat(tx.day)).days > 56:  # noqa: PLR2004
            raise Invalid("A plan is made for the next eight weeks.", field="week")
        found = book.rules_of(tx)[1]
        if not any(each.active for each in found.officers):
            raise Invalid("Nobody counts for plans yet. Please add an officer first.",
                          field="rules.officers")  # fmt: skip
        return found, tx.office, tx.day

    basis = await call.read(look)
    return _told(call.hall.rotas.begin(call.who.branch, week, call.hall.store.clock(), basis))


async def making(call: Call) -> MakingAnswer:
    """Return how far the plan is."""
    return _told(call.hall.rotas.made(call.who.branch))


async def stop(call: Call) -> MakingAnswer:
    """Stop making the plan."""
    body: StopRota = call.body
    return _told(call.hall.rotas.stop(call.who.branch, keep=body.keep))


def _told(made: Making | None) -> MakingAnswer:
    if made is None:
        return MakingAnswer("none", "", 0, "", "", 0, [])
    progress = made.progress
    return MakingAnswer(
        made.state, made.week, 0 if progress is None else progress.done,
        "" if progress is None else progress.day, made.trouble, made.known,
        [] if progress is None else progress.days,
    )  # fmt: skip


async def tried(call: Call) -> TriedAnswer:
    """Return what comes of a day's shifts with changes."""
    body: TryRota = call.body
    day = asked_day(body.day, "day")
    found = await call.read(lambda tx: book.rules_of(tx)[1])
    changes = [Change(each.what, each.n, each.service, each.start, each.end)
               for each in body.changes]  # fmt: skip
    outcome = await call.hall.rotas.tried(
        call.who.branch, day, call.hall.store.clock(), found, list(body.shifts), changes,
        body.people,
    )  # fmt: skip
    return TriedAnswer(outcome)


ROUTES = [
    Route(
        "GET", "/api/rota/rules", rules, MANAGER_UP,
        "What plans have to meet: the target, rests, who may work when", answer=RotaRulesAnswer,
    ),
    Route(
        "POST", "/api/rota/rules", save_rules, MANAGER_UP,
        "Say what plans have to meet", answer=RotaRulesAnswer, body=SaveRotaRules,
        idempotent=True,
    ),
    Route(
        "GET", "/api/rota", rota, MANAGER_UP,
        "The plan of a week: shifts, and what was expected of them when it was saved",
        answer=RotaAnswer, query={**WEEK, **VERSION},
    ),
    Route(
        "POST", "/api/rota", save, MANAGER_UP,
        "Save the plan of a week as its next version", answer=RotaAnswer, body=SaveRota,
        idempotent=True,
    ),
    Route(
        "POST", "/api/rota/make", make, MANAGER_UP,
        "Begin to make the plan of a week, in a process beside the hall",
        answer=MakingAnswer, body=MakeRota,
    ),
    Route(
        "GET", "/api/rota/making", making, MANAGER_UP,
        "How far the plan in the making is, with the best so far", answer=MakingAnswer,
    ),
    Route(
        "POST", "/api/rota/stop", stop, MANAGER_UP,
        "Stop making a plan; the best so far can be kept", answer=MakingAnswer, body=StopRota,
    ),
    Route(
        "POST", "/api/rota/try", tried, MANAGER_UP,
        "What comes of a day's shifts, also with more or fewer counters or visitors",
        answer=TriedAnswer, body=TryRota,
    ),
]  # fmt: skip
