"""Everything that is kept is told: of whom, why, how long; a column that is not fails here."""

from __future__ import annotations

from collections import Counter
from typing import Any

from server.privacy.inventory import KINDS, values
from tests.server.api.client import Client
from tests.server.rehearsal import Rehearsal, office


def columns(db: Any) -> set[str]:  # noqa: ANN401 - a connection
    sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    return {
        f"{table}.{row[1]}"
        for (table,) in db.execute(sql).fetchall()
        for row in db.execute(f"PRAGMA table_info({table})")
        if row[1] != "branch"  # which office: in every table
    }


def test_every_column_is_in_one_kind_of_data_and_no_kind_has_others() -> None:
    told = Counter(
        f"{table}.{name}"
        for each in KINDS
        for table, names in each.columns.items()
        for name in names.split()
    )
    with Rehearsal() as hall:
        kept = columns(hall.db)
    assert kept - set(told) == set(), "say in server/privacy/inventory.py what these hold"
    assert set(told) - kept == set()
    assert [name for name, times in told.items() if times > 1] == []


def test_every_kind_says_of_whom_what_why_and_how_long() -> None:
    filled = values(office(satisfaction={"kept_days": 30}))
    for each in KINDS:
        kept = each.kept.format(**filled)
        assert all(words.strip().endswith(".") for words in (each.what, each.why, kept)), each.key
        assert "{" not in kept
    words = next(each for each in KINDS if each.key == "words")
    assert words.kept.format(**filled).startswith("30 days")


async def test_a_manager_reads_the_inventory_in_the_own_language(
    manager: Client, staff: Client
) -> None:
    told = (await manager.get("/api/privacy", headers={"Accept-Language": "id"})).json["kinds"]
    assert [each["key"] for each in told] == [each.key for each in KINDS]
    notes = next(each for each in told if each["key"] == "notes")
    assert notes["kept"].startswith("92 hari")
    assert "turns.note" in notes["columns"]
    assert (await staff.get("/api/privacy", check=False)).status == 403
