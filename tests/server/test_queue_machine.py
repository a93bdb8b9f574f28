"""Any day in a hall: random commands at many counters, and what must hold after each of them."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import msgspec
from hypothesis import assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from server.auth.registry import put_printer
from server.domain import (
    calling,
    closing,
    desks,
    events,
    issuing,
    pressing,
    serving,
    supervising,
    undo,
    visits,
)
from server.domain.day import business_day, day_bounds
from server.domain.errors import DomainError
from server.domain.hall import OF_A_DAY, OF_A_TICKET, TAKE_BACK_MS, Hall
from server.domain.issuing import NewTicket
from server.domain.lines import Day
from server.domain.states import Priority
from server.domain.turns import Visit
from server.domain.tx import Actor
from server.domain.undo import UNDO_SECONDS
from server.storage.branch import BranchBatch, OfficeCache
from server.storage.history import envelopes
from server.storage.rows import TURN_COLUMNS
from server.storage.transaction import SqliteTx
from server.storage.values import turn_of
from tests.server.domain.test_states import arrows
from tests.server.rehearsal import (
    BUDI,
    CLOCK,
    KIOSK,
    SARI,
    TOKEN,
    Rehearsal,
    assert_replay_is_identical,
    office,
    on,
)

RULES = {"max_recalls": 3, "recall_gap_seconds": 10, "grace_minutes": 20}
EVERYWHERE = [
    office(rules=RULES),
    office(
        code="east",
        zone="Asia/Jayapura",
        rules=RULES | {"transfer_position": "end", "day_start": "04:00", "number_wrap": 9},
    ),
]
ALLOWED = arrows()
DEWI = Actor("user:dewi", "manager", "Ibu Dewi", person=True)
TAKEN_BACK = {("expired", "waiting"), ("expired", "held"), ("closed", "waiting")}
AT_COUNTER = {"called", "serving"}
OPEN = {"waiting", "held", "called", "serving"}
CAP = 3
MINUTE = 60_000

branches = st.sampled_from([0, 1])
counters = st.sampled_from(["1", "2", "3", "4"])
picks = st.integers(0, 3)
services = st.sampled_from("ABC")
at_work = st.sampled_from([TOKEN, TOKEN, TOKEN, SARI])
people_at_work = st.sampled_from([TOKEN, TOKEN, SARI, BUDI])
anybody = st.sampled_from([TOKEN, KIOSK, SARI])
words = st.sampled_from(["istirahat", "rapat", "sebentar"])


@dataclass
class Place:
    """What the log says of one ticket; built from the events alone, apart from the program."""

    day: str
    service: str
    priority: str
    state: str = "waiting"
    leg: int = 1
    arrival: int = 0
    counter: str | None = None
    for_counter: str | None = None
    number: int = 0
    due: int | None = None


@dataclass
class Call:
    """A call as the log tells it."""

    day: str
    service: str
    priority: str


class QueueMachine(RuleBasedStateMachine):
    """Fires commands as clumsy kiosks, counters and clocks do."""

    tickets = Bundle("tickets")
    seen: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.hall = Rehearsal(*EVERYWHERE, at="2026-03-02 07:30")
        for branch in self.hall.branches:
            put_printer(self.hall.db, branch, "p", "file:/dev/null", None, f"p{branch}", 0)
        self.touched: set[int] = set()
        self.read = [0, 0]
        self.places: list[dict[str, Place]] = [{}, {}]
        self.calls: list[list[Call]] = [[], []]
        self.offered: list[dict[str, list[str]]] = [{}, {}]
        self.folded: dict[int, Hall] = {}
        self.visits: dict[int, dict[str, Visit]] = {}
        self.numbers: list[dict[tuple[str, str], set[int]]] = [{}, {}]
        self.elsewhere: list[dict[tuple[str, str], int]] = [{}, {}]
        self.issued_on: dict[str, str] = {}
        self.clock_sets: list[list[tuple[int, int]]] = [[], []]

    @initialize(target=tickets, where=branches)
    def a_morning_begins(self, where: int) -> Any:  # noqa: ANN401
        """Two counters open and five people wait, so that even a short run gets past the door."""
        for counter in ("2", "4"):
            self.fire(where, TOKEN, on(desks.open_counter, counter))
        placed = [
            self.fire(where, KIOSK, on(issuing.issue, NewTicket(service))) for service in "AABBC"
        ]
        return multiple(*((where, each.ticket.id) for each in placed))

    # ------------------------------------------------------------------ firing

    def fire(self, where: int, actor: Actor, command: Callable[[SqliteTx], Any]) -> Any:  # noqa: ANN401
        """Run a command; when the rules refuse it, nothing at all may have changed."""
        self.touched.add(where)
        before = self.hall.rows("PRAGMA data_version")
        try:
            return self.hall.do(command, actor, self.hall.branches[where])
        except DomainError:
            after = self.hall.rows("PRAGMA data_version")
            assert after == before, "a refused command left something behind"
            return None

    @rule(
        target=tickets, where=branches, service=services, priority=st.sampled_from(Priority),
        actor=anybody, people=st.integers(1, 9), language=st.sampled_from([None, "id", "en"]),
    )  # fmt: skip
    def issue(
        self, where: int, service: str, priority: Priority, actor: Actor, people: int,
        language: str | None,
    ) -> Any:  # noqa: ANN401  # fmt: skip
        request = NewTicket(service, priority, language, people)
        placed = self.fire(where, actor, lambda tx: issuing.issue(tx, request))
        return multiple() if placed is None else (where, placed.ticket.id)

    @rule(
        target=tickets, where=branches, service=services, priority=st.sampled_from(Priority),
        minutes=st.sampled_from([-5, 1, 10, 40, 300]),
    )  # fmt: skip
    def an_appointment(self, where: int, service: str, priority: Priority, minutes: int) -> Any:  # noqa: ANN401
        request = NewTicket(service, priority, due=self.hall.now + minutes * MINUTE)
        placed = self.fire(where, SARI, lambda tx: issuing.issue(tx, request))
        return multiple() if placed is None else (where, placed.ticket.id)

    @rule(
        where=branches, counter=counters, actor=people_at_work, reason=words,
        act=st.sampled_from(["open", "open", "take over", "break", "close"]),
    )  # fmt: skip
    def desk(self, where: int, counter: str, actor: Actor, act: str, reason: str) -> None:
        commands: dict[str, Callable[[SqliteTx], Any]] = {
            "open": lambda tx: desks.open_counter(tx, counter),
            "take over": lambda tx: desks.open_counter(tx, counter, take_over=True),
            "break": lambda tx: desks.take_break(tx, counter, reason),
            "close": lambda tx: desks.close_counter(tx, counter),
        }
        self.fire(where, actor, commands[act])

    @rule(where=branches, counter=counters, actor=people_at_work)
    def call_next(self, where: int, counter: str, actor: Actor) -> None:
        self.fire(where, actor, lambda tx: calling.call_next(tx, counter))

    @rule(where=branches, counter=counters, again=st.booleans())
    def open_and_call_next(self, where: int, counter: str, again: bool) -> None:
        """So that most runs get past the door."""
        self.fire(where, TOKEN, lambda tx: desks.open_counter(tx, counter))
        self.fire(where, TOKEN, lambda tx: calling.call_next(tx, counter))
        if again and self.moved(11_000):
            self.fire(where, TOKEN, lambda tx: calling.recall(tx, counter))

    @rule(ticket=tickets, counter=counters, actor=people_at_work, reason=words)
    def call_ticket(self, ticket: tuple[int, str], counter: str, actor: Actor, reason: str) -> None:
        where, id_ = ticket
        self.fire(where, actor, lambda tx: calling.call_ticket(tx, counter, id_, reason))

    def busy(self, where: int, pick: int) -> str:
        """Return a counter that has a ticket, mostly: then most commands do much."""
        at_work = sorted(
            each.counter
            for each in self.places[where].values()
            if each.state in AT_COUNTER and each.counter is not None
        )
        if at_work:
            return at_work[pick % len(at_work)]
        counter = str(pick % 4 + 1)
        if pick:  # else nobody is there
            self.fire(where, KIOSK, on(issuing.issue, NewTicket("ABC"[pick % 3])))
            self.open_and_call_next(where, counter, again=False)
        return counter

    def at_a_counter(
        self, where: int, pick: int, actor: Actor, *acts: Callable[[SqliteTx, str], Any]
    ) -> None:
        for act in acts:
            counter = self.busy(where, pick)
            self.fire(where, actor, on(act, counter))

    @rule(where=branches, pick=picks, actor=at_work)
    def recall(self, where: int, pick: int, actor: Actor) -> None:
        self.moved(11_000)  # or it would be too soon
        self.at_a_counter(where, pick, actor, calling.recall)

    @rule(where=branches, pick=picks, actor=at_work)
    def start(self, where: int, pick: int, actor: Actor) -> None:
        self.at_a_counter(where, pick, actor, serving.start)

    @rule(where=branches, pick=picks, actor=at_work)
    def finish(self, where: int, pick: int, actor: Actor) -> None:
        self.at_a_counter(where, pick, actor, serving.finish)

    @rule(where=branches, pick=picks)
    def serve_quickly(self, where: int, pick: int) -> None:
        self.at_a_counter(where, pick, TOKEN, serving.start, serving.finish)

    @rule(where=branches, pick=picks, actor=at_work)
    def no_show(self, where: int, pick: int, actor: Actor) -> None:
        self.at_a_counter(where, pick, actor, calling.no_show)

    @rule(where=branches, pick=picks, actor=at_work)
    def give_back(self, where: int, pick: int, actor: Actor) -> None:
        self.at_a_counter(where, pick, actor, calling.return_to_queue)

    @rule(where=branches, pick=picks, reason=words, minutes=st.sampled_from([None, 5]))
    def hold(self, where: int, pick: int, reason: str, minutes: int | None) -> None:
        counter = self.busy(where, pick)
        self.fire(where, TOKEN, lambda tx: serving.hold(tx, counter, reason, minutes))

    @rule(
        where=branches, pick=picks, service=st.none() | services, other=st.none() | counters,
        note=st.none() | words,
    )  # fmt: skip
    def transfer(
        self, where: int, pick: int, service: str | None, other: str | None, note: str | None
    ) -> None:
        counter = self.busy(where, pick)
        self.fire(
            where,
            TOKEN,
            lambda tx: serving.transfer(
                tx, counter, to_service=service, to_counter=other, note=note
            ),
        )

    @rule(where=branches, pick=picks, service=services, here=st.booleans())
    def one_more_service(self, where: int, pick: int, service: str, here: bool) -> None:
        self.at_a_counter(
            where,
            pick,
            TOKEN,
            serving.start,
            lambda tx, at: visits.add_service(tx, at, service, here=here),
        )

    @rule(
        where=branches, counter=counters,
        act=st.sampled_from([
            serving.start, serving.finish, calling.no_show, calling.return_to_queue, serving.hold,
            lambda tx, at: serving.transfer(tx, at, to_service="C"),
            lambda tx, at: visits.add_service(tx, at, "B"),
        ]),
        seconds=st.integers(0, 12),
    )  # fmt: skip
    def a_slip_and_back(
        self, where: int, counter: str, act: Callable[[SqliteTx, str], Any], seconds: int
    ) -> None:
        self.fire(where, TOKEN, lambda tx: calling.call_next(tx, counter))
        self.fire(where, TOKEN, lambda tx: act(tx, counter))
        if self.moved(seconds * 1000):
            self.fire(where, TOKEN, lambda tx: undo.undo(tx, counter))

    @rule(
        ticket=tickets, service=st.none() | services, other=st.none() | counters,
        priority=st.none() | st.sampled_from(Priority), people=st.none() | st.integers(1, 9),
    )  # fmt: skip
    def correct_and_send_on(
        self, ticket: tuple[int, str], service: str | None, other: str | None,
        priority: Priority | None, people: int | None,
    ) -> None:  # fmt: skip
        where, id_ = ticket
        self.fire(
            where, TOKEN,
            lambda tx: visits.change_ticket(tx, id_, priority=priority, people=people),
        )  # fmt: skip
        self.fire(
            where, TOKEN,
            lambda tx: visits.transfer_waiting(tx, id_, to_service=service, to_counter=other),
        )  # fmt: skip

    @rule(
        where=branches, pick=picks, counter=counters,
        way=st.sampled_from(["queue", "finish", "no_show"]),
        offered=st.lists(services, max_size=3), notice=st.sampled_from(["", "Mohon sabar"]),
    )  # fmt: skip
    def a_supervisor_helps(
        self, where: int, pick: int, counter: str, way: supervising.Way, offered: list[str],
        notice: str,
    ) -> None:  # fmt: skip
        at = self.busy(where, pick)
        self.fire(where, DEWI, lambda tx: supervising.release(tx, at, way))
        self.fire(where, DEWI, lambda tx: desks.offer(tx, counter, offered))
        self.fire(where, DEWI, lambda tx: supervising.tell_hall(tx, notice, 5))

    @rule(ticket=tickets, counter=counters)
    def sent_to_a_counter_that_closes(self, ticket: tuple[int, str], counter: str) -> None:
        where, id_ = ticket
        self.fire(where, TOKEN, lambda tx: desks.open_counter(tx, counter))
        self.fire(where, TOKEN, lambda tx: visits.transfer_waiting(tx, id_, to_counter=counter))
        self.fire(where, TOKEN, lambda tx: desks.close_counter(tx, counter))

    @rule(where=branches, counter=counters, key=st.sampled_from(["1", "2", "3", "7", "0"]))
    def press_a_key(self, where: int, counter: str, key: pressing.Key) -> None:
        self.fire(where, TOKEN, lambda tx: pressing.press(tx, counter, key))

    def with_ticket(self, ticket: tuple[int, str], actor: Actor, act: Callable[..., Any]) -> None:
        where, id_ = ticket
        self.fire(where, actor, lambda tx: act(tx, id_))

    @rule(ticket=tickets, actor=anybody)
    def come_back(self, ticket: tuple[int, str], actor: Actor) -> None:
        self.with_ticket(ticket, actor, issuing.come_back)

    @rule(ticket=tickets, actor=anybody)
    def cancel(self, ticket: tuple[int, str], actor: Actor) -> None:
        self.with_ticket(ticket, actor, issuing.cancel)

    @rule(ticket=tickets, actor=anybody)
    def reprint(self, ticket: tuple[int, str], actor: Actor) -> None:
        self.with_ticket(ticket, actor, issuing.reprint)

    @rule(ticket=tickets)
    def a_phone_is_told_the_wait(self, ticket: tuple[int, str]) -> None:
        where, id_ = ticket
        told = events.Quoted(ticket=id_, channel="phone", quote=events.Quote(1, "m"))
        self.fire(where, KIOSK, lambda tx: tx.append(told))

    @rule(ticket=tickets, actor=anybody)
    def in_the_wrong_branch(self, ticket: tuple[int, str], actor: Actor) -> None:
        where, id_ = ticket
        assert self.fire(1 - where, actor, lambda tx: issuing.find_ticket(tx, id_)) is None

    @rule(
        where=branches, service=services, notice=words, twice=st.booleans(), briefly=st.booleans()
    )
    def pause_or_resume(
        self, where: int, service: str, notice: str, *, twice: bool, briefly: bool
    ) -> None:
        sql = "SELECT 1 FROM paused_services WHERE branch = ? AND service = ?"
        rests = bool(self.hall.rows(sql, self.hall.branches[where], service))
        if rests != twice:
            self.fire(where, TOKEN, lambda tx: desks.resume_service(tx, service))
        else:
            self.fire(where, TOKEN, lambda tx: desks.pause_service(tx, service, notice))
            if briefly:  # else few days see the end of a pause
                self.fire(where, TOKEN, lambda tx: desks.resume_service(tx, service))

    @rule(
        where=branches,
        acts=st.lists(
            st.tuples(
                st.sampled_from(["issue", "next", "finish", "hold", "open", "no-show", "wrong"]),
                counters, services, st.sampled_from(Priority),
            ), min_size=2, max_size=8,
        ),
    )  # fmt: skip
    def many_in_one_commit(self, where: int, acts: list[tuple[str, str, str, Priority]]) -> None:
        """A busy moment: the store commits them together, each with a savepoint of its own."""
        commands: dict[str, Callable[[str, str, Priority], Callable[[SqliteTx], Any]]] = {
            "issue": lambda _c, s, p: lambda tx: issuing.issue(tx, NewTicket(s, p)),
            "next": lambda c, _s, _p: lambda tx: calling.call_next(tx, c),
            "finish": lambda c, _s, _p: lambda tx: serving.finish(tx, c),
            "hold": lambda c, _s, _p: lambda tx: serving.hold(tx, c),
            "open": lambda c, _s, _p: lambda tx: desks.open_counter(tx, c),
            "no-show": lambda c, _s, _p: lambda tx: calling.no_show(tx, c),
            "wrong": lambda c, s, p: lambda tx: give_up_after_issuing(tx, s, p, c),
        }
        branch = self.hall.branches[where]
        self.touched.add(where)
        results = self.hall.batch(
            [(branch, TOKEN, commands[act](c, s, p)) for act, c, s, p in acts]
        )
        for result in results:
            if isinstance(result, Exception):
                assert isinstance(result, DomainError | Halfway), result

    # ------------------------------------------------------------------ the clock

    def moved(self, milliseconds: int) -> bool:
        """Move the clock unless that leads into another business day."""
        later = self.hall.now + milliseconds
        days = [
            business_day(now, each.zone, each.day_start_minutes)
            for each in EVERYWHERE
            for now in (self.hall.now, later)
        ]
        if days[0] != days[1] or days[2] != days[3]:
            return False
        self.hall.now = later
        return True

    @rule(seconds=st.integers(1, 1800))
    def time_passes(self, seconds: int) -> None:
        assume(self.moved(seconds * 1000))

    @rule(seconds=st.integers(1, 120))
    def the_clock_is_set_back_a_little(self, seconds: int) -> None:
        assume(self.moved(-seconds * 1000))

    @rule(
        hours=st.sampled_from([-30, -24, -3, -1, 1, 2, 5, 24, 49]),
        seconds=st.sampled_from([0, 0, 61]),
        ended=st.sampled_from(["", "", "before", "after"]),
        taken_back=st.booleans(),
    )  # fmt: skip
    def a_jump_of_the_clock_counts(
        self, hours: int, seconds: int, ended: str, *, taken_back: bool
    ) -> None:
        """A jump held, or a person said that it is right; a day may have ended around it."""
        was, by_ms = self.hall.now, hours * 60 * MINUTE + seconds * 1000
        self.hall.now += by_ms
        self.touched |= {0, 1}
        if ended == "before":
            self.hall.end_day()
        for where in (0, 1):
            self.fire(where, CLOCK, on(_clock_was_set, was, by_ms))
        if ended == "after":
            self.hall.end_day()
        if ended and taken_back:
            self.hall.seconds(30)
            self.the_end_of_the_day_is_taken_back(0, 0)
            self.the_end_of_the_day_is_taken_back(1, 0)

    @rule(where=branches, minutes=st.sampled_from([0, 1, 40, 70]))
    def the_end_of_the_day_is_taken_back(self, where: int, minutes: int) -> None:
        if self.moved(minutes * MINUTE):
            self.fire(where, DEWI, closing.take_back)

    @rule(
        where=branches, prefix=services, number=st.integers(1, 8), days=st.sampled_from([0, 0, 1]),
    )  # fmt: skip
    def an_older_backup_came_back(self, where: int, prefix: str, number: int, days: int) -> None:
        """Papers up to a number are out that the log does not know."""
        each = EVERYWHERE[where]
        then = self.hall.now + days * 24 * 60 * MINUTE
        day = business_day(then, each.zone, each.day_start_minutes)
        self.fire(where, CLOCK, on(_resumed, day, prefix, number))

    @precondition(lambda self: any(self.places))
    @rule(hours=st.integers(0, 6), days=st.integers(1, 3))
    def a_new_day_begins(self, hours: int, days: int) -> None:
        """The night; who was called or started within three hours is served to the end."""
        first = EVERYWHERE[0]
        today = business_day(self.hall.now, first.zone)
        tomorrow = day_bounds(today, first.zone)[1]
        self.hall.now = tomorrow + ((days - 1) * 24 + hours) * 60 * MINUTE
        self.hall.end_day()
        self.touched |= {0, 1}
        for where, each in enumerate(EVERYWHERE):
            day = business_day(self.hall.now, each.zone, each.day_start_minutes)
            left = self.hall.rows(
                "SELECT label, day, state FROM turns WHERE branch = ? AND day < ? AND "
                "(state IN ('waiting', 'held') OR (state IN ('called', 'serving') "
                "AND MAX(called_at, COALESCE(serving_since, 0)) <= ?))",
                self.hall.branches[where], day, self.hall.now - closing.GOES_ON_MS,
            )  # fmt: skip
            assert left == [], "left over after the day was closed"

    # ------------------------------------------------------------------ what always holds

    @invariant()
    def all_holds(self) -> None:
        self.the_log_has_no_gap_and_every_event_is_possible()
        self.the_rows_say_what_the_log_says()
        self.earlier_turns_of_a_ticket_ended_by_transfer()
        self.nobody_waits_for_a_counter_that_cannot_call()
        self.numbers_are_given_once_and_without_a_gap()
        self.times_are_never_negative()
        self.every_call_is_kept()
        self.every_paper_that_was_ordered_is_in_the_spool()
        self.the_hall_is_the_fold_of_its_log_and_the_rows_are_its_values()

    def the_log_has_no_gap_and_every_event_is_possible(self) -> None:
        for where, branch in enumerate(self.hall.branches):
            rows = self.hall.rows(
                "SELECT seq, data FROM events WHERE branch = ? AND seq > ? ORDER BY seq",
                branch, self.read[where],
            )  # fmt: skip
            for seq, data in rows:
                assert seq == self.read[where] + 1
                self.read[where] = seq
                self._follow(where, seq, json.loads(data))
            (last,) = self.hall.rows("SELECT seq FROM branches WHERE id = ?", branch)
            assert last == (self.read[where],)

    def _follow(self, where: int, seq: int, event: dict[str, Any]) -> None:
        places = self.places[where]
        if event["kind"] == "issued":
            assert event["ticket"] not in places
            places[event["ticket"]] = Place(
                event["day"], event["service"], event["priority"], arrival=seq,
                number=event["number"], due=event.get("due"),
            )  # fmt: skip
            self.issued_on[event["ticket"]] = event["day"]
            given = self.numbers[where].setdefault((event["day"], event["prefix"]), set())
            out = self.elsewhere[where].get((event["day"], event["prefix"]), 0)
            assert event["number"] == max(given | {out}) + 1, "a gap, or given twice"
            given.add(event["number"])
            return
        if event["kind"] == "clock_set":
            self.clock_sets[where].append((seq, event["by_ms"]))
        elif event["kind"] == "numbers_resumed":
            key = (event["day"], event["prefix"])
            self.elsewhere[where][key] = max(event["number"], self.elsewhere[where].get(key, 0))
        elif event["kind"] == "counter_changed":
            self.offered[where][event["counter"]["id"]] = event["services"]
        elif "was" not in event:
            self._follow_ticket(places, event)
        elif event["kind"] == "undone":
            self._follow_back(where, event)
        else:
            self._follow_turn(where, event)

    def _follow_turn(self, where: int, event: dict[str, Any]) -> None:
        places = self.places[where]
        place = places[event["ticket"]]
        assert (event["leg"], event["was"]) == (place.leg, place.state)
        allowed = TAKEN_BACK if event["kind"] == "reopened" else ALLOWED
        assert (event["was"], event["state"]) in allowed
        if event["kind"] == "called":
            self._check_call(where, event, place)
        if event["kind"] == "reopened" and event["day"] != place.day:
            place.day = event["day"]
            carried = self.numbers[where].setdefault((place.day, event["label"][0]), set())
            assert place.number not in carried, "two people with one number"
            out = self.elsewhere[where].get((place.day, event["label"][0]), 0)
            assert place.number > out, "perhaps two people with one number"
            carried.add(place.number)
        place.state = event["state"]
        if place.state in AT_COUNTER:
            if event["kind"] == "called":
                place.counter = event["counter"]["id"]
            self._check_alone(where, place)
        else:
            place.counter = None
        if event["kind"] in {"transferred", "continued"}:
            places[event["ticket"]] = Place(
                place.day,
                event["to_service"],
                place.priority,
                leg=event["to_leg"],
                arrival=event["arrival"],
                for_counter=event.get("to_counter"),
                number=place.number,
                due=event.get("due"),
            )
            assert event["to_leg"] == place.leg + 1

    def _follow_ticket(self, places: dict[str, Place], event: dict[str, Any]) -> None:
        if event["kind"] == "freed":
            places[event["ticket"]].for_counter = None
        elif event["kind"] == "ticket_changed":
            assert places[event["ticket"]].priority == event["was_priority"]
            places[event["ticket"]].priority = event["priority"]

    def _follow_back(self, where: int, event: dict[str, Any]) -> None:
        """Check that only the last act of a counter is taken back, and soon."""
        places = self.places[where]
        ((data, at),) = self.hall.rows(
            "SELECT data, at FROM events WHERE branch = ? AND seq = ?",
            self.hall.branches[where], event["undoes"],
        )  # fmt: skip
        undone = json.loads(data)
        at += sum(by_ms for seq, by_ms in self.clock_sets[where] if seq > event["undoes"])
        assert (undone["kind"], undone["ticket"]) == (event["what"], event["ticket"])
        assert (undone["was"], undone["state"]) == (event["state"], event["was"])
        assert self.hall.now - at <= UNDO_SECONDS * 1000
        assert at == event["since"]
        place = places[event["ticket"]]
        if "next_leg" in event:
            assert (place.leg, place.state) == (event["next_leg"], "waiting")
            assert place.service == event["next_service"]
        else:
            assert (place.leg, place.state) == (event["leg"], event["was"])
        place.leg, place.service, place.state = event["leg"], event["service"], event["state"]
        place.arrival, place.for_counter, place.due = self._line_of(where, event)
        place.counter = event["counter"]
        self._check_alone(where, place)

    def _line_of(self, where: int, event: dict[str, Any]) -> tuple[int, str | None, int | None]:
        """Return (arrival, for_counter, due) of the leg that an undone event goes back to."""
        ((arrival, for_counter, due),) = self.hall.rows(
            "SELECT arrival, for_counter, due FROM turns "
            "WHERE branch = ? AND ticket = ? AND leg = ?",
            self.hall.branches[where], event["ticket"], event["leg"],
        )  # fmt: skip
        return arrival, for_counter or None, due

    def _check_alone(self, where: int, place: Place) -> None:
        here = [
            each
            for each in self.places[where].values()
            if each.state in AT_COUNTER and each.counter == place.counter
        ]
        assert here == [place], "two tickets at one counter"

    def _check_call(self, where: int, event: dict[str, Any], place: Place) -> None:
        """Compare the call with the rule, told once more in other words."""
        counter = event["counter"]["id"]
        offered = self.offered[where][counter]
        calls = self.calls[where]
        waiting = [
            each
            for each in self.places[where].values()
            if each.state == "waiting" and each.day == place.day
        ]
        free = [each for each in waiting if each.for_counter is None and each.service in offered]
        if event["rule"] != "by-hand":
            sent_here = [each for each in waiting if each.for_counter == counter]
            walk_ins = [each for each in free if each.due is None]
            if sent_here:
                assert place is min(sent_here, key=lambda each: each.arrival)
            elif place.due is not None:
                assert place in free
                assert place.due <= self.hall.now, "nobody is called before the appointment"
                assert event["rule"] == "slot"
            else:
                assert place in free
                free = walk_ins
                line = [
                    each.arrival
                    for each in free
                    if (each.service, each.priority) == (place.service, place.priority)
                ]
                assert place.arrival == min(line), "somebody in the same line came before"
                recent = [c.priority for c in calls if c.day == place.day and c.service in offered]
                regular_waits = any(each.priority == "regular" for each in free)
                if place.priority == "priority" and regular_waits:
                    assert "priority" not in recent[-(CAP - 1) :]
        calls.append(Call(place.day, place.service, place.priority))

    def the_rows_say_what_the_log_says(self) -> None:
        """Every change of a row came with its event, and every event with its change."""
        for branch, places in zip(self.hall.branches, self.places, strict=True):
            rows = self.hall.rows(
                """
                SELECT tickets.id, tickets.leg, turns.state, turns.service, turns.arrival,
                    turns.for_counter,
                    CASE WHEN turns.state IN ('called', 'serving') THEN turns.counter END
                FROM tickets JOIN turns ON turns.ticket = tickets.id AND turns.leg = tickets.leg
                WHERE tickets.branch = ?
                """,
                branch,
            )
            assert {row[0]: row[1:] for row in rows} == {
                id_: (p.leg, p.state, p.service, p.arrival, p.for_counter or "", p.counter)
                for id_, p in places.items()
            }

    def earlier_turns_of_a_ticket_ended_by_transfer(self) -> None:
        assert not self.hall.rows(
            "SELECT turns.ticket FROM turns JOIN tickets ON tickets.id = turns.ticket "
            "WHERE turns.leg < tickets.leg AND turns.state NOT IN ('transferred', 'done')"
        )

    def nobody_waits_for_a_counter_that_cannot_call(self) -> None:
        """Whoever waits for one counter alone waits for an open one that offers the service."""
        waiting = self.hall.rows(
            "SELECT turns.label, turns.service, counters.state, counters.services FROM turns "
            "LEFT JOIN counters ON counters.id = turns.for_counter "
            "WHERE turns.state = 'waiting' AND turns.for_counter <> ''"
        )
        for label, service, state, offered in waiting:
            assert state == "open", f"{label} waits for a counter that is {state}"
            assert service in json.loads(offered), f"{label} waits for what is not offered"

    def numbers_are_given_once_and_without_a_gap(self) -> None:
        """Each number follows the day's last one; some were carried over into another day.

        That each follows is seen at its event; here that nobody else has it.
        """
        held: list[tuple[Any, ...]] = self.hall.rows(
            "SELECT branch, day, prefix, number FROM tickets"
        )
        assert len(held) == len(set(held))
        for branch, day, prefix, number in held:
            assert number in self.numbers[self.hall.branches.index(branch)][day, prefix]

    def times_are_never_negative(self) -> None:
        assert not self.hall.rows(
            "SELECT * FROM turns WHERE service_ms < 0 OR walk_ms < 0 OR "
            "(serving_since IS NOT NULL) <> (state = 'serving') OR "
            "(ended_at IS NOT NULL) <> (outcome IS NOT NULL)"
        )

    def every_call_is_kept(self) -> None:
        (row,) = self.hall.rows("SELECT COUNT(*) FROM calls WHERE priority IS NOT NULL")
        assert row[0] == sum(len(each) for each in self.calls)
        (row,) = self.hall.rows("SELECT COALESCE(SUM(calls), 0) FROM turns")
        assert row[0] == sum(len(each) for each in self.calls)

    def every_paper_that_was_ordered_is_in_the_spool(self) -> None:
        ordered = [
            event["print"]["job"]
            for (data,) in self.hall.rows("SELECT data FROM events ORDER BY branch, seq")
            if "print" in (event := json.loads(data))
        ]
        assert sorted(ordered) == [
            id_ for (id_,) in self.hall.rows("SELECT id FROM print_jobs ORDER BY id")
        ]

    def the_hall_is_the_fold_of_its_log_and_the_rows_are_its_values(self) -> None:
        """What the writer keeps from batch to batch is what the log says, and what tables hold.

        A branch to which nothing was said in this step is as it was looked at before.
        """
        touched, self.touched = self.touched or {0, 1}, set()
        for branch in [self.hall.branches[where] for where in sorted(touched)]:
            kept, folded, loaded = self.hall.do(
                partial(self._halls, fold=self.fold(branch), visits=self.visits[branch]),
                branch=branch,
            )
            for key, value in kept.items():
                assert value == folded[key], f"{key} is not the fold of the log"
                assert value == loaded[key], f"{key} is not what a new process loads"
            rows = self.hall.rows(
                f"SELECT {TURN_COLUMNS} FROM turns WHERE branch = ? ORDER BY ticket, leg",  # noqa: S608
                branch,
            )
            legs = [turn for visit in self.visits[branch].values() for turn in visit.turns]
            assert [turn_of(row) for row in rows] == sorted(
                legs, key=lambda turn: (turn.ticket, turn.leg)
            )

    def _halls(
        self, tx: SqliteTx, fold: Hall, visits: dict[str, Visit]
    ) -> tuple[dict[str, Any], ...]:
        """Return what the writer sees, what the whole log says, and what a new process loads."""
        # also when it ended before the clock was set back
        self._hold_day(tx.branch, fold, visits, tx.day)
        fresh = SqliteTx(BranchBatch(tx.db, tx.branch, OfficeCache()), tx.actor, tx.now)
        return tuple(_view(hall, tx.day, tx.now) for hall in (tx.hall, fold, fresh.hall))

    def fold(self, branch: int) -> Hall:
        """Go on folding the log from its first event, apart from the store."""
        hall = self.folded.setdefault(branch, Hall())
        visits = self.visits.setdefault(branch, {})
        for each in envelopes(self.hall.db, branch, hall.seq, 2**60):
            event = each.event
            if isinstance(event, OF_A_TICKET) and event.ticket not in hall.visits:
                hall.admit(visits[event.ticket])  # of a day that is closed
            if isinstance(event, OF_A_DAY):
                self._hold_day(
                    branch,
                    hall,
                    visits,
                    event.into if isinstance(event, events.DayReopened) else event.day,
                )
            hall.apply(each)
            ticket = getattr(event, "ticket", None)
            if isinstance(event, events.ClockSet):
                visits |= hall.visits
            elif ticket in hall.visits:
                visits[ticket] = hall.visits[ticket]
        return hall

    def _hold_day(self, branch: int, hall: Hall, visits: dict[str, Visit], day: str) -> None:
        """Give back a day that the hall let go of, as a store does."""
        if day in hall.days:
            return
        known = Day()
        mine = sorted(
            (each for each in visits.values() if each.ticket.day == day),
            key=lambda each: each.turns[0].arrival,
        )
        for each in mine:
            ticket = each.ticket
            if self.issued_on[ticket.id] == day:
                known.number(ticket.prefix, ticket.service, ticket.number)
            else:
                known.carry(ticket.prefix, ticket.number)
        where = self.hall.branches.index(branch)
        for (on_day, prefix), number in self.elsewhere[where].items():
            if on_day == day:
                known.resume(prefix, number)
        hall.admit_day(day, known, mine)

    def teardown(self) -> None:
        """Build the same tables from the log alone."""
        for (data,) in self.hall.rows("SELECT data FROM events"):
            self.seen[json.loads(data)["kind"]] += 1
        for branch in self.hall.branches:
            assert_replay_is_identical(self.hall.db, branch)
        self.hall.close()


def _clock_was_set(tx: SqliteTx, was: int, by_ms: int) -> None:
    tx.append(events.ClockSet(was=was, by_ms=by_ms))


def _resumed(tx: SqliteTx, day: str, prefix: str, number: int) -> None:
    tx.append(events.NumbersResumed(day, prefix, number))


def _view(hall: Hall, day: str, now: int) -> dict[str, Any]:
    """Return all that a command may look at."""
    today = hall.day(day)
    acts = [hall.last_act(counter) for counter in sorted(hall.counters)]
    return {
        "seq": hall.seq,
        "office": hall.office,
        "lines": hall.lines(day),
        "order": {
            (code, name): [today.at(each if isinstance(each, int) else each[1]) for each in line]
            for code, queue in today.queues.items()
            for name in ("regular", "priority", "booked")
            if (line := getattr(queue, name))
        },
        "reserved": {
            key: [today.at(each) for each in line] for key, line in today.reserved.items()
        },
        "at_counter": hall.at_counter,
        "counters": hall.counters,
        "openers": hall.openers,
        "acts": [
            act
            for act in acts
            if act is not None
            and now - act.at < MINUTE
            and (ticket := hall.visits.get(getattr(act.event, "ticket", "")))
            and ticket.ticket.day in hall.open_days
        ],
        "ended": [each for each in hall.ended if each.at >= now - TAKE_BACK_MS],
        "paused": hall.paused,
        "notice": hall.notice,
        "open_days": hall.open_days,
        "elsewhere": today.elsewhere,
        "numbers": {key: number for key, number in today.numbers.items() if number},
        "visits": {
            key: msgspec.structs.replace(visit, quote=None, last_number=None)
            for key, visit in hall.visits.items()
            if visit.ticket.day in hall.open_days
        },
    }


class Halfway(Exception):
    """A command that breaks off after it has written."""


def give_up_after_issuing(tx: SqliteTx, service: str, priority: Priority, counter: str) -> None:
    """Write much, and fail."""
    issuing.issue(tx, NewTicket(service, priority))
    if tx.turn_at(tx.office.counter(counter).id) is None:
        desks.open_counter(tx, counter)
        calling.call_next(tx, counter)
    raise Halfway


EVERY_KIND = {
    "issued", "called", "recalled", "started", "finished", "no_show", "returned", "held",
    "transferred", "cancelled", "expired", "turn_closed", "reprint_ordered", "counter_changed",
    "service_paused", "service_resumed", "day_closed", "configured", "continued", "undone",
    "freed", "ticket_changed", "notice_changed", "quoted", "clock_set", "reopened",
    "day_reopened", "numbers_resumed",
}  # fmt: skip


EXAMPLES = 100 if os.environ.get("RAMAH_SOAK") else 25


def test_whatever_happens_in_a_hall_the_queue_stays_whole() -> None:
    QueueMachine.seen.clear()
    run_state_machine_as_test(
        QueueMachine, settings=settings(max_examples=EXAMPLES, stateful_step_count=80)
    )
    # a machine that never gets anywhere proves nothing
    assert set(QueueMachine.seen) >= EVERY_KIND
