"""Writing to PostgreSQL: whoever else writes, no number is lost, none is given twice."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from server.auth import registry
from server.branches import configure
from server.domain import calling, desks, issuing
from server.domain.errors import Conflict
from server.domain.issuing import NewTicket
from server.storage.address import address_of
from server.storage.database import connect, transaction
from server.storage.ids import Ids
from server.storage.postgres import alive, connection
from server.storage.postgres.connection import Gone, Postgres
from server.storage.published import Published
from server.storage.store import Store, Unavailable
from server.storage.transaction import SqliteTx
from server.storage.writer import run_alone
from tests.postgres import PostgresServer
from tests.server.rehearsal import TOKEN, assert_replay_is_identical, office, on
from tests.server.storage.postgres.racer import Race
from tests.server.storage.postgres.racing import Racers
from tests.server.waiting import soon


def take(tx: SqliteTx) -> str:
    """Take a number."""
    return issuing.issue(tx, NewTicket("A")).ticket.label


def order(tx: SqliteTx) -> str | None:
    """Take a number; return the printer that its paper goes to."""
    made = issuing.issue(tx, NewTicket("A")).print
    return None if made is None else made.printer


@pytest.fixture
def data(tmp_path: Path, postgres: PostgresServer) -> Path:
    """A folder that names a store with two branches."""
    postgres.give(tmp_path)
    with closing(connect(tmp_path)) as db:
        configure(db, office())
        configure(db, office(code="other"))
    return tmp_path


@pytest.fixture
async def stores(data: Path) -> AsyncIterator[tuple[Store, Store]]:
    """Two servers' stores on the same database."""
    both = await Store.open(data, readers=1), await Store.open(data, readers=1)
    yield both
    for each in both:
        await each.close()


def right(data: Path, branch: int = 1) -> list[str]:
    """Check that the log has no gap, that its rows follow from it; return all labels, sorted."""
    with closing(connect(data)) as db:
        count, last, head = db.execute(
            "SELECT COUNT(*), MAX(events.seq), MAX(branches.seq) FROM events "
            "JOIN branches ON branches.id = events.branch WHERE branch = ?", (branch,),
        ).fetchone()  # fmt: skip
        assert count == last == head, "no gap"
        assert_replay_is_identical(db, branch)
        found = db.execute("SELECT label FROM tickets WHERE branch = ? ORDER BY label", (branch,))
        return [label for (label,) in found]


async def test_two_servers_at_one_branch_give_each_number_once(
    stores: tuple[Store, Store], data: Path
) -> None:
    given = await asyncio.gather(*(stores[n % 2].transact(1, TOKEN, take) for n in range(120)))
    assert sorted(given) == [f"A{n:03d}" for n in range(1, 121)]
    assert right(data) == sorted(given)


async def test_two_servers_never_call_the_same_visitor(
    stores: tuple[Store, Store], data: Path
) -> None:
    for number in ("1", "2", "4"):
        await stores[0].transact(1, TOKEN, on(desks.open_counter, number))
    for _ in range(3):
        await stores[1].transact(1, TOKEN, take)
    calls = await asyncio.gather(
        *(
            stores[n % 2].transact(1, TOKEN, on(calling.call_next, counter))
            for n, counter in enumerate(("1", "2", "4"))
        )
    )
    assert sorted(turn.label for each in calls if each for turn in each[1:]) == [
        "A001", "A002", "A003",
    ]  # fmt: skip
    with pytest.raises(Conflict):
        await stores[1].transact(1, TOKEN, on(calling.call_next, "1"))
    right(data)


async def test_without_any_lock_the_head_alone_keeps_two_owners_right(
    stores: tuple[Store, Store], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "LOCK", "")
    began, go_on, times = threading.Event(), threading.Event(), list[int]()

    def slow(tx: SqliteTx) -> str:
        times.append(tx.hall.seq)
        label = take(tx)
        began.set()
        assert go_on.wait(20)
        return label

    async with asyncio.TaskGroup() as both:
        decided = both.create_task(stores[0].transact(1, TOKEN, slow))
        await asyncio.to_thread(began.wait, 20)
        assert await stores[1].transact(1, TOKEN, take) == "A001", "nobody kept it off"
        go_on.set()
    assert decided.result() == "A002", "decided again on what the other one did"
    assert times == [1, 2]
    more = await asyncio.gather(*(stores[n % 2].transact(1, TOKEN, take) for n in range(60)))
    assert right(data) == sorted(["A001", "A002", *more])


