"""Owns what is known of printers and displays: each change is written once, so that pages hear.

How a printer is and whether a display lives are facts of the moment, kept where they are found
(the spool, the displays' reports). Here they become events: the manager's page follows without
asking, webhooks carry them on, and the log tells later how long a printer stood without paper.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol, TypeVar

import structlog

from server.domain.day import Millis
from server.domain.events import EquipmentChanged
from server.domain.tx import Actor
from server.storage.queries import equipment
from server.storage.queries.keys import displays
from server.storage.queries.printers import of_branch
from server.storage.store import Busy, Store, Unavailable
from server.storage.transaction import SqliteTx

T = TypeVar("T")
EVERY_SECONDS = 2.0
SETTLE_SECONDS = 30.0
"""After a start displays need a moment to report; until then none is called offline."""
OBSERVER = Actor("equipment", "system")
PRINTER, DISPLAY = "printer", "display"
OK, PAPER_LOW, ONLINE, OFFLINE, GONE = "ok", "paper_low", "online", "offline", "gone"
UNKNOWN = "unknown"
"""A printer that was added and neither asked nor tried yet: neither well nor in trouble."""
WELL = frozenset({OK, PAPER_LOW, ONLINE})
log = structlog.get_logger()

Key = tuple[str, str]
"""(printer or display, id)."""
Seen = dict[Key, tuple[str, str]]
"""Key -> (name, state)."""


class Look(NamedTuple):
    """A printer's state; not ``sure``: nobody asked since the start, what was known stays."""

    state: str
    sure: bool = True


class Views(Protocol):
    """Reads consistent views of a branch."""

    async def view(self, branch: int, actor: Actor, query: Callable[[SqliteTx], T]) -> T:
        """Run a question."""


class PrinterLook(Protocol):
    """How a printer is: ``trouble`` in one word, empty when all is well."""

    @property
    def id(self) -> str:
        """The printer's id."""

    @property
    def trouble(self) -> str:
        """What keeps it from printing."""

    @property
    def paper_low(self) -> bool:
        """The roll is nearly at its end."""

    @property
    def known(self) -> bool:
        """It was asked, or printed, since the start."""


class Equipment:
    """Compares what is found with what is known, every two seconds; writes only differences.

    Args:
        store: where the events go.
        views: where the known state is read.
        printers: how every printer is now.
        online: whether a display reported a moment ago.
        settle_s: how long after the start displays have time to report.
    """

    def __init__(
        self,
        store: Store,
        views: Views,
        printers: Callable[[], Iterable[PrinterLook]],
        online: Callable[[str, Millis], bool],
        settle_s: float = SETTLE_SECONDS,
    ) -> None:
        self._store = store
        self._views = views
        self._printers = printers
        self._online = online
        self._settled = time.monotonic() + settle_s

    async def run(self) -> None:
        """Observe, for ever."""
        while True:
            for branch in await self._store.configured():
                await self._look(branch)
            await asyncio.sleep(EVERY_SECONDS)

    async def _look(self, branch: int) -> None:
        states = {each.id: Look(state_of(each), sure=each.known) for each in self._printers()}
        alive = self._alive()

        def differs(tx: SqliteTx) -> bool:
            return bool(changes(known(tx), found(tx, states, alive)))

        def write(tx: SqliteTx) -> None:
            for event in changes(known(tx), found(tx, states, alive)):
                tx.append(event)

        try:
            if await self._views.view(branch, OBSERVER, differs):
                await self._store.transact(branch, OBSERVER, write)
        except (Busy, Unavailable) as error:
            log.warning("equipment_put_off", branch=branch, why=repr(error))

    def _alive(self) -> Callable[[str], str | None]:
        """Return what says how a display is; ``None`` while that is not known yet."""
        now, settled = self._store.clock(), time.monotonic() >= self._settled

        def alive(device: str) -> str | None:
            if self._online(device, now):
                return ONLINE
            return OFFLINE if settled else None

        return alive


def state_of(printer: PrinterLook) -> str:
    """Return a printer's state in one word."""
    if not printer.known:
        return UNKNOWN
    return printer.trouble or (PAPER_LOW if printer.paper_low else OK)


def known(tx: SqliteTx) -> Seen:
    """Return what was last written down."""
    return {
        (each.what, each.device): (each.name, each.state)
        for each in equipment.seen(tx.db, tx.branch)
    }


def found(tx: SqliteTx, printers: dict[str, Look], alive: Callable[[str], str | None]) -> Seen:
    """Return what is there now; what is not known yet keeps the state that was written down.

    A display that never reported since it was paired is left out: nobody has switched it on yet.
    """
    before = known(tx)
    seen: Seen = {}
    for printer in of_branch(tx.db, tx.branch):
        key = (PRINTER, printer.id)
        if printer.id in printers:
            state, sure = printers[printer.id]
            kept = not sure and key in before
            seen[key] = (printer.name, before[key][1] if kept else state)
    for display in displays(tx.db, tx.branch):
        key = (DISPLAY, display.id)
        told = alive(display.id)
        if told == ONLINE or key in before:
            seen[key] = (display.name, before[key][1] if told is None else told)
    return seen


def changes(before: Seen, now: Seen) -> list[EquipmentChanged]:
    """Return the events that lead from one to the other, in a steady order."""
    made = [
        EquipmentChanged(what, device, name, state)
        for (what, device), (name, state) in sorted(now.items())
        if before.get((what, device)) != (name, state)
    ]
    gone = [
        EquipmentChanged(what, device, before[what, device][0], GONE)
        for what, device in sorted(before.keys() - now.keys())
    ]
    return made + gone
