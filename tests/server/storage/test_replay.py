"""The log is complete: building the tables from it alone gives the same rows."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from server.auth.registry import put_printer
from server.domain import calling, desks, issuing, serving
from server.domain.errors import DomainError
from server.domain.events import Envelope
from server.domain.issuing import NewTicket
from server.domain.states import Priority
from server.storage.database import migrate
from server.storage.dialect import prepare
from server.storage.history import envelopes
from server.storage.replay import replay
from server.storage.transaction import SqliteTx
from tests.server.rehearsal import (
    KIOSK,
    SARI,
    Rehearsal,
    assert_replay_is_identical,
    office,
    on,
    table,
)


def busy_days(hall: Rehearsal, seed: int) -> None:
    """Three days with everything that can happen, at random but the same each time."""
    dice = random.Random(seed)
    put_printer(hall.db, hall.branches[0], "hall", "file:/dev/null", None, "p1", 0)
    tickets: list[str] = []
    at_counter: list[Callable[[SqliteTx, str], Any]] = [
        calling.call_next, calling.call_next, serving.start, serving.start, serving.finish,
        serving.finish, calling.recall, calling.no_show, calling.return_to_queue,
        lambda tx, at: serving.hold(tx, at, "fotokopi", 10),
        lambda tx, at: serving.transfer(tx, at, to_service=dice.choice("ABC"), note="lanjut"),
        lambda tx, at: serving.transfer(tx, at, to_counter=dice.choice("1234")),
        desks.open_counter, lambda tx, at: desks.take_break(tx, at, "salat"),
    ]  # fmt: skip
    for _ in range(3):
        for counter in "1234":
            hall.do(on(desks.open_counter, counter))
        for _ in range(300):
            hall.seconds(dice.randrange(1, 90))
            try:
                if dice.random() < 0.3:
                    request = NewTicket(
                        dice.choice("ABC"), dice.choice(list(Priority)), people=dice.randrange(1, 5)
                    )
                    tickets.append(hall.do(on(issuing.issue, request), KIOSK).ticket.id)
                elif dice.random() < 0.2 and tickets:
                    act: Callable[[SqliteTx, str], Any] = dice.choice(
                        [issuing.cancel, issuing.come_back, issuing.come_back, issuing.reprint]
                    )
                    id_ = dice.choice(tickets[-20:])
                    hall.do(on(act, id_))
                else:
                    act = dice.choice(at_counter)
                    hall.do(on(act, dice.choice("1234")))
            except DomainError:
                continue
        hall.do(lambda tx: desks.pause_service(tx, "C", "rapat"))
        hall.do(lambda tx: desks.resume_service(tx, "C"))
        hall.minutes(24 * 60)
        hall.end_day()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_busy_days_are_rebuilt_row_by_row(seed: int) -> None:
    with Rehearsal() as hall:
        busy_days(hall, seed)
        kinds = set(hall.kinds())
        assert kinds >= {
            "issued", "called", "recalled", "started", "finished", "no_show", "returned", "held",
            "transferred", "cancelled", "expired", "reprint_ordered", "day_closed",
        }, kinds  # fmt: skip
        assert_replay_is_identical(hall.db, hall.branches[0])


def test_a_branch_moves_alone_into_another_database() -> None:
    with Rehearsal(office(), office(code="other")) as hall:
        busy_days(hall, 4)
        hall.do(lambda tx: issuing.issue(tx, NewTicket("A")), SARI, hall.branches[1])
        for branch in hall.branches:
            assert_replay_is_identical(hall.db, branch)


@pytest.fixture
def fresh() -> Iterator[sqlite3.Connection]:
    """An empty database with an empty branch 1."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    prepare(db, readonly=False)
    migrate(db)
    db.execute("INSERT INTO branches (id, code) VALUES (1, 'again')")
    yield db
    db.close()


@pytest.fixture
def log() -> list[Envelope]:
    """The log of a short morning."""
    with Rehearsal() as hall:
        hall.do(lambda tx: desks.open_counter(tx, "1"))
        hall.do(lambda tx: issuing.issue(tx, NewTicket("A")))
        hall.do(lambda tx: calling.call_next(tx, "1"))
        hall.do(lambda tx: serving.start(tx, "1"))
        hall.do(lambda tx: serving.finish(tx, "1"))
        return list(envelopes(hall.db, hall.branches[0], 0, 2**60))


def test_a_log_with_a_hole_is_refused_and_nothing_is_kept(
    fresh: sqlite3.Connection, log: list[Envelope]
) -> None:
    with pytest.raises(ValueError, match="event 4 is missing"):
        replay(fresh, 1, [*log[:3], *log[4:]])
    assert table(fresh, "events", 1) == []
    assert table(fresh, "tickets", 1) == []


def test_a_log_with_an_event_twice_is_refused(
    fresh: sqlite3.Connection, log: list[Envelope]
) -> None:
    with pytest.raises(ValueError, match="missing"):
        replay(fresh, 1, [*log[:3], log[2], *log[3:]])


def test_a_log_goes_only_into_an_empty_branch(
    fresh: sqlite3.Connection, log: list[Envelope]
) -> None:
    assert replay(fresh, 1, log) == len(log)
    with pytest.raises(ValueError, match="empty"):
        replay(fresh, 1, log)


def test_a_log_that_skips_a_step_does_not_fit_the_tables(
    fresh: sqlite3.Connection, log: list[Envelope]
) -> None:
    """Service ends that never began: the row is not in the state of which the event speaks."""
    started = [each.event.kind for each in log].index("started")
    without = [
        msgspec.structs.replace(each, seq=seq)
        for seq, each in enumerate(log[:started] + log[started + 1 :], start=1)
    ]
    with pytest.raises(ValueError, match="is not"):
        replay(fresh, 1, without)
    assert table(fresh, "turns", 1) == []
