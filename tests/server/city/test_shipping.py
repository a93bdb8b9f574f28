"""The sender of an office's log meets what may happen while it works."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path

import pytest
from aiohttp import ClientSession

from server.auth.vault import Vault
from server.branches import configure
from server.city.wishes import Wish
from server.fleet.listing import DeviceNow
from server.shipping import Trouble, _Sender
from server.storage.database import connect
from server.storage.queries import boxes
from server.storage.store import Store
from tests.server.rehearsal import office


async def none(_branch: int) -> list[DeviceNow]:
    return []


async def nothing(_branch: int, _wish: Wish) -> None:
    pass


async def test_a_link_that_ends_while_a_part_is_made_hangs_nobody(tmp_path: Path) -> None:
    with closing(connect(tmp_path)) as db:
        branch, _ = configure(db, office())
        boxes.join(db, branch, "http://127.0.0.1:1", "x")
        (link,) = boxes.links(db)
        boxes.leave(db, branch)
    store = await Store.open(tmp_path)
    async with ClientSession() as session, asyncio.timeout(30):
        sender = _Sender(store, session, link, "1", none, Vault(tmp_path), nothing, str)
        with pytest.raises(Trouble, match="no city"):
            await sender._send(0)  # noqa: SLF001 - the moment between two of its questions
    await store.close()
