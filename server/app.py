"""Owns putting the server together: the one place that knows every room.

Start order: database, feeds, background work, then requests. Shutdown goes the other way:
sockets are told to come back (1001), background work ends, the database closes last.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from functools import partial
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as package_version
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from aiohttp import web as http

import counter.routes
import display.routes
import kiosk.routes
import manager.routes
import web.opening
import web.pages
import web.trust
from printer.agents import Agents
from printer.escpos_bytes import Press
from printer.spool import Spool
from server.addresses import OwnAddress
from server.admission import Admission
from server.alarms import Watch
from server.api import comfort, fleet, tickets, tls, wishes
from server.api.bodies import MAX_BODY
from server.api.byclock import ByClock
from server.api.dayfeed import DayFeed
from server.api.hall import HALL, Hall
from server.api.json_answer import SERVER
from server.api.metrics import Metrics
from server.api.quotes import Quotes
from server.api.routing import handler_of, nowhere
from server.api.snapshot import Snapshots
from server.auth.access import Access
from server.auth.demo import DemoPairing
from server.auth.doorway import DOORWAY, Doorway, Network
from server.auth.failed import FailedLogins
from server.auth.opened import PageKeys
from server.auth.vault import Vault
from server.auth.vaulting import settle
from server.backups.keeper import Keeper
from server.city import releases
from server.comfort.photos import Photos
from server.connections import GUARD, WAYS, Guard
from server.contract import ROUTES
from server.door import raise_limit
from server.editing.planned import Planned
from server.equipment import Equipment
from server.fleet.looks import Looks
from server.handing import Handing
from server.housekeeping import Housekeeping
from server.lobby import api as lobby
from server.lobby.opening import DraftNow, HallNow
from server.lobby.rooms import open_rooms
from server.offices import Offices
from server.parted import Parted
from server.passing import Passing
from server.plan.rota.planning import Rotas
from server.plan.studying import Studies
from server.plan.thinking import Thinking
from server.precedence import Precedence
from server.push.acks import Acks
from server.push.hub import Hub
from server.push.revoked import RevokedSockets
from server.shipping import Shipping
from server.short import Ways
from server.spooling import PRINTER_CACHE, make_spool
from server.storage.database import is_disk_trouble
from server.storage.owners import Own
from server.storage.published import Published
from server.storage.store import Store
from server.tasks import Supervisor
from server.uploads import apart as uploads
from server.webhooks import Webhooks
from web.i18n import WORDS_CACHE, Catalogs
from web.pages import PageOpened

if TYPE_CHECKING:
    from server.tls.keeping import Kept

HUB = http.AppKey("HUB", Hub)
ADDRESS = http.AppKey("ADDRESS", OwnAddress)


class Config(msgspec.Struct, frozen=True):
    """How this server runs.

    Attributes:
        data: the data folder; its lock is already held.
        public_url: the address that phones reach, as the technician told it; "" for our own.
        host, port: what it listens on.
        demo: pages opened on this machine are paired, counters stay open over night.
        proxies: networks of the proxies whose word on the client counts.
        tls: what TLS is spoken with on a port of its own; ``None`` for none.
        own: where other servers of the same store reach this one; ``None`` where there are none.
    """

    data: Path
    public_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8080
    demo: bool = False
    proxies: tuple[Network, ...] = ()
    tls: Kept | None = None
    own: Own | None = None


def version() -> str:
    """Return the program's version."""
    try:
        return package_version("ramah")
    except PackageNotFoundError:
        return "0"


async def plain_head(request: http.Request, response: http.StreamResponse) -> None:
    """Give every answer, a refusal too, the headers that keep it from being guessed at or kept."""
    response.headers["Server"] = SERVER
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if request.path.startswith("/api/") or response.status >= HTTPStatus.BAD_REQUEST:
        response.headers.setdefault("Cache-Control", "no-store")


