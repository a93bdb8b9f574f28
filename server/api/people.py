"""Owns the calls about persons: who serves here, and one person's figures (looks are noted)."""

from __future__ import annotations

from functools import partial

import msgspec
from aiohttp import web

from server.api.json_answer import JsonAnswer
from server.api.requests import SeePerson
from server.api.routing import Call, Route
from server.api.spans import asked_day, check_span
from server.auth.access import MANAGER_UP, STAFF_UP
from server.domain.errors import Refused
from server.domain.events import FiguresSeen
from server.reports.figures import PersonFigures, StaffPeople, StaffPerson
from server.reports.person import MAX_DAYS, figures_of
from server.storage.queries.people import colleagues
from server.storage.transaction import SqliteTx


async def people(call: Call) -> StaffPeople:
    """Return the people of the branch, by name."""

    def read(tx: SqliteTx) -> StaffPeople:
        return StaffPeople([StaffPerson(*each) for each in colleagues(tx.db, tx.branch)])

    return await call.read(read)


async def person(call: Call) -> web.StreamResponse:
    """Write the look down, then answer with one person's figures.

    Staff see their own only. A token is no person and sees nobody's.

    Raises:
        Refused: the figures are another person's, and the role may not see them.
    """
    asked: SeePerson = call.body
    actor = call.who.actor
    own = actor.id.removeprefix("user:") if actor.person else None
    wanted = asked.person or own
    if not actor.person or (wanted != own and actor.role not in MANAGER_UP):
        raise Refused(
            "These figures are for the person they are about, and for the manager.",
            slug="not-allowed",
            field="person",
        )
    last = asked_day(asked.last, "first")
    check_span(asked_day(asked.first, "first"), last, "last", MAX_DAYS)
    look = partial(figures_of, person=wanted or "", first=asked.first, last=asked.last)
    await call.study(look)  # nobody of that name: nothing is written down
    seen = FiguresSeen(person=wanted or "", first=asked.first, last=asked.last)
    await call.do(partial(_note, seen=seen))
    found = await call.study(look)
    return JsonAnswer(200, msgspec.json.encode(found))


def _note(tx: SqliteTx, seen: FiguresSeen) -> None:
    tx.append(seen)


ROUTES = [
    Route("GET", "/api/people", people, MANAGER_UP, "Who serves here", answer=StaffPeople),
    Route(
        "POST", "/api/reports/person", person, STAFF_UP,
        "One person's figures; each look is written to the log", body=SeePerson,
        answer=PersonFigures, idempotent=True, problems=(500,),
    ),
]  # fmt: skip
