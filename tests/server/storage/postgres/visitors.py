"""Visitors and a screen that stay while servers, databases and links fail under them."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import aiohttp
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from server.storage.database import connect as opened
from tests.server.waiting import soon

PATIENCE_S = 8.0
"""What a page waits for an answer (web/static/api.js)."""
TIMES = int(os.environ.get("RAMAH_TIMES", "50"))
"""How often each test kills or cuts; one run of all with 50 takes half an hour."""
SILENT_S = 5.0
"""What a screen waits for a word of the server, before it tries anew (web/static/hall.js)."""


@dataclass
class Lobby:
    """What visitors were given, what else they were answered, and what the screen showed."""

    urls: list[str]
    key: str
    given: list[str] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    shown: list[tuple[int, str]] = field(default_factory=list)
    back_s: list[float] = field(default_factory=list)

    async def right_again(self, since: float) -> None:
        """Wait until visitors are served and seen; note how long that took."""
        await self.are_served()
        self.back_s.append(time.monotonic() - since)

    async def are_served(self) -> None:
        """Wait until visitors are served and seen."""
        before = len(self.given)
        await soon(lambda: len(self.given) > before + 4, "visitors are served")
        await soon(lambda: not self._seen().isdisjoint(self.given[before:]), "the screen follows")

    def _seen(self) -> set[str]:
        return {label for _, label in self.shown}

    def told(self, what: str) -> str:
        """Say it all in one line."""
        longest = max(self.back_s)
        usual = sorted(self.back_s)[len(self.back_s) // 2]
        return (
            f"{what}: {len(self.back_s)} times, right again after {usual:.1f} s, at most "
            f"{longest:.1f} s; {len(self.given)} numbers; answers {dict(self.answers)}"
        )


@asynccontextmanager
async def lobby(urls: list[str], key: str, visitors: int = 4) -> AsyncIterator[Lobby]:
    """Keep visitors coming to any of these servers while the block lasts, and a screen on."""
    made = Lobby(urls, key)
    ends = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for _ in range(visitors):
            group.create_task(_visit(made, ends))
        showing = group.create_task(_show(made))
        try:
            yield made
            last = len(made.given)
            await soon(lambda: len(made.given) > last, "one more")
        finally:
            ends.set()
            await asyncio.sleep(1)
            showing.cancel()


async def _visit(made: Lobby, ends: asyncio.Event) -> None:
    """Take numbers, each with a key of its own, at one server after the other until one answers."""
    at = cycle(made.urls)
    headers = {"Authorization": f"Bearer {made.key}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for number in range(100_000):
            key = f"{id(session)}-{number}"
            while not ends.is_set():
                if await _given(made, session, next(at), key):
                    break
                await asyncio.sleep(0.02)
            if ends.is_set():
                return


async def _given(made: Lobby, session: aiohttp.ClientSession, url: str, key: str) -> bool:
    try:
        async with session.post(
            f"{url}/api/tickets", json={"service": "A"}, headers={"Idempotency-Key": key},
            timeout=aiohttp.ClientTimeout(PATIENCE_S),
        ) as answer:  # fmt: skip
            if answer.status == 201:
                made.given.append((await answer.json())["label"])
                return True
            body = await answer.text()
            assert answer.status in {429, 503}, body
            assert answer.headers["Content-Type"].startswith("application/problem+json"), body
            assert int(answer.headers["Retry-After"]) > 0, body
            made.answers[f"please wait ({answer.status})"] += 1
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        made.answers[type(error).__name__] += 1
    return False


async def _show(made: Lobby) -> None:
    at, seq = cycle(made.urls), 0
    while True:
        with suppress(OSError, TimeoutError, WebSocketException, InvalidHandshake):
            url = (
                next(at).replace("http", "ws", 1) + "/api/events" + (f"?since={seq}" if seq else "")
            )
            async with connect(
                url, additional_headers={"Authorization": f"Bearer {made.key}"},
                open_timeout=SILENT_S, max_size=None,
            ) as feed:  # fmt: skip
                while True:
                    async with asyncio.timeout(SILENT_S):
                        told = json.loads(await feed.recv())
                    if told["type"] == "event":
                        assert told["seq"] > seq, f"after {seq} came {told['seq']}"
                    if told["type"] in {"event", "snapshot"}:
                        seq = told["seq"]
                    if told.get("kind") == "issued":
                        made.shown.append((seq, told["label"]))
        await asyncio.sleep(0.2)


def nothing_lost(data: Path, made: Lobby, more: Callable[[int], bool] = lambda n: n <= 4) -> None:
    """Check the log: no gap, nothing acknowledged lost or doubled, nothing twice for one key."""
    with closing(opened(data)) as db:
        kept = [label for (label,) in db.execute("SELECT label FROM tickets").fetchall()]
        count, last = db.execute("SELECT COUNT(*), MAX(seq) FROM events").fetchone()
    assert count == last, "no gap"
    assert max(Counter(made.given).values()) == 1
    assert set(made.given) <= set(kept)
    assert more(len(kept) - len(made.given)), "a repeat with its key took no second number"
    assert max(Counter(label for _, label in made.shown).values()) == 1
