"""Several servers of one store: each has its part of the branches, and any takes any request."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from server.storage.address import ADDRESS
from server.storage.postgres.owners import shares, to_give, to_take
from tests.postgres import PostgresServer
from tests.printer.decoder import decode
from tests.printer.fake_printer import FakePrinter, well
from tests.server.api.client import Client
from tests.server.process import PASSWORD, RAMAH, Server, office_toml
from tests.server.waiting import soon, until

BRANCHES = ("utara", "selatan")
NEWER = """
import sys
import server.storage.database as database
known = database.migrations()
more = (known[-1][0] + 1, "ALTER TABLE branches ADD COLUMN later INTEGER NOT NULL DEFAULT 7;")
database.migrations = lambda: [*known, more]
from server.cli import main
sys.exit(main(sys.argv[1:]))
"""
"""A program that comes after this one, and has one change of the tables more."""


class Pair(NamedTuple):
    """Two servers of one store."""

    one: Server
    two: Server

    def owners(self) -> dict[str, str]:
        """Return which server has which branch, by its name among the servers."""
        return dict(self.one.query("SELECT code, owner FROM branches"))

    def by_url(self) -> dict[str, str]:
        """Return where each branch is, "" for one that nobody alive has."""
        rows = self.one.query("SELECT owner, address FROM leases WHERE starts_with(name, 'at ')")
        at = {owner: address.partition(" ")[0] for owner, address in rows}
        return {code: at.get(owner, "") for code, owner in self.owners().items()}

    def has(self, server: Server) -> str:
        """Return a branch that a server has."""
        return next(code for code, url in self.by_url().items() if url == server.url)

    def even(self) -> bool:
        """Whether each has a part."""
        return set(self.by_url().values()) == {self.one.url, self.two.url}


@pytest.fixture
def stored(tmp_path: Path, postgres: PostgresServer) -> Iterator[Server]:
    """A server whose log is in PostgreSQL, with two branches; it does not run yet."""
    with Server(postgres.give(tmp_path / "one")) as server:
        for code in BRANCHES:
            server.add_branch(office_toml(code))
        yield server


def beside(stored: Server, *options: str) -> Server:
    """Return another server of the same store, with a folder of its own."""
    address = (stored.data / ADDRESS).read_text().strip()
    return Server(stored.data.with_name("two"), "--store", address, *options)


@pytest.fixture
def pair(stored: Server) -> Iterator[Pair]:
    """Two servers of one store, each with one of two branches."""
    stored.start()
    with beside(stored) as other:
        other.start()
        made = Pair(stored, other)
        until(made.even, "each has a branch")
        yield made


async def until_closed(socket: ClientConnection) -> int | None:
    """Wait until a socket is ended; return its code."""
    with suppress(ConnectionClosed):
        while True:
            await socket.recv()
    return socket.close_code


# ---------------------------------------------------------------- who has what

names = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=5, unique=True)


@given(names, st.lists(st.sampled_from([*"abcdefgh", ""]), max_size=30), st.randoms())
def test_servers_come_to_even_parts_whoever_had_what(
    servers: list[str], owned: list[str], dice: object
) -> None:
    """Each acts alone, on what all see; a branch of one that lives is taken from nobody."""
    owners = dict(enumerate(owned))
    for _ in range(3):
        for me in sorted(servers, key=lambda _name: dice.random()):  # type: ignore[attr-defined]
            for branch in to_take(me, servers, owners):
                assert owners[branch] not in servers
                owners[branch] = me
            for name, branches in to_give(me, servers, owners).items():
                assert {owners[each] for each in branches} == {me}
                owners |= dict.fromkeys(branches, name)
    assert Counter(owners.values()) == Counter(
        {name: count for name, count in shares(servers, len(owners)).items() if count}
    )
    assert all(not to_take(me, servers, owners) and not to_give(me, servers, owners)
               for me in servers), "and leave it so"  # fmt: skip


# ---------------------------------------------------------------- any request, anywhere


async def test_any_server_answers_for_any_branch_and_a_repeat_finds_the_first_answer(
    pair: Pair,
) -> None:
    for code in BRANCHES:
        token, staff = pair.one.token("kiosk", code), pair.one.token("staff", code)
        async with Client(pair.one.url, token) as here, Client(pair.two.url, token) as there:
            once = {"key": f"once-{code}"}
            first = await here.post("/api/tickets", {"service": "A"}, **once)
            again = await there.post("/api/tickets", {"service": "A"}, **once)
            assert (first.status, first.json["label"]) == (201, "A001")
            assert again.json == first.json
            assert (await there.take())["label"] == "A002"
            assert (await here.post("/api/tickets", {"service": "X"})).status == 404
        async with Client(pair.one.url, staff) as here, Client(pair.two.url, staff) as there:
            for client, label in ((here, "A001"), (there, "A002")):
                await client.do(1, "open")
                assert (await client.do(1, "call-next"))["label"] == label
                await client.do(1, "start")
                await client.do(1, "finish")
            halls = [(await each.get("/api/queue")).json | {"at": ""} for each in (here, there)]
            assert halls[0] == halls[1]


async def test_a_screen_at_any_server_hears_what_is_done_at_any_other(pair: Pair) -> None:
    code = pair.has(pair.one)
    token = pair.one.token("staff", code)
    async with AsyncExitStack() as open_:
        near, far = [
            await open_.enter_async_context(Client(each.url, token))
            for each in (pair.one, pair.two)
        ]
        screens = [await open_.enter_async_context(each.socket()) for each in (near, far)]
        for screen in screens:
            assert json.loads(await screen.recv())["type"] == "snapshot"
        await far.take()
        await near.take()
        for screen in screens:
            labels: list[str] = []
            while labels != ["A001", "A002"]:
                told = json.loads(await screen.recv())
                labels += [told["label"]] if told.get("kind") == "issued" else []
    with pytest.raises(InvalidStatus) as refused:
        async with Client(pair.two.url).socket():
            pass
    assert refused.value.response.status_code == 401


async def test_whoever_logs_in_at_one_server_works_at_the_other_and_is_known_where_they_are(
    stored: Server,
) -> None:
    """Else all clients behind a server would share one client's limits and deeds."""
    stored.start()
    for code in BRANCHES:
        stored.person(f"sari.{code}", branch=code)
    with beside(stored, "--trusted-proxy", "127.0.0.1") as other:
        other.start()
        pair = Pair(stored, other)
        until(pair.even, "each has a branch")
        through = {"X-Forwarded-For": "203.0.113.9"}
        for code in BRANCHES:
            async with Client(other.url) as client:
                right = {"login": f"sari.{code}", "password": PASSWORD}
                logged_in = await client.post("/api/session", right, headers=through)
                assert logged_in.status == 200
                assert (await client.at(1, "open", headers=through)).status == 200
                ends = await client.delete("/api/session", headers=through)
                assert ends.status == 204
                assert (await client.at(1, "close", headers=through)).status == 401
        assert {place for (place,) in stored.query(
            "SELECT place FROM deeds WHERE role = 'staff'"
        )} == {"203.0.113.9"}  # fmt: skip
        async with Client(stored.url) as here, Client(other.url) as there:
            wrong = {"login": "sari.utara", "password": "guessed"}
            tries = [(await each.post("/api/session", wrong)).status
                     for each in (here, there, here, there, here, there, here)]  # fmt: skip
            assert tries == [401] * 5 + [429] * 2, "as many tries as one server allows"


