"""The city prepares settings and people for offices, which look at them and decide."""

from __future__ import annotations

import io
import json
import tomllib
import wave
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack
from typing import Any

import msgspec
import pytest

from server.lobby.voice.packs import Card
from tests.server.api.client import Client
from tests.server.api.test_settings_calls import mall
from tests.server.city.test_link import admitted, join
from tests.server.process import PASSWORD, Server, free_port, office_toml
from tests.server.waiting import soon

DAY = {"first": "2027-05-01", "last": "", "names": {"id": "Hari Buruh", "en": "Labour Day"},
       "periods": [], "services": []}  # fmt: skip
ENGLISH = {"Accept-Language": "en"}


class City:
    """A city with a hall of its own, ``balai``, and two offices that are linked to it."""

    def __init__(self, city: Client, managers: dict[str, Client]) -> None:
        self.city, self.managers = city, managers

    async def of(self, code: str) -> dict[str, Any]:
        halls = (await self.city.get("/api/city/prepared", headers=ENGLISH)).json["halls"]
        found: dict[str, Any] = next(each for each in halls if each["code"] == code)
        return found

    async def start(self, code: str) -> tuple[int, dict[str, Any]]:
        told = (await self.city.get(f"/api/city/prepared/{code}")).json
        return told["base"], json.loads(told["settings"])

    async def prepare(
        self,
        code: str,
        base: int,
        settings: dict[str, Any],
        *halls: str,
        way: str = "",
        began: str = "",
    ) -> dict[str, Any]:
        body = {"settings": json.dumps(settings), "base": base, "halls": halls or [code],
                "began": began}  # fmt: skip
        done = await self.city.post(f"/api/city/prepared/{code}{way}", body, headers=ENGLISH)
        assert done.status == 200, done.body
        return {each["code"]: each for each in done.json["halls"]}

    async def offer(self, code: str) -> dict[str, Any]:
        told = await self.managers[code].get("/api/settings/prepared", headers=ENGLISH)
        found: dict[str, Any] = told.json
        return found

    async def arrived(self, code: str) -> dict[str, Any]:
        """Return what an office reads once its server has what is prepared."""

        async def here() -> bool:
            return bool((await self.of(code))["had"])

        await self.hurry(code)
        await soon(here, f"{code} has what is prepared")
        return await self.offer(code)

    async def hurry(self, code: str) -> None:
        """Let something happen in an office, so that its box comes at once."""
        for act in ("open", "close"):
            done = await self.managers[code].post(f"/api/counters/1/{act}")
            assert done.status == 200


OFFICES = ("melati", "anggrek")


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Server]]:
    """The city's server, and those of two offices that send it their log."""
    folder = tmp_path_factory.mktemp("city")
    with ExitStack() as stack:
        city = stack.enter_context(Server(folder / "city"))
        city.add_branch(office_toml("balai"))
        tokens = {code: admitted(city, code) for code in OFFICES}
        city.start()
        made = {"balai": city}
        for code in OFFICES:
            office = made[code] = stack.enter_context(Server(folder / code))
            office.add_branch(office_toml(code, counters=2))
            office.start()
            join(office, city.url, tokens[code])
        for code in OFFICES:
            made[code].person("dewi", "manager", code)
        yield made


@pytest.fixture
async def halls(servers: dict[str, Server]) -> AsyncIterator[City]:
    async with AsyncExitStack() as stack:

        async def client(code: str, role: str) -> Client:
            return await stack.enter_async_context(servers[code].client(role, code))

        managers = {code: await client(code, "manager") for code in servers}
        city = City(await client("balai", "city"), managers)

        async def all_came() -> bool:
            return all([(await city.of(code))["ready"] for code in OFFICES])

        await soon(all_came, "the offices' settings have come")
        yield city
        for code in OFFICES:
            await city.city.delete(f"/api/city/prepared/{code}")


