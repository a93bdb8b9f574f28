"""Owns ``ramah watch``: a display without a screen, for LED boards and other programs.

Prints one JSON line for each thing that happens, flushed at once: the snapshot, then every event in
order. Reconnects by itself and asks for what it missed; after a gap that the server no longer
remembers it prints a fresh snapshot. ``{"type":"link","online":false}`` tells when it is out of
touch, so that a board can say so. It reports as every screen does, so that it stands among the
screens as connected, and the manager is told when it is dark.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

from server.cli.words import Commands, command
from server.domain.errors import Invalid

SILENCE_SECONDS = 6.0
"""The server beats every two seconds; three missed beats are a lost link."""
OPEN_SECONDS = 2.0
"""A try is repeated by the system after one second; what is not answered by then is given up."""
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 1.5
MAX_MESSAGE = 16 * 1024 * 1024
REPORT_SECONDS = 10.0
"""As often as the pages of screens do."""


MAX_TOKEN = 500


def add(commands: Commands) -> None:
    """Add the commands of this module."""
    watch = command(
        commands, "watch", "print calls and events as JSON lines, for LED boards", _watch,
        "examples:\n"
        "  RAMAH_TOKEN=... ramah watch http://server:8080\n"
        "  ramah watch http://server:8080 --token-file board.key --calls\n",
    )  # fmt: skip
    watch.add_argument("url", help="address of the server")
    watch.add_argument("--token-file", help="file with a display's token (default: $RAMAH_TOKEN)")
    watch.add_argument("--since", type=int, help="number of the last event already known")
    watch.add_argument("--calls", action="store_true", help="only calls and the state of the link")


def _watch(args: argparse.Namespace) -> int:
    token = _token(args.token_file)
    with contextlib.suppress(BrokenPipeError):
        asyncio.run(_run(args.url, token, args.since, calls=args.calls))
    return 0


def _token(file: str | None) -> str:
    if file is not None:
        with open(file, "rb") as opened:  # noqa: PTH123 - a path of the person's
            token = opened.read(MAX_TOKEN + 1).strip().decode("ascii", "replace")
        if not re.fullmatch(r"[!-~]+", token) or len(token) > MAX_TOKEN:
            raise Invalid("This file holds no token.", field="token-file")
        return token
    token = os.environ.get("RAMAH_TOKEN", "")
    if not token:
        raise Invalid("Needs a display's token: set RAMAH_TOKEN, or use --token-file.",
                      field="token")  # fmt: skip
    return token


async def _run(url: str, token: str, since: int | None, *, calls: bool) -> None:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - asyncio.run made it
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    reports = Reports(url, token)
    trouble: Exception | None = None
    with contextlib.suppress(asyncio.CancelledError):
        async with asyncio.TaskGroup() as group:
            reporting = group.create_task(reports.run())
            try:
                async for message in messages(url, token, since):
                    reports.hear(message)
                    if not calls or is_call(message) or message["type"] == "link":
                        sys.stdout.write(json.dumps(message, ensure_ascii=False) + "\n")
                        sys.stdout.flush()
            except (Invalid, OSError) as error:
                trouble = error
            finally:
                reporting.cancel()
    if trouble is not None:
        raise trouble


class Reports:
    """Tells the server that the board lives, as long as the link stands."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url, token
        self._seq = 0
        self._linked = asyncio.Event()

    def hear(self, message: dict[str, Any]) -> None:
        """Note what the board has."""
        self._seq = int(message.get("seq", self._seq))
        if message["type"] == "link" and message["online"]:
            self._linked.set()

    async def run(self) -> None:
        """Report from the first link on, for ever."""
        await self._linked.wait()
        address = _http(self._url) + "/api/displays/report"
        head = {"Authorization": f"Bearer {self._token}"}
        limit = aiohttp.ClientTimeout(total=REPORT_SECONDS)
        async with aiohttp.ClientSession(headers=head, timeout=limit) as session:
            while True:
                body = {
                    "sound": "none", "clock": time.time_ns() // 1_000_000, "seq": self._seq,
                    "version": "ramah watch",
                }  # fmt: skip
                with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
                    async with session.post(address, json=body, allow_redirects=False):
                        pass  # a server that does not take it still tells the calls
                await asyncio.sleep(REPORT_SECONDS)


def is_call(message: dict[str, Any]) -> bool:
    """Whether a message asks a visitor to a counter."""
    return message.get("kind") in {"called", "recalled"} and not message.get("seated")


def is_new(message: dict[str, Any], since: int | None) -> bool:
    """Whether a message is an event that was not told yet."""
    return message["type"] == "event" and int(message["seq"]) > (since or 0)


async def messages(url: str, token: str, since: int | None = None) -> AsyncIterator[dict[str, Any]]:
    """Yield snapshots, events in order without a gap or a repeat, and the state of the link.

    Raises:
        Invalid: the address is none, or the server does not know the token; asking again would
            not help.
    """
    pause = FIRST_PAUSE
    online = None
    while True:
        with contextlib.suppress(OSError, ConnectionClosed, InvalidHandshake, TimeoutError):
            async with _link(url, token, since) as socket:
                async for message in _heard(socket):
                    pause = FIRST_PAUSE
                    if online is not True:
                        online = True
                        yield {"type": "link", "online": True}
                    if message["seq"] < (since or 0):  # the server was restored: begin anew
                        since = None
                        break
                    if message["type"] == "snapshot" or is_new(message, since):
                        since = message["seq"]
                        yield message
        if online is not False:
            online = False
            yield {"type": "link", "online": False}
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


@contextlib.asynccontextmanager
async def _link(url: str, token: str, since: int | None) -> AsyncIterator[ClientConnection]:
    """Open the event socket; a refusal that will not change is an error, others are a lost link."""
    try:
        async with connect(
            _address(url, since),
            additional_headers={"Authorization": f"Bearer {token}"},
            max_size=MAX_MESSAGE,
            open_timeout=OPEN_SECONDS,
            proxy=None,
        ) as socket:
            yield socket
    except InvalidURI as error:
        raise Invalid("This is no address of a server: {url}", field="url", url=url) from error
    except InvalidStatus as error:
        if error.response.status_code in {401, 403}:
            raise Invalid("The server does not know this token.", field="token") from error
        raise


def _address(url: str, since: int | None) -> str:
    query = "" if since is None else "?" + urlencode({"since": since})
    return f"ws{_http(url).removeprefix('http')}/api/events{query}"


def _http(url: str) -> str:
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise Invalid("This is no address of a server: {url}", field="url", url=url)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


async def _heard(socket: ClientConnection) -> AsyncIterator[dict[str, Any]]:
    """Yield decoded messages until the link ends or falls silent."""
    while True:
        async with asyncio.timeout(SILENCE_SECONDS):
            message: dict[str, Any] = json.loads(await socket.recv())
        yield message
