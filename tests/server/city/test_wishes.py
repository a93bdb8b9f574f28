"""The city wishes something for a device of a hall: done there, once, and told back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from websockets.asyncio.client import ClientConnection

from server.auth import registry
from server.city import devices, wishes
from server.city.wishes import MOST_WAITING, OPEN_MS, Outcome, Wish
from server.domain.errors import Conflict
from server.fetching import Fetching, Stand
from server.fleet.listing import DeviceNow
from server.housekeeping import tidy_sent
from server.storage.queries import boxes
from server.storage.transaction import SqliteTx
from tests.server.api.client import Client
from tests.server.api.test_fleet import listed, screen
from tests.server.city.test_link import admitted, join
from tests.server.process import AGENCY, PASSWORD, Hall, Server, office_toml
from tests.server.rehearsal import Rehearsal
from tests.server.waiting import soon

ENGLISH = {"Accept-Language": "en"}


class Two(NamedTuple):
    """The city's server with an office that is linked to it, a reader and the office's manager."""

    city: Server
    office: Server
    dewi: Client
    manager: Client

    async def wish(self, device: str, act: str, name: str = "", hall: str = "melati") -> Any:  # noqa: ANN401 - JSON
        body = {"device": device, "act": act, "name": name}
        return await self.dewi.post(f"/api/city/halls/{hall}/wishes", body, headers=ENGLISH)

    async def told(self, hall: str = "melati") -> list[dict[str, Any]]:
        halls = (await self.dewi.get("/api/city/devices?all=1")).json["halls"]
        return list(next(each["wishes"] for each in halls if each["code"] == hall))

    async def hurry(self) -> None:
        """Let something happen in the office, so that its server comes at once."""
        for act in ("open", "close"):
            assert (await self.manager.post(f"/api/counters/1/{act}")).status == 200

    async def became(self, *states: str) -> None:
        async def so() -> bool:
            return [each["state"] for each in await self.told()] == list(states)

        await self.hurry()
        await soon(so, f"the city reads {states}")

    async def deeds(self) -> list[tuple[str, str, str]]:
        found = (await self.manager.get("/api/deeds", headers=ENGLISH)).json["deeds"]
        return [(each["name"], each["role"], each["text"]) for each in found]


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    async with AsyncExitStack() as stack:
        city, office = (stack.enter_context(Server(tmp_path / each)) for each in ("city", "melati"))
        token = admitted(city, "melati")
        city.start()
        office.add_branch(office_toml("melati", counters=2))
        office.start()
        city.person("dewi", "city", "melati")
        dewi = await stack.enter_async_context(city.client())
        await dewi.post("/api/session", {"login": "dewi", "password": PASSWORD}, check=True)
        manager = await stack.enter_async_context(office.client("manager", "melati"))
        for role, name in (("display", "Lobi"), ("kiosk", "Kios"), ("agent", "depan")):
            office.token(role, "melati", name)
        join(office, city.url, token)
        yield Two(city, office, dewi, manager)


async def until_reload(socket: ClientConnection) -> None:
    async with asyncio.timeout(20):
        while json.loads(await socket.recv())["type"] != "reload":
            pass


async def known(two: Two) -> dict[str, str]:
    """Return the ids of the office's devices, once the city knows them."""

    async def here() -> bool:
        halls = (await two.dewi.get("/api/city/devices?all=1")).json["halls"]
        return bool(halls[0]["known"])

    await soon(here, "the office told of its devices")
    return {name: each["id"] for name, each in (await listed(two.manager)).items()}


