"""Owns what watches the server: liveness, readiness, metrics."""

from __future__ import annotations

import asyncio
from importlib import import_module

import msgspec
from aiohttp import web

from server.api.problems import Rejected
from server.api.routing import Call, Route
from server.auth.doorway import DOORWAY
from server.domain.roles import CITY, MANAGER_UP
from server.domain.tx import Actor
from server.domain.words import marked as _
from server.storage.queries import offices
from server.storage.store import Busy, Unavailable

PROBE = Actor("probe", "system")


class HealthAnswer(msgspec.Struct, frozen=True):
    """``ok`` when the server lives; readiness also checks that the store can be written."""

    status: str
    version: str


async def alive(call: Call) -> HealthAnswer:
    """Answer that the process lives."""
    return HealthAnswer("ok", call.hall.version)


async def ready(call: Call) -> HealthAnswer:
    """Answer that an office can be served: the store was written to, nothing keeps failing."""
    try:
        await call.hall.store.probe()
    except (Busy, Unavailable):
        raise Rejected(
            503,
            "unavailable",
            _("The server cannot write now. Please call the technician."),
            retry_after=5,
        ) from None
    if call.hall.no_office():
        raise Rejected(
            503,
            "no-office",
            _("There is no office yet. Add one with: ramah branch add office.toml"),
            retry_after=1,
        )
    failing = call.hall.failing()
    if failing:
        raise Rejected(
            503,
            "failing",
            _("Something keeps failing: {what}. Please call the technician; the log says why."),
            retry_after=5,
            what=", ".join(failing),
        )
    return HealthAnswer("ready", call.hall.version)


async def metrics(call: Call) -> web.Response:
    """Return the figures for Prometheus: all to this machine and the city's key, else an office's.

    A manager's key opens those of its own office.
    """
    # few offices have somebody who asks, and loading it takes the time of some calls
    await asyncio.to_thread(import_module, "server.api.exposition")
    from server.api import exposition  # noqa: PLC0415

    code = None
    if not call.request.app[DOORWAY].from_this_machine(call.request):
        who = await call.hall.access.require(call.request, MANAGER_UP | {CITY})
        if who.actor.role != CITY:
            code = await call.hall.store.read(lambda db: offices.branch(db, who.branch).code)
    await call.hall.metrics.look()
    return web.Response(
        body=exposition.told(call.hall.metrics, code),
        headers={"Content-Type": exposition.CONTENT_TYPE},
    )


ROUTES = [
    Route("GET", "/healthz", alive, frozenset(), "The process lives", answer=HealthAnswer),
    Route("GET", "/readyz", ready, frozenset(), "The store can be written", answer=HealthAnswer),
    Route(
        "GET", "/metrics", metrics, frozenset(),
        "Prometheus metrics, from this machine itself or with the city's token; an office's with "
        "its manager's token",
        answer=bytes, media="text/plain", problems=(401, 403),
    ),
]  # fmt: skip
