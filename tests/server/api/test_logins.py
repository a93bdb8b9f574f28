"""Where somebody is logged in: listed, and ended by themselves or by who looks after them."""

from __future__ import annotations

from typing import Any

import pytest

from server.api.came import kind_of
from tests.server.api.client import Client
from tests.server.process import PASSWORD, Hall
from tests.server.waiting import soon

PHONE = (
    "Mozilla/5.0 (Linux; Android 13; SM-A135F) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.0.0 Mobile Safari/537.36"
)
COMPUTER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/119.0.0.0 Safari/537.36 Edg/119.0.0.0"
)


async def log_in(client: Client, login: str, browser: str = COMPUTER) -> None:
    body = {"login": login, "password": PASSWORD}
    answer = await client.post("/api/session", body, headers={"User-Agent": browser})
    assert answer.status == 200


async def listed(client: Client, query: str = "") -> list[dict[str, Any]]:
    answer = await client.get(f"/api/logins{query}")
    assert answer.status == 200, answer.text
    logins: list[dict[str, Any]] = answer.json["logins"]
    return logins


async def test_one_sees_where_one_is_logged_in_and_ends_what_is_not_here(
    hall: Hall, visitor: Client
) -> None:
    sari = hall.person("sari")
    async with hall.client() as phone:
        await log_in(visitor, sari)
        await log_in(phone, sari, PHONE)
        logins = await listed(visitor)
        told = {(each["kind"], each["browser"], each["place"], each["here"]) for each in logins}
        assert told == {
            ("computer", "Edge 119, Windows", "127.0.0.1", True),
            ("phone", "Chrome 120, Android", "127.0.0.1", False),
        }
        other = next(each["id"] for each in logins if not each["here"])
        assert (await visitor.delete(f"/api/logins/{other}")).status == 204
        assert (await phone.get("/api/session")).status == 401
        assert (await visitor.delete(f"/api/logins/{other}")).status == 404
        await log_in(phone, sari, PHONE)
        assert (await visitor.delete("/api/logins")).status == 204
        assert (await phone.get("/api/session")).status == 401
        assert [each["here"] for each in await listed(visitor)] == [True]


async def test_the_list_tells_when_and_from_where_each_was_last_used(
    hall: Hall, visitor: Client
) -> None:
    secret = hall.server.session(hall.person("sari"))
    with hall.server.database() as db:
        db.execute("UPDATE sessions SET place = '10.1.2.3', used_at = 1")
    cookie = {"Cookie": f"ramah_session={secret}"}

    async def follows() -> bool:
        answer = await visitor.get("/api/logins", headers=cookie)
        return str(answer.json["logins"][0]["place"]) == "127.0.0.1"

    await soon(follows, "the use was noted")
    assert (await visitor.get("/api/logins", headers=cookie)).json["logins"][0]["used"] > "2020"


async def test_a_manager_ends_the_log_ins_of_who_may_less_in_the_own_branch_only(
    hall: Hall, other: Hall, visitor: Client
) -> None:
    sari, rina = hall.person("sari"), hall.person("rina", "manager")
    await log_in(visitor, sari)
    async with hall.client() as boss, hall.client() as peer, other.client() as far:
        await log_in(boss, hall.person("dewi", "manager"))
        await log_in(peer, rina)
        await log_in(far, other.person("lina", "manager"))
        people = {
            each["login"]: each["id"] for each in (await boss.get("/api/people")).json["people"]
        }
        hers = f"?person={people[sari]}"
        (login,) = await listed(boss, hers)
        assert (await far.get(f"/api/logins{hers}")).status == 404
        assert (await far.delete(f"/api/logins{hers}")).status == 404
        assert (await far.delete(f"/api/logins/{login['id']}")).status == 404
        assert (await visitor.get(f"/api/logins?person={people[rina]}")).status == 403
        assert (await boss.get(f"/api/logins?person={people[rina]}")).status == 403
        assert (await visitor.get("/api/session")).status == 200
        assert (await boss.delete(f"/api/logins/{login['id']}{hers}")).status == 204
        assert (await visitor.get("/api/session")).status == 401
        assert (await peer.get("/api/session")).status == 200


async def test_a_script_is_logged_in_nowhere(staff: Client) -> None:
    assert (await staff.get("/api/logins")).status == 404


@pytest.mark.parametrize(
    ("agent", "kind"),
    [(PHONE, "phone"), (COMPUTER, "computer"), (PHONE.replace(" Mobile", ""), "tablet"),
     ("Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) Version/16.0 Mobile Safari/1", "tablet"),
     ("Mozilla/5.0 (iPhone; CPU iPhone OS 16_0 like Mac OS X) Mobile", "phone"), ("curl/8", ""),
     ("", "")],
)  # fmt: skip
def test_a_browser_says_on_what_it_runs(agent: str, kind: str) -> None:
    assert kind_of(agent) == kind
