"""Managers are told what the day adds up to; their pages ask for nothing."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from websockets.asyncio.client import ClientConnection

from tests.server.api.client import Client
from tests.server.process import Hall
from tests.server.push.listening import Message


async def day_told(socket: ClientConnection, wanted: Callable[[Message], bool]) -> list[Message]:
    """Return what is told of the day, up to the first message that is wanted."""
    told: list[Message] = []
    while not told or not wanted(told[-1]):
        message: Message = json.loads(await socket.recv())
        if message["type"] == "day":
            told.append(message)
    return told


async def test_a_manager_who_comes_is_told_the_day_and_then_each_turn_that_changed(
    hall: Hall, manager: Client, staff: Client, kiosk: Client
) -> None:
    await kiosk.take("A")
    await staff.do(1, "open")
    async with manager.socket() as page:
        [first] = await day_told(page, lambda _: True)
        assert first["totals"]["waiting"] == 1
        assert set(first["care"]) == {"id", "en"}
        await staff.do(1, "call-next")
        await staff.do(1, "start")
        await staff.do(1, "transfer", {"service": "B"})
        await staff.at(1, "undo")
        last = hall.last_event()
        told = await day_told(page, lambda each: each["seq"] >= last)
        assert [each["after"] for each in told] == [each["seq"] for each in [first, *told[:-1]]]
        rows = {(turn["ticket"], turn["leg"]): turn for each in told for turn in each["turns"]}
        for each in told:
            for gone in each["gone"]:
                rows.pop((gone["ticket"], gone["leg"]), None)
        log = (await manager.get("/api/log?format=json")).json["turns"]
        assert [{**turn, "service_name": None} for turn in rows.values()] == [
            {**turn, "service_name": None} for turn in log
        ]
        totals = (await manager.get("/api/totals")).json
        assert told[-1]["totals"] == {
            **totals, "longest_waiting_s": told[-1]["totals"]["longest_waiting_s"]
        }  # fmt: skip


@pytest.mark.one_file
async def test_alarms_come_in_every_language_and_to_managers_alone(
    hall: Hall, manager: Client, staff: Client, kiosk: Client
) -> None:
    async with manager.socket() as page, staff.socket() as counter:
        await kiosk.take("A")
        hall.issued_earlier(45)
        told = await day_told(page, lambda each: bool(each["care"]["id"]["alarms"]))
        words = {lang: care["alarms"][0]["words"] for lang, care in told[-1]["care"].items()}
        assert words["en"].startswith("Service A: ")
        assert words["id"].startswith("Layanan A: ")
        await staff.post("/api/help", {}, check=False)
        heard: list[str] = []
        while "heartbeat" not in heard:
            heard.append(json.loads(await counter.recv())["type"])
        assert "day" not in heard
