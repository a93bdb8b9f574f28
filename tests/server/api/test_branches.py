"""Two offices under one roof: what belongs to one is not there for the other's people."""

from __future__ import annotations

import io
import re
import wave
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from server.contract import ROUTES
from server.satisfaction.method import method
from server.storage.queries import wishes
from server.storage.queries.rota import Swap, add_swap
from server.storage.queries.wishes import Kept
from tests.server.advised import advised
from tests.server.api.client import Client
from tests.server.api.test_comfort import doors
from tests.server.api.test_feedback import served, token_of
from tests.server.comfort.places import TOML
from tests.server.lobby.test_media_api import added, picture
from tests.server.process import PASSWORD, Hall, office_toml

SHARED = {
    "counter", "service", "token", "language", "clip", "door", "day", "place", "office", "version",
    "passkey",
}  # fmt: skip
"""Parts of addresses that each office numbers for itself, or that are a key by themselves,
or that are looked for among one's own."""
SHORTEST_ID, OK = 12, 200
BODIES: dict[str, object] = {
    "/api/tickets/{ticket}/transfer": {"service": "B"},
    "/api/tickets/{ticket}/change": {"people": 2},
    "/api/displays/{display}": {"zone": "lobby"},
    "/api/devices/{device}/rename": {"name": "Lobi"},
    "/api/feedback/{word}/assign": {"person": "0" * 32},
    "/api/feedback/{word}/act": {"action": "Kami menambah petugas."},
    "/api/comfort/faults/{fault}/assign": {"person": "0" * 32},
    "/api/comfort/faults/{fault}/mend": {"action": "Sabun diisi lagi."},
    "/api/advice/{advice}/answer": {"answer": "taken"},
    "/api/quiet-calls/{call}/over": {"reason": "Sudah pulang."},
    "/api/people/{person}": {"name": "Ibu Sari", "role": "staff"},
    "/api/survey/plans/{plan}/end": {"result": "Loket kedua dibuka."},
}


def clip() -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setparams((1, 2, 24_000, 0, "NONE", "NONE"))
        file.writeframes(b"\x01\x02" * 12_000)
    return made.getvalue()


async def belongings(manager: Client, kiosk: Client) -> dict[str, str]:
    """Give an office one of everything; return the ids by the names of the addresses' parts."""
    card = {"person": "Ibu Sari", "consent": "Boleh dipakai.", "agreed_on": "2026-11-02"}
    pack = (await manager.post("/api/voice/packs", card)).json["id"]
    spoken = await manager.post(f"/api/voice/packs/{pack}/id/counter", raw=clip())
    assert spoken.status == 204
    await manager.post("/api/displays/code", {"name": "lobi"})
    asked = await kiosk.post("/api/help", {})
    assert asked.status < 300, asked.text
    return {
        "ticket": str((await kiosk.take())["id"]),
        "media": str((await added(manager, picture(), "foto.jpg"))["id"]),
        "pack": pack,
        "help": str(asked.json["id"]),
        "language": "id",
        "clip": "counter",
        "counter": "1",
        "service": "A",
        "token": "x" * 22,
    }


async def comforts(hall: Hall, manager: Client) -> dict[str, str]:
    """Give an office a fault with a photo, and a phone that mends; return their ids."""
    hall.server.add_branch(office_toml(hall.code) + TOML)
    door = f"/api/comfort/at/{(await doors(hall))['toilet']}"
    async with hall.client("care") as phone:
        (fault,) = (await phone.post(f"{door}/check", {"faults": ["soap"]})).json["faults"]
        path = f"/api/comfort/faults/{fault['id']}/photo"
        kept = await phone.post(path, raw=picture(), headers={"Content-Type": "image/png"})
        (photo,) = [each["photo"] for each in kept.json["notes"] if each["photo"]]
        phones = (await manager.get("/api/comfort/phones")).json["phones"]
    return {"fault": fault["id"], "photo": photo.rsplit("/", 1)[1], "phone": phones[0]["id"]}


