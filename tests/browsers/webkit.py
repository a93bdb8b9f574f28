"""Drives WebKit, the engine of iPhones, over WebDriver, in Debian's small browser."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.browsers.window import WAIT_S, Window

SCREEN = "1920x1200x24"
READY_S = 0.1
FAILED = re.compile(r"CONSOLE JS ERROR (.*)")
BROWSERS = ("/usr/lib/*/webkit2gtk-4.1/MiniBrowser", "/usr/lib/*/webkit2gtk-4.0/MiniBrowser")


class WebKitWindow(Window):
    """The window of one session."""

    def __init__(self, at: str, session: aiohttp.ClientSession, told: Path) -> None:
        super().__init__()
        self._at = at
        self._session = session
        self._told = told
        self._read = told.stat().st_size

    async def call(self, method: str, path: str, **body: object) -> Any:  # noqa: ANN401
        """Ask the browser for something; return its answer."""
        limit = aiohttp.ClientTimeout(WAIT_S)
        given = body if method == "POST" else None
        async with self._session.request(
            method, self._at + path, json=given, timeout=limit
        ) as answer:
            found = (await answer.json(content_type=None))["value"]
            assert answer.status == 200, f"{method} {path}: {found}"
            return found

    async def ask(self, script: str) -> Any:  # noqa: ANN401
        """Return what an expression is in the page."""
        self.errors = FAILED.findall(self._told.read_bytes()[self._read :].decode())
        return await self.call("POST", "/execute/sync", script=f"return ({script})", args=[])

    async def press(self, x: float, y: float) -> None:
        """Press and let go, there."""
        mouse = {
            "type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"},
            "actions": [
                {"type": "pointerMove", "x": round(x), "y": round(y)},
                {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0},
            ],
        }  # fmt: skip
        await self.call("POST", "/actions", actions=[mouse])

    async def picture(self) -> bytes:
        """Return what is seen, as PNG in base64."""
        return str(await self.call("GET", "/screenshot")).encode()


class WebKit:
    """WebKit on a screen of its own; each window is a browser with a driver of its own."""

    def __init__(
        self, session: aiohttp.ClientSession, driver: str, environment: dict[str, str], told: Path
    ) -> None:
        self._session = session
        self._driver = driver
        self._environment = environment
        self._told = told
        self._open: list[tuple[WebKitWindow, asyncio.subprocess.Process]] = []
        self.version = ""

    async def open(
        self,
        url: str,
        *,
        cookies: dict[str, str] | None = None,
        size: tuple[int, int] = (1280, 800),
    ) -> WebKitWindow:
        """Open a window of a size on an address, known to the server by cookies."""
        window = await self._begin()
        await window.call("POST", "/window/rect", width=size[0], height=size[1])
        if cookies:
            # a cookie needs a page of its host
            await window.call("POST", "/url", url=url.rpartition("/")[0] + "/healthz")
            for name, value in cookies.items():
                cookie = {"name": name, "value": value, "path": "/"}
                await window.call("POST", "/cookie", cookie=cookie)
        await window.call("POST", "/url", url=url)
        return window

    async def _begin(self) -> WebKitWindow:
        port = _free_port()
        with self._told.open("ab") as out:
            driver = await asyncio.create_subprocess_exec(
                self._driver, f"--port={port}", env=self._environment, stdout=out, stderr=out
            )
        await _ready(self._session, port)
        at = f"http://127.0.0.1:{port}"
        options = {
            "binary": _programs()[0],
            "args": ["--automation", "--enable-write-console-messages-to-stdout=true"],
        }
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        made = await WebKitWindow(at, self._session, self._told).call(
            "POST", "/session", capabilities=wanted
        )
        self.version = made["capabilities"]["browserVersion"]
        window = WebKitWindow(f"{at}/session/{made['sessionId']}", self._session, self._told)
        self._open.append((window, driver))
        return window

    async def close(self) -> None:
        """End every browser."""
        for window, driver in self._open:
            await window.call("DELETE", "")
            driver.terminate()
            await driver.wait()


@asynccontextmanager
async def webkit(folder: Path) -> AsyncIterator[WebKit]:
    """Give WebKit a screen of its own; skip where there is none."""
    driver, screens = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
    if not (driver and screens and _programs()):
        pytest.skip("no WebKit here: apt-get install webkit2gtk-driver xvfb")
    told = folder / "told"
    read, write = os.pipe()
    with told.open("wb") as out:
        screen = await asyncio.create_subprocess_exec(
            screens, "-displayfd", str(write), "-screen", "0", SCREEN, "-nolisten", "tcp",
            stdout=out, stderr=out, pass_fds=(write,),
        )  # fmt: skip
    os.close(write)
    with os.fdopen(read) as said:
        number = (await asyncio.to_thread(said.readline)).strip()
    environment = dict(
        os.environ, DISPLAY=f":{number}", HOME=str(folder), GDK_BACKEND="x11",
        WEBKIT_DISABLE_DMABUF_RENDERER="1", NO_AT_BRIDGE="1", XDG_RUNTIME_DIR=str(folder),
    )  # fmt: skip
    try:
        async with aiohttp.ClientSession() as session:
            started = WebKit(session, driver, environment, told)
            try:
                yield started
            finally:
                await started.close()
    finally:
        screen.terminate()
        await screen.wait()


def _programs() -> list[str]:
    return [str(each) for name in BROWSERS for each in Path("/").glob(name[1:])]


async def _ready(session: aiohttp.ClientSession, port: int) -> None:
    async with asyncio.timeout(WAIT_S):
        while True:
            try:
                async with session.get(f"http://127.0.0.1:{port}/status") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                await asyncio.sleep(READY_S)


def _free_port() -> int:
    import socket  # noqa: PLC0415 - this one look

    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
