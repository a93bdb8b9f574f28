"""The wait-time log: the figures one works out by hand, as CSV and as JSON."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime
from math import floor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow.parquet
import pytest

from server.api.hall import MOST_DOWNLOADS
from server.cli import main
from server.domain import calling, desks, issuing, serving
from server.domain.issuing import NewTicket
from server.domain.states import Priority
from server.reports import log, parquet
from tests.server.api.client import Client
from tests.server.process import Server
from tests.server.rehearsal import KIOSK, Rehearsal, office, wall

DAY = "2026-03-02"
MANY = 4000
"""Two whole pages of the log, so that the end of a page is the end of the day."""
HEADER = (
    "label,service,counter,priority,issued,called,started,ended,wait_s,service_s,outcome,recalls"
)
"""The columns of the design's table, in its order; more may follow."""
FORMULA = '=HYPERLINK("http://evil.example";"klik")'
COMMA = 'Bank "daerah", pajak\ndan lainnya'


def settings() -> Any:  # noqa: ANN401
    """Return an office whose service names are hard to write into a file."""
    return office(
        agencies=[{"code": "dinas", "names": {"id": "Dinas"}}],
        services=[
            {"code": "A", "names": {"id": FORMULA}, "agency": "dinas", "target_minutes": 10},
            {"code": "B", "names": {"id": "Perizinan"}},
            {"code": "C", "names": {"id": COMMA}},
        ],
    )


class Story:
    """Tells a day to a hall: at this time, that happens."""

    def __init__(self, hall: Rehearsal, day: str) -> None:
        self.hall = hall
        self.day = day
        self.ids: dict[str, str] = {}

    def at(self, clock: str) -> None:
        """Set the clock."""
        self.hall.now = wall(f"{self.day} {clock}")

    def take(self, clock: str, request: NewTicket) -> None:
        """A visitor takes a number at the kiosk."""
        self.at(clock)
        ticket = self.hall.do(lambda tx: issuing.issue(tx, request), KIOSK).ticket
        self.ids[ticket.label] = ticket.id

    def do(self, clock: str, act: Any, *more: Any, **named: Any) -> None:  # noqa: ANN401
        """Somebody does something at a counter."""
        self.at(clock)
        self.hall.do(lambda tx: act(tx, *more, **named))

    def with_ticket(self, clock: str, act: Any, label: str, actor: Any = KIOSK) -> None:  # noqa: ANN401
        """Somebody does something with a ticket."""
        self.at(clock)
        self.hall.do(lambda tx: act(tx, self.ids[label]), actor)


def monday(hall: Rehearsal) -> None:
    """One day with a hold, a transfer, a missed visitor who comes back, and left-overs."""
    day = Story(hall, DAY)
    for counter in ("1", "2"):
        day.do("07:55", desks.open_counter, counter)
    day.take("08:00:00", NewTicket("A"))  # A001
    day.take("08:01:00", NewTicket("A", language="en", people=3))  # A002
    day.take("08:02:00", NewTicket("B"))  # B001
    day.take("08:03:00", NewTicket("A", Priority.PRIORITY))  # A003
    day.do("08:05:00", calling.call_next, "1")  # A003: priority goes ahead
    day.do("08:05:40", serving.start, "1")
    day.do("08:12:40", serving.finish, "1")
    day.do("08:13:00", calling.call_next, "1")  # A001
    day.do("08:13:30", calling.recall, "1")
    day.do("08:14:00", calling.recall, "1")
    day.do("08:14:10", calling.no_show, "1")
    day.do("08:15:00", calling.call_next, "2")  # A002
    day.do("08:15:20", serving.start, "2")
    day.do("08:17:20", serving.hold, "2", "fotokopi")
    day.with_ticket("08:20:00", issuing.come_back, "A001")
    day.do("08:21:00", calling.call_next, "1")  # A001 again
    day.do("08:21:15", serving.start, "1")
    day.do("08:24:15", serving.transfer, "1", to_service="B")
    day.with_ticket("08:30:00", issuing.come_back, "A002")
    day.do("08:31:00", calling.call_next, "2")  # A001, now for B
    day.do("08:31:10", serving.start, "2")
    day.do("08:36:10", serving.finish, "2")
    day.do("08:37:00", calling.call_next, "1")  # A002 again
    day.do("08:37:30", serving.start, "1")
    day.do("08:39:30", serving.finish, "1")
    day.with_ticket("08:40:00", issuing.cancel, "B001")
    day.take("15:00:00", NewTicket("C"))  # C001 stays behind
    hall.now = wall("2026-03-03 00:05")
    hall.end_day()