@pytest.fixture
async def mine(hall: Hall, manager: Client, kiosk: Client) -> dict[str, str]:
    hall.token("display", "lobi")
    async with hall.client() as phone:
        said = {"face": 1, "said": "Saya menunggu lama.", "thanks": False}
        path = f"/api/track/{token_of(await served(hall))}/feedback"
        assert (await phone.post(path, said)).status == 200
    ids = await belongings(manager, kiosk)
    added = hall.server.ramah("printer", "add", "hall", "file:/dev/null", "--branch", hall.code)
    assert added.returncode == 0
    ids["printer"] = (await manager.get("/api/printers")).json["printers"][0]["id"]
    ids["display"] = (await manager.get("/api/displays")).json["displays"][0]["id"]
    ids["device"] = ids["display"]
    ids["word"] = (await manager.get("/api/feedback")).json["words"][0]["id"]
    plan = {"element": "waktu", "plan": "Membuka loket kedua.", "due": "2099-12-31"}
    made = await manager.post("/api/survey/plans", plan)
    assert made.status == 200, made.text
    ids["plan"] = made.json["plans"][0]["id"]
    today = str((await manager.get("/api/queue")).json["day"])
    marks = {each.key: 3 for each in method("skm-2017").elements}
    paper = {"day": today, "service": "A", "marks": marks, "said": "Kursinya kurang."}
    await manager.post("/api/survey/answers", paper)
    ids["sentence"] = (await manager.get("/api/survey")).json["said"][0]["id"]
    told = await manager.post("/api/survey/published", {"first": today, "last": today})
    ids["result"] = told.json["results"][0]["id"]
    ids["call"] = str((await manager.post("/api/counters/1/quiet-call", {})).json["id"])
    ids["advice"] = advised(hall)
    settings = (await manager.get("/api/settings")).json
    change = {"settings": settings["settings"], "base": settings["version"]}
    made = await manager.post("/api/settings", change | {"at": f"{int(today[:4]) + 1}-01-04T07:30"})
    ids["code"] = hall.code
    ids["change"] = made.json["planned"]
    ids |= await comforts(hall, manager)
    await manager.post("/api/tablets/code", {"counter": 1, "name": "Loket satu"})
    hall.token("tablet", "Loket satu")
    ids["tablet"] = (await manager.get("/api/tablets")).json["tablets"][0]["id"]
    ids["swap"] = f"{hall.number:032}"
    with hall.server.database() as db:
        add_swap(db, hall.number, Swap(ids["swap"], today, today, "x", None, "offered", 1))
    ids["wish"] = f"{hall.number:032}"
    with hall.server.database() as db:
        wish = Kept(ids["wish"], ids["device"], "lobi", "end", "", "Dewi", 1, "waiting", None)
        wishes.put(db, hall.number, wish)
    hall.person("sari")
    ids["person"] = (await manager.get("/api/people")).json["people"][0]["id"]
    hall.server.session(f"sari.{hall.code}")
    with hall.server.database() as db:
        db.execute("UPDATE sessions SET id = hash WHERE user = ?", (ids["person"],))
        (ids["login"],) = db.execute(
            "SELECT id FROM sessions WHERE user = ?", (ids["person"],)
        ).fetchone()
    return ids


async def test_nothing_of_an_office_is_there_for_another_offices_manager(
    mine: dict[str, str], other: Hall, manager: Client
) -> None:
    walked = 0
    async with other.client("manager") as stranger, other.client("display") as screen:
        for route in ROUTES:
            parts = set(re.findall(r"{(\w+)}", route.path))
            if not parts - SHARED:
                continue
            assert parts <= mine.keys(), f"{route.path} names something this test does not know"
            address = route.path.format(**mine)
            more: dict[str, Any] = {"raw": clip()} if route.upload else {}
            body = BODIES.get(route.path, {} if route.body else None)
            for role, asker in (("manager", stranger), ("display", screen)):
                answer = await asker.send(route.method, address, body, **more)
                told = (route.method, route.path, answer.status)
                if role in route.roles:
                    assert answer.status == 404, told
                else:
                    assert answer.status == 403, told
            walked += 1
        assert walked > 10
        assert (await stranger.get("/api/voice/packs")).json["packs"] == []
        assert (await stranger.get("/api/media")).json["media"] == []
        speaks = {"voice": {"pack": mine["pack"]}}
        assert (await stranger.post("/api/voice", speaks)).status == 404
    heard = await manager.get(f"/api/voice/packs/{mine['pack']}/id/counter")
    assert (heard.status, heard.body) == (200, clip())
    assert (await manager.get(f"/api/media/{mine['media']}/file")).status == 200


