"""Passkeys as a second step: only for the right address, the right person, once, and their own."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request

from server.auth import passkeys, signed, totp
from server.auth.doorway import Doorway, networks
from server.auth.passkeys import MOST_KEYS, QUESTION_S, Place, place_of
from server.storage.queries import passkeys as rows
from tests.server.api.client import Answer, Client
from tests.server.api.softkey import PRESENT, SoftKey, text
from tests.server.api.test_failed_logins import told
from tests.server.process import PASSWORD, Hall, office_toml
from tests.server.waiting import soon

OWN = {"password": PASSWORD}


def local(hall: Hall) -> str:
    """Return the server's address by the name that browsers give keys to."""
    return hall.server.url.replace("127.0.0.1", "localhost")


async def log_in(client: Client, login: str, **more: Any) -> Answer:  # noqa: ANN401
    return await client.post("/api/session", {"login": login} | OWN | more)


async def set_up(client: Client, key: SoftKey, name: str = "HP saya") -> list[str]:
    """Set a passkey up; return the recovery codes that came with it."""
    begun = await client.post("/api/passkeys/begin", OWN)
    assert begun.status == 200, begun.text
    answer = await client.post("/api/passkeys", key.made(begun.json, name))
    assert answer.status == 200, answer.text
    codes: list[str] = answer.json["codes"]
    return codes


async def asked(client: Client, login: str) -> dict[str, Any]:
    answer = await client.post("/api/session/passkey", {"login": login} | OWN)
    assert answer.status == 200, answer.text
    question: dict[str, Any] = answer.json
    return question


@pytest.fixture
async def boss(hall: Hall) -> AsyncIterator[Client]:
    """A manager who logged in, in a browser that has the server under its name."""
    async with Client(local(hall)) as client:
        await log_in(client, hall.person("dewi", "manager"))
        yield client


@pytest.fixture
async def browser(hall: Hall) -> AsyncIterator[Client]:
    """Another browser."""
    async with Client(local(hall)) as client:
        yield client


@pytest.fixture
def key(hall: Hall) -> SoftKey:
    return SoftKey(local(hall))


async def test_a_passkey_lets_in_after_the_password_and_can_be_ended(
    hall: Hall, boss: Client, browser: Client, manager: Client, key: SoftKey
) -> None:
    login = f"dewi.{hall.code}"
    assert (await log_in(browser, login)).status == 200
    assert (await boss.post("/api/passkeys/begin", {"password": "bukan ini"})).status == 403
    codes = await set_up(boss, key)
    assert len(codes) == 10
    assert (await browser.get("/api/session")).status == 401, "it was made without"
    assert (await log_in(browser, login)).problem == "passkey-needed"
    question = await asked(browser, login)
    assert question["known"] == [{"credential": text(key.id), "transports": ["internal"]}]
    assert (await log_in(browser, login, passkey=key.signed(question))).status == 200
    now = (await browser.get("/api/factor")).json
    (mine,) = now["passkeys"]
    assert (now["on"], now["app"], now["left"]) == (True, False, 10)
    assert (mine["name"], mine["host"]) == ("HP saya", "localhost")
    assert mine["used"] >= mine["made"]
    people = (await manager.get("/api/people")).json["people"]
    assert [each["second_step"] for each in people] == [True]
    end = f"/api/passkeys/{mine['id']}/end"
    assert (await browser.post(end, {"password": "bukan ini"})).status == 403
    assert (await browser.post(end, OWN)).status == 204
    assert (await browser.post(end, OWN)).status == 404
    assert (await log_in(browser, login)).status == 200
    assert (await browser.get("/api/factor")).json["left"] == 0, "the codes went with it"
    deeds = (await manager.get("/api/deeds", headers={"Accept-Language": "en"})).json["deeds"]
    texts = [each["text"] for each in deeds]
    assert "Set a passkey up: HP saya" in texts
    assert "Ended an own passkey: HP saya" in texts


HERE = Place("https://antrean.example", "antrean.example")


