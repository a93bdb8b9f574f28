"""The page of backups: planned to a folder and to a store, tried before it counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.bucket_store import BucketStore
from tests.counter.staff import staff_page
from tests.counter.test_more import axe
from tests.server.process import PASSWORD, Hall, Server, office_toml

pytestmark = pytest.mark.asyncio(loop_scope="session")
WIDE, NARROW = {"width": 1366, "height": 768}, {"width": 360, "height": 740}


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Hall]:
    """An office with a server of its own: only there a browser plans backups."""
    with Server(tmp_path / "data") as server:
        server.start()
        yield Hall(server, "alone", office_toml("alone"))


async def test_an_administrator_plans_backups_to_a_store_without_a_terminal(
    alone: Hall, browser: Browser, store: BucketStore
) -> None:
    alone.person("rina", "admin")
    async with staff_page(browser, alone, "/manager#backups", who="rina") as page:
        await page.get_by_role("button", name="Rencanakan pencadangan").press("Enter")
        await page.get_by_label("Penyimpanan di jaringan").check()
        await page.get_by_label("Alamat penyimpanan").fill(store.url)
        await page.get_by_label("Bucket", exact=True).fill("hall")
        await page.get_by_label("Tempat di dalamnya").fill("page")
        await page.get_by_label("Kunci akses").fill(store.access_key)
        await page.get_by_label("Rahasianya").fill("bukan ini")
        await page.get_by_role("button", name="Buat kunci").click()
        secret = await page.locator(".backup-key").inner_text()
        found = await axe(page)
        await page.get_by_role("button", name="Sudah saya simpan").click()
        await expect(page.get_by_label("Enkripsi dengan kunci ini")).to_have_value(
            re.compile("^age1")
        )
        assert secret.startswith("AGE-SECRET-KEY-")
        await page.get_by_label("Kata sandi Anda").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert").or_(page.locator(".error"))).to_contain_text(
            ["tidak mengenal kunci akses ini"]
        )
        found += await axe(page)
        for size in (NARROW, WIDE):
            await page.set_viewport_size(size)  # type: ignore[arg-type]
            width = await page.evaluate("document.documentElement.scrollWidth")
            assert width == size["width"]
        await page.get_by_label("Rahasianya").fill(store.secret)
        await page.get_by_role("button", name="Coba dan simpan rencana").click()
        await expect(page.locator("ramah-backups")).to_contain_text("s3://hall/page")
        await expect(page.locator(".backup-form")).to_have_count(0)
        await page.get_by_role("button", name="Buat satu sekarang").click()
        await expect(page.locator("ramah-backups tbody")).to_contain_text("dipulihkan")
        (made,) = store.at("page").names()
        assert made.name.endswith(".tar.age")
        await page.get_by_role("button", name="Ubah rencana").click()
        assert await page.get_by_label("Rahasianya").input_value() == "", "it is never told"
        await page.get_by_label("Setiap hari pukul").fill("20:15")
        await page.get_by_label("Kata sandi Anda").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.locator("ramah-backups")).to_contain_text("20:15")
        found += await axe(page)
    assert found == []
    async with alone.client() as rina:
        await rina.post("/api/session", {"login": "rina.alone", "password": PASSWORD})
        assert (await rina.get("/api/backups")).json["bucket"]["access_key"] == store.access_key
        alone.server.add_branch(office_toml("neighbour"))
        assert (await rina.get("/api/backups")).json["bucket"] is None, "it is no more hers to plan"


async def test_the_plan_is_an_administrators_who_shows_the_password_and_of_one_office_only(
    alone: Hall, tmp_path: Path
) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    body = {"password": PASSWORD, "at": "19:00", "keep": 3, "folder": str(folder)}
    alone.person("dewi", "manager")
    alone.person("rina", "admin")

    async with alone.client() as manager, alone.client() as admin:
        for client, login in ((manager, "dewi"), (admin, "rina")):
            await client.post("/api/session", {"login": f"{login}.alone", "password": PASSWORD})

        async def planned(**change: object) -> tuple[int, str]:
            answer = await admin.post("/api/backups/plan", body | change)
            return answer.status, answer.json.get("field", "")

        assert (await manager.post("/api/backups/plan", body)).status == 403
        assert await planned(password="bukan ini") == (403, "password")
        assert await planned(folder=str(tmp_path / "none")) == (404, "folder")
        assert await planned(folder="relative") == (422, "folder")
        for own in (alone.server.data, alone.server.data / "printer-cache"):
            own.mkdir(exist_ok=True)  # with the machine's disk both would be gone
            assert await planned(folder=str(own)) == (409, "folder")
        assert await planned(folder="") == (422, "folder")
        assert await planned(key="nonsense") == (422, "key")
        assert await planned(bucket={"bucket": "x", "access_key": "y"}) == (422, "folder")
        assert await planned() == (200, "")
        told = (await admin.get("/api/backups")).json
        assert told["folder"] == str(folder)
        assert told["same_disk"] is True, "a folder beside the data goes with their disk"
        assert (await admin.post("/api/backups/end", {})).json["planned"] is False
        alone.server.add_branch(office_toml("neighbour"))
        assert (await planned())[0] == 409, "the neighbour's data would go along"
        assert (await admin.get("/api/backups")).json["several"] is True
