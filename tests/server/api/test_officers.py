"""A quiet call over the wire: managers and webhooks hear it at once, the hall does not."""

from __future__ import annotations

import asyncio
import json

from tests.server.process import Hall
from tests.server.push.listening import events_up_to, first
from tests.server.test_webhooks import Listener, add, listener
from tests.server.waiting import soon

__all__ = ["listener"]


async def test_managers_and_webhooks_hear_a_quiet_call_and_nobody_in_the_hall_does(
    hall: Hall, listener: Listener
) -> None:
    add(hall, listener.url, "--events", "quiet_called,quiet_call_changed")
    async with (
        hall.client("staff") as officer,
        hall.client("manager") as manager,
        hall.client("display") as display,
        hall.client("kiosk") as kiosk,
    ):
        await officer.do(3, "open")
        sockets = [each.socket() for each in (manager, officer, display, kiosk)]
        async with sockets[0] as chief, sockets[1] as own, sockets[2] as lobby, sockets[3] as door:
            for each in (chief, own, lobby, door):
                assert (await first(each))["type"] == "snapshot"
            called = await officer.at(3, "quiet-call", key="held-once")
            assert (called.status, called.json["step"]) == (200, "called")
            again = await officer.at(3, "quiet-call", key="held-once")
            assert again.json == called.json
            path = f"/api/quiet-calls/{called.json['id']}"
            assert (await officer.post(f"{path}/going", {})).status == 403
            await manager.post(f"{path}/going", {})
            await manager.post(f"{path}/over", {"reason": "Pengunjung sudah pulang."})
            await kiosk.take()
            last = hall.last_event()
            told = [{e["kind"] for e in await events_up_to(each, last)}
                    for each in (chief, own, lobby, door)]  # fmt: skip
        assert {"quiet_called", "quiet_call_changed", "alarm_raised", "alarm_cleared"} <= told[0]
        for kinds in told[1:]:
            assert not kinds & {"quiet_called", "quiet_call_changed", "alarm_raised"}
        await soon(lambda: _kinds(listener, 3), "the webhook was told")
        bodies = [json.loads(body) for _, body in listener.heard]
        assert bodies[0]["counter"]["number"] == 3
        assert [each.get("step") for each in bodies] == [None, "going", "ended"]
        assert "pulang" not in str(bodies), "reasons stay with those who direct the hall"
        assert (await manager.get("/api/quiet-calls")).json == {"calls": []}


async def _kinds(listener: Listener, n: int) -> bool:
    await asyncio.sleep(0)
    return len(listener.heard) == n
