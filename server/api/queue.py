"""Owns the calls about the hall as a whole: services, the queue, and the event socket."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated, Literal

import msgspec
import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from server.api.answers import agency_answers, branch_answer, service_answer
from server.api.problems import Rejected
from server.api.routing import JSON, Call, Route
from server.api.types import QueueAnswer, ServiceList
from server.api.words import marked as _
from server.auth.access import ANY_ROLE, DISPLAY, check_origin
from server.push.frames import close_frame
from server.push.hub import Feed, Listener, join
from server.storage.history import events_after
from server.storage.transaction import SqliteTx

log = structlog.get_logger()

PING_SECONDS = 25.0
MAX_MESSAGE = 4096
MAX_SOCKETS = 20_000
CUT_SECONDS = 5.0
CATCH_UP = 4000
"""How many missed events are sent from the log; who missed more gets a snapshot."""
STEP = 256
"""Missed events on their way at once, so that catching up never fills the outbox."""


class FromScreen(msgspec.Struct, frozen=True):
    """What a screen may say: that it showed or voiced the call with event number ``seq``."""

    type: Literal["shown", "voiced", "alive"]
    seq: Annotated[int, msgspec.Meta(ge=0, lt=2**53)] = 0


_decode = msgspec.json.Decoder(FromScreen).decode


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
    return web.Response(body=message, content_type=JSON)


async def events(call: Call) -> web.StreamResponse:
    """Open the event socket: a snapshot or what was missed, then every event in order."""
    request, hall = call.request, call.hall
    if call.who.cookie:
        check_origin(request)
    since = _since(request.query.get("since"))
    if hall.hub.listeners() >= MAX_SOCKETS:
        raise Rejected(503, "busy", _("Very many requests at once. Please try again in a moment."),
                       retry_after=5)  # fmt: skip
    socket = web.WebSocketResponse(
        heartbeat=PING_SECONDS, compress=False, max_msg_size=MAX_MESSAGE, timeout=2.0
    )
    if not socket.can_prepare(request).ok:
        raise Rejected(
            400, "not-a-websocket", _("This address is for websockets."), field="Upgrade"
        )
    await socket.prepare(request)
    transport = request.transport
    if transport is None:
        return socket
    loop = asyncio.get_running_loop()
    listener = Listener(transport, lambda: _give_up(loop, transport))
    feed = hall.hub.feed(call.who.branch)
    try:
        await _catch_up(call, feed, listener, since)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                _hear(call, message.data)
    finally:
        feed.detach(listener)
    return socket


def _since(text: str | None) -> int | None:
    if text is None or text == "":
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18):  # noqa: PLR2004
        raise Rejected(
            422, "invalid-field", _("The field '{field}' is not valid: {reason}."),
            field="since", reason="expected the number of an event",
        )  # fmt: skip
    return int(text)


async def _catch_up(call: Call, feed: Feed, listener: Listener, since: int | None) -> None:
    branch, hall = call.who.branch, call.hall
    while since is not None and 0 < feed.seq - since <= CATCH_UP:
        if feed.seq - since <= STEP and feed.holds(since):
            break
        upto = min(since + STEP, feed.seq)
        missed = partial(events_after, branch=branch, after=since, upto=upto)
        for each in await hall.store.read(missed):
            listener.write_message(each.message)
        await listener.drained()
        since = upto
    await join(feed, listener, since, lambda: hall.snapshots.snapshot(branch))


def _give_up(loop: asyncio.AbstractEventLoop, transport: asyncio.Transport) -> None:
    """End a socket whose outbox is full: close 1013, and cut it if it still does not read."""
    log.warning("socket_too_slow", buffered=transport.get_write_buffer_size())
    transport.write(close_frame(WSCloseCode.TRY_AGAIN_LATER))
    loop.call_later(CUT_SECONDS, transport.abort)


def _hear(call: Call, text: str) -> None:
    try:
        said = _decode(text)
    except msgspec.DecodeError:
        return  # a screen may be newer than this server
    if said.type != "alive" and call.who.actor.role == DISPLAY:
        now = call.hall.store.clock()
        call.hall.acks.add((call.who.branch, said.seq, call.who.actor.id, said.type, now))


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
        query={"since": (r"^\d{1,18}$", "number of the last event the client has")},
    ),
]  # fmt: skip
