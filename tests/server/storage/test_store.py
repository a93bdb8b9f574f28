"""The store: durable before answered, one commit for many, and each command for itself."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
from msgspec.structs import replace

from server import tasks
from server.branches import configure
from server.domain import calling, desks, issuing, serving
from server.domain.errors import Conflict
from server.domain.estimate import Estimate
from server.domain.events import Called, Envelope
from server.domain.foretold import Foretold, LineRange
from server.domain.issuing import NewTicket
from server.domain.states import Priority
from server.domain.turns import Impossible
from server.storage import store as store_module
from server.storage.database import DATABASE, connect
from server.storage.history import envelopes
from server.storage.ids import Ids
from server.storage.published import Published
from server.storage.queries import people
from server.storage.store import Busy, Store
from server.storage.transaction import SqliteTx
from server.storage.writer import run_alone
from tests.server.rehearsal import TOKEN, assert_replay_is_identical, office
from tests.server.waiting import soon

pytestmark = pytest.mark.both_stores


@pytest.fixture(params=[False, True], ids=["in the thread", "light"])
async def store(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Store]:
    """An open store with the branches 1 and 2; all must hold wherever commands are decided."""
    with closing(connect(tmp_path)) as db:
        configure(db, office())
        configure(db, office(code="other"))
    store = await Store.open(tmp_path)
    monkeypatch.setattr(store, "transact", partial(store.transact, light=request.param))
    for branch in (1, 2) if request.param else ():
        await store.look(branch, TOKEN, know)
    yield store
    await store.close()


def rows(folder: Path, sql: str) -> list[tuple[object, ...]]:
    """Ask the file as the command line does: whatever a rush left for later is written then."""
    with closing(connect(folder)) as db:
        return db.execute(sql).fetchall()


def in_file(folder: Path, sql: str) -> list[tuple[object, ...]]:
    """Ask the file as it is."""
    with closing(sqlite3.connect(folder / DATABASE)) as db:
        return db.execute(sql).fetchall()


LAGS = "SELECT id FROM branches WHERE rows_seq < seq"


def take(tx: SqliteTx) -> str:
    """Take a number."""
    return issuing.issue(tx, NewTicket("A")).ticket.label


def know(tx: SqliteTx) -> None:
    """Have the hall and its printers in memory, as they are from the first number on."""
    assert tx.hall.seq
    assert tx.print_order() is None


class Broke(Exception):
    """A command that fails after it has written."""


def take_and_break(tx: SqliteTx) -> str:
    """Write much, then fail."""
    take(tx)
    desks.open_counter(tx, "1")
    calling.call_next(tx, "1")
    raise Broke


def refuse(tx: SqliteTx) -> None:
    """Fail before writing anything."""
    calling.call_next(tx, "1")


async def test_what_was_answered_is_in_the_file(store: Store, tmp_path: Path) -> None:
    for number in range(1, 6):
        label = await store.transact(1, TOKEN, take)
        assert (label,) in rows(tmp_path, "SELECT label FROM tickets")
        assert len(rows(tmp_path, "SELECT 1 FROM tickets")) == number


@pytest.mark.one_file
async def test_commits_are_synced_to_the_disk(store: Store) -> None:
    modes = await store.transact(
        1,
        TOKEN,
        lambda tx: [
            tx.db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("synchronous", "journal_mode")
        ],
    )
    assert modes == [2, "wal"], "2 is FULL"


async def test_hundreds_at_once_get_hundreds_of_numbers(store: Store, tmp_path: Path) -> None:
    labels = await asyncio.gather(*(store.transact(1, TOKEN, take) for _ in range(700)))
    assert labels == [f"A{number:03d}" for number in range(1, 701)], "in the order they came"
    assert len(rows(tmp_path, "SELECT 1 FROM tickets")) == 700


@pytest.mark.parametrize("fails", [take_and_break, refuse], ids=["after-writing", "at-once"])
async def test_a_command_that_fails_takes_no_other_with_it(
    store: Store, tmp_path: Path, fails: Callable[[SqliteTx], Any]
) -> None:
    commands = [take] * 5 + [fails] + [take] * 5 + [fails] * 2 + [take]
    answers: list[Any] = await asyncio.gather(
        *(store.transact(1, TOKEN, each) for each in commands), return_exceptions=True
    )
    good = [each for each in answers if isinstance(each, str)]
    assert good == [f"A{number:03d}" for number in range(1, 12)]
    assert sum(isinstance(each, Broke | Conflict) for each in answers) == 3
    assert len(rows(tmp_path, "SELECT 1 FROM tickets")) == 11
    assert rows(tmp_path, "SELECT 1 FROM counters") == []
    assert rows(tmp_path, "SELECT COUNT(*) FROM tickets") == [(11,)]
    with closing(connect(tmp_path)) as db:
        assert_replay_is_identical(db, 1)


async def test_a_name_that_is_taken_is_refused_and_the_command_goes_on_with_another_one(
    store: Store, tmp_path: Path
) -> None:
    def join(tx: SqliteTx) -> str:
        for login in ("sari", f"sari-{tx.next_seq()}"):
            who = people.Person(tx.new_id(), tx.branch, login, "Sari", "staff", "")
            try:
                people.add(tx.aside, who, tx.now)
            except sqlite3.IntegrityError:
                continue
            return f"{take(tx)} {login}"
        raise Broke

    await store.transact(1, TOKEN, join)
    both = await asyncio.gather(*(store.transact(1, TOKEN, each) for each in (take, join, take)))
    assert both == ["A002", "A003 sari-4", "A004"]
    assert rows(tmp_path, "SELECT login FROM users ORDER BY login") == [("sari",), ("sari-4",)]


async def test_branches_keep_their_own_numbers_within_one_commit(
    store: Store, tmp_path: Path
) -> None:
    labels = await asyncio.gather(*(store.transact(1 + n % 2, TOKEN, take) for n in range(40)))
    assert labels[::2] == labels[1::2] == [f"A{number:03d}" for number in range(1, 21)]
    counted = rows(tmp_path, "SELECT branch, MAX(seq), COUNT(*) FROM events GROUP BY branch")
    assert sorted(counted) == [(1, 21, 21), (2, 21, 21)]


async def test_events_go_out_in_order_without_gap_and_only_of_what_was_kept(store: Store) -> None:
    published: list[Published] = []
    store.on_events = published.extend
    commands = [take, take_and_break, refuse, take] * 60
    await asyncio.gather(
        *(store.transact(1, TOKEN, each) for each in commands), return_exceptions=True
    )
    await soon(lambda: len(published) >= 120, "all events were published")
    assert [each.seq for each in published] == list(range(2, 122))


async def test_what_goes_wrong_while_publishing_does_not_stop_the_store(store: Store) -> None:
    def broken(_events: list[Published]) -> None:
        raise Broke

    store.on_events = broken
    assert await store.transact(1, TOKEN, take) == "A001"
    assert await store.transact(1, TOKEN, take) == "A002"


async def test_more_commands_than_it_will_hold_are_refused_and_none_is_lost(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "MAX_PENDING", 20)
    answers = await asyncio.gather(
        *(store.transact(1, TOKEN, take) for _ in range(200)), return_exceptions=True
    )
    refused = sum(isinstance(each, Busy) for each in answers)
    assert 0 < refused < 200
    assert len(rows(tmp_path, "SELECT 1 FROM tickets")) == 200 - refused


@pytest.mark.one_file
async def test_in_a_rush_rows_wait_and_are_there_for_whoever_reads(
    store: Store, tmp_path: Path
) -> None:
    await asyncio.gather(*(store.transact(1 + n % 2, TOKEN, take) for n in range(60)))
    assert in_file(tmp_path, LAGS) != [], "the log is there first"
    counted = "SELECT branch, COUNT(*) FROM tickets GROUP BY branch"
    assert await store.read(lambda db: db.execute(counted).fetchall()) == [(1, 30), (2, 30)]
    assert in_file(tmp_path, LAGS) == []


async def test_whoever_looks_at_a_table_between_two_commits_finds_all_rows(store: Store) -> None:
    def look(tx: SqliteTx) -> tuple[int, int]:
        (count,) = tx.db.execute("SELECT COUNT(*) FROM tickets WHERE branch = 1").fetchone()
        return count, tx.line("A").issued

    for done in (1, 2):
        await asyncio.gather(*(store.transact(1, TOKEN, take) for _ in range(40)))
        assert await store.look(1, TOKEN, look) == (40 * done, 40 * done)


@pytest.mark.one_file
async def test_rows_are_written_when_the_rush_is_over(store: Store, tmp_path: Path) -> None:
    await asyncio.gather(*(store.transact(1, TOKEN, take) for _ in range(40)))
    await soon(lambda: in_file(tmp_path, LAGS) == [], "the rows are written")
    assert in_file(tmp_path, "SELECT COUNT(*) FROM tickets") == [(40,)]


def serve_all(tx: SqliteTx) -> None:
    """Call, start and finish at two counters, and call one more."""
    for counter in "12":
        calling.call_next(tx, counter)
        serving.start(tx, counter)
    serving.finish(tx, "1")
    calling.call_next(tx, "1")


def open_all(tx: SqliteTx) -> None:
    """Open two counters."""
    for counter in "12":
        desks.open_counter(tx, counter)


@pytest.mark.one_file
@pytest.mark.parametrize("partly", [False, True])
async def test_a_crash_in_a_rush_loses_no_row(
    store: Store, tmp_path: Path, partly: bool
) -> None:  # fmt: skip
    await store.transact(1, TOKEN, open_all)
    commands = [take] * 20 + [serve_all] + [take] * 20
    await asyncio.gather(*(store.transact(1, TOKEN, each) for each in commands))
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    with (
        closing(sqlite3.connect(tmp_path / DATABASE)) as db,
        closing(sqlite3.connect(crashed / DATABASE)) as copy,
    ):
        db.backup(copy)
    assert in_file(crashed, LAGS) == [(1,)]
    if partly:  # a program that ended between the rows and the note of them
        with closing(connect(crashed)) as db:
            db.execute("UPDATE branches SET rows_seq = seq - 30 WHERE id = 1")
    with closing(connect(crashed)) as db:
        assert db.execute(LAGS).fetchall() == []
        assert db.execute("SELECT COUNT(*) FROM tickets").fetchone() == (40,)
        assert db.execute("SELECT SUM(calls) FROM turns").fetchone() == (3,)
        assert_replay_is_identical(db, 1)
    again = await Store.open(crashed)
    assert await again.transact(1, TOKEN, take) == "A041"
    await again.close()


async def test_who_reads_a_table_amid_a_rush_leaves_nothing_to_be_given_twice(
    store: Store, tmp_path: Path
) -> None:
    def look(tx: SqliteTx) -> int:
        return int(tx.db.execute("SELECT COUNT(*) FROM tickets").fetchone()[0])

    for commands in ([take, look, take, take, take], [take, take, look, take, look]):
        await asyncio.gather(*(store.transact(1, TOKEN, each) for each in commands))
        with closing(connect(tmp_path)) as db:  # as `ramah token create` beside a server
            assert db.execute(LAGS).fetchall() == []
            assert_replay_is_identical(db, 1)
    assert await store.transact(1, TOKEN, take) == "A008"


def in_threads(command: Callable[[SqliteTx], str]) -> tuple[Callable[[SqliteTx], str], set[int]]:
    """Return a command that notes in which threads it runs."""
    seen: set[int] = set()

    def noting(tx: SqliteTx) -> str:
        seen.add(threading.get_ident())
        return command(tx)

    return noting, seen


async def rush(store: Store, *commands: Callable[[SqliteTx], Any]) -> list[Any]:
    """Give light commands all at once, on a hall that is known; return answers and errors."""
    await store.look(1, TOKEN, know)
    given = (Store.transact(store, 1, TOKEN, each, light=True) for each in commands)
    return await asyncio.gather(*given, return_exceptions=True)


@pytest.mark.one_file
async def test_in_a_rush_light_commands_are_decided_without_a_change_of_threads(
    store: Store, tmp_path: Path
) -> None:
    light, seen = in_threads(take)
    assert await rush(store, *[light] * 30) == [f"A{n:03d}" for n in range(1, 31)]
    assert seen == {threading.get_ident()}
    issued = "SELECT COUNT(*) FROM events WHERE branch = 1 AND data LIKE '%\"issued\"%'"
    assert in_file(tmp_path, issued) == [(30,)]


@pytest.mark.one_file
async def test_a_light_command_that_asks_for_a_table_runs_beside_it_at_its_place(
    store: Store,
) -> None:
    def count(tx: SqliteTx) -> str:
        return str(tx.db.execute("SELECT COUNT(*) FROM tickets").fetchone()[0])

    heavy, seen = in_threads(count)
    answers = await rush(store, *[take] * 5, heavy, *[take] * 5)
    assert answers[5] == "5"
    assert [answers[4], answers[6]] == ["A005", "A006"]
    assert threading.get_ident() in seen, "it was tried in the loop"
    assert len(seen) == 2


async def test_a_light_command_that_fails_half_way_leaves_nothing_and_stops_nobody(
    store: Store, tmp_path: Path
) -> None:
    def broken(tx: SqliteTx) -> str:
        take(tx)
        raise Broke

    answers = await rush(store, *[take] * 5, broken, *[take] * 5)
    assert isinstance(answers.pop(5), Broke)
    assert answers == [f"A{n:03d}" for n in range(1, 11)]
    assert await store.transact(1, TOKEN, take) == "A011"
    with closing(connect(tmp_path)) as db:
        assert_replay_is_identical(db, 1)


async def test_an_event_that_does_not_fit_leaves_nothing_whatever_the_command_makes_of_it(
    store: Store,
) -> None:
    called: list[Called] = []

    def call(tx: SqliteTx, counter: str) -> str:
        desks.open_counter(tx, counter)
        found = calling.call_next(tx, counter)
        last = tx.next_seq() - 1
        called.extend(cast("Called", each.event) for each in envelopes(tx.db, 1, last - 1, last))
        return "" if found is None else found[0].label

    def call_and_break(tx: SqliteTx) -> None:
        call(tx, "2")
        raise Broke

    def follow(tx: SqliteTx) -> None:
        both_at_one = replace(called[-1], counter=called[0].counter)
        try:
            tx.follow(Envelope(tx.next_seq(), tx.now, TOKEN.id, both_at_one))
        except Impossible:
            raise Conflict("The log of another server.", slug="other-log") from None

    await asyncio.gather(*(store.transact(1, TOKEN, take) for _ in range(2)))
    assert await store.transact(1, TOKEN, lambda tx: call(tx, "1")) == "A001"
    with pytest.raises(Broke):
        await store.transact(1, TOKEN, call_and_break)
    *_, refused = await rush(store, *[take] * 4, follow)
    assert isinstance(refused, Conflict)
    with pytest.raises(Conflict):
        await store.transact(1, TOKEN, follow)
    assert await store.transact(1, TOKEN, lambda tx: call(tx, "2")) == "A002", "it waits there yet"


@pytest.mark.one_file
async def test_what_was_decided_before_another_program_wrote_is_decided_again(
    store: Store, tmp_path: Path
) -> None:
    def first(tx: SqliteTx) -> str:
        if threading.get_ident() == loop:  # after the hall was looked at, before the commit
            with closing(connect(tmp_path)) as db:
                others.append(run_alone(db, 1, TOKEN, Ids(), take))
        return take(tx)

    loop, others = threading.get_ident(), list[str]()
    answers = await rush(store, first, *[take] * 9)
    assert others == ["A001"]
    assert answers == [f"A{n:03d}" for n in range(2, 12)]
    with closing(connect(tmp_path)) as db:
        assert_replay_is_identical(db, 1)


async def test_another_program_that_writes_in_a_rush_finds_and_leaves_all_rows(
    store: Store, tmp_path: Path
) -> None:
    for numbers in range(1, 5):
        await asyncio.gather(*(store.transact(1, TOKEN, take) for _ in range(20)))
        with closing(connect(tmp_path)) as db:
            label = run_alone(db, 1, TOKEN, Ids(), take)
            assert label == f"A{numbers * 21:03d}"
    assert len(rows(tmp_path, "SELECT 1 FROM tickets")) == 84
    with closing(connect(tmp_path)) as db:
        assert_replay_is_identical(db, 1)


async def test_a_wait_from_before_a_counter_opened_is_not_told_once_another_program_wrote(
    store: Store, tmp_path: Path
) -> None:
    def newcomer(tx: SqliteTx) -> Estimate | None:
        return issuing.issue(tx, NewTicket("A")).estimate

    nobody_calls = dict.fromkeys(Priority, LineRange(0, 5.0))
    seq = await store.transact(1, TOKEN, lambda tx: tx.next_seq() - 1)
    store.foretold[1] = Foretold(store.clock(), seq, "simulated-1", {"A": nobody_calls})
    await store.transact(1, TOKEN, open_all)
    assert await store.transact(1, TOKEN, newcomer) is not None
    with closing(connect(tmp_path)) as db:
        run_alone(db, 1, TOKEN, Ids(), take)
    assert await store.transact(1, TOKEN, newcomer) is not None


@pytest.mark.one_file
async def test_a_watcher_that_falls_over_begins_again_and_readiness_knows_of_one_that_always_does(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "WATCH_SECONDS", 0.01)
    monkeypatch.setattr(tasks, "FIRST_PAUSE", 0.01)
    told, sick = 0, True

    def look() -> None:
        nonlocal told
        told += 1
        if sick:
            raise ValueError("a setting that nobody foresaw")

    async def change() -> None:
        before = told
        with closing(connect(tmp_path)) as db:
            configure(db, office(name=f"Kantor {before}"))
        await soon(lambda: told > before, "the change outside was noticed")

    store.on_outside_change = look
    for _ in range(tasks.OFTEN):
        await change()
    await soon(lambda: store.tasks.failing() == ["store: watch"], "readiness knows")
    sick = False
    await change()


@pytest.mark.parametrize("light", [False, True], ids=["in the thread", "light"])
@pytest.mark.parametrize("moment", [1, 12], ids=["asked", "on its way to the disk"])
async def test_closing_finishes_what_was_accepted(
    tmp_path: Path, moment: int, *, light: bool
) -> None:
    with closing(connect(tmp_path)) as db:
        configure(db, office())
    for _ in range(5):
        store = await Store.open(tmp_path)
        await store.look(1, TOKEN, know)
        async with asyncio.TaskGroup() as group:
            ask = partial(store.transact, 1, TOKEN, take, light=light)
            asked = [group.create_task(ask()) for _ in range(50)]
            for _ in range(moment):
                await asyncio.sleep(0)
            await store.close()
        assert all(each.result() for each in asked)
    assert len(rows(tmp_path, "SELECT 1 FROM tickets")) == 250


async def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(sqlite3.OperationalError):
        await store.read(lambda db: db.execute("DELETE FROM events"))


async def test_a_reader_sees_whole_commits(store: Store) -> None:
    """The number of tickets and the number in the line belong together, always."""

    async def read() -> None:
        for _ in range(50):
            counted, line = await store.read(
                lambda db: (
                    db.execute("SELECT COUNT(*) FROM tickets").fetchone()[0],
                    db.execute("SELECT COUNT(*) FROM tickets").fetchone()[0],
                )
            )
            assert counted == line

    await asyncio.gather(read(), *(store.transact(1, TOKEN, take) for _ in range(300)))
