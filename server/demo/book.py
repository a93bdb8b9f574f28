"""Owns the book of a made-up day: what each command would write, set down without the way there.

A year of demo is a quarter of a million commands. Running each through a transaction costs five
times what its result costs, so the book writes the result: the event's text and the rows that
follow from it. What needs thought stays with the domain (the choice of the next ticket, the wait
that is told); what is plain is written down here, and only what the demo's hall does: one policy,
no appointments, no opening hours, no paper. Tests play the same day through the real commands and
the real projection, and find every event and every row the same.
"""

from __future__ import annotations

import heapq
import operator
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

import msgspec

from server.demo.cast import CLASSES, Desk, Keys, Row, Turn
from server.demo.offers import Offers
from server.domain import events as ev
from server.domain.calling import call_next, no_show, recall
from server.domain.closing import close_past_days
from server.domain.day import Millis
from server.domain.desks import close_counter, counter_ref, open_counter, take_break
from server.domain.estimate import MODEL, estimate_wait
from server.domain.issuing import NewTicket, cancel, come_back, issue
from server.domain.office import Office
from server.domain.policy import Choice, Head, choose, people_ahead
from server.domain.serving import finish, hold, start, transfer
from server.domain.states import CounterState, Outcome, Priority
from server.domain.tx import Actor
from server.storage.lookups import RECENT_CALLS
from server.storage.values import TICKET_COLUMNS

_encode = msgspec.json.encode
ISSUED_AT = TICKET_COLUMNS.split(", ").index("issued_at")
_arrival = operator.attrgetter("arrival")

Step = tuple[Millis, Actor, Callable[..., Any], tuple[Any, ...], dict[str, Any]]
"""One command as it would be given: when, by whom, which, with what."""


