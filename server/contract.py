"""Owns the contract: every call of the API, and the document and page that describe them."""

from __future__ import annotations

from functools import cache

import msgspec
from aiohttp import web as http

import web.pages
from server.api import (
    advice,
    agent,
    alarms,
    asking,
    assistance,
    backups,
    calendar,
    city,
    clock,
    comfort,
    comfort_hall,
    counters,
    deeds,
    desk,
    devices,
    drafts,
    equipment,
    estimates,
    factor,
    feedback,
    fleet,
    forecast,
    health,
    invitations,
    locking,
    log,
    logins,
    newhall,
    offered,
    officers,
    oidc,
    passkeys,
    people,
    planned,
    prepared,
    printers,
    privacy,
    queue,
    quickword,
    readers,
    reception,
    reports,
    results,
    rota,
    rotaback,
    rotafiles,
    sessions,
    settings,
    setup,
    survey,
    swaps,
    tickets,
    tls,
    versions,
    waits,
    wishes,
)
from server.api.json_answer import JSON
from server.api.openapi import document
from server.api.reading import groups
from server.api.routing import Call, Route
from server.lobby import api as lobby
from server.lobby.voice import fromcity
from server.lobby.voice import routes as voice
from web.files import File
from web.pages import text_answer


async def openapi(call: Call) -> http.Response:
    """Return the OpenAPI document."""
    answer = text_answer(call.request, _contract(call.hall.version), build="")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@cache
def _contract(version: str) -> File:
    """Return the document as it is sent; the same for everybody as long as the process lives."""
    return File(msgspec.json.encode(document(ROUTES, version)), JSON)


async def api_page(call: Call) -> http.StreamResponse:
    """Return the OpenAPI document as a page for people."""
    told = {"groups": _groups(call.hall.version)}
    return await web.pages.page(call.request, "web/api.html", "visitor", told)


@cache
def _groups(version: str) -> list[dict[str, object]]:
    return groups(document(ROUTES, version))


ROUTES: list[Route] = [
    *tickets.ROUTES,
    *counters.ROUTES,
    *desk.ROUTES,
    *queue.ROUTES,
    *clock.ROUTES,
    *assistance.ROUTES,
    *reception.ROUTES,
    *printers.ROUTES,
    *privacy.ROUTES,
    *agent.ROUTES,
    *log.ROUTES,
    *reports.ROUTES,
    *people.ROUTES,
    *invitations.ROUTES,
    *readers.ROUTES,
    *newhall.ROUTES,
    *prepared.ROUTES,
    *versions.ROUTES,
    *wishes.ROUTES,
    *offered.ROUTES,
    *logins.ROUTES,
    *factor.ROUTES,
    *locking.ROUTES,
    *oidc.ROUTES,
    *passkeys.ROUTES,
    *deeds.ROUTES,
    *alarms.ROUTES,
    *backups.ROUTES,
    *equipment.ROUTES,
    *devices.ROUTES,
    *asking.ROUTES,
    *fleet.ROUTES,
    *waits.ROUTES,
    *estimates.ROUTES,
    *advice.ROUTES,
    *forecast.ROUTES,
    *rota.ROUTES,
    *rotaback.ROUTES,
    *rotafiles.ROUTES,
    *swaps.ROUTES,
    *feedback.ROUTES,
    *quickword.ROUTES,
    *survey.ROUTES,
    *results.ROUTES,
    *comfort.ROUTES,
    *comfort_hall.ROUTES,
    *city.ROUTES,
    *officers.ROUTES,
    *sessions.ROUTES,
    *setup.ROUTES,
    *settings.ROUTES,
    *drafts.ROUTES,
    *planned.ROUTES,
    *calendar.ROUTES,
    *tls.ROUTES,
    *health.ROUTES,
    *lobby.ROUTES,
    *voice.ROUTES,
    *fromcity.ROUTES,
    Route("GET", "/api/openapi.json", openapi, frozenset(), "This document", answer=bytes,
          media=JSON, place="any"),
    Route("GET", "/api/docs", api_page, frozenset(), "The contract as a page for people",
          answer=bytes, media="text/html", place="any"),
]  # fmt: skip
