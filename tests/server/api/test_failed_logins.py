"""Log-ins that failed: deeds with the address, never what was typed, and told to the person."""

from __future__ import annotations

from pathlib import Path

from server.api.deedwords import WORDS
from server.auth.failed import (
    A_DAY,
    AT_ONCE,
    BEYOND_S,
    KINDS,
    WINDOW_S,
    Failure,
    Failures,
    somebody_at,
)
from server.storage.queries import chain
from tests.server.api.client import Client
from tests.server.api.test_deeds import deeds
from tests.server.process import PASSWORD, Hall, Server, office_toml
from tests.server.waiting import soon

WRONG = "bukan kata sandinya"
WAYS = {what for both in KINDS.values() for what in both} | {"failed_beyond"}


class Clock:
    """Seconds, put forward by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_first_is_a_deed_at_once_and_all_that_follow_are_one() -> None:
    clock = Clock()
    failures = Failures(clock)
    who = Failure(1, "password", "sari", "10.0.0.9")
    (first,) = failures.failed(who, somebody_at(who.place))
    assert (first.branch, first.what, first.about) == (1, "login_failed", {"person": "sari"})
    assert first.actor.place == "10.0.0.9"
    for _ in range(500):
        assert failures.failed(who, somebody_at(who.place)) == []
    assert failures.due() == []
    clock.now += WINDOW_S
    (more,) = failures.due()
    assert (more.what, more.about) == ("logins_failed", {"person": "sari", "n": 500})
    assert more.actor.place == "10.0.0.9"
    assert failures.due() == []
    assert len(failures.failed(who, somebody_at(who.place))) == 1, "another quarter of an hour"
    clock.now += WINDOW_S
    assert failures.due() == [], "nothing followed it"


def test_a_flood_from_everywhere_at_every_name_fills_no_disk_and_is_counted_whole() -> None:
    clock = Clock()
    failures = Failures(clock)
    lines = []
    hours = 30
    for hour in range(hours):
        for quarter in range(4):
            for place in range(300):
                who = Failure(1, "password", f"p{place}", f"10.0.{hour}.{quarter}-{place}")
                lines += failures.failed(who, somebody_at(who.place))
                lines += failures.failed(who, somebody_at(who.place))
            clock.now += BEYOND_S / 4
            lines += failures.due()
    lines += failures.due(all_of_them=True)
    told = sum(int(line.about.get("n", 1)) for line in lines)
    assert told == hours * 4 * 300 * 2
    days = 2
    assert len(lines) <= days * (2 * A_DAY + 25)
    assert len([line for line in lines[:100] if line.what == "login_failed"]) >= AT_ONCE


def test_one_office_under_attack_keeps_nothing_of_another_from_being_told() -> None:
    failures = Failures(Clock())
    for place in range(1000):
        who = Failure(1, "name", "", f"10.0.0.{place}")
        failures.failed(who, somebody_at(who.place))
    other = Failure(2, "password", "tono", "10.0.1.1")
    assert [line.what for line in failures.failed(other, somebody_at(other.place))] == [
        "login_failed"
    ]


def test_every_way_to_fail_has_a_sentence() -> None:
    assert set(WORDS) >= WAYS


async def told(manager: Client, text: str) -> dict[str, object]:
    """Wait for the deed with this sentence: it is written a moment after the answer."""
    found: list[dict[str, object]] = []

    async def there() -> bool:
        found[:] = [each for each in await deeds(manager) if each["text"] == text]
        return bool(found)

    await soon(there, text)
    return found[0]


async def guess(client: Client, login: str, password: str = WRONG) -> str:
    answer = await client.post("/api/session", {"login": login, "password": password})
    return answer.text


async def test_a_failed_log_in_is_a_deed_with_the_address_and_the_person_hears_of_it(
    hall: Hall, visitor: Client, manager: Client
) -> None:
    login = hall.person("sari")
    answers = {await guess(visitor, login), await guess(visitor, f"nobody.{hall.code}")}
    assert len(answers) == 1, "whether the name exists is not to be seen"
    deed = await told(manager, f"A log-in as Sari.{hall.code} failed")
    assert (deed["name"], deed["place"], deed["actor"]) == ("somebody", "127.0.0.1", "nobody")
    await guess(visitor, login)
    own = {"login": login, "password": PASSWORD}
    assert (await visitor.post("/api/session", own)).json["failed"] == 2
    assert (await visitor.get("/api/session")).json["failed"] == 0
    await guess(visitor, login)  # on a browser of one's own: a slip, no news
    assert (await visitor.post("/api/session", own)).json["failed"] == 0


async def test_what_was_typed_stands_nowhere_and_what_was_counted_survives_the_end(
    tmp_path: Path,
) -> None:
    with Server(tmp_path / "data") as server:
        server.add_branch(office_toml("hall"))
        server.person("sari")
        server.start()
        async with server.client() as stranger:
            for _ in range(3):
                await guess(stranger, "sari")
            await guess(stranger, "rahasia-di-kolom-nama")
        server.stop()
        with server.database() as db:
            kept = db.execute("SELECT what, about FROM deeds ORDER BY seq").fetchall()
            assert chain.verify(db, 1).broken is None
        dump = server.everything()
        ((sari, failed),) = server.query("SELECT id, failed FROM users")
        assert [each for each in kept if each[0] in WAYS] == [
            ("login_failed", f'{{"person":"{sari}"}}'),
            ("stranger_failed", "{}"),
            ("logins_failed", f'{{"person":"{sari}","n":2}}'),
        ]
        assert failed == 3
        for typed in (WRONG, "rahasia-di-kolom-nama"):
            assert typed not in dump
            assert typed not in server.stderr()


async def test_a_wrong_password_while_logged_in_is_a_deed_of_that_person(
    hall: Hall, visitor: Client, manager: Client
) -> None:
    login = hall.person("sari")
    await visitor.post("/api/session", {"login": login, "password": PASSWORD}, check=True)
    change = {"old": WRONG, "new": "kursi biru di teras"}
    assert (await visitor.post("/api/session/password", change)).status == 403
    deed = await told(manager, "Typed a wrong password or PIN")
    assert deed["name"] == f"Sari.{hall.code}"
