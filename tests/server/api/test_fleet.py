"""What a manager sees of the hall's devices, and does with them from afar."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from printer.agent import Refused, work
from printer.errors import PrintError
from printer.transport import Delivery
from server.auth import registry
from server.auth.access import Access
from server.clock import wall_clock
from server.fleet.looks import Looks
from server.storage.database import connect as open_database
from server.storage.queries import offices
from server.storage.store import Store
from tests.server.api.client import Client
from tests.server.process import Hall, Server
from tests.server.waiting import soon

CHROME = "Mozilla/5.0 (Linux; Android 9) AppleWebKit/537.36 Chrome/81.0 Safari/537.36"


@asynccontextmanager
async def screen(hall: Hall | Server, token: str) -> AsyncIterator[ClientConnection]:
    """Open the event socket as a device's page does, and read what it gets."""
    url = hall.url if isinstance(hall, Server) else hall.server.url
    headers = {"Authorization": f"Bearer {token}"}
    address = url.replace("http", "ws") + "/api/events"
    async with connect(address, additional_headers=headers, user_agent_header=CHROME) as socket:
        await socket.recv()
        yield socket


def how(**more: Any) -> str:  # noqa: ANN401 - as a page tells it
    told = {"type": "how", "clock": wall_clock(), "version": "0.1.0", "up": 60, "used": 5}
    return json.dumps(told | more)


async def listed(manager: Client) -> dict[str, dict[str, Any]]:
    answer = await manager.get("/api/devices")
    assert answer.status == 200
    return {each["name"]: each for each in answer.json["devices"]}


async def told(manager: Client, name: str, field: str, value: object) -> dict[str, Any]:
    """Wait until the list says something of a device; return all that it says."""

    async def says() -> bool:
        return bool((await listed(manager))[name][field] == value)

    await soon(says, f"{name} is listed with {field} {value!r}")
    return (await listed(manager))[name]


async def test_a_device_tells_how_it_is_over_the_socket_it_has(hall: Hall, manager: Client) -> None:
    token = hall.token("kiosk", "Kios depan")
    assert (await listed(manager))["Kios depan"]["online"] is False
    async with screen(hall, token) as socket:
        late = how(clock=wall_clock() + 120_000, error="TypeError: x\u00a0is null", error_ago=3,
                   errors=2)  # fmt: skip
        await socket.send(late)
        seen = await told(manager, "Kios depan", "errors", 2)
        assert (seen["kind"], seen["online"], seen["browser"]) == (
            "kiosk", True, "Chrome 81, Android",
        )  # fmt: skip
        assert (seen["version"], seen["address"]) == ("0.1.0", "127.0.0.1")
        assert 119 <= seen["skew_s"] <= 121
        assert seen["error"] == "TypeError: x\u00a0is null"
        assert seen["up_at"] < seen["used_at"] <= seen["seen_at"]
    gone = await told(manager, "Kios depan", "online", False)
    assert (gone["up_at"], gone["error"]) == (None, "TypeError: x\u00a0is null")


async def test_what_a_device_gone_mad_says_is_passed_over(hall: Hall, manager: Client) -> None:
    token = hall.token("display", "Lobi")
    async with screen(hall, token) as socket:
        for wrong in (
            how(version="x" * 41), how(error="x" * 201), how(error="a\nb"), how(up=-1),
            how(clock="x"), how(used=10**12), '{"type":"how"}', '{"type":"how","clock":[[[[',
        ):  # fmt: skip
            await socket.send(wrong)
        await socket.send(how(version="0.1.0", errors=7))
        seen = await told(manager, "Lobi", "errors", 7)
    assert (seen["version"], seen["error"]) == ("0.1.0", "")


async def test_a_person_at_the_counter_is_no_device(hall: Hall, manager: Client) -> None:
    async with screen(hall, hall.token("staff", "Skrip")) as socket:
        await socket.send(how(errors=9))
        assert "Skrip" not in await listed(manager)


async def test_a_device_that_is_off_is_still_known_after_a_restart(server: Server) -> None:
    token = server.token("kiosk", name="Kios")
    async with server.client("manager") as manager:
        async with screen(server, token) as socket:
            await socket.send(how(version="0.0.9", error="Kamera mati"))
            await told(manager, "Kios", "version", "0.0.9")
        assert server.stop() == 0
        server.start()
        seen = (await listed(manager))["Kios"]
    assert (seen["online"], seen["version"], seen["error"]) == (False, "0.0.9", "Kamera mati")
    assert seen["seen_at"]
    assert seen["used_at"]


async def test_a_page_is_told_to_load_again_and_nobody_elses_is(
    hall: Hall, other: Hall, manager: Client
) -> None:
    token = hall.token("display", "Lobi")
    hall.token("agent", "depan")
    devices = await listed(manager)
    async with screen(hall, token) as lobby, screen(hall, hall.token("kiosk", "Kios")) as kiosk:
        path = f"/api/devices/{devices['Lobi']['id']}/reload"
        assert (await manager.post(path, {})).json == {"pages": 1}
        await _until_reload(lobby)
        async with other.client("manager") as stranger:
            assert (await stranger.post(path, {})).problem == "unknown-device"
        await kiosk.send(how(errors=1))
        await told(manager, "Kios", "errors", 1)
    assert (await manager.post(path, {})).json == {"pages": 0}
    agent = await manager.post(f"/api/devices/{devices['depan']['id']}/reload", {})
    assert (agent.status, agent.problem) == (409, "no-page")


