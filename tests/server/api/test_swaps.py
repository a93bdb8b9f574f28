"""Officers see their own rota and exchange shifts; the manager decides, and takes plans along."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader

from server.officers.rotabook import Printed, calendar
from server.plan.rota.book import next_week
from server.plan.rota.values import DayRota, Shift
from tests.server.api.client import Client
from tests.server.process import PASSWORD, Hall


def named(hall: Hall, login: str) -> str:
    return f"{login}.{hall.code}".capitalize()


@pytest.fixture
async def week(hall: Hall, manager: Client) -> str:
    """A saved plan: Sari until noon and Tono after it on Monday, Sari alone on Tuesday."""
    for name in ("sari", "tono", "rina"):
        hall.person(name)
    told = (await manager.get("/api/rota/rules")).json
    keys = {each["name"]: each["key"] for each in told["rules"]["officers"]}
    sari, tono = keys[named(hall, "sari")], keys[named(hall, "tono")]
    found = next_week((await manager.get("/api/queue")).json["day"])
    tuesday = (date.fromisoformat(found) + timedelta(days=1)).isoformat()
    days = [
        {"day": found, "shifts": [
            {"officer": sari, "counter": 1, "start": 16, "end": 24},
            {"officer": tono, "counter": 2, "start": 24, "end": 33, "rest": 26, "rest_slots": 2},
        ]},
        {"day": tuesday, "shifts": [{"officer": sari, "counter": 1, "start": 16, "end": 24}]},
    ]  # fmt: skip
    saved = await manager.post("/api/rota", {"week": found, "version": 0, "days": days})
    assert saved.status == 200, saved.text
    return found


async def logged_in(hall: Hall, client: Client, login: str) -> Client:
    body = {"login": f"{login}.{hall.code}", "password": PASSWORD}
    assert (await client.post("/api/session", body)).status == 200
    return client


async def test_a_swap_is_offered_taken_and_accepted_into_the_next_version(
    hall: Hall, manager: Client, week: str
) -> None:
    async with hall.client() as one, hall.client() as other:
        sari, tono = await logged_in(hall, one, "sari"), await logged_in(hall, other, "tono")
        own = (await sari.get("/api/rota/mine")).json
        first = own["shifts"][0]
        assert (first["day"], first["counter"], first["start"]) == (week, 1, "08:00")
        assert len(own["shifts"]) == 2
        offered = (await sari.post("/api/rota/swaps", {"day": week})).json
        (swap,) = offered["swaps"]
        assert offered["shifts"][0]["offered"] == swap["id"]
        assert (await sari.post("/api/rota/swaps", {"day": week})).status == 409
        assert (await tono.post("/api/rota/swaps", {"day": "2026-01-05"})).status == 404
        path = f"/api/rota/swaps/{swap['id']}"
        assert (await sari.post(f"{path}/take", {})).status == 403, "it is one's own"
        assert (await manager.post(f"{path}/accept", {})).status == 409, "nobody takes it yet"
        assert (await tono.post(f"{path}/take", {})).status == 200
        (shown,) = (await manager.get("/api/rota/swaps")).json["swaps"]
        assert (shown["officer"], shown["taker"]) == (named(hall, "sari"), named(hall, "tono"))
        assert (shown["shift"]["start"], shown["gives"]["start"]) == ("08:00", "12:00")
        assert (await tono.post(f"{path}/accept", {})).status == 403, "the manager decides"
        assert (await manager.post(f"{path}/accept", {})).json["swaps"] == []
        assert (await manager.get(f"/api/rota?week={week}")).json["version"] == 2
        now = (await sari.get("/api/rota/mine")).json["shifts"]
        assert [(each["counter"], each["start"]) for each in now] == [(2, "12:00"), (1, "08:00")]
        assert (await manager.post(f"{path}/accept", {})).status == 404


async def test_a_refused_or_withdrawn_offer_changes_nothing(
    hall: Hall, manager: Client, week: str
) -> None:
    async with hall.client() as one, hall.client() as other:
        sari, rina = await logged_in(hall, one, "sari"), await logged_in(hall, other, "rina")
        for last in ("refuse", "withdraw"):
            (swap,) = (await sari.post("/api/rota/swaps", {"day": week})).json["swaps"]
            path = f"/api/rota/swaps/{swap['id']}"
            assert (await rina.post(f"{path}/withdraw", {})).status == 404, "not one's own"
            await rina.post(f"{path}/take", {})
            asker = manager if last == "refuse" else sari
            assert (await asker.post(f"{path}/{last}", {})).status == 200
            assert (await rina.post(f"{path}/take", {})).status == 404
        assert (await rina.get("/api/rota/mine")).json["shifts"] == []
        assert (await manager.get(f"/api/rota?week={week}")).json["version"] == 1


async def test_a_plan_is_taken_along_as_sheet_paper_and_calendar(
    hall: Hall, manager: Client, week: str
) -> None:
    query = f"/api/rota/file?week={week}&language=id"
    lines = (await manager.get(query)).text.splitlines()
    assert lines[0] == "Hari,Petugas,Loket,Dari,Sampai,Istirahat dari,Istirahat sampai,Jam"
    assert f"{week},{named(hall, 'tono')},2,12:00,16:30,13:00,14:00,3.5" in lines
    book = openpyxl.load_workbook(io.BytesIO((await manager.get(f"{query}&format=xlsx")).body))
    rows: Any = list(book.worksheets[0].values)
    assert (rows[1][1], rows[1][2], rows[1][7]) == (named(hall, "sari"), 1, 4)
    assert rows[1][0].date().isoformat() == week
    paper = PdfReader(io.BytesIO((await manager.get(f"{query}&format=pdf")).body))
    words = paper.pages[0].extract_text()
    assert named(hall, "sari") in words
    assert "12.00" in words
    english = (await manager.get(f"{query[:-2]}en&format=pdf")).body
    assert "12:00" in PdfReader(io.BytesIO(english)).pages[0].extract_text()
    box = paper.pages[0].mediabox
    assert (round(box.width), round(box.height)) == (842, 595), "A4 across"
    async with hall.client() as one:
        tono = await logged_in(hall, one, "tono")
        text = (await tono.get(f"/api/rota/mine.ics?week={week}&language=id")).text
    events = re.findall(r"BEGIN:VEVENT\r\n(.*?)END:VEVENT", text, re.DOTALL)
    assert len(events) == 1
    fields = dict(line.split(":", 1) for line in events[0].splitlines())
    starts, ends = (
        datetime.strptime(fields[name], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        for name in ("DTSTART", "DTEND")
    )
    assert ends - starts == timedelta(hours=4.5)
    assert fields["SUMMARY"] == "Loket 2"
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert (await manager.get("/api/rota/file?week=2026-01-05")).status == 404


def test_a_calendar_tells_the_offices_clock_and_keeps_letters_whole() -> None:
    shift = Shift("x", 3, 16, 30, 23, 2)
    rota = Printed(
        "Kantor Ü, Balikpapan" * 4, "hall", "Asia/Makassar", "2026-03-02", 7, 0, {},
        [DayRota("2026-03-02", [shift])],
    )  # fmt: skip

    def say(words: str, **more: object) -> str:
        return words.format(**more)

    text = calendar(rota, "x", say, "en").decode()
    assert "DTSTART:20260302T000000Z" in text
    assert "DTEND:20260302T070000Z" in text
    assert "SEQUENCE:7" in text
    assert "DESCRIPTION:Rest from 11:30 until 12:30" in text
    assert "11.30 until 12.30" in calendar(rota, "x", say, "id").decode()
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    whole = text.replace("\r\n ", "")
    assert "LOCATION:" + "Kantor Ü\\, Balikpapan" * 4 in whole
