"""The lobby on a real server and in a real browser: calls to glass and sound, restarts, months."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from server.domain.voice import Quiet, Voice
from tests.display.screen import waiting_screen
from tests.display.sounds import speak_briefly
from tests.display.test_voice import PROBE
from tests.server.process import Server
from tests.server.waiting import soon
from tests.web.stub_hall import StubHall

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def screen(browser: Browser, server: Server, name: str) -> Page:
    """Pair a new browser profile as a display and open it."""
    code = server.ramah("token", "create", "--role", "display", "--name", name, "--code")
    context = await browser.new_context()
    page = await context.new_page()
    await page.add_init_script(PROBE)
    await speak_briefly(page)
    await page.goto(server.url + "/display")
    answer = await page.evaluate(
        """(code) => fetch('/api/pair', { method: 'POST', body: JSON.stringify({ code }),
          headers: { 'Content-Type': 'application/json' } }).then((answer) => answer.status)""",
        code.stdout.strip(),
    )
    assert answer == 200
    await page.goto(server.url + "/display")
    await expect(page.locator(".welcome-line")).to_have_text("Selamat datang")
    return page


async def test_a_call_is_seen_and_heard_also_after_a_power_cut(
    server: Server, sounding: Browser
) -> None:
    async with server.client("manager") as manager:
        once = await manager.post("/api/voice", {"voice": {"times": 1}})
        assert once.status == 204
    page = await screen(sounding, server, "lobi")
    async with server.client("staff") as staff:
        for counter in (1, 2, 3):
            await staff.do(counter, "open")
            await staff.take()
        await staff.do(1, "call-next")
        label = page.locator("display-call .label")
        await expect(label).to_have_text("A001")
        await page.wait_for_function("() => window.played.length > 0", timeout=30_000)
    server.kill()
    await expect(page.locator("ramah-link")).to_be_visible()
    await expect(label).to_have_text("A001")  # the last known state stays
    await page.wait_for_function(
        "() => window.played.every((one) => window.device.currentTime > one.until + 2)",
        timeout=60_000,
    )  # it was heard to the end, and nobody was there to be told so
    server.start()
    async with server.client("staff") as staff:
        await staff.do(2, "call-next")
        await staff.do(3, "call-next")
    await expect(label).to_have_text("A003", timeout=30_000)
    await expect(page.locator("display-board .cell", has_text="Loket 2")).to_contain_text("A002")
    said = "SELECT seq, kind FROM display_acks ORDER BY at, kind"
    await soon(lambda: len(server.query(said)) >= 6, "each call shown and voiced")
    seqs = [seq for seq, kind in server.query(said) if kind == "voiced"]
    assert seqs == sorted(seqs)
    assert len(seqs) == 3
    sounds = await page.evaluate("window.played")
    for one, after in pairwise(sounds):
        assert after["at"] >= one["until"] - 1e-6


async def test_of_two_screens_in_a_room_one_speaks_and_each_shows_its_own(
    server: Server, sounding: Browser
) -> None:
    async with server.client("manager") as manager:
        first = await screen(sounding, server, "depan")
        second = await screen(sounding, server, "belakang")

        async def told() -> dict[str, Any]:
            answer = await manager.get("/api/displays")
            return {each["name"]: each for each in answer.json["displays"]}

        async def both_online() -> bool:
            return all(each["online"] for each in (await told()).values())

        await soon(both_online, "both screens report")
        now = await told()
        assert sorted(each["part"] for each in now.values()) == ["off", "voice"]
        assert all(abs(each["skew_s"]) < 5 for each in now.values())
        assert all(each["width"] > 0 and each["version"] for each in now.values())
        shows = {"services": ["B"], "sound": "chime"}
        await manager.post(f"/api/displays/{now['belakang']['id']}", shows)
        async with server.client("staff") as staff:
            await second.wait_for_function(
                "() => document.querySelectorAll('display-waiting .cell').length === 1",
                timeout=30_000,
            )
            await staff.do(1, "open")
            await staff.take("A")
            await staff.do(1, "call-next")
            await staff.do(2, "open")
            await staff.take("B")
            await staff.do(2, "call-next")
        await expect(first.locator("display-call .label")).to_have_text("B001")
        await expect(first.locator("display-board .label")).to_have_text(["A001", "B001"])
        await expect(second.locator("display-call .label")).to_have_text("B001", timeout=30_000)
        await expect(second.locator("display-board .label")).to_have_text(["", "B001"])
        await first.wait_for_function("() => window.played.length > 0", timeout=30_000)
        assert await second.evaluate("window.played") == []
        before = len(server.query("SELECT * FROM tokens WHERE role = 'display'"))
        gone = await manager.delete(f"/api/displays/{now['belakang']['id']}")
        assert gone.status == 204
        await expect(second.locator("ramah-pairing")).to_be_visible(timeout=45_000)
        assert len(server.query("SELECT * FROM tokens WHERE role = 'display'")) == before


async def test_media_play_are_ducked_and_a_broken_file_is_passed_over(
    stub_hall: StubHall, sounding: Browser
) -> None:
    page = await waiting_screen(sounding, stub_hall)
    found = await page.evaluate("""async () => {
      const pane = document.querySelector('display-media');
      const item = (kind, url, text) => ({ id: url, name: text, kind, type: '', url, text,
        seconds: 60, starts: null, ends: null, days: [] });
      pane.take([item('image', '/web/nothing.png', ''), item('video', '/web/icon.svg', ''),
        item('text', '', 'Selamat pagi')], 0.5);
      await new Promise((done) => pane.addEventListener('shown', done, { once: true }));
      const words = pane.querySelector('.slide p').textContent;
      const loud = pane.video.volume;
      pane.duck(true, 0.2);
      await new Promise((done) => setTimeout(done, 800));
      const low = pane.video.volume;
      pane.duck(false, 0.2);
      await new Promise((done) => setTimeout(done, 800));
      const late = Object.assign(item('text', '', 'Nanti'), { starts: '00:00', ends: '00:00' });
      const back = pane.video.volume;
      pane.take([late, item('image', '/web/nothing.png', '')], 0.5);
      await new Promise((done) => setTimeout(done, 1500));
      return { words, loud, low, back, hidden: pane.hidden };
    }""")
    assert found["words"] == "Selamat pagi"
    assert [round(found[each], 2) for each in ("loud", "low", "back")] == [0.5, 0.1, 0.5]
    assert found["hidden"]  # nothing that can be played: the calls have the room


FASTER = """
const wait = window.setTimeout;
window.setTimeout = (work, ms, ...rest) => wait(work, ms === 5000 ? 1 : ms, ...rest);
"""
"""A call stays on the glass for a moment only; everything else keeps its time."""


@pytest.mark.soak
async def test_a_day_of_calls_leaves_nothing_behind(stub_hall: StubHall, browser: Browser) -> None:
    """Fifteen hundred calls, two full days of a large hall, through the page itself."""
    stub_hall.voice = Voice(languages=["id"], quiet=[Quiet("00:00", "24:00")])
    page = await waiting_screen(browser, stub_hall, script=FASTER)
    tools = await page.context.new_cdp_session(page)

    async def size() -> tuple[int, int]:
        await tools.send("HeapProfiler.collectGarbage")
        counts = await tools.send("Memory.getDOMCounters")
        heap = await tools.send("Runtime.getHeapUsage")
        return int(counts["nodes"]), int(heap["usedSize"])

    def told(calls: int) -> bool:
        return len(stub_hall.heard) >= calls

    async def calls(first: int, last: int) -> None:
        for number in range(first, last, 10):
            for each in range(number, number + 10):
                await stub_hall.call(f"A{each % 1000:03}", 1 + each % 2)
            await soon(partial(told, number + 10), "ten calls shown")

    await calls(0, 500)
    nodes, heap = await size()
    await calls(500, 1500)
    later_nodes, later_heap = await size()
    shown = [each["seq"] for each in stub_hall.heard if each["type"] == "shown"]
    assert shown == list(range(1, 1501))  # each once, in order
    assert later_nodes <= nodes + 20
    assert later_heap <= heap + 1_000_000