async def test_one_transaction_carries_commands_of_many_branches(
    stores: tuple[Store, Store], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits: list[dict[int, int]] = []
    commit = Postgres.commit

    def noted(db: Postgres) -> None:
        commit(db)
        if db.moved:
            commits.append(dict(db.moved))

    monkeypatch.setattr(Postgres, "commit", noted)
    await asyncio.gather(*(stores[0].transact(1 + n % 2, TOKEN, take) for n in range(40)))
    assert max(map(len, commits)) == 2
    assert len(commits) < 6
    assert len(right(data, 1)) == len(right(data, 2)) == 20


async def test_a_command_that_fails_after_it_wrote_takes_none_of_another_branch_along(
    stores: tuple[Store, Store], data: Path
) -> None:
    def broken(tx: SqliteTx) -> str:
        take(tx)
        raise LookupError("broken")

    answers = await asyncio.gather(
        *(stores[0].transact(1 + n % 2, TOKEN, broken if n == 5 else take) for n in range(20)),
        return_exceptions=True,
    )
    assert [n for n, each in enumerate(answers) if isinstance(each, Exception)] == [5]
    assert len(right(data, 1)) == 10
    assert len(right(data, 2)) == 9


# ---------------------------------------------------------------- what others did


async def test_what_one_server_does_is_told_at_the_other_in_order(
    stores: tuple[Store, Store],
) -> None:
    told: list[Published] = []
    stores[1].on_events = told.extend
    for _ in range(5):
        await stores[0].transact(1, TOKEN, take)
    await soon(lambda: len(told) == 5, "all were heard")
    assert [each.seq for each in told] == [2, 3, 4, 5, 6]
    await stores[1].transact(1, TOKEN, take)
    await soon(lambda: len(told) == 6, "its own too, and nothing twice")
    assert [each.seq for each in told] == [2, 3, 4, 5, 6, 7]


async def test_what_others_did_in_many_branches_is_read_in_one_round(
    stores: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds: list[int] = []
    events = Postgres.events

    def counted(db: Postgres, sql: str, branches: list[int], after: list[int]) -> Any:  # noqa: ANN401
        rounds.append(len(branches))
        return events(db, sql, branches, after)

    monkeypatch.setattr(Postgres, "events", counted)
    told: list[Published] = []
    stores[1].on_events = told.extend
    await stores[1].look(2, TOKEN, lambda tx: tx.hall.seq)  # one it keeps, one it does not
    await asyncio.gather(*(stores[0].transact(1 + n % 2, TOKEN, take) for n in range(8)))
    await soon(lambda: len(told) == 8, "all were heard")
    for branch in (1, 2):
        assert [each.seq for each in told if each.branch == branch] == [2, 3, 4, 5]
    assert 2 in rounds
    assert await stores[1].transact(2, TOKEN, take) == "A005"


async def test_a_server_that_hears_no_notices_looks_for_itself(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.storage.postgres.ear.Ear._take", lambda *_: None)
    told: list[Published] = []
    one, deaf = await Store.open(data, readers=1), await Store.open(data, readers=1)
    deaf.on_events = told.extend
    await one.transact(2, TOKEN, take)
    await soon(lambda: [each.seq for each in told] == [2], "found by looking at the heads")
    await one.close()
    await deaf.close()


async def test_what_the_command_line_changes_beside_the_log_counts_at_the_next_command(
    stores: tuple[Store, Store], data: Path
) -> None:
    outside: list[bool] = []
    assert await stores[0].transact(1, TOKEN, order) is None
    stores[0].on_outside_change = lambda: outside.append(True)
    with closing(connect(data)) as db, transaction(db):
        registry.put_printer(db, 1, "hall", "tcp://192.0.2.1:9100", None, Ids().new(1), 1)
    await soon(lambda: outside != [], "another program changed something")

    async def printed() -> bool:
        return await stores[0].transact(1, TOKEN, order) is not None

    await soon(printed, "the hall knows its printer")


async def test_a_command_of_the_command_line_waits_for_its_turn_beside_servers(
    stores: tuple[Store, Store], data: Path
) -> None:
    def by_hand() -> list[str]:
        with closing(connect(data)) as db:
            return [run_alone(db, 1, TOKEN, Ids(), take) for _ in range(10)]

    async with asyncio.TaskGroup() as both:
        hand = both.create_task(asyncio.to_thread(by_hand))
        servers = [both.create_task(stores[n % 2].transact(1, TOKEN, take)) for n in range(40)]
    assert right(data) == sorted([*hand.result(), *(each.result() for each in servers)])


# ---------------------------------------------------------------- a line that breaks


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "not kept"])
async def test_a_commit_without_an_answer_is_looked_up_before_anybody_is_told(
    stores: tuple[Store, Store], data: Path, monkeypatch: pytest.MonkeyPatch, *, kept: bool
) -> None:
    commit, cut = Postgres.commit, list[bool]()

    def cut_off(db: Postgres) -> None:
        if cut or not db.moved:
            return commit(db)
        cut.append(True)
        if kept:
            commit(db)
        db.line_lost()
        message = "the line was cut"
        raise Gone(message)

    monkeypatch.setattr(Postgres, "commit", cut_off)
    await stores[0].look(1, TOKEN, lambda tx: tx.hall.seq)
    answers = await asyncio.gather(
        *(stores[0].transact(1, TOKEN, take) for _ in range(8)), return_exceptions=True
    )
    assert cut
    if kept:
        assert answers == [f"A{n:03d}" for n in range(1, 9)]
    else:
        assert {type(each) for each in answers} == {Unavailable}
    assert await stores[0].transact(1, TOKEN, take) == ("A009" if kept else "A001")
    assert len(right(data)) == (9 if kept else 1)


async def test_a_store_goes_on_by_itself_when_its_lines_were_cut(
    stores: tuple[Store, Store], data: Path, postgres: PostgresServer
) -> None:
    told: list[Published] = []
    stores[1].on_events = told.extend
    assert await stores[0].transact(1, TOKEN, take) == "A001"
    await soon(lambda: [each.seq for each in told] == [2], "the other one follows")
    postgres.script(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'ramah' AND pid <> pg_backend_pid()"
    )
    assert await stores[0].transact(1, TOKEN, take) == "A002"
    await soon(lambda: [each.seq for each in told] == [2, 3], "the other one follows again")
    assert right(data) == ["A001", "A002"]


class Noticing(Postgres):
    """Can notice the end of its line between two statements, as it does by chance."""

    def notice(self) -> None:
        self._done(self._ended)

    async def _ended(self) -> None:
        ended = asyncio.Event()
        assert self._line is not None
        self._line.add_termination_listener(lambda _line: ended.set())
        await ended.wait()


@pytest.mark.parametrize("noticed", [False, True], ids=["by a statement", "between two"])
def test_nothing_more_is_written_of_a_transaction_whose_line_was_cut(
    data: Path, postgres: PostgresServer, *, noticed: bool
) -> None:
    """Else what follows would be kept, and acknowledged, without what went before."""
    address = address_of(data)
    assert address is not None
    removal = "DELETE FROM counters WHERE branch = ?"
    with Noticing(address) as db:
        before = db.execute("SELECT count(*) FROM counters").fetchone()
        db.begin()
        db.execute(removal, (1,))
        postgres.script(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE application_name = 'ramah' AND pid <> pg_backend_pid()"
        )
        if noticed:
            db.notice()
        for _ in range(2):
            with pytest.raises(Gone):
                db.execute(removal, (2,))
        with pytest.raises(Gone):
            db.commit()
        assert db.in_transaction
        db.rollback()
        assert db.execute("SELECT count(*) FROM counters").fetchone() == before


async def test_a_server_that_hangs_amid_a_transaction_keeps_nobody_off(
    stores: tuple[Store, Store], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else one that was cut off without a word would stop its halls for hours."""
    monkeypatch.setitem(alive.IDLE, "idle_in_transaction_session_timeout", 300)
    address = address_of(data)
    assert address is not None
    with Postgres(address) as hangs:
        await asyncio.to_thread(hangs.begin, lock=[1])
        assert await stores[0].transact(1, TOKEN, take) == "A001"
        with pytest.raises(Gone):
            await asyncio.to_thread(hangs.commit)
    assert right(data) == ["A001"]


# ---------------------------------------------------------------- processes


def test_four_processes_at_one_hot_branch_lose_and_double_nothing(data: Path) -> None:
    with Racers(data, *[Race(150, 16, [1])] * 4) as racers:
        labels = Counter(label for _branch, _id, label in racers.acknowledged())
    assert set(labels.values()) == {1}
    assert sorted(labels) == [f"A{n:03d}" for n in range(1, 601)] == right(data)
