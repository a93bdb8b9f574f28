"""The host: visitors without a number, the way from the door, calls for a person, and rights."""

from __future__ import annotations

import json

from tests.server.api.client import Client
from tests.server.process import Hall


async def test_visitors_without_a_number_are_counted_apart_from_all_numbers(
    hall: Hall, manager: Client
) -> None:
    async with hall.client("host") as host, hall.client("staff") as staff:
        for client, what in ((host, "leaflet"), (staff, "leaflet"), (staff, "question")):
            assert (await client.post("/api/reception/count", {"what": what})).status == 204
        undone = await host.post("/api/reception/count", {"what": "question", "undo": True})
        assert undone.status == 204
        nothing = await host.post("/api/reception/count", {"what": "question", "undo": True})
        assert (nothing.status, nothing.problem) == (409, "nothing-counted")
        unknown = await host.post("/api/reception/count", {"what": "tea"})
        assert (unknown.status, unknown.problem) == (404, "unknown-kind")
        await host.take("A")
    totals = (await manager.get("/api/totals")).json
    told = totals["reception"]
    assert (told["unnumbered"], totals["tickets"], totals["people"]) == (2, 1, 1)
    assert {each["code"]: each["n"] for each in told["kinds"]} == {"leaflet": 2, "question": 0}
    report = (await manager.get("/api/reports")).json
    assert report["reception"]["unnumbered"] == 2
    filtered = (await manager.get("/api/reports?service=A")).json
    assert filtered["reception"] is None, "a service's report tells nothing of the door"


async def test_the_way_from_the_door_is_sampled_and_told_with_how_often(
    hall: Hall, manager: Client
) -> None:
    async with hall.client("host") as host:
        before = (await host.get("/api/reception")).json["door"]
        assert (before["timed"], before["median_s"], before["line_mean"]) == (0, None, None)
        for seconds in (30, 90.04, 600):
            await host.post("/api/reception/door", {"seconds": seconds})
        for people in (0, 7):
            await host.post("/api/reception/door", {"people": people})
        for wrong in ({}, {"people": 1, "seconds": 1}, {"seconds": 1e9}, {"people": -1}):
            refused = await host.post("/api/reception/door", wrong)
            assert refused.status == 422, wrong
    door = (await manager.get("/api/totals")).json["reception"]["door"]
    assert door == {
        "timed": 3, "median_s": 90.0, "mean_s": 240.0, "lines": 2, "line_mean": 3.5,
        "line_most": 7,
    }  # fmt: skip


async def test_setting_out_and_being_there_are_two_moments(hall: Hall, manager: Client) -> None:
    async with hall.client("kiosk") as kiosk, hall.client("host") as host:
        call = (await kiosk.post("/api/help", {})).json["id"]
        coming = (await host.post(f"/api/help/{call}/take", {})).json
        assert coming["taken"]
        assert coming["here_s"] is None
        here = (await host.post(f"/api/help/{call}/here", {})).json
        assert here["here_s"] >= here["seconds"]
        assert (await kiosk.post(f"/api/help/{call}/here", {})).json == here
        second = (await kiosk.post("/api/help", {})).json["id"]
        met = (await kiosk.post(f"/api/help/{second}/here", {})).json
        assert met["taken"], "who is there has set out"
    kinds = [event["kind"] for _, event in hall.events() if event["kind"].startswith("help")]
    assert kinds == ["help_requested", "help_taken", "help_arrived"] * 2
    arrivals = (await manager.get("/api/reception")).json["arrivals"]
    assert arrivals["met"] == 2


async def test_a_host_gives_and_corrects_numbers_and_calls_nobody(hall: Hall) -> None:
    async with hall.client("host") as host, hall.client("staff") as staff:
        await staff.do(3, "open")
        first = await host.take("A")
        wrong = (await host.post("/api/tickets", {"service": "B", "priority": "priority"})).json
        later = await host.take("A")
        moved = await host.post(f"/api/tickets/{wrong['id']}/transfer", {"service": "A"})
        assert (moved.status, moved.json["service"]) == (200, "A")
        await staff.do(1, "open")
        called = [(await staff.do(1, "call-next"))["label"]]
        for step in ("start", "finish"):
            await staff.do(1, step)
        called.append((await staff.do(1, "call-next"))["label"])
        assert called == [wrong["label"], first["label"]], "the class and the place are kept"
        assert (await host.at(2, "open")).status == 403
        assert (await host.at(1, "call-next")).status == 403
        for path in ("/api/log", "/api/reports", "/api/feedback", "/api/people", "/api/kpis"):
            assert (await host.get(path)).status == 403
        await staff.do(2, "open")
        handed = await host.post(f"/api/tickets/{later['id']}/transfer", {"counter": "2"})
        assert handed.status == 200
    async with hall.client("host") as host, host.socket() as socket:
        tickets = json.loads(await socket.recv())["staff"]["tickets"]
    (sent,) = [each for each in tickets if each.get("sent_to")]
    assert sent["label"] == later["label"]
    assert sent["told"] == later["estimate"]["high_minutes"], "the host sees what was told"
