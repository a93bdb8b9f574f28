"""While the database is away people are asked to wait, and it goes on by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.postgres import PostgresServer
from tests.server.process import Server, office_toml
from tests.server.waiting import soon


@pytest.mark.soak
async def test_while_the_database_is_away_everybody_is_kindly_asked_to_wait(tmp_path: Path) -> None:
    with PostgresServer() as postgres, Server(postgres.give(tmp_path / "data")) as server:
        server.add_branch(office_toml("hall"))
        server.start()
        async with server.client("kiosk") as kiosk, server.client("staff") as staff:
            assert (await kiosk.take())["label"] == "A001"
            postgres.kill()
            read = {"Accept-Language": "en"}
            for asked in (
                await kiosk.post("/api/tickets", {"service": "A"}, headers=read),
                await staff.post("/api/counters/1/open", headers=read),
                await staff.get("/api/help", headers=read),
            ):
                assert (asked.status, asked.problem) == (503, "unavailable")
                assert asked.json["detail"].endswith("Please wait a moment.")
                assert int(asked.headers["Retry-After"]) > 0
            postgres.start()

            async def is_open() -> bool:
                return (await staff.post("/api/counters/1/open")).status == 200

            await soon(is_open, "it goes on")
            assert (await staff.do(1, "call-next"))["label"] == "A001"
        assert server.stop() == 0
        assert "Traceback" not in server.stderr()