# ---------------------------------------------------------------- papers


@pytest.fixture
async def printers(stored: Server) -> AsyncIterator[dict[str, FakePrinter]]:
    """A printer in each branch."""
    async with AsyncExitStack() as open_:
        made = {}
        for code in BRANCHES:
            made[code] = await open_.enter_async_context(FakePrinter(answers=well()).listening())
            added = await asyncio.to_thread(
                stored.ramah, "printer", "add", "lobi", made[code].url, "--branch", code
            )
            assert added.returncode == 0, added.stderr
        yield made


def labels(printer: FakePrinter) -> list[str]:
    """Return the numbers on the papers, by the number's own line."""
    return sorted(
        next(line for line in decode(each).text.split() if line.startswith("A0"))
        for each in printer.papers
    )


async def test_each_number_has_one_paper_whichever_server_took_it_and_prints_it(
    stored: Server, printers: dict[str, FakePrinter]
) -> None:
    await asyncio.to_thread(stored.start)
    with beside(stored) as other:
        await asyncio.to_thread(other.start)
        pair = Pair(stored, other)
        tokens = {code: stored.token("kiosk", code) for code in BRANCHES}

        async def take(at: Server) -> None:
            for code in BRANCHES:
                async with Client(at.url, tokens[code]) as kiosk:
                    await kiosk.take()

        taken = 3
        while not pair.even():  # papers are under way when a branch moves to the second server
            await take((stored, other)[taken % 2])
            taken += 1
        open_jobs = "SELECT 1 FROM print_jobs WHERE state <> 'printed'"
        await soon(lambda: not stored.query(open_jobs), "all is printed, and known to be")
        stored.kill()
        for _ in range(3):
            await take(other)
        for printer in printers.values():
            await soon(lambda its=printer: len(labels(its)) >= taken, "the other one prints")  # type: ignore[misc]
            assert labels(printer) == [f"A{n:03d}" for n in range(1, taken + 1)]


# ---------------------------------------------------------------- one goes


