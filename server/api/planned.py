"""Owns the calls about settings that begin at a moment: looked at, taken up again, taken back."""

from __future__ import annotations

from functools import partial

import msgspec
from aiohttp import web

from server.api.routing import Call, Route
from server.domain.day import iso
from server.domain.errors import NotFound
from server.domain.roles import MANAGER_UP
from server.editing import saving
from server.editing.told import told
from server.storage.queries import plans
from server.storage.transaction import SqliteTx


class PlannedSettings(msgspec.Struct, frozen=True):
    """Settings that begin at a moment; ``trouble`` says why they did not.

    Attributes:
        follows: of what takes an earlier change back at its end, that change's id.
        waits: that change is not in force yet, so this has nothing to take back.
    """

    id: str
    at: str
    name: str
    changes: list[str]
    trouble: str
    follows: str
    waits: bool


class SomeSettings(msgspec.Struct, frozen=True):
    """Settings of a version, or of a file: JSON text and the version they were made from."""

    settings: str
    base: int


def planned(call: Call, tx: SqliteTx) -> list[PlannedSettings]:
    """Return the changes that are planned, in words of the caller's language."""
    say = partial(call.hall.translate, call.language)
    found = []
    later = {each.id: each for each in plans.planned(tx.aside, tx.branch)}
    for each in later.values():
        first = later.get(each.follows)
        made = each if first is None else first
        base = saving.at_version(tx.aside, tx.branch, made.base)
        then = saving.parsed(made.settings)
        old, new = (base, then) if first is None else (then, base)
        changes = told(old, new, say, call.language)
        trouble = ""
        if each.trouble:
            why = msgspec.json.decode(each.trouble)
            trouble = say(why["message"], **why["params"])
        at = iso(each.due_at or 0, tx.office.zone)
        found.append(
            PlannedSettings(
                each.id, at, each.name, changes, trouble, each.follows, first is not None
            )
        )
    return found


async def look(call: Call) -> SomeSettings:
    """Return the settings of a planned change, to be corrected and planned anew."""
    key = call.path("change")

    def query(tx: SqliteTx) -> SomeSettings:
        plan = _plan(tx, key)
        return SomeSettings(plan.settings, plan.base)

    return await call.read(query)


def _plan(tx: SqliteTx, key: str) -> plans.Plan:
    """Return a planned change; what somebody typed and did not save is none.

    Raises:
        NotFound: it was taken back, or is in force.
    """
    plan = plans.get(tx.aside, tx.branch, key)
    if plan is None or plan.kind != "planned":
        raise NotFound("This change is not planned any more.", field="change")
    return plan


async def drop(call: Call) -> web.Response:
    """Take a planned change back, and with it the end that it was to have."""
    key = call.path("change")

    def command(tx: SqliteTx) -> None:
        plans.drop(tx.aside, tx.branch, _plan(tx, key).id)
        plans.drop(tx.aside, tx.branch, plans.end_of(tx.aside, tx.branch, key))
        tx.note("settings_unplanned")

    return await call.do(command)


ROUTES = [
    Route("GET", "/api/settings/planned/{change}", look, MANAGER_UP,
          "The settings of a planned change", answer=SomeSettings),
    Route("DELETE", "/api/settings/planned/{change}", drop, MANAGER_UP,
          "Take a planned change back, with its end", status=204, idempotent=True),
]  # fmt: skip
