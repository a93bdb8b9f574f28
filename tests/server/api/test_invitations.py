"""People come in by an invitation: a code, once, with which they choose the own password."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.server.api.client import Answer, Client
from tests.server.process import PASSWORD, Hall, Server

OWN = "kursi biru di teras"


async def log_in(client: Client, login: str, password: str = PASSWORD) -> Answer:
    return await client.post("/api/session", {"login": login, "password": password})


@pytest.fixture
async def boss(hall: Hall) -> AsyncIterator[Client]:
    """A manager who logged in."""
    async with hall.client() as client:
        await log_in(client, hall.person("dewi", "manager"))
        yield client


async def invited(boss: Client, hall: Hall, name: str = "rini", role: str = "staff") -> Answer:
    body = {"login": f"{name}.{hall.code}", "name": f"Ibu {name.capitalize()}", "role": role}
    answer = await boss.post("/api/people", body)
    assert answer.status == 201, answer.text
    return answer


async def person(boss: Client, login: str) -> dict[str, object]:
    people = (await boss.get("/api/people")).json["people"]
    return next(dict(each) for each in people if each["login"] == login)


async def test_who_takes_an_invitation_chooses_a_password_and_is_in(
    hall: Hall, boss: Client, visitor: Client
) -> None:
    made = (await invited(boss, hall)).json
    assert made["url"].endswith(f"/invite#{made['code']}")
    waits = await person(boss, made["login"])
    assert (waits["invited"], waits["over"]) == (True, False)
    told = (await visitor.post("/api/invitation", {"code": made["code"]})).json
    assert (told["name"], told["login"], told["role"]) == ("Ibu Rini", made["login"], "staff")
    spoken = f" {made['code'].lower().replace('-', ' ')} "
    for weak in ("kurang", "rini1234", made["login"]):
        body = {"code": spoken, "password": weak}
        assert (await visitor.post("/api/invitation/take", body)).status == 422
    taken = await visitor.post("/api/invitation/take", {"code": spoken, "password": OWN})
    assert (taken.status, taken.body) == (204, b"")
    assert (await visitor.get("/api/session")).json["name"] == "Ibu Rini"
    assert (await person(boss, made["login"]))["invited"] is False
    async with hall.client() as elsewhere:
        assert (await log_in(elsewhere, made["login"], OWN)).status == 200


async def test_an_invitation_works_once(hall: Hall, boss: Client, visitor: Client) -> None:
    code = (await invited(boss, hall)).json["code"]
    body = {"code": code, "password": OWN}
    assert (await visitor.post("/api/invitation/take", body)).status == 204
    async with hall.client() as second:
        again = await second.post("/api/invitation/take", body | {"password": "tiga kucing hitam"})
        assert (again.status, again.problem) == (403, "invitation-over")
        assert (await second.post("/api/invitation", {"code": code})).problem == "invitation-over"
        assert (await second.get("/api/session")).status == 401


async def test_an_invitation_runs_out_and_another_ends_the_one_before(
    hall: Hall, boss: Client, visitor: Client
) -> None:
    first = (await invited(boss, hall)).json
    again = await boss.post(f"/api/people/{first['person']}/invitation", {})
    assert again.status == 201
    for code, status in ((first["code"], 403), (again.json["code"], 200)):
        assert (await visitor.post("/api/invitation", {"code": code})).status == status
    with hall.server.database() as db:
        back = "UPDATE invitations SET expires_at = expires_at - 7 * 86400000 WHERE user = ?"
        db.execute(back, (first["person"],))
    body = {"code": again.json["code"], "password": OWN}
    assert (await visitor.post("/api/invitation/take", body)).problem == "invitation-over"
    assert (await person(boss, first["login"]))["over"] is True


async def test_until_then_nothing_logs_the_person_in(
    hall: Hall, boss: Client, visitor: Client
) -> None:
    made = (await invited(boss, hall)).json
    for password in ("x", made["code"], PASSWORD):
        assert (await log_in(visitor, made["login"], password)).problem == "wrong-login"


async def test_a_given_password_ends_the_invitation_and_who_has_one_needs_none(
    hall: Hall, boss: Client, visitor: Client
) -> None:
    made = (await invited(boss, hall)).json
    assert (await boss.post(f"/api/people/{made['person']}/password", {})).status == 200
    looked = await visitor.post("/api/invitation", {"code": made["code"]})
    assert looked.problem == "invitation-over"
    again = await boss.post(f"/api/people/{made['person']}/invitation", {})
    assert (again.status, again.problem) == (409, "has-password")


async def test_nobody_invites_who_may_as_much_or_more_and_no_script_invites_anybody(
    hall: Hall, boss: Client, manager: Client
) -> None:
    body = {"login": f"x.{hall.code}", "name": "Rini"}
    for role in ("manager", "admin"):
        assert (await boss.post("/api/people", body | {"role": role})).status == 403
    assert (await manager.post("/api/people", body | {"role": "staff"})).status == 403
    async with hall.client() as chief:
        await log_in(chief, hall.person("agus", "admin"))
        assert (await chief.post("/api/people", body | {"role": "admin"})).status == 201
        taken = await chief.post("/api/people", body | {"role": "staff"})
        assert (taken.status, taken.json["field"]) == (409, "login")
        wrong = await chief.post("/api/people", body | {"login": "Ibu Rini", "role": "host"})
        assert (wrong.status, wrong.json["field"]) == (422, "login")


async def test_a_colleague_gets_another_name_role_and_services_or_is_locked_out(
    hall: Hall, boss: Client, visitor: Client
) -> None:
    sari = hall.person("sari")
    await log_in(visitor, sari)
    path = f"/api/people/{(await person(boss, sari))['id']}"
    wrong = await boss.post(path, {"name": "Sari", "role": "staff", "services": ["X"]})
    assert (wrong.status, wrong.json["field"]) == (422, "services")
    change = {"name": "Ibu Sari", "role": "staff", "services": ["B"]}
    assert (await boss.post(path, change)).status == 204
    told = (await visitor.get("/api/session")).json
    assert (told["name"], told["skills"]) == ("Ibu Sari", ["B"])
    assert (await boss.post(path, change | {"role": "admin"})).status == 403
    assert (await boss.post(path, change | {"role": "host"})).status == 204
    assert (await visitor.get("/api/session")).status == 401, "another role is another log-in"
    await log_in(visitor, sari)
    assert (await boss.delete(path)).status == 204
    assert (await visitor.get("/api/session")).status == 401
    assert (await log_in(visitor, sari)).status == 401
    assert sari not in str((await boss.get("/api/people")).json)


async def test_a_code_stands_nowhere(hall: Hall, boss: Client, visitor: Client) -> None:
    code = (await invited(boss, hall)).json["code"]
    await visitor.post("/api/invitation", {"code": code})
    kept = hall.server.everything()
    for secret in (code, code.replace("-", "")):
        assert secret not in hall.server.stderr()
        assert secret not in kept


async def test_codes_are_not_guessed_quickly(server: Server) -> None:
    async with server.client() as stranger:
        answers = [await stranger.post("/api/invitation", {"code": f"x{n}"}) for n in range(21)]
    assert [each.problem for each in answers] == ["invitation-over"] * 20 + ["too-many-tries"]
