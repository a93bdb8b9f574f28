"""Owns the calls about devices: kiosks and displays join by a code, or by the picture of one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal

import msgspec
from aiohttp import web

from server.api.qr import link_picture
from server.api.requests import Request
from server.api.routing import Call, Route
from server.auth import registry
from server.branches import change
from server.domain.calendar_days import SpecialDays
from server.domain.day import local
from server.domain.hours import Period
from server.domain.issuing import service_status
from server.domain.roles import MANAGER_UP
from server.domain.texts import SAID
from server.domain.words import marked as _
from server.storage.queries import setup
from server.storage.transaction import SqliteTx

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=SAID)]


class InviteDevice(Request, frozen=True):
    """What is to join, and what people will call it."""

    role: Literal["kiosk", "display"]
    name: Name


class OpenToday(Request, frozen=True):
    """Open for the rest of this day; it changes the settings, so it is said on purpose."""

    sure: Literal[True]


class DeviceInvited(msgspec.Struct, frozen=True):
    """A code for one device.

    Attributes:
        code: to be typed on the device's page.
        path: the page that joins by itself when it is opened on the device.
        url: the same as an address for other machines of the network.
        picture: ``url`` as a QR code, a ``data:`` address; "" where no phone can open it.
        minutes: how long all of them work.
    """

    code: str
    path: str
    url: str
    picture: str
    minutes: int


class FirstSteps(msgspec.Struct, frozen=True):
    """What a new office has done so far on its way to the first call that is heard.

    Attributes:
        open: some service gives numbers now; else ``opens`` is when the first will, if known.
        roll: numbers hang on a paper roll, there is no kiosk.
    """

    kiosks: int
    displays: int
    issued: bool
    called: bool
    heard: bool
    open: bool
    opens: str
    roll: bool


async def invite(call: Call) -> web.Response:
    """Make a code for a new device. What is behind ``#`` is never sent, so no log has it."""
    body: InviteDevice = call.body

    def command(tx: SqliteTx) -> DeviceInvited:
        code = registry.create_code(tx.aside, tx.branch, body.role, body.name, tx.now)
        tx.note("code_made", name=body.name, role=body.role)
        path = f"/{body.role}#{code}"
        url = (tx.office.public_url or call.hall.public_url) + path
        return DeviceInvited(code, path, url, link_picture(url), registry.CODE_MINUTES)

    return await call.do(command)


async def first_steps(call: Call) -> FirstSteps:
    """Tell how far a new office is."""

    def query(tx: SqliteTx) -> FirstSteps:
        done = setup.steps(tx.db, tx.branch)
        now = [service_status(tx, each) for each in tx.office.services]
        nexts = [each.next_opening for each in now if each.next_opening is not None]
        return FirstSteps(
            done.kiosks, done.displays, bool(done.issued), bool(done.called), bool(done.heard),
            any(each.tickets for each in now), min(nexts).isoformat() if nexts else "",
            tx.office.rules.numbers == "roll",
        )  # fmt: skip

    return await call.read(query)


def _without(days: list[SpecialDays], today: date) -> list[SpecialDays]:
    """Return special days without today: what begins with it begins later, if it goes on.

    That is tomorrow, or after the days that others begin on: those count there anyway.
    """
    kept = []
    for each in days:
        begins = today
        while begins.isoformat() == each.first or (
            begins > today and any(_begins(other, begins, each) for other in days)
        ):
            begins += timedelta(days=1)
        if begins == today:
            kept.append(each)
        elif each.last >= begins.isoformat():
            kept.append(msgspec.structs.replace(each, first=begins.isoformat()))
    return kept


def _begins(other: SpecialDays, day: date, each: SpecialDays) -> bool:
    """Whether other special days of the same services begin on a day."""
    same = not (other.services and each.services and {*other.services}.isdisjoint(each.services))
    return other is not each and same and other.first == day.isoformat()


async def open_today(call: Call) -> web.Response:
    """Open every service for the rest of this day, to try the hall outside its hours."""

    def command(tx: SqliteTx) -> None:
        today = local(tx.now, tx.office.zone).date()
        any_hour = Period([today.isoweekday()], "00:00", "24:00")
        names = {each: call.hall.translate(each, _("Try-out")) for each in tx.office.languages}
        day = SpecialDays(today.isoformat(), names=names, periods=[any_hour])
        others = _without(tx.office.special_days, today)
        change(tx, msgspec.structs.replace(tx.office, special_days=[*others, day]))

    return await call.do(command)


ROUTES = [
    Route("POST", "/api/devices/code", invite, MANAGER_UP, "A code for a new kiosk or display",
          answer=DeviceInvited, body=InviteDevice, status=201),
    Route("GET", "/api/devices/first-steps", first_steps, MANAGER_UP,
          "How far a new office is on its way to the first call that is heard", answer=FirstSteps),
    Route("POST", "/api/devices/open-today", open_today, MANAGER_UP,
          "Open every service for the rest of the day, to try the hall outside its hours",
          body=OpenToday,
          status=204, idempotent=True),
]  # fmt: skip
