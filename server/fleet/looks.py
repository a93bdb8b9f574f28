"""Owns how every device is: what it tells over its socket once a minute, and where it is.

Kept in memory and, every few minutes, beside the log: a device that is switched off still says
when it was last in use. A device tells a few numbers and one line of error; nothing of it is
logged, so that one gone mad costs no more than the message.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Annotated, Literal, Self

import msgspec
import structlog

from server.auth.access import Who
from server.auth.cookies import DEVICE_COOKIES
from server.domain.day import Millis
from server.domain.roles import AGENT
from server.domain.texts import PRINTABLE
from server.domain.tx import Actor
from server.storage.queries import fleet
from server.storage.queries.fleet import KeptLook
from server.storage.store import Busy, Store, Unavailable
from server.storage.transaction import SqliteTx

KEEP_SECONDS = 300.0
SHARED_SECONDS, NEAR_MS = 30.0, 150_000
"""Beside other servers it is kept so often; whoever was heard since then is in touch, as far as the
others can know."""
SOONEST_MS = 2_000
"""What a device tells sooner after what it told before is passed over."""
MOST = 5_000
ERROR = 200
KEEPER = Actor("fleet", "system")
log = structlog.get_logger()

Seconds = Annotated[int, msgspec.Meta(ge=0, le=10**9)]
Line = Annotated[str, msgspec.Meta(max_length=ERROR, pattern=PRINTABLE)]


class How(msgspec.Struct, frozen=True):
    """What a device tells of itself.

    Attributes:
        version: of the page it shows. up: seconds since that was loaded.
        clock: its own, ms since 1970.
        used: seconds since somebody touched it, or a call was shown on it.
        error, error_ago: its last fault and the seconds since. errors: how many there were.
    """

    type: Literal["how"]
    clock: Annotated[int, msgspec.Meta(ge=0, le=10**14)]
    version: Annotated[str, msgspec.Meta(max_length=40, pattern=PRINTABLE)] = ""
    up: Seconds = 0
    used: Seconds | None = None
    error: Line = ""
    error_ago: Seconds = 0
    errors: Seconds = 0


class Look(msgspec.Struct):
    """How a device was when it was last heard.

    Attributes:
        at: when that was. up_at: since when its page, or its program, runs.
        skew_ms: how far its clock is ahead of ours.
    """

    branch: int
    at: Millis
    address: str = ""
    browser: str = ""
    version: str = ""
    up_at: Millis | None = None
    used_at: Millis | None = None
    skew_ms: int | None = None
    error: str = ""
    error_at: Millis | None = None
    errors: int = 0


_how = msgspec.json.Decoder(How).decode


class Looks:
    """The devices of all halls, by id of their key.

    Args:
        store: where it is kept, and whose clock counts.
        shared: other servers of the same store want to know as well.
    """

    def __init__(self, store: Store, *, shared: bool = False) -> None:
        self._store = store
        self._pause = SHARED_SECONDS if shared else KEEP_SECONDS
        self._known: dict[str, Look] = {}
        self._changed: set[str] = set()
        self._heard: dict[str, Millis] = {}

    @classmethod
    async def open(cls, store: Store, *, shared: bool = False) -> Self:
        """Return them with what was kept when the server ended."""
        looks = cls(store, shared=shared)
        await looks.read()
        return looks

    async def read(self) -> None:
        """Take over what is kept, where it is newer: other servers keep theirs, too."""
        for each in await self._store.read(fleet.looks):
            known = self._known.get(each.device)
            if known is None or known.at < each.at:
                self._known[each.device] = msgspec.json.decode(each.look, type=Look)

    def near(self, branch: int) -> set[str]:
        """Return the devices of a branch of another server that are in touch with it."""
        since = self._store.clock() - NEAR_MS
        return {
            device for device, look in self._known.items()
            if look.branch == branch and look.at >= since
        }  # fmt: skip

    def of(self, device: str) -> Look | None:
        """Return how a device was when it was last heard."""
        return self._known.get(device)

    def met(self, who: Who, address: str, browser: str) -> Look | None:
        """Note that a device came on its socket; people and scripts are passed over."""
        if who.actor.role not in DEVICE_COOKIES and who.actor.role != AGENT:
            return None
        device = who.actor.id.removeprefix("token:")
        look = self._known.get(device)
        if look is None:
            if len(self._known) >= MOST:
                return None
            look = self._known[device] = Look(who.branch, 0)
        look.at = self._store.clock()
        look.address, look.browser = address, browser
        self._changed.add(device)
        return look

    def hear(self, who: Who, said: bytes) -> bool:
        """Take what a device tells of itself; false when it says something else."""
        if b'"how"' not in said:
            return False
        device, now = who.actor.id.removeprefix("token:"), self._store.clock()
        look = self._known.get(device)
        if look is None or 0 <= now - self._heard.get(device, 0) < SOONEST_MS:
            return True
        try:
            told = _how(said)
        except (msgspec.DecodeError, RecursionError):
            return True  # a page may be newer than this server
        self._heard[device] = look.at = now
        look.version, look.up_at = told.version, now - told.up * 1000
        look.skew_ms = told.clock - now
        if told.used is not None:
            look.used_at = now - told.used * 1000
        if told.error:
            look.error, look.error_at = told.error, now - told.error_ago * 1000
        look.errors = told.errors
        self._changed.add(device)
        return True

    def still_here(self, device: str) -> None:
        """Note that a device is in touch now."""
        look = self._known.get(device)
        if look is not None:
            look.at = self._store.clock()
            self._changed.add(device)

    def forget(self, device: str) -> None:
        """Forget a device whose key was ended."""
        self._known.pop(device, None)
        self._heard.pop(device, None)

    async def run(self) -> None:
        """Keep what changed, for ever."""
        while True:
            await asyncio.sleep(self._pause)
            await self.flush()

    async def flush(self) -> None:
        """Keep what changed now, and forget ended devices; what cannot be kept is kept later."""
        try:
            valid = await self._store.read(fleet.valid)
        except (Busy, Unavailable):
            return
        for device in self._known.keys() - valid:
            self.forget(device)
        rows: dict[int, list[KeptLook]] = {}
        for device in self._changed & self._known.keys():
            look = self._known[device]
            kept = KeptLook(device, look.branch, look.at, msgspec.json.encode(look).decode())
            rows.setdefault(look.branch, []).append(kept)
        self._changed.clear()
        for branch, its in rows.items():
            try:
                await self._store.transact(branch, KEEPER, partial(_keep, its))
            except (Busy, Unavailable) as error:
                self._changed |= {each.device for each in its}
                log.warning("looks_put_off", branch=branch, why=repr(error))


def _keep(looks: list[KeptLook], tx: SqliteTx) -> None:
    fleet.put_looks(tx.aside, tx.branch, looks)


Hears = Callable[[Who, bytes], None]


def first(looks: Looks, others: Hears) -> Hears:
    """Return what hears a socket: what devices tell of themselves, and all the rest."""

    def hear(who: Who, said: bytes) -> None:
        if not looks.hear(who, said):
            others(who, said)

    return hear
