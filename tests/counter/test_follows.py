"""The pages of staff follow the feed: they ask for nothing, and show what a fresh page shows."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, Request, WebSocket, expect

from tests.counter.staff import press, settle, staff_page, take_seat
from tests.server.advised import advised
from tests.server.api.client import Client
from tests.server.process import Hall, office_toml

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROUNDS = 5
COUNTER = """() => {
  const words = (query) => Array.from(document.querySelectorAll(query), (each) => each.textContent);
  return [words('#slip-label'), words('.facts dt'), words('.queue .services li'),
    words('[role=tab]'), words('.line-label'), document.title];
}"""
HALL = """() => {
  const words = (query) => Array.from(document.querySelectorAll(query), (each) => each.textContent);
  return [words('.hall-counter-top'), words('.hall-ticket b'), words('.hall-services'),
    words('[data-part=sum]'), words('.hall-waits .services li'), words('.line-label'),
    words('.hall-notice p'), words('.hall-help b')];
}"""

DAY = """() => {
  const words = (query) => Array.from(document.querySelectorAll(query), (each) => each.textContent);
  return [words('ramah-turns tbody td'), words('[data-figure=served] .figure-value'),
    words('[data-figure=tickets] .figure-value'), words('[data-part=equipment] b'),
    words('.counter-now'), words('.alarms b')];
}"""
TURNS = "SELECT COUNT(*) FROM turns WHERE branch = ?"


def asked(page: Page) -> list[str]:
    """Return what the page asks the server for from now on: questions, and new sockets."""
    found: list[str] = []

    def note(request: Request) -> None:
        if request.method == "GET" and "/api/" in request.url:
            found.append(request.url)

    def joined(socket: WebSocket) -> None:
        found.append(socket.url)

    page.on("request", note)
    page.on("websocket", joined)
    return found


async def busy_hour(staff: Client, chief: Client, kiosk: Client, rounds: int) -> None:
    """Everything that happens in a hall, at three counters beside the one that is looked at."""
    for _ in range(rounds):
        tickets = [await kiosk.take(each) for each in ("A", "B", "A", "C", "A")]
        await kiosk.post("/api/help", {})
        for counter in (2, 3, 4):
            await staff.at(counter, "open", {}, check=False)
            await staff.at(counter, "call-next", check=False)
            await staff.at(counter, "recall", check=False)
            await staff.at(counter, "start", check=False)
        await staff.at(2, "finish", check=False)
        await staff.at(2, "undo", check=False)
        await staff.at(2, "hold", {"reason": "salinan", "minutes": 5}, check=False)
        await staff.at(3, "transfer", {"service": "A", "note": "berkas"}, check=False)
        await staff.at(4, "finish", check=False)
        await staff.at(4, "call-next", check=False)
        await staff.at(4, "no-show", check=False)
        await staff.at(3, "break", {"reason": "Salat", "minutes": 10}, check=False)
        await chief.at(2, "services", {"services": ["A", "C"]}, check=False)
        change = {"priority": "priority", "people": 2}
        await staff.post(f"/api/tickets/{tickets[2]['id']}/change", change, check=False)
        await staff.post(f"/api/tickets/{tickets[4]['id']}/transfer", {"counter": "1"}, check=False)
        await kiosk.post(f"/api/tickets/{tickets[1]['id']}/reprint", {}, check=False)
        await chief.post("/api/notice", {"notice": "Mohon sabar."}, check=False)


async def end(
    chief: Client, kiosk: Client, counter: Page, hall: Page, day: Page, words: str
) -> None:
    """Do a last thing, and wait until all pages show it."""
    last = await kiosk.take("A")
    await chief.post("/api/notice", {"notice": words})
    await expect(hall.locator(".hall-notice")).to_contain_text(words)
    await counter.locator("[data-tab=waiting]").click()
    await expect(counter.locator(f".line-label:text-is('{last['label']}')")).to_be_visible()
    await expect(day.locator("ramah-turns tbody tr").first).to_contain_text(last["label"])


async def asked_for_by_the_hall(
    hall: Hall, staff: Client, chief: Client, pages: list[Page]
) -> None:
    """Give an advice and call quietly; who directs sees both come and go."""
    advice = advised(hall, "5")
    await staff.at(2, "open", {}, check=False)
    call = (await staff.at(2, "quiet-call")).json["id"]
    for page in pages:
        await expect(page.locator(f"[data-advice='{advice}']")).to_contain_text("Loket 5")
        await expect(page.locator(f"[data-call='{call}']")).to_be_visible()
    await chief.post(f"/api/advice/{advice}/answer", {"answer": "declined"})
    await chief.post(f"/api/quiet-calls/{call}/over", {"reason": "Salah tekan"})
    for page in pages:
        await expect(page.locator("staff-advice")).to_be_hidden()
        await expect(page.locator("staff-quiet-calls")).to_be_hidden()


async def settled_figures(hall: Hall, day: Page) -> None:
    """Wait until the manager's page has been told of the last event."""
    tickets = hall.query("SELECT COUNT(*) FROM tickets WHERE branch = ?")[0][0]
    await expect(day.locator("[data-figure=tickets] .figure-value")).to_have_text(str(tickets))
    await expect(day.locator("[data-part=count]")).to_have_text(
        f"{hall.query(TURNS)[0][0]} giliran"
    )


