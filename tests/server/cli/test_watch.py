"""The display without a screen: every event once and in order, whatever the server does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from server.cli.watch import messages
from server.domain.errors import Invalid
from tests.server.process import RAMAH, ROOT, Server
from tests.server.waiting import soon, until


class Board:
    """A ``ramah watch`` process and the lines it printed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[dict[str, Any]] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(json.loads(line))

    def end(self) -> None:
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def events(self) -> list[int]:
        return [each["seq"] for each in self.lines if each["type"] == "event"]

    def calls(self) -> list[str]:
        return [each["label"] for each in self.lines if each.get("kind") == "called"]


@contextmanager
def board(server: Server, *options: str) -> Iterator[Board]:
    process = subprocess.Popen(
        [*RAMAH, "watch", server.url, *options], cwd=ROOT, stdout=subprocess.PIPE, text=True,
        env=os.environ | {"RAMAH_TOKEN": server.token("display")},
    )  # fmt: skip
    leds = Board(process)
    try:
        yield leds
    finally:
        process.kill()
        process.wait()
        leds.end()


async def test_a_board_misses_nothing_over_a_power_cut(server: Server) -> None:
    with board(server) as leds:
        until(lambda: any(each["type"] == "snapshot" for each in leds.lines), "a snapshot")
        first = next(each["seq"] for each in leds.lines if each["type"] == "snapshot")
        async with server.client("staff") as staff:
            await staff.do(1, "open")
            await staff.take()
            await staff.do(1, "call-next")
            until(lambda: leds.calls() == ["A001"], "the call")
        server.kill()
        until(lambda: leds.lines[-1] == {"type": "link", "online": False}, "the lost link")
        server.start()
        async with server.client("staff") as staff:
            await staff.do(1, "start")
            await staff.do(1, "finish")
            await staff.take()
            await staff.do(1, "call-next")
            last = server.last_event()
            until(lambda: leds.events()[-1:] == [last], "every event")
        assert leds.calls() == ["A001", "A002"]
        assert leds.events() == list(range(first + 1, last + 1))
        assert [each["online"] for each in leds.lines if each["type"] == "link"] == [
            True, False, True,
        ]  # fmt: skip


async def test_only_calls_and_a_clean_end(server: Server) -> None:
    with board(server, "--calls", "--since", "0") as leds:
        async with server.client("staff") as staff:
            await staff.do(1, "open")
            await staff.take()
            await staff.do(1, "call-next")
            await staff.do(1, "recall")
        until(lambda: len(leds.lines) >= 3, "link, call and recall")
        kinds = [each.get("kind", each["type"]) for each in leds.lines]
        assert kinds == ["link", "called", "recalled"]
        leds.process.send_signal(signal.SIGTERM)
        assert leds.process.wait(10) == 0


async def test_a_wrong_token_or_address_is_said_at_once(server: Server) -> None:
    for url, token, field in (
        (server.url, "ramah_wrong", "token"),
        ("ftp://example", "x", "url"),
    ):
        with pytest.raises(Invalid) as error:
            async for _ in messages(url, token):
                pass
        assert error.value.field == field


async def test_a_board_stands_among_the_screens_as_connected_and_takes_nobodys_voice(
    server: Server,
) -> None:
    async with server.client("manager") as manager, server.client("display") as lobby:
        with board(server) as leds:
            until(lambda: any(each["type"] == "snapshot" for each in leds.lines), "a snapshot")

            async def seen() -> bool:
                listed = (await manager.get("/api/displays")).json["displays"]
                return [each["version"] for each in listed if each["online"]] == ["ramah watch"]

            await soon(seen, "the board is connected")
            told = await lobby.post("/api/displays/report", {"sound": "off", "clock": 1})
            assert told.json["sound"] == "voice", "of two, the one with a loudspeaker speaks"
