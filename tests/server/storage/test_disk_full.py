"""A full disk: said in words, nothing lost, and back by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.process import Server, office_toml
from tests.server.rehearsal import assert_replay_is_identical
from tests.server.waiting import soon


@pytest.fixture
def piped(tmp_path: Path) -> Iterator[Server]:
    """A server whose log does not go to the disk that will be full."""
    with Server(tmp_path / "data", piped=True) as server:
        server.add_branch(office_toml("hall"))
        server.start()
        yield server


async def test_a_full_disk_is_a_kind_refusal_and_no_number_is_lost_or_given_twice(
    piped: Server,
) -> None:
    async with piped.client("staff") as client:
        await client.do(1, "open")
        given = [(await client.take())["label"] for _ in range(10)]
        events = piped.last_event()
        piped.limit_file_size(0)
        for _ in range(3):
            answer = await client.post("/api/tickets", {"service": "A"})
            assert (answer.status, answer.problem) == (503, "unavailable")
            assert int(answer.headers["Retry-After"]) > 0
            called = await client.at(1, "call-next")
            assert (called.status, called.problem) == (503, "unavailable")
            ready = await client.get("/readyz")
            assert (ready.status, ready.problem) == (503, "unavailable")
            assert (await client.get("/healthz")).status == 200
        services = (await client.get("/api/services")).json["services"]
        assert services[0]["waiting"] == 10, "reading still works"
        assert piped.last_event() == events
        piped.limit_file_size(None)

        async def works() -> bool:
            return (await client.get("/readyz")).status == 200

        await soon(works, "the server is ready again by itself")
        given += [(await client.take())["label"] for _ in range(10)]
        assert given == [f"A{number:03d}" for number in range(1, 21)]
        assert (await client.do(1, "call-next"))["label"] == "A001"
    assert piped.stop() == 0
    with piped.database() as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert_replay_is_identical(db, 1)


async def test_a_visitors_phone_still_shows_the_place_when_nothing_can_be_written(
    piped: Server,
) -> None:
    async with piped.client("staff") as client:
        ticket = await client.take()
        piped.limit_file_size(0)
        token = ticket["tracking_url"].rpartition("/")[2]
        answer = await client.get(f"/api/track/{token}")
        assert (answer.status, answer.json["label"]) == (200, "A001")
