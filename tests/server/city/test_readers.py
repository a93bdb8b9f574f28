"""People of an agency are invited in the browser, by the city or by whose halls they all are."""

from __future__ import annotations

from tests.server.api.client import Client
from tests.server.process import PASSWORD, Hall, office_toml

OWN = "kursi biru di teras"


def of_agency(hall: Hall, agency: str) -> None:
    hall.server.add_branch(office_toml(hall.code, more=f'agency = "{agency}"\n'))


async def logged_in(client: Client, hall: Hall, name: str, role: str) -> None:
    body = {"login": hall.person(name, role), "password": PASSWORD}
    assert (await client.post("/api/session", body)).status == 200


async def test_the_city_invites_somebody_who_then_reads_that_agencys_halls_alone(
    hall: Hall, other: Hall, visitor: Client
) -> None:
    mine, theirs = f"Dinas {hall.code}", f"Dinas {other.code}"
    of_agency(hall, mine)
    of_agency(other, theirs)
    async with hall.client() as city:
        await logged_in(city, hall, "kota", "city")
        assert {mine, theirs} <= set((await city.get("/api/city/people")).json["agencies"])
        body = {"login": f"rina.{hall.code}", "name": "Ibu Rina", "agency": mine.upper()}
        made = (await city.post("/api/city/people", body)).json
        assert (await city.post("/api/city/people", body)).problem == "conflict"
        nobody = body | {"login": f"x.{hall.code}", "agency": "Dinas Khayalan"}
        assert (await city.post("/api/city/people", nobody)).json["field"] == "agency"
        first = made["code"]
        again = await city.post(f"/api/city/people/{made['person']}/invitation", {})
        assert (await visitor.post("/api/invitation", {"code": first})).status == 403
        took = {"code": again.json["code"], "password": OWN}
        assert (await visitor.post("/api/invitation", {"code": took["code"]})).json["role"] == (
            "agency"
        )
        assert (await visitor.post("/api/invitation/take", took)).status == 204
        told = (await visitor.get("/api/city/halls")).text
        assert hall.code in told
        assert other.code not in told
        late = await city.post(f"/api/city/people/{made['person']}/invitation", {})
        assert late.problem == "has-password"
        (row,) = [
            each
            for each in (await city.get("/api/city/people")).json["people"]
            if each["id"] == made["person"]
        ]
        assert (row["agency"], row["invited"]) == (mine, False)
        assert (await city.delete(f"/api/city/people/{made['person']}")).status == 204
    assert (await visitor.get("/api/city/halls")).status == 401
    async with hall.client() as boss:
        await logged_in(boss, hall, "agus", "admin")
        deeds = (await boss.get("/api/deeds", headers={"Accept-Language": "en"})).json["deeds"]
    assert f"Invited Ibu Rina (agency {mine})" in [each["text"] for each in deeds]


async def test_an_administrator_invites_for_agencies_whose_halls_are_all_the_own_one(
    hall: Hall, other: Hall, visitor: Client
) -> None:
    mine, shared = f"Dinas {hall.code}", f"Dinas bersama {hall.code}"
    tenants = (
        f'[[agencies]]\ncode = "own"\nnames = {{ id = "{mine}" }}\n'
        f'[[agencies]]\ncode = "both"\nnames = {{ id = "{shared}" }}\n'
        '[[services]]\ncode = "D"\nnames = { id = "D" }\nagency = "own"\n'
        '[[services]]\ncode = "E"\nnames = { id = "E" }\nagency = "both"\n'
    )
    hall.server.add_branch(office_toml(hall.code) + "\n" + tenants)
    of_agency(other, shared)
    async with hall.client() as boss, other.client() as neighbour, hall.client() as manager:
        await logged_in(boss, hall, "agus", "admin")
        await logged_in(neighbour, other, "budi", "admin")
        await logged_in(manager, hall, "dewi", "manager")
        assert (await boss.get("/api/city/people")).json["agencies"] == [mine]
        body = {"login": f"sari.{hall.code}", "name": "Sari", "agency": mine}
        assert (await manager.post("/api/city/people", body)).status == 403
        assert (await boss.post("/api/city/people", body | {"agency": shared})).status == 422
        assert (await neighbour.post("/api/city/people", body)).status == 422
        made = (await boss.post("/api/city/people", body)).json
        assert (await neighbour.get("/api/city/people")).json["people"] == []
        for path in ("", "/invitation"):
            far = f"/api/city/people/{made['person']}{path}"
            answer = await (neighbour.post(far, {}) if path else neighbour.delete(far))
            assert answer.status == 404
        took = {"code": made["code"], "password": OWN}
        assert (await visitor.post("/api/invitation/take", took)).status == 204
        assert hall.code in (await visitor.get("/api/city/halls")).text


async def test_who_reads_another_language_finds_and_locks_out_who_was_invited(hall: Hall) -> None:
    mine = f"Dinas {hall.code}"
    tenants = (
        f'[[agencies]]\ncode = "own"\nnames = {{ id = "{mine}", en = "Office {hall.code}" }}\n'
        '[[services]]\ncode = "D"\nnames = { id = "D" }\nagency = "own"\n'
    )
    hall.server.add_branch(office_toml(hall.code) + "\n" + tenants)
    english = {"Accept-Language": "en"}
    async with hall.client() as boss:
        await logged_in(boss, hall, "agus", "admin")
        body = {"login": f"sari.{hall.code}", "name": "Sari", "agency": mine}
        made = (await boss.post("/api/city/people", body)).json
        told = (await boss.get("/api/city/people", headers=english)).json
        assert told["agencies"] == [f"Office {hall.code}"]
        assert [each["id"] for each in told["people"]] == [made["person"]]
        far = f"/api/city/people/{made['person']}"
        assert (await boss.delete(far, headers=english)).status == 204
        assert (await boss.get("/api/city/people")).json["people"] == []


async def test_a_key_of_a_script_invites_nobody(hall: Hall) -> None:
    of_agency(hall, f"Dinas {hall.code}")
    async with hall.client("city") as script:
        body = {"login": f"x.{hall.code}", "name": "X", "agency": f"Dinas {hall.code}"}
        assert (await script.post("/api/city/people", body)).problem == "no-person"
