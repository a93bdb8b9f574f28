"""Offices with a server of their own and a bad line: the city ends with all that happened."""

from __future__ import annotations

import random
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.postgres import PostgresServer
from tests.server.api.client import Client
from tests.server.city.bad_line import BadLine
from tests.server.process import Server, office_toml
from tests.server.waiting import soon

pytestmark = pytest.mark.e2e


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)])
def city(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Server]:
    """The city's server, with no hall of its own, on either store; offices are always boxes."""
    data = tmp_path / "city"
    if request.param == "postgresql":
        store: PostgresServer = request.getfixturevalue("postgres")
        store.give(data)
    with Server(data) as server:
        yield server


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[list[Server]]:
    """Two offices' own servers; both call their hall the same."""
    with ExitStack() as stack:
        made = []
        for name in ("melati", "anggrek"):
            office = stack.enter_context(Server(tmp_path / name))
            office.add_branch(office_toml("hall", counters=2))
            made.append(office)
        yield made


def admitted(city: Server, code: str) -> str:
    done = city.ramah("city", "admit", code)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def join(office: Server, url: str, token: str) -> None:
    done = office.ramah("city", "join", url, stdin=token + "\n")
    assert done.returncode == 0, done.stderr


def log_of(server: Server, code: str) -> list[tuple[Any, ...]]:
    return server.query(
        "SELECT seq, at, actor, data FROM events WHERE branch = ? ORDER BY seq",
        server.branch(code),
    )


def link_of(office: Server) -> str:
    done = office.ramah("city", "link")
    assert done.returncode == 0, done.stderr
    return done.stdout


async def some_visits(office: Client, desk: Client, count: int) -> None:
    for _ in range(count):
        await office.take()
        for act in ("call-next", "start", "finish"):
            await desk.at(1, act)


@pytest.fixture
async def line(city: Server) -> AsyncIterator[BadLine]:
    async with BadLine(city.port).listening() as bad:
        yield bad


async def test_a_city_sees_its_offices_through_cuts_kills_and_restarts(
    city: Server, offices: list[Server], line: BadLine
) -> None:
    codes = ("melati", "anggrek")
    tokens = [admitted(city, code) for code in codes]
    city.start()
    city.person("dewi", "city", "melati")
    for office, token in zip(offices, tokens, strict=True):
        office.token("kiosk")
        office.start()
        join(office, line.url, token)
    join(offices[0], line.url, city.token("kiosk", "melati"))

    async def refused() -> bool:
        return "the city takes no log with this token" in link_of(offices[0])

    await soon(refused, "a wrong token is told in words")
    join(offices[0], line.url, tokens[0])

    async def here(code: str, office: Server) -> bool:
        return city.last_event(code) == office.last_event()

    async with AsyncExitStack() as stack:
        clients = [
            [await stack.enter_async_context(office.client(role)) for role in ("kiosk", "staff")]
            for office in offices
        ]
        for kiosk, desk in clients:
            await desk.post("/api/counters/1/open")
            await some_visits(kiosk, desk, 5)
        for code, office in zip(codes, offices, strict=True):
            await soon(lambda c=code, o=office: here(c, o), f"{code} has come")  # type: ignore[misc]
        line.to_break = 1
        for kiosk, desk in clients:
            await some_visits(kiosk, desk, 60)
        await soon(lambda: line.broken, "the line breaks")
        city.kill()
        for kiosk, desk in clients:
            await some_visits(kiosk, desk, 20)
        offices[0].kill()
        city.start()
        offices[0].start()
    for code, office in zip(codes, offices, strict=True):
        await soon(lambda c=code, o=office: here(c, o), f"all of {code} has come")  # type: ignore[misc]
        assert log_of(city, code) == log_of(office, "hall")
    assert line.broken == 1
    async with Client(city.url, city.token("city", "melati")) as reader:

        async def devices_are_told() -> bool:
            told = (await reader.get("/api/city/devices?all=1")).json["halls"]
            kinds = [{each["kind"] for each in hall["devices"]} for hall in told]
            return kinds == [{"kiosk"}] * 2 and not any(hall["late"] for hall in told)

        await soon(devices_are_told, "both offices told of their devices")
        halls = (await reader.get("/api/city/halls")).json["halls"]
        assert [(each["code"], each["link"]["missing"]) for each in halls] == [
            ("anggrek", 0), ("melati", 0)
        ]  # fmt: skip
        assert {each["open"] for each in halls} == {1}
        found = (await reader.get("/api/city/tickets?label=a001")).json["tickets"]
        assert [(each["code"], each["label"], each["state"]) for each in found] == [
            ("melati", "A001", "done"), ("anggrek", "A001", "done")
        ]  # fmt: skip
        day = found[0]["day"]
        report = (await reader.get(f"/api/city/report?from={day}&to={day}")).json
        assert report["figures"]["tickets"] == 170
        assert [each["figures"]["tickets"] for each in report["halls"]] == [85, 85]
        assert [len(each["halls"]) for each in report["services"]] == [2]
        assert (await reader.get("/api/queue")).status == 403
        assert (await reader.post("/api/counters/1/call-next")).status == 403
        await whoever_waited_when_a_line_was_cut(city, offices[0], reader)
        await somebody_joins_with_the_token_of_another_hall(offices[1], city, tokens[0], reader)
    await an_older_copy_is_put_back_by_hand(offices[1], city, tokens)
    read = city.query("SELECT code, COUNT(*) FROM tickets JOIN branches ON branches.id = branch "
                      "GROUP BY code ORDER BY code")  # fmt: skip
    assert read == [("anggrek", 87), ("melati", 86)]


