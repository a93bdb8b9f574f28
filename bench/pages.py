"""Measures whether open pages keep up with a rush: fifty calls a second, in a real browser.

The manager's page, the supervisor's and a lobby display are open in Chromium while twelve
counters call, start and finish. Each page notes when a called number first stands in its DOM; the
clock is the machine's, for the desk and the pages alike.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from typing import Any

import aiohttp
import msgspec
from playwright.async_api import Browser, CDPSession, Page, async_playwright

from bench.figures import Figure, quantile
from bench.office import Office, serving
from bench.scale import Pasts, Scale

CALLS_A_SECOND = 50
SECONDS, QUICK_SECONDS = 20, 6
WARM_UP_S = 4.0
SETTLE_S = 6.0
AT_THE_COUNTER_S = 0.15
LAG_MS = 250.0
HEAP_MB = 5.0
QUICK_ROUNDS = 2
CREATED, OK = 201, 200
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LOGIN = {"login": "dewi", "password": "senyum-dulu"}

WATCH = """([place]) => {
  const seen = {};
  const number = /[A-Z]{1,2}[0-9]{3,4}/g;
  const root = document.querySelector(place) || document.body;
  const look = () => {
    for (const label of root.textContent.match(number) || []) {
      if (!(label in seen)) seen[label] = performance.timeOrigin + performance.now();
    }
  };
  new MutationObserver(look).observe(root, { childList: true, subtree: true, characterData: true });
  let slowest = 0;
  let frames = 0;
  let last = performance.now();
  const frame = (now) => {
    frames += 1;
    slowest = Math.max(slowest, now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  window.ramahSeen = () => ({ seen, slowest, frames });
  window.ramahAgain = () => { slowest = 0; };
}"""


class Seen(msgspec.Struct, frozen=True):
    """What one page showed: label -> ms since 1970, and the longest gap between two frames."""

    seen: dict[str, float]
    slowest: float
    frames: int


class _Open:
    """One page under watch."""

    def __init__(self, name: str, page: Page, session: CDPSession) -> None:
        self.name = name
        self.page = page
        self.session = session
        self.heap_before = 0.0

    async def heap(self) -> float:
        """Return megabytes of live JavaScript objects."""
        await self.session.send("HeapProfiler.collectGarbage")
        used = await self.session.send("Runtime.getHeapUsage")
        return float(used["usedSize"]) / 1e6

    async def seen(self) -> Seen:
        """Return what it showed until now."""
        return msgspec.convert(await self.page.evaluate("window.ramahSeen()"), Seen)


async def _open(
    browser: Browser, office: Office, name: str, path: str, ready: str, place: str
) -> _Open:
    context = await browser.new_context(viewport={"width": 1366, "height": 768})
    if path != "/display":
        answer = await context.request.post(f"http://127.0.0.1:{office.port}/api/session",
                                            data=LOGIN)  # fmt: skip
        if not answer.ok:
            raise RuntimeError(await answer.text())
    page = await context.new_page()
    await page.goto(f"http://127.0.0.1:{office.port}{path}")
    await page.wait_for_selector(ready)
    await page.evaluate(WATCH, [place])
    session = await context.new_cdp_session(page)
    await session.send("HeapProfiler.enable")
    return _Open(name, page, session)


class _Desks:
    """Twelve counters that call at a steady pace, however long an answer takes."""

    def __init__(self, office: Office, session: aiohttp.ClientSession) -> None:
        self.at = f"http://127.0.0.1:{office.port}/api"
        self.session = session
        self.called: dict[str, float] = {}
        self.late_s = 0.0
        self.free: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    async def learn(self) -> None:
        """Find out what each counter offers."""
        async with self.session.get(f"{self.at}/counters") as answer:
            found = (await answer.json())["counters"]
        for each in found:
            self.free.put_nowait((each["id"], each["services"][0]))

    async def _post(self, path: str, body: Any = None) -> Any:  # noqa: ANN401 - JSON
        async with self.session.post(f"{self.at}/{path}", json=body) as answer:
            if answer.status not in {OK, CREATED}:
                raise RuntimeError(f"{path}: {answer.status} {await answer.text()}")
            return await answer.json()

    async def _serve(self, counter: str, service: str, *, count: bool) -> None:
        await self._post("tickets", {"service": service})
        at = time.time() * 1000
        ticket = await self._post(f"counters/{counter}/call-next")
        if count:
            self.called[ticket["label"]] = at
        await asyncio.sleep(AT_THE_COUNTER_S)
        await self._post(f"counters/{counter}/start")
        await self._post(f"counters/{counter}/finish")
        self.free.put_nowait((counter, service))

    async def rush(self, seconds: float, *, count: bool) -> None:
        """Call fifty times a second, for so long."""
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for number in range(round(seconds * CALLS_A_SECOND)):
                due = began + number / CALLS_A_SECOND
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                counter, service = await self.free.get()
                self.late_s = max(self.late_s, time.monotonic() - due)
                group.create_task(self._serve(counter, service, count=count))


def run(scale: Scale, pasts: Pasts) -> list[Figure]:
    """Open the pages, call, and say what they showed and when."""
    seconds = QUICK_SECONDS if scale.rounds <= QUICK_ROUNDS else SECONDS
    with serving(pasts.with_turns(100, "-pages")) as office:
        return asyncio.run(_measure(office, seconds))


async def _measure(office: Office, seconds: int) -> list[Figure]:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    headers = {"Authorization": f"Bearer {office.token('staff')}"}
    async with (
        async_playwright() as playwright,
        aiohttp.ClientSession(headers=headers) as session,
    ):
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        pages = [
            await _open(browser, office, "manager", "/manager", ".counter-now", ".counter-list"),
            await _open(browser, office, "supervisor", "/counter/supervisor", ".hall-counter",
                        ".hall-counters"),
            await _open(browser, office, "display", "/display", "body", "body"),
        ]  # fmt: skip
        desks = _Desks(office, session)
        await desks.learn()
        await desks.rush(WARM_UP_S, count=False)
        for each in pages:
            each.heap_before = await each.heap()
            await each.page.evaluate("window.ramahAgain()")
        await desks.rush(seconds, count=True)
        await asyncio.sleep(SETTLE_S)
        figures = [Figure("pages: latest call against its time", desks.late_s * 1000, "ms",
                          note="how far the desks themselves fell behind their pace")]  # fmt: skip
        for each in pages:
            figures += await _figures(each, desks.called)
        figures += await _truth(pages, desks.at)
        await browser.close()
        return figures


async def _figures(page: _Open, called: dict[str, float]) -> list[Figure]:
    found = await page.seen()
    name = f"pages: {page.name}"
    grown = await page.heap() - page.heap_before
    told = [
        Figure(f"{name}, longest gap between frames", found.slowest, "ms"),
        Figure(f"{name}, heap grew", grown, "MB", HEAP_MB, "<"),
    ]
    if page.name == "display":  # it shows calls one after the other, each for its time
        return told
    lags = [found.seen[label] - at for label, at in called.items() if label in found.seen]
    return [
        Figure(f"{name}, request to DOM, p50", quantile(lags, 0.5), "ms"),
        Figure(f"{name}, request to DOM, p99", quantile(lags, 0.99), "ms", LAG_MS, "<"),
        Figure(f"{name}, numbers never shown", len(called) - len(lags), f"of {len(called):,}", 1,
               "<"),
        *told,
    ]  # fmt: skip


async def _truth(pages: list[_Open], at: str) -> list[Figure]:
    """Compare what the pages say in the end with what the API says."""
    manager, supervisor, display = (each.page for each in pages)
    totals = await (await manager.context.request.get(f"{at}/totals")).json()
    queue = await (await manager.context.request.get(f"{at}/queue")).json()
    waiting = [each["waiting"] for each in queue["services"]]
    wrong = 0
    for key in ("tickets", "served", "waiting"):
        text = await manager.inner_text(f"[data-figure={key}] .figure-value")
        wrong += number(text) != totals[key]
    rows = await manager.inner_text("ramah-turns [data-part=count]")
    shown = await display.eval_on_selector_all(
        "display-waiting .count > span:first-child", "found => found.map(each => each.textContent)"
    )
    busy = await supervisor.locator(".hall-ticket").count()
    return [
        Figure("pages: manager, figures that differ from the API in the end", wrong, "of 3", 1,
               "<"),
        Figure("pages: manager, rows of the day in its table", number(rows),
               f"of {totals['tickets']:,}", totals["tickets"], ">="),
        Figure("pages: supervisor, tickets left at counters in the end", busy, "of 0", 1, "<"),
        Figure("pages: display, waiting counts that differ in the end",
               sum(number(one) != two for one, two in zip(shown, waiting, strict=False)),
               f"of {len(shown)}", 1, "<"),
    ]  # fmt: skip


def number(text: str) -> int:
    """Return the digits of a text as a number; none are nought."""
    return int("".join(filter(str.isdigit, text)) or 0)
