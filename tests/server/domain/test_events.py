"""The events: complete for the log, and discreet on the public screens."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, get_args

import msgspec
import pytest

from server.domain import events as ev
from server.domain.estimate import Estimate
from server.domain.states import CounterState, Outcome, Priority, TurnState
from server.storage.published import Published, public_message
from tests.server.rehearsal import office

SECRET_TOKEN = "rahasia-token"
SECRET_STAFF = "user:rahasia"
SECRET_NAME = "Ibu Rahasia"
SECRET_WORDS = "karena sakit rahasia"
SECRET_JOB = "rahasia-job"
QUOTE = ev.Quote(ahead=4242, model="rahasia-model", estimate=Estimate(4, 9))
ORDER = ev.PrintOrder(SECRET_JOB, "rahasia-printer")
COUNTER = ev.CounterRef("c1", 7, {"id": "Loket Tujuh"})
REGULAR = Priority.REGULAR


def turn(was: TurnState, state: TurnState) -> dict[str, Any]:
    """Return the fields that every turn event carries."""
    return {
        "ticket": "t1", "leg": 1, "label": "A001", "service": "A", "priority": REGULAR,
        "was": was, "state": state, "booked": 5, "sent_to": "c1",
    }  # fmt: skip


def every_event() -> list[ev.AnyEvent]:
    """Return one of each, with every field filled."""
    s = TurnState
    made: list[tuple[Callable[..., ev.AnyEvent], dict[str, Any]]] = [
        (ev.Configured, {"version": 1, "office": office(name=SECRET_NAME)}),
        (ev.Issued, {
            "ticket": "t1", "day": "2026-03-02", "label": "A001", "prefix": "A", "number": 1,
            "service": "A", "token": SECRET_TOKEN, "priority": REGULAR, "language": "id",
            "people": 2, "channel": "kiosk", "note_for_counter": SECRET_WORDS, "state": s.WAITING,
            "due": 5, "quote": QUOTE,
            "print": ORDER,
        }),
        (ev.Called, turn(s.WAITING, s.CALLED) | {
            "counter": COUNTER, "number": 7, "rule": "by-hand", "why": SECRET_WORDS,
            "rule_value": 3, "staff": SECRET_STAFF,
        }),
        (ev.Recalled, {
            "ticket": "t1", "leg": 1, "label": "A001", "service": "A", "counter": COUNTER,
            "number": 7, "recalls": 2,
        }),
        (ev.Started, turn(s.CALLED, s.SERVING) | {"counter": "c1", "staff": SECRET_STAFF}),
        (ev.Finished, turn(s.SERVING, s.DONE) | {"counter": "c1", "outcome_code": "KTP"}),
        (ev.NoShow, turn(s.CALLED, s.NO_SHOW) | {"counter": "c1"}),
        (ev.Returned, turn(s.CALLED, s.WAITING) | {"counter": "c1"}),
        (ev.Held, turn(s.SERVING, s.HELD) | {
            "counter": "c1", "reason": SECRET_WORDS, "until": 5,
        }),
        (ev.Transferred, turn(s.SERVING, s.TRANSFERRED) | {
            "counter": "c1", "to_service": "B", "to_leg": 2, "arrival": 1, "to_counter": "c2",
            "note": SECRET_WORDS,
        }),
        (ev.Continued, turn(s.SERVING, s.DONE) | {
            "counter": "c1", "to_service": "B", "to_leg": 2, "arrival": 1, "to_counter": "c1",
            "note": SECRET_WORDS, "outcome_code": "KTP",
        }),
        (ev.Undone, turn(s.DONE, s.SERVING) | {
            "counter": "c1", "undoes": 9, "what": "continued", "since": 5, "next_leg": 2,
            "next_service": "B",
        }),
        (ev.Freed, {"ticket": "t1", "leg": 2, "label": "A001", "service": "B"}),
        (ev.TicketChanged, {
            "ticket": "t1", "leg": 2, "label": "A001", "service": "B", "was_priority": REGULAR,
            "priority": Priority.PRIORITY, "people": 3, "language": "en",
        }),
        (ev.Cancelled, turn(s.WAITING, s.CANCELLED) | {
            "outcome": Outcome.CANCELLED_BY_STAFF, "reason": SECRET_WORDS,
        }),
        (ev.Expired, turn(s.WAITING, s.EXPIRED)),
        (ev.TurnClosed, turn(s.SERVING, s.CLOSED) | {
            "outcome": Outcome.SERVED, "reason": SECRET_WORDS,
        }),
        (ev.ReprintOrdered, {"ticket": "t1", "label": "A001", "print": ORDER}),
        (ev.Printed, {
            "ticket": "t1", "label": "A001", "job": "j1", "printer": "p1", "attempt": 1, "copy": 1,
        }),
        (ev.PrintFailed, {
            "ticket": "t1", "label": "A001", "job": "j1", "printer": "p1", "attempt": 1,
            "error": "no paper", "retry_at": 5, "final": True, "unsure": True,
        }),
        (ev.PrintMoved, {
            "ticket": "t1", "label": "A001", "was": "p1", "place": "Depan", "print": ORDER,
        }),
        (ev.HelpRequested, {
            "help": "h1", "day": "2026-03-02", "device": SECRET_STAFF, "place": "Kios",
        }),
        (ev.HelpTaken, {
            "help": "h1", "place": "Kios", "seconds": 5.0, "staff": SECRET_STAFF,
            "name": SECRET_NAME,
        }),
        (ev.HelpArrived, {"help": "h1", "place": "Kios", "seconds": 9.0, "staff": SECRET_STAFF}),
        (ev.VisitorCounted, {"day": "2026-03-02", "what": "leaflet", "n": 1}),
        (ev.DoorMeasured, {"day": "2026-03-02", "people": 7, "seconds": 95.5}),
        (ev.Quoted, {"ticket": "t1", "channel": "phone", "quote": QUOTE}),
        (ev.CounterChanged, {
            "counter": COUNTER, "was": CounterState.CLOSED, "state": CounterState.OPEN,
            "services": ["A"], "reason": SECRET_WORDS, "staff": SECRET_STAFF,
            "holder_name": SECRET_NAME, "until": 5,
        }),
        (ev.NoticeChanged, {"notice": "Loket 2 istirahat", "until": 5}),
        (ev.ServicePaused, {"service": "A", "notice": "Sebentar ya"}),
        (ev.ServiceResumed, {"service": "A"}),
        (ev.DayClosed, {"day": "2026-03-02"}),
        (ev.Reopened, {
            **turn(s.EXPIRED, s.WAITING), "day": "2026-03-03", "eligible_at": 5,
        }),
        (ev.DayReopened, {"day": "2026-03-02", "into": "2026-03-03", "staff": SECRET_STAFF}),
        (ev.NumbersResumed, {"day": "2026-03-02", "prefix": "A", "number": 57}),
        (ev.ClockSet, {"was": 5, "by_ms": -3_600_000, "staff": SECRET_STAFF}),
        (ev.AlarmRaised, {"rule": "long_wait", "subject": "A", "value": 21, "limit": 20}),
        (ev.AlarmCleared, {"rule": "long_wait", "subject": "A"}),
        (ev.EquipmentChanged, {
            "what": "printer", "subject": "p1", "place": "Lobi", "state": "paper_out",
        }),
        (ev.QuietCalled, {
            "call": "q1", "day": "2026-03-02", "counter": COUNTER, "staff": SECRET_STAFF,
        }),
        (ev.QuietCallChanged, {
            "call": "q1", "counter": COUNTER, "step": "ended", "reason": SECRET_WORDS,
            "staff": SECRET_STAFF,
        }),
        (ev.Advised, {
            "advice": "a1", "day": "2026-03-02", "counter": COUNTER, "service": "A", "until": 5,
            "target": 15, "people": 40, "late": 31, "late_with": 12, "over": 640, "over_with": 210,
            "wait": 42, "wait_with": 19, "model": "advice-1",
        }),
        (ev.AdviceAnswered, {
            "advice": "a1", "counter": COUNTER, "service": "A", "until": 5, "answer": "taken",
            "staff": SECRET_STAFF,
        }),
        (ev.ComfortChecked, {
            "check": "k1", "day": "2026-03-02", "place": "toilet", "faults": ["soap"],
            "staff": SECRET_STAFF,
        }),
        (ev.FaultReported, {
            "fault": "f1", "day": "2026-03-02", "place": "toilet", "item": "soap",
            "channel": "visitor",
        }),
        (ev.FaultChanged, {
            "fault": "f1", "place": "toilet", "item": "soap", "was": "open", "state": "working",
            "names": {"id": "Toilet"}, "staff": SECRET_STAFF,
        }),
        (ev.FiguresSeen, {"person": SECRET_STAFF, "first": "2026-03-01", "last": "2026-03-02"}),
    ]  # fmt: skip
    return [kind(**fields) for kind, fields in made]


EVENTS = every_event()


def test_the_list_here_holds_every_kind_of_event() -> None:
    assert {type(each) for each in EVENTS} == set(get_args(ev.AnyEvent))


P, K, S, D, _M = ev.AUDIENCES
HEARD_FROM = {
    "reprint_ordered": K, "printed": K, "print_failed": K, "print_moved": K,
    "ticket_changed": S, "equipment_changed": S, "comfort_checked": S, "fault_reported": S,
    "visitor_counted": S, "door_measured": S,
    "advised": D, "advice_answered": S,
    "quiet_called": D, "quiet_call_changed": D,
    "alarm_raised": D, "alarm_cleared": D, "quoted": None, "figures_seen": None,
}  # fmt: skip
"""Kinds that not everybody hears of, with the first who does."""
NEVER_TOLD = {"person", "token", "print", "quote", "office", "device", "staff"}
STAFF_ONLY = {"why", "rule_value", "reason", "note", "holder_name", "outcome_code", "name"}


@pytest.mark.parametrize("event", EVENTS, ids=lambda each: each.kind)
@pytest.mark.parametrize("audience", ev.AUDIENCES, ids=lambda each: each.name)
def test_nobody_is_told_more_than_is_theirs_to_know(
    event: ev.AnyEvent, audience: ev.Audience
) -> None:
    first = HEARD_FROM.get(event.kind, P)
    published = Published(1, 3, 5, event)
    assert published.heard_by(audience) == (first is not None and first <= audience)
    message = published.message(audience)
    told = json.loads(message)
    assert (told["type"], told["seq"], told["kind"]) == ("event", 3, event.kind)
    seated = event.kind == "counter_changed" and audience >= S
    assert not set(told) & (NEVER_TOLD - ({"staff"} if seated else set()))
    if audience >= S:
        assert set(told) & STAFF_ONLY == set(type(event).__struct_fields__) & STAFF_ONLY
    else:
        assert not set(told) & STAFF_ONLY
    for secret in ("rahasia-", "4242") if audience >= S else ("rahasia", "Rahasia", "4242", "KTP"):
        assert secret.encode() not in message
    if not seated:
        assert SECRET_STAFF.encode() not in message


@pytest.mark.parametrize("event", EVENTS, ids=lambda each: each.kind)
def test_programs_of_the_office_are_told_what_everybody_may_know(event: ev.AnyEvent) -> None:
    """Webhooks: of every kind that they ask for."""
    message = public_message(3, 5, event)
    assert b"rahasia" not in message.lower()
    assert json.loads(message)["kind"] == event.kind


@pytest.mark.parametrize("event", EVENTS, ids=lambda each: each.kind)
def test_an_event_comes_back_from_the_log_as_it_went_in(event: ev.AnyEvent) -> None:
    written = msgspec.json.encode(event)
    assert msgspec.json.decode(written, type=ev.AnyEvent) == event


@pytest.mark.parametrize("event", EVENTS, ids=lambda each: each.kind)
def test_an_event_of_a_newer_program_is_not_read_with_half_its_fields(event: ev.AnyEvent) -> None:
    written = msgspec.to_builtins(event) | {"a_field_of_tomorrow": 1}
    with pytest.raises(msgspec.ValidationError, match="a_field_of_tomorrow"):
        msgspec.convert(written, ev.AnyEvent)


def test_a_call_tells_the_screens_the_label_and_the_counters_number() -> None:
    (call,) = [each for each in EVENTS if isinstance(each, ev.Called)]
    told = json.loads(public_message(1, 1, call))
    assert (told["label"], told["number"]) == ("A001", 7)
    assert told["counter"] == {"id": "c1", "number": 7, "names": {"id": "Loket Tujuh"}}
