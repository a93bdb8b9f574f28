"""A page of the log costs what it shows, however long the office has been counting."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server.reports import pages
from server.reports.kinds import Sought
from server.reports.log import sought
from server.reports.pages import View, page
from server.reports.rollups import VERSION, write_at_once
from server.reports.workbook import count
from server.storage.queries.columns import LogTurn
from server.storage.queries.log import Only
from server.storage.transaction import SqliteTx
from tests.server.reports.test_lines import ALL, DAYS, fill, hall

ZONE = "Europe/Berlin"
FILTERS = {
    "service": Only(service="C1"),
    "agency": Only(agency="dinas"),
    "counter": Only(counter=1),
    "class": Only(priority="priority"),
    "outcome": Only(outcome="no_show"),
    "nothing so": Only(outcome="cancelled_by_staff"),
    "channel": Only(channel="staff"),
    "no such channel": Only(channel="manager"),
    "number": Only(text="A03"),
    "no such number": Only(text="B"),
    "several": Only(service="B1", counter=1, priority="regular", outcome="served"),
    "several and a number": Only(text="a0", outcome="transferred", channel="kiosk"),
}


@pytest.fixture(params=["all days counted", "one day counted", "no day counted"], scope="module")
def tx(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Return a log of four days, of which more or fewer have noted what they hold."""
    with hall(tmp_path_factory.mktemp("log"), ZONE) as log:
        fill(log, ZONE, 7, 90)
        days = sorted(DAYS[ZONE])
        for day in days[: {"all": 4, "one": 1, "no ": 0}[request.param[:3]]]:
            log.db.execute("UPDATE days SET closed_at = 1 WHERE day = ?", (day,))
            write_at_once(log, day)
        yield log


def all_pages(tx: SqliteTx, view: View) -> list[LogTurn]:
    """Return what leafing through gives."""
    found: list[LogTurn] = []
    while True:
        turns, cursor = page(tx, view, "id")
        found += turns
        if cursor is None:
            return found
        view = msgspec.structs.replace(view, cursor=cursor)


