"""``ramah serve --store``: the same hall over PostgreSQL, and who takes over."""

from __future__ import annotations

import asyncio
import csv
import io
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from server.auth.vault import KEY, Vault
from server.domain.errors import Invalid
from server.storage.address import ADDRESS, OtherStore, address_of, keep_address, shown
from server.storage.database import connect
from server.storage.postgres import examined
from server.storage.queries import secrets
from tests.postgres import PostgresServer
from tests.server.process import Server, free_port, office_toml
from tests.server.storage.postgres.silent import swallowing


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


def test_an_offices_old_log_is_put_aside_only_while_no_server_of_the_store_works(
    stored: Server, tmp_path: Path
) -> None:
    """Also one on another machine would go on with what it knows of the old log."""
    assert stored.ramah("city", "admit", "jauh").returncode == 0
    with Server(tmp_path / "second") as other:
        keep_address(other.data, str(address_of(stored.data)))
        other.start()
        refused = stored.ramah("city", "again", "jauh")
        assert f"still works, at {other.url}" in refused.stderr
        assert other.stop() == 0
    assert "its log comes anew" in stored.ramah("city", "again", "jauh").stdout


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


def test_the_same_database_may_be_reached_otherwise_later(tmp_path: Path) -> None:
    assert keep_address(tmp_path, "postgresql://ramah@db.example/kota")
    better = "postgres://ramah@pg1:5432,pg2/kota?sslmode=verify-full"
    assert not keep_address(tmp_path, better)
    assert address_of(tmp_path) == better
    for wrong in ("postgresql://ramah@db:99999/kota", "postgresql://[db/kota", "mysql://db/kota"):
        with pytest.raises(Invalid):
            keep_address(tmp_path, wrong)


def test_an_address_that_was_mistyped_is_told_in_words_and_not_remembered(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    server, right = Server(tmp_path / "data"), postgres.store()
    for wrong, words in (
        (right.replace("/t", "/nowhere"), "does not exist"),
        (right.replace("ramah@", "nobody_else@"), 'role "nobody_else" does not exist'),
    ):
        done = server.ramah("serve", "--store", wrong)
        assert done.returncode == 1
        assert words in done.stderr
        assert "Traceback" not in done.stderr
        assert address_of(server.data) is None
    away = f"postgresql://ramah@127.0.0.1:{free_port()}/kota"
    assert "Connection refused" in server.ramah("serve", "--store", away).stderr
    assert address_of(server.data) == away, "it may be right, and its database just away"


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


def test_time_limits_that_a_provider_gave_the_role_are_told(postgres: PostgresServer) -> None:
    address = postgres.empty()
    name = address.partition("?")[0].rpartition("/")[2]
    postgres.script(f"ALTER DATABASE {name} SET statement_timeout = '30s'")
    told = asyncio.run(examined.dangers(address))
    assert any("statement_timeout is 30s" in str(each) for each in told)


async def test_a_pooler_that_passes_no_notices_on_is_found_out(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examined, "HEARD_S", 0.3)
    async with swallowing(postgres.folder, tmp_path) as host:
        (why,) = await examined.troubles(f"postgresql://ramah@/postgres?host={host}")
    assert "transaction mode" in str(why)


def test_servers_of_one_store_share_the_key_of_its_secrets(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    first = Server(postgres.give(tmp_path / "first"))
    first.add_branch(office_toml("hall"))
    added = first.ramah("webhook", "add", "http://127.0.0.1:9/hook")
    secret = added.stdout.split()[-1]
    second = Server(tmp_path / "second")
    keep_address(second.data, str(address_of(first.data)))
    with closing(connect(second.data)) as db:
        (kept,) = secrets.all_secrets(db)
    assert secret not in kept.text
    assert second.ramah("secrets", "check").returncode == 1
    doctor = second.ramah("doctor").stdout
    assert doctor.index("Copy it from there") < doctor.index("told of nothing: 1")
    assert "Copy it from there" in second.ramah("secrets", "check").stdout
    refused = second.ramah("webhook", "add", "http://127.0.0.1:9/other")
    assert "secrets.key" in refused.stderr, "two keys would lock each other out"
    shutil.copy(first.data / KEY, second.data / KEY)
    assert second.ramah("secrets", "check").returncode == 0
    assert Vault(second.data).open(kept.text, kept.place) == secret
