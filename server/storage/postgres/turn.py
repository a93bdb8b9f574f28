"""One server of a store works, others wait to take over: by a lease in the database.

A lease is taken and renewed by comparing and setting its row. Two that work by mistake are slow
and never wrong, since every write compares its head; but each server knows only its own screens
and print agents, and a paper might be printed twice.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, closing, suppress
from dataclasses import dataclass
from typing import NamedTuple

import asyncpg
import structlog

from server.domain.errors import Refused
from server.storage.address import shown
from server.storage.postgres.connection import (
    LINE_ERRORS,
    SENDER,
    Gone,
    Postgres,
    connected,
    end,
)
from server.storage.postgres.examined import troubles
from server.storage.postgres.schema import migrate

LASTS_S = 5.0
RENEWED_S = 1.5
NAME, WAITS = "server", "waits "
TAKE = """
INSERT INTO leases AS held (name, owner, until, address)
VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3), $4)
ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until,
    address = CASE excluded.address WHEN '' THEN held.address ELSE excluded.address END
WHERE held.owner = excluded.owner OR held.until < clock_timestamp()
RETURNING owner
"""
WORKS = "SELECT address FROM leases WHERE name = $1"
WAIT = "SELECT address FROM leases WHERE starts_with(name, $1) AND until > clock_timestamp()"
ADDRESSES = "ALTER TABLE leases ADD COLUMN IF NOT EXISTS address text NOT NULL DEFAULT ''"
"""Of no meaning to a file, so in no migration."""
FORGET = "DELETE FROM leases WHERE starts_with(name, $1) AND until < clock_timestamp()"
"""Those that waited and were killed."""
LET_GO = "DELETE FROM leases WHERE name = $1 AND owner = $2"
log = structlog.get_logger()


class Own(NamedTuple):
    """Where a server stands among the others.

    Attributes:
        url: where they reach it, ``http://HOST:PORT``.
        sources: the addresses it comes from when it asks them.
    """

    url: str
    sources: tuple[str, ...]


@dataclass
class _Works:
    """The server that works: where it is reached, "" while nobody knows."""

    url: str = ""


Meanwhile = Callable[[Callable[[], str]], AbstractAsyncContextManager[None]]


class NotAStore(Refused):
    """The database, or what stands before it, does not do what a store needs."""


def take_turn(address: str, own: Own, meanwhile: Meanwhile) -> None:
    """Return when the lease is this process's.

    Args:
        address: of the database.
        own: where the other servers reach this one.
        meanwhile: what to do while the lease is another's; it is told where that one is reached.

    Raises:
        Gone: the database cannot be reached. NotAStore: it cannot be worked with.
        SystemExit: it was told to end (SIGTERM) while it waited.
    """
    try:
        asyncio.run(_until_told(_take_turn(address, own, meanwhile)))
    except asyncio.CancelledError:
        raise SystemExit(0) from None
    except LINE_ERRORS as error:
        raise Gone(str(error) or type(error).__name__) from error


async def _until_told(doing: Awaitable[None]) -> None:
    waiting = asyncio.current_task()
    if waiting is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, waiting.cancel)
    await doing


async def _take_turn(address: str, own: Own, meanwhile: Meanwhile) -> None:
    for each in await troubles(address):
        raise NotAStore("{store}: {why}", field="store", store=shown(address), why=each)
    line = await connected(address)
    works = _Works()
    async with AsyncExitStack() as waiting:
        waits = False
        try:
            if await line.fetchval("SELECT to_regclass('leases')") is None:
                await asyncio.to_thread(_make, address)
            await line.execute(ADDRESSES)
            await line.execute(FORGET, WAITS)
            while True:
                try:
                    if await line.fetchval(TAKE, NAME, SENDER, LASTS_S, own.url) is not None:
                        await line.execute(LET_GO, WAITS + SENDER, SENDER)
                        return
                    works.url = await line.fetchval(WORKS, NAME) or ""
                    told = " ".join(own.sources)
                    await line.fetchval(TAKE, WAITS + SENDER, SENDER, LASTS_S, told)
                except LINE_ERRORS:
                    if not waits:
                        raise
                    await end(line)
                    line = await _again(address)
                    continue
                if not waits:
                    await waiting.enter_async_context(meanwhile(lambda: works.url))
                waits = True
                await asyncio.sleep(RENEWED_S)
        finally:
            with suppress(*LINE_ERRORS):
                await line.execute(LET_GO, WAITS + SENDER, SENDER)
            await end(line)


def _make(address: str) -> None:
    """Make the tables of a new store."""
    with closing(Postgres(address)) as db:
        migrate(db)


async def _again(address: str) -> asyncpg.Connection:
    """Return a new line to a database that was there before."""
    while True:
        try:
            return await connected(address)
        except LINE_ERRORS:
            await asyncio.sleep(RENEWED_S)


class Lease:
    """Keeps the lease as long as the store is open, and says when another server has it."""

    def __init__(
        self, address: str, lost: Callable[[], object], beside: Callable[[list[str]], object]
    ) -> None:
        """``beside``: told the addresses of the servers that wait, whenever they are others."""
        self._address = address
        self._lost = lost
        self._tell_beside = beside
        self._beside: list[str] = []
        self._line: asyncpg.Connection | None = None
        self.held = False

    async def hold(self) -> None:
        """Take the lease when it is free, and renew it, for ever."""
        while True:
            began = time.monotonic()
            try:
                async with asyncio.timeout(RENEWED_S):
                    if self._line is None or self._line.is_closed():
                        self._line = await connected(self._address)
                    held = await self._line.fetchval(TAKE, NAME, SENDER, LASTS_S, "") is not None
                    waiting = await self._line.fetch(WAIT, WAITS)
            except LINE_ERRORS as error:
                log.warning("lease_unsure", why=repr(error))
                await self._drop()  # nobody can take it either while the database is away
            else:
                if self.held and not held:
                    log.error("lease_lost")
                    self._lost()
                self.held = held
                beside = sorted({each for row in waiting for each in row["address"].split()})
                if beside != self._beside:
                    self._beside = beside
                    self._tell_beside(beside)
            await asyncio.sleep(max(0.0, RENEWED_S - (time.monotonic() - began)))

    async def let_go(self) -> None:
        """Give the lease back, so that another server begins at once."""
        if self.held and self._line is not None:
            with suppress(*LINE_ERRORS):
                async with asyncio.timeout(RENEWED_S):
                    await self._line.execute(LET_GO, NAME, SENDER)
        await self._drop()

    async def _drop(self) -> None:
        line, self._line = self._line, None
        await end(line)
