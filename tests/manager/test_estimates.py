"""The manager's page judges the waits that visitors were told."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.counter.staff import staff_page
from tests.counter.test_more import axe
from tests.server.process import Hall

pytestmark = pytest.mark.asyncio(loop_scope="session")
PICTURES = os.environ.get("RAMAH_PICTURES")


def told_by(db: sqlite3.Connection, hall: Hall, model: str, *numbers: int) -> None:
    """Let a model have told the waits of some numbers."""
    db.executemany(
        "UPDATE events SET data = json_set(data, '$.quote.model', ?) WHERE branch = ? "
        "AND data ->> 'kind' = 'issued' AND data ->> 'number' = ?",
        [(model, hall.number, each) for each in numbers],
    )


async def test_who_waited_is_counted_by_service_class_hour_and_day(
    hall: Hall, browser: Browser
) -> None:
    hall.person("dewi", "manager")
    async with hall.client("kiosk") as kiosk, hall.client("staff") as staff:
        await staff.do(1, "open")
        for n in range(6):
            await kiosk.take(priority="priority" if n == 5 else "regular")
        hall.issued_earlier(15)
        for _ in range(6):
            for step in ("call-next", "start", "finish"):
                await staff.do(1, step)
        await kiosk.take()  # called at once: who did not wait says nothing of a model
        for step in ("call-next", "start", "finish"):
            await staff.do(1, step)
    with hall.server.database() as db:
        told_by(db, hall, "work-ahead-1", *range(1, 7))
        told_by(db, hall, "simulated-1", 7)
    async with hall.client("manager") as manager:
        models = (await manager.get("/api/estimates")).json["models"]
        assert {each["key"]: each["verdict"]["waited"] for each in models} == {
            "work-ahead-1": 6, "simulated-1": 0
        }  # fmt: skip
    async with staff_page(browser, hall, "/manager#waits", who="dewi") as page:
        await expect(page.locator(".estimates .hits")).to_contain_text("orang yang menunggu")
        await expect(page.get_by_text("Semuanya dihitung dengan rumus sederhana")).to_be_visible()
        tables = page.locator(".estimates table")
        assert await tables.count() >= 4
        await expect(tables.nth(0).locator("tbody tr")).to_have_count(1)
        await expect(tables.nth(1).locator("tbody tr")).to_have_count(2)
        assert await axe(page) == []
        await page.set_viewport_size({"width": 360, "height": 740})
        assert await axe(page) == []
        if PICTURES:
            await page.screenshot(path=Path(PICTURES) / "estimates-small.png", full_page=True)
            await page.set_viewport_size({"width": 1366, "height": 768})
            await page.screenshot(path=Path(PICTURES) / "estimates-id.png", full_page=True)
