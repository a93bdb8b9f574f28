"""``ramah serve --store``: the same hall over PostgreSQL, and who takes over."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.storage.address import ADDRESS, OtherStore, keep_address, shown
from server.storage.postgres import examined
from tests.postgres import PostgresServer
from tests.server.process import Server, office_toml
from tests.server.storage.postgres.silent import swallowing
from tests.server.waiting import until


@pytest.fixture
def stored(tmp_path: Path, postgres: PostgresServer) -> Iterator[Server]:
    """A server whose log is in PostgreSQL, with one branch; it does not run yet."""
    with Server(postgres.give(tmp_path / "data")) as server:
        server.add_branch(office_toml("hall"))
        yield server


async def test_a_visit_from_the_number_to_the_log_over_postgresql(stored: Server) -> None:
    stored.start()
    async with stored.client("kiosk") as kiosk, stored.client("staff") as staff:
        once = {"Idempotency-Key": "once"}
        first = await kiosk.post("/api/tickets", {"service": "A"}, headers=once)
        again = await kiosk.post("/api/tickets", {"service": "A"}, headers=once)
        assert first.status == 201
        assert first.json == again.json, "a repeat gets the same number"
        await staff.do(1, "open")
        assert (await staff.do(1, "call-next"))["label"] == "A001"
        for act in ("start", "finish"):
            await staff.do(1, act)
    made = stored.ramah("token", "create", "--role", "manager")
    assert made.returncode == 0, made.stderr
    async with stored.client("manager") as manager:
        told = await manager.get("/api/log?format=csv")
        (row,) = csv.DictReader(io.StringIO(told.text))
        assert (row["label"], row["outcome"]) == ("A001", "served")
        assert row["called"] >= row["issued"]
    assert "Traceback" not in stored.stderr()
    assert stored.ramah("doctor", "--deep").stdout.endswith("All well.\n")


async def test_a_second_server_waits_and_goes_on_where_the_first_one_ends(
    stored: Server, tmp_path: Path
) -> None:
    stored.start()
    async with stored.client("kiosk") as kiosk:
        assert (await kiosk.take())["label"] == "A001"
    address = (stored.data / ADDRESS).read_text().strip()
    with Server(tmp_path / "other", "--store", address) as other:
        other.begin()
        until(lambda: "this one waits" in other.out.read_text(), "the second one waits")
        assert not other.answers()
        assert stored.stop() == 0
        until(other.answers, "the second one works")
        async with other.client("kiosk") as kiosk:
            assert (await kiosk.take())["label"] == "A002"
        assert other.stop() == 0
        assert "Traceback" not in other.stderr()


# ---------------------------------------------------------------- addresses


def test_a_folder_remembers_its_store_and_keeps_the_password_to_itself(tmp_path: Path) -> None:
    keep_address(tmp_path, "postgresql://ramah:rahasia@db.example:5432/kota?sslmode=require")
    assert (tmp_path / ADDRESS).stat().st_mode & 0o777 == 0o600
    with pytest.raises(OtherStore) as refused:
        keep_address(tmp_path, "postgresql://ramah@db.example/lain")
    assert "rahasia" not in str(refused.value.params)
    assert shown("postgresql://ramah:rahasia@db.example/kota?password=rahasia") == (
        "postgresql://ramah@db.example/kota"
    )


def test_a_folder_with_a_log_of_its_own_is_not_given_a_store(tmp_path: Path) -> None:
    (tmp_path / "ramah.db").touch()
    with pytest.raises(OtherStore):
        keep_address(tmp_path, "postgresql://ramah@db.example/kota")


@pytest.mark.parametrize("words", [("backup", "copy.tar"), ("restore", "copy.tar"), ("demo",)])
def test_what_works_on_a_file_alone_says_so(
    stored: Server, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    from server.cli import main  # noqa: PLC0415 - as the command does

    assert main([*words, "--data", str(stored.data)]) == 1
    assert "pg_dump" in capsys.readouterr().err


# ---------------------------------------------------------------- what can be a store


def test_a_database_of_its_own_is_a_store(postgres: PostgresServer) -> None:
    assert asyncio.run(examined.troubles(postgres.empty())) == []


async def test_a_pooler_that_passes_no_notices_on_is_found_out(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examined, "HEARD_S", 0.3)
    async with swallowing(postgres.folder, tmp_path) as host:
        (why,) = await examined.troubles(f"postgresql://ramah@/postgres?host={host}")
    assert "transaction mode" in why
