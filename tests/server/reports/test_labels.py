"""A number is found in the log of many years by its index, whatever else is asked for."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from server.reports import pages
from server.reports.pages import View, page
from server.reports.workbook import count
from server.storage.queries.log import Only
from tests.server.reports.test_lines import ALL, fill, hall

FILTERS = (
    Only(text="a01"), Only(text="A017"), Only(text="Z"), Only(text="A", outcome="no_show"),
    Only(text="A03", channel="staff", priority="regular"), Only(text="A02", service="C1"),
    Only(text="a05", counter=1),
)  # fmt: skip


@pytest.mark.parametrize("only", FILTERS)
@pytest.mark.parametrize(
    "sort", ["issued", "wait_s", pytest.param("label", marks=pytest.mark.soak)]
)
@pytest.mark.parametrize("down", [False, True])
def test_a_search_finds_what_reading_everything_finds(
    tmp_path: Path,
    only: Only,
    sort: str,
    down: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with hall(tmp_path, "Asia/Jayapura") as tx:
        fill(tx, "Asia/Jayapura", 11, 150)
        wide = msgspec.structs.replace(only, text=None)
        every, _ = page(tx, View(ALL, wide, sort, down, rows=10**6), "id")
        right = [turn for turn in every if turn.label.startswith(str(only.text).upper())]
        for most in (64, 3):  # looked up one by one, and met day after day
            monkeypatch.setattr(pages, "MOST_LABELS", most)
            found = []
            view: View | None = View(ALL, only, sort, down, rows=5)
            while view is not None:
                turns, cursor = page(tx, view, "id")
                found += turns
                view = None if cursor is None else msgspec.structs.replace(view, cursor=cursor)
            assert found == right
        assert count(tx, ALL, only) == len(right)


@pytest.mark.parametrize("only", FILTERS)
def test_a_search_reads_no_day_from_end_to_end(tmp_path: Path, only: Only) -> None:
    with hall(tmp_path, "UTC") as tx:
        fill(tx, "UTC", 11, 30)
        said: list[str] = []
        tx.db.set_trace_callback(said.append)
        page(tx, View(ALL, only), "id")
        tx.db.set_trace_callback(None)
        asked = [each for each in said if "FROM turns" in each]
        plans = [row[3] for each in asked for row in tx.db.execute(f"EXPLAIN QUERY PLAN {each}")]
    looks = [plan for plan in plans if "turns" in plan and "TEMP B-TREE" not in plan]
    assert looks
    assert all("turns_label (branch=? AND label" in plan or "sqlite_autoindex_turns" in plan
               for plan in looks), looks  # fmt: skip
    one_by_one = any("label=? AND day=?" in plan for plan in plans)  # of days that may hold it
    assert one_by_one or not any("TEMP B-TREE" in plan for plan in plans), "\n".join(plans)
