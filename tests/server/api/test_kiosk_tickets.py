"""A kiosk and the numbers it gives: its own, for minutes, and none that nobody saw."""

from __future__ import annotations

from typing import Any

import pytest

from tests.server.api.client import Client
from tests.server.process import Hall


async def taken_with(kiosk: Client, key: str) -> dict[str, Any]:
    wish = {"service": "A"}
    answer = await kiosk.post("/api/tickets", wish, headers={"Idempotency-Key": key})
    ticket: dict[str, Any] = answer.json
    return ticket


async def test_a_kiosk_sees_and_gives_back_only_what_it_gave_itself(hall: Hall) -> None:
    async with (
        hall.client("kiosk") as ours, hall.client("kiosk") as other, hall.client("staff") as staff,
    ):  # fmt: skip
        ticket = await ours.take()
        path = f"/api/tickets/{ticket['id']}"
        assert (await ours.get(path)).json["tracking_url"] == ticket["tracking_url"]
        for answer in (
            await other.get(path),
            await other.get(f"{path}/qr.svg"),
            await other.delete(path),
            await other.post(f"{path}/reprint", {}),
        ):
            assert answer.status == 404
            assert "tracking" not in answer.text
        assert (await staff.get(path)).json["state"] == "waiting"
        assert (await ours.delete(path)).json["state"] == "cancelled"


@pytest.mark.one_file
async def test_after_some_minutes_a_kiosk_has_no_say_over_its_numbers(hall: Hall) -> None:
    async with hall.client("kiosk") as kiosk, hall.client("staff") as staff:
        ticket = await kiosk.take()
        path = f"/api/tickets/{ticket['id']}"
        hall.issued_earlier(11)
        assert (await kiosk.get(path)).status == 404
        assert (await kiosk.delete(path)).status == 404
        assert (await staff.get(path)).json["state"] == "waiting"


async def test_a_number_nobody_saw_goes_back_with_its_reason(hall: Hall, kiosk: Client) -> None:
    ticket = await taken_with(kiosk, "wish-1")
    for _ in range(2):  # asked twice, it says the same
        assert (await kiosk.post("/api/tickets/unseen", {"key": "wish-1"})).status == 204
    assert (await kiosk.get(f"/api/tickets/{ticket['id']}")).json["state"] == "cancelled"
    told = [each["reason"] for _, each in hall.events() if each["kind"] == "cancelled"]
    assert told == ["unseen"]


async def test_a_wish_that_comes_after_it_was_given_up_makes_no_number(
    hall: Hall, kiosk: Client
) -> None:
    assert (await kiosk.post("/api/tickets/unseen", {"key": "late"})).status == 204
    answer = await kiosk.post("/api/tickets", {"service": "A"}, headers={"Idempotency-Key": "late"})
    assert answer.status == 422
    assert hall.query("SELECT COUNT(*) FROM tickets WHERE branch = ?") == [(0,)]


async def test_another_kiosks_key_gives_nothing_back(hall: Hall) -> None:
    async with hall.client("kiosk") as ours, hall.client("kiosk") as other:
        ticket = await taken_with(ours, "mine")
        await other.post("/api/tickets/unseen", {"key": "mine"})
        assert (await ours.get(f"/api/tickets/{ticket['id']}")).json["state"] == "waiting"


async def test_a_pause_is_told_in_each_language(kiosk: Client, manager: Client) -> None:
    words = {"id": "Sistem pusat terganggu.", "en": "The central system is disturbed."}
    body = {"notice": words["id"], "notices": words}
    assert (await manager.post("/api/services/A/pause", body)).status == 204
    english = {"Accept-Language": "en"}
    told = (await kiosk.get("/api/services", headers=english)).json["services"][0]
    assert told["notice"] == words["en"]
    assert told["notices"] == words
    refused = await kiosk.post("/api/tickets", {"service": "A", "language": "en"}, headers=english)
    assert words["en"] in refused.json["detail"]
    strange = body | {"notices": {"xx": "?"}}
    assert (await manager.post("/api/services/A/pause", strange)).status == 422
    await manager.post("/api/services/A/resume", {})
    assert (await kiosk.get("/api/services")).json["services"][0]["notices"] == {}
