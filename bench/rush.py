"""Measures a rush on the lobby screen: thirty counters call within a third of a second.

The browser is the lobby page itself in Chromium, allowed to sound, with the voice that ships. Told
are the seconds until every number stands in its DOM, and until each call was said aloud or its
counter was told that it was not. Left out without Playwright and Chromium.
"""

from __future__ import annotations

import http.client
import json
import shutil
import sqlite3
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

from bench.figures import Figure
from bench.office import Office, prepare_hall, serving
from bench.scale import Pasts, Scale

if TYPE_CHECKING:
    from playwright.sync_api import Page

CALLS = 30
SEEN_S, SAID_S = 1.0, 60.0
GIVE_UP_S = 120.0
SELECT_SAID = """
SELECT kind, COUNT(DISTINCT seq) FROM display_acks
WHERE kind IN ('voiced', 'unvoiced', 'mute') GROUP BY kind
"""
WATCH = """
window.stands = null;
addEventListener('DOMContentLoaded', () => new MutationObserver(() => {
  const labels = Array.from(document.querySelectorAll('display-board .label'));
  if (!window.stands && labels.filter((one) => one.textContent).length === CALLS) {
    window.stands = performance.timeOrigin + performance.now();
  }
}).observe(document.body, { childList: true, subtree: true, characterData: true }));
""".replace("CALLS", str(CALLS))


def run(_scale: Scale, pasts: Pasts) -> list[Figure]:
    """Call at every counter at once and wait for the screen."""
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - not a run-time package
    except ImportError:
        return [Figure("rush: all calls on the glass", 0, "s", note="left out: no Playwright")]
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        return [Figure("rush: all calls on the glass", 0, "s", note="left out: no Chromium")]
    data = pasts.folder / "rush"
    counters = "\n".join(
        f'[[counters]]\nnumber = {number}\nservices = ["A"]' for number in range(1, CALLS + 1)
    )
    prepare_hall(
        data,
        f"""
code = "rush"
name = "Balai"
zone = "Asia/Makassar"
[[services]]
code = "A"
names = {{ id = "Layanan" }}
{counters}
""",
    )
    with serving(data, demo=False) as office, sync_playwright() as playwright:
        sound = "--autoplay-policy=no-user-gesture-required"
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", sound])
        context = chromium.new_context(viewport={"width": 1920, "height": 1080})
        address = f"http://127.0.0.1:{office.port}"
        context.add_cookies(
            [{"name": "ramah_display", "value": office.token("display"), "url": address}]
        )
        page = context.new_page()
        page.add_init_script(WATCH)
        page.goto(f"{address}/display")
        page.wait_for_selector(".welcome-line")
        for number in range(1, CALLS + 1):
            _ask(office, "/api/tickets", {"service": "A"})
            _ask(office, f"/api/counters/{number}/open", {})
        page.wait_for_timeout(2000)
        figures = _rush(office, page)
        chromium.close()
    return figures


def _rush(office: Office, page: Page) -> list[Figure]:
    began = time.time()
    desks = [
        threading.Thread(target=_ask, args=(office, f"/api/counters/{number}/call-next", {}))
        for number in range(1, CALLS + 1)
    ]
    for desk in desks:
        desk.start()
        time.sleep(0.3 / CALLS)
    for desk in desks:
        desk.join()
    called = time.time() - began
    page.wait_for_function("() => window.stands !== null", timeout=GIVE_UP_S * 1000)
    stands = float(page.evaluate("window.stands")) / 1000 - began
    kinds: dict[str, int] = {}
    while sum(kinds.values()) < CALLS and time.time() - began < GIVE_UP_S:
        page.wait_for_timeout(100)
        with closing(sqlite3.connect(office.data / "ramah.db")) as db:
            kinds = dict(db.execute(SELECT_SAID).fetchall())
    over = time.time() - began
    return [
        Figure("rush: all calls on the glass", stands, "s", SEEN_S, "<",
               note=f"{CALLS} calls sent within {called:.2f} s"),
        Figure("rush: all said or told to the counter", over, "s", SAID_S, "<",
               note=", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()))),
    ]  # fmt: skip


def _ask(office: Office, path: str, body: dict[str, str]) -> None:
    link = http.client.HTTPConnection("127.0.0.1", office.port, timeout=60)
    token = office.token("staff")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    link.request("POST", path, json.dumps(body), headers)
    answer = link.getresponse()
    said = answer.read()
    link.close()
    if answer.status >= 300:  # noqa: PLR2004
        raise RuntimeError(f"{path}: {answer.status} {said[:200]!r}")