async def test_a_killed_server_s_branches_are_served_at_once_and_its_screens_come_back(
    pair: Pair,
) -> None:
    code = pair.has(pair.one)
    token = pair.one.token("staff", code)
    async with Client(pair.two.url, token) as staff:
        once = {"key": "once"}
        first = await staff.post("/api/tickets", {"service": "A"}, **once)
        async with staff.socket() as screen:
            await screen.recv()
            pair.one.kill()
            # a repeat is safe, and nothing else was under way
            again = await staff.post("/api/tickets", {"service": "A"}, **once)
            assert again.json == first.json, "a repeat finds the number that the other one gave"
            await until_closed(screen)
        assert (await staff.take())["label"] == "A002"
        async with staff.socket() as screen:
            assert json.loads(await screen.recv())["type"] == "snapshot"
            await soon(lambda: set(pair.by_url().values()) == {pair.two.url}, "it has all")
            assert (await staff.take())["label"] == "A003"
            while (told := json.loads(await screen.recv())).get("label") != "A003":
                pass
            assert told["kind"] == "issued"
    assert pair.two.stop() == 0
    assert "Traceback" not in pair.two.stderr()


async def test_a_server_that_stops_gives_its_branches_back_and_nobody_is_refused(
    pair: Pair,
) -> None:
    tokens = {code: pair.one.token("kiosk", code) for code in BRANCHES}
    given: dict[str, list[str]] = {code: [] for code in BRANCHES}
    ends = asyncio.Event()

    async def visitors(code: str) -> None:
        async with Client(pair.two.url, tokens[code]) as kiosk:
            number = 0
            while not ends.is_set():
                number += 1
                taken = await kiosk.post("/api/tickets", {"service": "A"}, key=f"{code}{number}")
                assert taken.status == 201, taken.text
                given[code].append(taken.json["label"])

    async with asyncio.TaskGroup() as group:
        for code in BRANCHES:
            group.create_task(visitors(code))
        await soon(lambda: all(len(each) > 20 for each in given.values()), "visitors come")
        assert await asyncio.to_thread(pair.one.stop) == 0
        alive = {owner for (owner,) in pair.two.query("SELECT owner FROM leases")}
        assert set(pair.owners().values()) <= {"", *alive}, "it has none any more"
        before = {code: len(each) for code, each in given.items()}
        await soon(lambda: set(pair.by_url().values()) == {pair.two.url}, "the other has all")
        await soon(
            lambda: all(len(each) > before[code] + 20 for code, each in given.items()), "and more"
        )
        ends.set()
    for code in BRANCHES:
        assert given[code] == [f"A{n:03d}" for n in range(1, len(given[code]) + 1)]
    assert "Traceback" not in pair.one.stderr() + pair.two.stderr()


async def test_a_server_that_hung_finds_its_branches_gone_and_begins_again_as_a_new_one(
    pair: Pair,
) -> None:
    """Meanwhile two believe to have a branch: that is slow, never wrong."""
    code = pair.has(pair.one)
    hung = pair.one.process
    assert hung is not None
    token = pair.one.token("kiosk", code)
    async with Client(pair.one.url, token) as there, Client(pair.two.url, token) as kiosk:
        await there.take()
        hung.send_signal(signal.SIGSTOP)
        try:
            late = asyncio.get_running_loop().create_task(
                there.post("/api/tickets", {"service": "A"}, key="late")
            )
            # it waits for the one that hangs, until that one counts as gone
            waited = await kiosk.post("/api/tickets", {"service": "A"}, key="waited")
            assert waited.status == 201
            await soon(lambda: set(pair.by_url().values()) == {pair.two.url}, "taken over")
        finally:
            hung.send_signal(signal.SIGCONT)
        both = await asyncio.gather(*(each.take() for each in (there, kiosk) * 20))
        given = {each["label"] for each in both} | {
            waited.json["label"],
            (await late).json["label"],
        }
        assert given == {f"A{n:03d}" for n in range(2, 44)}
        await soon(pair.even, "it has a branch again")
        assert (await there.take())["label"] == "A044"


# ---------------------------------------------------------------- another version


async def test_servers_are_renewed_one_after_the_other_and_no_request_is_refused(
    stored: Server,
) -> None:
    stored.start()
    token = stored.token("kiosk", BRANCHES[0])
    with beside(stored) as newer:
        newer.program = [sys.executable, "-c", NEWER]
        newer.begin()
        until(lambda: "this one waits" in newer.out.read_text(), "the newer one waits")
        async with Client(newer.url, token) as kiosk:
            assert (await kiosk.get("/healthz")).json["status"] == "waits"
            assert (await kiosk.take())["label"] == "A001", "passed on to the older one"
            with pytest.raises(Exception, match="later"):
                stored.query("SELECT later FROM branches")
            assert stored.stop() == 0

            async def works() -> bool:
                return (await kiosk.get("/api/services")).status == 200

            await soon(works, "the newer one works")
            assert (await kiosk.take())["label"] == "A002"
            assert (await kiosk.get("/healthz")).json["status"] == "ok"
        assert newer.program is not RAMAH
        assert newer.stop() == 0