async def test_pages_of_staff_ask_for_nothing_in_a_busy_hour_and_show_what_is_so(
    hall: Hall, browser: Browser
) -> None:
    # the server's own look at this hall would let an advice go
    hall.server.add_branch(office_toml(hall.code) + "[waits]\nadvice = false\n")
    hall.person("sari")
    hall.person("dewi", "manager")
    async with (
        staff_page(browser, hall, who="sari") as counter,
        staff_page(browser, hall, "/counter/supervisor", who="dewi") as chief_page,
        staff_page(browser, hall, "/manager", who="dewi") as day_page,
        hall.client("staff") as staff,
        hall.client("manager") as chief,
        hall.client("kiosk") as kiosk,
    ):
        await take_seat(counter)
        await expect(chief_page.locator(".hall-counter").first).to_be_visible()
        await expect(counter.locator(".policy")).to_be_visible()
        await expect(day_page.locator("[data-figure=tickets] .figure-value")).to_have_text("0")
        await expect(day_page.locator("ramah-turns .nothing")).to_contain_text("Tidak ada nomor")
        questions = [asked(page) for page in (counter, chief_page, day_page)]
        before = hall.last_event()
        await busy_hour(staff, chief, kiosk, ROUNDS)
        await press(counter, "n", "m", "s", "n")
        await settle(counter)
        await asked_for_by_the_hall(hall, staff, chief, [chief_page, day_page])
        await end(chief, kiosk, counter, chief_page, day_page, "Jam sibuk selesai.")
        assert hall.last_event() - before > 100
        assert questions == [[], [], []]
        await settled_figures(hall, day_page)

        for page in (counter, chief_page, day_page):
            await page.context.set_offline(True)
        await busy_hour(staff, chief, kiosk, 1)
        for page in (counter, chief_page, day_page):
            await page.context.set_offline(False)
        await end(chief, kiosk, counter, chief_page, day_page, "Terhubung lagi.")
        await settled_figures(hall, day_page)
        followed = (
            await counter.evaluate(COUNTER), await chief_page.evaluate(HALL),
            await day_page.evaluate(DAY),
        )  # fmt: skip
        assert all(followed[0][:-1])
        for page in (counter, chief_page, day_page):
            await page.reload()
        await expect(chief_page.locator(".hall-notice")).to_contain_text("Terhubung lagi.")
        await expect(counter.locator("#slip-label")).to_be_visible()
        assert await counter.evaluate(COUNTER) == followed[0]
        assert await chief_page.evaluate(HALL) == followed[1]
        await settled_figures(hall, day_page)
        assert await day_page.evaluate(DAY) == followed[2]
