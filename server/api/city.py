"""Owns the calls of a city: offices send their logs, and the city's people read all halls."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial

import msgspec
from aiohttp import web

from server.api.fleet import devices_of, in_words
from server.api.routing import LANGUAGE, Call, Route, receive
from server.api.spans import asked_day, check_span
from server.auth.reach import Part, Reach, reach_of
from server.city import devices, parts, taking, wishes
from server.city.devices import HallDevices
from server.city.found import FoundTicket, find
from server.city.halls import HallNow, halls
from server.city.report import CityReport, cells, city_report
from server.city.taking import Stand
from server.domain.day import iso
from server.domain.errors import Conflict, Invalid, Refused
from server.domain.roles import BOX, CITY, CITY_UP
from server.domain.texts import DAY
from server.reports.report import MAX_DAYS
from server.satisfaction.agencies import CitySatisfaction, answers, by_agency
from server.storage.queries import boxes, offices, prepared, releases
from server.storage.transaction import SqliteTx

BOXES = frozenset({BOX})
PACKED = "application/gzip"
LABEL = r"^\s*[0-9A-Za-z][0-9A-Za-z -]{0,11}\s*$"


class LogStand(msgspec.Struct, frozen=True):
    """How far a box's log has come.

    Attributes:
        history: name of the log that came so far; ``None`` before its first part.
        seq: last event that is here with all before it: send on from the next one.
        ahead: events that came before those they stand on.
        prepared: version of what the city prepared for the office; 0 for nothing.
        wishes: for devices of the office, of which the city does not know yet what came.
        release: when it was said which version the office's server may take, milliseconds since
            1970; 0 for never.
        failed: which version the city knows not to work there.
        now: the city's time as it answers, milliseconds since 1970: the office finds out how far
            its own clock is from it.
    """

    history: str | None
    seq: int
    ahead: int
    prepared: int = 0
    wishes: int = 0
    release: int = 0
    failed: str = ""
    now: int = 0


class HallList(msgspec.Struct, frozen=True):
    """Answer of ``GET /api/city/halls``."""

    halls: list[HallNow]


class CityDevices(msgspec.Struct, frozen=True):
    """Answer of ``GET /api/city/devices``; ``version`` is the city's own program's."""

    halls: list[HallDevices]
    version: str


class FoundTickets(msgspec.Struct, frozen=True):
    """Answer of ``GET /api/city/tickets``."""

    tickets: list[FoundTicket]


def _reach(call: Call) -> Reach:
    """Return which halls the caller may read; every call of the city asks it."""
    return reach_of(call.who.actor.role, call.who.agency)


def _parts(db: sqlite3.Connection, reach: Reach) -> list[tuple[offices.Hall, Part]]:
    """Return every hall within reach, the oldest first, with the part of it that is."""
    found = ((each, reach.part(each.office)) for each in offices.halls(db))
    return [(hall, part) for hall, part in found if part is not None]


def _answer(tx: SqliteTx, stand: Stand) -> LogStand:
    version = prepared.get(tx.aside, tx.branch).version
    said = releases.get(tx.aside, tx.branch)
    return LogStand(
        *stand, prepared=version, wishes=wishes.waiting(tx), release=said.at, failed=said.failed
    )


async def log_stand(call: Call) -> LogStand:
    """Answer how far the caller's log has come."""
    who = call.who
    return _now(call, await call.hall.store.look(
        who.branch, who.actor, lambda tx: _answer(tx, taking.stand(tx))
    ))  # fmt: skip


def _now(call: Call, stand: LogStand) -> LogStand:
    """Return an answer with the time at which it leaves, which it may have waited for."""
    return msgspec.structs.replace(stand, now=call.hall.store.clock())


async def take_log(call: Call) -> LogStand:
    """Take a part of the caller's log; whatever is here already changes nothing."""
    ahead = call.request.query.get("clock")
    packed = await receive(call, parts.MOST_PACKED)

    async def run(command: Callable[[SqliteTx], Stand]) -> LogStand:
        return await call.hall.store.transact(
            call.who.branch, call.who.actor, lambda tx: _answer(tx, command(tx))
        )

    try:
        async with call.hall.unpacking:
            head, events = await asyncio.to_thread(parts.unpack, packed)
        return _now(call, await _taken(run, head, events, None if ahead is None else int(ahead)))
    except (Conflict, Refused) as error:
        why = error.slug  # no part is sent again to better effect: people have to look
        await call.hall.store.transact(
            call.who.branch, call.who.actor, lambda tx: taking.refuse(tx, why)
        )
        raise


async def _taken(
    run: Callable[[Callable[[SqliteTx], Stand]], Awaitable[LogStand]],
    head: parts.Head, events: list[parts.Event], ahead: int | None,
) -> LogStand:  # fmt: skip
    def begin(tx: SqliteTx) -> Stand:
        stand = taking.take(tx, head, ())
        boxes.put_clock(tx.aside, tx.branch, ahead)
        return stand

    try:
        stand = await run(begin)
        for first in range(0, len(events), taking.AT_ONCE):
            some = events[first : first + taking.AT_ONCE]
            stand = await run(partial(taking.take, head=head, events=some))
        while stand.ahead:
            before, stand = stand, await run(taking.go_on)
            if stand.seq == before.seq:
                break
    except sqlite3.IntegrityError:
        raise taking.taken() from None
    return stand


async def halls_now(call: Call) -> HallList:
    """Return the caller's halls as they stand now."""
    return HallList(await _halls(call))


