"""Owns the calls about backups: when the last ones were made, how it went, and one now."""

from __future__ import annotations

from functools import partial

import msgspec
from aiohttp import web

from server.alarms import BACKUP_HOURS, backup_age
from server.api.requests import NoBody
from server.api.routing import Call, Route
from server.auth.access import ADMIN, MANAGER_UP
from server.domain.day import iso
from server.domain.errors import NotFound
from server.storage.queries import backups as kept
from server.storage.transaction import SqliteTx


class BackupMade(msgspec.Struct, frozen=True):
    """What came of a backup; ``error`` says why there is none, else it was restored to check it."""

    at: str
    file: str
    bytes: int
    took_ms: int
    error: str


class Backups(msgspec.Struct, frozen=True):
    """Backups of the whole server.

    Attributes:
        planned: one is made every day. at: when, on the office's clock. folder: where to.
        keep: so many stay. sealed: they are encrypted. asked: one is being made.
        age_hours: of the last good one, ``null`` for none. late: it is older than it should be.
    """

    planned: bool
    at: str
    folder: str
    keep: int
    sealed: bool
    asked: bool
    age_hours: int | None
    late: bool
    made: list[BackupMade]


async def backups(call: Call) -> Backups:
    """Return how backups stand."""
    return await call.read(partial(_now, call))


def _now(call: Call, tx: SqliteTx) -> Backups:
    plan = kept.plan(tx.db)
    made = [
        BackupMade(
            iso(each.at, tx.office.zone),
            each.file,
            each.bytes,
            each.took_ms,
            call.hall.translate(call.language, each.error) if each.error else "",
        )
        for each in kept.made(tx.db)
    ]
    age = backup_age(tx)
    good = kept.last_good(tx.db)
    hours = None if good is None else (tx.now - good.at) // 3_600_000
    if plan is None:
        return Backups(False, "", "", 0, False, False, hours, False, made)  # noqa: FBT003
    return Backups(
        planned=True, at=plan.at, folder=plan.folder, keep=plan.keep, sealed=bool(plan.public),
        asked=bool(plan.asked), age_hours=hours, late=age is not None and age > BACKUP_HOURS,
        made=made,
    )  # fmt: skip


async def ask(call: Call) -> web.Response:
    """Want a backup now; it begins within seconds."""

    def want(tx: SqliteTx) -> Backups:
        if not kept.ask(tx.aside):
            raise NotFound("No backups are planned yet.", slug="no-plan")
        return _now(call, tx)

    return await call.do(want)


ROUTES = [
    Route(
        "GET", "/api/backups", backups, MANAGER_UP, "How old the last backup is, and how it went",
        answer=Backups,
    ),
    Route(
        "POST", "/api/backups", ask, frozenset({ADMIN}), "Make a backup now", answer=Backups,
        body=NoBody, idempotent=True,
    ),
]  # fmt: skip
