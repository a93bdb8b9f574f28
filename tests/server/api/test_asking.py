"""A device shows a code and somebody lets it in: for what it is, for one hall, once."""

from __future__ import annotations

import asyncio
from contextlib import closing

import pytest
from websockets.asyncio.client import connect

from server.api.qr import link_picture
from server.fleet.asking import ENDS_S, MOST, MOST_EACH, SILENT_S, Asking, Full
from server.fleet.browsers import browser_of
from server.storage.database import connect as open_database
from server.storage.queries import keys
from tests.server.api.client import Answer, Client
from tests.server.process import Hall, Server, office_toml
from tests.server.waiting import soon

CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 "
    "Safari/537.36"
)


async def ask(device: Client, kind: str = "kiosk", counter: int | None = None) -> str:
    body: dict[str, object] = {"kind": kind}
    if counter is not None:
        body["counter"] = counter
    answer = await device.post("/api/devices/ask", body, headers={"User-Agent": CHROME})
    assert answer.status == 200
    assert "ramah_asking" not in answer.text
    code: str = answer.json["code"]
    assert answer.json["url"].endswith(f"/manager#devices/{code}")
    assert answer.json["picture"] == "", "no phone can open an address of this machine alone"
    return code


async def let_in(manager: Client, code: str, role: str = "kiosk", **more: object) -> Answer:
    body = {"code": code, "role": role, "name": "Kios depan", **more}
    return await manager.post("/api/devices/let-in", body)


def test_a_link_has_a_picture_only_where_a_phone_can_open_it() -> None:
    for url in ("https://antrean.example/kiosk#ABC", "http://192.0.2.7:8080/invite#ABC"):
        assert link_picture(url).startswith("data:image/svg+xml;base64,")
    for url in ("http://127.0.0.1:8080/kiosk#ABC", "http://localhost/invite#ABC", "http://[::1]/"):
        assert link_picture(url) == ""


def live_keys(hall: Hall, role: str = "kiosk") -> list[str]:
    with closing(open_database(hall.server.data)) as db:
        return [each.name for each in keys.devices(db, hall.number, role)]


# ------------------------------------------------------------------ coming in


