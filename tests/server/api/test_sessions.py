"""Logging in and out, pairing devices, and what another site's page cannot do."""

from __future__ import annotations

import asyncio
from contextlib import closing

import pytest
from argon2 import PasswordHasher
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from server.admission import Lane, Place
from server.auth import registry
from server.auth.limits import Attempts, Full, Turns
from server.auth.passwords import check_new
from server.clock import wall_clock
from server.domain.errors import Invalid
from server.storage.database import connect as open_database
from tests.server.api.client import Answer, Client
from tests.server.process import PASSWORD, Hall, Server
from tests.server.waiting import soon

EVIL = {"Origin": "http://evil.example"}


async def log_in(
    client: Client, login: str, password: str = PASSWORD, *, check: bool = False
) -> Answer:
    """Log in; the client keeps the cookie."""
    body = {"login": login, "password": password}
    return await client.post("/api/session", body, check=check)


def pairing_code(hall: Hall, role: str = "kiosk", *, minutes_ago: float = 0) -> str:
    """Do what ``ramah token create --code`` does."""
    now = wall_clock() - round(minutes_ago * 60_000)
    with closing(open_database(hall.server.data)) as db:
        return registry.create_code(db, hall.number, role, f"{role} depan", now)


# ------------------------------------------------------------------ people


async def test_a_person_logs_in_and_is_known_by_name(hall: Hall, visitor: Client) -> None:
    answer = await log_in(visitor, hall.person("sari"))
    assert answer.status == 200
    told = (await visitor.get("/api/session")).json
    assert (told["name"][:4], told["role"], told["branch"]["code"]) == ("Sari", "staff", hall.code)