async def test_no_list_of_an_office_tells_of_another_one(
    mine: dict[str, str], hall: Hall, other: Hall, visitor: Client
) -> None:
    login = other.person("dewi", "manager")
    await visitor.post("/api/session", {"login": login, "password": PASSWORD})
    today = str((await visitor.get("/api/queue")).json["day"])
    monday = date.fromisoformat(today) - timedelta(days=date.fromisoformat(today).weekday())
    asked = {
        "from": today, "to": today, "day": today, "week": monday.isoformat(), "label": "A001",
        "form": "csv", "counter": "1", "language": "id",
    }  # fmt: skip
    secrets = {hall.code, *(each for each in mine.values() if len(each) > SHORTEST_ID)}
    odd = {}
    for route in ROUTES:
        text = route.media.startswith("text/") or route.media.endswith(("json", "toml"))
        if route.method != "GET" or "{" in route.path or "manager" not in route.roles or not text:
            continue
        if route.path == "/api/settings/holidays":  # of a country; slow to be told
            continue
        query = {key: value for key, value in asked.items() if key in route.query}
        answer = await visitor.get(f"{route.path}?{urlencode(query)}", check=False)
        if answer.status != OK:
            odd[route.path] = answer.status
        assert not {each for each in secrets if each in answer.text}, route.path
    assert odd == {  # no page of a socket, no such number here, no plan of this week
        "/api/events": 400, "/api/privacy/visit": 404, "/api/rota/file": 404,
        "/api/rota/mine.ics": 404,
    }  # fmt: skip


async def test_a_managers_key_reads_the_metrics_of_its_own_office_alone(
    hall: Hall, other: Hall, manager: Client
) -> None:
    for each in (hall, other):
        async with each.client("kiosk") as kiosk:
            await kiosk.take()
    waits, waits_there = (f'branch="{each.code}"' for each in (hall, other))
    assert waits_there in (await manager.get("/metrics", check=False)).text  # on this machine
    manager.headers["X-Forwarded-For"] = "10.0.0.9"
    text = (await manager.get("/metrics", check=False)).text
    assert waits in text
    assert waits_there not in text
    assert "ramah_sockets" in text
    elsewhere = {"X-Forwarded-For": "10.0.0.9"}
    async with hall.client("city") as city, hall.client("kiosk") as kiosk:
        text = (await city.get("/metrics", headers=elsewhere)).text
        assert (waits in text, waits_there in text) == (True, True), "the city reads all halls"
        assert (await kiosk.get("/metrics", headers=elsewhere)).status == 403


async def test_an_office_that_names_anothers_voice_speaks_with_the_shipped_one(
    mine: dict[str, str], other: Hall
) -> None:
    toml = f'[voice]\npack = "{mine["pack"]}"\n'
    other.server.add_branch(office_toml(other.code) + "\n" + toml)
    async with other.client("display") as screen:
        told = (await screen.get("/api/voice")).json
        assert all(mine["pack"] not in str(each) for each in told["languages"].values())


async def test_a_voice_from_before_belongs_to_the_office_that_speaks_with_it(
    mine: dict[str, str], other: Hall, manager: Client
) -> None:
    toml = office_toml(other.code) + f'\n[voice]\npack = "{mine["pack"]}"\n'
    other.server.add_branch(toml)
    (other.server.data / "voices" / "packs" / mine["pack"] / "branch").unlink()
    assert (await manager.get("/api/voice/packs")).json["packs"] == []
    async with other.client("manager") as there:
        packs = (await there.get("/api/voice/packs")).json["packs"]
    assert [each["id"] for each in packs] == [mine["pack"]]
