"""Owns what every handler works with: the store, the feeds, access, and words."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from aiohttp import web

from printer.agents import Agents
from printer.escpos_bytes import Press
from printer.spool import PrinterNow, Tried
from printer.trial import TrialPaper
from server.api.metrics import Metrics
from server.api.quotes import Quotes
from server.api.snapshot import Snapshots
from server.api.tracks import Tracks
from server.auth.access import Access, Who
from server.auth.failed import FailedLogins
from server.auth.hashing import Hashing
from server.auth.limits import Attempts
from server.auth.oidc import Providers
from server.auth.vault import Vault
from server.fleet.asking import Asking
from server.fleet.looks import Looks
from server.plan.rota.planning import Rotas
from server.plan.studying import Studies
from server.push.acks import Acks
from server.push.hub import Hub
from server.satisfaction.shares import Shares
from server.storage.branch import OfficeCache
from server.storage.store import Store

if TYPE_CHECKING:
    from server.tls.keeping import Kept

MOST_DOWNLOADS = 8


class Translate(Protocol):
    """Turns an English sentence into another language and fills its places."""

    def __call__(self, lang: str, msgid: str, **params: object) -> str:
        """Return the sentence in ``lang``."""


@dataclass(frozen=True)
class Hall:
    """The running server, as handlers see it.

    Attributes:
        address: tells the present address that phones reach, without a slash at the end.
        languages: the languages words can be had in, the default first.
        press: draws tickets.
        agents: the print agents that are connected.
        agent_sockets: their sockets, and whose key each shows.
        looks: how devices are.
        vault: seals and opens secrets that the server has to know.
        printers: how every printer is now.
        try_printer: prints a test page; ``None`` when there is no such printer.
        printers_changed: told when a printer was added or changed.
        agent_joined: told when a print agent has just connected.
        asking: devices that wait to be let in.
        shares: which share of the visitors to invite to the survey.
        no_office: whether no office is described yet; the server waits for one.
        failing: names what has failed several times in a row, for who watches the server.
        director_joined: told the branch when who directs it has come to listen to its feed.
        met: told of each request that showed who it is from.
        demo: its people have a password that everybody knows.
        offices: settings of all halls, decoded once.
        tls: what this server speaks TLS with itself; ``None`` for none.
        unpacking: places for logs of offices that are unpacked at once.
        downloads: places for whole logs on their way out at once; each holds some memory.
    """

    store: Store
    hub: Hub
    access: Access
    acks: Acks
    snapshots: Snapshots
    quotes: Quotes
    studies: Studies
    rotas: Rotas
    failed: FailedLogins
    metrics: Metrics
    translate: Translate
    languages: list[str]
    address: Callable[[], str]
    version: str
    press: Press
    looks: Looks
    vault: Vault
    tracks: Tracks = field(default_factory=Tracks)
    shares: Shares = field(default_factory=Shares)
    logins: Attempts = field(default_factory=lambda: Attempts(5, 15, 60))
    addresses: Attempts = field(default_factory=lambda: Attempts(60, 1, 1))
    pairings: Attempts = field(default_factory=lambda: Attempts(10, 5, 30))
    asking: Asking = field(default_factory=Asking)
    asks: Attempts = field(default_factory=lambda: Attempts(30, 2, 30))
    setups: Attempts = field(default_factory=lambda: Attempts(5, 5, 300))
    factors: Attempts = field(default_factory=lambda: Attempts(10, 15, 300))
    invitations: Attempts = field(default_factory=lambda: Attempts(20, 5, 60))
    providers: Providers = field(default_factory=Providers)
    hashing: Hashing = field(default_factory=Hashing)
    agents: Agents = field(default_factory=Agents)
    agent_sockets: dict[web.WebSocketResponse, Who] = field(default_factory=dict)
    printers: Callable[[], list[PrinterNow]] = list
    try_printer: Callable[[str, TrialPaper], asyncio.Future[Tried] | None] = lambda _id, _page: None
    printers_changed: Callable[[], None] = lambda: None
    agent_joined: Callable[[], None] = lambda: None
    no_office: Callable[[], bool] = lambda: False
    failing: Callable[[], list[str]] = list
    director_joined: Callable[[int], None] = lambda _branch: None
    demo: bool = False
    met: Callable[[web.Request], None] = lambda _request: None
    tls: Kept | None = None
    offices: OfficeCache = field(default_factory=OfficeCache)
    unpacking: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))
    downloads: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST_DOWNLOADS))

    @property
    def public_url(self) -> str:
        """The present address that phones reach; of offices that name none themselves."""
        return self.address()


HALL = web.AppKey("HALL", Hall)
LEAVE: web.RequestKey[Callable[[], None]] = web.RequestKey("LEAVE")
"""Under this name a request carries what gives its place among the others back early."""


RETURN: web.RequestKey[Callable[[web.Request], Awaitable[None]]] = web.RequestKey("RETURN")
"""Under this name it carries what waits for a place once more."""


def step_aside(request: web.Request) -> None:
    """Give back the place in which others wait for their turn; this request waits elsewhere now."""
    leave = request.get(LEAVE)
    if leave is not None:
        leave()


async def come_back(request: web.Request) -> None:
    """Wait for a place as the others do, after what it stepped aside for.

    Raises:
        Busy: too many wait already.
    """
    again = request.get(RETURN)
    if again is not None:
        await again(request)
