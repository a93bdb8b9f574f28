"""One server of a store works, others wait to take over: by a lease in the database.

A lease is taken and renewed by comparing and setting its row. Two that work by mistake are slow
and never wrong, since every write compares its head; but each server knows only its own screens
and print agents, and a paper might be printed twice.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

import asyncpg
import structlog

from server.domain.errors import Refused
from server.storage.address import shown
from server.storage.postgres.connection import LINE_ERRORS, SENDER, Gone, connected, end
from server.storage.postgres.examined import troubles

LASTS_S = 5.0
RENEWED_S = 1.5
NAME = "server"
TAKE = """
INSERT INTO leases AS held (name, owner, until)
VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))
ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until
WHERE held.owner = excluded.owner OR held.until < clock_timestamp()
RETURNING owner
"""
LET_GO = "DELETE FROM leases WHERE name = $1 AND owner = $2"
log = structlog.get_logger()


class NotAStore(Refused):
    """The database, or what stands before it, does not do what a store needs."""


def take_turn(address: str, waits: Callable[[], None]) -> None:
    """Return when the lease is this process's; ``waits`` is called once when it is another's.

    Raises:
        Gone: the database cannot be reached. NotAStore: it cannot be worked with.
    """
    try:
        asyncio.run(_take_turn(address, waits))
    except LINE_ERRORS as error:
        raise Gone(str(error) or type(error).__name__) from error


async def _take_turn(address: str, waits: Callable[[], None]) -> None:
    for each in await troubles(address):
        raise NotAStore("{store}: {why}", field="store", store=shown(address), why=each)
    line = await connected(address)
    told = False
    try:
        while True:
            try:
                if await _taken(line):
                    return
            except LINE_ERRORS:
                if not told:
                    raise
                await end(line)
                line = await _again(address)
                continue
            if not told:
                waits()
            told = True
            await asyncio.sleep(RENEWED_S)
    finally:
        await end(line)


async def _again(address: str) -> asyncpg.Connection:
    """Return a new line to a database that was there before."""
    while True:
        try:
            return await connected(address)
        except LINE_ERRORS:
            await asyncio.sleep(RENEWED_S)


async def _taken(line: asyncpg.Connection) -> bool:
    return await line.fetchval(TAKE, NAME, SENDER, LASTS_S) is not None


class Lease:
    """Keeps the lease as long as the store is open, and says when another server has it."""

    def __init__(self, address: str, lost: Callable[[], object]) -> None:
        self._address = address
        self._lost = lost
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
                    held = await _taken(self._line)
            except LINE_ERRORS as error:
                log.warning("lease_unsure", why=repr(error))
                await self._drop()  # nobody can take it either while the database is away
            else:
                if self.held and not held:
                    log.error("lease_lost")
                    self._lost()
                self.held = held
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
