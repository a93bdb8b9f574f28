"""A manager makes a password for somebody who forgot theirs; it is told once and soon changed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import pytest

from tests.server.api.client import Client
from tests.server.process import PASSWORD, Hall

OWN = "kursi biru di teras"
GIVEN = re.compile(r"^[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}$")


async def enter(client: Client, login: str, password: str, new: str = "") -> tuple[int, str]:
    """Try to log in; return the status and what kind of problem it was."""
    body = {"login": login, "password": password} | ({"new": new} if new else {})
    answer = await client.post("/api/session", body)
    kind = answer.json.get("type", "")
    return answer.status, kind.rpartition(":")[2]


@pytest.fixture
async def boss(hall: Hall) -> AsyncIterator[Client]:
    """A manager who logged in."""
    async with hall.client() as client:
        assert (await enter(client, hall.person("dewi", "manager"), PASSWORD))[0] == 200
        yield client


async def id_of(boss: Client, login: str) -> str:
    people = (await boss.get("/api/people")).json["people"]
    return next(str(each["id"]) for each in people if each["login"] == login)


async def given(boss: Client, login: str) -> str:
    answer = await boss.post(f"/api/people/{await id_of(boss, login)}/password", {})
    assert answer.status == 200
    assert answer.json["login"] == login
    return str(answer.json["password"])


async def test_it_lets_in_once_and_only_to_choose_an_own_one(
    hall: Hall, boss: Client, visitor: Client
) -> None:
    sari = hall.person("sari")
    told = await given(boss, sari)
    assert GIVEN.match(told)
    assert (await enter(visitor, sari, PASSWORD)) == (401, "wrong-login")
    assert (await enter(visitor, sari, told)) == (403, "own-password-needed")
    assert (await visitor.get("/api/session")).status == 401
    assert (await enter(visitor, sari, told, told))[0] == 422
    spoken = f" {told.upper().replace('-', ' ')} "
    assert (await enter(visitor, sari, spoken)) == (403, "own-password-needed")
    assert (await enter(visitor, sari, told, spoken))[0] == 422
    assert (await enter(visitor, sari, told[:-1])) == (401, "wrong-login")
    assert (await enter(visitor, sari, told, "kurang"))[0] == 422
    assert (await enter(visitor, sari, told, OWN))[0] == 200
    assert (await visitor.get("/api/session")).json["login"] == sari
    async with hall.client() as elsewhere:
        assert (await enter(elsewhere, sari, told)) == (401, "wrong-login")
        assert (await enter(elsewhere, sari, OWN))[0] == 200


async def test_whoever_is_logged_in_as_that_person_is_out(
    hall: Hall, boss: Client, visitor: Client
) -> None:
    sari = hall.person("sari")
    await enter(visitor, sari, PASSWORD)
    assert (await visitor.get("/api/session")).status == 200
    await given(boss, sari)
    assert (await visitor.get("/api/session")).status == 401


async def test_the_list_says_for_whom_one_was_made_until_they_chose_their_own(
    hall: Hall, boss: Client, visitor: Client
) -> None:
    sari = hall.person("sari")

    async def waits() -> bool:
        people = (await boss.get("/api/people")).json["people"]
        return next(bool(each["given"]) for each in people if each["login"] == sari)

    assert not await waits()
    told = await given(boss, sari)
    assert await waits()
    await enter(visitor, sari, told, OWN)
    assert not await waits()


async def test_it_runs_out_after_three_days(hall: Hall, boss: Client, visitor: Client) -> None:
    sari = hall.person("sari")
    told = await given(boss, sari)
    with hall.server.database() as db:
        back = "UPDATE users SET given_until = given_until - 72 * 3600000 WHERE login = ?"
        db.execute(back, (sari,))
    assert (await enter(visitor, sari, told, OWN)) == (403, "password-over")
    assert (await enter(visitor, sari, await given(boss, sari), OWN))[0] == 200


async def test_nobody_makes_one_for_who_may_as_much_or_more_or_for_oneself(
    hall: Hall, boss: Client, other: Hall, manager: Client, staff: Client
) -> None:
    colleague, admin = hall.person("rina", "manager"), hall.person("agus", "admin")
    sari, stranger = hall.person("sari"), other.person("tono")
    people = {each["login"]: each for each in (await boss.get("/api/people")).json["people"]}
    assert {login for login, each in people.items() if each["helped"]} == {sari}
    for login in (colleague, admin, f"dewi.{hall.code}"):
        refused = await boss.post(f"/api/people/{people[login]['id']}/password", {})
        assert refused.status == 403
    async with other.client() as elsewhere:
        await enter(elsewhere, other.person("lina", "manager"), PASSWORD)
        far = await id_of(elsewhere, stranger)
    assert (await boss.post(f"/api/people/{far}/password", {})).status == 404
    for script in (manager, staff):  # a key may leak: it makes no passwords
        assert (await script.post(f"/api/people/{people[sari]['id']}/password", {})).status == 403
    async with hall.client() as chief:
        await enter(chief, admin, PASSWORD)
        assert GIVEN.match(await given(chief, colleague))


async def test_the_password_stands_nowhere(hall: Hall, boss: Client, visitor: Client) -> None:
    sari = hall.person("sari")
    told = await given(boss, sari)
    await enter(visitor, sari, told)
    await visitor.post("/api/session", {"login": sari, "password": told, "new": "x"})
    assert told not in hall.server.stderr()
    assert told not in hall.server.everything()
    assert f"Made a new password for {sari.capitalize()}" in [
        each["text"]
        for each in (await boss.get("/api/deeds", headers={"Accept-Language": "en"})).json["deeds"]
    ]


async def test_an_own_password_is_not_changed_by_logging_in(hall: Hall, visitor: Client) -> None:
    sari = hall.person("sari")
    assert (await enter(visitor, sari, PASSWORD, OWN))[0] == 422
    assert (await enter(visitor, sari, PASSWORD))[0] == 200


async def test_one_set_on_the_command_line_is_the_persons_own(
    hall: Hall, boss: Client, visitor: Client
) -> None:
    sari = hall.person("sari")
    await given(boss, sari)
    assert hall.server.ramah("user", "password", sari, stdin=OWN + "\n").returncode == 0
    assert (await enter(visitor, sari, OWN))[0] == 200


async def test_two_administrators_who_lock_each_other_out_at_once_leave_one(hall: Hall) -> None:
    logins = [hall.person(each, "admin") for each in ("ani", "budi")]
    async with hall.client() as ani, hall.client() as budi:
        for client, login in zip((ani, budi), logins, strict=True):
            assert (await enter(client, login, PASSWORD))[0] == 200
        keys = [await id_of(ani, login) for login in logins]
        with hall.server.database() as db:
            db.execute("BEGIN IMMEDIATE")  # both were asked before either is done
            async with asyncio.TaskGroup() as both:
                asked = [
                    both.create_task(ani.delete(f"/api/people/{keys[1]}")),
                    both.create_task(budi.delete(f"/api/people/{keys[0]}")),
                ]
                await asyncio.sleep(0.5)
                db.execute("ROLLBACK")
    assert sorted(each.result().status for each in asked) == [204, 403]
    left = "SELECT count(*) FROM users WHERE role = 'admin' AND active = 1 AND id IN (?, ?)"
    with hall.server.database() as db:
        assert db.execute(left, keys).fetchone() == (1,)
