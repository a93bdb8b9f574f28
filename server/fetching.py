"""Owns fetching what the city has for this office.

What it prepared changes nothing until somebody takes it; wishes for devices are done, once each.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

import msgspec
from aiohttp import ClientResponse, ClientSession

from server.city import package, wishes
from server.city.package import Package, people_of
from server.city.wishes import Wish
from server.domain.tx import Actor
from server.storage.queries import prepared as kept
from server.storage.queries.prepared import Prepared
from server.storage.store import Store

SENDER = Actor("city-link", "system")
MOST = 400_000
"""Bytes of an answer: settings and people at their largest."""


CarryOut = Callable[[int, Wish], Awaitable[None]]
"""Does what is wished for a device of a branch, if it was not done before."""

_package = msgspec.json.Decoder(Package).decode


class Fetching:
    """Keeps at the office what the city has, and lets the city know what the office put aside.

    Args:
        url: where the city answers.
        carry_out: does what is wished for a device.
    """

    def __init__(
        self, store: Store, session: ClientSession, branch: int, url: str, carry_out: CarryOut
    ) -> None:
        self._store = store
        self._session = session
        self._branch = branch
        self._url = url
        self._carry_out = carry_out
        self._told = (0, 0)

    async def look(self, version: int, waiting: int | None, headers: dict[str, str]) -> None:
        """Fetch what is prepared and wished, if there is news or the city is not told of ours yet.

        ``version`` is what the city prepared last; ``waiting`` is how many wishes it has of which
        it does not know what came, ``None`` for a city that has none ever.

        Raises:
            ClientError, TimeoutError, OSError, ValueError: it did not come, or not as it should.
            Busy, Unavailable: it cannot be kept or done now.
        """
        if await self._fetch(version, waiting, headers):
            # the city sees at once that it is here, and what came of it
            await self._fetch(version, waiting, headers)

    async def _fetch(self, version: int, waiting: int | None, headers: dict[str, str]) -> bool:
        """Fetch once; return whether something came that the city is to be told of."""
        mine = await self._store.read(lambda db: kept.get(db, self._branch))
        state = mine.version, mine.put_aside
        if not waiting and version == mine.version and state in {(0, 0), self._told}:
            return False
        body: dict[str, Any] = {"had": mine.version, "put_aside": mine.put_aside}
        if waiting:
            done = await self._store.look(self._branch, SENDER, wishes.outcomes)
            body["done"] = msgspec.to_builtins(done)
        async with self._session.post(
            self._url, json=body, headers=headers, allow_redirects=False
        ) as answer:
            if answer.status != HTTPStatus.OK:
                raise ValueError(f"answered {answer.status}")
            new = _package(await _bounded(answer))
        self._told = state
        for each in new.wishes:
            await self._carry_out(self._branch, each)
        if new.version == mine.version:
            return bool(new.wishes)
        people_of(new.people)  # refused before it is kept
        row = Prepared(
            new.version, new.base, new.settings, new.people, new.name, new.at
        )  # fmt: skip
        await self._store.transact(self._branch, SENDER, lambda tx: package.came(tx, row))
        return True


async def _bounded(answer: ClientResponse) -> bytes:
    told = b""
    async for part in answer.content.iter_any():
        told += part
        if len(told) > MOST:
            raise ValueError("the city answers too much")
    return told
