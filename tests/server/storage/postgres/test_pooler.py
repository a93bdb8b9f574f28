"""A real PgBouncer before the store: whole in session mode, found out in transaction mode."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.cli import main
from server.storage.address import ADDRESS
from tests.postgres import PostgresServer
from tests.server.api.client import Client
from tests.server.process import Server, free_port, office_toml
from tests.server.storage.postgres.pooler import Pooler, needs_pgbouncer
from tests.server.waiting import soon

pytestmark = needs_pgbouncer


@pytest.fixture
def pooler(postgres: PostgresServer) -> Iterator[Pooler]:
    """A pooler that gives whoever comes a line of its own."""
    with Pooler(postgres.folder, "session") as made:
        yield made


@pytest.mark.soak
async def test_two_servers_work_through_a_pooler_in_session_mode_also_when_it_was_killed(
    pooler: Pooler, tmp_path: Path, postgres: PostgresServer
) -> None:
    one = Server(postgres.give(tmp_path / "one", through=pooler.folder))
    two = Server(tmp_path / "two", "--store", (one.data / ADDRESS).read_text().strip())
    with one, two:
        one.add_branch(office_toml("hall"))
        one.start()
        two.start()
        async with one.client("kiosk") as kiosk, Client(two.url, one.token("staff")) as staff:
            async with staff.socket() as screen:
                assert (await kiosk.take())["label"] == "A001"
                while json.loads(await screen.recv()).get("kind") != "issued":
                    pass
            assert one.ramah("doctor", "--deep").stdout.endswith("All well.\n")
            pooler.kill()
            pooler.start()
            key = {"Idempotency-Key": "after the pooler"}

            async def is_given() -> bool:
                wish = {"service": "A"}
                return (await kiosk.post("/api/tickets", wish, headers=key)).status == 201

            await soon(is_given, "numbers are given again")
            assert one.stop() == 0

            async def is_open() -> bool:
                return (await staff.post("/api/counters/1/open", check=False)).status == 200

            await soon(is_open, "the second one works")
            called = [(await staff.do(1, "call-next"))["label"]]
            await staff.do(1, "no-show")
            called.append((await staff.do(1, "call-next"))["label"])
            assert called == ["A001", "A002"]
        assert two.stop() == 0
        assert "Traceback" not in one.stderr() + two.stderr()


@pytest.mark.parametrize(
    ("mode", "words"),
    [("transaction", "pool_mode = session"), ("statement", "statement pooling mode")],
)
def test_a_pooler_that_shares_lines_is_refused_by_the_server_and_told_by_the_doctor(
    tmp_path: Path, postgres: PostgresServer, mode: str, words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    with Pooler(postgres.folder, mode) as pooler:
        data = str(postgres.give(tmp_path / "data", through=pooler.folder))
        assert main(["serve", "--data", data, "--port", str(free_port())]) == 1
        assert "pool_mode = session" in capsys.readouterr().err
        assert main(["doctor", "--data", data]) == 1
        told = capsys.readouterr()
        assert words in told.out + told.err