async def whoever_waited_when_a_line_was_cut(city: Server, office: Server, reader: Client) -> None:
    """They wait no longer since, and wake nobody."""
    async with office.client("kiosk") as kiosk:
        await kiosk.take()

    async def waits() -> bool:
        return 'ramah_waiting{branch="melati"' in (await reader.get("/metrics")).text

    await soon(waits, "the city sees who waits")
    office.kill()
    with city.database() as db:
        for back in (
            "UPDATE boxes SET heard_at = heard_at - 3 * 86400000 WHERE branch = ?",
            "UPDATE turns SET eligible_at = eligible_at - 3 * 86400000 WHERE branch = ?",
        ):
            db.execute(back, (city.branch("melati"),))
    halls = (await reader.get("/api/city/halls")).json["halls"]
    (cut,) = [each for each in halls if each["code"] == "melati"]
    assert cut["link"]["state"] == "silent"
    assert (cut["waiting"], cut["longest_minutes"]) == (1, 0)
    told = (await reader.get("/metrics")).text
    for name in ("waiting", "longest_wait_seconds", "counters", "alarms"):
        assert f'ramah_{name}{{branch="melati"' not in told
    assert 'ramah_box_silent_seconds{branch="melati"} 259' in told
    assert 'ramah_counters{branch="anggrek"' in told


async def somebody_joins_with_the_token_of_another_hall(
    office: Server, city: Server, token: str, reader: Client
) -> None:
    """Also the city's people see that something is wrong with more than a line."""
    join(office, city.url, token)

    async def refused() -> bool:
        told = link_of(office)
        assert "ramah city again" not in told
        return "This is the log of the hall 'anggrek', not of 'melati'" in told

    await soon(refused, "another hall's token is told as such")
    halls = (await reader.get("/api/city/halls")).json["halls"]
    assert {each["code"]: each["link"]["refused"] for each in halls} == {
        "anggrek": "", "melati": "other-hall"
    }  # fmt: skip
    assert "melati: its server comes and is refused (other-hall)" in city.ramah("doctor").stdout
    told = (await reader.get("/metrics")).text
    assert 'ramah_box_refused{branch="melati"} 1.0' in told
    assert 'ramah_box_refused{branch="anggrek"} 0.0' in told


def copied(data: Path, to: Path) -> bool:
    """Copy a folder whole; what a killed server has left may still close its database."""
    try:
        shutil.copytree(data, to)
    except shutil.Error:
        shutil.rmtree(to)
        return False
    return True


async def an_older_copy_is_put_back_by_hand(
    office: Server, city: Server, tokens: list[str]
) -> None:
    """Its log goes on under its old name: the city sees by its last event that it is another."""
    other, own = tokens  # with the other's it is refused, and so goes on unseen
    copy = office.data.with_name("copy")
    office.kill()
    await soon(lambda: copied(office.data, copy), "nothing is written there any more")

    async def take(count: int) -> None:
        async with office.client("kiosk") as kiosk:
            for _ in range(count):
                await kiosk.take()

    async def here() -> bool:
        return city.last_event("anggrek") == office.last_event()

    office.start()
    join(office, city.url, own)
    await take(2)
    await soon(here, "the city has what comes after the copy")
    office.kill()
    shutil.rmtree(office.data)
    shutil.copytree(copy, office.data)
    office.start()
    before = log_of(city, "anggrek")
    for token, count, words in (
        (own, 0, "an older copy of its data was put back"), (other, 4, "not of 'melati'"),
        (own, 0, "is another one than the city knows"),
    ):  # fmt: skip
        await take(count)
        join(office, city.url, token)

        async def told(words: str = words) -> bool:
            return words in link_of(office)

        await soon(told, words)
    assert log_of(city, "anggrek") == before


@pytest.mark.soak
async def test_thirty_offices_with_random_cuts_end_with_the_union_of_their_logs(
    city: Server, tmp_path: Path
) -> None:
    """Each office plays three made days, is linked, cut and killed at random, and goes on."""
    dice = random.Random(30)
    codes = [f"kantor-{number}" for number in range(30)]
    tokens = {code: admitted(city, code) for code in codes}
    city.start()
    async with AsyncExitStack() as stack:
        offices: dict[str, tuple[Server, BadLine]] = {}
        for code in codes:
            office = stack.enter_context(Server(tmp_path / code))
            made = office.ramah("demo", "--days", "3", "--per-day", "60")
            assert made.returncode == 0, made.stderr
            bad = await stack.enter_async_context(
                BadLine(city.port, seed=dice.randrange(1000)).listening()
            )
            bad.to_break = dice.randrange(4)
            office.start()
            done = office.ramah("city", "join", bad.url, stdin=tokens[code] + "\n")
            assert done.returncode == 0, done.stderr
            offices[code] = office, bad
            if dice.random() < 0.3:
                office.kill()
                office.start()
            if dice.random() < 0.1:
                city.kill()
                city.start()
        for code, (office, _) in offices.items():
            ((own,),) = office.query("SELECT MIN(code) FROM branches")
            await soon(
                lambda c=code, o=office, k=own: city.last_event(c) == o.last_event(k),  # type: ignore[misc]
                f"all of {code} has come", 300,
            )  # fmt: skip
            assert log_of(city, code) == log_of(office, own)
        assert sum(bad.broken for _, bad in offices.values()) > 0