async def test_a_device_of_an_office_is_acted_on_from_the_city_and_it_is_told_back(
    two: Two,
) -> None:
    ids = await known(two)
    lobby = two.office.token("display", "melati", "Layar")
    async with screen(two.office, lobby) as socket:
        made = await two.wish(ids["Lobi"], "reload")
        assert (made.status, made.json["state"], made.json["by"]) == (200, "waiting", "Dewi")
        await two.became("away")
        ids["Layar"] = (await listed(two.manager))["Layar"]["id"]
        assert (await two.wish(ids["Layar"], "reload")).status == 404, "not told of yet"
        with two.city.database() as db:  # the report is due in a minute
            told = msgspec.json.encode([DeviceNow(ids["Layar"], "display", "Layar", online=True)])
            db.execute("UPDATE box_devices SET devices = ?", (told.decode(),))
        assert (await two.wish(ids["Layar"], "reload")).status == 200
        await two.became("done", "away")
        await until_reload(socket)
        await two.wish(ids["Layar"], "rename", "  Layar  dalam ")
        await two.became("done", "done", "away")
        await two.wish(ids["Layar"], "end")
        await two.became("done", "done", "done", "away")
        await socket.wait_closed()
        assert socket.close_code == 1008
    assert set(await listed(two.manager)) == {"Kios", "Lobi", "depan"}
    assert (await two.deeds())[:3] == [
        ("Dewi", "city", "Ended a key: Layar dalam"),
        ("Dewi", "city", "Called a device Layar dalam; before it was Layar"),
        ("Dewi", "city", "Had a device load its page again: Layar"),
    ]


async def test_a_wish_is_done_once_though_both_servers_fall(two: Two) -> None:
    ids = await known(two)
    two.office.kill()
    assert (await two.wish(ids["Kios"], "rename", "Kios pintu")).status == 200
    assert (await two.wish(ids["Kios"], "rename", "Kios utama")).status == 200
    assert [each["name"] for each in await two.told()] == ["Kios utama"], "the newest counts"
    two.city.kill()
    two.city.start()
    two.office.start()
    await two.became("done")
    with two.city.database() as db:  # as if the answer of the office had been lost
        db.execute("UPDATE device_wishes SET state = 'waiting', ended_at = NULL")
    await two.became("done")
    done = [text for _, _, text in await two.deeds() if "Kios" in text]
    assert done == ["Called a device Kios utama; before it was Kios"]


async def test_what_is_not_done_with_a_device_is_refused_in_the_city(two: Two) -> None:
    ids = await known(two)
    for device, act, problem in (
        ("depan", "reload", "no-page"), ("depan", "rename", "name-kept"),
        ("?", "end", "unknown-device"),
    ):  # fmt: skip
        assert (await two.wish(ids.get(device, "0" * 32), act, "x")).problem == problem
    assert (await two.wish(ids["Lobi"], "rename", " ")).status == 422
    assert (await two.wish(ids["Lobi"], "format")).status == 422
    assert (await two.wish(ids["Lobi"], "end", hall="mawar")).status == 404
    assert await two.told() == []


async def test_a_hall_on_the_citys_own_server_is_acted_on_at_once(hall: Hall, other: Hall) -> None:
    token = hall.token("display", "Lobi")
    path = f"/api/city/halls/{hall.code}/wishes"
    async with hall.client("city") as city, hall.client("manager") as manager:
        device = (await listed(manager))["Lobi"]["id"]
        async with screen(hall, token) as socket:
            done = await city.post(path, {"device": device, "act": "reload"})
            assert done.json["state"] == "done"
            await until_reload(socket)
        wish = {"device": device, "act": "rename", "name": "Lobi dalam"}
        assert (await city.post(path.replace(hall.code, other.code), wish)).status == 404
        assert (await city.post(path, wish)).json["was"] == "Lobi"
        assert (await listed(manager))["Lobi dalam"]["id"] == device
        assert (await city.post(path, {"device": device, "act": "end"})).status == 200
        assert (await city.post(path, {"device": device, "act": "end"})).status == 404
        assert await listed(manager) == {}
        deeds = (await manager.get("/api/deeds")).json["deeds"]
        assert [each["what"] for each in deeds[:3]] == [
            "token_ended", "device_renamed", "device_reloaded"
        ]  # fmt: skip


