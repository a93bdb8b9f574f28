"""Owns fetching what the city has for this office.

What it prepared changes nothing until somebody takes it; wishes for devices are done, once each.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

import msgspec
from aiohttp import ClientResponse, ClientSession

from server.city import package, releases, wishes
from server.city.package import Package, people_of
from server.city.wishes import Wish
from server.domain.tx import Actor
from server.storage.queries import prepared as kept
from server.storage.queries import releases as said_last
from server.storage.queries.prepared import Prepared
from server.storage.store import Store
from server.storage.work import Command

SENDER = Actor("city-link", "system")
MOST = 2_000_000
"""Bytes of an answer: settings and people at their largest."""
CarryOut = Callable[[int, Wish], Awaitable[None]]
"""Does what is wished for a device of a branch, if it was not done before."""

_State = tuple[int, int, tuple[str, ...]]
"""What is here, what was put aside, and who was invited since."""
_package = msgspec.json.Decoder(Package).decode


class Stand(msgspec.Struct, frozen=True):
    """How far the city says it is with this office.

    Attributes:
        seq: last event that it has.
        prepared: version of what it prepared.
        wishes: for devices here, of which it does not know what came; ``None`` for a city that is
            too old to have any.
        release: when it said last which version this server may take.
        failed: which version it knows not to work here; ``None`` for a city too old to ask.
        now: its time as it answered, milliseconds since 1970; 0 for a city too old to say.
    """

    seq: int
    prepared: int = 0
    wishes: int | None = None
    release: int = 0
    failed: str | None = None
    now: int = 0


class Fetching:
    """Keeps at the office what the city has, and lets the city know what the office put aside.

    Args:
        url: where the city answers.
        carry_out: does what is wished for a device.
        failed: tells which version of the program did not work here; may read a disk.
    """

    def __init__(
        self, store: Store, session: ClientSession, branch: int, url: str, carry_out: CarryOut,
        failed: Callable[[], str],
    ) -> None:  # fmt: skip
        self._store = store
        self._session = session
        self._branch = branch
        self._url = url
        self._carry_out = carry_out
        self._failed = failed
        self._told: _State = (0, 0, ())

    async def look(self, stand: Stand, headers: dict[str, str]) -> None:
        """Fetch what the city has, if there is news or it is not told of ours yet.

        Raises:
            ClientError, TimeoutError, OSError, ValueError: it did not come, or not as it should.
            Busy, Unavailable: it cannot be kept or done now.
        """
        if await self._fetch(stand, headers):
            # the city sees at once that it is here, and what came of it
            await self._fetch(stand, headers)

    async def _fetch(self, stand: Stand, headers: dict[str, str]) -> bool:
        """Fetch once; return whether something came that the city is to be told of."""
        mine, invited, said, failed = await self._store.read(self._mine)
        state = mine.version, mine.put_aside, invited
        waiting = stand.wishes
        # a city that never said a version asks for none that failed
        asked = stand.failed if stand.release else None
        same = stand.prepared == mine.version and stand.release == said
        same &= asked in {None, failed}
        if not waiting and same and state in {(0, 0, ()), self._told}:
            return False
        body: dict[str, Any] = {"had": mine.version, "put_aside": mine.put_aside}
        if invited:
            body["invited"] = invited
        if asked is not None:
            body["failed"] = failed
        if waiting:
            done = await self._store.look(self._branch, SENDER, wishes.outcomes)
            body["done"] = msgspec.to_builtins(done)
        async with self._session.post(
            self._url, json=body, headers=headers, allow_redirects=False
        ) as answer:
            if answer.status != HTTPStatus.OK:
                raise ValueError(f"answered {answer.status}")
            new = _package(await _bounded(answer))
        if invited:  # the city names them no more, so neither need this server
            await self._transact(lambda tx: package.forget(tx, invited))
        self._told = mine.version, mine.put_aside, ()
        for each in new.wishes:
            await self._carry_out(self._branch, each)
        if (0 if new.release is None else new.release.at) != said:
            await self._transact(lambda tx: releases.came(tx, new.release))
        if new.version == mine.version:
            return bool(new.wishes)
        people_of(new.people)  # refused before it is kept
        row = Prepared(new.version, new.base, new.settings, new.people, new.name, new.at)
        await self._transact(lambda tx: package.came(tx, row))
        return True

    def _mine(self, db: sqlite3.Connection) -> tuple[Prepared, tuple[str, ...], int, str]:
        branch = self._branch
        said = said_last.get(db, branch).at
        return kept.get(db, branch), package.invited(db, branch), said, self._failed()

    async def _transact(self, command: Command[None]) -> None:
        await self._store.transact(self._branch, SENDER, command)


async def _bounded(answer: ClientResponse) -> bytes:
    told = b""
    async for part in answer.content.iter_any():
        told += part
        if len(told) > MOST:
            raise ValueError("the city answers too much")
    return told