async def test_a_device_shows_a_code_and_is_let_in_by_who_types_it(
    manager: Client, visitor: Client
) -> None:
    code = await ask(visitor)
    assert (await visitor.get("/api/services")).status == 401, "a secret alone opens nothing"
    typed = {"code": f"{code[:3]} {code[3:]}".lower()}
    seen = (await manager.post("/api/devices/look", typed)).json
    assert (seen["kind"], seen["browser"], seen["address"]) == (
        "kiosk", "Chrome 120, Linux", "127.0.0.1",
    )  # fmt: skip
    async with asyncio.TaskGroup() as group:
        held = group.create_task(visitor.post("/api/devices/wait", {}))
        answer = await let_in(manager, code)
        assert (answer.status, answer.json["name"]) == (201, "Kios depan")
    told = held.result()
    assert told.json == {"state": "in", "page": "/kiosk", "name": "Kios depan"}
    cookie = told.cookies["ramah_kiosk"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Strict")
    assert cookie.value not in told.text
    assert (await visitor.take())["label"] == "A001"
    assert (await visitor.get("/api/counters")).status == 403, "a kiosk's rights, no more"


async def test_a_device_that_missed_the_answer_gets_its_key_by_asking_again(
    manager: Client, visitor: Client
) -> None:
    asked = await visitor.post("/api/devices/ask", {"kind": "kiosk"})
    code, secret = asked.json["code"], asked.cookies["ramah_asking"].value
    await let_in(manager, code)
    for _ in range(2):  # the first answer may have been lost on its way
        told = await visitor.post(
            "/api/devices/wait", {}, headers={"Cookie": f"ramah_asking={secret}"}
        )
        assert told.json["state"] == "in"
    assert (await visitor.get("/api/services")).status == 200


async def test_a_page_that_is_loaded_again_shows_the_same_code(visitor: Client) -> None:
    assert await ask(visitor) == await ask(visitor)


async def test_the_person_says_what_it_is_whatever_page_it_shows(
    manager: Client, visitor: Client
) -> None:
    code = await ask(visitor, "kiosk")
    answer = await let_in(manager, code, "tablet", counter=3)
    assert answer.json["counter"] == 3
    told = await visitor.post("/api/devices/wait", {})
    assert told.json["page"] == "/counter/3/word"
    assert "ramah_tablet" in told.cookies
    assert (await visitor.get("/api/session", headers={"Ramah-As": "tablet"})).json["counter"] == 3


async def test_a_panel_above_a_counter_shows_its_calls_alone_and_is_silent(
    manager: Client, visitor: Client
) -> None:
    code = await ask(visitor, "display")
    await let_in(manager, code, "display", name="Panel loket 2", counter=2)
    await visitor.post("/api/devices/wait", {})
    shows = (await visitor.get("/api/displays/mine")).json["shows"]
    assert (shows["counters"], shows["sound"]) == ([2], "off")


async def test_a_print_agent_holds_its_secret_itself_and_gets_a_printer(
    hall: Hall, manager: Client, visitor: Client
) -> None:
    asked = (await visitor.post("/api/devices/ask", {"kind": "agent"})).json
    bearer = {"Authorization": f"Bearer {asked['secret']}"}
    await let_in(manager, asked["code"], "agent", name="depan")
    told = await visitor.post("/api/devices/wait", {}, headers=bearer)
    assert told.json == {"state": "in", "page": "", "name": "depan"}
    assert not told.cookies
    address = hall.server.url.replace("http", "ws") + "/api/agent"
    async with connect(address, additional_headers=bearer):
        printers = (await manager.get("/api/printers")).json["printers"]
        assert [each["name"] for each in printers] == ["depan"]
    other = (await visitor.post("/api/devices/ask", {"kind": "agent"})).json
    twin = await let_in(manager, other["code"], "agent", name="depan")
    assert (twin.status, twin.problem) == (409, "name-taken")


# ------------------------------------------------------------------ what must not happen


async def test_two_people_cannot_let_the_same_device_in_twice(
    hall: Hall, manager: Client, visitor: Client
) -> None:
    code = await ask(visitor)
    async with hall.client("admin") as admin:
        both = await asyncio.gather(*(let_in(each, code) for each in (manager, admin) * 3))
    assert sorted(each.status for each in both) == [201] + [409] * 5
    assert {each.problem for each in both if each.status == 409} == {"connected-already"}
    assert live_keys(hall) == ["Kios depan"]
    again = await let_in(manager, code)
    assert again.problem == "connected-already"


async def test_a_repeat_of_the_same_request_is_answered_as_the_first(
    hall: Hall, manager: Client, visitor: Client
) -> None:
    body = {"code": await ask(visitor), "role": "kiosk", "name": "Kios depan"}
    first = await manager.post("/api/devices/let-in", body, key="satu")
    again = await manager.post("/api/devices/let-in", body, key="satu")
    assert (again.status, again.json) == (first.status, first.json)
    assert live_keys(hall) == ["Kios depan"]


async def test_only_a_manager_lets_in_and_only_into_the_own_hall(
    hall: Hall, other: Hall, visitor: Client
) -> None:
    code = await ask(visitor)
    body = {"code": code, "role": "kiosk", "name": "Kios"}
    for role in ("staff", "host", "display"):
        async with hall.client(role) as nobody:
            assert (await nobody.post("/api/devices/let-in", body)).status == 403
    async with hall.client("manager") as manager, other.client("manager") as elsewhere:
        await elsewhere.post("/api/devices/let-in", body)
        late = await manager.post("/api/devices/let-in", body)
        assert (late.status, late.problem) == (404, "unknown-code")
    assert (live_keys(hall), live_keys(other)) == ([], ["Kios"])


@pytest.mark.parametrize("role", ["staff", "manager", "admin", "box", "city", "host"])
async def test_no_device_becomes_a_person(manager: Client, visitor: Client, role: str) -> None:
    answer = await let_in(manager, await ask(visitor), role)
    assert answer.status == 422


async def test_a_wrong_code_says_so_and_guessing_is_slowed_down(
    hall: Hall, manager: Client
) -> None:
    for guess in range(10):
        answer = await let_in(manager, f"AAA{guess:03}")
        assert (answer.status, answer.problem) == (404, "unknown-code")
    assert (await let_in(manager, "AAA AAA")).status == 429
    async with hall.client("admin") as admin:
        answer = await admin.post("/api/devices/look", {"code": "AAAAAA"})
        assert answer.status == 404, "who guesses keeps no other person from it"


async def test_who_has_no_code_any_more_is_told_to_ask_anew(visitor: Client) -> None:
    assert (await visitor.post("/api/devices/wait", {})).json["state"] == "over"
    headers = {"Authorization": "Bearer ramah_nothing"}
    told = await visitor.post("/api/devices/wait", {}, headers=headers)
    assert told.json["state"] == "over"


async def test_a_persons_key_is_no_devices(manager: Client) -> None:
    told = await manager.post("/api/devices/wait", {})
    assert told.json == {"state": "over", "page": "", "name": ""}


async def test_another_sites_page_asks_for_nothing(visitor: Client) -> None:
    evil = {"Origin": "http://evil.example"}
    for path, body in (("ask", {"kind": "kiosk"}), ("wait", {})):
        answer = await visitor.post(f"/api/devices/{path}", body, headers=evil)
        assert (answer.status, answer.problem) == (403, "not-allowed")
        assert not answer.cookies


# ------------------------------------------------------------------ who waits, and coming again


async def test_the_manager_of_the_only_hall_sees_who_waits_but_never_a_code(
    server: Server,
) -> None:
    async with server.client() as device, server.client("manager") as manager:
        code = await ask(device, "tablet", 2)
        answer = await manager.get("/api/devices/waiting")
        (seen,) = answer.json["devices"]
        assert (seen["kind"], seen["counter"], answer.json["told"]) == ("tablet", 2, True)
        assert code not in answer.text
        await let_in(manager, code, "tablet", counter=2)
        assert (await manager.get("/api/devices/waiting")).json["devices"] == []
        server.add_branch(office_toml("dua"))

        async def untold() -> bool:
            return (await manager.get("/api/devices/waiting")).json["told"] is False

        await soon(untold, "with two halls nobody is told whose devices wait")


async def test_a_device_that_lost_its_key_takes_its_own_place_again(
    hall: Hall, manager: Client, visitor: Client
) -> None:
    code = await ask(visitor, "display")
    first = (await let_in(manager, code, "display", name="Lobi")).json
    told = await visitor.post("/api/devices/wait", {})
    await manager.post(f"/api/displays/{first['id']}", {"zone": "Ruang B"})
    address = hall.server.url.replace("http", "ws") + "/api/events?as=display"
    old = {"Cookie": f"ramah_display={told.cookies['ramah_display'].value}"}
    async with hall.client() as wiped, connect(address, additional_headers=old) as socket:
        again = await let_in(manager, await ask(wiped, "display"), "display", instead=first["id"])
        assert again.json == first
        await wiped.post("/api/devices/wait", {})
        mine = (await wiped.get("/api/displays/mine")).json
        assert (mine["name"], mine["shows"]["zone"]) == ("Lobi", "Ruang B")
        await socket.wait_closed()
        assert socket.close_code == 1008, "the old key opens nothing any more"
    assert (await visitor.get("/api/displays/mine")).status == 401
    assert live_keys(hall, "display") == ["Lobi"]


async def test_nobody_takes_the_place_of_another_halls_device_or_of_another_kind(
    hall: Hall, other: Hall, manager: Client, visitor: Client
) -> None:
    other.token("kiosk", "Jauh")
    hall.token("display", "Layar")
    code = await ask(visitor)
    with hall.server.database() as db:
        found = dict(db.execute("SELECT name, id FROM tokens WHERE revoked_at IS NULL").fetchall())
    for instead in (found["Jauh"], found["Layar"], "none"):
        answer = await let_in(manager, code, instead=instead)
        assert (answer.status, answer.problem) == (404, "unknown-device")
    assert (await let_in(manager, code)).status == 201, "what went wrong used nothing up"


# ------------------------------------------------------------------ bounds, by a clock of our own


class Hand:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_code_ends_after_its_time_and_with_a_device_that_is_silent() -> None:
    clock = Hand()
    room = Asking(clock)
    lasting, _ = room.ask("kiosk", None, "192.0.2.1", "")
    silent, _ = room.ask("kiosk", None, "192.0.2.2", "")
    while clock.now < ENDS_S - 1:
        clock.now += SILENT_S / 2
        lasting.heard = clock.now
    assert (room.shows(lasting.code), room.shows(silent.code)) == (lasting, None)
    clock.now = lasting.heard = ENDS_S + 1
    assert room.shows(lasting.code) is None, "confirmed too late"
    assert room.waiting() == []


def test_one_address_fills_no_room_for_others() -> None:
    room = Asking(Hand())
    flood = [room.ask("kiosk", None, "192.0.2.66", "")[0] for _ in range(MOST_EACH + 5)]
    assert room.waiting() == flood[5:]
    for number in range(MOST - MOST_EACH):
        room.ask("display", None, f"198.51.100.{number}", "")
    late, _ = room.ask("display", None, "203.0.113.1", "")
    assert late in room.waiting()
    assert flood[5] not in room.waiting(), "who has most gives way"
    assert len(room.waiting()) == MOST


def test_when_every_place_is_another_addresss_the_next_is_told_to_come_back() -> None:
    room = Asking(Hand())
    for number in range(MOST):
        room.ask("display", None, f"198.51.100.{number}", "")
    with pytest.raises(Full):
        room.ask("display", None, "203.0.113.1", "")


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (CHROME, "Chrome 120, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/128.0", "Firefox 128, Windows"),
        ("Mozilla/5.0 (Linux; Android 9; SM-T510) Chrome/81.0 Safari/537.36", "Chrome 81, Android"),
        ("Ramah-Agent/0.1.0 (Linux)", "Ramah print agent 0.1, Linux"),
        ("<script>alert(1)</script>", ""),
        ("Chrome/" + "9" * 5000, "Chrome 999999"),
    ],
)
def test_a_browser_is_told_in_words_of_ours_alone(header: str, words: str) -> None:
    assert browser_of(header) == words
