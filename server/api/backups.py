"""Owns the calls about backups: how the last ones went, one now, and the plan for them."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from typing import Annotated

import msgspec
from aiohttp import web

from server.alarms import BACKUP_HOURS, backup_age
from server.api.problems import not_valid
from server.api.proving import check_password
from server.api.requests import NoBody, Password, Request
from server.api.routing import Call, Route
from server.backups import sealing
from server.backups.buckets import Bucket, read
from server.backups.planning import MOST_KEPT, Wanted, known_secret, look, put, same_disk
from server.domain.day import iso
from server.domain.errors import NotFound, Refused
from server.domain.errors import Phrase as say  # noqa: N813 - marks the sentence for the catalogs
from server.domain.roles import ADMIN, MANAGER_UP
from server.domain.texts import CLOCK, PRINTABLE
from server.domain.words import marked as _
from server.storage.queries import backups as kept
from server.storage.queries.offices import branches
from server.storage.transaction import SqliteTx

LOOK_S = 1.0
CANNOT = _("The server may not write to this folder.")


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
        bucket: the place in a store, told to administrators who may plan; ``null`` for a folder.
        key: what they are encrypted for. several: offices share this server, so that its backups
            are planned on the command line only. same_disk: the folder is on the disk of the
            data, which takes both along when it breaks; ``null`` where nobody looked.
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
    bucket: Bucket | None
    key: str
    several: bool
    same_disk: bool | None = None


class PlanBackups(Request, frozen=True):
    """A plan for backups of every day: to a folder of the server, or to a store that speaks S3.

    Attributes:
        password: the own one, once more.
        key: public half of a key to encrypt them for; empty for none.
        secret: of the store's access key; empty for the one of the present plan.
    """

    password: Password
    at: Annotated[str, msgspec.Meta(pattern=CLOCK)]
    keep: Annotated[int, msgspec.Meta(ge=1, le=MOST_KEPT)]
    key: Annotated[str, msgspec.Meta(max_length=200, pattern=PRINTABLE)] = ""
    folder: Annotated[str, msgspec.Meta(max_length=500, pattern=PRINTABLE)] = ""
    bucket: Bucket | None = None
    secret: Annotated[str, msgspec.Meta(max_length=500, pattern=PRINTABLE)] = ""


class BackupKey(msgspec.Struct, frozen=True):
    """A new key: its secret half is told this once and kept nowhere here."""

    secret: str
    public: str


async def backups(call: Call) -> Backups:
    """Return how backups stand."""
    told = await call.read(partial(_now, call))
    if not told.planned:
        return told
    same: bool | None = None
    with suppress(TimeoutError):  # a share that hangs keeps nobody who reads this
        async with asyncio.timeout(LOOK_S):
            same = await asyncio.to_thread(same_disk, told.folder, call.hall.vault.folder)
    return msgspec.structs.replace(told, same_disk=same)


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
    several = _several(tx)
    if plan is None:
        return Backups(False, "", "", 0, False, False, hours, False, made, None, "", several)  # noqa: FBT003
    told = plan.bucket and tx.actor.role == ADMIN and not several
    return Backups(
        planned=True, at=plan.at, folder=plan.folder, keep=plan.keep, sealed=bool(plan.public),
        asked=bool(plan.asked), age_hours=hours, late=age is not None and age > BACKUP_HOURS,
        made=made, bucket=read(plan.bucket) if told else None, key=plan.public, several=several,
    )  # fmt: skip


def _several(tx: SqliteTx) -> bool:
    return len(branches(tx.db)) > 1


async def ask(call: Call) -> web.Response:
    """Want a backup now; it begins within seconds."""

    def want(tx: SqliteTx) -> Backups:
        if not kept.ask(tx.aside):
            raise NotFound("No backups are planned yet.", slug="no-plan")
        return _now(call, tx)

    return await call.do(want)


async def plan(call: Call) -> Backups:
    """Make backups every day from now on; the place is tried first.

    Raises:
        Refused: others share this server. DomainError: the place cannot be used; says why.
    """
    await check_password(call, call.body.password)
    asked: PlanBackups = call.body
    if (asked.bucket is None) == (not asked.folder):
        raise not_valid("folder", say("name a folder, or a place in a store"))
    secret = asked.secret
    if asked.bucket is not None and not secret:
        bucket = asked.bucket
        secret = await call.read(lambda tx: known_secret(tx.db, call.hall.vault, bucket))
    wanted = Wanted(asked.at, asked.keep, asked.key, asked.folder, asked.bucket, secret)
    await call.read(_alone)
    try:
        await asyncio.to_thread(look, wanted, call.hall.vault.folder)
    except OSError as trouble:
        raise Refused(CANNOT, field="folder") from trouble

    def command(tx: SqliteTx) -> Backups:
        _alone(tx)
        put(tx.aside, call.hall.vault, wanted, tx.now)
        tx.note("backups_planned", at=asked.at)
        return _now(call, tx)

    return await call.hall.store.transact(call.who.branch, call.who.actor, command)


async def end(call: Call) -> web.Response:
    """Make no more; the files stay."""

    def command(tx: SqliteTx) -> Backups:
        _alone(tx)
        if kept.plan(tx.aside) is not None:
            kept.end_plan(tx.aside)
            tx.note("backups_ended")
        return _now(call, tx)

    return await call.do(command)


async def key(_call: Call) -> BackupKey:
    """Make a key for encrypted backups."""
    return BackupKey(*sealing.new_key())


def _alone(tx: SqliteTx) -> None:
    """See to it that the backups are of who asks.

    Raises:
        Refused: there are others' halls in them.
    """
    if _several(tx):
        raise Refused(
            "Several offices share this server: its backups are planned on the command line, with "
            "ramah backups.",
            slug="shared-server",
        )


ROUTES = [
    Route(
        "GET", "/api/backups", backups, MANAGER_UP, "How old the last backup is, and how it went",
        answer=Backups,
    ),
    Route(
        "POST", "/api/backups", ask, frozenset({ADMIN}), "Make a backup now", answer=Backups,
        body=NoBody, idempotent=True,
    ),
    Route(
        "POST", "/api/backups/plan", plan, frozenset({ADMIN}),
        "Make a backup every day, in a folder or in a store that speaks S3", answer=Backups,
        body=PlanBackups, problems=(403, 404, 409, 422, 429),
    ),
    Route(
        "POST", "/api/backups/end", end, frozenset({ADMIN}), "Make no more backups",
        answer=Backups, body=NoBody, idempotent=True,
    ),
    Route(
        "POST", "/api/backups/key", key, frozenset({ADMIN}),
        "Make a key for encrypted backups; its secret half is told this once", answer=BackupKey,
        body=NoBody,
    ),
]  # fmt: skip
