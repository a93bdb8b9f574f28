"""Owns fetching what the city prepared for this office: nothing changes until somebody takes it."""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from aiohttp import ClientResponse, ClientSession

from server.city import package
from server.city.package import Package, people_of
from server.domain.tx import Actor
from server.storage.queries import prepared as kept
from server.storage.queries.prepared import Prepared
from server.storage.store import Store

SENDER = Actor("city-link", "system")
MOST = 400_000
"""Bytes of an answer: settings and people at their largest."""


_package = msgspec.json.Decoder(Package).decode


class Fetching:
    """Keeps at the office what the city has, and lets the city know what the office put aside.

    Args:
        url: where the city answers.
    """

    def __init__(self, store: Store, session: ClientSession, branch: int, url: str) -> None:
        self._store = store
        self._session = session
        self._branch = branch
        self._url = url
        self._told = (0, 0)

    async def look(self, version: int, headers: dict[str, str]) -> None:
        """Fetch what is prepared if the city's version is another, or it is not told of ours yet.

        Raises:
            ClientError, TimeoutError, OSError, ValueError: it did not come, or not as it should.
            Busy, Unavailable: it cannot be kept now.
        """
        mine = await self._store.read(lambda db: kept.get(db, self._branch))
        state = mine.version, mine.put_aside
        if version == mine.version and state in {(0, 0), self._told}:
            return
        body = {"had": mine.version, "put_aside": mine.put_aside}
        async with self._session.post(
            self._url, json=body, headers=headers, allow_redirects=False
        ) as answer:
            if answer.status != HTTPStatus.OK:
                raise ValueError(f"answered {answer.status}")
            new = _package(await _bounded(answer))
        self._told = state
        if new.version == mine.version:
            return
        people_of(new.people)  # refused before it is kept
        row = Prepared(*msgspec.structs.astuple(new))
        await self._store.transact(self._branch, SENDER, lambda tx: package.came(tx, row))
        await self.look(new.version, headers)  # the city sees at once that it is here


async def _bounded(answer: ClientResponse) -> bytes:
    told = b""
    async for part in answer.content.iter_any():
        told += part
        if len(told) > MOST:
            raise ValueError("the city answers too much")
    return told