def answer_of(body: dict[str, str]) -> passkeys.Answer:
    proof = body.get("attestation") or body.get("authenticator_data") or ""
    return passkeys.Answer(
        body["credential"], body["client_data"], proof, body.get("signature", ""),
        body.get("user", ""),
    )  # fmt: skip


def kept(key: SoftKey) -> tuple[rows.Passkey, rows.Question]:
    """Return a key as it is kept, and a question for it."""
    first = passkeys.question("new x", "dewi", HERE, 0)
    made = signed.made(first, answer_of(key.made({"rp": first.rp, "challenge": first.challenge})))
    row = rows.Passkey("1", "dewi", made.credential, made.public_key, HERE.rp, "[]", 1, "HP", 0)
    return row, passkeys.question("login x", "dewi", HERE, 0)


@pytest.mark.parametrize(
    "odd",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://antrean.example"},
        {"origin": "https://antrean.example.evil.example"},
        {"origin": "https://antrean.example:8443"},
        {"challenge": text(b"y" * 32)},
        {"type": "webauthn.create"},
        {"crossOrigin": True},
        {"topOrigin": "https://evil.example"},
        {"rp": "evil.example"},
        {"flags": 0},
    ],
    ids=str,
)
def test_what_was_signed_for_another_address_or_question_does_not_hold(odd: dict[str, Any]) -> None:
    key = SoftKey(HERE.origin)
    row, asked = kept(key)
    told = {"rp": asked.rp, "challenge": asked.challenge}
    with pytest.raises(passkeys.NotShown):
        signed.shown(asked, row, answer_of(key.signed(told, **odd)))
    right = key.signed(told, flags=PRESENT)  # a stick without a PIN does as well
    assert signed.shown(asked, row, answer_of(right)) == 3
    for wrong in ({"user": text(b"sari")}, {"signature": right["signature"][:-4]},
                  {"signature": ""}, {"client_data": "oA"}):  # fmt: skip
        with pytest.raises(passkeys.NotShown):
            signed.shown(asked, row, answer_of(right | wrong))
    assert signed.shown(asked, row, answer_of(right | {"user": text(b"dewi")})) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_data": ""},
        {"credential": text(b"another")},
        *({"attestation": text(odd)} for odd in (
            b"", b"\xa0", b"\x9f" * 9000, b"\xd8\x1c" * 4000, b"\x81" * 9000, bytes(range(256)))),
    ],
)  # fmt: skip
def test_a_new_key_that_is_odd_is_refused(wrong: dict[str, str]) -> None:
    key = SoftKey(HERE.origin)
    asked = passkeys.question("new x", "dewi", HERE, 0)
    told = {"rp": asked.rp, "challenge": asked.challenge}
    with pytest.raises(passkeys.NotShown):
        signed.made(asked, answer_of(key.made(told) | wrong))
    for odd in ({"type": "webauthn.get"}, {"crossOrigin": True}, {"origin": "https://a.example"}):
        with pytest.raises(passkeys.NotShown):
            signed.made(asked, answer_of(key.made(told, **odd)))
    with pytest.raises(passkeys.NotShown):
        signed.made(asked, answer_of(key.made(told | {"rp": "evil.example"})))
    assert signed.made(asked, answer_of(key.made(told))).credential == text(key.id)


async def test_a_question_counts_once_in_one_browser_for_minutes(
    hall: Hall, boss: Client, browser: Client, key: SoftKey
) -> None:
    login = f"dewi.{hall.code}"
    await set_up(boss, key)
    question = await asked(browser, login)
    signed = key.signed(question)
    async with Client(local(hall)) as thief:
        assert (await log_in(thief, login, passkey=signed)).problem == "passkey-over"
        own = await asked(thief, login)
        assert (await log_in(thief, login, passkey=signed)).problem == "wrong-passkey"
        assert own["challenge"] != question["challenge"]
    assert (await log_in(browser, login, passkey=signed)).status == 200
    assert (await log_in(browser, login, passkey=signed)).problem == "passkey-over", "replayed"
    late = await asked(browser, login)
    with hall.server.database() as db:
        sql = "UPDATE passkey_questions SET ends_at = ends_at - ? WHERE challenge = ?"
        assert db.execute(sql, (QUESTION_S * 1000, late["challenge"])).rowcount == 1
    assert (await log_in(browser, login, passkey=key.signed(late))).problem == "passkey-over"