def fits(only: Only, turn: LogTurn) -> bool:
    """Tell by the row alone whether a filter leaves it."""
    return (
        only.service in {None, turn.service}
        and only.agency in {None, turn.agency}
        and only.counter in {None, turn.counter}
        and only.priority in {None, turn.priority}
        and only.outcome in {None, turn.outcome or turn.state}
        and only.channel in {None, turn.channel}
        and turn.label.startswith((only.text or "").upper())
    )


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize(
    "sort", ["issued", "wait_s", pytest.param("label", marks=pytest.mark.soak)]
)
@pytest.mark.parametrize("down", [False, True])
def test_every_filter_finds_in_every_order_what_reading_everything_finds(
    tx: SqliteTx, name: str, sort: str, down: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    only = FILTERS[name]
    every = all_pages(tx, View(ALL, Only(), sort, down, rows=10**6))
    right = [turn for turn in every if fits(only, turn)]
    assert all_pages(tx, View(ALL, only, sort, down, rows=7)) == right
    monkeypatch.setattr(pages, "FEW_DAYS", 0)
    monkeypatch.setattr(pages, "MOST_LABELS", 2)
    assert all_pages(tx, View(ALL, only, sort, down, rows=7)) == right
    monkeypatch.setattr(pages, "MOST_DAYS", 0)
    monkeypatch.setattr(pages, "MOST_LOOKS", 0)
    assert all_pages(tx, View(ALL, only, sort, down, rows=7)) == right
    assert count(tx, ALL, only) == len(right)


@pytest.mark.parametrize("down", [False, True])
def test_numbers_are_in_the_order_of_prefix_and_number(tx: SqliteTx, down: bool) -> None:
    found = all_pages(tx, View(ALL, Only(), "label", down, rows=9))
    order = [(turn.label[0], int(turn.label[1:]), turn.day) for turn in found]
    assert order == sorted(order, reverse=down)
    assert len(found) == count(tx, ALL, Only())


def test_numbers_that_other_years_wrote_otherwise_stand_together(tmp_path: Path) -> None:
    with hall(tmp_path, ZONE) as tx:
        fill(tx, ZONE, 5, 12)
        tx.db.execute(
            "UPDATE turns SET label = replace(label, 'A00', 'A') WHERE day < '2026-03-30'"
        )
        tx.db.execute(
            "UPDATE tickets SET label = replace(label, 'A00', 'A') WHERE day < '2026-03-30'"
        )
        for rows in (1, 3, 100):
            for down in (False, True):
                found = all_pages(tx, View(ALL, Only(), "label", down, rows=rows))
                order = [(int(turn.label[1:]), turn.day) for turn in found]
                assert order == sorted(order, reverse=down)
                assert len(found) == count(tx, ALL, Only())


def looked_into(tx: SqliteTx, only: Only, sort: str) -> tuple[list[str], list[str]]:
    """Return the days that a first page asked for, and how SQLite went about each question."""
    said: list[str] = []
    tx.db.set_trace_callback(said.append)
    page(tx, View(ALL, only, sort, down=True), "id")
    tx.db.set_trace_callback(None)
    asked = [each for each in said if "FROM turns" in each]
    plans = [row[3] for each in asked for row in tx.db.execute(f"EXPLAIN QUERY PLAN {each}")]
    days = {day for each in asked for day in re.findall(r"turns\.day [<>]?=? '([-0-9]+)'", each)}
    return sorted(days), plans


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize(
    "sort", ["issued", "wait_s", pytest.param("label", marks=pytest.mark.soak)]
)
def test_no_filter_reads_the_log_from_end_to_end(tmp_path: Path, name: str, sort: str) -> None:
    with hall(tmp_path, ZONE) as tx:
        fill(tx, ZONE, 7, 60)
        for day in DAYS[ZONE]:
            tx.db.execute("UPDATE days SET closed_at = 1 WHERE day = ?", (day,))
            write_at_once(tx, day)
        _, plans = looked_into(tx, FILTERS[name], sort)
    if name in {"nothing so", "no such channel"}:
        assert plans == []  # what no day has noted is looked for in none
    assert not any(plan.startswith("SCAN t") for plan in plans), plans
    for plan in plans:
        if " turns " in plan:
            assert re.search(
                r"turns_day \(branch=\? AND day|turns_label \(branch=\? AND label"
                r"|sqlite_autoindex_turns_1 \(ticket=\?", plan
            ), plan  # fmt: skip
        if sort == "issued":
            assert "FOR ORDER BY" not in plan or "turns_label" in "".join(plans)


def test_only_days_that_hold_what_is_asked_for_are_read(tmp_path: Path) -> None:
    with hall(tmp_path, ZONE) as tx:
        fill(tx, ZONE, 7, 200)
        one = DAYS[ZONE][1]
        tx.db.execute("UPDATE turns SET outcome = 'served' WHERE outcome = 'no_show' AND day <> ?",
                      (one,))  # fmt: skip
        for day in DAYS[ZONE]:
            tx.db.execute("UPDATE days SET closed_at = 1 WHERE day = ?", (day,))
            write_at_once(tx, day)
        days, _ = looked_into(tx, Only(outcome="no_show"), "issued")
        assert days == [one]
        # a day that is open again may hold anything
        tx.db.execute("UPDATE days SET closed_at = NULL WHERE day = ?", (DAYS[ZONE][3],))
        days, _ = looked_into(tx, Only(outcome="no_show"), "issued")
        assert days == sorted([one, DAYS[ZONE][3]])


def test_days_come_in_order_and_only_those_of_the_span(tx: SqliteTx) -> None:
    every = sorted(DAYS[ZONE])
    assert list(Sought(tx, "2026-01-01", "2026-12-31", VERSION).days()) == every
    assert list(Sought(tx, every[1], every[2], VERSION).days(down=True)) == [every[2], every[1]]
    assert sought(tx, ALL, Only(service="A1")).narrow
    assert not sought(tx, ALL, Only()).narrow
