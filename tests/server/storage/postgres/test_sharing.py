"""Several servers of one store: each has its part of the branches, and any takes any request."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from server.storage.address import ADDRESS, address_of
from server.storage.owners import Branches, Own
from server.storage.postgres.owners import CityOwners, shares, to_give, to_take
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


@contextmanager
def store_in(folder: Path, postgres: PostgresServer) -> Iterator[Server]:
    """Have a server whose log is in PostgreSQL, with two branches; it does not run yet."""
    with Server(postgres.give(folder / "one")) as server:
        for code in BRANCHES:
            server.add_branch(office_toml(code))
        yield server


@pytest.fixture
def stored(tmp_path: Path, postgres: PostgresServer) -> Iterator[Server]:
    """A server of a store of its own; it does not run yet."""
    with store_in(tmp_path, postgres) as server:
        yield server


def beside(stored: Server, *options: str) -> Server:
    """Return another server of the same store, with a folder of its own."""
    address = (stored.data / ADDRESS).read_text().strip()
    return Server(stored.data.with_name("two"), "--store", address, *options)


@contextmanager
def both(stored: Server, *options: str) -> Iterator[Pair]:
    """Have two servers of one store, each with one of two branches."""
    stored.start()
    with beside(stored, *options) as other:
        other.start()
        made = Pair(stored, other)
        until(made.even, "each has a branch")
        yield made


@pytest.fixture
def pair(stored: Server) -> Iterator[Pair]:
    """Two servers of a store of their own."""
    with both(stored) as made:
        yield made


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer) -> Iterator[Pair]:
    """Two servers for tests that end none, each with a service and a counter of its own."""
    with (
        store_in(tmp_path_factory.mktemp("calm"), postgres) as stored,
        both(stored, "--trusted-proxy", "127.0.0.1") as made,
    ):
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


async def test_a_branch_that_could_not_be_finished_is_kept_and_goes_to_whoever_is_there_then(
    stored: Server,
) -> None:
    address = address_of(stored.data)
    assert address is not None
    owners, leaving = CityOwners(address, Own("", ())), list[list[int]]()

    async def leave(branches: Branches) -> None:
        leaving.append(list(branches))
        if len(leaving) == 1:
            lease("other", -1.0)
            message = "a fault of the program"
            raise RuntimeError(message)

    def lease(name: str, lasts_s: float) -> None:
        with stored.database() as db:
            db.execute("DELETE FROM leases WHERE owner = ?", (name,))
            db.execute(
                "INSERT INTO leases (name, owner, until, address) "
                "VALUES (?, ?, clock_timestamp() + make_interval(secs => ?), '')",
                (f"at {name}", name, lasts_s),
            )
        owners.look()

    def all_here() -> bool:
        return owners.has(1) and owners.has(2)

    owners.on_leaving = leave
    async with asyncio.TaskGroup() as group:
        running = group.create_task(owners.run())
        await soon(all_here, "it has both")
        lease("other", 3600.0)
        await soon(lambda: leaving, "one is to go")
        await soon(all_here, "it has both again")
        lease("third", 3600.0)
        given = "SELECT id FROM branches WHERE owner = 'third'"
        await soon(lambda: stored.query(given) == [(2,)], "it goes to the one that is there")
        assert leaving == [[2], [2]]
        running.cancel()
    await owners.let_go()


# ---------------------------------------------------------------- any request, anywhere


async def test_any_server_answers_for_any_branch_and_a_repeat_finds_the_first_answer(
    calm: Pair,
) -> None:
    for code in BRANCHES:
        token, staff = calm.one.token("kiosk", code), calm.one.token("staff", code)
        async with Client(calm.one.url, token) as here, Client(calm.two.url, token) as there:
            once = {"key": f"once-{code}"}
            first = await here.post("/api/tickets", {"service": "A"}, **once)
            again = await there.post("/api/tickets", {"service": "A"}, **once)
            assert (first.status, first.json["label"]) == (201, "A001")
            assert again.json == first.json
            assert (await there.take())["label"] == "A002"
            assert (await here.post("/api/tickets", {"service": "X"})).status == 404
        async with Client(calm.one.url, staff) as here, Client(calm.two.url, staff) as there:
            for client, label in ((here, "A001"), (there, "A002")):
                await client.do(1, "open")
                assert (await client.do(1, "call-next"))["label"] == label
                await client.do(1, "start")
                await client.do(1, "finish")
            halls = [(await each.get("/api/queue")).json | {"at": ""} for each in (here, there)]
            assert halls[0] == halls[1]


async def test_a_screen_at_any_server_hears_what_is_done_at_any_other(calm: Pair) -> None:
    code = calm.has(calm.one)
    token = calm.one.token("staff", code)
    async with AsyncExitStack() as open_:
        near, far = [
            await open_.enter_async_context(Client(each.url, token))
            for each in (calm.one, calm.two)
        ]
        screens = [await open_.enter_async_context(each.socket()) for each in (near, far)]
        for screen in screens:
            assert json.loads(await screen.recv())["type"] == "snapshot"
        await far.take("B")
        await near.take("B")
        for screen in screens:
            labels: list[str] = []
            while labels != ["B001", "B002"]:
                told = json.loads(await screen.recv())
                labels += [told["label"]] if told.get("kind") == "issued" else []
    with pytest.raises(InvalidStatus) as refused:
        async with Client(calm.two.url).socket():
            pass
    assert refused.value.response.status_code == 401


async def test_whoever_logs_in_at_one_server_works_at_the_other_and_is_known_where_they_are(
    calm: Pair,
) -> None:
    """Else all clients behind a server would share one client's limits and deeds."""
    through = {"X-Forwarded-For": "203.0.113.9"}
    for code in BRANCHES:
        calm.one.person(f"sari.{code}", branch=code)
        async with Client(calm.two.url) as client:
            right = {"login": f"sari.{code}", "password": PASSWORD}
            logged_in = await client.post("/api/session", right, headers=through)
            assert logged_in.status == 200
            assert (await client.at(2, "open", headers=through)).status == 200
            ends = await client.delete("/api/session", headers=through)
            assert ends.status == 204
            assert (await client.at(2, "close", headers=through)).status == 401
    assert {place for (place,) in calm.one.query(
        "SELECT place FROM deeds WHERE role = 'staff'"
    )} == {"203.0.113.9"}  # fmt: skip