async def test_somebody_elses_key_opens_nothing_and_is_not_set_up_twice(
    hall: Hall, boss: Client, browser: Client, key: SoftKey
) -> None:
    login, other = f"dewi.{hall.code}", hall.person("agus", "admin")
    await set_up(boss, key)
    theirs = SoftKey(local(hall))
    await log_in(browser, other)
    await set_up(browser, theirs)
    question = await asked(browser, login)
    answer = await log_in(browser, login, passkey=theirs.signed(question))
    assert answer.problem == "wrong-passkey"
    question = await asked(browser, login)
    elsewhere = key.signed(question, origin="https://evil.example")
    assert (await log_in(browser, login, passkey=elsewhere)).problem == "wrong-passkey"
    question = await asked(browser, login)
    renamed = theirs.signed(question) | {"credential": text(key.id)}
    assert (await log_in(browser, login, passkey=renamed)).problem == "wrong-passkey"
    begun = (await boss.post("/api/passkeys/begin", OWN)).json
    assert [each["credential"] for each in begun["known"]] == [text(key.id)]
    assert (await boss.post("/api/passkeys", theirs.made(begun))).status == 409
    ((foreign,),) = hall.query(
        "SELECT passkeys.id FROM passkeys JOIN users ON users.id = passkeys.user "
        "WHERE users.branch = ? AND users.login = ?", other,
    )  # fmt: skip
    assert (await boss.post(f"/api/passkeys/{foreign}/end", OWN)).status == 404


async def test_a_key_that_counts_back_is_refused_and_told(
    hall: Hall, boss: Client, browser: Client, manager: Client, key: SoftKey
) -> None:
    login = f"dewi.{hall.code}"
    await set_up(boss, key)
    assert (
        await log_in(browser, login, passkey=key.signed(await asked(browser, login)))
    ).status == 200
    key.counter -= 1  # as a copy of it would
    again = await log_in(browser, login, passkey=key.signed(await asked(browser, login)))
    assert again.problem == "wrong-passkey"
    name = f"Dewi.{hall.code}"
    await told(manager, f"A passkey of {name} was refused, for there may be two of it: HP saya")


def test_keys_that_are_kept_in_a_cloud_have_no_counter() -> None:
    key = SoftKey(HERE.origin, counts=False)
    row, asked = kept(key)
    right = key.signed({"rp": asked.rp, "challenge": asked.challenge})
    assert signed.shown(asked, row._replace(sign_count=0), answer_of(right)) == 0
    with pytest.raises(passkeys.CountedBack):
        signed.shown(asked, row, answer_of(right))


