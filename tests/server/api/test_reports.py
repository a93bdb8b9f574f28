"""Reports, pages of the log, what changed, downloads, alarms and looks at persons, over HTTP."""

from __future__ import annotations

import base64
import csv
import io
import re
from datetime import date, timedelta
from math import floor
from typing import Any, cast

import openpyxl
import pypdf
import pytest

from tests.server.api.client import Client
from tests.server.process import PASSWORD, Hall


async def serve_some(hall: Hall, kiosk: Client, staff: Client) -> str:
    """A001 is served, A002 goes on to B and waits, B001 and A003 wait; return the first's id."""
    first = await kiosk.take("A", people=3)
    for service in "ABA":
        await kiosk.take(service)
    await staff.do(1, "open")
    for _ in range(2):
        await staff.do(1, "call-next")
        await staff.do(1, "start")
        if _ == 0:
            await staff.do(1, "finish")
        else:
            await staff.do(1, "transfer", {"service": "B"})
    assert hall.query("SELECT COUNT(*) FROM turns WHERE branch = ?") == [(5,)]
    return str(first["id"])


def _back(day: str, days: int) -> str:
    return (date.fromisoformat(day) - timedelta(days=days)).isoformat()


async def test_a_report_of_today_counts_what_happened(
    hall: Hall, kiosk: Client, staff: Client, manager: Client
) -> None:
    await serve_some(hall, kiosk, staff)
    found = (await manager.get("/api/reports?charts=1")).json
    figures = found["figures"]
    assert (figures["tickets"], figures["people"], figures["turns"]) == (4, 6, 5)
    assert (figures["served"], figures["transferred"]) == (1, 1)
    assert set(found["charts"]) == {"trend", "profile", "waits"}, "one day has no weekdays"
    assert all(picture.startswith("<svg") for picture in found["charts"].values())
    week = (await manager.get(f"/api/reports?charts=1&from={_back(found['first'], 6)}")).json
    assert set(week["charts"]) == {"trend", "volume", "profile", "waits", "heat", "arrivals"}
    only = (await manager.get("/api/reports?service=B")).json
    assert only["figures"]["turns"] == 2
    assert only["figures"]["occupancy"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-02-30", "from"),
        ("from=2026-03-02&to=2026-03-01", "to"),
        ("from=2010-01-01&to=2026-03-01", "to"),
        ("from=0001-01-01&to=0001-01-01", "from"),
        ("from=9999-12-31&to=9999-12-31", "from"),
        ("compare_from=2026-03-01", "compare_to"),
        ("priority=vip", "priority"),
        ("agency=nobody", "agency"),
        ("service=ZZ", "service"),
        ("counter=-1", "counter"),
        ("counter=99", "counter"),
        ("prioritas=priority", "prioritas"),
        ("counter=1&counter=2", "counter"),
        ("charts=yes", "charts"),
    ],
)
async def test_a_bad_question_names_its_field(manager: Client, query: str, field: str) -> None:
    answer = await manager.get(f"/api/reports?{query}")
    assert answer.status == 422
    assert answer.json["field"] == field


@pytest.mark.parametrize(
    "query", ["service=ZZ", "counter=99", "agency=nobody", "channel=Kiosk", "servis=A"]
)
@pytest.mark.parametrize(
    "path", ["/api/log?", "/api/log?limit=5&", "/api/log?format=csv&", "/api/log/count?"]
)
async def test_a_slip_in_a_filter_does_not_look_like_an_empty_log(
    manager: Client, path: str, query: str
) -> None:
    answer = await manager.get(path + query)
    assert (answer.status, answer.json["field"]) == (422, query.partition("=")[0])


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
async def test_a_day_beyond_reason_is_refused(manager: Client, day: str) -> None:
    for path, field in ((f"/api/totals?day={day}", "day"), (f"/api/log?from={day}", "from")):
        answer = await manager.get(path)
        assert (answer.status, answer.json["field"]) == (422, field)
    for due in (f"{day}T00:00:00+14:00", f"{day}T23:59:59Z"):
        answer = await manager.post("/api/tickets", {"service": "A", "due": due})
        assert (answer.status, answer.json["field"]) == (422, "due")


