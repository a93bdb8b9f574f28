"""A whole day over HTTP, and two hundred counters at once: every ticket is accounted for."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from pathlib import Path

from tests.server.api.client import Client
from tests.server.process import Server, office_toml

VISITORS, COUNTERS = 500, 12


async def test_two_hundred_counters_at_one_instant_share_no_ticket_and_skip_none(
    tmp_path: Path,
) -> None:
    with Server(tmp_path / "data") as server:
        server.add_branch(office_toml("hall", services="A", counters=200))
        server.start()
        async with server.client("staff") as staff:
            await asyncio.gather(*(staff.take("A") for _ in range(170)))
            opened = await asyncio.gather(*(staff.at(n, "open") for n in range(1, 201)))
            assert {each.status for each in opened} == {200}
            calls = await asyncio.gather(*(staff.at(n, "call-next") for n in range(1, 201)))
        labels = [each.json["label"] for each in calls if each.status == 200]
        assert Counter(each.status for each in calls) == {200: 170, 204: 30}
        assert sorted(labels) == [f"A{number:03d}" for number in range(1, 171)]


class Desk:
    """One officer's day: calls, serves, and now and then everything else."""

    def __init__(self, staff: Client, number: int) -> None:
        self.staff = staff
        self.number = number
        self.dice = random.Random(number)

    async def act(self, what: str, body: object = None) -> int:
        answer = await self.staff.at(self.number, what, body)
        assert answer.status in {200, 204}, (self.number, what, answer.text)
        return answer.status

    async def work(self, doors_closed: asyncio.Event) -> None:
        await self.act("open")
        while True:
            last_round = doors_closed.is_set()
            if await self.act("call-next") == 204:
                if last_round:
                    return
                await asyncio.sleep(0.005)
                continue
            await self.serve()
            if self.dice.random() < 0.03:
                await self.act("break", {"reason": "Salat", "minutes": 5})
                await self.act("open")

    async def serve(self) -> None:
        luck = self.dice.random()
        if luck < 0.06:
            await self.act("recall")
            await self.act("no-show")
            if luck < 0.01:
                await self.act("undo")
                await self.act("start")
                await self.act("finish")
            return
        if luck < 0.08:
            await self.act("return")
            return
        await self.act("start")
        other = "ABC"[self.dice.randrange(3)]
        if luck < 0.16:
            here = (await self.staff.get("/api/counters")).json["counters"][self.number - 1]
            if here["current"]["service"] != other:
                await self.act("transfer", {"service": other, "note": "Berkas lengkap"})
                return
        elif luck < 0.22:
            await self.act("add-service", {"service": other, "here": luck < 0.19})
            return
        elif luck < 0.26:
            await self.act("hold", {"reason": "Fotokopi", "minutes": 1})
            return
        await self.act("finish")
        if luck > 0.98:
            await self.act("undo")
            await self.act("finish")


async def test_after_a_full_day_every_ticket_is_accounted_for(server: Server) -> None:
    dice = random.Random(5)
    doors_closed = asyncio.Event()
    async with server.client("staff") as staff, server.client("kiosk") as kiosk:

        async def arrive() -> None:
            for _ in range(VISITORS):
                cls = "priority" if dice.random() < 0.08 else "regular"
                await kiosk.take(dice.choice("ABC"), priority=cls, people=dice.randint(1, 4))
            doors_closed.set()

        async def bring_back() -> int:
            held = (await staff.get("/api/tickets?state=held")).json["tickets"]
            for line in held:
                answer = await staff.post(f"/api/tickets/{line['id']}/return")
                assert answer.status == 200, answer.text
            return len(held)

        async with asyncio.TaskGroup() as day:
            day.create_task(arrive())
            for number in range(1, COUNTERS + 1):
                day.create_task(Desk(staff, number).work(doors_closed))
        while await bring_back():
            async with asyncio.TaskGroup() as evening:
                for number in range(1, COUNTERS + 1):
                    evening.create_task(Desk(staff, number).work(doors_closed))
    tickets = server.query("SELECT prefix, number FROM tickets ORDER BY prefix, number")
    assert len(tickets) == VISITORS
    for prefix in "ABC":
        numbers = [number for each, number in tickets if each == prefix]
        assert numbers == list(range(1, len(numbers) + 1))
    ends = Counter(
        state
        for (state,) in server.query(
            "SELECT turns.state FROM tickets JOIN turns "
            "ON turns.ticket = tickets.id AND turns.leg = tickets.leg"
        )
    )
    assert set(ends) <= {"done", "no_show"}
    assert sum(ends.values()) == VISITORS
    assert ends["no_show"] > 0
    earlier = server.query(
        "SELECT DISTINCT turns.state FROM tickets JOIN turns ON turns.ticket = tickets.id "
        "WHERE turns.leg < tickets.leg"
    )
    assert {state for (state,) in earlier} == {"done", "transferred"}
    assert server.query("SELECT COUNT(*) FROM turns WHERE state = 'waiting'") == [(0,)]
    kinds = {json.loads(each)["kind"] for (each,) in server.query("SELECT data FROM events")}
    assert kinds >= {"undone", "continued", "transferred", "held", "no_show", "recalled"}