async def test_one_edit_reaches_all_offices_and_each_decides(halls: City) -> None:
    base, settings = await halls.start("melati")
    settings["special_days"].append(DAY)
    settings["name"] = "Kelurahan Melati Baru"
    asked = ("balai", "melati", "anggrek", "mawar")
    looked = await halls.prepare("melati", base, settings, *asked, way="/check")
    assert [(await halls.of(code))["at"] for code in asked[:3]] == [None] * 3, "only looked at"
    done = await halls.prepare("melati", base, settings, *asked)
    assert done == looked
    assert list(done) == list(asked)
    assert done["anggrek"]["changes"] == ["New: Special days Labour Day (2027-05-01)"]
    assert len(done["melati"]["changes"]) == 2, "a name is an office's own"
    assert "no hall" in done["mawar"]["problems"][0]["words"]
    for code in asked[:3]:
        offer = await halls.arrived(code) if code != "balai" else await halls.offer(code)
        assert offer["changes"] == done[code]["changes"]
        before = (await halls.managers[code].get("/api/settings")).json
        assert "Hari Buruh" not in before["settings"], "nothing changes by itself"
        if code == "anggrek":
            aside = {"version": offer["version"]}
            await halls.managers[code].post("/api/settings/prepared/aside", aside)
            continue
        taken = {"settings": offer["settings"], "base": offer["base"]}
        assert (await halls.managers[code].post("/api/settings", taken)).status == 200
        after = (await halls.managers[code].get("/api/settings")).json
        assert "Hari Buruh" in after["settings"]
        assert (await halls.offer(code))["version"] == 0, "all of it is in force"

    async def known() -> bool:
        await halls.hurry("anggrek")
        found = {code: await halls.of(code) for code in asked[:3]}
        return [(bool(each["changes"]), each["aside"]) for each in found.values()] == [
            (False, False), (False, False), (True, True)
        ]  # fmt: skip

    await soon(known, "the city sees who took it and who put it aside")
    base, settings = await halls.start("anggrek")
    settings["rules"]["max_recalls"] = 4
    await halls.prepare("anggrek", base, settings)
    offer = await halls.arrived("anggrek")
    assert (len(offer["changes"]), offer["aside"]) == (2, False), "another version is looked at"
    assert (await halls.city.delete("/api/city/prepared/anggrek")).status == 204
    assert (await halls.arrived("anggrek"))["version"] == 0


async def test_what_an_office_changed_meanwhile_stays(halls: City) -> None:
    base, settings = await halls.start("melati")
    settings["rules"]["max_recalls"], settings["rules"]["priority_cap"] = 4, 7
    await halls.prepare("melati", base, settings, "melati", "anggrek")
    manager = halls.managers["melati"]
    own = json.loads((await manager.get("/api/settings")).json["settings"])
    own["rules"]["max_recalls"], own["rules"]["grace_minutes"] = 2, 17
    await manager.post("/api/settings", {"settings": json.dumps(own), "base": base})
    offer = await halls.arrived("melati")
    taken = {"settings": offer["settings"], "base": offer["base"]}
    checked = (await manager.post("/api/settings/check", taken)).json
    assert len(checked["conflicts"]) == len(offer["conflicts"]) == 1
    assert (await manager.post("/api/settings", taken)).status == 409
    now = json.loads((await manager.get("/api/settings")).json["settings"])
    assert (now["rules"]["max_recalls"], now["rules"]["grace_minutes"]) == (2, 17)
    done = await halls.prepare("anggrek", 1, {**own, "code": "anggrek"}, "melati")
    assert "There it is so" in done["melati"]["conflicts"][0]


async def test_what_does_not_fit_is_not_prepared(halls: City) -> None:
    base, settings = await halls.start("melati")
    settings["rules"]["max_recalls"] = -1
    done = await halls.prepare("melati", base, settings)
    assert done["melati"]["problems"][0]["path"] == "rules.max_recalls"
    settings["rules"]["max_recalls"], settings["code"] = 3, "mawar"
    done = await halls.prepare("melati", base, settings)
    assert done["melati"]["problems"][0]["path"] == "code"
    assert (await halls.of("melati"))["changes"] == []
    assert (await halls.city.get("/api/city/prepared/mawar")).status == 404
    assert (await halls.managers["balai"].get("/api/city/prepared")).status == 403


async def test_people_are_invited_by_their_office(halls: City, servers: dict[str, Server]) -> None:
    people = [{"login": "sari", "name": "Ibu Sari", "role": "staff"},
              {"login": "budi", "name": "Pak Budi", "role": "supervisor"}]  # fmt: skip
    path = "/api/city/prepared/melati/people"
    assert (await halls.city.post(path, {"people": people[:1] * 2})).status == 422
    assert (await halls.city.post(path, {"people": people})).status == 204
    offer = await halls.arrived("melati")
    asked = [each | {"mine": False} for each in people]
    assert (offer["people"], offer["changes"]) == (asked, []), "a script invites nobody"
    async with servers["melati"].client() as dewi:
        await dewi.post("/api/session", {"login": "dewi", "password": PASSWORD}, check=True)
        for number, who in enumerate(people, 1):
            assert (await dewi.post("/api/people", who)).status == 201
            left = [each["login"] for each in (await halls.offer("melati"))["people"]]
            assert left == [each["login"] for each in people[number:]]
    assert (await halls.offer("melati"))["version"] == 0

    async def nobody_is_named() -> bool:
        await halls.hurry("melati")
        return not (await halls.of("melati"))["people"]

    await soon(nobody_is_named, "the city hears who was invited")
    branch = servers["balai"].branch("melati")
    at_city = servers["balai"].query("SELECT people FROM prepared WHERE branch = ?", branch)
    assert at_city == [("[]",)]

    def forgotten() -> bool:
        return servers["melati"].query("SELECT people FROM prepared") == [("[]",)]

    await soon(forgotten, "the office forgets who was to be invited")


