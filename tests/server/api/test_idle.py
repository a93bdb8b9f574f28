"""A shared computer that nobody touches is locked; the own PIN opens it, there and only there."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from server.auth.pins import check_pin
from server.domain.errors import Invalid
from tests.server.api.client import Answer, Client
from tests.server.process import PASSWORD, Hall, Server, office_toml
from tests.server.waiting import soon

PIN = "4071"
IDLE = "[logins]\nidle_minutes = 10\n"


@pytest.fixture
def idle(shared: Server, hall: Hall) -> Hall:
    """A hall whose pages are locked after ten minutes."""
    return Hall(shared, f"idle-{hall.code}", office_toml(f"idle-{hall.code}", more=IDLE))


async def log_in(client: Client, login: str) -> None:
    assert (await client.post("/api/session", {"login": login, "password": PASSWORD})).status == 200


@pytest.fixture
async def sari(idle: Hall) -> AsyncIterator[Client]:
    """Sari at a counter, with a PIN."""
    async with idle.client() as client:
        await log_in(client, idle.person("sari"))
        made = await client.post("/api/session/pin", {"password": PASSWORD, "pin": PIN})
        assert made.status == 204
        yield client


async def unlock(client: Client, **body: str) -> Answer:
    return await client.post("/api/session/unlock", body)


def untouched(hall: Hall, minutes: float) -> None:
    """Nobody has touched the pages of this hall for so long; the server starts to know it anew."""
    back = round(minutes * 60_000)
    with hall.server.database() as db:
        db.execute(
            "UPDATE sessions SET touched_at = began_at - ? "
            "WHERE user IN (SELECT id FROM users WHERE branch = ?)", (back, hall.number),
        )  # fmt: skip


async def test_a_locked_computer_does_nothing_until_the_pin_is_typed(sari: Client) -> None:
    assert (await sari.get("/api/session")).json["idle_minutes"] == 10
    assert (await sari.post("/api/session/lock")).status == 204
    for method, path in (
        ("GET", "/api/session"), ("GET", "/api/counters"), ("POST", "/api/counters/1/open"),
        ("GET", "/api/logins"), ("POST", "/api/session/here"),
    ):  # fmt: skip
        answer = await sari.send(method, path)
        assert (answer.status, answer.problem) == (401, "locked"), path
    told = (await sari.get("/api/session/lock")).json
    assert (told["locked"], told["name"][:4], told["pin"]) == (True, "Sari", True)
    assert (await unlock(sari, pin="9999")).problem == "wrong-pin"
    assert (await unlock(sari, pin=PIN)).status == 204
    assert (await sari.get("/api/counters")).status == 200


async def test_the_server_itself_locks_what_nobody_touched(idle: Hall, visitor: Client) -> None:
    await log_in(visitor, idle.person("sari"))
    untouched(idle, 11)

    async def locked() -> bool:
        return (await visitor.get("/api/session")).status == 401

    await soon(locked, "ten minutes are over")
    assert (await visitor.get("/api/session")).problem == "locked"
    assert (await unlock(visitor, password=PASSWORD)).status == 204, "without a PIN"
    assert (await visitor.get("/api/session")).status == 200


async def test_after_five_wrong_pins_the_whole_log_in_is_asked_for(
    idle: Hall, sari: Client
) -> None:
    await sari.post("/api/session/lock")
    told = [(await unlock(sari, pin=f"800{n}")).problem for n in range(5)]
    assert told == ["wrong-pin"] * 4 + ["log-in-anew"]
    assert (await unlock(sari, pin=PIN)).problem == "not-logged-in"
    await log_in(sari, f"sari.{idle.code}")
    assert (await sari.get("/api/counters")).status == 200


async def test_a_pin_opens_no_other_computer(idle: Hall, sari: Client, visitor: Client) -> None:
    assert (await unlock(visitor, pin=PIN)).status == 401
    body = {"login": f"sari.{idle.code}", "password": PIN}
    assert (await visitor.post("/api/session", body)).status == 401
    async with idle.client() as other:
        await log_in(other, idle.person("budi"))
        await other.post("/api/session/lock")
        assert (await unlock(other, pin=PIN)).problem == "wrong-pin", "it is not Budi's"
    assert (await sari.get("/api/session")).status == 200


async def test_a_pin_is_kept_as_passwords_are_and_can_be_given_up(idle: Hall, sari: Client) -> None:
    (kept,) = idle.query("SELECT pin FROM users WHERE branch = ?")
    assert kept[0].startswith("$argon2id$")
    wrong = await sari.post("/api/session/pin", {"password": "bukan ini", "pin": "8402"})
    assert (wrong.status, wrong.json["field"]) == (403, "password")
    assert (await sari.delete("/api/session/pin")).status == 204
    await sari.post("/api/session/lock")
    assert (await sari.get("/api/session/lock")).json["pin"] is False
    assert (await unlock(sari, pin=PIN)).problem == "wrong-pin"


@pytest.mark.parametrize("pin", ["123", "1234", "9876", "1111", "1212", "1995", "12a4", "1" * 13])
def test_pins_that_others_try_first_are_refused(pin: str) -> None:
    with pytest.raises(Invalid):
        check_pin(pin)
