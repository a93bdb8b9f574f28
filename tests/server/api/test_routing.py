"""Who may call what, what a repeated request gets, and what nobody should have sent."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
import pytest

from server.contract import ROUTES
from tests.server.api.client import PROBLEM, Client
from tests.server.process import Hall
from tests.server.waiting import soon
from web.i18n import negotiate

ALL = "kiosk display tablet host staff supervisor manager admin"
ROLES = f"{ALL} agent care box agency city".split()
COUNTER_ACTS = (
    "call-next", "call", "recall", "start", "finish", "no-show", "return", "hold", "transfer",
    "open", "close", "break", "services", "undo", "add-service", "press",
)  # fmt: skip
WHO: dict[tuple[str, str], str] = {
    ("POST", "/api/tickets"): "kiosk host staff supervisor manager admin",
    ("GET", "/api/tickets"): "host staff supervisor manager admin",
    ("GET", "/api/tickets/{ticket}"): "kiosk host staff supervisor manager admin",
    ("DELETE", "/api/tickets/{ticket}"): "kiosk host staff supervisor manager admin",
    ("POST", "/api/tickets/{ticket}/reprint"): "kiosk host staff supervisor manager admin",
    ("POST", "/api/tickets/unseen"): "kiosk host staff supervisor manager admin",
    ("POST", "/api/tickets/{ticket}/return"): "host staff supervisor manager admin",
    ("GET", "/api/tickets/{ticket}/qr.svg"): "kiosk host staff supervisor manager admin",
    ("GET", "/api/track/{token}"): "",
    ("POST", "/api/track/{token}/cancel"): "",
    ("GET", "/api/clock"): "staff supervisor manager admin",
    ("POST", "/api/clock/confirm"): "supervisor manager admin",
    ("POST", "/api/day/reopen"): "supervisor manager admin",
    ("GET", "/api/counters"): "staff supervisor manager admin",
    **{
        ("POST", f"/api/counters/{{counter}}/{act}"): "staff supervisor manager admin"
        for act in COUNTER_ACTS
    },
    ("POST", "/api/counters/{counter}/release"): "supervisor manager admin",
    ("GET", "/api/desk"): "host staff supervisor manager admin",
    ("POST", "/api/notice"): "supervisor manager admin",
    ("DELETE", "/api/notice"): "supervisor manager admin",
    ("POST", "/api/tickets/{ticket}/transfer"): "host staff supervisor manager admin",
    ("POST", "/api/tickets/{ticket}/change"): "host staff supervisor manager admin",
    ("POST", "/api/services/{service}/pause"): "staff supervisor manager admin",
    ("POST", "/api/services/{service}/roll"): "staff supervisor manager admin",
    ("POST", "/api/services/{service}/resume"): "staff supervisor manager admin",
    ("GET", "/api/services"): ALL,
    ("GET", "/api/queue"): ALL,
    ("GET", "/api/events"): ALL,
    ("GET", "/api/agent"): "agent",
    ("POST", "/api/help"): "kiosk host staff supervisor manager admin",
    ("GET", "/api/help"): "kiosk host staff supervisor manager admin",
    ("POST", "/api/help/{help}/take"): "kiosk host staff supervisor manager admin",
    ("POST", "/api/help/{help}/here"): "kiosk host staff supervisor manager admin",
    ("POST", "/api/reception/count"): "host staff supervisor manager admin",
    ("POST", "/api/reception/door"): "host staff supervisor manager admin",
    ("GET", "/api/reception"): "host staff supervisor manager admin",
    ("GET", "/api/rota"): "manager admin",
    ("POST", "/api/rota"): "manager admin",
    ("GET", "/api/rota/rules"): "manager admin",
    ("POST", "/api/rota/rules"): "manager admin",
    ("POST", "/api/rota/make"): "manager admin",
    ("GET", "/api/rota/making"): "manager admin",
    ("POST", "/api/rota/stop"): "manager admin",
    ("POST", "/api/rota/try"): "manager admin",
    ("GET", "/api/rota/file"): "manager admin",
    ("GET", "/api/rota/hindsight"): "manager admin",
    ("GET", "/api/rota/hindsight/file"): "manager admin",
    ("GET", "/api/rota/mine"): "staff supervisor manager admin",
    ("GET", "/api/rota/mine.ics"): "staff supervisor manager admin",
    ("GET", "/api/rota/swaps"): "manager admin",
    ("POST", "/api/rota/swaps"): "staff supervisor manager admin",
    ("POST", "/api/rota/swaps/{swap}/take"): "staff supervisor manager admin",
    ("POST", "/api/rota/swaps/{swap}/withdraw"): "staff supervisor manager admin",
    ("POST", "/api/rota/swaps/{swap}/accept"): "manager admin",
    ("POST", "/api/rota/swaps/{swap}/refuse"): "manager admin",
    ("GET", "/api/tls"): "manager admin",
    ("GET", "/api/printers"): "staff supervisor manager admin",
    ("GET", "/api/printers/preview.png"): "manager admin",
    ("POST", "/api/printers/preview.png"): "manager admin",
    ("GET", "/api/printers/paper"): "manager admin",
    ("POST", "/api/printers/paper"): "manager admin",
    ("POST", "/api/printers/{printer}/test"): "manager admin",
    ("GET", "/api/log"): "manager admin",
    ("GET", "/api/log/count"): "manager admin",
    ("GET", "/api/log/choices"): "manager admin",
    ("GET", "/api/totals"): "manager admin",
    ("GET", "/api/log/columns"): "manager admin",
    ("GET", "/api/reports"): "manager admin",
    ("GET", "/api/reports/paper"): "manager admin",
    ("POST", "/api/reports/person"): "staff supervisor manager admin",
    ("GET", "/api/kpis"): "staff supervisor manager admin agency city",
    ("GET", "/api/city/log"): "box",
    ("POST", "/api/city/log"): "box",
    ("POST", "/api/city/devices"): "box",
    ("GET", "/api/city/devices"): "agency city",
    ("GET", "/api/city/halls"): "agency city",
    ("POST", "/api/city/package"): "box",
    ("GET", "/api/city/prepared"): "city",
    ("GET", "/api/city/prepared/{code}"): "city",
    ("POST", "/api/city/prepared/{code}"): "city",
    ("DELETE", "/api/city/prepared/{code}"): "city",
    ("POST", "/api/city/prepared/{code}/check"): "city",
    ("POST", "/api/city/prepared/{code}/people"): "city",
    ("DELETE", "/api/city/prepared/{code}/people/{login}"): "city",
    ("GET", "/api/city/prepared/{code}/file"): "city",
    ("GET", "/api/city/prepared/{code}/voices"): "city",
    ("POST", "/api/city/prepared/{code}/voices"): "city",
    ("DELETE", "/api/city/prepared/{code}/voices/{pack}"): "city",
    ("GET", "/api/city/package/voices"): "box",
    ("GET", "/api/city/package/voices/{pack}"): "box",
    ("GET", "/api/voice/city"): "manager admin",
    ("POST", "/api/voice/city/{pack}"): "manager admin",
    ("POST", "/api/city/halls"): "city",
    ("POST", "/api/city/halls/{code}/wishes"): "city",
    ("DELETE", "/api/city/halls/{code}/wishes/{wish}"): "city",
    ("GET", "/api/city/versions"): "city",
    ("POST", "/api/city/versions"): "city",
    ("GET", "/api/city/report"): "agency city",
    ("GET", "/api/city/satisfaction"): "agency city",
    ("GET", "/api/city/tickets"): "agency city",
    ("GET", "/api/people"): "manager admin",
    ("POST", "/api/people"): "manager admin",
    ("POST", "/api/people/{person}"): "manager admin",
    ("DELETE", "/api/people/{person}"): "manager admin",
    ("POST", "/api/people/{person}/invitation"): "manager admin",
    ("DELETE", "/api/people/{person}/factor"): "manager admin",
    **{
        (method, f"/api/factor{step}"): "host staff supervisor manager admin agency city"
        for method, step in (
            ("GET", ""),
            ("POST", "/begin"),
            ("POST", "/confirm"),
            ("POST", "/codes"),
            ("POST", "/end"),
        )
    },
    **{
        ("POST", f"/api/passkeys{step}"): "host staff supervisor manager admin agency city"
        for step in ("", "/begin", "/{passkey}/end")
    },
    ("POST", "/api/session/passkey"): "",
    **{
        (method, f"/api/session/{what}"): "host staff supervisor manager admin agency city"
        for method, what in (
            ("POST", "here"),
            ("GET", "lock"),
            ("POST", "lock"),
            ("POST", "unlock"),
            ("POST", "pin"),
            ("DELETE", "pin"),
        )
    },
    ("GET", "/api/oidc"): "",
    ("GET", "/api/oidc/begin"): "",
    ("GET", "/api/oidc/callback"): "",
    ("POST", "/api/invitation"): "",
    ("POST", "/api/invitation/take"): "",
    ("GET", "/api/logins"): "host staff supervisor manager admin agency city",
    ("DELETE", "/api/logins"): "host staff supervisor manager admin agency city",
    ("DELETE", "/api/logins/{login}"): "host staff supervisor manager admin agency city",
    ("GET", "/api/deeds"): "manager admin",
    ("POST", "/api/people/{person}/password"): "manager admin",
    ("GET", "/api/equipment"): "supervisor manager admin",
    ("GET", "/api/waits"): "supervisor manager admin",
    ("GET", "/api/estimates"): "manager admin",
    ("GET", "/api/advice"): "supervisor manager admin",
    ("GET", "/api/advice/log"): "manager admin",
    ("POST", "/api/advice/{advice}/answer"): "supervisor manager admin",
    ("GET", "/api/forecast"): "manager admin",
    ("GET", "/api/alarms"): "supervisor manager admin",
    ("GET", "/api/track/{token}/feedback"): "",
    ("POST", "/api/track/{token}/feedback"): "",
    ("POST", "/api/track/{token}/helped"): "",
    ("GET", "/api/track/{token}/survey"): "",
    ("POST", "/api/track/{token}/survey"): "",
    ("GET", "/api/feedback"): "manager admin",
    ("POST", "/api/feedback/{word}/read"): "manager admin",
    ("POST", "/api/feedback/{word}/assign"): "manager admin",
    ("POST", "/api/feedback/{word}/act"): "manager admin",
    ("POST", "/api/feedback/{word}/black-out"): "manager admin",
    ("GET", "/api/morning"): "manager admin",
    ("POST", "/api/counters/{counter}/word"): "tablet",
    ("POST", "/api/words/read"): "kiosk",
    ("POST", "/api/words"): "kiosk",
    ("GET", "/api/tablets"): "manager admin",
    ("POST", "/api/tablets/code"): "manager admin",
    ("DELETE", "/api/tablets/{tablet}"): "manager admin",
    ("GET", "/api/thanks"): "staff supervisor manager admin",
    ("GET", "/api/survey"): "manager admin",
    ("GET", "/api/survey/file"): "manager admin",
    ("GET", "/api/survey/paper"): "manager admin",
    ("GET", "/api/survey/form"): "manager admin",
    ("POST", "/api/survey/answers"): "manager admin",
    ("POST", "/api/survey/said/{sentence}/black-out"): "manager admin",
    ("POST", "/api/survey/plans"): "manager admin",
    ("POST", "/api/survey/plans/{plan}/end"): "manager admin",
    ("GET", "/api/officers/me"): "staff supervisor manager admin",
    ("POST", "/api/counters/{counter}/quiet-call"): "staff supervisor manager admin",
    ("GET", "/api/quiet-calls"): "supervisor manager admin",
    ("POST", "/api/quiet-calls/{call}/going"): "supervisor manager admin",
    ("POST", "/api/quiet-calls/{call}/over"): "staff supervisor manager admin",
    ("GET", "/api/pulse"): "staff supervisor manager admin",
    ("POST", "/api/pulse"): "staff supervisor manager admin",
    ("GET", "/api/pulse/report"): "manager admin",
    ("GET", "/api/comfort/at/{door}"): "",
    ("POST", "/api/comfort/at/{door}/tell"): "",
    ("GET", "/api/comfort/at/{door}/checker"): "care host staff supervisor manager admin",
    ("POST", "/api/comfort/at/{door}/check"): "care host staff supervisor manager admin",
    **{
        ("POST", f"/api/comfort/faults/{{fault}}/{act}"): "care host staff supervisor manager admin"
        for act in ("seen", "begin", "mend", "photo")
    },
    ("GET", "/api/comfort/photos/{photo}"): "care host staff supervisor manager admin",
    ("GET", "/api/comfort"): "manager admin",
    ("POST", "/api/comfort/faults/{fault}/assign"): "manager admin",
    ("POST", "/api/comfort/faults/{fault}/black-out"): "manager admin",
    **{
        ("POST", f"/api/comfort/missed/{{day}}/{{place}}/{act}"): "manager admin"
        for act in ("read", "assign", "act")
    },
    ("GET", "/api/comfort/sheets"): "manager admin",
    ("POST", "/api/comfort/doors"): "manager admin",
    ("POST", "/api/comfort/doors/{place}/renew"): "manager admin",
    ("GET", "/api/comfort/phones"): "manager admin",
    ("POST", "/api/comfort/phones"): "manager admin",
    ("DELETE", "/api/comfort/phones/{phone}"): "manager admin",
    ("GET", "/api/results/{office}"): "",
    ("GET", "/api/survey/published"): "manager admin",
    ("POST", "/api/survey/published"): "manager admin",
    ("POST", "/api/survey/published/{result}/withdraw"): "manager admin",
    ("GET", "/api/evidence"): "manager admin",
    ("GET", "/api/privacy"): "manager admin",
    ("GET", "/api/backups"): "manager admin",
    ("GET", "/api/city/people"): "admin city",
    ("POST", "/api/city/people"): "admin city",
    ("POST", "/api/city/people/{person}/invitation"): "admin city",
    ("DELETE", "/api/city/people/{person}"): "admin city",
    ("POST", "/api/backups"): "admin",
    ("POST", "/api/backups/plan"): "admin",
    ("POST", "/api/backups/end"): "admin",
    ("POST", "/api/backups/key"): "admin",
    ("GET", "/api/privacy/visit"): "manager admin",
    ("POST", "/api/privacy/forget"): "manager admin",
    ("GET", "/api/setup"): "",
    **{
        ("POST", f"/api/setup/{act}"): ""  # the browser with the code, while there is no office
        for act in ("enter", "draft", "printers/test", "finish")
    },
    ("GET", "/api/setup/printers"): "",
    ("POST", "/api/devices/code"): "manager admin",
    ("GET", "/api/devices"): "manager admin",
    ("POST", "/api/devices/{device}/rename"): "manager admin",
    ("POST", "/api/devices/{device}/reload"): "manager admin",
    ("DELETE", "/api/devices/{device}"): "manager admin",
    ("POST", "/api/devices/ask"): "",
    ("POST", "/api/devices/wait"): "",
    ("GET", "/api/devices/waiting"): "manager admin",
    ("POST", "/api/devices/look"): "manager admin",
    ("POST", "/api/devices/let-in"): "manager admin",
    ("GET", "/api/devices/first-steps"): "manager admin",
    ("POST", "/api/devices/open-today"): "manager admin",
    ("GET", "/api/settings"): "manager admin",
    ("POST", "/api/settings"): "manager admin",
    ("POST", "/api/settings/check"): "manager admin",
    ("POST", "/api/settings/draft"): "manager admin",
    ("DELETE", "/api/settings/draft"): "manager admin",
    ("GET", "/api/settings/planned/{change}"): "manager admin",
    ("DELETE", "/api/settings/planned/{change}"): "manager admin",
    ("GET", "/api/settings/history"): "manager admin",
    ("GET", "/api/settings/versions/{version}"): "manager admin",
    ("GET", "/api/settings/file"): "manager admin",
    ("POST", "/api/settings/file"): "manager admin",
    ("GET", "/api/settings/prepared"): "manager admin",
    ("POST", "/api/settings/prepared/aside"): "manager admin",
    ("GET", "/api/settings/holidays"): "manager admin",
    ("POST", "/api/settings/days"): "manager admin",
    ("POST", "/api/settings/week"): "manager admin",
    ("POST", "/api/session"): "",
    ("POST", "/api/session/password"): "host staff supervisor manager admin agency city",
    ("GET", "/api/session"): f"{ALL} agency city",
    ("DELETE", "/api/session"): "",
    ("POST", "/api/pair"): "",
    ("GET", "/healthz"): "",
    ("GET", "/readyz"): "",
    ("GET", "/metrics"): "",
    ("GET", "/api/openapi.json"): "",
    ("GET", "/api/docs"): "",
    ("POST", "/api/displays/report"): "display",
    ("GET", "/api/displays/mine"): "display",
    ("GET", "/api/displays"): "manager admin",
    ("POST", "/api/displays/code"): "manager admin",
    ("POST", "/api/displays/{display}"): "manager admin",
    ("DELETE", "/api/displays/{display}"): "manager admin",
    ("GET", "/api/media"): "manager admin",
    ("POST", "/api/media"): "manager admin",
    ("POST", "/api/media/slides"): "manager admin",
    ("GET", "/api/media/{media}/file"): "display manager admin",
    ("DELETE", "/api/media/{media}"): "manager admin",
    ("GET", "/api/playlists"): "manager admin",
    ("POST", "/api/playlists"): "manager admin",
    ("GET", "/api/voice"): ALL,
    ("GET", "/api/voice/spoken"): ALL,
    ("POST", "/api/voice"): "manager admin",
    ("GET", "/api/voice/packs"): "manager admin",
    ("POST", "/api/voice/packs"): "manager admin",
    ("POST", "/api/voice/packs/import"): "manager admin",
    ("GET", "/api/voice/packs/{pack}/export"): "manager admin",
    ("DELETE", "/api/voice/packs/{pack}"): "manager admin",
    ("GET", "/api/voice/packs/{pack}/{language}/{clip}"): "kiosk display manager admin",
    ("POST", "/api/voice/packs/{pack}/{language}/{clip}"): "manager admin",
    ("DELETE", "/api/voice/packs/{pack}/{language}/{clip}"): "manager admin",
}
"""Who may call what, written down once more by hand; empty: anyone."""
EVERY = sorted(WHO)
GUARDED = [each for each in EVERY if WHO[each]]
SOCKET = "/api/events"
"""Its answers to plain requests have a test of their own."""


def address(path: str) -> str:
    """Return an address that fits the route and names nothing that exists."""
    return re.sub(r"{\w+}", "0" * 32, path)


def test_the_table_here_holds_every_route() -> None:
    assert sorted((route.method, route.path) for route in ROUTES) == EVERY


# ------------------------------------------------------------------ who may call what


@pytest.mark.parametrize("token", [None, "", "ramah_wrong", "x" * 5000, "ramah_\xff"])
async def test_without_a_valid_token_every_guarded_route_answers_401(
    hall: Hall, token: str | None
) -> None:
    before = hall.last_event()
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    async with hall.client() as client:
        for method, path in GUARDED:
            answer = await client.send(method, address(path), headers=headers)
            assert (answer.status, answer.problem) == (401, "not-logged-in"), (method, path)
            assert answer.headers["WWW-Authenticate"] == "Bearer"
            assert answer.json["field"] == "Authorization"
    assert hall.last_event() == before


async def test_a_basic_login_is_no_token(hall: Hall) -> None:
    token = hall.token("admin")
    async with hall.client() as client:
        for scheme in ("Basic", "Token", ""):
            answer = await client.get("/api/queue", headers={"Authorization": f"{scheme} {token}"})
            assert answer.status == 401


@pytest.mark.parametrize("role", ROLES)
async def test_each_role_may_do_what_the_table_says_and_nothing_else(hall: Hall, role: str) -> None:
    before = hall.last_event()
    async with hall.client(role) as client:
        for method, path in GUARDED:
            answer = await client.send(method, address(path), check=path != SOCKET)
            if role in WHO[method, path].split():
                assert answer.status not in {401, 403}, (method, path)
            else:
                assert (answer.status, answer.problem) == (403, "not-allowed"), (method, path)
    asked = role in WHO["POST", "/api/help"].split()  # the one wish that needs nothing to exist
    assert hall.last_event() == before + asked


async def test_a_revoked_token_is_refused_on_every_route(hall: Hall) -> None:
    async with hall.client("admin") as client:
        assert (await client.get("/api/queue")).status == 200
        with hall.server.database() as db:
            db.execute("UPDATE tokens SET revoked_at = 1 WHERE branch = ?", (hall.number,))

        async def refused() -> bool:
            return (await client.get("/api/queue")).status == 401

        await soon(refused, "the revoked token is refused")
        for method, path in GUARDED:
            assert (await client.send(method, address(path))).status == 401, (method, path)


async def test_an_expired_token_is_refused(hall: Hall) -> None:
    async with hall.client("staff") as client:
        with hall.server.database() as db:
            db.execute("UPDATE tokens SET expires_at = 1 WHERE branch = ?", (hall.number,))
        assert (await client.get("/api/queue")).status == 401


async def test_an_unknown_address_is_a_problem_document_too(visitor: Client) -> None:
    for path in ("/api/nothing", "/api/", "/api/counters/1/dance", "/api/tickets/a/b/c"):
        answer = await visitor.post(path)
        assert (answer.status, answer.problem) == (404, "not-found")


async def test_a_wrong_method_says_which_ones_there_are(staff: Client) -> None:
    for method, path, allowed in (
        ("PUT", "/api/tickets", {"GET", "POST"}),
        ("GET", "/api/counters/1/call-next", {"POST"}),
        ("POST", "/api/log", {"GET"}),
        ("DELETE", "/api/queue", {"GET"}),
    ):
        answer = await staff.send(method, path, check=False)  # the contract has no such calls
        assert (answer.status, answer.problem) == (405, "method-not-allowed")
        assert set(answer.headers["Allow"].split(",")) == allowed


async def test_looking_never_changes_anything(hall: Hall, staff: Client, manager: Client) -> None:
    """A link, a prefetch or a crawler must not call or delete (seen in other systems)."""
    await staff.do(1, "open")
    ticket = await staff.take()
    before = hall.last_event()
    for method, path in EVERY:
        if method == "GET" and path not in {"/api/track/{token}", "/api/openapi.json"}:
            real = address(path.replace("{ticket}", ticket["id"]).replace("{counter}", "1"))
            await staff.get(real, check=path != SOCKET)
            await manager.get(real, check=path != SOCKET)
    assert hall.last_event() == before


# ------------------------------------------------------------------ other branches


@pytest.mark.parametrize("role", ["staff", "admin"])
async def test_a_ticket_of_another_branch_does_not_exist_here(
    hall: Hall, other: Hall, role: str
) -> None:
    async with other.client("kiosk") as there, hall.client(role) as here:
        ticket = (await there.take())["id"]
        await here.do(1, "open")
        before = (hall.last_event(), other.last_event())
        for method, path in EVERY:
            if "{ticket}" in path:
                answer = await here.send(method, path.replace("{ticket}", ticket))
                assert (answer.status, answer.problem) == (404, "unknown-ticket"), path
                assert answer.json["field"] == "ticket"
        called = await here.at(1, "call", {"ticket": ticket, "reason": "coba"})
        assert (called.status, called.json["field"]) == (404, "ticket")
        assert (hall.last_event(), other.last_event()) == before


async def test_a_counter_of_another_branch_does_not_exist_here(
    hall: Hall, other: Hall, staff: Client
) -> None:
    async with other.client("staff") as there:
        foreign = (await there.get("/api/counters")).json["counters"][0]["id"]
    ticket = await staff.take()
    await staff.do(1, "open")
    await staff.do(1, "call", {"ticket": ticket["id"], "reason": "coba"})
    before = (hall.last_event(), other.last_event())
    bodies = {
        "call": {"ticket": ticket["id"], "reason": "coba"}, "break": {"reason": "salat"},
        "services": {"services": ["A"]}, "add-service": {"service": "B"}, "press": {"key": "1"},
    }  # fmt: skip
    for act in COUNTER_ACTS:
        answer = await staff.at(foreign, act, bodies.get(act))
        assert (answer.status, answer.problem) == (404, "unknown-counter"), act
        assert answer.json["field"] == "counter"
    sent = await staff.at(1, "transfer", {"counter": foreign})
    assert (sent.status, sent.problem) == (404, "unknown-counter")
    assert (hall.last_event(), other.last_event()) == before


@pytest.mark.parametrize(
    "key",
    [
        "0",
        "13",
        "1%20",
        "%EF%BC%91",
        "01",
        "-1",
        "1%0a",
        "%00",
        "%ff%fe",
        "x" * 3000,
        "..",
        "1;",
        "%F0%9F%98%80",
    ],
)
async def test_an_odd_address_of_a_counter_is_just_not_found(
    hall: Hall, staff: Client, key: str
) -> None:
    before = hall.last_event()
    for path in (f"/api/counters/{key}/open", f"/api/tickets/{key}/return"):
        answer = await staff.post(path, check=False)
        assert answer.status in {404, 405}
        assert answer.problem
        assert len(answer.body) < 1000
    assert hall.last_event() == before


# ------------------------------------------------------------------ bad bodies

Field = tuple[str, str, Any]
"""Call, name and type of a field of a body."""


SCREENS = {"/api/displays/report", "/api/displays/{display}"}
"""Bodies of lists and wide ranges; tests/display tries what does not fit into them."""


def fields(kind: type) -> list[Field]:
    """Return every field of that kind in every request body."""
    found: list[Field] = []
    for route in ROUTES:
        if route.body is None or route.path in SCREENS:
            continue
        for name, hint in get_type_hints(route.body).items():
            if get_origin(hint) not in {list, dict} and kind in (get_args(hint) or (hint,)):
                found.append((route.path, name, hint))
    return found


VALID: dict[str, dict[str, Any]] = {
    "/api/city/halls": {
        "code": "baru",
        "name": "Baru",
        "like": "mana",
        "login": "ani",
        "person": "Ani",
    },
    "/api/city/package": {"had": 0},
    "/api/city/versions": {"version": "1.2.0", "halls": ["x"]},
    "/api/city/halls/{code}/wishes": {"device": "d", "act": "reload"},
    **{
        f"/api/city/prepared/{{code}}{each}": {"settings": "{}", "base": 1, "halls": ["x"]}
        for each in ("", "/check")
    },
    "/api/city/prepared/{code}/people": {"people": []},
    "/api/settings/prepared/aside": {"version": 1},
    "/api/rota": {"week": "2026-03-02", "version": 0, "days": []},
    "/api/rota/rules": {"version": 0, "rules": {}},
    "/api/rota/try": {"day": "2026-03-02", "shifts": []},
    "/api/tickets": {"service": "A"},
    "/api/counters/{counter}/call": {"ticket": "t", "reason": "coba"},
    "/api/counters/{counter}/break": {"reason": "salat"},
    "/api/services/{service}/pause": {"notice": "rapat"},
    "/api/services/{service}/roll": {"number": 7},
    "/api/session": {"login": "sari", "password": "x"},
    "/api/session/password": {"old": "x", "new": "y"},
    "/api/session/passkey": {"login": "sari", "password": "x"},
    "/api/passkeys": {"name": "HP", "credential": "", "client_data": "", "attestation": ""},
    "/api/pair": {"code": "ABCD-EFGH"},
    "/api/devices/{device}/rename": {"name": "Kios"},
    "/api/devices/ask": {"kind": "kiosk"},
    "/api/devices/look": {"code": "ABC DEF"},
    "/api/devices/let-in": {"code": "ABC DEF", "role": "kiosk", "name": "Kios"},
    "/api/voice": {"voice": {}},
    "/api/displays/code": {"name": "Lobi"},
    "/api/counters/{counter}/word": {"ticket": "t", "face": 3},
    "/api/reception/count": {"what": "leaflet"},
    "/api/reception/door": {"people": 3},
    "/api/backups/plan": {"password": "x", "at": "19:00", "keep": 3, "folder": "/nowhere"},
    "/api/words": {"token": "x" * 22, "face": 3},
    "/api/words/read": {"token": "x" * 22},
    "/api/tablets/code": {"counter": 1, "name": "Loket satu"},
    "/api/media/slides": {"name": "Halo", "text": "Selamat datang"},
    "/api/playlists": {"name": "lobby", "items": []},
    "/api/voice/packs": {"person": "Sari", "consent": "Ya", "agreed_on": "2026-01-02"},
    "/api/counters/{counter}/add-service": {"service": "B"},
    "/api/counters/{counter}/services": {"services": ["A"]},
    "/api/counters/{counter}/press": {"key": "main"},
    "/api/notice": {"notice": "rapat"},
    **{f"/api/settings{each}": {"settings": "{}", "base": 1} for each in ("", "/check", "/draft")},
    "/api/settings/week": {"settings": "{}"},
    "/api/track/{token}/feedback": {"face": 4},
    "/api/track/{token}/survey": {"marks": {"waktu": 3}},
    "/api/survey/answers": {"day": "2026-01-02", "service": "A", "marks": {"waktu": 3}},
    "/api/survey/published": {"first": "2026-01-02", "last": "2026-01-02"},
    "/api/survey/plans": {"element": "waktu", "plan": "Membuka loket.", "due": "2100-01-01"},
}


def real(path: str) -> str:
    """Return the address of something that exists."""
    return address(path.replace("{counter}", "1").replace("{service}", "A"))


FILES = {"/api/setup/draft", "/api/settings/check", "/api/settings/draft", "/api/settings/file",
         "/api/settings/days"}  # fmt: skip
"""Their text is a whole file, read by what names its mistakes: test_settings_calls.py."""
LONGER = {"password", "old", "new", "settings", "began", "credential", "client_data", "attestation"}
TEXTS = [each for each in fields(str) if each[1] not in LONGER and each[0] not in FILES]
NUMBERS = fields(int)
CONTROLS = [
    "\x00",
    "a\nb",
    "a\rb",
    "\t",
    "\x1b[2J",
    "\x7f",
    "\x9b31m",
    "\u202eabc",
    "\u2028",
    "\ufeff",
]


NONE_IS_A_NUMBER = {
    ("/api/city/package", "had"), ("/api/city/package", "put_aside"),
    ("/api/reception/door", "people"), ("/api/rota", "version"), ("/api/rota/rules", "version"),
}  # fmt: skip
"""Where nobody may be counted, or nothing has been saved yet."""
MOMENTS = {
    ("/api/city/package", "had"), ("/api/city/package", "put_aside"),
    ("/api/settings/prepared/aside", "version"),
}  # fmt: skip
"""What counts milliseconds."""


def sender(hall: Hall, path: str) -> Client:
    """Return a client that may send a body there: a manager, else whoever may."""
    roles = WHO["POST", path].split() or ["manager"]
    return hall.client("manager" if "manager" in roles else roles[0])


def test_there_are_texts_and_numbers_to_try() -> None:
    assert len(TEXTS) >= 12
    assert len(NUMBERS) >= 2


@pytest.mark.parametrize(("path", "name"), [each[:2] for each in TEXTS])
async def test_control_characters_are_refused_in_every_text(
    hall: Hall, path: str, name: str
) -> None:
    before = hall.last_event()
    async with sender(hall, path) as client:
        for text in (*(each * 4 for each in CONTROLS), "2026-03-02\n"):
            body = VALID.get(path, {}) | {name: text}
            answer = await client.post(real(path), body)
            assert (answer.status, answer.problem) == (422, "invalid-field"), repr(text)
            assert answer.json["field"] == name
            assert text not in answer.json["detail"]
    assert hall.last_event() == before


@pytest.mark.parametrize(("path", "name"), [each[:2] for each in TEXTS])
async def test_a_text_is_a_text_and_not_endless(hall: Hall, path: str, name: str) -> None:
    before = hall.last_event()
    async with sender(hall, path) as client:
        wrong: list[Any] = [5, True, [], {}, ["A"], "x" * 600]
        for value in wrong:
            answer = await client.post(real(path), VALID.get(path, {}) | {name: value})
            assert (answer.status, answer.problem) == (422, "invalid-field"), value
            assert answer.json["field"] == name
    assert hall.last_event() == before


@pytest.mark.parametrize(("path", "name"), [each[:2] for each in NUMBERS])
@pytest.mark.parametrize(
    "number",
    ['"2"', '"١"', '""', "1.5", "true", "[]", "0", "-1", "100000", "1e400", "9" * 30, "9" * 5000],
)
async def test_a_number_is_a_number_within_its_bounds(
    hall: Hall, path: str, name: str, number: str
) -> None:
    if number == "0" and (path, name) in NONE_IS_A_NUMBER:
        return
    if number == "100000" and (path, name) in MOMENTS:
        return
    before = hall.last_event()
    async with sender(hall, path) as client:
        body = json.dumps(VALID.get(path, {}) | {name: "HERE"}).replace('"HERE"', number)
        answer = await client.post(real(path), raw=body.encode())
        assert answer.status in {400, 422}
        assert answer.json["field"] in {name, "body"}
        assert answer.problem in {"invalid-field", "malformed-json"}
    assert hall.last_event() == before


BODIES = [each for each in ROUTES if each.body is not None and each.first is None]
"""Calls whose body is read whoever asks; the set-up reads none once there is an office."""


@pytest.mark.parametrize("route", BODIES, ids=lambda each: each.path)
async def test_an_unknown_field_is_refused_and_named_on_every_call(
    hall: Hall,
    route: Any,  # noqa: ANN401
) -> None:
    before = hall.last_event()
    role = (WHO.get((route.method, route.path)) or "staff").split()[-1]
    async with hall.client(role) as client:
        await _refuses_unknown(client, route.path)
    assert hall.last_event() == before


async def _refuses_unknown(client: Client, path: str) -> None:
    for name in ("prioritas", "Service", "__proto__", "a.b", "x" * 400, "bad\u0000name"):
        body = VALID.get(path, {}) | {name: 1}
        answer = await client.post(address(real(path)), body)
        assert (answer.status, answer.problem) == (422, "invalid-field")
        assert answer.json["field"].startswith(name[:10].replace("\0", "?"))
        assert len(answer.body) < 1500


WRONG_BODIES: list[tuple[str, bytes, int, str]] = [
    ("not JSON", b"service=A", 400, "body"),
    ("cut off", b'{"service": "A"', 400, "body"),
    ("a trailing comma", b'{"service": "A",}', 400, "body"),
    ("something behind it", b'{"service": "A"} {}', 400, "body"),
    ("a comment", b'{"service": "A" /* please */}', 400, "body"),
    ("single quotes", b"{'service': 'A'}", 400, "body"),
    ("not a number", b'{"service": "A", "people": NaN}', 400, "body"),
    ("invalid UTF-8", b'{"service": "\xff\xfe"}', 400, "body"),
    ("half a surrogate", b'{"service": "\\ud800"}', 400, "body"),
    ("UTF-16", '{"service": "A"}'.encode("utf-16"), 400, "body"),
    ("zeros", b"\x00" * 100, 400, "body"),
    ("deep nesting of lists", b"[" * 30_000 + b"]" * 30_000, 400, "body"),
    ("deep nesting of objects", b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 400, "body"),
    (
        "deep nesting in a field",
        b'{"service": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
        400,
        "body",
    ),
    ("one megabyte", b'{"service": "' + b"A" * 1_000_000 + b'"}', 413, "body"),
    ("just too large", b'{"service": "A"}' + b" " * 65_536, 413, "body"),
    ("a list", b'["A"]', 422, "body"),
    ("a text", b'"A"', 422, "body"),
    ("nothing", b"null", 422, "body"),
    ("an empty object", b"{}", 422, "service"),
    ("no body at all", b"", 422, "service"),
    ("an empty service", b'{"service": ""}', 422, "service"),
    ("a service of null", b'{"service": null}', 422, "service"),
    ("an unknown class", b'{"service": "A", "priority": "vip"}', 422, "priority"),
    ("a class of another type", b'{"service": "A", "priority": 1}', 422, "priority"),
    ("a service nobody has", b'{"service": "Z"}', 404, "service"),
    ("SQL for a service", b'{"service": "A\'; DROP TABLE tickets; --"}', 404, "service"),
    ("a language nobody speaks here", b'{"service": "A", "language": "tlh"}', 422, "language"),
    ("the same field twice", b'{"service": "A", "service": "B"}', 400, "service"),
]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [each[1:] for each in WRONG_BODIES],
    ids=[each[0].replace(" ", "-") for each in WRONG_BODIES],
)
async def test_a_bad_request_for_a_number_names_the_field_and_gives_none(
    hall: Hall, kiosk: Client, body: bytes, status: int, field: str
) -> None:
    before = hall.last_event()
    answer = await kiosk.post("/api/tickets", raw=body)
    assert hall.last_event() == before
    assert answer.problem
    if status == 400 and answer.status == 422:
        assert answer.json["field"]  # a mistake was found before the end of the text
    else:
        assert (answer.status, answer.json["field"]) == (status, field)


async def test_a_body_in_pieces_without_a_length_has_the_same_bound(
    hall: Hall, kiosk: Client
) -> None:
    async def endless() -> Any:  # noqa: ANN401
        for _ in range(40):
            yield b" " * 4096

    before = hall.last_event()
    async with kiosk._session.post(  # noqa: SLF001 - the client sends whole bodies only
        kiosk.url + "/api/tickets", data=endless(), headers=kiosk.headers
    ) as answer:
        assert (answer.status, answer.content_type) == (413, PROBLEM)
    assert hall.last_event() == before


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/api/log?from=yesterday", "from"),
        ("/api/log?from=2026-13-01", "from"),
        ("/api/log?from=2026-02-30", "from"),
        ("/api/log?to=2026-03-02T08:00:00", "to"),
        ("/api/log?from=2026-03-02&to=2026-03-01", "to"),
        ("/api/log?from=0001-01-01T00:00:00%2B14:00", "from"),
        ("/api/log?to=9999-12-31T23:59:59-12:00", "to"),
        ("/api/log?from=%00", "from"),
        ("/api/log?format=xml", "format"),
        ("/api/totals?day=today", "day"),
        ("/api/totals?day=", "day"),
        ("/api/totals?day=2026-03-02T08:00", "day"),
        ("/api/tickets?state=done", "state"),
        ("/api/tickets?state=", "state"),
        ("/api/events?since=-1", "since"),
        ("/api/events?since=1e3", "since"),
        ("/api/events?since=%D9%A3", "since"),
        ("/api/events?since=" + "9" * 40, "since"),
    ],
)
async def test_a_bad_question_names_its_field(manager: Client, path: str, field: str) -> None:
    answer = await manager.get(path)
    assert answer.status == 422
    assert answer.problem
    assert answer.json["field"] == field


async def test_the_event_socket_answers_a_plain_request_as_documented(staff: Client) -> None:
    answer = await staff.get("/api/events")
    assert (answer.status, answer.problem) == (400, "not-a-websocket")


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # a browser that tries https
        b"GET /api/queue HTTP/9.9\r\n\r\n",
        b"\x00" * 200 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 20_000 + b"\r\n\r\n",
        b"POST /api/tickets HTTP/1.1\r\nHost: a\r\nContent-Length: minus\r\n\r\n",
        b"POST /api/tickets HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=["tls", "version", "zeros", "long-header", "length", "chunk"],
)
async def test_what_is_no_request_at_all_leaves_no_traceback(hall: Hall, sent: bytes) -> None:
    """The ``hall`` fixture looks into the log."""
    reader, writer = await asyncio.open_connection("127.0.0.1", hall.server.port)
    try:
        writer.write(sent)
        answer = await reader.read(65536)
        assert answer == b"" or b" 400 " in answer.split(b"\r\n")[0]
    finally:
        writer.close()
        await writer.wait_closed()


# ------------------------------------------------------------------ idempotency


async def test_the_same_key_twice_gives_the_same_ticket(hall: Hall, kiosk: Client) -> None:
    first = await kiosk.post("/api/tickets", {"service": "A"}, key="k-1")
    again = await kiosk.post("/api/tickets", raw=b' { "service" : "A" } ', key="k-1")
    assert (first.status, again.status) == (201, 201)
    assert first.body == again.body
    assert [event["kind"] for _, event in hall.events()].count("issued") == 1


async def test_fifty_repeats_at_once_make_one_ticket(hall: Hall, kiosk: Client) -> None:
    body = {"service": "B", "people": 3}
    answers = await asyncio.gather(
        *(kiosk.post("/api/tickets", body, key="same") for _ in range(50))
    )
    assert {each.status for each in answers} == {201}
    assert len({each.body for each in answers}) == 1
    assert hall.query("SELECT COUNT(*) FROM tickets WHERE branch = ?") == [(1,)]
    assert [event["kind"] for _, event in hall.events()].count("issued") == 1


async def test_a_key_used_for_another_request_is_refused(hall: Hall, kiosk: Client) -> None:
    await kiosk.post("/api/tickets", {"service": "A"}, key="k-2")
    before = hall.last_event()
    for body in ({"service": "B"}, {"service": "A", "people": 2}):
        answer = await kiosk.post("/api/tickets", body, key="k-2")
        assert (answer.status, answer.problem) == (422, "idempotency-key-reused")
        assert answer.json["field"] == "Idempotency-Key"
    assert hall.last_event() == before


async def test_two_kiosks_may_choose_the_same_key(hall: Hall, kiosk: Client) -> None:
    async with hall.client("kiosk") as second:
        mine = await kiosk.post("/api/tickets", {"service": "A"}, key="k-3")
        theirs = await second.post("/api/tickets", {"service": "A"}, key="k-3")
    assert mine.json["id"] != theirs.json["id"]


async def test_a_refusal_is_not_kept_under_the_key(staff: Client) -> None:
    await staff.post("/api/services/A/pause", {"notice": "rapat"})
    assert (await staff.post("/api/tickets", {"service": "A"}, key="k-4")).status == 409
    await staff.post("/api/services/A/resume")
    assert (await staff.post("/api/tickets", {"service": "A"}, key="k-4")).status == 201


async def test_a_repeated_call_next_calls_one_ticket(hall: Hall, staff: Client) -> None:
    await staff.do(1, "open")
    assert (await staff.at(1, "call-next", key="c-0")).status == 204
    await staff.take()
    await staff.take()
    first = await staff.at(1, "call-next", key="c-1")
    again = await staff.at(1, "call-next", key="c-1")
    assert (first.status, first.body) == (200, again.body)
    assert (await staff.at(1, "call-next", key="c-0")).status == 204, "the first answer again"
    assert [event["kind"] for _, event in hall.events()].count("called") == 1


@pytest.mark.parametrize("key", ["x" * 201, "\x01", "a\tb", "caf\xe9"])
async def test_a_key_is_short_and_printable(hall: Hall, kiosk: Client, key: str) -> None:
    before = hall.last_event()
    writer_headers = f"Authorization: Bearer {kiosk.token}\r\nIdempotency-Key: ".encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", hall.server.port)
    try:
        body = b'{"service":"A"}'
        writer.write(
            b"POST /api/tickets HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
            + writer_headers + key.encode("latin-1")
            + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        )  # fmt: skip
        answer = await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()
    if key == "caf\xe9" and b" 201 " in answer[:20]:
        return  # bytes beyond ASCII may be read as Latin-1
    assert answer.split(b" ")[1] in {b"422", b"400"}
    assert hall.last_event() == before


# ------------------------------------------------------------------ connections


async def spoken(port: int, *lines: bytes) -> bytes:
    """Send requests on one connection and return all that comes until the server closes it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(b"".join(lines))
        return await asyncio.wait_for(reader.read(), 30)
    finally:
        writer.close()
        await writer.wait_closed()