async def test_two_people_of_the_city_add_to_the_same_list(
    halls: City, servers: dict[str, Server]
) -> None:
    path = "/api/city/prepared/anggrek/people"
    sari = {"login": "sari", "name": "Ibu Sari", "role": "staff"}
    chief = {"login": "kepala", "name": "Pak Kepala", "role": "manager"}
    for each in (sari, chief, sari | {"name": "Ibu Sari Dewi"}):
        assert (await halls.city.post(path, {"people": [each]})).status == 204
    told = (await halls.of("anggrek"))["people"]
    assert [each["name"] for each in told] == ["Ibu Sari Dewi", "Pak Kepala"]
    await halls.arrived("anggrek")
    async with servers["anggrek"].client() as dewi:
        await dewi.post("/api/session", {"login": "dewi", "password": PASSWORD}, check=True)
        offer = (await dewi.get("/api/settings/prepared")).json
    assert [each["mine"] for each in offer["people"]] == [True, False], "an administrator invites"
    assert (await halls.city.delete(f"{path}/sari")).status == 204
    assert [each["login"] for each in (await halls.of("anggrek"))["people"]] == ["kepala"]


async def test_two_edits_of_one_hall_are_put_together(halls: City) -> None:
    base, one = await halls.start("melati")
    _, other = await halls.start("melati")
    one["rules"]["grace_minutes"], other["rules"]["priority_cap"] = 44, 7
    await halls.prepare("melati", base, one)
    both = await halls.prepare("melati", base, other)
    assert len(both["melati"]["changes"]) == 2, "who came second takes nothing away"
    told = (await halls.city.get("/api/city/prepared/melati")).json
    assert told["earlier"] is True
    third = json.loads(told["settings"])
    third["special_days"].append(DAY | {"first": "2027-07-01"})
    done = await halls.prepare(
        "melati", told["base"], third, "melati", "anggrek", began=told["settings"]
    )
    assert len(done["melati"]["changes"]) == 3
    assert done["anggrek"]["changes"] == ["New: Special days Labour Day (2027-07-01)"], (
        "not what was before"
    )


async def test_what_the_office_has_otherwise_is_said_and_not_called_in_force(halls: City) -> None:
    base, settings = await halls.start("anggrek")
    settings["rules"]["grace_minutes"] = 44
    await halls.prepare("anggrek", base, settings)
    manager = halls.managers["anggrek"]
    own = json.loads((await manager.get("/api/settings")).json["settings"])
    own["rules"]["grace_minutes"], own["rules"]["priority_cap"] = 21, 6
    await manager.post("/api/settings", {"settings": json.dumps(own), "base": base})
    offer = await halls.arrived("anggrek")
    assert (offer["changes"], len(offer["conflicts"])) == ([], 1)
    assert "44. Here it is so:" in offer["conflicts"][0]

    async def came() -> bool:
        return bool((await halls.of("anggrek"))["conflicts"])

    await soon(came, "the city has the office's newer settings")
    assert (await halls.of("anggrek"))["changes"] == []
    _, settings = await halls.start("anggrek")
    told = (await halls.city.get("/api/city/prepared/anggrek")).json
    settings["special_days"].append(DAY | {"first": "2027-08-01"})
    done = await halls.prepare("anggrek", told["base"], settings, began=told["settings"])
    assert done["anggrek"]["changes"] == ["New: Special days Labour Day (2027-08-01)"]


async def test_an_older_office_meets_only_settings_that_somebody_touched(
    halls: City, servers: dict[str, Server]
) -> None:
    base, settings = await halls.start("melati")
    settings["special_days"].append(DAY | {"first": "2027-09-01"})
    await halls.prepare("melati", base, settings)
    offer = await halls.arrived("melati")
    assert offer["changes"] == ["New: Special days Labour Day (2027-09-01)"]
    ((text,),) = servers["melati"].query("SELECT settings FROM prepared")
    kept = json.loads(text)
    whole = json.loads(offer["settings"])
    assert set(kept) < set(whole), "what counts without being written does not travel"
    assert "slot_cap" not in kept["rules"]


