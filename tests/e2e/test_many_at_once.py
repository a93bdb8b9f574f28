"""A full hall, and the power cut in the middle of it: every number once, none lost."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from tests.server.api.client import Client
from tests.server.process import Server, office_toml
from tests.server.rehearsal import assert_replay_is_identical
from tests.server.waiting import until

pytestmark = pytest.mark.e2e

KIOSKS, TICKETS, COUNTERS = 16, 200, 12
SERVICES = "ABC"


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[Server]:
    """A hall with twelve counters that serve everything."""
    with Server(tmp_path / "data") as server:
        server.add_branch(office_toml("hall", counters=COUNTERS))
        server.start()
        yield server
        assert "Traceback" not in server.stderr()


@dataclass
class Seen:
    """What kiosks and counters were told."""

    given: list[tuple[str, str]] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)


@asynccontextmanager
async def clients(server: Server) -> AsyncIterator[tuple[list[Client], list[Client]]]:
    """Return 16 kiosks and 12 staff scripts, each with its own token and connections."""
    async with AsyncExitStack() as stack:
        kiosks = [await stack.enter_async_context(server.client("kiosk")) for _ in range(KIOSKS)]
        desks = [await stack.enter_async_context(server.client("staff")) for _ in range(COUNTERS)]
        yield kiosks, desks


async def give(kiosk: Client, number: int, seen: Seen) -> None:
    """One kiosk gives its numbers, one touch after another."""
    for touch in range(number):
        service = SERVICES[touch % len(SERVICES)]
        answer = await kiosk.post("/api/tickets", {"service": service}, check=False)
        assert answer.status == 201, answer.text
        ticket = answer.json
        seen.given.append((ticket["id"], ticket["label"]))


async def serve(desk: Client, counter: int, seen: Seen, kiosks: list[asyncio.Task[None]]) -> None:
    """One counter calls, starts and finishes until nobody comes any more and nobody waits."""
    while True:
        all_given = all(each.done() for each in kiosks)
        answer = await desk.at(counter, "call-next", check=False)
        if answer.status == 204:
            if all_given:
                return
            continue
        assert answer.status == 200, answer.text
        ticket = answer.json["id"]
        seen.called.append(ticket)
        for act in ("start", "finish"):
            done = await desk.at(counter, act, check=False)
            assert done.status == 200, done.text
        seen.finished.append(ticket)


def numbers_without_gap(server: Server) -> None:
    """Fail when a number of a service is missing or was given twice."""
    until(
        lambda: not server.query("SELECT 1 FROM branches WHERE rows_seq < seq"),
        "the rush is over and its rows are written",
    )
    for service in SERVICES:
        numbers = [
            row[0]
            for row in server.query(
                "SELECT number FROM tickets WHERE service = ? ORDER BY number", service
            )
        ]
        assert numbers == list(range(1, len(numbers) + 1))


async def test_sixteen_kiosks_and_twelve_counters_at_once(busy: Server) -> None:
    seen = Seen()
    async with clients(busy) as (kiosks, desks):
        for counter, desk in enumerate(desks, start=1):
            await desk.do(counter, "open")
        async with asyncio.TaskGroup() as group:
            giving = [group.create_task(give(each, TICKETS, seen)) for each in kiosks]
            for counter, desk in enumerate(desks, start=1):
                group.create_task(serve(desk, counter, seen, giving))
    assert len(seen.given) == KIOSKS * TICKETS
    assert len({id_ for id_, _ in seen.given}) == KIOSKS * TICKETS
    assert len({label for _, label in seen.given}) == KIOSKS * TICKETS, "no number twice"
    numbers_without_gap(busy)
    assert [n for _, n in Counter(seen.called).most_common(1)] == [1], "no ticket called twice"
    assert set(seen.called) == {id_ for id_, _ in seen.given}, "none lost"
    assert Counter(busy.query("SELECT state FROM turns")) == {("done",): KIOSKS * TICKETS}
    assert busy.stop() == 0
    with busy.database() as db:
        assert_replay_is_identical(db, 1)


async def until_cut(work: Coroutine[None, None, None]) -> None:
    """Do the work until the server is gone."""
    try:
        await work
    except (aiohttp.ClientError, ConnectionError, asyncio.IncompleteReadError):
        return


async def test_a_power_cut_in_the_middle_loses_no_number_that_was_answered(busy: Server) -> None:
    seen = Seen()
    async with clients(busy) as (kiosks, desks):
        for counter, desk in enumerate(desks, start=1):
            await desk.do(counter, "open")
        for _ in range(3):
            answered = len(seen.given)

            async def cut(enough: int) -> None:
                while len(seen.given) < enough:  # noqa: ASYNC110 - what is counted is ours
                    await asyncio.sleep(0)
                await asyncio.to_thread(busy.kill)

            async with asyncio.TaskGroup() as group:
                giving = [
                    group.create_task(until_cut(give(each, TICKETS, seen))) for each in kiosks
                ]
                for counter, desk in enumerate(desks, start=1):
                    group.create_task(until_cut(serve_on(desk, counter, seen, giving)))
                group.create_task(cut(answered + 150))
            await asyncio.to_thread(busy.start)
            numbers_without_gap(busy)
            stored = dict(busy.query("SELECT id, label FROM tickets"))
            for id_, label in seen.given:
                assert stored[id_] == label, "a number that was told is there as it was told"
            states = dict(busy.query("SELECT ticket, state FROM turns"))
            for id_ in seen.finished:
                assert states[id_] == "done"
            assert Counter(seen.called).most_common(1)[0][1] == 1, "no ticket called twice"

        async with asyncio.TaskGroup() as group:
            giving = [group.create_task(give(each, 5, seen)) for each in kiosks]
            for counter, desk in enumerate(desks, start=1):
                group.create_task(serve_on(desk, counter, seen, giving))
    numbers_without_gap(busy)
    assert Counter(row[0] for row in busy.query("SELECT state FROM turns")).keys() == {"done"}
    assert len({label for _, label in seen.given}) == len(seen.given)
    assert busy.stop() == 0
    with busy.database() as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert_replay_is_identical(db, 1)


async def serve_on(
    desk: Client, counter: int, seen: Seen, kiosks: list[asyncio.Task[None]]
) -> None:
    """Take up what was at the counter when the power went, then serve as ever."""
    current = (await desk.get("/api/counters", check=False)).json["counters"][counter - 1][
        "current"
    ]
    if current is not None:
        if current["id"] not in seen.called:
            seen.called.append(current["id"])  # called, but the answer was lost
        for act in ("start", "finish") if current["state"] == "called" else ("finish",):
            assert (await desk.at(counter, act, check=False)).status == 200
    await serve(desk, counter, seen, kiosks)
