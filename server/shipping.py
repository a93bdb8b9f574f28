"""Owns sending this office's log to the city: oldest first, confirmed, for as long as it takes.

The city says what it has, and that alone decides what is sent next: a cut line, a crash here, a
backup brought back there all end the same way. The hall never waits for any of it.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import NamedTuple

import msgspec
import structlog
from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout

from server.auth.vault import Locked, Vault
from server.city import devices as reports
from server.city import parts
from server.city.clocks import Apart
from server.domain.words import marked as _
from server.fetching import SENDER, CarryOut, Fetching, Stand
from server.fleet.listing import DeviceNow
from server.reaching import ANSWERED_WHY, LONGEST, NO_CITY
from server.storage.queries import boxes
from server.storage.queries.boxes import Link
from server.storage.queries.secrets import place
from server.storage.store import Busy, Store, Unavailable
from server.unanswered import why
from server.webhooks import pause_after

EVERY_SECONDS = 30.0
"""A box comes so often also when nothing happens: the city sees that its line is well."""
GATHER_SECONDS = 0.5
"""Events of so long go together."""
CHANGED_SECONDS, DEVICES_SECONDS = 55.0, 600.0
"""Devices that changed are told of within a minute, others every ten."""
OLD_CITY_SECONDS = 3600.0
TIMEOUT_SECONDS = 30.0
LONGEST_PAUSE = 300.0
MOST_ANSWER = 64 * 1024
NOT_ADMITTED = _(
    "the city takes no log with this token. Make one there (ramah city admit CODE), then join anew"
)
log = structlog.get_logger()


class Trouble(Exception):
    """The city was not reached, or takes nothing; the text says why."""


class _Problem(msgspec.Struct, frozen=True):
    detail: str


class _Key(NamedTuple):
    """What makes a link the same one."""

    branch: int
    history: str
    url: str
    token: str


DevicesOf = Callable[[int], Awaitable[list[DeviceNow]]]


class Devices:
    """When the city is told of a branch's devices: soon after a change, else now and then.

    Args:
        devices: how they are.
        clock: seconds that never go back.
    """

    def __init__(self, devices: DevicesOf, clock: Callable[[], float] = time.monotonic) -> None:
        self._devices = devices
        self._clock = clock
        self._looked = self._told = -DEVICES_SECONDS
        self._same = self._new = b""
        self._pause = 0.0

    async def due(self, branch: int) -> bytes | None:
        """Return the report that is to be sent now; ``None`` while there is nothing to tell."""
        now = self._clock()
        if now < self._pause or now - self._looked < CHANGED_SECONDS:
            return None
        self._looked = now
        found = await self._devices(branch)
        self._new = reports.same(found)
        if self._new == self._same and now - self._told < DEVICES_SECONDS:
            return None
        return reports.pack(found)

    def answered(self, status: int) -> None:
        """Take note of what the city answered; one that is older is left in peace for a while.

        One that is just busy is told again the next time the box comes.
        """
        if status == HTTPStatus.NO_CONTENT:
            self._same, self._told = self._new, self._looked
        elif status in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}:
            self._pause = self._clock() + OLD_CITY_SECONDS
        else:
            self.lost()

    def lost(self) -> None:
        """The report did not arrive: it is due again the next time the box comes."""
        self._looked += EVERY_SECONDS - CHANGED_SECONDS


_stand = msgspec.json.Decoder(Stand).decode
_problem = msgspec.json.Decoder(_Problem).decode


class Shipping:
    """Keeps one sender per linked branch."""

    def __init__(
        self, store: Store, vault: Vault, version: str, devices: DevicesOf, carry_out: CarryOut,
        failed: Callable[[], str],
    ) -> None:  # fmt: skip
        self._devices = devices
        self._carry_out = carry_out
        self._failed = failed
        self._vault = vault
        self._store = store
        self._version = version
        self._changed = asyncio.Event()
        self._senders: dict[_Key, _Sender] = {}

    def wake(self) -> None:
        """Something happened: send it soon, if anybody wants it."""
        for each in self._senders.values():
            each.wake.set()

    def look(self) -> None:
        """See whether a link was made or ended."""
        self._changed.set()

    async def run(self) -> None:
        """Send, for ever."""
        self._senders.clear()
        running: dict[_Key, asyncio.Task[None]] = {}
        async with (
            ClientSession(timeout=ClientTimeout(total=TIMEOUT_SECONDS)) as session,
            asyncio.TaskGroup() as group,
        ):
            while True:
                self._changed.clear()
                links = {
                    _Key(each.branch, each.history, each.url, each.token): each
                    for each in await self._store.read(boxes.links)
                    if self._store.owners.has(each.branch)
                }
                for key in running.keys() - links.keys():
                    running.pop(key).cancel()
                    del self._senders[key]
                for key in links.keys() - running.keys():
                    sender = _Sender(
                        self._store, session, links[key], self._version, self._devices,
                        self._vault, self._carry_out, self._failed,
                    )  # fmt: skip
                    self._senders[key] = sender
                    running[key] = group.create_task(sender.run())
                await self._changed.wait()


class _Sender:
    """Sends one branch's log as long as its link stands."""

    def __init__(
        self, store: Store, session: ClientSession, link: Link, version: str, devices: DevicesOf,
        vault: Vault, carry_out: CarryOut, failed: Callable[[], str],
    ) -> None:  # fmt: skip
        self.wake = asyncio.Event()
        self._store = store
        self._session = session
        self._link = link
        self._vault = vault
        self._version = version
        self._noted: tuple[str | None, float] = ("", 0.0)
        self._devices = Devices(devices)
        self._fetching = Fetching(
            store, session, link.branch, f"{link.url}/api/city/package", carry_out, failed
        )
        self._stand = Stand(0)
        self._apart = Apart(store.clock)

    async def run(self) -> None:
        attempts, seq = 0, None
        while True:
            error: str | None = None
            self.wake.clear()
            newest = 0
            try:
                anew = seq is None
                if seq is None:
                    seq = await self._ask()
                seq, newest = await self._send(seq, anew=anew)
            except (Trouble, ClientError, TimeoutError, OSError, ValueError) as trouble:
                error = why(trouble)
            except (Busy, Unavailable, sqlite3.Error) as trouble:
                error = repr(trouble)[:LONGEST]
            await self._note(seq, error)
            if error is not None:
                seq, attempts = None, attempts + 1
                pause = min(LONGEST_PAUSE, pause_after(attempts))
                log.warning("city_not_reached", error=error, again_in_s=round(pause))
                await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - lest all boxes come at once
                continue
            attempts = 0
            if seq is not None and seq >= newest:
                await self._tell_devices()
                await self._fetch()
                await self._rest()

    async def _rest(self) -> None:
        """Wait until something happens, but not for long; then let a little more gather."""
        try:
            async with asyncio.timeout(EVERY_SECONDS):
                await self.wake.wait()
        except TimeoutError:
            return
        await asyncio.sleep(GATHER_SECONDS)

    async def _note(self, seq: int | None, error: str | None) -> None:
        """Keep for people how the link is; what is sent next does not depend on it."""
        known, at = self._noted
        if error == known and time.monotonic() - at < EVERY_SECONDS:
            return
        branch, ahead = self._link.branch, self._apart.ahead()
        try:
            await self._store.transact(
                branch, SENDER, lambda tx: boxes.told(tx.aside, branch, seq, error, tx.now, ahead)
            )
        except (Busy, Unavailable) as trouble:
            log.warning("city_note_put_off", why=repr(trouble))
            return
        self._noted = (error, time.monotonic())

    async def _tell_devices(self) -> None:
        """Tell how the devices are, if it is time; the log goes on whatever becomes of that."""
        try:
            report = await self._devices.due(self._link.branch)
            if report is None:
                return
            async with self._session.post(
                f"{self._link.url}/api/city/devices", data=report, allow_redirects=False,
                headers={**self._headers, "Content-Type": "application/gzip"},
            ) as answer:  # fmt: skip
                self._devices.answered(answer.status)
        except (
            Trouble, ClientError, TimeoutError, OSError, Busy, Unavailable, sqlite3.Error
        ) as trouble:  # fmt: skip
            self._devices.lost()
            log.warning("city_devices_put_off", why=repr(trouble))

    async def _fetch(self) -> None:
        """Fetch what the city has for us, if there is news; the log goes on in any case."""
        try:
            await self._fetching.look(self._stand, self._headers)
        except (
            Trouble, ClientError, TimeoutError, OSError, ValueError, Busy, Unavailable,
            sqlite3.Error,
        ) as trouble:  # fmt: skip
            log.warning("city_prepared_put_off", why=repr(trouble))

    @property
    def _address(self) -> str:
        return f"{self._link.url}/api/city/log"

    @property
    def _token(self) -> str:
        link = self._link
        try:
            return self._vault.open(link.token, place("city_links", link.branch))
        except Locked as locked:
            raise Trouble(str(locked)) from None

    @property
    def _headers(self) -> dict[str, str]:
        # in the language of what the technician reads beside it
        return {
            "Authorization": f"Bearer {self._token}", "User-Agent": "Ramah",
            "Accept-Language": "en",
        }  # fmt: skip

    async def _ask(self) -> int:
        """Return the last event that the city has."""
        began = self._apart.begin()
        async with self._session.get(
            self._address, headers=self._headers, allow_redirects=False
        ) as answer:
            return await self._confirmed(answer, began)

    async def _send(self, seq: int, *, anew: bool = False) -> tuple[int, int]:
        """Send what follows event ``seq``; return the city's last event and ours.

        ``anew``: send that event too, so that the city sees whether it is still the same one: a
        database that was copied back by hand goes on under its old name.
        """
        after = max(0, seq - 1) if anew else seq
        head, packed = await self._store.read(lambda db: self._part(db, after))
        ahead, began = self._apart.ahead(), self._apart.begin()
        async with self._session.post(
            self._address, data=packed, allow_redirects=False,
            # known only where the city said its time, so that no older one is asked what it lacks
            params=None if ahead is None else {"clock": str(ahead)},
            headers={**self._headers, "Content-Type": "application/gzip"},
        ) as answer:  # fmt: skip
            came = await self._confirmed(answer, began)
        if came > head.newest:
            raise Trouble(
                f"the city has event {came}, this server only {head.newest}: an older copy of its "
                "data was put back by hand (docs/city.md, What breaks)"
            )
        return came, head.newest

    async def _confirmed(self, answer: ClientResponse, began: float) -> int:
        """Return the last event that the city says it has; ``began``: when it was asked.

        Raises:
            Trouble: it says something else.
        """
        self._stand = await _stood(answer)
        self._apart.answered(began, self._stand.now)
        return self._stand.seq

    def _part(self, db: sqlite3.Connection, seq: int) -> tuple[parts.Head, bytes]:
        mine = (each for each in boxes.links(db) if each.branch == self._link.branch)
        link = next(mine, None)
        if link is None:
            raise Trouble(_("this office sends its log to no city any more"))
        head = parts.head_of(db, link.code, link.history, link.newest, self._version)
        return head, parts.pack(db, link.branch, head, seq)


async def _stood(answer: ClientResponse) -> Stand:
    """Return how far the city says the log has come.

    Raises:
        Trouble: it says something else.
    """
    body = await answer.content.read(MOST_ANSWER)
    try:
        if answer.status == 200:  # noqa: PLR2004 - OK
            return _stand(body)
        detail = _problem(body).detail
        if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            detail = NOT_ADMITTED
        raise Trouble(ANSWERED_WHY.format(status=answer.status, why=detail))
    except msgspec.MsgspecError:
        raise Trouble(NO_CITY.format(status=answer.status)) from None
