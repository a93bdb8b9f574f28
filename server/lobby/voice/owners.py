"""Owns whose a recorded voice is: each belongs to one branch, and nobody else's manager sees it."""

from __future__ import annotations

import asyncio
import sqlite3

from server.api.routing import Call
from server.lobby.voice.packs import Packs, no_pack
from server.storage.queries import offices


async def owner_of(call: Call, packs: Packs, pack: str) -> str:
    """Return the code of the branch that a voice belongs to.

    A voice from before voices had an owner, or one that was copied into the folder, gets one here.

    Raises:
        NotFound: there is no such voice.
    """
    owner = await asyncio.to_thread(packs.owner, pack)
    if owner is None:
        owner = await call.hall.store.read(lambda db: _first_user(db, pack))
        await asyncio.to_thread(packs.give, pack, owner)
    return owner


def _first_user(db: sqlite3.Connection, pack: str) -> str:
    """Return the branch that speaks with a voice, else the oldest one."""
    users = [each.code for each in offices.offices(db).values() if each.voice.pack == pack]
    return users[0] if users else offices.branches(db)[0].code


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
