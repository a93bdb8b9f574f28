"""Owns the calls about people's data: the inventory, one visit's data, and forgetting it."""

from __future__ import annotations

import re
from functools import partial
from typing import Annotated

import msgspec
from aiohttp import web

from server.api.requests import Request
from server.api.routing import Call, Route
from server.api.spans import asked_day
from server.domain.errors import Invalid
from server.domain.roles import MANAGER_UP
from server.domain.texts import DAY, END
from server.privacy import visits
from server.privacy.inventory import KINDS, values
from server.storage.queries.privacy import Cell

LABEL = f"^[A-Za-z0-9-]{{1,12}}{END}"


class DataKind(msgspec.Struct, frozen=True):
    """A kind of data. ``about``: visitors, staff or nobody. ``columns``: as ``table.column``."""

    key: str
    about: str
    what: str
    why: str
    kept: str
    columns: list[str]


class Inventory(msgspec.Struct, frozen=True):
    """All that is kept, in words of the language asked for."""

    kinds: list[DataKind]


class VisitData(msgspec.Struct, frozen=True):
    """All that is kept of a number: rows by table, as they are; ``data`` of events is JSON."""

    day: str
    label: str
    rows: dict[str, list[dict[str, Cell]]]


class ForgetVisit(Request, frozen=True):
    """Which number's words are to be forgotten."""

    day: Annotated[str, msgspec.Meta(pattern=DAY)]
    label: Annotated[str, msgspec.Meta(pattern=LABEL)]


class Forgotten(msgspec.Struct, frozen=True):
    """How many notes of colleagues and words of the visitor were erased."""

    notes: int
    words: int


async def inventory(call: Call) -> Inventory:
    """Return what is kept, of whom, why and how long."""
    say = partial(call.hall.translate, call.language)
    filled = await call.read(lambda tx: values(tx.office))
    return Inventory([
        DataKind(
            each.key, each.about, say(each.what), say(each.why), say(each.kept, **filled),
            [f"{table}.{name}" for table, names in each.columns.items() for name in names.split()],
        )
        for each in KINDS
    ])  # fmt: skip


async def visit(call: Call) -> web.Response:
    """Return all that is kept of one number, as a file."""
    day = asked_day(call.request.query.get("day", ""), "day")
    label = call.request.query.get("label", "")
    if not re.fullmatch(LABEL, label):
        raise Invalid("Give the number as it stands on the paper.", field="label")
    rows = await call.study(lambda tx: visits.everything_of(tx, day, label))
    await call.note("visit_taken", label=label, day=day)
    name = f'attachment; filename="ramah-{day}-{label}.json"'
    return web.Response(
        body=msgspec.json.format(msgspec.json.encode(VisitData(day, label, rows))),
        content_type="application/json", charset="utf-8", headers={"Content-Disposition": name},
    )  # fmt: skip


async def forget(call: Call) -> web.Response:
    """Erase the words of and about one visit."""
    body: ForgetVisit = call.body
    day = asked_day(body.day, "day")
    return await call.do(lambda tx: Forgotten(*visits.forget(tx, day, body.label)))


ROUTES = [
    Route(
        "GET", "/api/privacy", inventory, MANAGER_UP, "What is kept, of whom, why and how long",
        answer=Inventory,
    ),
    Route(
        "GET", "/api/privacy/visit", visit, MANAGER_UP, "All that is kept of one number",
        answer=VisitData,
        query={"day": (DAY, "the business day"), "label": (LABEL, "the number on the paper")},
    ),
    Route(
        "POST", "/api/privacy/forget", forget, MANAGER_UP,
        "Erase the words of and about one visit; the figures stay", answer=Forgotten,
        body=ForgetVisit, idempotent=True,
    ),
]  # fmt: skip