async def _halls(call: Call) -> list[HallNow]:
    known, store = call.hall.offices, call.hall.store
    now, version, reach = store.clock(), call.hall.version, _reach(call)
    return await store.read(lambda db: halls(db, known, now, version, reach))


async def take_devices(call: Call) -> web.Response:
    """Keep what an office's server tells of its devices."""
    packed = await receive(call, devices.MOST_PACKED)
    async with call.hall.unpacking:
        told = await asyncio.to_thread(devices.unpack, packed)
    await call.hall.store.transact(
        call.who.branch, call.who.actor, lambda tx: devices.take(tx, told)
    )
    return web.Response(status=204)


async def all_devices(call: Call) -> CityDevices:
    """Return the devices of the caller's halls that need somebody, or all of them."""
    every, store = call.flag("all"), call.hall.store
    now, version = store.clock(), call.hall.version
    standing = await _halls(call)
    told = await store.read(lambda db: devices.of_boxes(db, now))
    here = {each.code: each.id for each in await store.read(offices.branches)}
    of_city = call.who.actor.role == CITY
    found = []
    for each in standing:
        if each.tenant:
            continue  # its devices are all tenants'
        branch = here[each.code]
        asked = await store.look(branch, call.who.actor, wishes.shown) if of_city else []
        if each.link.state == "here":
            its = await devices_of(call.hall, branch)
            moment: str | None = iso(now)
            late = False
        else:
            its, moment, late = told.get(each.code, ([], None, each.link.state != "new"))
        found.append(devices.hall(
            each.code, each.name, each.link.version, in_words(call, its), moment, asked, late=late,
            every=every,
        ))  # fmt: skip
    return CityDevices(found, version)


async def report(call: Call) -> CityReport:
    """Return the figures of a period over the caller's halls, of each, and of each service."""
    (first, last), language = _span(call), call.language
    counted, reach = [], _reach(call)
    for (branch, code, _), part in await call.hall.store.read(lambda db: _parts(db, reach)):
        query_one = partial(cells, code=code, first=first, last=last, language=language, part=part)
        counted.append(await call.hall.snapshots.study(branch, call.who.actor, query_one))
    return await asyncio.to_thread(city_report, first, last, counted)


async def satisfaction(call: Call) -> CitySatisfaction:
    """Return the satisfaction index by agency over the caller's halls that are ruled here."""
    first, last = _span(call)
    found, elsewhere, reach = [], 0, _reach(call)
    away = {each.branch for each in await call.hall.store.read(boxes.boxes)}
    for (branch, _, _), part in await call.hall.store.read(lambda db: _parts(db, reach)):
        if branch in away:
            elsewhere += 1
            continue
        count = partial(answers, first=first, last=last, part=part)
        found.append(await call.hall.snapshots.study(branch, call.who.actor, count))
    return by_agency(first, last, found, elsewhere, call.language)


def _span(call: Call) -> tuple[str, str]:
    """Return the first and the last business day asked for.

    Raises:
        Invalid: it is no span of days.
    """
    query = call.request.query
    first, last = asked_day(query.get("from", ""), "from"), asked_day(query.get("to", ""), "to")
    check_span(first, last, "to", MAX_DAYS)
    return first, last


async def tickets(call: Call) -> FoundTickets:
    """Return the tickets of a number, in the caller's halls on their present day, or another."""
    label = call.request.query.get("label", "").strip().upper()
    if not label:
        raise Invalid("Which number are you looking for?", field="label")
    day = call.request.query.get("day")
    if day is not None:
        asked_day(day, "day")
    now, language, reach = call.hall.store.clock(), call.language, _reach(call)

    def query(db: sqlite3.Connection) -> list[FoundTicket]:
        return find(db, _parts(db, reach), label, day, now, language)

    return FoundTickets(await call.hall.store.read(query))


SPAN = {
    "from": (DAY, "first business day"), "to": (DAY, "last business day, in as well"), **LANGUAGE,
}  # fmt: skip
ROUTES = [
    Route("GET", "/api/city/log", log_stand, BOXES, "How far an office's log has come",
          answer=LogStand),
    Route("POST", "/api/city/log", take_log, BOXES, "Take a part of an office's log",
          answer=LogStand, upload=PACKED, problems=(409, 413),
          query={"clock": (r"^-?[0-9]{1,13}$",
                           "by how many ms the office's clock is ahead of the city's, if known")}),
    Route("GET", "/api/city/halls", halls_now, CITY_UP,
          "The caller's halls as they stand now: all, or the agency's", answer=HallList),
    Route("POST", "/api/city/devices", take_devices, BOXES,
          "Take how an office's devices are; the newest counts", upload=PACKED, status=204,
          problems=(413,)),
    Route("GET", "/api/city/devices", all_devices, CITY_UP,
          "Devices of the caller's halls that need somebody, and how many there are",
          answer=CityDevices,
          query={"all": ("^1?$", "1 for every device"), **LANGUAGE}),
    Route("GET", "/api/city/report", report, CITY_UP, "Figures of a period over the caller's halls",
          answer=CityReport, query=SPAN),
    Route("GET", "/api/city/satisfaction", satisfaction, CITY_UP,
          "The satisfaction index by agency over the caller's halls", answer=CitySatisfaction,
          query=SPAN),
    Route("GET", "/api/city/tickets", tickets, CITY_UP, "Find a number in the caller's halls",
          answer=FoundTickets,
          query={"label": (LABEL, "the number as it stands on the paper"),
                 "day": (DAY, "business day, default each hall's present one"), **LANGUAGE}),
]  # fmt: skip