class Book:
    """One business day of a branch, from an empty morning on.

    Attributes:
        events: rows (seq, at, actor, data), numbered from ``seq`` + 1.
        arrivals: rows of ``events`` whose text holds a place in line, as (row, before, place,
            behind): they move along when the day is put behind others.
        steps: the commands that would have written all this, when a list is put here.

    Raises:
        ValueError: the office has rules that this book does not know.
    """

    def __init__(self, office: Office, day: str, seq: int, desks: Sequence[Desk]) -> None:
        rules = office.rules
        odd = [each.code for each in office.services if each.hours is not None or each.quota]
        if odd or (rules.policy, rules.number_wrap, rules.transfer_position) != (
            "fair", 0, "arrival",
        ):  # fmt: skip
            raise ValueError("the demo's past knows no such rules")
        self.steps: list[Step] | None = None
        self.events: list[Row] = []
        self.arrivals: list[tuple[int, str, int, str]] = []
        self.tickets: list[list[Any]] = []
        self.turns: list[Turn] = []
        self.calls: list[Row] = []
        self.sessions: list[list[Any]] = []
        self.closed_at: Millis = 0
        self.closed_seq = 0
        self._day = day
        self._seq = seq
        self._desks = sorted(desks, key=lambda desk: desk.key)
        self._cap = rules.priority_cap
        self._width = rules.number_width
        self._services = {each.code: each for each in office.services}
        self._limits = {each.code: each.max_wait_minutes * 60_000 for each in office.services}
        self._now: dict[str, Turn] = {}
        self._rows: dict[str, list[Any]] = {}
        self._queues: dict[str, tuple[list[Any], list[Any]]] = {c: ([], []) for c in self._services}
        self._served = {
            desk.key: [queue for code in desk.services for queue in self._queues[code]]
            for desk in desks
        }
        self._waiting = {code: [0, 0] for code in self._services}
        self._numbers: dict[str, int] = {}
        self._work: dict[str, float] = {}
        self._offers = Offers(desks)
        self._alone: dict[Priority, Choice | None] = {}
        self._recent: list[tuple[str, Priority]] = []
        self._whys: dict[str, str] = {}
        self._keys = Keys()

    # ---- numbers

    def issue(
        self, at: Millis, actor: Actor, code: str, priority: Priority, language: str, people: int
    ) -> Turn:
        """Give the next number of a service."""
        if self.steps is not None:
            self._step(at, actor, issue, NewTicket(code, priority, language, people))
        service = self._services[code]
        regular, first = self._waiting[code]
        ahead = people_ahead(regular, first, priority, self._cap)
        told = estimate_wait(service, ahead, self._work, self._offers.of(code))
        number = self._numbers[code] = self._numbers.get(code, 0) + 1
        prefix, class_ = service.prefix, priority.value
        label = f"{prefix}{number:0{self._width}d}"
        ticket, token = self._keys.new(at)
        wait = "" if told is None else (
            f',"estimate":{{"low_minutes":{told.low_minutes},"high_minutes":{told.high_minutes}}}'
        )  # fmt: skip
        said = f'"ticket":"{ticket}","leg":1,"label":"{label}","service":"{code}"'
        self._write(
            at, actor.id,
            f'{{"kind":"issued","ticket":"{ticket}","day":"{self._day}","label":"{label}",'
            f'"prefix":"{prefix}","number":{number},"service":"{code}","token":"{token}",'
            f'"priority":"{class_}","language":"{language}","people":{people},'
            f'"channel":"{actor.role}","state":"waiting",'
            f'"quote":{{"ahead":{ahead},"model":"{MODEL}"{wait}}}}}',
        )  # fmt: skip
        turn = self._now[ticket] = Turn(
            ticket, 1, self._day, label, code, class_, "waiting", self._seq, at,
            issued_at=at, people=people, said=said,
        )  # fmt: skip
        row = self._rows[ticket] = [
            ticket, self._day, prefix, number, label, code, class_, language, people, actor.role,
            token, at, at, 1,
        ]  # fmt: skip
        self.tickets.append(row)
        self.turns.append(turn)
        self._wait(turn)
        return turn

    def cancel(self, at: Millis, actor: Actor, turn: Turn) -> None:
        """Give a waiting number back."""
        self._step(at, actor, cancel, turn.ticket)
        outcome = Outcome.CANCELLED_BY_VISITOR
        queue = self._queues[turn.service][turn.priority == "priority"]
        queue.remove(next(entry for entry in queue if entry[2] is turn))
        heapq.heapify(queue)
        self._moves(turn, -1)
        self._told(at, actor, ev.Cancelled(**turn.fields("cancelled"), outcome=outcome))
        turn.end(at, "cancelled", outcome.value)

    def come_back(self, at: Millis, actor: Actor, turn: Turn) -> None:
        """Let a held or missed number wait again, at its old place."""
        self._step(at, actor, come_back, turn.ticket)
        self._told(at, actor, ev.Returned(**turn.fields("waiting")))
        turn.state = "waiting"
        turn.counter = turn.counter_number = None
        turn.ended_at = turn.ended_by = turn.outcome = None
        turn.hold_reason = turn.hold_until = None
        self._wait(turn)

    # ---- counters

    def open(self, at: Millis, desk: Desk) -> None:
        """Open a counter, or come back from a break."""
        self._step(at, desk.actor, open_counter, desk.key)
        self._change(at, desk, CounterState.OPEN)

    def pause(self, at: Millis, desk: Desk, reason: str) -> None:
        """Take a break."""
        self._step(at, desk.actor, take_break, desk.key, reason)
        self._change(at, desk, CounterState.BREAK, reason)

    def close(self, at: Millis, desk: Desk) -> None:
        """Close a counter."""
        self._step(at, desk.actor, close_counter, desk.key)
        self._change(at, desk, CounterState.CLOSED)

    def _change(
        self, at: Millis, desk: Desk, state: CounterState, reason: str | None = None
    ) -> None:
        seated = state is not CounterState.CLOSED
        staff = desk.actor.id if seated else None
        self._told(at, desk.actor, ev.CounterChanged(
            counter=counter_ref(desk.counter), was=desk.state, state=state,
            services=desk.services, reason=reason, staff=staff,
            holder_name=desk.actor.name if seated else None,
        ))  # fmt: skip
        desk.state = state
        self._offers.changed(desk)
        if desk.session is not None:
            desk.session[-1] = at
        desk.session = [
            self._seq, desk.key, desk.number, state.value, reason, staff,
            _encode(desk.services).decode(), at, None,
        ]  # fmt: skip
        self.sessions.append(desk.session)

    def call(self, at: Millis, desk: Desk) -> Turn | None:
        """Call whom the policy chooses; ``None`` when nobody waits."""
        if self.steps is not None:
            self._step(at, desk.actor, call_next, desk.key)
        heads = [queue[0][1] for queue in self._served[desk.key] if queue]
        if not heads:
            return None
        head, rule, why = self._choose(heads, desk, at)
        turn, class_ = self._now[head.ticket], head.priority
        heapq.heappop(self._queues[turn.service][class_ is Priority.PRIORITY])
        self._moves(turn, -1)
        who = desk.actor.id
        told = self._whys.get(why)
        if told is None:
            told = self._whys[why] = _encode(why).decode()
        self._write(
            at, who,
            f'{{"kind":"called",{turn.said},"priority":"{turn.priority}","was":"waiting",'
            f'"state":"called","counter":{desk.ref},"number":{desk.number},"rule":"{rule}",'
            f'"why":{told},{desk.staff}}}',
        )  # fmt: skip
        turn.state = "called"
        turn.counter, turn.counter_number, turn.staff = desk.key, desk.number, who
        turn.called_at = at
        if turn.first_called_at is None:
            turn.first_called_at = at
        turn.calls += 1
        turn.rule, turn.why = rule, why
        self._log_call(at, desk, turn, turn.priority, rule, who)
        self._recent.append((turn.service, class_))
        desk.turn = turn
        return turn

    def _choose(self, heads: list[Head], desk: Desk, at: Millis) -> tuple[Head, str, str]:
        """Return whom the policy calls, its rule and the reason."""
        first = min(heads, key=_arrival)
        class_ = first.priority
        for head in heads:
            if head.priority is not class_:  # the classes compete: that takes the whole rule
                choice = choose(heads, self._past(desk.services), at, self._cap)
                break
        else:
            choice = self._alone.get(class_)
            if choice is None:
                choice = self._alone[class_] = choose([first], (), at, self._cap)
            if choice is not None:
                return first, choice.rule, choice.why
        if choice is None:
            raise RuntimeError("the policy calls nobody although somebody waits")
        return choice.head, choice.rule, choice.why

    def _past(self, services: list[str]) -> Iterator[Priority]:
        latest = islice(reversed(self._recent), RECENT_CALLS)
        return (class_ for service, class_ in latest if service in services)

    def _log_call(
        self, at: Millis, desk: Desk, turn: Turn, class_: str | None, rule: str, who: str | None
    ) -> None:
        self.calls.append((
            self._seq, at, self._day, turn.ticket, turn.leg, turn.label, turn.service, class_,
            desk.key, desk.number, rule, who,
        ))  # fmt: skip

    def recall(self, at: Millis, desk: Desk) -> None:
        """Repeat the call."""
        if self.steps is not None:
            self._step(at, desk.actor, recall, desk.key)
        turn = desk.current()
        turn.recalls += 1
        turn.called_at = at
        self._write(
            at, desk.actor.id,
            f'{{"kind":"recalled",{turn.said},"counter":{desk.ref},"number":{desk.number},'
            f'"recalls":{turn.recalls}}}',
        )  # fmt: skip
        self._log_call(at, desk, turn, None, "recall", None)

    def miss(self, at: Millis, desk: Desk) -> None:
        """Nobody came."""
        self._step(at, desk.actor, no_show, desk.key)
        turn = desk.current()
        self._told(at, desk.actor, ev.NoShow(**turn.fields("no_show"), counter=desk.key))
        turn.end(at, "no_show", "no_show")
        turn.missed_at = at
        desk.turn = None

    def start(self, at: Millis, desk: Desk) -> None:
        """Begin to serve."""
        if self.steps is not None:
            self._step(at, desk.actor, start, desk.key)
        turn = desk.current()
        self._write(
            at, desk.actor.id,
            f'{{"kind":"started",{turn.said},"priority":"{turn.priority}","was":"called",'
            f'"state":"serving",{desk.started}}}',
        )  # fmt: skip
        turn.state = "serving"
        turn.serving_since = at
        turn.staff = desk.actor.id
        if turn.started_at is None:
            turn.started_at = at
        if turn.walk_ms is None:
            turn.walk_ms = at - (turn.called_at or 0)

    def finish(self, at: Millis, desk: Desk) -> None:
        """Serve to the end."""
        if self.steps is not None:
            self._step(at, desk.actor, finish, desk.key)
        turn = desk.current()
        self._write(
            at, desk.actor.id,
            f'{{"kind":"finished",{turn.said},"priority":"{turn.priority}","was":"serving",'
            f'"state":"done",{desk.of}}}',
        )  # fmt: skip
        turn.end(at, "done", "served")
        desk.turn = None

    def hold(self, at: Millis, desk: Desk, reason: str, minutes: int) -> None:
        """Let the visitor fetch something."""
        self._step(at, desk.actor, hold, desk.key, reason, minutes)
        turn = desk.current()
        until = at + minutes * 60_000
        self._told(at, desk.actor, ev.Held(
            **turn.fields("held"), counter=desk.key, reason=reason, until=until,
        ))  # fmt: skip
        turn.pause(at)
        turn.state = "held"
        turn.hold_reason, turn.hold_until = reason, until
        desk.turn = None

    def send_on(self, at: Millis, desk: Desk, code: str) -> None:
        """End this turn and open one for another service."""
        self._step(at, desk.actor, transfer, desk.key, to_service=code)
        old = desk.current()
        leg, place = old.leg + 1, old.arrival
        self._told(at, desk.actor, ev.Transferred(
            **old.fields("transferred"), to_service=code, to_leg=leg, arrival=place,
            counter=desk.key,
        ))  # fmt: skip
        before, _, behind = self.events[-1][3].partition(f'"arrival":{place}')
        self.arrivals.append((len(self.events) - 1, before + '"arrival":', place, behind))
        old.end(at, "transferred", "transferred")
        desk.turn = None
        self._rows[old.ticket][-1] = leg
        said = f'"ticket":"{old.ticket}","leg":{leg},"label":"{old.label}","service":"{code}"'
        turn = self._now[old.ticket] = Turn(
            old.ticket, leg, self._day, old.label, code, old.priority, "waiting", place, at,
            issued_at=at, said=said,
        )  # fmt: skip
        self.turns.append(turn)
        self._wait(turn)

    def end_day(self, at: Millis, actor: Actor) -> None:
        """Close the day: who still waits, or was to come back, leaves with an expired number."""
        self._step(at, actor, close_past_days)
        left = [turn for turn in self._now.values() if turn.state in {"waiting", "held"}]
        for turn in sorted(left, key=lambda each: each.arrival):
            if turn.state == "waiting":
                self._moves(turn, -1)
            outcome = Outcome.EXPIRED if turn.started_at is None else Outcome.UNFINISHED
            self._told(at, actor, ev.Expired(**turn.fields("expired"), outcome=outcome))
            turn.end(at, "expired", outcome.value, "automatic")
        self._told(at, actor, ev.DayClosed(day=self._day))
        self.closed_at, self.closed_seq = at, self._seq

    # ---- what is left

    def present(self, ticket: str) -> Turn:
        """Return the present turn of a ticket."""
        return self._now[ticket]

    def last_seq(self) -> int:
        """Return the number of the last event."""
        return self._seq

    def counters_now(self) -> list[Row]:
        """Return the rows of ``counters`` as the day left them."""
        return [
            (desk.key, desk.state.value, _encode(desk.services).decode(), desk.session[7],
             desk.session[5], desk.actor.name if desk.session[5] else None, desk.session[4])
            for desk in self._desks
            if desk.session is not None
        ]  # fmt: skip

    def rows(self) -> dict[str, list[Any]]:
        """Return the day's rows by table, without the branch."""
        return {
            "events": self.events,
            "tickets": self.tickets,
            "turns": [turn.row() for turn in self.turns],
            "calls": self.calls,
            "counter_sessions": self.sessions,
            "lines": [
                (self._day, code, self._numbers.get(code, 0), self._numbers.get(code, 0), *waiting)
                for code, waiting in self._waiting.items()
                if code in self._work
            ],
            "days": [(self._day, self.closed_at, self.closed_seq)],
        }

    # ---- small things

    def _step(
        self, at: Millis, actor: Actor, command: Callable[..., Any], *args: object, **more: object
    ) -> None:
        if self.steps is not None:
            self.steps.append((at, actor, command, args, more))

    def _told(self, at: Millis, actor: Actor, event: ev.AnyEvent) -> None:
        """Write an event of a rare kind."""
        self._write(at, actor.id, _encode(event).decode())

    def _write(self, at: Millis, who: str, text: str) -> None:
        self._seq += 1
        self.events.append((self._seq, at, who, text))

    def _wait(self, turn: Turn) -> None:
        class_ = CLASSES[turn.priority]
        head = Head(
            turn.ticket, turn.leg, turn.service, class_, turn.arrival,
            self._rows[turn.ticket][ISSUED_AT],  # a transfer keeps the place, so its moment too
            self._limits[turn.service],
        )  # fmt: skip
        queue = self._queues[turn.service][class_ is Priority.PRIORITY]
        heapq.heappush(queue, (turn.arrival, head, turn))
        self._moves(turn, 1)

    def _moves(self, turn: Turn, by: int) -> None:
        code = turn.service
        waiting = self._waiting[code]
        waiting[turn.priority == "priority"] += by
        self._work[code] = (waiting[0] + waiting[1]) * self._services[code].typical_minutes