async def test_an_agency_reads_no_wishes_of_the_citys_people(hall: Hall) -> None:
    hall.token("display", "Lobi")
    hall.server.add_branch(office_toml(hall.code, more=f'agency = "{AGENCY}"'))
    async with hall.client("city") as city, hall.client("manager") as manager:
        device = (await listed(manager))["Lobi"]["id"]
        path, wish = f"/api/city/halls/{hall.code}/wishes", {"device": device, "act": "end"}
        async with hall.client("agency") as agency:
            assert (await agency.post(path, wish)).status == 403
            await city.post(path, wish, check=True)
            for reader, count in ((city, 1), (agency, 0)):
                halls = (await reader.get("/api/city/devices")).json["halls"]
                (found,) = (each for each in halls if each["code"] == hall.code)
                assert len(found["wishes"]) == count


async def test_an_older_office_or_city_goes_on_without_wishes(hall: Hall) -> None:
    code = f"melati-{hall.number}"
    token = hall.server.ramah("city", "admit", code).stdout.strip()
    told = devices.pack([DeviceNow("d1", "kiosk", "Kios", online=True)])
    async with Client(hall.server.url, token) as box, hall.client("city") as city:
        await box.post("/api/city/devices", raw=told, headers={"Content-Type": "application/gzip"})
        await city.post(
            f"/api/city/halls/{code}/wishes", {"device": "d1", "act": "end"}, check=True
        )
        assert (await box.get("/api/city/log")).json["wishes"] == 1
        assert (await box.post("/api/city/package", {"had": 0})).json["wishes"] == []
        first = (await city.get("/api/city/devices")).json["halls"]
        (known,) = (each["wishes"] for each in first if each["code"] == code)
        path = f"/api/city/halls/{code}/wishes/{known[0]['id']}"
        assert [(await city.delete(path)).status for _ in range(2)] == [204, 404]
        assert (await box.get("/api/city/log")).json["wishes"] == 0
        await city.post(
            f"/api/city/halls/{code}/wishes", {"device": "d1", "act": "end"}, check=True
        )
        (wish,) = (await box.post("/api/city/package", {"had": 0, "done": []})).json["wishes"]
        assert (wish["device"], wish["act"]) == ("d1", "end")
        done = {"had": 0, "done": [{"id": wish["id"], "state": "done"}]}
        assert (await box.post("/api/city/package", done)).json["wishes"] == []
        assert (await box.get("/api/city/log")).json["wishes"] == 0


def test_a_box_says_nothing_of_wishes_to_a_city_that_knows_none() -> None:
    heard: list[dict[str, Any]] = []

    async def package(request: web.Request) -> web.Response:
        heard.append(await request.json())
        return web.json_response(
            {"version": 0, "base": 0, "settings": "", "people": "[]", "name": "", "at": 0}
        )

    async def nothing(_branch: int, _wish: Wish) -> None:
        raise AssertionError

    with Rehearsal() as office:

        async def look() -> None:
            app = web.Application()
            app.router.add_post("/package", package)
            async with TestServer(app) as city, ClientSession() as session:
                url = str(city.make_url("/package"))
                fetching = Fetching(office.store, session, office.branches[0], url, nothing, str)
                await fetching.look(Stand(0), {})
                await fetching.look(Stand(0, prepared=1), {})

        office.run(look())
    assert heard == [{"had": 0, "put_aside": 0}]


