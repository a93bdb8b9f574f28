"""One visit's data is handed over whole and forgotten on demand; notes go by themselves."""

from __future__ import annotations

import json
from typing import Any

import pytest

from server.domain.calling import call_next
from server.domain.closing import close_past_days
from server.domain.desks import open_counter
from server.domain.errors import Conflict, NotFound
from server.domain.issuing import NewTicket, issue
from server.domain.serving import finish, start, transfer
from server.privacy import visits
from server.privacy.inventory import NOTES_DAYS
from server.satisfaction import words
from tests.server.rehearsal import (
    BUDI,
    CLOCK,
    SARI,
    Rehearsal,
    assert_replay_is_identical,
    office,
    on,
)  # fmt: skip

SECRETS = ("Bu Ani, 0812-3456", "tanya map merah Bu Ani", "Pak Joko kasar pada saya")


def with_a_visit(hall: Rehearsal, *, closed: bool = True) -> str:
    """Let somebody be served with notes on the way, and say how it was; return the number."""
    hall.do(on(open_counter, "1"), SARI)
    hall.do(on(open_counter, "3"), BUDI)
    wish = NewTicket("A", note_for_counter=SECRETS[0])
    ticket = hall.do(on(issue, wish)).ticket
    hall.do(on(call_next, "1"), SARI)
    hall.do(on(start, "1"), SARI)
    hall.do(on(transfer, "1", to_service="B", note=SECRETS[1]), SARI)
    hall.do(on(call_next, "3"), BUDI)
    hall.do(on(start, "3"), BUDI)
    hall.do(on(finish, "3"), BUDI)
    said = on(words.give, ticket.id, 1, SECRETS[2], thanks=False, channel="phone")
    hall.do(said)
    if closed:
        days_later(hall, 1)
    return str(ticket.label)


def days_later(hall: Rehearsal, days: int) -> None:
    hall.minutes(days * 24 * 60)
    hall.do(on(close_past_days, close_counters=True), CLOCK)


def all_words(hall: Rehearsal) -> str:
    """Return all text of the database, one behind the other."""
    tables = hall.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
    return json.dumps([hall.rows(f"SELECT * FROM {name}") for (name,) in tables], default=str)  # noqa: S608


def figures(hall: Rehearsal) -> list[Any]:
    return hall.rows("SELECT label, called_at, service_ms, outcome, leg FROM turns ORDER BY opened")


def test_all_that_is_kept_of_a_visit_is_handed_over() -> None:
    with Rehearsal() as hall:
        label = with_a_visit(hall)
        told = hall.do(on(visits.everything_of, "2026-03-02", label))
        assert [each["leg"] for each in told["turns"]] == [1, 2]
        assert [each["said"] for each in told["feedback"]] == [SECRETS[2]]
        kinds = [json.loads(str(each["data"]))["kind"] for each in told["events"]]
        assert kinds[0] == "issued"
        assert {"called", "started", "transferred", "finished"} <= set(kinds)
        assert all(secret in json.dumps(told) for secret in SECRETS)
        with pytest.raises(NotFound):
            hall.do(on(visits.everything_of, "2026-03-02", "A999"))
        with pytest.raises(NotFound):
            hall.do(on(visits.everything_of, "2026-03-03", label))


def test_a_visit_is_forgotten_and_the_figures_and_the_log_stay() -> None:
    with Rehearsal() as hall:
        label = with_a_visit(hall)
        hall.do(on(issue, NewTicket("A", note_for_counter="hari ini")))
        before, events = figures(hall), hall.rows("SELECT COUNT(*) FROM events")
        assert hall.do(on(visits.forget, "2026-03-02", label)) == (2, 1)
        left = all_words(hall)
        assert not any(secret in left for secret in SECRETS)
        assert "hari ini" in left, "other visits are not touched"
        assert figures(hall) == before
        assert hall.rows("SELECT COUNT(*) FROM events") == events
        assert hall.rows("SELECT face, ticket FROM feedback") == [(1, None)]
        assert_replay_is_identical(hall.db, hall.branches[0])
        assert hall.rows("SELECT what FROM deeds ORDER BY id DESC LIMIT 1") == [("visit_erased",)]
        assert hall.do(on(visits.forget, "2026-03-02", label)) == (0, 0)


def test_a_day_that_is_not_over_keeps_what_the_counters_need() -> None:
    with Rehearsal() as hall:
        label = with_a_visit(hall, closed=False)
        with pytest.raises(Conflict, match="not over"):
            hall.do(on(visits.forget, "2026-03-02", label))
        assert SECRETS[0] in all_words(hall)


def test_notes_go_by_themselves_after_their_time_day_by_day() -> None:
    with Rehearsal(office()) as hall:
        with_a_visit(hall)
        hall.do(on(issue, NewTicket("A", note_for_counter="hari kedua")))
        days_later(hall, NOTES_DAYS - 1)
        for _ in range(3):
            hall.do(visits.erase, CLOCK)
        assert SECRETS[0] in all_words(hall), "a day too early"
        days_later(hall, 1)
        for _ in range(3):
            hall.do(visits.erase, CLOCK)
        left = all_words(hall)
        assert SECRETS[0] not in left
        assert SECRETS[1] not in left
        assert "hari kedua" in left
        assert_replay_is_identical(hall.db, hall.branches[0])
        days_later(hall, 1)
        hall.do(visits.erase, CLOCK)
        assert "hari kedua" not in all_words(hall)