async def test_answers_keep_and_close_the_connection_as_asked(hall: Hall) -> None:
    host = b"Host: 127.0.0.1\r\n"
    usual = b"GET /healthz HTTP/1.1\r\n" + host + b"\r\n"
    last = b"GET /healthz HTTP/1.1\r\n" + host + b"Connection: close\r\n\r\n"
    told = await spoken(hall.server.port, usual, usual, last)
    assert told.count(b"HTTP/1.1 200 OK\r\n") == 3
    for head, body in (each.split(b"\r\n\r\n", 1) for each in told.split(b"HTTP/1.1 ")[1:]):
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        assert fields[b"content-type"].startswith(b"application/json")
        assert int(fields[b"content-length"]) == len(body)
        assert b"gmt" in fields[b"date"]
    old = await spoken(hall.server.port, b"GET /healthz HTTP/1.0\r\n" + host + b"\r\n")
    assert old.startswith(b"HTTP/1.0 200 OK")
    assert old.count(b"\r\n\r\n") == 1


# ------------------------------------------------------------------ language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "id"), ("en", "en"), ("en-GB,en;q=0.9,id;q=0.1", "en"), ("de, en;q=0.5", "en"),
        ("id;q=0.2, en;q=0.8", "en"), ("zz", "id"), ("*", "id"), (";;;q=x,,", "id"),
        ("en;q=nonsense", "en"),
    ],
)  # fmt: skip
def test_the_readers_language_is_found_in_the_header(header: str, language: str) -> None:
    assert negotiate(header, ["id", "en"]) == language


async def test_a_problem_speaks_the_readers_language(kiosk: Client) -> None:
    said = [
        (await kiosk.post("/api/tickets", {"service": "Z"}, headers={"Accept-Language": each})).json
        for each in ("id", "en")
    ]
    assert said[0]["detail"] != said[1]["detail"]
    assert said[0]["type"] == said[1]["type"]


def test_every_body_refuses_unknown_fields_by_its_type() -> None:
    for route in BODIES:
        assert route.body is not None
        with pytest.raises(msgspec.ValidationError, match="unknown"):
            msgspec.json.decode(b'{"surely_unknown": 1}', type=route.body)


async def test_a_language_that_nobody_here_speaks_is_refused_in_one_that_is_known(
    manager: Client,
) -> None:
    odd = "language=xx-Odd"
    for path, field in (
        (f"/api/deeds?format=csv&{odd}", "language"),
        (f"/api/printers/preview.png?profile=:&{odd}", "profile"),
    ):
        answer = await manager.get(path, headers={"Accept-Language": "en"})
        assert (answer.status, answer.json["field"]) == (422, field), path
        assert answer.json["title"] == "The request is not valid"
