"""Compares the hall's pages: opened cold and again, in Chromium on a six times slower CPU."""

from __future__ import annotations

import http.client
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.builds import Build
from bench.cases import Case, Measure, Quantity, no_turns
from bench.office import Office, serving
from bench.pages import BROWSERS
from bench.scale import Scale

SLOWER = 6
READY_S = 90.0
SETTLE_S = 1.0
READY = """(what) => {
  const seen = () => {
    if (!document.body) return false;
    // what is seen has to be laid out first, which is the page's own work: asked once it is there
    const { textContent } = document.body;
    if (what.text) return textContent.includes(what.text)
      && document.body.innerText.includes(what.text);
    const found = document.querySelector(what.selector);
    return Boolean(found && found.getClientRects().length && !found.disabled);
  };
  let found = false;
  // there is not yet seen: nothing is painted before the styles are, nor while a script runs
  const painted = () => requestAnimationFrame(() => setTimeout(() => {
    window.ramahReady = performance.now();
  }));
  const look = () => {
    if (!found && seen()) { found = true; painted(); }
  };
  new MutationObserver(look).observe(document,
    { childList: true, subtree: true, attributes: true, characterData: true });
  addEventListener('DOMContentLoaded', look);
}"""
"""Notes when a service to be touched, or the number, was painted: ms since the navigation began."""


class _Loads:
    """Counts what one page asked the server for, and the bytes that came over the wire."""

    def __init__(self, session: Any) -> None:  # noqa: ANN401 - Playwright's session
        self.bytes = 0.0
        self._asked: set[str] = set()
        self._kept: set[str] = set()
        session.on("Network.responseReceived", self._response)
        session.on("Network.requestServedFromCache", lambda e: self._kept.add(e["requestId"]))
        session.on("Network.loadingFinished", self._finished)
        session.send("Network.enable")

    def _response(self, event: dict[str, Any]) -> None:
        if not event["response"].get("fromDiskCache"):
            self._asked.add(event["requestId"])

    def _finished(self, event: dict[str, Any]) -> None:
        self.bytes += event["encodedDataLength"]

    @property
    def requests(self) -> int:
        """How many requests the server answered."""
        return len(self._asked - self._kept)


def _open(context: Any, address: str, what: dict[str, str]) -> tuple[float, _Loads]:  # noqa: ANN401
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    loads = _Loads(session)
    page.add_init_script(f"({READY})({json.dumps(what)})")
    page.goto(address, wait_until="commit")
    ready = _ready(page)
    page.wait_for_timeout(SETTLE_S * 1000)
    page.close()
    return ready, loads


def _ready(page: Any) -> float:  # noqa: ANN401
    """Wait until the page noted it; asked from outside, as its policy allows no eval inside."""
    end = time.monotonic() + READY_S
    while time.monotonic() < end:
        found = page.evaluate("window.ramahReady")
        if found is not None:
            return float(found)
        page.wait_for_timeout(100)
    raise TimeoutError(f"the page was not ready within {READY_S} s")


@contextmanager
def _page(
    build: Build, data: Path, path: str, role: str, what: dict[str, str]
) -> Iterator[Measure]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - not a run-time package

    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    token = build.run("-m", "server.cli", "token", "create", "--role", role, "--data", str(data))
    with serving(data, build=build) as office:
        time.sleep(SETTLE_S)
        if what.get("text"):
            what = {"text": _called(office)}
        address = f"http://127.0.0.1:{office.port}"
        cookie = {"name": f"ramah_{role}", "value": token.strip(), "url": address}

        def measure() -> dict[str, float]:
            with sync_playwright() as playwright:
                chromium = playwright.chromium.launch(
                    executable_path=browser, args=["--no-sandbox"]
                )
                context = chromium.new_context(viewport={"width": 1920, "height": 1080})
                context.add_cookies([cookie])  # type: ignore[list-item]
                cold, first = _open(context, address + path, what)
                warm, again = _open(context, address + path, what)
                chromium.close()
            return {
                "cold": cold, "bytes": first.bytes / 1000, "requests": first.requests,
                "warm": warm, "warm-requests": again.requests,
            }  # fmt: skip

        yield measure


def _called(office: Office) -> str:
    """Let a visitor be called, and return the number; the display has to show it."""
    connection = http.client.HTTPConnection("127.0.0.1", office.port, timeout=30)
    headers = {
        "Authorization": f"Bearer {office.token('staff')}",
        "Content-Type": "application/json",
    }
    found: Any = {}
    for path, body in (("tickets", '{"service":"A"}'), ("counters/1/call-next", "")):
        connection.request("POST", f"/api/{path}", body, headers)
        found = json.loads(connection.getresponse().read())
    connection.close()
    return str(found["label"])


@contextmanager
def _kiosk(build: Build, data: Path, _scale: Scale) -> Iterator[Measure]:
    with _page(build, data, "/kiosk", "kiosk", {"selector": "[data-code] button"}) as measure:
        yield measure


@contextmanager
def _display(build: Build, data: Path, _scale: Scale) -> Iterator[Measure]:
    with _page(build, data, "/display", "display", {"text": "called"}) as measure:
        yield measure


QUANTITIES = (
    Quantity("cold", "ms", 0.5), Quantity("bytes", "kB", 0.35),
    Quantity("requests", ""), Quantity("warm", "ms"),
    Quantity("warm-requests", ""),
)  # fmt: skip
CASES = (
    Case("kiosk", f"/kiosk until a service can be touched, CPU {SLOWER}x slower",
         QUANTITIES, _kiosk, no_turns, None, 3),
    Case("display", f"/display until the number at a counter stands there, CPU {SLOWER}x slower",
         QUANTITIES, _display, no_turns, None, 3),
)  # fmt: skip