async def _until_reload(socket: ClientConnection) -> None:
    async with asyncio.timeout(20):
        while json.loads(await socket.recv())["type"] != "reload":
            pass


async def test_a_renamed_kiosk_keeps_its_printer(hall: Hall, manager: Client) -> None:
    hall.token("kiosk", "Kios")
    run = hall.server.ramah(
        "printer", "add", "struk", "file:/dev/null", "--kiosk", "Kios", "--branch", hall.code
    )
    assert run.returncode == 0, run.stderr
    kiosk = (await listed(manager))["Kios"]
    answer = await manager.post(f"/api/devices/{kiosk['id']}/rename", {"name": "  Kios  pintu "})
    assert answer.status == 204
    assert (await listed(manager))["Kios pintu"]["id"] == kiosk["id"]
    assert (await manager.get("/api/printers")).json["printers"][0]["kiosk"] == "Kios pintu"


async def test_a_print_agent_keeps_its_name(hall: Hall, manager: Client) -> None:
    hall.token("agent", "depan")
    agent = (await listed(manager))["depan"]
    answer = await manager.post(f"/api/devices/{agent['id']}/rename", {"name": "lain"})
    assert (answer.status, answer.problem) == (409, "name-kept")


async def test_an_ended_device_is_out_at_once(hall: Hall, other: Hall, manager: Client) -> None:
    token = hall.token("kiosk", "Kios")
    kiosk = (await listed(manager))["Kios"]
    async with other.client("manager") as stranger:
        away = await stranger.delete(f"/api/devices/{kiosk['id']}")
        assert (away.status, away.problem) == (404, "unknown-device")
    async with screen(hall, token) as socket:
        assert (await manager.delete(f"/api/devices/{kiosk['id']}")).status == 204
        await socket.wait_closed()
        assert socket.close_code == 1008
    assert "Kios" not in await listed(manager)
    async with Client(hall.server.url, token) as ended:
        assert (await ended.get("/api/services")).status == 401


async def test_a_scripts_key_is_no_device(hall: Hall, manager: Client) -> None:
    hall.token("manager", "Skrip laporan")
    with hall.server.database() as db:
        (key,) = db.execute("SELECT id FROM tokens WHERE name = 'Skrip laporan'").fetchone()
    assert "Skrip laporan" not in await listed(manager)
    assert (await manager.delete(f"/api/devices/{key}")).problem == "unknown-device"


class Jammed:
    """A printer whose paper is stuck."""

    paper_low = False

    async def send(self, _data: bytes, *, timeout: float) -> Delivery:  # noqa: ARG002, ASYNC109
        raise PrintError("jammed", "kertas tersangkut")

    async def look(self, *, timeout: float) -> bool:  # noqa: ARG002, ASYNC109
        raise PrintError("jammed", "kertas tersangkut")


async def test_a_print_agent_is_listed_with_its_printers_trouble_and_ends_at_once(
    hall: Hall, manager: Client
) -> None:
    token = hall.token("agent", "depan")
    run = hall.server.ramah("printer", "add", "depan", "agent:depan", "--branch", hall.code)
    assert run.returncode == 0, run.stderr
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        working = group.create_task(_refused(hall.server.url, token))
        seen = await _agent_listed(manager)
        assert (seen["version"], seen["browser"]) == ("0.1.0", "Ramah print agent 0.1, Linux")
        assert seen["error"] == "jammed: kertas tersangkut"
        assert abs(seen["skew_s"]) < 60
        assert (await manager.delete(f"/api/devices/{seen['id']}")).status == 204
        assert "401" in str(await working), "its socket ended, and it is not let in again"


async def _refused(url: str, token: str) -> Refused | None:
    try:
        await work(url, token, Jammed(), "0.1.0")
    except Refused as error:
        return error
    return None


async def _agent_listed(manager: Client) -> dict[str, Any]:
    async def seen() -> bool:
        answer = await manager.get("/api/devices")
        return any(each["kind"] == "agent" and each["error"] for each in answer.json["devices"])

    await soon(seen, "the agent came and its printer was looked at")
    answer = await manager.get("/api/devices")
    found = [each for each in answer.json["devices"] if each["kind"] == "agent"]
    return dict(found[0])


async def test_what_is_known_of_devices_goes_with_their_keys(tmp_path: Path) -> None:
    with closing(open_database(tmp_path)) as db:
        branch = offices.add_branch(db, "hall")
        tokens = [
            registry.create_token(db, branch, "kiosk", name, name, 1) for name in ("satu", "dua")
        ]
        db.commit()
    store = await Store.open(tmp_path)
    try:
        access, looks = Access(store), await Looks.open(store)
        for token in tokens:
            who = await access.device(token)
            assert who is not None
            assert looks.met(who, "192.0.2.7", "Chrome 120") is not None
        await looks.flush()
        kept = await Looks.open(store)
        assert [kept.of(name) for name in ("satu", "dua")] == [looks.of("satu"), looks.of("dua")]
        with closing(open_database(tmp_path)) as db:
            registry.revoke_token(db, "dua", 2)
            db.commit()
        await looks.flush()
        assert looks.of("dua") is None
        again = await Looks.open(store)
        assert (again.of("dua"), again.of("satu")) == (None, looks.of("satu"))
    finally:
        await store.close()
