"""A page of the hall brings the hall along, for who holds a key, and for nobody else."""

from __future__ import annotations

import json
import re

import pytest
from aiohttp import ClientSession

from tests.server.process import Hall

LAID = re.compile(r'<script type="application/json" id="opening">(.*?)</script>', re.DOTALL)


async def _page(hall: Hall, path: str, **cookies: str) -> str:
    async with (
        ClientSession(cookies=cookies) as browser,
        browser.get(hall.server.url + path) as got,
    ):
        assert got.status == 200
        assert got.headers["Cache-Control"] == "no-store"
        return await got.text()


@pytest.mark.asyncio
async def test_a_device_finds_the_hall_in_its_page_as_its_socket_would_tell_it(hall: Hall) -> None:
    async with hall.client("kiosk") as kiosk, hall.client("staff") as staff:
        await kiosk.take("B")
        await staff.do(2, "open")
        await staff.do(2, "call-next")
        for role in ("kiosk", "display"):
            page = await _page(hall, f"/{role}", **{f"ramah_{role}": hall.token(role)})
            (text,) = LAID.findall(page)
            laid = json.loads(text)
            queue = json.loads((await staff.get("/api/queue")).body)
            assert laid.pop("at")
            assert queue.pop("at")
            assert laid == queue
            assert "staff" not in laid
            drawn = {"kiosk": "Layanan B", "display": "B001"}[role]
            assert page.index(drawn) < page.index("</main>")  # not only laid in


@pytest.mark.asyncio
async def test_who_holds_no_key_of_the_page_gets_nothing_of_the_hall(hall: Hall) -> None:
    keys = {role: hall.token(role) for role in ("kiosk", "display", "staff", "manager")}
    for cookies in (
        {}, {"ramah_kiosk": "stranger"}, {"ramah_kiosk": keys["display"]},
        {"ramah_display": keys["kiosk"]}, {"ramah_kiosk": keys["staff"]},
        {"ramah_display": keys["manager"]}, {"ramah_session": keys["manager"]},
    ):  # fmt: skip
        for path in ("/kiosk", "/display"):
            page = await _page(hall, path, **cookies)
            assert not LAID.search(page), (path, cookies.keys())
            assert "Layanan A" not in page
