"""Owns the calls about the draft of the settings: what a person typed and did not save.

A draft is one's own, but its person may have two windows open, or share a log-in. So what is kept
says which draft it goes on from, and one that came from elsewhere meanwhile is not overwritten.
"""

from __future__ import annotations

import hashlib
from typing import Annotated

import msgspec
from aiohttp import web

from server.api.bodies import MOST_SETTINGS
from server.api.requests import Request
from server.api.routing import Call, Route
from server.domain.day import iso
from server.domain.errors import Conflict
from server.domain.roles import MANAGER_UP
from server.domain.texts import END
from server.editing import saving
from server.storage.queries import plans
from server.storage.transaction import SqliteTx

SettingsJson = Annotated[str, msgspec.Meta(min_length=2, max_length=saving.MOST_LETTERS)]
MARK = rf"^[0-9a-f]{{0,16}}{END}"
Seen = Annotated[str, msgspec.Meta(pattern=MARK)] | None
"""The mark of the draft that a page knows; empty for none. Without it, any draft gives way."""


class CheckSettings(Request, frozen=True):
    """Settings as JSON text, and the version that they were made from."""

    settings: SettingsJson
    base: Annotated[int, msgspec.Meta(ge=1, lt=100_000)]


class KeepSettings(CheckSettings, frozen=True):
    """As for a check; with ``seen`` a draft of another mark is not overwritten."""

    seen: Seen = None


class DraftKept(msgspec.Struct, frozen=True):
    """The mark of the draft that is kept now, to be sent with the next one as ``seen``."""

    mark: str


class Draft(msgspec.Struct, frozen=True):
    """What a person typed and did not save: settings as JSON text, their base, mark and time."""

    settings: str = ""
    base: int = 0
    mark: str = ""
    at: str | None = None


def mine(call: Call, tx: SqliteTx) -> Draft:
    """Return the caller's own draft; all empty for none."""
    kept = plans.get(tx.aside, tx.branch, key_of(call))
    if kept is None:
        return Draft()
    at = iso(kept.made_at, tx.office.zone)
    return Draft(kept.settings, kept.base, _mark(kept.base, kept.settings), at)


def key_of(call: Call) -> str:
    """Return what the caller's draft is kept under."""
    return saving.draft_key(call.who.branch, call.who.actor.id)


def _mark(base: int, settings: str) -> str:
    return hashlib.sha256(f"{base} {settings}".encode()).hexdigest()[:16]


def forget(tx: SqliteTx, key: str, seen: str | None) -> bool:
    """Forget a draft, but no other than the one that was seen; return whether it is gone."""
    kept = plans.get(tx.aside, tx.branch, key)
    if kept is None or (seen is not None and _mark(kept.base, kept.settings) != seen):
        return kept is None
    return plans.drop(tx.aside, tx.branch, key)


def _elsewhere() -> Conflict:
    return Conflict(
        "With your log-in something else was typed meanwhile, in another window or on another "
        "device. It was not overwritten: please look at both.",
        slug="draft-changed", field="seen",
    )  # fmt: skip


async def keep(call: Call) -> web.Response:
    """Keep what one typed and did not save yet; for oneself alone, right or wrong."""
    body: KeepSettings = call.body
    saving.parsed(body.settings)
    key, mark = key_of(call), _mark(body.base, body.settings)

    def command(tx: SqliteTx) -> DraftKept:
        kept = plans.get(tx.aside, tx.branch, key)
        # the same again is no other draft: the answer to it was lost
        if (
            kept is not None
            and body.seen is not None
            and _mark(kept.base, kept.settings) not in {body.seen, mark}
        ):
            raise _elsewhere()
        plans.put(tx.aside, plan(tx, key, "draft", body.base, body.settings))
        return DraftKept(mark)

    return await call.do(command)


def plan(
    tx: SqliteTx, key: str, kind: str, base: int, settings: str, due: int | None = None
) -> plans.Plan:
    """Return settings of the caller that are not in force."""
    who = tx.actor
    return plans.Plan(key, tx.branch, kind, base, settings, due, who.id, who.role, who.name, tx.now)


async def drop(call: Call) -> web.Response:
    """Forget what one typed and did not save."""
    key, seen = key_of(call), call.request.query.get("seen")

    def command(tx: SqliteTx) -> None:
        if not forget(tx, key, seen):
            raise _elsewhere()

    return await call.do(command)


ROUTES = [
    Route("POST", "/api/settings/draft", keep, MANAGER_UP,
          "Keep an own draft; one that another window kept meanwhile is not overwritten",
          answer=DraftKept, body=KeepSettings, idempotent=True, most=MOST_SETTINGS),
    Route("DELETE", "/api/settings/draft", drop, MANAGER_UP, "Forget the own draft",
          status=204, idempotent=True,
          query={"seen": (MARK, "forget only the draft of this mark; default any")}),
]  # fmt: skip
