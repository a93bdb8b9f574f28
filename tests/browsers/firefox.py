"""Drives Firefox ESR over WebDriver BiDi, which it speaks itself: no driver program beside it."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.browsers.window import WAIT_S, Window

LISTENS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
PREFERENCES = """
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("toolkit.telemetry.reportingpolicy.firstRun", false);
user_pref("app.update.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.region.network.url", "");
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("services.settings.server", "http://127.0.0.1:9");
user_pref("media.autoplay.default", 0);
user_pref("media.autoplay.blocking_policy", 0);
"""
"""A quiet browser that asks nobody, and plays sounds as a lobby screen is set up to."""


class FirefoxWindow(Window):
    """One tab."""

    def __init__(self, firefox: Firefox, context: str) -> None:
        super().__init__()
        self._firefox = firefox
        self._context = context
        self.errors = firefox.errors.setdefault(context, [])

    async def ask(self, script: str) -> Any:  # noqa: ANN401
        """Return what an expression is in the page."""
        found = await self._firefox.call(
            "script.evaluate", expression=f"JSON.stringify({script})", awaitPromise=False,
            target={"context": self._context},
        )  # fmt: skip
        assert found["type"] == "success", found
        return json.loads(found["result"].get("value", "null"))

    async def press(self, x: float, y: float) -> None:
        """Touch there with a finger."""
        finger = {
            "type": "pointer", "id": "finger", "parameters": {"pointerType": "touch"},
            "actions": [
                {"type": "pointerMove", "x": round(x), "y": round(y)},
                {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0},
            ],
        }  # fmt: skip
        await self._firefox.call("input.performActions", context=self._context, actions=[finger])

    async def picture(self) -> bytes:
        """Return what is seen, as PNG in base64."""
        found = await self._firefox.call("browsingContext.captureScreenshot", context=self._context)
        return str(found["data"]).encode()


class Firefox:
    """A running Firefox."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = count(1)
        self.errors: dict[str, list[str]] = {}
        self.version = ""

    async def call(self, method: str, **params: object) -> dict[str, Any]:
        """Ask the browser for something; return its answer."""
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": params})
        while True:
            heard = json.loads((await self._socket.receive(timeout=WAIT_S)).data)
            if heard.get("id") == number:
                assert heard["type"] == "success", f"{method}: {heard}"
                return dict(heard["result"])
            if heard.get("method") == "log.entryAdded":
                told = heard["params"]
                if told["level"] == "error" and told["type"] == "javascript":
                    self.errors.setdefault(told["source"]["context"], []).append(told["text"])

    async def begin(self) -> None:
        """Say who is there; hear of scripts that fail."""
        found = await self.call("session.new", capabilities={})
        self.version = found["capabilities"]["browserVersion"]
        await self.call("session.subscribe", events=["log.entryAdded"])

    async def open(
        self,
        url: str,
        *,
        cookies: dict[str, str] | None = None,
        size: tuple[int, int] = (1280, 800),
    ) -> FirefoxWindow:
        """Open a tab of a size on an address, known to the server by cookies."""
        context = (await self.call("browsingContext.create", type="tab"))["context"]
        viewport = {"width": size[0], "height": size[1]}
        await self.call("browsingContext.setViewport", context=context, viewport=viewport)
        for name, value in (cookies or {}).items():
            cookie = {
                "name": name, "value": {"type": "string", "value": value},
                "domain": "127.0.0.1", "path": "/",
            }  # fmt: skip
            await self.call("storage.setCookie", cookie=cookie)
        await self.call("browsingContext.navigate", context=context, url=url, wait="none")
        return FirefoxWindow(self, context)


@asynccontextmanager
async def firefox(profile: Path) -> AsyncIterator[Firefox]:
    """Start Firefox; it ends with the block. Skip where there is none."""
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if program is None:
        pytest.skip("no Firefox here: apt-get install firefox-esr")
    (profile / "user.js").write_text(PREFERENCES)
    with (profile / "told").open("wb") as told:
        process = await asyncio.create_subprocess_exec(
            program, "--headless", "--no-remote", "--remote-debugging-port=0",
            "--profile", profile, "about:blank", stdout=told, stderr=told,
        )  # fmt: skip
    try:
        async with asyncio.timeout(WAIT_S):
            while not (listening := LISTENS.search((profile / "told").read_text())):
                assert process.returncode is None, (profile / "told").read_text()
                await asyncio.sleep(0.05)
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{listening[1]}/session", max_msg_size=0) as socket,
        ):
            started = Firefox(socket)
            await started.begin()
            yield started
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
