"""Finds out whether a database, and what stands before it, can be worked with as a store."""

from __future__ import annotations

import asyncio

from server.domain.errors import Phrase
from server.domain.words import marked as _
from server.storage.postgres.connection import connected, end

OLDEST = 14
HEARD_S = 2.0
CHANNEL = "ramah_examined"
CUT_SHORT = {
    "statement_timeout": _("large reports are cut short"),
    "lock_timeout": _("commands are refused at times of many"),
    "idle_session_timeout": _("lines that only listen are cut again and again"),
}


async def troubles(address: str) -> list[Phrase]:
    """Return in words what keeps a database from being a store; empty when nothing does.

    Raises:
        OSError, asyncpg.PostgresError: it cannot be reached.
    """
    found = []
    line = await connected(address)
    try:
        version = line.get_server_version()
        if version.major < OLDEST:
            old = _("PostgreSQL {version} is too old; {oldest} or newer is needed")
            found.append(Phrase(old, version=version.major, oldest=OLDEST))
        if await line.fetchval("SELECT pg_is_in_recovery()"):
            standby = _("this is a standby, which takes no writes; give the primary's address")
            found.append(Phrase(standby))
        if await line.fetchval("SELECT current_setting('server_encoding')") != "UTF8":
            found.append(Phrase(_("the database is not in UTF-8; make it with ENCODING 'UTF8'")))
    finally:
        await end(line)
    if not await _hears_itself(address):
        pooler = _(
            "a pooler in transaction mode stands before it: notices do not arrive. Give the "
            "database's own address, or set the pooler to pool_mode = session"
        )
        found.append(Phrase(pooler))
    return found


async def dangers(address: str) -> list[Phrase]:
    """Return in words what a store works with, and should not."""
    found = []
    line = await connected(address)
    try:
        if await line.fetchval("SELECT current_setting('fsync')") == "off":
            lost = _("fsync is off: numbers that visitors hold are lost with the power")
            found.append(Phrase(lost))
        for name, harm in CUT_SHORT.items():
            value = await line.fetchval("SELECT current_setting($1, true)", name)
            if value not in {None, "0"}:
                told = _("{name} is {value}: {harm}; ALTER ROLE ... SET {name} = 0")
                found.append(Phrase(told, name=name, value=value, harm=Phrase(harm)))
    finally:
        await end(line)
    return found


async def _hears_itself(address: str) -> bool:
    """Listen on one line and tell on another one; a pooler that shares lines passes nothing on."""
    listening, telling = await connected(address), await connected(address)
    heard = asyncio.Event()
    try:
        await listening.add_listener(CHANNEL, lambda *_: heard.set())
        await telling.execute(f"NOTIFY {CHANNEL}")
        async with asyncio.timeout(HEARD_S):
            await heard.wait()
    except TimeoutError:
        return False
    finally:
        await end(listening)
        await end(telling)
    return True