async def test_definitions_are_told_in_the_readers_language(manager: Client) -> None:
    kpis = (await manager.get("/api/kpis", headers={"Accept-Language": "id"})).json["kpis"]
    median = next(each for each in kpis if each["key"] == "wait_p50_s")
    assert median["name"] == "Separuh menunggu tidak lebih dari"
    assert median["fields"] == "`eligible_at`, `first_called_at`"
    english = (await manager.get("/api/kpis", headers={"Accept-Language": "en"})).json["kpis"]
    names = {each["key"]: each["name"] for each in kpis}
    for told, same in zip(kpis, english, strict=True):
        assert told["fields"] == same["fields"], "columns are columns in every language"
        assert told["formula"] != same["formula"]
        assert not re.search(r"[`_{}]", told["formula"] + same["formula"]), "words, no columns"
    left = next(each for each in kpis if each["key"] == "left_share")
    over = f"{names['no_show']} + {names['cancelled']} + {names['expired']}"
    assert left["formula"] == f"({over}) ÷ ({names['served']} + {over})"


async def test_the_log_is_paged_without_gap_or_double_in_every_order(
    hall: Hall, kiosk: Client, staff: Client, manager: Client
) -> None:
    await serve_some(hall, kiosk, staff)
    cursor = ""
    for sort in ("issued", "-issued", "wait_s", "-wait_s", "label", "-outcome", "counter"):
        seen: list[tuple[str, int]] = []
        cursor = ""
        while True:
            answer = (await manager.get(f"/api/log?limit=2&sort={sort}{cursor}")).json
            seen += [(turn["label"], turn["leg"]) for turn in answer["turns"]]
            if "next" not in answer:
                break
            cursor = "&cursor=" + answer["next"]
        assert sorted(seen) == [("A001", 1), ("A002", 1), ("A002", 2), ("A003", 1), ("B001", 1)]
    answer = (await manager.get("/api/log?limit=5&sort=-wait_s")).json
    waits = [turn["wait_s"] for turn in answer["turns"]]
    assert waits[:2] == sorted(waits[:2], reverse=True)
    assert waits[2:] == [None, None, None]  # what is not known comes last
    wrong = await manager.get(f"/api/log?limit=2&sort=label{cursor}")
    assert (wrong.status, wrong.json["field"]) == (422, "cursor")
    huge = base64.urlsafe_b64encode(b'["label",false,"A",99999999999999999999999]').decode()
    wrong = await manager.get(f"/api/log?limit=2&sort=label&cursor={huge.rstrip('=')}")
    assert (wrong.status, wrong.json["field"]) == (422, "cursor")
    wrong = await manager.get("/api/log?outcome=Served")
    assert (wrong.status, wrong.json["field"]) == (422, "outcome")


async def test_the_log_is_filtered_and_tells_where_a_visitor_went(
    hall: Hall, kiosk: Client, staff: Client, manager: Client
) -> None:
    await serve_some(hall, kiosk, staff)

    async def labels(query: str) -> list[str]:
        turns = (await manager.get(f"/api/log?limit=9&{query}")).json["turns"]
        return [turn["label"] for turn in turns]

    assert await labels("outcome=transferred") == ["A002"]
    assert await labels("outcome=waiting") == ["B001", "A003", "A002"]
    assert await labels("service=B&q=a0") == ["A002"]
    assert await labels("counter=1&outcome=served") == ["A001"]
    assert await labels("channel=staff") == []
    turns = (await manager.get("/api/log?limit=9&q=A002")).json["turns"]
    assert [(t["transferred_from"], t["transferred_to"]) for t in turns] == [
        (None, "B"), ("A", None),
    ]  # fmt: skip
    assert turns[0]["staff"].startswith("S-")