async def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(
    hall: Hall, visitor: Client
) -> None:
    answer = await log_in(visitor, hall.person("sari"))
    cookie = answer.cookies["ramah_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie["path"] == "/"
    assert 0 < int(cookie["max-age"]) <= 14 * 3600
    assert cookie.value not in answer.text
    assert hall.server.query("SELECT 1 FROM sessions WHERE hash = ?", cookie.value) == []


async def test_a_login_is_typed_in_any_case(hall: Hall, visitor: Client) -> None:
    assert (await log_in(visitor, f"  {hall.person('sari').upper()} ")).status == 200


async def test_a_wrong_password_and_an_unknown_login_answer_alike(
    hall: Hall, visitor: Client
) -> None:
    login = hall.person("sari")
    wrong = await log_in(visitor, login, "tebakan")
    unknown = await log_in(visitor, f"{login}x", "tebakan")
    assert (wrong.status, wrong.problem) == (401, "wrong-login")
    assert (unknown.status, unknown.body) == (wrong.status, wrong.body)
    assert "ramah_session" not in wrong.cookies
    assert (await visitor.get("/api/session")).status == 401


async def test_logging_out_ends_this_session_and_no_other(hall: Hall, visitor: Client) -> None:
    login = hall.person("sari")
    first = await log_in(visitor, login)
    secret = first.cookies["ramah_session"].value
    async with hall.client() as elsewhere:
        await log_in(elsewhere, login)
        assert (await visitor.delete("/api/session")).status == 204
        assert (await visitor.get("/api/session")).status == 401
        kept = await visitor.get("/api/session", headers={"Cookie": f"ramah_session={secret}"})
        assert kept.status == 401, "the secret is worth nothing after logging out"
        assert (await elsewhere.get("/api/session")).status == 200


async def test_logging_out_twice_or_without_a_login_is_fine(hall: Hall, visitor: Client) -> None:
    assert (await visitor.delete("/api/session")).status == 204
    await log_in(visitor, hall.person("sari"))
    secret = {"Cookie": f"ramah_session={'x' * 43}"}
    for headers in (None, None, secret):
        assert (await visitor.delete("/api/session", headers=headers)).status == 204
    assert (await visitor.get("/api/session")).status == 401


async def test_another_sites_page_cannot_log_a_person_out(hall: Hall, visitor: Client) -> None:
    await log_in(visitor, hall.person("sari"))
    answer = await visitor.delete("/api/session", headers={"Origin": "https://evil.example"})
    assert answer.problem == "not-allowed"
    assert (await visitor.get("/api/session")).status == 200


async def test_a_new_password_logs_out_everywhere(hall: Hall, visitor: Client) -> None:
    login = hall.person("sari")
    await log_in(visitor, login)
    run = hall.server.ramah("user", "password", login, stdin="kata-sandi-baru\n")
    assert run.returncode == 0, run.stderr

    async def logged_out() -> bool:
        return (await visitor.get("/api/session")).status == 401

    await soon(logged_out, "the old session has ended")
    assert (await log_in(visitor, login)).status == 401
    assert (await log_in(visitor, login, "kata-sandi-baru")).status == 200


async def test_who_was_locked_out_is_out_at_once_and_stays_out(hall: Hall, visitor: Client) -> None:
    login = hall.person("sari")
    await log_in(visitor, login)
    assert hall.server.ramah("user", "remove", login).returncode == 0

    async def out() -> bool:
        return (await visitor.get("/api/session")).status == 401

    await soon(out, "the session has ended")
    assert (await log_in(visitor, login)).status == 401


async def test_a_session_ends_by_itself(hall: Hall, visitor: Client) -> None:
    await log_in(visitor, hall.person("sari"))
    with hall.server.database() as db:
        db.execute("UPDATE sessions SET expires_at = 1")
    assert (await visitor.get("/api/session")).status == 401


async def test_after_five_wrong_passwords_even_the_right_one_has_to_wait(server: Server) -> None:
    for login in ("sari", "budi"):
        server.person(login)
    async with server.client() as client:
        for _ in range(5):
            assert (await log_in(client, "sari", "tebakan")).status == 401
        answer = await log_in(client, "sari")
        assert answer.status == 429
        assert answer.problem == "too-many-tries"
        assert 0 < int(answer.headers["Retry-After"]) <= 60
        assert (await log_in(client, "budi")).status == 200, "a colleague is not locked out"


async def test_wrong_passwords_count_also_when_they_come_at_once(server: Server) -> None:
    server.person("sari")
    async with server.client() as client:
        answers = await asyncio.gather(*(log_in(client, "sari", f"tebakan {n}") for n in range(30)))
    tried = [each for each in answers if each.status == 401]
    assert len(tried) <= 10, "passwords can be guessed as fast as they are sent"


async def test_a_person_sees_only_what_the_role_may_see(hall: Hall, visitor: Client) -> None:
    await log_in(visitor, hall.person("sari", "staff"))
    assert (await visitor.get("/api/log")).status == 403
    async with hall.client() as boss:
        await log_in(boss, hall.person("dewi", "manager"))
        assert (await boss.get("/api/log")).status == 200


async def test_a_stranger_who_guesses_does_not_lock_the_person_out_of_the_own_browser(
    server: Server,
) -> None:
    login = "sari"
    server.person(login)
    async with server.client() as own, server.client() as stranger:
        assert (await log_in(own, login)).status == 200
        await own.delete("/api/session")
        told = [await log_in(stranger, login, f"tebakan {n}") for n in range(8)][-1]
        assert told.status == 429
        assert (await log_in(own, login)).status == 200, "the browser is known"
        assert (await log_in(own, login)).status == 200, "and so is the session"
        told = [await log_in(own, login, f"tebakan {n}") for n in range(12)][-1]
        assert told.status == 429, "a known browser may not guess for ever either"


async def test_guessing_waits_longer_each_time_and_the_words_say_how_long(server: Server) -> None:
    server.person("sari")
    async with server.client() as client:
        answers = [await log_in(client, "sari", "tebakan") for _ in range(6)]
        told = answers[-1]
        assert [each.status for each in answers] == [401] * 5 + [429]
        assert f" {told.headers['Retry-After']} " in told.json["detail"]


def test_the_waits_grow_and_a_clock_set_back_makes_none_longer() -> None:
    now = [1000.0]
    limit = Attempts(allowed=2, first_s=5, longest_s=30, clock=lambda: now[0])
    waits = []
    for _ in range(6):
        limit.began("sari")
        waits.append(limit.wait_s("sari"))
        now[0] += limit.wait_s("sari")
        assert limit.wait_s("sari") == 0
    assert waits == [0, 5, 10, 20, 30, 30]
    now[0] += 901
    limit.began("sari")
    assert limit.wait_s("sari") == 0, "forgotten after a quarter of an hour"


async def test_who_did_not_fail_goes_before_those_who_guess() -> None:
    turns, order = Turns(places=1, waiting=3), []

    async def check(name: str, weight: int) -> None:
        try:
            async with turns.turn(weight):
                order.append(name)
        except Full:
            order.append(f"not {name}")

    async with asyncio.TaskGroup() as group, turns.turn(0):
        for n in range(4):
            group.create_task(check(f"guess {n}", 10 + n))
            await asyncio.sleep(0)
        gone = group.create_task(check("who went away", 0))
        await asyncio.sleep(0)
        gone.cancel()
        group.create_task(check("sari", 0))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert order == ["not guess 3", "not guess 2", "sari", "guess 0", "guess 1"]


# ------------------------------------------------------------------ passwords


async def test_guesses_that_wait_for_their_check_keep_no_other_stranger_waiting(
    server: Server,
) -> None:
    """Each check takes its time, one after the other; a visitor's page is not among them."""
    done: list[str] = []

    async def guess(number: int) -> None:
        async with server.client() as stranger:
            body = {"login": f"x{number}", "password": "tiga-kucing-oranye"}
            assert (await stranger.post("/api/session", body)).status == 401
        done.append("guess")

    async def look() -> None:
        async with server.client() as visitor:
            await soon(lambda: bool(done), "the guesses are on their way")
            assert (await visitor.get("/api/services")).status == 401
        done.append("look")

    async with asyncio.TaskGroup() as group:
        for number in range(12):
            group.create_task(guess(number))
        group.create_task(look())
    assert done.index("look") < 6, "it came before most of the guesses"


def test_a_place_is_given_back_once() -> None:
    lane = Lane(1)
    assert lane.enter_at_once()
    place = Place(lane, measured=False)
    place.leave()
    place.leave()
    assert lane.enter_at_once()
    assert not lane.enter_at_once()


async def test_a_person_changes_the_own_password_and_the_other_sessions_end(server: Server) -> None:
    server.person("sari")
    async with server.client() as here, server.client() as elsewhere, server.client() as new:
        for each in (here, elsewhere):
            await log_in(each, "sari")
        change = {"old": "salah semua", "new": "tiga kucing oranye"}
        wrong = await here.post("/api/session/password", change)
        assert (wrong.status, wrong.json["field"]) == (403, "old")
        weak = await here.post("/api/session/password", {"old": PASSWORD, "new": "sari1234"})
        assert (weak.status, weak.json["field"]) == (422, "password")
        done = await here.post("/api/session/password", change | {"old": PASSWORD})
        assert done.status == 204
        assert (await here.get("/api/session")).status == 200
        assert (await elsewhere.get("/api/session")).status == 401
        assert (await log_in(new, "sari")).status == 401
        assert (await log_in(new, "sari", change["new"])).status == 200


async def test_a_scripts_token_has_no_password_to_change(staff: Client) -> None:
    body = {"old": PASSWORD, "new": "tiga kucing oranye"}
    assert (await staff.post("/api/session/password", body)).status == 403


COMPOSED, PULLED_APART = "caf\u00e9 \u00e0 Lyon", "cafe\u0301 a\u0300 Lyon"


@pytest.mark.parametrize(
    ("kept", "typed"), [(COMPOSED, PULLED_APART), (PULLED_APART, COMPOSED)], ids=["NFC", "NFD"]
)
async def test_the_same_password_of_another_keyboard_is_the_same(
    server: Server, kept: str, typed: str
) -> None:
    words = ["user", "add", "sari", "--name", "Ibu Sari", "--role", "staff"]
    assert server.ramah(*words, stdin=kept + "\n").returncode == 0
    async with server.client() as client:
        assert (await log_in(client, "sari", typed)).status == 200


async def test_a_hash_from_before_passwords_had_one_form_still_counts(server: Server) -> None:
    server.person("sari")
    with server.database() as db:
        db.execute("UPDATE users SET password = ?", (PasswordHasher().hash(PULLED_APART),))
    async with server.client() as client:
        assert (await log_in(client, "sari", PULLED_APART)).status == 200


@pytest.mark.parametrize(
    "password",
    ["12345678", "password", "Password1!", "rahasia123", "aaaaaaaa", "qwertyuiop", "87654321",
     "ramah2026", "sari1234", "Blink182", "chelsea1", "mustang1", "corvette", "ncc1701d",
     "ibusari99", "hall-hall", "rahasiarahasia", "17081945", "x" * 201,
     "senyum-dulu", "Senyum Dulu 26"],
)  # fmt: skip
def test_passwords_that_others_try_first_are_refused(password: str) -> None:
    with pytest.raises(Invalid):
        check_new(password, ["sari", "Ibu Sari", "hall"])


def test_an_office_may_ask_for_longer_passwords() -> None:
    assert check_new("senyum-pagi", least=11)
    with pytest.raises(Invalid) as refused:
        check_new("senyum-pagi", least=15)
    assert refused.value.params == {"n": 15}


@pytest.mark.parametrize(
    "password",
    ["tiga-kucing-oranye", "senyum-pagi", "k7#mQ2xv", "\u732b" * 8 + "\u72ac\u9ce5",
     "sari suka bakso", "abc\u00e9" * 49 + "wxyz"],
)  # fmt: skip
def test_other_passwords_are_taken_whatever_their_letters(password: str) -> None:
    assert check_new(password, ["sari", "Ibu Sari", "hall"])


# ------------------------------------------------------------------ other sites


@pytest.mark.parametrize(
    "headers",
    [EVIL, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
    ids=["origin", "null", "cross-site", "same-site"],
)
async def test_another_sites_page_changes_nothing_with_our_cookies(
    hall: Hall, visitor: Client, headers: dict[str, str]
) -> None:
    await log_in(visitor, hall.person("sari"))
    before = hall.last_event()
    for method, path in (
        ("POST", "/api/tickets"), ("POST", "/api/counters/1/open"), ("DELETE", "/api/session"),
    ):  # fmt: skip
        answer = await visitor.send(method, path, {"service": "A"}, headers=headers)
        assert (answer.status, answer.problem) == (403, "not-allowed")
    assert hall.last_event() == before
    assert (await visitor.get("/api/session")).status == 200


async def test_our_own_page_changes_things(hall: Hall, visitor: Client) -> None:
    await log_in(visitor, hall.person("sari"))
    headers = {"Origin": hall.server.url, "Sec-Fetch-Site": "same-origin"}
    assert (await visitor.post("/api/counters/1/open", headers=headers)).status == 200


@pytest.mark.parametrize("path", ["/api/session", "/api/pair"])
async def test_another_sites_page_cannot_log_a_browser_in(
    hall: Hall, visitor: Client, path: str
) -> None:
    login = hall.person("sari")
    body = {
        "/api/session": {"login": login, "password": PASSWORD},
        "/api/pair": {"code": pairing_code(hall)},
    }[path]
    answer = await visitor.post(path, body, headers=EVIL, check=False)
    assert (answer.status, answer.problem) == (403, "not-allowed")
    assert not answer.cookies


async def test_another_sites_page_cannot_listen_with_our_cookies(
    hall: Hall, visitor: Client
) -> None:
    answer = await log_in(visitor, hall.person("sari"))
    cookie = {"Cookie": f"ramah_session={answer.cookies['ramah_session'].value}"}
    address = hall.server.url.replace("http", "ws") + "/api/events"
    with pytest.raises(InvalidStatus) as refused:
        async with connect(address, additional_headers=cookie, origin="http://evil.example"):  # type: ignore[arg-type]
            pass
    assert refused.value.response.status_code == 403
    async with connect(address, additional_headers=cookie, origin=hall.server.url) as socket:  # type: ignore[arg-type]
        assert await socket.recv()


async def test_a_script_with_a_token_needs_no_origin(staff: Client) -> None:
    assert (await staff.post("/api/counters/1/open", headers=EVIL)).status == 200


async def test_a_wrong_token_is_not_rescued_by_a_cookie(hall: Hall, visitor: Client) -> None:
    await log_in(visitor, hall.person("sari"))
    answer = await visitor.get("/api/session", headers={"Authorization": "Bearer wrong"})
    assert answer.status == 401


# ------------------------------------------------------------------ devices


async def test_a_kiosk_is_paired_by_a_code_that_works_once(hall: Hall, visitor: Client) -> None:
    code = pairing_code(hall)
    answer = await visitor.post("/api/pair", {"code": code})
    assert (answer.status, answer.json["role"]) == (200, "kiosk")
    cookie = answer.cookies["ramah_kiosk"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie.value not in answer.text
    assert (await visitor.take())["label"] == "A001"
    assert (await visitor.get("/api/counters")).status == 403
    async with hall.client() as second:
        again = await second.post("/api/pair", {"code": code}, check=False)
        assert (again.status, again.problem) == (403, "wrong-code")


async def test_two_devices_that_type_the_same_code_at_once_are_not_both_paired(
    hall: Hall,
) -> None:
    code = pairing_code(hall)
    async with hall.client() as one, hall.client() as two:
        answers = await asyncio.gather(
            *(each.post("/api/pair", {"code": code}, check=False) for each in (one, two) * 4)
        )
    assert sorted(each.status for each in answers) == [200] + [403] * 7


async def test_a_code_is_read_kindly(hall: Hall, visitor: Client) -> None:
    typed = " " + pairing_code(hall, "display").lower().replace("-", " ") + " "
    assert (await visitor.post("/api/pair", {"code": typed})).json["role"] == "display"


async def test_a_code_is_good_for_a_quarter_of_an_hour(server: Server) -> None:
    hall = Hall(server, "hall")
    async with server.client() as client:
        late = await client.post(
            "/api/pair", {"code": pairing_code(hall, minutes_ago=15.1)}, check=False
        )
        assert (late.status, late.problem) == (403, "wrong-code")
        in_time = await client.post("/api/pair", {"code": pairing_code(hall, minutes_ago=14.5)})
        assert in_time.status == 200


async def test_guessing_codes_is_slowed_down(server: Server) -> None:
    hall = Hall(server, "hall")
    async with server.client() as client:
        for guess in range(10):
            answer = await client.post("/api/pair", {"code": f"ABCD-{guess:04d}"}, check=False)
            assert answer.status == 403
        answer = await client.post("/api/pair", {"code": pairing_code(hall)}, check=False)
        assert (answer.status, answer.problem) == (429, "too-many-tries")


async def test_a_refused_pairing_is_documented(hall: Hall, visitor: Client) -> None:
    await visitor.post("/api/pair", {"code": pairing_code(hall, minutes_ago=60)})


async def test_a_refused_login_is_documented(hall: Hall, visitor: Client) -> None:
    await log_in(visitor, hall.person("sari"), "tebakan", check=True)


# ------------------------------------------------------------------ keys that last

LONGEST_S = 400 * 86_400
"""What Chromium and Firefox keep of a longer age."""


async def key_of(hall: Hall, role: str) -> dict[str, str]:
    """Pair a browser; return the header with its key, as another start of it would send."""
    async with hall.client() as browser:
        answer = await browser.post("/api/pair", {"code": pairing_code(hall, role)})
        return {"Cookie": f"ramah_{role}={answer.cookies[f'ramah_{role}'].value}"}


@pytest.mark.parametrize("role", ["kiosk", "display"])
async def test_each_opening_of_its_page_renews_a_devices_key(hall: Hall, role: str) -> None:
    header = await key_of(hall, role)
    async with hall.client() as browser:
        for _ in range(2):
            again = (await browser.get(f"/{role}", headers=header)).cookies[f"ramah_{role}"]
            assert f"ramah_{role}={again.value}" == header["Cookie"]
            assert int(again["max-age"]) == LONGEST_S
            assert again["httponly"]
    async with hall.client() as stranger:
        assert not (await stranger.get(f"/{role}")).cookies


async def test_a_device_that_is_never_reloaded_keeps_its_key_by_its_calls(hall: Hall) -> None:
    kiosk, display = await key_of(hall, "kiosk"), await key_of(hall, "display")
    async with hall.client() as browser:
        report = {"sound": "on", "clock": 1}
        told = await browser.post("/api/displays/report", report, headers=display)
        assert int(told.cookies["ramah_display"]["max-age"]) == LONGEST_S
        again = await browser.post("/api/displays/report", report, headers=display)
        assert not again.cookies, "once a day is enough"
    async with hall.client() as browser:
        ticket = await browser.post("/api/tickets", {"service": "A"}, headers=kiosk)
        assert int(ticket.cookies["ramah_kiosk"]["max-age"]) == LONGEST_S


async def test_the_manager_and_the_doctor_are_told_of_a_key_that_ends(
    hall: Hall, manager: Client
) -> None:
    header = await key_of(hall, "kiosk")
    async with hall.client() as browser:
        await browser.get("/kiosk", headers=header)
    assert (await manager.get("/api/equipment")).json["equipment"] == []
    with hall.server.database() as db:
        db.execute(
            "UPDATE tokens SET expires_at = ? WHERE branch = ? AND role = 'kiosk'",
            (wall_clock() + 20 * 86_400_000, hall.number),
        )
    (told,) = (await manager.get("/api/equipment")).json["equipment"]
    assert (told["what"], told["state"], told["well"]) == ("key", "key_ends", False)
    assert "pair it again" in hall.server.ramah("doctor").stdout
    with hall.server.database() as db:  # a clock that runs ahead darkens no hall
        db.execute("UPDATE tokens SET expires_at = 1 WHERE branch = ?", (hall.number,))
    async with hall.client() as browser:
        assert (await browser.get("/api/session", headers=header)).status == 200
