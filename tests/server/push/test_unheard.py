"""What the lobby could not say is told to the counter that called."""

from __future__ import annotations

import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection

from tests.server.api.client import Client
from tests.server.process import Hall
from tests.server.waiting import soon


async def call(hall: Hall, staff: Client, counter: int, service: str = "A") -> tuple[str, int]:
    """Call somebody; return the counter's id and the number of the call's event."""
    await staff.do(counter, "open")
    await staff.take(service)
    await staff.do(counter, "call-next")
    [(place, seq)] = hall.query(
        "SELECT counter, seq FROM calls WHERE branch = ? ORDER BY seq DESC LIMIT 1"
    )
    return str(place), int(str(seq))


async def unheard(staff: Client) -> dict[int, str | None]:
    answer = await staff.get("/api/counters")
    return {each["number"]: each["unheard"] for each in answer.json["counters"]}


async def heard_by(socket: ClientConnection, kind: str) -> dict[str, Any]:
    while True:
        message: dict[str, Any] = json.loads(await socket.recv())
        if message["type"] == kind:
            return message


@pytest.mark.parametrize("kind", ["unvoiced", "mute"])
async def test_a_call_that_was_not_said_is_told_to_its_counter_until_it_is_repeated(
    hall: Hall, staff: Client, display: Client, kind: str
) -> None:
    place, seq = await call(hall, staff, 1)
    async with display.socket() as screen, staff.socket() as page:
        await screen.send(json.dumps({"type": kind, "seq": seq}))
        told = await heard_by(page, kind)
    assert (told["seq"], told["counter"]) == (seq, place)
    assert (await unheard(staff))[1] == kind
    await staff.do(1, "recall")
    assert (await unheard(staff))[1] is None
    again = await call(hall, staff, 2)
    assert again[1] > seq
    assert set((await unheard(staff)).values()) == {None}


async def test_who_came_without_being_called_by_voice_needs_no_second_call(
    hall: Hall, staff: Client, display: Client
) -> None:
    _, seq = await call(hall, staff, 1)
    async with display.socket() as screen:
        await screen.send(json.dumps({"type": "unvoiced", "seq": seq}))

    async def told() -> bool:
        return (await unheard(staff))[1] == "unvoiced"

    await soon(told, "the counter knows")
    await staff.do(1, "start")
    assert (await unheard(staff))[1] is None


async def test_only_displays_are_believed_and_only_about_calls_there_were(
    hall: Hall, staff: Client, kiosk: Client, display: Client
) -> None:
    _, seq = await call(hall, staff, 1)
    async with kiosk.socket() as other, display.socket() as screen, staff.socket() as page:
        await other.send(json.dumps({"type": "unvoiced", "seq": seq}))
        await screen.send(json.dumps({"type": "unvoiced", "seq": 10**9}))
        await screen.send(json.dumps({"type": "mute", "seq": seq}))
        told = await heard_by(page, "mute")
    assert told["seq"] == seq
    assert (await unheard(staff))[1] == "mute"


async def test_a_screen_that_was_away_learns_of_every_call_that_is_still_open(
    hall: Hall, staff: Client, display: Client
) -> None:
    """More calls than the list of latest ones holds, by one counter, since another called."""
    await call(hall, staff, 1)
    await staff.do(2, "open")
    for _ in range(22):
        await staff.take("B")
        await staff.do(2, "call-next")
        await staff.do(2, "no-show")
    calls = (await display.get("/api/queue")).json["recent_calls"]
    assert len(calls) == 21
    assert calls[-1]["number"] == 1
    assert [each["seq"] for each in calls] == sorted((c["seq"] for c in calls), reverse=True)


async def test_a_call_says_the_visitors_language_when_it_is_not_the_halls(
    hall: Hall, staff: Client, display: Client
) -> None:
    await staff.do(1, "open")
    for language in ("en", "id"):
        taken = await staff.post("/api/tickets", {"service": "A", "language": language})
        assert taken.status == 201
    async with display.socket() as screen:
        assert json.loads(await screen.recv())["type"] == "snapshot"
        await staff.do(1, "call-next")
        for step in ("recall", "start", "finish", "call-next"):
            await staff.do(1, step)
        last = hall.last_event()
        seen = []
        while True:
            message = json.loads(await screen.recv())
            if message.get("kind") in {"called", "recalled"}:
                seen.append(message.get("language"))
            if message["type"] == "event" and message["seq"] >= last:
                break
    assert seen == ["en", "en", None]
    calls = (await display.get("/api/queue")).json["recent_calls"]
    assert [each["language"] for each in calls] == [None, "en", "en"]
