"""People log in by their office's own provider, with the role that its claim gives."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from tests.server.api.client import Answer, Client
from tests.server.api.sso import CLIENT, SECRET, Sso, sso
from tests.server.process import Hall

GIVES = ("petugas=staff", "penyelia=supervisor", "kepala=manager")
ROLES = ("--role-claim", "realm.roles", *(word for each in GIVES for word in ("--role", each)))


@pytest.fixture
async def provider() -> AsyncIterator[Sso]:
    """A provider, where Bu Dewi is a manager."""
    async with sso() as made:
        made.person = {
            "preferred_username": "dewi@kota.example", "name": "Ibu  Dewi",
            "realm": {"roles": ["petugas", "kepala", "lain"]},
        }  # fmt: skip
        yield made


@pytest.fixture
def office(hall: Hall, provider: Sso) -> Iterator[Hall]:
    """A hall whose people log in there."""
    words = ["provider", "set", provider.issuer, "--client-id", CLIENT, "--name", "Akun Kota"]
    run = hall.server.ramah(*words, *ROLES, "--branch", hall.code, stdin=f"{SECRET}\n")
    assert run.returncode == 0, run.stderr
    yield hall
    with hall.server.database() as db:  # its name would stand at every log-in of the server
        db.execute("DELETE FROM providers WHERE branch = ?", (hall.number,))


async def sent_away(visitor: Client, office: Hall, to: str = "/manager") -> str:
    """Go to the provider; return the address at which the browser comes back here."""
    begun = await visitor.get(f"/api/oidc/begin?branch={office.code}&to={to}")
    assert begun.status == 302, begun.text
    async with (
        aiohttp.ClientSession() as browser,
        browser.get(begun.headers["Location"], allow_redirects=False) as there,
    ):
        parts = urlsplit(there.headers["Location"])
    return f"{parts.path}?{parts.query}"


async def come(visitor: Client, office: Hall, to: str = "/manager") -> Answer:
    return await visitor.get(await sent_away(visitor, office, to))


def led_to(answer: Answer) -> str:
    found = re.search(r"0;url=([^\"]+)", answer.text)
    assert found is not None, answer.text
    return found[1]


async def test_who_comes_back_is_in_with_the_highest_role_of_the_claim(
    office: Hall, provider: Sso, visitor: Client
) -> None:
    told = (await visitor.get("/api/oidc")).json["providers"]
    assert {"branch": office.code, "name": "Akun Kota"} in told
    answer = await come(visitor, office)
    assert led_to(answer) == "/manager"
    assert answer.cookies["ramah_session"]["samesite"] == "Strict"
    me = (await visitor.get("/api/session")).json
    assert (me["name"], me["role"], me["login"][:4]) == ("Ibu Dewi", "manager", "dewi")
    assert me["branch"]["code"] == office.code
    (asked,) = provider.asked
    assert asked["redirect_uri"].endswith("/api/oidc/callback")
    deeds = (await visitor.get("/api/deeds", headers={"Accept-Language": "en"})).json["deeds"]
    assert "Logged in by Akun Kota" in [each["text"] for each in deeds]
    for secret in (SECRET, asked["nonce"], asked["state"]):
        assert secret not in office.server.stderr()


async def test_the_same_person_stays_the_same_and_takes_the_role_of_today(
    office: Hall, provider: Sso, visitor: Client
) -> None:
    await come(visitor, office)
    first = (await visitor.get("/api/session")).json
    provider.person["realm"] = {"roles": "petugas"}
    provider.person["name"] = "Ibu Dewi Lestari"
    assert led_to(await come(visitor, office, "/counter")) == "/counter"
    again = (await visitor.get("/api/session")).json
    assert (again["id"], again["role"]) == (first["id"], "staff")
    assert again["name"] == "Ibu Dewi Lestari"
    provider.person["realm"] = {"roles": ["penyelia", "petugas"]}
    await come(visitor, office, "/counter/supervisor")
    assert (await visitor.get("/api/session")).json["role"] == "supervisor"


async def test_without_a_role_or_without_consent_nobody_is_let_in(
    office: Hall, provider: Sso, visitor: Client
) -> None:
    for claims in ({}, {"roles": ["lain"]}, {"roles": {"kepala": True}}):
        provider.person["realm"] = claims
        assert led_to(await come(visitor, office)) == "/manager?login=refused"
    back = urlsplit(await sent_away(visitor, office)).query
    (state,) = re.findall(r"state=([\w-]+)", back.replace("session_state", ""))
    left = await visitor.get(f"/api/oidc/callback?error=access_denied&state={state}")
    assert led_to(left) == "/manager?login=refused"
    assert (await visitor.get("/api/session")).status == 401


def none_signed(claims: dict[str, Any]) -> str:
    parts = [{"alg": "none"}, claims]
    made = [base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=") for each in parts]
    return b".".join([*made, b""]).decode()


LIES: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "other"}, "no nonce": {"nonce": None},
    "for another program": {"aud": "other"},
    "for several, sent to another": {"aud": [CLIENT, "other"], "azp": "other"},
    "another provider's": {"iss": "http://127.0.0.1:1"}, "of yesterday": {"exp": 1},
    "about nobody": {"sub": None},
}  # fmt: skip


async def test_a_token_that_does_not_hold_lets_nobody_in(
    office: Hall, provider: Sso, visitor: Client
) -> None:
    for why, lie in LIES.items():
        provider.change = lambda claims, lie=lie: claims.update(lie)  # type: ignore[misc]
        assert led_to(await come(visitor, office)) == "/manager?login=failed", why
    provider.change = lambda _claims: None
    provider.sign = none_signed
    assert led_to(await come(visitor, office)) == "/manager?login=failed", "signed by nobody"
    provider.sign, provider.signs_with = provider.signed, "stranger"
    assert led_to(await come(visitor, office)) == "/manager?login=failed", "by a stranger's key"
    assert (await visitor.get("/api/session")).status == 401
    provider.published.append("stranger")
    assert led_to(await come(visitor, office)) == "/manager", "it has this key now"


async def test_only_the_browser_that_went_comes_back_and_once(
    office: Hall, provider: Sso, visitor: Client
) -> None:
    back = await sent_away(visitor, office)
    async with office.client() as other:
        assert led_to(await other.get(back)) == "/counter?login=failed"
        await sent_away(other, office)
        assert led_to(await other.get(back)) == "/counter?login=failed"
    assert provider.given == 0
    assert led_to(await visitor.get(back)) == "/manager"
    assert led_to(await visitor.get(back)) == "/counter?login=failed"


async def test_who_was_locked_out_here_stays_out(office: Hall, visitor: Client) -> None:
    await come(visitor, office)
    login = (await visitor.get("/api/session")).json["login"]
    assert office.server.ramah("user", "remove", login).returncode == 0
    async with office.client() as again:
        assert led_to(await come(again, office)) == "/manager?login=refused"


async def test_a_login_that_is_taken_is_another_persons(
    office: Hall, provider: Sso, visitor: Client
) -> None:
    taken = office.person("wati")
    provider.person["preferred_username"] = taken
    await come(visitor, office)
    me = (await visitor.get("/api/session")).json
    assert re.fullmatch(rf"{re.escape(taken)}-[0-9a-f]{{8}}", me["login"])


async def test_a_provider_that_is_away_is_said_kindly_and_one_without_tls_is_not_taken(
    hall: Hall, visitor: Client
) -> None:
    words = ["--client-id", CLIENT, "--name", "Akun Kota", *ROLES, "--branch", hall.code]
    bare = hall.server.ramah("provider", "set", "http://sso.example", *words, stdin="\n")
    assert bare.returncode == 1
    away = hall.server.ramah("provider", "set", "http://127.0.0.1:9", *words, stdin="\n")
    assert away.returncode == 0
    answer = await visitor.get(f"/api/oidc/begin?branch={hall.code}&to=/host")
    assert (answer.status, answer.headers["Location"]) == (302, "/host?login=failed")
    assert hall.server.ramah("provider", "remove", "--branch", hall.code).returncode == 0
    assert (await visitor.get(f"/api/oidc/begin?branch={hall.code}")).status == 404
