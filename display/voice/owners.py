"""Owns whose a recorded voice is: each belongs to one branch, and nobody else's manager sees it."""

from __future__ import annotations

import asyncio
import sqlite3

from display.voice.packs import Packs, no_pack
from server.api.routing import Call

FIRST_USER = """
SELECT code FROM branches LEFT JOIN settings ON settings.branch = branches.id
    AND settings.version = branches.settings_version
ORDER BY json_extract(office, '$.voice.pack') IS NOT ?, branches.id LIMIT 1
"""
"""The branch that speaks with a voice, else the oldest one."""


async def owner_of(call: Call, packs: Packs, pack: str) -> str:
    """Return the code of the branch that a voice belongs to.

    A voice from before voices had an owner, or one that was copied into the folder, gets one here.

    Raises:
        NotFound: there is no such voice.
    """
    owner = await asyncio.to_thread(packs.owner, pack)
    if owner is None:

        def first(db: sqlite3.Connection) -> str:
            return str(db.execute(FIRST_USER, (pack,)).fetchone()[0])

        owner = await call.hall.store.read(first)
        await asyncio.to_thread(packs.give, pack, owner)
    return owner


async def ours(call: Call, packs: Packs, pack: str) -> str:
    """Return the id of a voice, if it is the caller's branch's.

    Raises:
        NotFound: there is none, or it is another branch's: both answer alike.
    """
    if await owner_of(call, packs, pack) != await branch_code(call):
        raise no_pack(pack)
    return pack


async def branch_code(call: Call) -> str:
    """Return the code of the caller's branch."""
    return await call.read(lambda tx: tx.office.code)
