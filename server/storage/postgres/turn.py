"""A server comes to the others of its store: with tables that all of them know.

Tables are changed while no other server works. One that is newer than the tables waits until the
older ones have ended, and passes everything on to them meanwhile; so servers are renewed one after
the other, and nobody is refused.
"""

from __future__ import annotations

import asyncio
import signal
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, closing, suppress

import asyncpg

from server.domain.errors import Refused
from server.storage.address import shown
from server.storage.database import migrations
from server.storage.owners import Own
from server.storage.postgres.connection import (
    LINE_ERRORS,
    SENDER,
    Gone,
    Postgres,
    connected,
    end,
)
from server.storage.postgres.examined import troubles
from server.storage.postgres.owners import LASTS_S, LEADS, RENEWED_S, SERVER, TAKE, WAITS, told
from server.storage.postgres.schema import LOCK, migrate

ADDRESSES = "ALTER TABLE leases ADD COLUMN IF NOT EXISTS address text NOT NULL DEFAULT ''"
"""Of no meaning to a file, so in no migration."""
VERSION = "SELECT version FROM store"
OTHERS = """
SELECT address FROM leases
WHERE (name = $1 OR starts_with(name, $2)) AND owner <> $3 AND until > clock_timestamp()
ORDER BY name DESC
"""
"""Who works: the one that leads is the last, and servers of long ago know no other lease."""
FORGET = "DELETE FROM leases WHERE starts_with(name, $1) AND until < clock_timestamp()"
"""Those that waited and were killed."""
END = "DELETE FROM leases WHERE name = $1 AND owner = $2"

Meanwhile = Callable[[Callable[[], str]], AbstractAsyncContextManager[None]]


class NotAStore(Refused):
    """The database, or what stands before it, does not do what a store needs."""


def join(address: str, own: Own, meanwhile: Meanwhile) -> None:
    """Return when this server may work beside the others; then its lease runs.

    Args:
        address: of the database.
        own: where the other servers reach this one.
        meanwhile: what to do while older servers work; it is told where one is reached.

    Raises:
        Gone: the database cannot be reached. NotAStore: it cannot be worked with.
        sqlite3.OperationalError: it lets this user in nowhere, or not there.
        SystemExit: it was told to end (SIGTERM) while it waited.
    """
    try:
        asyncio.run(_until_told(_join(address, own, meanwhile)))
    except asyncio.CancelledError:
        raise SystemExit(0) from None
    except LINE_ERRORS as error:
        raise Gone(str(error) or type(error).__name__) from error
    except asyncpg.PostgresError as error:
        raise sqlite3.OperationalError(str(error)) from error


async def _until_told(doing: Awaitable[None]) -> None:
    waiting = asyncio.current_task()
    if waiting is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, waiting.cancel)
    await doing


async def _join(address: str, own: Own, meanwhile: Meanwhile) -> None:
    for each in await troubles(address):
        raise NotAStore("{store}: {why}", field="store", store=shown(address), why=each)
    line = await connected(address)
    working: list[str] = []
    async with AsyncExitStack() as waiting:
        waits = False
        try:
            if await line.fetchval("SELECT to_regclass('leases')") is None:
                await asyncio.to_thread(_make, address)
            await line.execute(ADDRESSES)
            while True:
                try:
                    found = await _working(line, own)
                    if not found:
                        return
                    working[:] = found  # who knocks until the doors change hands asks the last one
                except LINE_ERRORS:
                    if not waits:
                        raise
                    await end(line)
                    line = await _again(address)
                    continue
                if not waits:
                    await waiting.enter_async_context(meanwhile(lambda: working[-1]))
                waits = True
                await asyncio.sleep(RENEWED_S)
        finally:
            with suppress(*LINE_ERRORS):
                await line.execute(END, WAITS + SENDER, SENDER)
            await end(line)


async def _working(line: asyncpg.Connection, own: Own) -> list[str]:
    """Return where servers are that work on older tables; none when this one has come in.

    Both under the lock of who changes tables, so that no server comes while they are changed.
    """
    newest = migrations()[-1][0]
    async with line.transaction():
        await line.execute("SELECT pg_advisory_xact_lock($1::bigint)", LOCK)
        await line.execute(FORGET, WAITS)
        if await line.fetchval(VERSION) < newest:
            found = [each["address"].partition(" ")[0]
                     for each in await line.fetch(OTHERS, LEADS, SERVER, SENDER)]  # fmt: skip
            if found:
                # an older server counts as its proxies those that wait
                await line.fetchval(TAKE, WAITS + SENDER, SENDER, LASTS_S, " ".join(own.sources))
                return found
            await line.fetchval(TAKE, LEADS, SENDER, LASTS_S, own.url)
        await line.fetchval(TAKE, SERVER + SENDER, SENDER, LASTS_S, told(own))
    return []


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