def many(hall: Rehearsal) -> None:
    """More turns on Tuesday than one page of the log holds."""
    hall.now = wall("2026-03-03 08:00")
    branch = hall.branches[0]
    for _ in range(MANY // 100):
        hall.batch([(branch, KIOSK, lambda tx: issuing.issue(tx, NewTicket("B")))] * 100)
        hall.seconds(60)
    hall.now = wall("2026-03-04 00:05")
    hall.end_day()


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on a folder that already holds two days."""
    data: Path = tmp_path_factory.mktemp("past") / "data"
    data.mkdir()
    with Rehearsal(settings(), at=f"{DAY} 07:30", data=data) as hall:
        monday(hall)
        many(hall)
    with Server(data) as server:
        server.start()
        yield server
        assert "Traceback" not in server.stderr()


@pytest.fixture
async def reader(past: Server) -> AsyncIterator[Client]:
    """A manager of that hall."""
    async with past.client("manager") as client:
        yield client


async def turns(reader: Client, *, check: bool = True, **query: str) -> list[dict[str, Any]]:
    """Return the log as JSON."""
    words = "&".join(f"{name.rstrip('_')}={quote(value)}" for name, value in query.items())
    answer = await reader.get(f"/api/log?{words}", check=check)
    assert answer.status == 200, answer.text
    told: list[dict[str, Any]] = answer.json["turns"]
    return told


async def table(reader: Client, **query: str) -> list[dict[str, str]]:
    """Return the log as a spreadsheet reads it."""
    words = "&".join(f"{name.rstrip('_')}={quote(value)}" for name, value in query.items())
    answer = await reader.get(f"/api/log?{words}&format=csv", check=False)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.text.startswith(HEADER)
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


GIVEN_BACK = "cancelled_by_visitor"
# label, leg: called, started, ended, wait, walk, service, outcome, recalls, counter, ended by
BY_HAND: dict[tuple[str, int], tuple[Any, ...]] = {
    ("A001", 1): ("08:13:00", "08:21:15", "08:24:15", 780, 15, 180, "transferred", 2, 1, "hand"),
    ("A002", 1): ("08:15:00", "08:15:20", "08:39:30", 840, 20, 240, "served", 0, 1, "hand"),
    ("B001", 1): (None, None, "08:40:00", None, None, None, GIVEN_BACK, 0, None, "hand"),
    ("A003", 1): ("08:05:00", "08:05:40", "08:12:40", 120, 40, 420, "served", 0, 1, "hand"),
    ("A001", 2): ("08:31:00", "08:31:10", "08:36:10", 405, 10, 300, "served", 0, 2, "hand"),
    ("C001", 1): (None, None, "00:05:00", None, None, None, "expired", 0, None, "automatic"),
}  # fmt: skip


def clock(moment: str | None) -> str | None:
    """Return the wall clock of a moment of the log."""
    if moment is None:
        return None
    assert moment.endswith(".000+08:00")
    return moment[11:19]


async def test_wait_walk_and_service_are_what_one_works_out_by_hand(reader: Client) -> None:
    told = await turns(reader, from_=DAY, to=DAY)
    assert {
        (each["label"], each["leg"]): (
            clock(each["called"]), clock(each["started"]), clock(each["ended"]), each["wait_s"],
            each["walk_s"], each["service_s"], each["outcome"], each["recalls"], each["counter"],
            each["ended_by"],
        )
        for each in told
    } == BY_HAND  # fmt: skip
    assert [each["label"] for each in told] == ["A001", "A002", "B001", "A003", "A001", "C001"]


async def test_each_line_also_tells_who_came_and_for_what(reader: Client) -> None:
    told = {(each["label"], each["leg"]): each for each in await turns(reader, from_=DAY, to=DAY)}
    second = told["A002", 1]
    assert (second["language"], second["people"], second["channel"]) == ("en", 3, "kiosk")
    assert (second["agency"], second["service_name"]) == ("dinas", FORMULA)
    assert told["A003", 1]["priority"] == "priority"
    assert (told["A001", 2]["service"], told["A001", 2]["agency"]) == ("B", None)
    assert clock(told["A001", 2]["issued"]) == "08:24:15", "a later turn begins with the transfer"
    assert {each["day"] for each in told.values()} == {DAY}


async def test_csv_and_json_tell_the_same(reader: Client) -> None:
    for query in ({"from_": DAY, "to": DAY}, {"from_": DAY, "to": "2026-03-03"}):
        as_json = await turns(reader, check=False, **query)
        as_csv = await table(reader, **query)
        assert len(as_json) == len(as_csv)
        for told, line in zip(as_json, as_csv, strict=True):
            assert list(told) == list(line)
            for name, value in told.items():
                if name == "service_name":
                    continue  # the cell that looks like a formula has a test of its own
                if name.endswith("_s") and value is not None:
                    value = floor(value + 0.5)  # noqa: PLW2901 - whole seconds, halves up
                shown = "" if value is None else str(value)
                assert line[name] == shown, name


async def test_no_cell_can_be_taken_for_a_formula(reader: Client) -> None:
    lines = await table(reader, from_=DAY, to=DAY)
    first = next(each for each in lines if each["service"] == "A")
    assert first["service_name"] == "'" + FORMULA
    for line in lines:
        for cell in line.values():
            assert cell[:1] not in {"=", "+", "-", "@", "\t", "\r"}


async def test_commas_quotes_and_line_breaks_stay_in_their_cell(reader: Client) -> None:
    (last,) = [each for each in await table(reader, from_=DAY, to=DAY) if each["service"] == "C"]
    assert last["service_name"] == COMMA


async def test_both_dates_of_a_span_are_included(reader: Client) -> None:
    one = await turns(reader, from_=DAY, to=DAY)
    other = await turns(reader, check=False, from_="2026-03-03", to="2026-03-03")
    both = await turns(reader, check=False, from_=DAY, to="2026-03-03")
    assert (len(one), len(other)) == (6, MANY)
    assert both == one + other
    assert await turns(reader, from_="2026-03-04", to="2026-03-05") == []


async def test_moments_bound_the_time_of_issue_and_the_end_is_not_included(reader: Client) -> None:
    for since, until in (
        (f"{DAY}T08:01:00+08:00", f"{DAY}T08:03:00+08:00"),
        (f"{DAY}T00:01:00Z", f"{DAY}T00:03:00+00:00"),
        (f"{DAY}T07:01:00+07:00", f"{DAY}T09:03:00+09:00"),
    ):
        told = await turns(reader, from_=since, to=until)
        assert [each["label"] for each in told] == ["A002", "B001"]


async def test_without_dates_the_log_is_todays(reader: Client) -> None:
    assert await turns(reader) == []


async def test_a_long_log_comes_whole_once_and_in_order(reader: Client) -> None:
    told = await turns(reader, check=False, from_="2026-03-03", to="2026-03-03")
    numbers = [int(each["label"][1:]) for each in told]
    assert numbers == list(range(1, MANY + 1))


async def test_the_file_has_a_name_that_says_what_it_holds(reader: Client) -> None:
    answer = await reader.get(f"/api/log?from={DAY}&to=2026-03-03&format=csv", check=False)
    assert (
        answer.headers["Content-Disposition"]
        == 'attachment; filename="ramah-2026-03-02-2026-03-03.csv"'
    )


async def test_the_totals_of_the_day_are_what_one_works_out_by_hand(reader: Client) -> None:
    """Waits 120, 405, 780 and 840 s; services 420, 300 and 240 s; targets A 10 and B 15 min."""
    told = (await reader.get(f"/api/totals?day={DAY}")).json
    assert told.pop("reception")["unnumbered"] == 0
    # percentiles are those of the reports, one figure for one question
    for name, exact in (("wait_p50_s", 405), ("wait_p90_s", 840)):
        assert told.pop(name) == pytest.approx(exact, rel=1 / 64)
    assert told == {
        "day": DAY,
        "tickets": 5,
        "people": 7,
        "waiting": 0,
        "serving": 0,
        "served": 3,
        "no_show": 0,
        "cancelled": 1,
        "transferred": 1,
        "expired": 1,
        "unfinished": 0,
        "wait_mean_s": 536.25,
        "service_mean_s": 320,
        "longest_waiting_s": None,
        "within_target": 0.5,
    }


async def test_a_day_without_visitors_has_no_figures_instead_of_zeros(reader: Client) -> None:
    told = (await reader.get("/api/totals?day=2026-03-01")).json
    assert told["tickets"] == 0
    for name in ("wait_mean_s", "wait_p50_s", "service_mean_s", "within_target"):
        assert told[name] is None


async def test_a_reader_who_goes_away_takes_nothing_along(past: Server, reader: Client) -> None:
    """Places for downloads are given back: many more than there are leave half-way."""
    token = past.token("manager")
    for _ in range(3 * MOST_DOWNLOADS):
        _, gone = await asyncio.open_connection("127.0.0.1", past.port)
        gone.write(
            f"GET /api/log?from={DAY}&to=2026-03-03&format=csv HTTP/1.1\r\nHost: x\r\n"
            f"Authorization: Bearer {token}\r\n\r\n".encode()
        )
        await gone.drain()
        gone.transport.abort()
    path = f"/api/log?from={DAY}&to=2026-03-03&format=csv"
    answer = await reader.get(path, check=False)
    for _ in range(100):
        if answer.status == 200:
            break
        assert (answer.status, answer.json["type"]) == (503, "urn:ramah:problem:busy")
        await asyncio.sleep(0.05)
        answer = await reader.get(path, check=False)
    assert answer.text.count("\r\n") == MANY + 7


async def test_parquet_has_types_meanings_and_the_same_values(reader: Client) -> None:
    told = await turns(reader, from_=DAY, to=DAY)
    answer = await reader.get(f"/api/log?from={DAY}&to={DAY}&format=parquet")
    assert answer.headers["Content-Type"] == "application/vnd.apache.parquet"
    assert f'filename="ramah-{DAY}-{DAY}.parquet"' in answer.headers["Content-Disposition"]
    table = pyarrow.parquet.read_table(io.BytesIO(answer.body))
    assert str(table.schema.field("called").type) == "timestamp[ms, tz=UTC]"
    assert str(table.schema.field("wait_s").type) == "double"
    assert str(table.schema.field("people").type) == "int32"
    assert table.schema.metadata[b"ramah.zone"] == b"Asia/Makassar"
    assert set(json.loads(table.schema.metadata[b"ramah.columns"])) == set(told[0])
    for row, turn in zip(table.to_pylist(), told, strict=True):
        for name, value in turn.items():
            if name in {"issued", "called", "started", "ended", "appointment"} and value:
                assert row[name] == datetime.fromisoformat(value), name
            elif name == "day":
                assert row[name] == date.fromisoformat(value)
            else:
                assert row[name] == value, name


async def test_a_long_parquet_file_comes_in_groups(
    reader: Client, past: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "GROUP_ROWS", 1500)
    monkeypatch.setattr(log, "CHUNK_ROWS", 500)
    file = tmp_path / "log.parquet"
    span = ["--from", DAY, "--to", "2026-03-03"]
    assert main(["export", str(file), "--data", str(past.data), *span]) == 0
    made = pyarrow.parquet.ParquetFile(file)
    sizes = [made.metadata.row_group(at).num_rows for at in range(made.num_row_groups)]
    assert sum(sizes) == MANY + 6
    assert sizes[:2] == [1500, 1500]
    labels = made.read()["label"].to_pylist()
    told = await turns(reader, check=False, from_=DAY, to="2026-03-03")
    assert labels == [each["label"] for each in told]
