"""Drives Chromiums of years ago: unpacked from npm, spoken to in their own protocol.

Today's drivers ping the browser to see whether it is there; engines of that age close the link at
the first ping. So this speaks over a plain socket, and says only what such an engine understands.
"""

from __future__ import annotations

import asyncio
import ctypes.util
import fcntl
import json
import os
import re
import subprocess
import tarfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any, Self

import aiohttp
import pytest

from tests.browsers.window import WAIT_S, Window

ROOT = Path(__file__).resolve().parents[2]
NODE = ROOT / ".venv/bin/node"
UNPACK = (
    "const [from, to] = process.argv.slice(1); const fs = require('fs');"
    "fs.writeFileSync(to, require('zlib').brotliDecompressSync(fs.readFileSync(from)))"
)
LISTENS = re.compile(r"DevTools listening on ws://127\.0\.0\.1:(\d+)/")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--mute-audio",
    "--no-first-run", "--disable-dev-shm-usage",
    "--autoplay-policy=no-user-gesture-required", "--remote-debugging-port=0",
)  # fmt: skip


def unpacked(version: int) -> Path:
    """Return the folder of one old browser, unpacked once; skip where npm brought none.

    On the machine that checks every change none may be missing.
    """
    package = ROOT / f"node_modules/chromium-{version}/bin"
    if not package.is_dir():
        if os.environ.get("CI") or os.environ.get("RAMAH_NEEDS_CUPS"):
            pytest.fail(f"no Chromium {version}: make dev")
        pytest.skip(f"no Chromium {version} from npm: make dev")
    folder = ROOT / f"node_modules/.cache/chromium-{version}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "chromium").exists():
            for packed in package.glob("*.br"):
                name = packed.stem.partition("-")[0] if "chromium" in packed.stem else packed.stem
                part = folder / f"{name}.part"
                subprocess.run([NODE, "-e", UNPACK, packed, part], check=True)
                if name == "aws.tar":
                    with tarfile.open(part) as libraries:
                        libraries.extractall(folder, filter="data")
                    part.unlink()
                elif name == "chromium":
                    part.chmod(0o755)
                else:
                    part.unlink()
            (folder / "chromium.part").rename(folder / "chromium")
    return folder


class Page(Window):
    """One window of an old browser."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        super().__init__()
        self._socket = socket
        self._numbers = count(1)

    async def call(self, method: str, **params: object) -> dict[str, Any]:
        """Ask the browser for something; return its answer."""
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": params})
        while True:
            heard = json.loads((await self._socket.receive(timeout=WAIT_S)).data)
            if heard.get("id") == number:
                assert "error" not in heard, f"{method}: {heard['error']}"
                return dict(heard["result"])
            if heard.get("method") == "Runtime.exceptionThrown":
                details = heard["params"]["exceptionDetails"]
                self.errors.append(
                    details.get("exception", details).get("description", str(details))
                )

    async def ask(self, script: str) -> Any:  # noqa: ANN401
        """Return what an expression is in the page."""
        found = await self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    async def press(self, x: float, y: float) -> None:
        """Press and let go, there."""
        for kind in ("mousePressed", "mouseReleased"):
            await self.call(
                "Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, x=x, y=y
            )

    async def picture(self) -> bytes:
        """Return what is seen, as PNG in base64."""
        return str((await self.call("Page.captureScreenshot"))["data"]).encode()


class OldChromium:
    """A running old browser."""

    def __init__(self, session: aiohttp.ClientSession, port: int) -> None:
        self._session = session
        self._at = f"http://127.0.0.1:{port}"

    async def open(
        self,
        url: str,
        *,
        cookies: dict[str, str] | None = None,
        size: tuple[int, int] = (1280, 800),
    ) -> Page:
        """Open a window of a size on an address, known to the server by cookies."""
        async with self._session.get(f"{self._at}/json/new") as answer:
            window = await answer.json(content_type=None)
        # no heartbeat: engines before 82 hang up at the first ping
        page = Page(await self._session.ws_connect(window["webSocketDebuggerUrl"], max_msg_size=0))
        await page.call("Runtime.enable")
        await page.call("Page.enable")
        await page.call("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1],
                        deviceScaleFactor=1, mobile=False)  # fmt: skip
        for name, value in (cookies or {}).items():
            await page.call("Network.setCookie", name=name, value=value, url=url)
        await page.call("Page.navigate", url=url)
        return page

    async def version(self) -> int:
        """Return which Chromium this is."""
        async with self._session.get(f"{self._at}/json/version") as answer:
            found = await answer.json(content_type=None)
        return int(found["Browser"].partition("/")[2].partition(".")[0])

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None


@asynccontextmanager
async def old_chromium(version: int, profile: Path) -> AsyncIterator[OldChromium]:
    """Start one of the old browsers; it ends with the block."""
    folder = unpacked(version)
    environment = dict(os.environ, HOME=str(profile))
    if ctypes.util.find_library("nss3") is None:  # a machine without any browser of its own
        environment["LD_LIBRARY_PATH"] = str(folder / "lib")
    with (profile / "stderr").open("wb") as told:
        process = await asyncio.create_subprocess_exec(
            folder / "chromium", *FLAGS, f"--user-data-dir={profile / 'profile'}", "about:blank",
            env=environment, stdout=told, stderr=told,
        )  # fmt: skip
    try:
        async with asyncio.timeout(WAIT_S):
            while not (listening := LISTENS.search((profile / "stderr").read_text())):
                assert process.returncode is None, (profile / "stderr").read_text()
                await asyncio.sleep(0.05)
        async with aiohttp.ClientSession() as session:
            yield OldChromium(session, int(listening[1]))
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
