"""A second step at log-in: codes of an app after RFC 6238, recovery codes, who has to have one."""

from __future__ import annotations

import base64
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest

from server.auth import totp
from tests.server.api.client import Answer, Client
from tests.server.api.test_failed_logins import told as told_deed
from tests.server.process import PASSWORD, Hall, Server, office_toml
from tests.server.waiting import soon

RFC_6238 = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("at", "code"),
    [(59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"),
     (1234567890, "89005924"), (2000000000, "69279037"), (20000000000, "65353130")],
)  # fmt: skip
def test_codes_are_those_of_the_standards_own_table(at: int, code: str) -> None:
    assert totp.code_at(RFC_6238, at // totp.STEP_S, digits=8) == code


def test_a_code_counts_half_a_minute_around_and_once() -> None:
    for late in (-30, 0, 30):
        typed = totp.code_at(RFC_6238, (59 + late) // 30)
        assert totp.step_of(typed, RFC_6238, 59, after=-1) == (59 + late) // 30
    assert totp.step_of(totp.code_at(RFC_6238, 4), RFC_6238, 59, after=-1) is None
    assert totp.step_of(totp.code_at(RFC_6238, 1), RFC_6238, 59, after=1) is None


def test_an_app_reads_secret_person_and_office() -> None:
    told = totp.address("ABC234", "dewi", "Ramah Kantor & Loket")
    assert told == (
        "otpauth://totp/Ramah%20Kantor%20%26%20Loket%3Adewi?secret=ABC234"
        "&issuer=Ramah+Kantor+%26+Loket"
    )


async def log_in(client: Client, login: str, code: str | None = None) -> Answer:
    body = {"login": login, "password": PASSWORD} | ({} if code is None else {"code": code})
    return await client.post("/api/session", body)


def shown(secret: str, ahead: int = 0) -> str:
    """Return what the app shows now, or some steps later."""
    return totp.code_at(secret, int(time.time() // totp.STEP_S) + ahead)


class App(NamedTuple):
    """The phone's app once it is set up: its secret, and the code that was typed then."""

    secret: str
    typed: str


async def set_up(client: Client) -> tuple[App, list[str]]:
    """Set the second step up; return the app and the recovery codes."""
    begun = (await client.post("/api/factor/begin", {"password": PASSWORD})).json
    app = App(begun["secret"], shown(begun["secret"]))
    answer = await client.post("/api/factor/confirm", {"code": app.typed})
    assert answer.status == 200, answer.text
    return app, answer.json["codes"]


@pytest.fixture
async def boss(hall: Hall) -> AsyncIterator[Client]:
    """A manager who logged in."""
    async with hall.client() as client:
        await log_in(client, hall.person("dewi", "manager"))
        yield client


async def test_from_then_on_the_password_alone_lets_nobody_in(
    hall: Hall, boss: Client, visitor: Client
) -> None:
    login = f"dewi.{hall.code}"
    async with hall.client() as before:
        await log_in(before, login)
        app, codes = await set_up(boss)
        assert (await before.get("/api/session")).status == 401, "it was made without"
    assert len(set(codes)) == 10
    now = (await boss.get("/api/factor")).json
    assert (now["on"], now["app"], now["needed"], now["left"]) == (True, True, False, 10)
    assert (await log_in(visitor, login)).problem == "code-needed"
    assert (await log_in(visitor, login, "000 000")).problem == "wrong-code"
    assert (await log_in(visitor, login, app.typed)).problem == "wrong-code", "used before"
    assert (await visitor.get("/api/session")).status == 401
    await told_deed(boss, f"The right password of Dewi.{hall.code}, but no second step that fits")
    late = shown(app.secret, 1)
    assert (await log_in(visitor, login, f"{late[:3]} {late[3:]}")).status == 200
    for told in (app.secret, codes[0]):
        assert told not in hall.server.stderr()


async def test_a_recovery_code_lets_in_once(hall: Hall, boss: Client, visitor: Client) -> None:
    login = f"dewi.{hall.code}"
    _app, codes = await set_up(boss)
    assert (await log_in(visitor, login, codes[3].upper())).status == 200
    assert (await visitor.get("/api/factor")).json["left"] == 9
    assert (await log_in(visitor, login, codes[3])).problem == "wrong-code"
    assert codes[4] not in hall.server.everything()
    deeds = (await boss.get("/api/deeds", headers={"Accept-Language": "en"})).json["deeds"]
    assert "Logged in with a recovery code" in [each["text"] for each in deeds]


async def test_codes_are_guessed_slowly_wherever_the_guesses_come_from(tmp_path: Path) -> None:
    with Server(tmp_path / "data", "--trusted-proxy", "127.0.0.1") as server:
        server.add_branch(office_toml("hall"))
        server.person("dewi", "manager")
        server.start()
        async with server.client() as own:
            await log_in(own, "dewi")
            await set_up(own)
        told = []
        for number in range(11):
            async with server.client() as stranger:
                stranger.headers["X-Forwarded-For"] = f"10.0.0.{number}"
                told.append((await log_in(stranger, "dewi", f"x{number}")).problem)
        assert told == ["wrong-code"] * 10 + ["too-many-tries"]


async def test_the_password_is_asked_once_more_before_it_changes_and_it_can_be_ended(
    boss: Client,
) -> None:
    wrong = await boss.post("/api/factor/begin", {"password": "bukan ini"})
    assert (wrong.status, wrong.json["field"]) == (403, "password")
    begun = (await boss.post("/api/factor/begin", {"password": PASSWORD})).json
    assert begun["picture"].startswith("data:image/svg+xml;base64,")
    assert (await boss.post("/api/factor/confirm", {"code": "123"})).status == 422
    assert (await boss.get("/api/factor")).json["on"] is False
    await set_up(boss)
    assert (await boss.post("/api/factor/begin", {"password": PASSWORD})).status == 422
    assert (await boss.post("/api/factor/end", {"password": "bukan ini"})).status == 403
    assert (await boss.post("/api/factor/end", {"password": PASSWORD})).status == 204
    now = (await boss.get("/api/factor")).json
    assert (now["on"], now["app"], now["needed"], now["left"]) == (False, False, False, 0)


async def test_who_lost_the_phone_is_helped_by_who_may_more(
    hall: Hall, boss: Client, visitor: Client
) -> None:
    login = f"dewi.{hall.code}"
    await set_up(boss)
    people = {each["login"]: each for each in (await boss.get("/api/people")).json["people"]}
    assert people[login]["second_step"] is True
    path = f"/api/people/{people[login]['id']}/factor"
    assert (await boss.delete(path)).status == 403, "nobody takes off the own one there"
    async with hall.client() as chief:
        await log_in(chief, hall.person("agus", "admin"))
        assert (await chief.delete(path)).status == 204
        assert (await chief.delete(path)).status == 409
    assert (await boss.get("/api/session")).status == 401
    assert (await log_in(visitor, login)).status == 200


async def test_where_the_office_asks_for_it_a_manager_sets_it_up_first(
    hall: Hall, visitor: Client
) -> None:
    login, sari = hall.person("dewi", "manager"), hall.person("sari")
    hall.server.add_branch(office_toml(hall.code, more="[logins]\nsecond_step = 'managers'\n"))

    async def asked() -> bool:
        await log_in(visitor, login)
        return bool((await visitor.get("/api/session")).json["unready"])

    await soon(asked, "the server knows the new settings")
    for path in ("/api/people", "/api/queue", "/api/counters", "/api/logins"):
        assert (await visitor.get(path)).problem == "second-step-first"
    assert (await visitor.get("/api/factor")).json["needed"] is True
    await set_up(visitor)
    assert (await visitor.get("/api/session")).json["unready"] is False
    assert (await visitor.get("/api/people")).status == 200
    ended = await visitor.post("/api/factor/end", {"password": PASSWORD})
    assert (ended.status, ended.problem) == (409, "second-step-needed")
    async with hall.client() as counter:
        await log_in(counter, sari)
        assert (await counter.get("/api/counters")).status == 200, "staff are not asked"


async def test_recovery_codes_are_made_anew_alone_and_the_old_ones_are_over(
    hall: Hall, boss: Client, visitor: Client
) -> None:
    login = f"dewi.{hall.code}"
    none_yet = await boss.post("/api/factor/codes", {"password": PASSWORD})
    assert none_yet.status == 422
    app, old = await set_up(boss)
    assert (await boss.post("/api/factor/codes", {"password": "bukan ini"})).status == 403
    new = (await boss.post("/api/factor/codes", {"password": PASSWORD})).json["codes"]
    assert len(set(new) | set(old)) == 20
    assert (await log_in(visitor, login, old[0])).problem == "wrong-code"
    assert (await log_in(visitor, login, new[0])).status == 200
    assert (await boss.get("/api/factor")).json["left"] == 9
    async with hall.client() as phone:
        assert (await log_in(phone, login, shown(app.secret, 1))).status == 200, "the app stays"
    deeds = (await boss.get("/api/deeds", headers={"Accept-Language": "en"})).json["deeds"]
    assert "Made new recovery codes" in [each["text"] for each in deeds]
