"""The comfort of the hall as managers see it: the page follows the feed and asks for nothing."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Browser, expect

from tests.counter.staff import staff_page
from tests.counter.test_follows import asked
from tests.server.comfort.places import TOML
from tests.server.process import Hall, office_toml

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_faults_are_told_begun_and_mended_on_a_page_that_asks_for_nothing(
    hall: Hall, browser: Browser
) -> None:
    await asyncio.to_thread(hall.server.add_branch, office_toml(hall.code) + TOML)
    hall.person("dewi", "manager")
    async with (
        hall.client("manager") as manager, hall.client() as visitor, hall.client("care") as phone,
        staff_page(browser, hall, "/manager#comfort", who="dewi") as page,
    ):  # fmt: skip
        doors = (await manager.post("/api/comfort/doors", {})).json["doors"]
        (toilet,) = (each["url"] for each in doors if each["place"] == "toilet")
        door = f"/api/comfort/at/{toilet.rsplit('/', 1)[1]}"
        body = page.locator("ramah-comfort")
        await expect(body).to_contain_text("Toilet")
        questions = asked(page)
        told = await visitor.post(f"{door}/tell", {"item": "soap", "said": "Sejak pagi"})
        assert told.status == 200
        await expect(body.locator(".fault")).to_contain_text("Sabun habis")
        (fault,) = (await phone.get(f"{door}/checker")).json["faults"]
        await phone.post(f"/api/comfort/faults/{fault['id']}/begin", {})
        await expect(body.locator(".fault")).to_contain_text("care")
        await phone.post(f"/api/comfort/faults/{fault['id']}/mend", {"action": "Diisi"})
        await expect(body.locator(".fault")).to_have_count(0)
        await expect(body).to_contain_text("Diisi")
        await phone.post(f"{door}/check", {"faults": []})
        await expect(body.locator('.slot[data-state="done"]')).to_have_count(1)
        assert questions == []