async def test_only_what_changed_is_pulled_by_event_number(
    hall: Hall, kiosk: Client, staff: Client, manager: Client
) -> None:
    await serve_some(hall, kiosk, staff)
    known: dict[tuple[str, int], str] = {}
    after, more = 0, True
    while more:
        answer = (await manager.get(f"/api/log?after={after}&limit=3")).json
        known |= {(t["ticket"], t["leg"]): t["state"] for t in answer["turns"]}
        after, more = answer["seq"], answer.get("more", False)
    assert after == hall.last_event()
    assert sorted(known.values()) == ["done", "transferred", "waiting", "waiting", "waiting"]
    assert (await manager.get(f"/api/log?after={after}")).json["turns"] == []
    beyond = await manager.get(f"/api/log?after={after + 1}")  # of a backup restored since
    assert (beyond.status, beyond.json["field"]) == (422, "after")
    await staff.do(1, "call-next")
    changed = (await manager.get(f"/api/log?after={after}")).json
    assert [turn["state"] for turn in changed["turns"]] == ["called"]


async def test_a_turn_whose_opening_was_taken_back_is_told_to_those_who_have_it(
    kiosk: Client, staff: Client, manager: Client
) -> None:
    ticket = await kiosk.take("A")
    await staff.do(1, "open")
    await staff.do(1, "call-next")
    await staff.at(1, "transfer", {"service": "B"})
    first = (await manager.get("/api/log?after=0")).json
    assert sorted(turn["leg"] for turn in first["turns"]) == [1, 2]
    await staff.do(1, "undo")
    second = (await manager.get(f"/api/log?after={first['seq']}")).json
    assert [(turn["leg"], turn["state"]) for turn in second["turns"]] == [(1, "called")]
    assert second["gone"] == [{"ticket": ticket["id"], "leg": 2}]


async def test_the_same_rows_come_as_csv_with_utc_and_as_a_workbook(
    hall: Hall, kiosk: Client, staff: Client, manager: Client
) -> None:
    await serve_some(hall, kiosk, staff)
    text = (await manager.get("/api/log?format=csv&utc=1")).text
    rows = list(csv.DictReader(io.StringIO(text)))
    turns = (await manager.get("/api/log")).json["turns"]
    assert len(rows) == len(turns) == 5
    for row, turn in zip(rows, turns, strict=True):
        for name, value in turn.items():
            if name.endswith("_s") and value is not None:
                value = floor(value + 0.5)  # noqa: PLW2901 - for machines of every country
            assert row[name] == ("" if value is None else str(value)), name
        assert row["issued_utc"].endswith("Z")
    book = openpyxl.load_workbook(io.BytesIO((await manager.get("/api/log?format=xlsx")).body))
    cells = list(book.worksheets[0].iter_rows(values_only=True))
    assert [cell[0] for cell in cells] == ["label", "A001", "A002", "B001", "A003", "A002"]
    assert book.worksheets[1].cell(1, 1).value == "label"
    book.close()


