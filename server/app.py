"""Owns putting the server together: the one place that knows every room.

Start order: database, feeds, background work, then requests. Shutdown goes the other way:
sockets are told to come back (1001), background work ends, the database closes last.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as package_version
from pathlib import Path

import msgspec
import structlog
from aiohttp import web as http

import counter.routes
import display.routes
import kiosk.routes
try:
    import manager.routes
except ImportError:
    import types; manager = types.SimpleNamespace(routes=types.SimpleNamespace(setup=lambda a: None))
import web.pages
from server.api import counters, health, log, queue, sessions, tickets
from server.api.hall import HALL, Hall
from server.api.metrics import Metrics
from server.api.openapi import document
from server.api.quotes import Quotes
from server.api.routing import JSON, MAX_BODY, Call, Route, api_problems, handler_of
from server.api.snapshot import Snapshots
from server.auth.access import Access
from server.auth.demo import DemoPairing
from server.housekeeping import Housekeeping
from server.push.acks import Acks
from server.push.hub import Hub
from server.spooling import start_spool
from server.storage.store import Store
from server.storage.transaction import Published
from server.tasks import Supervisor
from web.i18n import Catalogs

logger = structlog.get_logger()


class Config(msgspec.Struct, frozen=True):
    """How this server runs.

    Attributes:
        data: the data folder; its lock is already held.
        public_url: address that phones reach, without a slash at the end.
        demo: pages opened on this machine are paired, counters stay open over night.
    """

    data: Path
    public_url: str
    demo: bool = False


async def openapi(call: Call) -> http.Response:
    """Return the OpenAPI document."""
    body = msgspec.json.encode(document(ROUTES, call.hall.version))
    return http.Response(body=body, content_type=JSON)


ROUTES: list[Route] = [
    *tickets.ROUTES,
    *counters.ROUTES,
    *queue.ROUTES,
    *log.ROUTES,
    *sessions.ROUTES,
    *health.ROUTES,
    Route("GET", "/api/openapi.json", openapi, frozenset(), "This document", answer=bytes,
          media=JSON),
]  # fmt: skip


def version() -> str:
    """Return the program's version."""
    try:
        return package_version("ramah")
    except PackageNotFoundError:
        return "0"


def build(config: Config) -> http.Application:
    """Return the application; the database is opened when it starts."""
    app = http.Application(client_max_size=MAX_BODY, middlewares=[api_problems])
    program = version()
    web.pages.setup(app, program)
    for room in (kiosk.routes, display.routes, counter.routes, manager.routes):
        room.setup(app)
    for route in ROUTES:
        app.router.add_route(route.method, route.path, handler_of(route))
    app.cleanup_ctx.append(lambda each: _running(each, config, program))
    return app


async def _running(app: http.Application, config: Config, program: str) -> AsyncIterator[None]:
    store = await Store.open(config.data)
    hub = Hub()
    for branch, seq in (await store.branches()).items():
        hub.feed(branch, seq)
    catalogs: Catalogs = app[web.pages.CATALOGS]
    access = Access(store)
    acks = Acks(store)
    metrics = Metrics(store, hub)
    supervisor = Supervisor()
    spool = await start_spool(store, supervisor, catalogs, config.public_url)
    housekeeping = Housekeeping(store, close_counters=not config.demo)
    app[HALL] = Hall(
        store=store,
        hub=hub,
        access=access,
        acks=acks,
        snapshots=Snapshots(store, program),
        quotes=Quotes(store),
        metrics=metrics,
        translate=catalogs.translate,
        languages=catalogs.languages,
        public_url=config.public_url,
        version=program,
    )
    if config.demo:
        app[web.pages.PAGE_OPENED] = DemoPairing(store, access)

    def publish(events: list[Published]) -> None:
        by_branch: dict[int, list[tuple[int, bytes]]] = {}
        for event in events:
            by_branch.setdefault(event.branch, []).append((event.seq, event.message))
            metrics.events.labels(event.kind).inc()
            if event.printer is not None:
                spool.notify(event.printer)
        for branch, messages in by_branch.items():
            hub.feed(branch).publish(messages)

    def changed_outside() -> None:
        access.forget()
        supervisor.start("printers", spool.reload)

    store.on_events = publish
    store.on_outside_change = changed_outside
    supervisor.start("heartbeat", hub.heartbeat)
    supervisor.start("acks", acks.run)
    supervisor.start("housekeeping", housekeeping.run)
    yield
    await spool.stop()
    await supervisor.stop()
    await acks.flush()
    await store.close()


async def serve(config: Config, host: str, port: int, started: asyncio.Event | None = None) -> None:
    """Serve until cancelled."""
    app = build(config)
    runner = http.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=2.0)
    app.on_shutdown.append(_send_away)
    await runner.setup()
    try:
        site = http.TCPSite(runner, host, port, backlog=4096, reuse_address=True)
        await site.start()
        if started is not None:
            started.set()
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


async def _send_away(app: http.Application) -> None:
    """Tell every screen that the server goes; they come back by themselves."""
    app[HALL].hub.send_away()
