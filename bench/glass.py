"""Measures a call on the glass: from sending it until a browser among 1,000 screens has painted it.

The browser is the lobby page itself in Chromium; the other screens are plain sockets that read.
Needs the development packages (Playwright) and Chromium; without them it is left out.
"""

from __future__ import annotations

import selectors
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from bench.figures import Figure, quantile
from bench.load import Connection
from bench.mix import at_counter, tickets
from bench.office import Office, serving
from bench.scale import Pasts, Scale
from bench.screens import Screen, allow_files

OTHERS = 999
COUNTER = 12
BUDGET_MS = 50.0
WARM_UP, MOST = 2, 18
STAYS_S = 0.5
"""Between two calls, so that each is painted alone and the machine is quiet again."""
PAINTED = """
window.painted = [];
addEventListener('DOMContentLoaded', () => {
  let last = '';
  new MutationObserver(() => {
    const label = document.querySelector('display-call .label');
    if (label && label.textContent !== last) {
      last = label.textContent;
      requestAnimationFrame(() => {
        const after = new MessageChannel();
        after.port1.onmessage = () =>
          window.painted.push(performance.timeOrigin + performance.now());
        after.port2.postMessage(0);
      });
    }
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
});
"""


def run(scale: Scale, pasts: Pasts) -> list[Figure]:
    """Call, and read from the browser when each call was painted."""
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - not a run-time package
    except ImportError:
        return [Figure("glass: call -> painted", 0, "ms", note="left out: no Playwright")]
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None or not allow_files(OTHERS):
        return [Figure("glass: call -> painted", 0, "ms", note="left out: no Chromium")]
    data = pasts.with_turns(0, "-glass")
    with serving(data) as office, _crowd(office), sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        context = chromium.new_context(viewport={"width": 1920, "height": 1080})
        address = f"http://127.0.0.1:{office.port}"
        context.add_cookies(
            [{"name": "ramah_display", "value": office.token("display"), "url": address}]
        )
        page = context.new_page()
        page.add_init_script(PAINTED)
        page.goto(f"{address}/display")
        page.wait_for_selector(".welcome-line")
        sent = _calls(office, WARM_UP + max(5, min(scale.calls, MOST)))[WARM_UP:]
        painted = page.evaluate("window.painted")[-len(sent) :]
        chromium.close()
    each = [after - one for one, after in zip(sent, painted, strict=True)]
    return [
        Figure("glass: call -> painted, p50", quantile(each, 0.5), "ms"),
        Figure(
            "glass: call -> painted, slowest", max(each), "ms", BUDGET_MS, "<",
            note=f"{len(each)} calls; Chromium at 1080p without a graphics card among "
                 f"{OTHERS} other screens, all on this machine",
        ),
    ]  # fmt: skip


def _calls(office: Office, number: int) -> list[float]:
    """Call as often, each when the one before has left the stage; return when each was sent."""
    token = office.token("staff")
    steps = [*tickets(token)[:1], *at_counter(token, COUNTER, "call-next", "start", "finish")]
    desk = Connection(office.port, steps, count())
    sent = []
    with selectors.DefaultSelector() as selector:
        selector.register(desk.socket, selectors.EVENT_READ)
        for _ in range(number):
            for step in range(len(steps)):
                if step == 1:
                    sent.append(time.time() * 1000)
                desk.send()
                while not (selector.select(10) and desk.receive()):
                    pass
            time.sleep(STAYS_S)
    desk.socket.close()
    return sent


@contextmanager
def _crowd(office: Office) -> Iterator[None]:
    """Other screens that read what they get, until the end."""
    token = office.token("display")
    ended = threading.Event()
    with selectors.DefaultSelector() as selector:
        for _ in range(OTHERS):
            screen = Screen(office.port, token)
            selector.register(screen.socket, selectors.EVENT_READ, screen)

        def read() -> None:
            while not ended.is_set():
                for key, _ in selector.select(0.2):
                    key.data.receive()

        reader = threading.Thread(target=read)
        reader.start()
        try:
            yield
        finally:
            ended.set()
            reader.join()
            for key in list(selector.get_map().values()):
                key.data.socket.close()