def build(config: Config) -> http.Application:
    """Return the application; the database is opened when it starts."""
    precedence = Precedence()
    routes = {handler_of(each): each for each in ROUTES}
    admit = Admission(precedence).admit
    handing = Handing(admit, routes) if config.own else None
    if handing is not None:
        admit = handing.admit
    app = http.Application(client_max_size=MAX_BODY, middlewares=[admit])
    app[WAYS] = ways = Ways(app, admit)
    app.on_response_prepare.append(plain_head)
    app[ADDRESS] = OwnAddress(config.host, config.port, config.public_url)
    by_tls = config.tls.address if config.tls else None
    app[DOORWAY] = doorway = Doorway(config.proxies, config.public_url, by_tls)
    hub = Hub()
    app[HUB] = hub
    app[GUARD] = Guard(raise_limit(), doorway.trusts, hub.listeners, precedence)
    program = version()
    web.pages.setup(app, program, config.data / WORDS_CACHE)
    web.trust.setup(app)
    elsewhere: Callable[[http.Request], str] = partial(tls.page_elsewhere, config.tls)
    app[web.pages.ELSEWHERE] = elsewhere
    trust: web.trust.Told = partial(tls.trust, config.tls)
    app[web.trust.TRUST] = trust
    for room in (kiosk.routes, display.routes, counter.routes, manager.routes):
        room.setup(app)
    for handler, route in routes.items():
        known = app.router.add_route(route.method, route.path, handler)
        if route.method == "POST":
            ways.add(route.path, handler, known, short=route.idempotent)
    app.router.add_route("*", "/api{rest:(/.*)?}", nowhere(ROUTES))
    open_rooms(app, config.data)
    web.pages.setup_last(app)
    app[comfort.SHELF] = comfort.Shelf(Photos(config.data))
    if handing is not None:
        app.on_shutdown.append(handing.close)
    app.cleanup_ctx.append(lambda each: _running(each, config, program, handing))
    app.on_cleanup.append(_let_children_go)
    return app


async def _let_children_go(app: http.Application) -> None:
    if HALL in app:
        app[HALL].hashing.close()
        app[HALL].studies.close()
        app[HALL].rotas.close()
    uploads.CHILD.close()


async def _running(
    app: http.Application, config: Config, program: str, handing: Handing | None
) -> AsyncIterator[None]:
    vault = Vault(config.data)
    await asyncio.to_thread(settle, config.data, vault)
    store = await Store.open(config.data, own=config.own)
    store.owners.on_beside = app[DOORWAY].beside
    try:  # whatever fails from here on, the database's threads end: they would keep the process
        async with asynccontextmanager(_working)(app, config, program, store, vault, handing):
            yield
    finally:
        await store.close()


