"""The process beside a real server: it reads the log, and what visitors are told comes from it."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

from tests.server.api.client import Client
from tests.server.process import Hall, Server
from tests.server.waiting import soon


def models(hall: Hall) -> list[str]:
    return [data["quote"]["model"] for _, data in hall.events() if data["kind"] == "issued"]


def children(server: Server) -> list[int]:
    assert server.process is not None
    names = Path(f"/proc/{server.process.pid}/task").glob("*/children")
    pids = [int(each) for name in names for each in name.read_text().split()]
    return [
        each for each in pids if b"server.plan.apart" in Path(f"/proc/{each}/cmdline").read_bytes()
    ]


async def test_ranges_come_from_the_process_beside_and_from_the_formula_until_then(
    server: Server,
) -> None:
    hall = Hall(server, "hall")
    async with hall.client("kiosk") as kiosk, hall.client("staff") as staff:
        await staff.do(1, "open")
        await kiosk.take()
        await staff.do(1, "call-next")

        async def simulated() -> bool:
            await asyncio.sleep(0.5)  # a line of hundreds is not foreseen
            await kiosk.take()
            return models(hall)[-1] == "simulated-1"

        await soon(simulated, "a range that was worked out beside the hall")
        assert models(hall)[0] == "work-ahead-1"
        ticket = await kiosk.take()
        told, quote = ticket["estimate"], hall.events()[-1][1]["quote"]
        assert told["low_minutes"] * 60 <= quote["middle_s"] <= told["high_minutes"] * 60
        await same_everywhere(kiosk, ticket)
        for step in ("start", "finish", "close"):
            await staff.do(1, step)
        assert (await kiosk.take())["estimate"] is None
        assert models(hall)[-1] == "work-ahead-1", "who can call has changed since"

        (child,) = children(server)
        assert os.getpriority(os.PRIO_PROCESS, child) > 0
        os.kill(child, signal.SIGKILL)
        await staff.do(1, "open")
        assert (await kiosk.take())["estimate"] is not None, "nobody waits for the process beside"
        await soon(simulated, "another process beside the hall works the waits out")
        assert child not in children(server)


async def same_everywhere(kiosk: Client, ticket: dict[str, object]) -> None:
    token = str(ticket["tracking_url"]).rpartition("/")[2]

    async def alike() -> bool:  # between two looks it may be worked out anew
        looked = (await kiosk.get(f"/api/tickets/{ticket['id']}")).json["estimate"]
        phone = (await kiosk.get(f"/api/track/{token}")).json["estimate"]
        return bool(looked == phone)

    await soon(alike, "kiosk and phone say the same")