async def test_a_code_does_as_well_and_each_of_them_can_be_the_last(
    hall: Hall, boss: Client, browser: Client, key: SoftKey
) -> None:
    login = f"dewi.{hall.code}"
    codes = await set_up(boss, key)
    secret = (await boss.post("/api/factor/begin", OWN)).json["secret"]
    typed = {"code": totp.code_at(secret, int(time.time() // totp.STEP_S))}
    assert (await boss.post("/api/factor/confirm", typed)).json["codes"] == [], "they are left"
    later = totp.code_at(secret, int(time.time() // totp.STEP_S) + 1)
    assert (await log_in(browser, login, code=later)).status == 200
    assert (await log_in(browser, login, code=codes[0])).status == 200
    (mine,) = (await browser.get("/api/factor")).json["passkeys"]
    assert (await browser.post(f"/api/passkeys/{mine['id']}/end", OWN)).status == 204
    assert (await log_in(browser, login)).problem == "code-needed"
    await set_up(boss, SoftKey(local(hall)))
    assert (await boss.post("/api/factor/end", OWN)).status == 204
    assert (await log_in(browser, login)).problem == "passkey-needed"
    assert (await log_in(browser, login, code=codes[1])).status == 200


async def test_where_the_office_asks_for_a_second_step_a_passkey_is_one(
    hall: Hall, browser: Client, key: SoftKey
) -> None:
    login = hall.person("dewi", "manager")
    hall.server.add_branch(office_toml(hall.code, more="[logins]\nsecond_step = 'managers'\n"))

    async def wanted() -> bool:
        await log_in(browser, login)
        return bool((await browser.get("/api/session")).json["unready"])

    await soon(wanted, "the server knows the new settings")
    await set_up(browser, key)
    assert (await browser.get("/api/people")).status == 200
    (mine,) = (await browser.get("/api/factor")).json["passkeys"]
    end = f"/api/passkeys/{mine['id']}/end"
    assert (await browser.post(end, OWN)).problem == "second-step-needed"
    await set_up(browser, SoftKey(local(hall)), "Laptop")
    assert (await browser.post(end, OWN)).status == 204


async def test_a_new_key_is_asked_for_once_and_nobody_has_very_many(
    hall: Hall, boss: Client, key: SoftKey
) -> None:
    begun = (await boss.post("/api/passkeys/begin", OWN)).json
    made = key.made(begun)
    elsewhere = key.made(begun, origin="https://evil.example")
    assert (await boss.post("/api/passkeys", elsewhere)).problem == "wrong-passkey"
    assert (await boss.post("/api/passkeys", made)).problem == "passkey-over", "it counted once"
    user = hall.query("SELECT id FROM users WHERE branch = ? AND role = 'manager'")[0][0]
    with hall.server.database() as db:
        for number in range(MOST_KEYS):
            name = f"{hall.number}-{number}"
            rows.add(db, rows.Passkey(name, user, name, "x", "x", "[]", 0, name, number))
    assert (await boss.post("/api/passkeys/begin", OWN)).status == 422


async def test_who_has_us_by_a_number_is_told_that_keys_need_a_name(
    hall: Hall, boss: Client, visitor: Client, key: SoftKey
) -> None:
    login = f"dewi.{hall.code}"
    codes = await set_up(boss, key)
    answer = await log_in(visitor, login)  # by 127.0.0.1
    assert answer.problem == "recovery-needed"
    assert (await visitor.post("/api/session/passkey", {"login": login} | OWN)).problem == (
        "no-passkeys-here"
    )
    assert (await log_in(visitor, login, code=codes[0])).status == 200
    assert (await visitor.get("/api/factor")).json["passkeys_at"] == ""
    assert (await visitor.post("/api/passkeys/begin", OWN)).problem == "no-passkeys-here"


PROXY = "192.0.2.9"


@pytest.mark.parametrize(
    ("configured", "headers", "place"),
    [
        ("https://antrean.example/a", {"Host": "evil.example"}, "https://antrean.example"),
        ("https://antrean.example:8443", {}, "https://antrean.example:8443"),
        ("", {"Host": "antrean.example", "X-Forwarded-Proto": "https"}, "https://antrean.example"),
        ("http://192.0.2.1:8080", {"Host": "in", "X-Forwarded-Host": "a.example",
                                   "X-Forwarded-Proto": "https"}, "https://a.example"),
        ("", {"Host": "antrean.example"}, None),
        ("", {"Host": "192.0.2.1", "X-Forwarded-Proto": "https"}, None),
        ("", {"Host": "localhost:8080"}, None),
        ("https://192.0.2.1", {"Host": "antrean.example"}, None),
        ("", {"Host": ""}, None),
    ],
)  # fmt: skip
def test_where_keys_count_is_the_offices_own_address_or_what_a_trusted_proxy_tells(
    configured: str, headers: dict[str, str], place: str | None
) -> None:
    request = make_mocked_request("POST", "/api/passkeys/begin", headers=headers)
    request = request.clone(remote=PROXY)
    found = place_of(configured, Doorway(networks([PROXY])), request)
    expected = None if place is None else Place(place, place.split("/")[2].partition(":")[0])
    assert found == expected
    if not configured.startswith("https://a"):  # nobody else's word counts
        assert place_of(configured, Doorway(), request) is None