async def test_the_csv_for_a_double_click_is_written_as_the_offices_country_writes(
    hall: Hall, kiosk: Client, staff: Client, manager: Client
) -> None:
    await serve_some(hall, kiosk, staff)
    for asked, sign in (("", ";"), ("&decimal=comma", ";"), ("&decimal=point", ",")):
        answer = await manager.get(f"/api/log?format=csv-sheet{asked}")
        text = answer.body.decode("utf-8-sig")
        assert answer.body.startswith(b"\xef\xbb\xbf")
        head, first, *_ = csv.reader(io.StringIO(text), delimiter=sign)
        assert head[:3] == ["label", "service", "counter"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", first[head.index("issued")])
    refused = await manager.get("/api/log?format=csv-sheet&decimal=dot", check=False)
    assert (refused.status, refused.json["field"]) == (422, "decimal")


async def test_what_a_form_of_the_log_cannot_do_is_refused_not_passed_over(manager: Client) -> None:
    for asked, field in (
        ("format=csv&decimal=comma", "decimal"),
        ("format=csv&limit=5", "format"),
        ("format=xlsx&after=0", "format"),
    ):
        refused = await manager.get(f"/api/log?{asked}", check=False)
        assert (refused.status, refused.json["field"]) == (422, field)


async def test_every_file_of_the_log_is_named_by_its_days(manager: Client) -> None:
    asked = "/api/log?from=2026-03-02&to=2026-03-04&format="
    for form, ending in (
        ("xlsx", "xlsx"), ("csv", "csv"), ("csv-sheet", "csv"), ("json", "json"),
        ("parquet", "parquet"),
    ):  # fmt: skip
        answer = await manager.get(asked + form)
        named = answer.headers["Content-Disposition"]
        assert named == f'attachment; filename="ramah-2026-03-02-2026-03-04.{ending}"'


async def test_a_report_prints_as_one_tagged_page_in_both_languages(
    hall: Hall, kiosk: Client, staff: Client, manager: Client
) -> None:
    await serve_some(hall, kiosk, staff)
    for language, title in (("id", "Laporan waktu tunggu"), ("en", "Waiting and service report")):
        answer = await manager.get("/api/reports/paper", headers={"Accept-Language": language})
        # a link is opened with the browser's languages, whatever the page speaks
        other = await manager.get(
            f"/api/reports/paper?language={language}", headers={"Accept-Language": "fr"}
        )
        assert title in pypdf.PdfReader(io.BytesIO(other.body)).pages[0].extract_text()
        paper = pypdf.PdfReader(io.BytesIO(answer.body))
        assert len(paper.pages) == 1
        assert title in paper.pages[0].extract_text()
        root = cast("dict[str, Any]", paper.trailer["/Root"])
        assert root["/Lang"] == language
        assert root["/MarkInfo"]["/Marked"]


async def test_a_paper_in_a_language_nobody_offers_is_refused(manager: Client) -> None:
    answer = await manager.get("/api/reports/paper?language=xx")
    assert (answer.status, answer.json["field"]) == (422, "language")


async def test_a_persons_figures_are_for_that_person_and_the_manager_and_each_look_is_kept(
    hall: Hall, manager: Client
) -> None:
    span = {"first": "2026-03-02", "last": "2026-03-03"}
    sari, dewi = hall.person("sari"), hall.person("dewi", "manager")
    async with hall.client() as own, hall.client() as boss:
        await own.post("/api/session", {"login": sari, "password": PASSWORD})
        await boss.post("/api/session", {"login": dewi, "password": PASSWORD})
        ids = {each["name"]: each["id"] for each in (await boss.get("/api/people")).json["people"]}
        (boss_id,) = [
            id_ for id_, login in hall.query("SELECT id, login FROM users WHERE branch = ?")
            if login == dewi
        ]  # fmt: skip
        (own_id,) = set(ids.values()) - {boss_id}
        assert (await own.get("/api/people")).status == 403
        assert (await own.post("/api/reports/person", span)).status == 200
        assert (await boss.post("/api/reports/person", span | {"person": own_id})).status == 200
        refused = await own.post("/api/reports/person", span | {"person": boss_id})
        assert refused.status == 403
        assert (await manager.post("/api/reports/person", span)).status == 403
        assert (await boss.post("/api/reports/person", span | {"person": "x"})).status == 404
    looks = [event for _, event in hall.events() if event["kind"] == "figures_seen"]
    assert [look["person"] for look in looks] == [own_id, own_id]


async def test_metrics_tell_who_waits_and_which_counters_are_open(
    hall: Hall, kiosk: Client, staff: Client, manager: Client
) -> None:
    await serve_some(hall, kiosk, staff)
    lines = (await manager.get("/metrics", check=False)).text.splitlines()
    code = hall.code
    assert f'ramah_waiting{{branch="{code}",priority="regular",service="A"}} 1.0' in lines
    assert f'ramah_waiting{{branch="{code}",priority="regular",service="B"}} 2.0' in lines
    assert f'ramah_counters{{branch="{code}",state="open"}} 1.0' in lines
    assert any(line.startswith("ramah_longest_wait_seconds{") for line in lines)
