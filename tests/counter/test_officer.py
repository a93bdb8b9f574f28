"""Looking after those who serve: help without a sound, a quiet line, and a pulse without names."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.counter.staff import events, press, settle, staff_page, take_seat
from tests.counter.test_more import axe
from tests.server.api.test_feedback import token_of
from tests.server.process import Hall, office_toml
from tests.server.waiting import soon

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def hold(page: Page, key: str, ms: int = 1100) -> None:
    await page.keyboard.down(key)
    await page.wait_for_timeout(ms)
    await page.keyboard.up(key)


async def step(page: Page, wanted: str) -> None:
    await expect(page.locator(".quiet-dot")).to_have_attribute("data-step", wanted)


async def test_a_held_key_calls_quietly_and_two_persons_end_it(
    hall: Hall, browser: Browser
) -> None:
    for name, role in (("sari", "staff"), ("dewi", "manager"), ("rina", "manager")):
        hall.person(name, role)
    async with (
        staff_page(browser, hall, who="sari") as officer,
        staff_page(browser, hall, "/manager", who="dewi") as manager,
        staff_page(browser, hall, "/counter/supervisor", who="rina") as supervisor,
    ):
        await take_seat(officer, 3)
        before = await officer.locator("main").inner_text()
        await hold(officer, "F9", 300)
        await step(officer, "")
        # also while something is typed, and with a window open
        await officer.locator("[data-part=keys]").click()
        await hold(officer, "F9")
        await step(officer, "called")
        await officer.keyboard.press("Escape")
        assert await officer.locator("main").inner_text() == before, "nobody sees it"
        assert await officer.locator("dialog[open]").count() == 0
        await hold(officer, "F9")
        for page in (manager, supervisor):
            await expect(page.locator(".quiet-call")).to_contain_text(
                "Loket 3 diam-diam meminta bantuan."
            )
        found = await axe(manager) + await axe(supervisor) + await axe(officer)
        await officer.reload()
        await step(officer, "called")
        await supervisor.get_by_role("button", name="Saya ke sana").press("Enter")
        await step(officer, "going")
        # a forced "it is over" at the counter ends nothing alone
        await officer.locator(".quiet-dot").click()
        found += await axe(officer)
        await officer.get_by_role("button", name="Ya, sudah aman").click()
        await step(officer, "confirmed")
        await expect(manager.locator(".quiet-call")).to_contain_text("Orang kedua")
        await manager.get_by_role("button", name="Sudah aman").click()
        for page in (manager, supervisor):
            await expect(page.locator("staff-quiet-calls")).to_be_hidden()
        await step(officer, "")
    assert (events(hall, "quiet_called"), events(hall, "quiet_call_changed")) == (1, 3)
    assert events(hall, "alarm_raised") == events(hall, "alarm_cleared") == 1
    assert found == []


async def test_a_quiet_call_goes_out_when_the_line_or_the_power_is_back(
    hall: Hall, browser: Browser
) -> None:
    hall.person("sari")
    hall.person("dewi", "manager")
    async with staff_page(browser, hall, who="sari") as page:
        await take_seat(page, 2)
        await page.route("**/quiet-call", lambda route: route.abort())
        await page.locator(".quiet-dot").focus()
        await hold(page, "Enter")
        await step(page, "called")
        assert events(hall, "quiet_called") == 0
        await page.unroute("**/quiet-call")
        await page.reload()
        await soon(lambda: _told(hall), "it was sent after all")
        await step(page, "called")
        async with hall.client("manager") as manager:
            (call,) = (await manager.get("/api/quiet-calls")).json["calls"]
            await manager.post(f"/api/quiet-calls/{call['id']}/over", {"reason": "Salah tekan"})
        await step(page, "")


async def _told(hall: Hall) -> bool:
    return events(hall, "quiet_called") == 1


async def test_thanks_and_a_nudge_come_between_visitors_and_are_put_away_with_a_touch(
    hall: Hall, browser: Browser
) -> None:
    rules = "[officers]\nlong_cases = 1\nlong_minutes = 5\n"
    hall.server.add_branch(office_toml(hall.code) + rules)
    hall.person("sari")
    async with (
        staff_page(browser, hall, who="sari") as page,
        hall.client("kiosk") as kiosk,
        hall.client() as phone,
    ):
        mine = page.locator("counter-mine")
        await expect(mine).to_contain_text("Tiga pertanyaan singkat")
        await take_seat(page)
        await expect(mine).to_be_hidden()
        ticket, _later = [await kiosk.take() for _ in range(2)]
        await press(page, "n", "m")
        await settle(page)
        with hall.server.database() as db:
            db.execute(
                "UPDATE events SET at = at - 600000 WHERE branch = ? AND data ->> 'kind' IN "
                "('issued', 'called', 'started', 'counter_changed')", (hall.number,),
            )  # fmt: skip
        await press(page, "s")
        await settle(page)
        with hall.server.database() as db:
            db.execute("UPDATE turns SET service_ms = 600000 WHERE branch = ?", (hall.number,))
        said = {"face": 4, "said": "Sabar sekali.", "thanks": True}
        await phone.post(f"/api/track/{token_of(ticket)}/feedback", said)
        await page.reload()
        await expect(mine).to_contain_text("1 layanan panjang berturut-turut")
        found = await axe(page)
        await press(page, "n")
        await expect(mine).to_be_hidden()
        await press(page, "k")
        await mine.get_by_role("button", name="Nanti saja").press("Enter")
        await expect(mine).to_contain_text("menitipkan terima kasih untuk Anda")
        await mine.get_by_role("link", name="Baca").click()
        await expect(page.locator("ramah-thanks")).to_contain_text("Sabar sekali.")

        # the same page has the month's questions
        pulse = page.locator("ramah-pulse")
        for number in range(3):
            await pulse.locator("fieldset").nth(number).get_by_label("Sering").check()
        found += await axe(page)
        await page.set_viewport_size({"width": 360, "height": 740})
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
        await pulse.get_by_role("button", name="Kirim").click()
        await expect(pulse).to_contain_text("Tidak seorang pun bisa tahu")
    assert found == []


async def test_the_pulse_is_shown_to_the_manager_from_five_answers_on(
    hall: Hall, browser: Browser
) -> None:
    hall.person("dewi", "manager")
    with hall.server.database() as db:
        for month, n in (("2026-01", 4), ("2026-02", 5)):
            for question in ("energy", "support", "respect"):
                db.execute(
                    "INSERT INTO pulse_sums (branch, month, question, mark, n) "
                    "VALUES (?, ?, ?, 3, ?)", (hall.number, month, question, n),
                )  # fmt: skip
    async with staff_page(browser, hall, "/manager#satisfaction", who="dewi") as page:
        report = page.locator("ramah-pulse-report")
        await expect(report).to_contain_text("Januari 2026: terlalu sedikit untuk ditampilkan")
        await report.get_by_text("Februari 2026 · 5 jawaban").click()
        row = report.get_by_role("row", name="Saat berat, ada yang membantu saya.")
        assert await row.get_by_role("cell").all_inner_texts() == ["0", "0", "5", "0"]
        assert await axe(page) == []