async def test_several_servers_allow_no_more_tries_than_one(calm: Pair) -> None:
    """Of codes as of log-ins, which take longer: the one that leads counts all of them."""
    async with Client(calm.one.url) as here, Client(calm.two.url) as there:
        tries = await asyncio.gather(
            *(each.post("/api/pair", {"code": "AAAA-0000"}) for each in (here, there) * 6)
        )
    assert sorted(each.status for each in tries) == [403] * 10 + [429] * 2


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


async def test_each_number_has_one_paper_whoever_took_it_also_when_a_server_comes_or_is_killed(
    stored: Server, printers: dict[str, FakePrinter]
) -> None:
    await asyncio.to_thread(stored.start)
    with beside(stored) as other:
        await asyncio.to_thread(other.start)
        pair = Pair(stored, other)
        tokens = {code: stored.token("kiosk", code) for code in BRANCHES}
        taken = Counter[str]()

        async def take(at: Server, *codes: str) -> None:
            for code in codes:
                async with Client(at.url, tokens[code]) as kiosk:
                    taken[code] += 1
                    assert (await kiosk.take())["label"] == f"A{taken[code]:03d}"

        while not pair.even():  # papers are under way when a branch moves to the second server
            await take(stored, *BRANCHES)
            await take(other, *BRANCHES)
        await its_hall_goes_on(pair, taken)
        await take(other, *BRANCHES)
        for code, printer in printers.items():
            wanted = [f"A{n:03d}" for n in range(1, taken[code] + 1)]
            await soon(lambda its=printer, all_=wanted: labels(its) >= all_, "the other prints")  # type: ignore[misc]
            assert labels(printer) == wanted
        assert other.stop() == 0
        assert "Traceback" not in other.stderr()


async def its_hall_goes_on(pair: Pair, taken: Counter[str]) -> None:
    """Kill the first server: its branch is served at once, and its screens come back."""
    code = pair.has(pair.one)

    def label() -> str:
        taken[code] += 1
        return f"A{taken[code]:03d}"

    async with Client(pair.two.url, pair.one.token("staff", code)) as staff:
        once = {"key": "once"}
        first = await staff.post("/api/tickets", {"service": "A"}, **once)
        assert first.json["label"] == label()
        async with staff.socket() as screen:
            await screen.recv()
            open_jobs = "SELECT 1 FROM print_jobs WHERE state <> 'printed'"
            await soon(lambda: not pair.one.query(open_jobs), "all is printed, and known to be")
            pair.one.kill()
            # a repeat is safe, and nothing else was under way
            again = await staff.post("/api/tickets", {"service": "A"}, **once)
            assert again.json == first.json, "a repeat finds the number that the other one gave"
            await until_closed(screen)
        assert (await staff.take())["label"] == label()
        async with staff.socket() as screen:
            assert json.loads(await screen.recv())["type"] == "snapshot"
            await soon(lambda: set(pair.by_url().values()) == {pair.two.url}, "it has all")
            last = label()
            assert (await staff.take())["label"] == last
            while (told := json.loads(await screen.recv())).get("label") != last:
                pass
            assert told["kind"] == "issued"


# ---------------------------------------------------------------- one goes


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
