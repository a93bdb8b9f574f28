"""An address with several machines: who takes writes is found, whatever the others do."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from server.storage.postgres.connection import Gone, Postgres
from server.storage.postgres.hosts import apart
from tests.postgres import PostgresServer
from tests.server.storage.postgres.wire import Wire, needs_wires


def answers(address: str) -> bool:
    with closing(Postgres(address)) as db:
        return db.execute("SELECT pg_is_in_recovery()").fetchone() == (0,)


@pytest.mark.parametrize(
    ("address", "machines"),
    [
        ("postgresql://r:p%40w@one:5433,two/db?sslmode=require",
         ["postgresql://r:p%40w@one:5433/db?sslmode=require",
          "postgresql://r:p%40w@two/db?sslmode=require"]),
        ("postgresql:///db?host=/a,/b&port=1,2",
         ["postgresql:/db?host=%2Fa&port=1", "postgresql:/db?host=%2Fb&port=2"]),
    ],
)  # fmt: skip
def test_each_machine_of_an_address_is_asked_and_one_that_takes_writes_is_wanted(
    address: str, machines: list[str]
) -> None:
    found = apart(address)
    assert found == [f"{each}&target_session_attrs=primary" for each in machines]


def test_an_address_with_one_machine_stays_as_it_is() -> None:
    address = "postgresql://ramah@db.example/ramah?sslmode=verify-full"
    assert apart(address) == [address]


def test_a_machine_that_is_not_there_is_passed_over(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    assert answers(f"postgresql://ramah@/postgres?host={tmp_path},{postgres.folder}")
    with pytest.raises(Gone):
        answers(f"postgresql://ramah@/postgres?host={tmp_path},{tmp_path}")


def test_a_standby_that_stands_first_is_passed_over() -> None:
    with (
        PostgresServer(durable=True) as primary,
        PostgresServer(durable=True, follows=primary) as standby,
    ):
        assert answers(f"postgresql://ramah@/postgres?host={standby.folder},{primary.folder}")


@pytest.mark.soak
@needs_wires
def test_a_machine_without_power_keeps_nobody_from_the_next_one() -> None:
    """It does not even refuse."""
    with Wire() as dead, Wire() as wire, PostgresServer(behind=wire):
        dead.cut(silent=True)
        assert answers(f"postgresql://ramah@{dead.there},{wire.there}/postgres")