class Kept:
    """A city's part and an office's, in two stores whose clocks the test sets."""

    def __init__(self, city: Rehearsal, office: Rehearsal) -> None:
        self.city, self.office = city, office
        told = [DeviceNow("d1", "kiosk", "Kios", online=True)]
        told += [DeviceNow(f"e{n}", "kiosk", "Kios", online=True) for n in range(MOST_WAITING)]
        branch = city.branches[0]
        boxes.admit(city.db, branch)
        boxes.put_devices(city.db, branch, msgspec.json.encode(told).decode(), city.now)

    def ask(self, device: str = "d1") -> str:
        return self.city.do(lambda tx: wishes.ask(tx, device, "end", "")).id

    def fetch(self, told: list[Outcome]) -> list[Wish]:
        return self.city.do(lambda tx: wishes.hear(tx, told))

    def states(self) -> list[str]:
        return [each.state for each in self.city.do(wishes.shown)]


@pytest.fixture
def both() -> Iterator[Kept]:
    with Rehearsal() as city, Rehearsal() as office:
        yield Kept(city, office)


def test_what_an_office_does_not_come_for_within_a_day_is_not_done(both: Kept) -> None:
    both.ask()
    both.city.now += OPEN_MS
    assert len(both.fetch([])) == 1
    both.city.now += 1
    assert both.states() == ["late"]
    assert both.city.do(wishes.waiting) == 1, "the office may have done it and not told"
    assert both.fetch([]) == []
    assert both.city.do(wishes.waiting) == 0


def test_what_was_done_in_time_is_told_also_later(both: Kept) -> None:
    id_ = both.ask()
    both.city.now += OPEN_MS + 1
    both.fetch([Outcome(id_, "done")])
    assert both.states() == ["done"]


def test_a_hall_whose_line_is_cut_gathers_no_end_of_wishes(both: Kept) -> None:
    for number in range(MOST_WAITING):
        both.ask(f"e{number}")
    both.ask("e0")
    with pytest.raises(Conflict):
        both.ask()
    both.city.now += OPEN_MS + 1
    both.ask()


def test_whose_wish_it_was_is_forgotten_also_where_nobody_wishes_again(both: Kept) -> None:
    def names() -> list[tuple[str]]:
        return both.city.db.execute("SELECT by FROM device_wishes").fetchall()

    both.ask()
    both.city.now += wishes.KEPT_MS
    both.city.do(tidy_sent)
    assert len(names()) == 1
    both.city.now += 1
    kept = "INSERT INTO requests (branch, actor, key, digest, status, body, at) "
    both.city.db.execute(f"{kept} VALUES (1, 'a', 'k', 'd', 200, x'', ?)", (both.city.now,))
    both.city.do(tidy_sent)
    assert names() == []
    both.city.now += 48 * 3_600_000 + 1
    both.city.do(tidy_sent)
    assert not both.city.rows("SELECT * FROM requests"), "nor is an answer kept for longer"


def test_a_wish_that_comes_twice_is_done_once_and_a_strange_one_never(both: Kept) -> None:
    def do(wish: Wish) -> str | None:
        made = both.office.do(lambda tx: wishes.do(tx, wish, 1))
        return None if made is None else made.state

    def add(tx: SqliteTx) -> str:
        registry.create_token(tx.aside, tx.branch, "kiosk", "Kios", "d1", tx.now)
        return tx.day

    both.office.do(add)
    assert do(Wish("w1", "d1", "format", "", "Dewi")) == "refused"
    assert both.office.do(wishes.shown) == [], "there is no word for it here"
    assert do(Wish("w2", "d2", "end", "", "Dewi")) == "gone"
    assert do(Wish("w3", "d1", "rename", "", "Dewi")) == "refused"
    assert do(Wish("w4", "d1", "end", "", "Dewi")) == "done"
    assert do(Wish("w4", "d1", "end", "", "Dewi")) is None
    told = both.office.do(wishes.outcomes)
    assert {each.id: each.state for each in told} == {
        "w1": "refused", "w2": "gone", "w3": "refused", "w4": "done"
    }  # fmt: skip
    both.office.now += wishes.KEPT_MS + 1
    assert do(Wish("w5", "d1", "end", "", "Dewi")) == "gone"
    assert [each.id for each in both.office.do(wishes.outcomes)] == ["w5"]