async def test_a_city_from_an_older_backup_is_heard_again(
    halls: City, servers: dict[str, Server]
) -> None:
    base, settings = await halls.start("melati")
    city, branch = servers["balai"], servers["balai"].branch("melati")
    settings["special_days"].append(DAY | {"first": "2027-10-01"})
    await halls.prepare("melati", base, settings)
    await halls.arrived("melati")
    ((text, version),) = city.query(
        "SELECT settings, version FROM prepared WHERE branch = ?", branch
    )
    settings["special_days"][-1]["first"] = "2027-10-02"
    await halls.prepare("melati", base, settings)
    offer = await halls.arrived("melati")
    aside = {"version": offer["version"]}
    await halls.managers["melati"].post("/api/settings/prepared/aside", aside)
    with city.database() as db:  # as a backup from between the two has it
        db.execute(
            "UPDATE prepared SET settings = ?, version = ?, had = ? WHERE branch = ?",
            (text, version, version, branch),
        )
    settings["special_days"][-1]["first"] = "2027-10-03"
    await halls.prepare("melati", base, settings)
    offer = await halls.arrived("melati")
    assert "2027-10-03" in offer["settings"]
    assert offer["aside"] is False


async def test_a_stick_brings_it_where_there_is_no_line(halls: City) -> None:
    base, settings = await halls.start("melati")
    settings["special_days"] = [DAY | {"first": "2027-06-01"}]
    await halls.prepare("melati", base, settings)
    file = await halls.city.get("/api/city/prepared/melati/file")
    assert tomllib.loads(file.body.decode())["special_days"][0]["names"]["id"] == "Hari Buruh"
    manager = halls.managers["melati"]
    brought = (await manager.post("/api/settings/file", {"file": file.body.decode()})).json
    assert brought["base"] == base
    checked = (await manager.post("/api/settings/check", brought, headers=ENGLISH)).json
    assert checked["changes"][0] == "New: Special days Labour Day (2027-06-01)"


def voice(person: str) -> bytes:
    """Return the file of a voice that says one phrase."""
    sound, out = io.BytesIO(), io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(24_000)
        file.writeframes(b"\1\0" * 12_000)
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("pack.json", msgspec.json.encode(Card(person, "Ya", "2026-11-28")))
        archive.writestr("id/number.wav", sound.getvalue())
    return out.getvalue()


async def test_an_office_fetches_the_voice_that_the_city_has_for_it(halls: City) -> None:
    path = "/api/city/prepared/melati/voices"
    put = await halls.city.post(path, raw=voice("Ibu Sari"))
    assert (put.status, put.json["languages"]) == (201, ["id"])
    assert (await halls.city.post(path, raw=b"no zip")).status == 422
    melati, anggrek = halls.managers["melati"], halls.managers["anggrek"]
    offered = (await melati.get("/api/voice/city")).json
    assert [each["person"] for each in offered["voices"]] == ["Ibu Sari"]
    one = offered["voices"][0]["id"]
    assert (await anggrek.get("/api/voice/city")).json == {"voices": [], "linked": True}
    assert (await anggrek.post(f"/api/voice/city/{one}", {})).status == 404
    for _ in range(2):  # an answer was lost, or somebody presses again
        assert (await melati.post(f"/api/voice/city/{one}", {})).status == 201
    offered = (await melati.get("/api/voice/city")).json
    assert [each["here"] for each in offered["voices"]] == [True]
    packs = (await melati.get("/api/voice/packs")).json["packs"]
    assert [(each["card"]["person"], each["active"]) for each in packs] == [("Ibu Sari", False)]
    assert (await halls.managers["balai"].get("/api/voice/packs")).json["packs"] == []
    assert (await halls.city.delete(f"{path}/{one}")).status == 204
    assert (await melati.get("/api/voice/city")).json["voices"] == []
    assert len((await melati.get("/api/voice/packs")).json["packs"]) == 1, "it stays"


async def test_where_no_city_answers_no_voice_is_offered(
    halls: City, servers: dict[str, Server]
) -> None:
    alone, melati = halls.managers["balai"], halls.managers["melati"]
    assert (await alone.get("/api/voice/city")).json == {"voices": [], "linked": False}
    assert (await alone.post("/api/voice/city/some-pack", {})).status == 404
    with servers["melati"].database() as db:
        db.execute("UPDATE city_links SET url = ?", (f"http://127.0.0.1:{free_port()}",))
    answer = await melati.get("/api/voice/city")
    assert (answer.status, answer.problem) == (409, "city-not-reached")
    with servers["melati"].database() as db:
        db.execute("UPDATE city_links SET url = ?", (servers["balai"].url,))


async def test_the_settings_of_a_mall_are_prepared_and_arrive_whole(halls: City) -> None:
    base, settings = await halls.start("melati")
    began = json.dumps(settings)
    mall(settings, 240)
    done = await halls.prepare("melati", base, settings, began=began)
    assert done["melati"]["problems"] == []
    offer = await halls.arrived("melati")
    assert offer["changes"] == done["melati"]["changes"]
    assert sum("Renewal of licence" in each for each in offer["changes"]) >= 237
