"""Owns the calls about the hall as a whole: services, the queue, and the event socket."""

from __future__ import annotations

from functools import partial

import structlog
from aiohttp import web

from server.api.answers import agency_answers, branch_answer, service_answer
from server.api.json_answer import JsonAnswer
from server.api.problems import Rejected, not_valid
from server.api.routing import Call, Route
from server.api.types import QueueAnswer, ServiceList
from server.auth.access import check_origin
from server.domain.errors import Phrase as say  # noqa: N813 - marks the sentence for the catalogs
from server.domain.events import Audience
from server.domain.roles import ANY_ROLE
from server.domain.words import marked as _
from server.fleet.browsers import browser_of
from server.fleet.looks import first
from server.push.frames import INTERNAL, TRY_AGAIN_LATER
from server.push.hub import Feed, join
from server.push.socket import Socket, accept, is_websocket
from server.storage.history import events_after
from server.storage.store import Busy, Unavailable
from server.storage.transaction import SqliteTx

log = structlog.get_logger()

MAX_SOCKETS = 20_000
CATCH_UP = 4000
"""How many missed events are sent from the log; who missed more gets a snapshot."""
STEP = 256
"""Missed events on their way at once, so that catching up never fills the outbox."""


async def services(call: Call) -> ServiceList:
    """Return the services with people waiting and the wait range."""

    def query(tx: SqliteTx) -> ServiceList:
        return ServiceList(
            services=[service_answer(tx, each, call.language) for each in tx.office.services],
            agencies=agency_answers(tx.office, call.language),
            branch=branch_answer(tx.office),
        )

    return await call.read(query)


async def queue(call: Call) -> web.Response:
    """Return the whole hall as of its last event."""
    _, message = await call.hall.snapshots.snapshot(call.who.branch)
    return JsonAnswer(200, message)


async def events(call: Call) -> web.StreamResponse:
    """Open the event socket: a snapshot or what was missed, then every event in order."""
    request, hall = call.request, call.hall
    if call.who.cookie:
        check_origin(request)
    since = _since(request.query.get("since"))
    if hall.hub.listeners() >= MAX_SOCKETS:
        raise Rejected(503, "busy", _("Very many requests at once. Please try again in a moment."),
                       retry_after=5)  # fmt: skip
    if not is_websocket(request):
        raise Rejected(
            400, "not-a-websocket", _("This address is for websockets."), field="Upgrade"
        )
    socket, answer = await accept(request, call.who, first(hall.looks, hall.acks.hear))
    hall.looks.met(call.who, call.client, browser_of(request.headers.get("User-Agent", "")))
    try:
        told = request.query.get("history", "")
        if since is not None and told and told != await call.read(lambda tx: tx.history()):
            since = None  # the number counts in another history
        await _catch_up(call, hall.hub.feed(call.who.branch), socket, since)
        if socket.audience >= Audience.SUPERVISOR:
            hall.director_joined(call.who.branch)
    except (Busy, Unavailable):
        socket.end(TRY_AGAIN_LATER)
    except Exception:
        log.exception("socket_failed")
        socket.end(INTERNAL)
    return answer


def _since(text: str | None) -> int | None:
    if text is None or text == "":
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18):  # noqa: PLR2004
        raise not_valid("since", say("expected the number of an event"))
    return int(text)


async def _catch_up(call: Call, feed: Feed, socket: Socket, since: int | None) -> None:
    branch, hall, audience = call.who.branch, call.hall, socket.audience
    # what the tickets became is not in the log: whoever serves gets it with a snapshot
    from_log = CATCH_UP if audience < Audience.STAFF else 0
    told = since
    while since is not None and 0 < feed.seq - since <= from_log:
        if feed.seq - since <= STEP and feed.holds(since):
            break
        upto = min(since + STEP, feed.seq)
        missed = partial(events_after, branch=branch, after=since, upto=upto)
        for each in await hall.store.read(missed):
            if each.heard_by(audience):
                after = None if told == each.seq - 1 else told
                socket.write_message(each.message(audience, after))
                told = each.seq
        await socket.drained()
        since = upto
    await join(feed, socket, since, lambda: hall.snapshots.for_screen(branch, feed.seq, audience))


ROUTES = [
    Route(
        "GET", "/api/services", services, ANY_ROLE, "Services with people waiting and wait range",
        answer=ServiceList,
    ),
    Route("GET", "/api/queue", queue, ANY_ROLE, "The whole hall now", answer=QueueAnswer),
    Route(
        "GET", "/api/events", events, ANY_ROLE,
        "Websocket: a snapshot or what was missed since, then every event in order",
        status=101, problems=(400,),
        query={
            "since": (r"^\d{1,18}$", "number of the last event the client has"),
            "history": ("^[0-9a-f]{16}$", "the history it counts in; another one: a snapshot"),
        },
    ),
]  # fmt: skip