async def _working(
    app: http.Application, config: Config, program: str, store: Store, vault: Vault,
    handing: Handing | None,
) -> AsyncIterator[None]:  # fmt: skip
    hub = app[HUB]
    for branch, seq in (await store.branches()).items():
        hub.feed(branch, seq)
    # before anything writes: a paper that was under way at a crash does
    store.on_events = partial(_tell_screens, hub)
    catalogs: Catalogs = app[web.pages.CATALOGS]
    access = Access(store)
    acks = Acks(store, hub)
    supervisor = Supervisor(is_disk_trouble)
    agents = Agents()
    looks = await Looks.open(store, shared=handing is not None)
    press = Press(config.data / PRINTER_CACHE)
    spool = make_spool(store, catalogs, app[ADDRESS], agents, press)
    offices = Offices(store, app[DOORWAY])
    await offices.hear()
    metrics = Metrics(store, hub, spool.states)
    tellers: dict[str, Webhooks | Shipping] = {
        "webhooks": Webhooks(store, vault),
        "shipping": Shipping(
            store, vault, program, lambda each: fleet.devices_of(app[HALL], each),
            lambda branch, wish: wishes.carry_out(app[HALL], branch, wish),
            partial(releases.failed, config.data),
        ),
    }  # fmt: skip
    snapshots = Snapshots(store, program)
    lacks = partial(lobby.lacks, app[lobby.LOBBY].screens, catalogs.translate)
    day_feed = DayFeed(
        hub, snapshots, store, catalogs.translate, catalogs.languages, lacks, app[ADDRESS]
    )
    app[HALL] = Hall(
        store=store,
        hub=hub,
        access=access,
        acks=acks,
        snapshots=snapshots,
        quotes=Quotes(store),
        studies=Studies(config.data),
        rotas=Rotas(config.data),
        failed=FailedLogins(store),
        metrics=metrics,
        translate=catalogs.translate,
        languages=catalogs.languages,
        address=app[ADDRESS],
        version=program,
        agents=agents,
        looks=looks,
        press=press,
        printers=spool.states,
        try_printer=spool.try_page,
        printers_changed=spool.reload,
        agent_joined=spool.retry,
        no_office=offices.none,
        failing=lambda: store.tasks.failing() + supervisor.failing() + spool.failing(),
        director_joined=day_feed.heard,
        demo=config.demo,
        vault=vault,
        met=app[GUARD].met,
        tls=config.tls,
    )
    app[web.pages.NO_OFFICE] = offices.none
    app[web.pages.START] = offices.halls(demo=config.demo)
    _pages_know(app, app[HALL], DemoPairing(store, access) if config.demo else None)

    by_clock = ByClock(hub, snapshots)
    thinking = Thinking(config.data, store)

    screens = app[lobby.LOBBY].screens

    def publish(events: list[Published]) -> None:
        for (branch, kind), times in Counter((each.branch, each.kind) for each in events).items():
            metrics.heard(branch, kind, times)
            if kind == "configured":
                supervisor.start("offices", offices.hear)
                screens.changed()
                access.forget()  # settings may say how long a page may stay untouched
            by_clock.heard(kind)
            thinking.heard(branch, kind)
            day_feed.heard(branch, kind)
        for printer in {each.printer for each in events if each.printer is not None}:
            spool.notify(printer)
        _tell_screens(hub, events)
        for each in tellers.values():
            each.wake()

    def changed_outside() -> None:
        supervisor.start("offices", offices.hear)
        access.forget()
        for each in tellers.values():
            each.look()
        spool.reload()

    store.on_events, store.on_outside_change = publish, changed_outside
    parted = _part(app, handing, spool, thinking, tellers.values())
    for name, run in {
        "heartbeat": hub.heartbeat,
        "connections": app[GUARD].run,
        "revoked_sockets": RevokedSockets(access, hub, app[HALL].agent_sockets).run,
        "acks": acks.run,
        "by_clock": by_clock.run,
        **thinking.runs,
        "day_feed": day_feed.run,
        "housekeeping": Housekeeping(
            store, snapshots, app[comfort.SHELF].photos, close_counters=not config.demo
        ).run,
        "spool": spool.run,
        "equipment": Equipment(store, snapshots, spool.states, screens.online).run,
        "alarms": Watch(store, snapshots).run,
        **{name: each.run for name, each in tellers.items()},
        "planned": Planned(store).run,
        "owners": store.owners.run,
        "misplaced": parted.run,
        "looks": looks.run,
        "failed_logins": app[HALL].failed.run,
        "backups": Keeper(config.data, store, vault).run,
        **({"tls": config.tls.run} if config.tls else {}),
    }.items():
        supervisor.start(name, run)
    yield
    await spool.stop()
    await supervisor.stop()
    await acks.flush()
    await asyncio.gather(looks.flush(), app[HALL].failed.flush())


def _part(
    app: http.Application,
    handing: Handing | None,
    spool: Spool,
    thinking: Thinking,
    tellers: Collection[Webhooks | Shipping],
) -> Parted:
    """Let each of several servers of a store do and answer what is about its own branches."""
    hall = app[HALL]
    parted = Parted(hall.store, spool, hall.looks, hall.hub, hall.agent_sockets)
    parted.on_taken = lambda branch: thinking.heard(branch, "configured")
    parted.on_moved = [each.look for each in tellers]
    parted.finish += [each.finished for each in tellers if isinstance(each, Webhooks)]
    if handing is not None:
        owners = hall.store.owners
        passing = Passing(app[DOORWAY], owners.name)
        owners.on_gone, parted.misplaced = passing.gone, handing.misplaced
        handing.begin(passing, owners, hall.access)
    return parted


def _pages_know(app: http.Application, hall: Hall, pairing: DemoPairing | None) -> None:
    """Let the pages know what stands in them as they are opened, and whom they are opened for."""
    label_of: kiosk.routes.LabelOf = partial(tickets.label_of, hall)
    app[kiosk.routes.LABEL_OF] = label_of
    hook: PageOpened = PageKeys(hall.access, pairing)
    app[web.pages.PAGE_OPENED] = hook
    hall_now: web.opening.HallNow = HallNow(hall.access, hall.snapshots, hall.store)
    app[web.opening.HALL_NOW] = hall_now
    draft_now: web.opening.DraftNow = DraftNow(hall.access, hall.snapshots, app[web.pages.VERSION])
    app[web.opening.DRAFT_NOW] = draft_now


def _tell_screens(hub: Hub, events: list[Published]) -> None:
    for branch, its in groupby(events, attrgetter("branch")):
        hub.feed(branch).publish(its)
