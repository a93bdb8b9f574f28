"""Owns the calls by which the city says which version halls may take, a few first, then others."""

from __future__ import annotations

import sqlite3
from typing import Annotated

import msgspec

from server.api.prepared import MOST_HALLS, branch_of
from server.api.requests import Request
from server.api.routing import Call, Route
from server.city import releases
from server.city.releases import Version
from server.domain.day import iso
from server.domain.names import reading_order
from server.domain.roles import CITY
from server.domain.texts import Code
from server.domain.versions import numbers
from server.storage.queries import boxes, offices
from server.storage.queries import releases as kept

SAYS = frozenset({CITY})


class GiveVersion(Request, frozen=True):
    """The version that halls may take; "" takes that back."""

    version: Version
    halls: Annotated[list[Code], msgspec.Meta(min_length=1, max_length=MOST_HALLS)]


class HallVersion(msgspec.Struct, frozen=True):
    """What program a hall's own server runs, and which it may take.

    Attributes:
        has: "" until it came for the first time.
        may: "" where nothing was said, or it was taken back. by, since: who said so, and when.
        took_at: when it first came with that one. failed: that one did not work there.
    """

    code: str
    title: str
    has: str
    may: str
    by: str
    since: str | None
    took_at: str | None
    failed: bool


class HallVersions(msgspec.Struct, frozen=True):
    """Halls with a server of their own, by name; ``version`` is the city's own program's."""

    version: str
    halls: list[HallVersion]


async def every(call: Call) -> HallVersions:
    """Return what each hall's own server has and may take."""

    def query(db: sqlite3.Connection) -> list[HallVersion]:
        names = {branch: office.name for branch, _, office in offices.halls(db)}
        found = []
        for each in boxes.boxes(db):
            may = kept.get(db, each.branch)
            found.append(HallVersion(
                each.code, names.get(each.branch, each.code), each.version, may.version, may.name,
                iso(may.at) if may.at else None,
                None if may.took_at is None else iso(may.took_at),
                bool(may.version) and numbers(may.failed) == numbers(may.version),
            ))  # fmt: skip
        return sorted(found, key=lambda hall: (reading_order(hall.title), hall.code))

    return HallVersions(call.hall.version, await call.hall.store.study(query))


async def give(call: Call) -> HallVersions:
    """Let halls take a version, or none any more; return how all stand then."""
    body: GiveVersion = call.body
    store, codes = call.hall.store, dict.fromkeys(body.halls)

    def query(db: sqlite3.Connection) -> list[int]:
        return [branch_of(db, code) for code in codes]

    for branch in await store.read(query):
        await store.transact(
            branch, call.who.actor, lambda tx: releases.give(tx, body.version)
        )  # fmt: skip
    return await every(call)


ROUTES = [
    Route("GET", "/api/city/versions", every, SAYS,
          "What program each hall's own server runs, and which it may take", answer=HallVersions),
    Route("POST", "/api/city/versions", give, SAYS,
          "Let halls take a version of the program, or none any more", answer=HallVersions,
          body=GiveVersion, problems=(404,)),
]  # fmt: skip
