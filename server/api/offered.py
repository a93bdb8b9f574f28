"""Owns the calls by which an office looks at what the city prepared for it, or puts it aside."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import msgspec
from aiohttp import web

from server.api.people import may_help
from server.api.requests import Request
from server.api.routing import Call, Route
from server.api.settings import SettingProblem, setting_problem
from server.city import package
from server.city.package import Invitee, people_of
from server.domain.day import iso
from server.domain.roles import MANAGER_UP
from server.domain.words import marked as _
from server.editing import prepared, saving
from server.editing.told import told, told_one
from server.storage.queries import prepared as kept
from server.storage.transaction import SqliteTx


class OfferedPerson(Invitee, frozen=True):
    """Somebody to be invited; ``mine``: by who asks, else by an administrator."""

    mine: bool


class Offered(msgspec.Struct, frozen=True):
    """What the city prepared for this office and is not so yet.

    Attributes:
        version: counts its changes; 0: nothing is prepared, or all of it is in force.
        settings: JSON text, made from version ``base``; "" for none.
        changes: what they would change now, a sentence each; conflicts: what this office has
            otherwise since.
        problems: why they cannot be taken as they are.
        people: who shall be invited and has no log-in here.
        aside: somebody here put it aside.
    """

    version: int
    at: str | None
    name: str
    base: int
    settings: str
    changes: list[str]
    conflicts: list[str]
    problems: list[SettingProblem]
    people: list[OfferedPerson]
    aside: bool


class PutAside(Request, frozen=True):
    """The version that is put aside."""

    version: Annotated[int, msgspec.Meta(ge=1, lt=2**53)]


NOTHING = Offered(0, None, "", 0, "", [], [], [], [], aside=False)


async def look(call: Call) -> Offered:
    """Return what the city prepared, as far as it is not in force; ``version`` 0 for nothing."""
    say = partial(call.hall.translate, call.language)

    def query(tx: SqliteTx) -> Offered:
        one = kept.get(tx.aside, tx.branch)
        invited = package.invited(tx.aside, tx.branch)
        people = [
            OfferedPerson(
                each.login, each.name, each.role, mine=may_help(call.who.actor, "", each.role)
            )
            for each in people_of(one.people) if each.login not in invited
        ]  # fmt: skip
        settings, changes, problems, conflicts = "", [], [], []
        if one.settings and prepared.open_(tx.aside, tx.branch, one):
            both = prepared.together(tx.aside, tx.branch, one)
            settings = saving.as_text(saving.spelled_out(one.settings))
            problems = [setting_problem(each, say) for each in saving.problems(both.settings)]
            now = saving.full(tx.office)
            if not problems:
                changes = told(now, both.settings, say, call.language)
            conflicts = [
                say(_("{mine}. Here it is so: {theirs}"),
                    mine=told_one(mine, now, both.settings, say, call.language),
                    theirs=told_one(theirs, both.settings, now, say, call.language))
                for mine, theirs in both.conflicts
            ]  # fmt: skip
        if not (settings or people):
            return NOTHING
        return Offered(
            one.version, iso(one.at, tx.office.zone), one.name,
            prepared.known_base(tx.aside, tx.branch, one.base), settings, changes,
            conflicts, problems,
            people, aside=one.put_aside == one.version,
        )  # fmt: skip

    return await call.read(query)


async def put_aside(call: Call) -> web.Response:
    """Let what is prepared rest until the city changes it; the city sees that."""
    version: int = call.body.version
    return await call.do(lambda tx: package.put_aside(tx, version))


ROUTES = [
    Route("GET", "/api/settings/prepared", look, MANAGER_UP,
          "What the city prepared for this office", answer=Offered),
    Route("POST", "/api/settings/prepared/aside", put_aside, MANAGER_UP,
          "Put aside what the city prepared", body=PutAside, status=204,
          idempotent=True),
]  # fmt: skip
