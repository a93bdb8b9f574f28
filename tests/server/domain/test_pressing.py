"""The keys of a button box: what each means depends on where the counter stands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server.domain import desks, issuing, pressing
from server.domain.errors import Conflict, Refused
from server.domain.issuing import NewTicket
from tests.server.rehearsal import SARI, Rehearsal, on


@pytest.fixture
def hall() -> Iterator[Rehearsal]:
    """A hall with two numbers and no open counter."""
    with Rehearsal() as hall:
        for _ in range(2):
            hall.do(on(issuing.issue, NewTicket("A")))
        yield hall


def pressed(hall: Rehearsal, key: pressing.Key) -> tuple[str, str | None]:
    done = hall.do(on(pressing.press, "1", key))
    return done.did, None if done.ticket is None else done.ticket.label


def test_the_main_key_goes_one_step_on_until_nobody_waits(hall: Rehearsal) -> None:
    steps = [pressed(hall, "main") for _ in range(8)]
    assert steps == [
        ("open", None), ("call-next", "A001"), ("start", "A001"), ("finish", "A001"),
        ("call-next", "A002"), ("start", "A002"), ("finish", "A002"), ("nothing", None),
    ]  # fmt: skip


def test_the_next_key_finishes_and_calls_in_one_press(hall: Rehearsal) -> None:
    steps = [pressed(hall, "next") for _ in range(4)]
    assert steps == [
        ("open", None), ("call-next", "A001"), ("start", "A001"), ("call-next", "A002"),
    ]  # fmt: skip
    assert hall.rows("SELECT label, state FROM turns ORDER BY label") == [
        ("A001", "done"), ("A002", "called"),
    ]  # fmt: skip


def test_each_digit_does_what_its_name_does(hall: Rehearsal) -> None:
    for key in ("1", "1"):
        pressed(hall, key)
    assert pressed(hall, "2") == ("recall", "A001")
    assert pressed(hall, "5") == ("return", "A001")
    assert pressed(hall, "1") == ("call-next", "A001")
    assert pressed(hall, "3") == ("no-show", "A001")
    assert pressed(hall, "0") == ("undo", "A001")
    assert pressed(hall, "4") == ("hold", "A001")
    assert pressed(hall, "6") == ("break", None)
    assert pressed(hall, "6") == ("open", None)
    assert pressed(hall, "7") == ("call-next", "A002")


def test_a_key_that_is_not_possible_changes_nothing(hall: Rehearsal) -> None:
    pressed(hall, "main")
    pressed(hall, "main")
    before = hall.dump()
    for key in ("6", "0"):
        with pytest.raises((Conflict, Refused)):
            hall.do(on(pressing.press, "1", key))
    assert hall.dump() == before


def test_a_box_works_at_a_counter_where_a_person_sits(hall: Rehearsal) -> None:
    hall.do(on(desks.open_counter, "1"), SARI)
    assert pressed(hall, "main") == ("call-next", "A001")
