"""Managers are told what the day adds up to; their pages ask for nothing."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from websockets.asyncio.client import ClientConnection

from tests.server.api.client import Client
from tests.server.process import Hall
from tests.server.push.listening import Message


async def told_of(
    kind: str, socket: ClientConnection, wanted: Callable[[Message], bool]
) -> list[Message]:
    """Return the messages of a kind, up to the first one that is wanted."""
    told: list[Message] = []
    while not told or not wanted(told[-1]):
        message: Message = json.loads(await socket.recv())
        if message["type"] == kind:
            told.append(message)
    return told


async def test_a_manager_who_comes_is_told_the_day_and_then_each_turn_that_changed(
    hall: Hall, manager: Client, staff: Client, kiosk: Client
) -> None:
    await kiosk.take("A")
    await staff.do(1, "open")
    async with manager.socket() as page:
        [first] = await told_of("day", page, lambda _: True)
        assert first["totals"]["waiting"] == 1
        await staff.do(1, "call-next")
        await staff.do(1, "start")
        await staff.do(1, "transfer", {"service": "B"})
        await staff.at(1, "undo")
        last = hall.last_event()
        told = await told_of("day", page, lambda each: each["seq"] >= last)
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
async def test_alarms_come_in_every_language_to_those_who_direct_the_hall_alone(
    hall: Hall, staff: Client, kiosk: Client
) -> None:
    async with (
        hall.client("supervisor") as supervisor, supervisor.socket() as page,
        staff.socket() as counter,
    ):  # fmt: skip
        await kiosk.take("A")
        hall.issued_earlier(45)
        told = await told_of("care", page, lambda each: bool(each["care"]["id"]["alarms"]))
        words = {lang: care["alarms"][0]["words"] for lang, care in told[-1]["care"].items()}
        assert words["en"].startswith("Service A: ")
        assert words["id"].startswith("Layanan A: ")
        await staff.post("/api/help", {}, check=False)
        heard = await heard_until("heartbeat", counter)
        assert "care" not in {each["type"] for each in heard}


async def test_a_supervisor_is_told_what_needs_a_hand_and_no_figures(
    hall: Hall, manager: Client, kiosk: Client
) -> None:
    async with (
        hall.client("supervisor") as supervisor, manager.socket() as figures,
        supervisor.socket() as page,
    ):  # fmt: skip
        await kiosk.take("A")
        last = hall.last_event()
        await told_of("day", figures, lambda each: each["seq"] >= last)
        await kiosk.take("A")
        heard = await heard_until("event", page)
        while heard[-1]["seq"] <= last:
            heard += await heard_until("event", page)
        kinds = {each["type"] for each in heard}
        assert "care" in kinds
        assert "day" not in kinds


async def heard_until(kind: str, socket: ClientConnection) -> list[Message]:
    """Return all messages up to the next one of a kind."""
    heard: list[Message] = []
    while not heard or heard[-1]["type"] != kind:
        heard.append(json.loads(await socket.recv()))
    return heard
