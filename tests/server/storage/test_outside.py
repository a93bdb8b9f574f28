"""The command line beside the running server: what it changes counts at once."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from tests.server.api.client import Client
from tests.server.process import Hall, office_toml
from tests.server.waiting import soon


async def test_a_token_made_by_the_command_line_is_accepted_at_once(hall: Hall) -> None:
    run = await asyncio.to_thread(
        hall.server.ramah, "token", "create", "--role", "staff", "--branch", hall.code
    )
    assert run.returncode == 0, run.stderr
    async with Client(hall.server.url, run.stdout.strip()) as client:
        assert (await client.get("/api/counters")).status == 200


async def test_a_token_revoked_by_the_command_line_is_soon_refused(hall: Hall) -> None:
    token = hall.token("staff", f"script-{hall.code}")
    async with Client(hall.server.url, token) as client:
        assert (await client.get("/api/counters")).status == 200
        run = await asyncio.to_thread(hall.server.ramah, "token", "revoke", f"script-{hall.code}")
        assert run.stdout.strip() == "1 revoked"

        async def refused() -> bool:
            return (await client.get("/api/counters")).status == 401

        await soon(refused, "the token is refused")
        listed = hall.server.ramah("token", "list").stdout
        assert f"script-{hall.code}\trevoked" in listed
        assert token not in listed


async def test_a_printer_added_by_the_command_line_prints_the_next_ticket(
    hall: Hall, kiosk: Client, tmp_path: Path
) -> None:
    assert (await kiosk.take())["print"]["state"] == "no_printer"
    paper = tmp_path / "paper.bin"
    run = await asyncio.to_thread(
        hall.server.ramah, "printer", "add", "depan", f"file:{paper}", "--branch", hall.code
    )
    assert run.returncode == 0, run.stderr
    ticket = await kiosk.take()
    assert ticket["print"] == {"state": "queued", "printer": "depan"}
    await soon(lambda: paper.exists() and paper.stat().st_size > 100, "the paper was printed")
    await soon(
        lambda: "printed" in [event["kind"] for _, event in hall.events()], "the log says so"
    )
    assert hall.server.query("SELECT state FROM print_jobs WHERE branch = ?", hall.number) == [
        ("printed",)
    ]


async def test_new_settings_reach_the_screens_between_the_other_events_in_order(
    hall: Hall, kiosk: Client, display: Client
) -> None:
    async with display.socket() as socket:
        snapshot = json.loads(await socket.recv())
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.to_thread(change_settings, hall, 5))
            for _ in range(60):
                await kiosk.take()
        last = hall.last_event()
        assert last == snapshot["seq"] + 65
        seen: list[tuple[int, str]] = []
        while len(seen) < 65:
            message = json.loads(await socket.recv())
            if message["type"] == "event":
                seen.append((message["seq"], message["kind"]))
    assert [seq for seq, _ in seen] == list(range(snapshot["seq"] + 1, last + 1))
    assert [kind for _, kind in seen].count("configured") == 5


def change_settings(hall: Hall, times: int) -> None:
    """Give the branch new settings, as ``ramah branch add`` does."""
    for number in range(times):
        toml = office_toml(hall.code).replace(f"Kantor {hall.code}", f"Kantor nomor {number}")
        hall.server.add_branch(toml)


async def test_a_service_added_to_the_settings_gives_numbers_at_once(
    hall: Hall, kiosk: Client
) -> None:
    assert (await kiosk.post("/api/tickets", {"service": "D"})).status == 404
    hall.server.add_branch(office_toml(hall.code, services="ABCD"))
    assert (await kiosk.take("D"))["label"] == "D001"


async def test_a_branch_added_while_the_server_runs_works_at_once(hall: Hall) -> None:
    new = Hall(hall.server, hall.code + "x")
    async with new.client("staff") as client, client.socket() as socket:
        snapshot = json.loads(await socket.recv())
        assert snapshot["branch"]["code"] == new.code
        ticket = await client.take()
        while (message := json.loads(await socket.recv()))["type"] != "event":
            pass
        assert (message["kind"], message["label"]) == ("issued", ticket["label"])
        assert message["seq"] == snapshot["seq"] + 1


async def test_another_service_that_takes_over_a_prefix_at_noon_gives_numbers(
    hall: Hall, kiosk: Client
) -> None:
    """Code A is closed for good, its successor has the same letter on the same day."""
    await kiosk.take("A")
    toml = office_toml(hall.code, services="BCN").replace(
        'code = "N"\n', 'code = "N"\nprefix = "A"\n'
    )
    hall.server.add_branch(toml)
    answer = await kiosk.post("/api/tickets", {"service": "N"}, check=False)
    assert answer.status == 201, answer.text
    assert answer.json["label"] != "A001", "the same number twice on one day"
