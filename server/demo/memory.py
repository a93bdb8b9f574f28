"""Owns a transaction that lives in memory: the real commands run on it, thousands a second.

The demo's history is made by the same domain functions that serve a hall. Only the storage
under them is exchanged: instead of changing rows one by one, a day is kept here and written
at its end. A test replays the log of such a day and finds the same rows.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

import msgspec

from server.domain import events as ev
from server.domain.day import Millis
from server.domain.issuing import records_of
from server.domain.office import Office
from server.domain.policies import Past
from server.domain.policy import Head
from server.domain.records import CounterNow, Line, Ticket, Turn
from server.domain.states import CounterState, Priority, TurnState
from server.domain.tx import Actor
from server.storage.ids import Ids, tracking_token
from server.storage.lookups import OWN_CALLS, RECENT_CALLS

_replace = msgspec.structs.replace
_astuple = msgspec.structs.astuple
_encode = msgspec.json.encode


class MemoryTx:
    """One branch in memory, from an empty morning on; commands see it as their transaction."""

    def __init__(self, office: Office, seq: int) -> None:
        self.office = office
        self.now: Millis = 0
        self.day = ""
        self.actor = Actor("clock", "system")
        self._seq = seq
        self._ids = Ids()
        self._services = {each.code: each for each in office.services}
        self._counters: dict[str, CounterNow] = {}
        self._offers: dict[tuple[str, ...], int] | None = None
        self._sessions: dict[str, list[Any]] = {}
        self._at: dict[str, str] = {}
        self._waiting: dict[tuple[str, Priority], list[tuple[int, str, int]]] = {}
        self._recent: list[tuple[str, str, Priority, str]] = []
        self._day_open: str | None = None
        self._lines: dict[str, Line] = {}
        self._numbers: dict[str, int] = {}
        self.tickets: dict[str, Ticket] = {}
        self.turns: dict[str, list[Turn]] = {}
        self.events: list[tuple[int, Millis, str, str]] = []
        self.calls: list[tuple[Any, ...]] = []
        self.sessions: list[list[Any]] = []
        self.closed_at: Millis | None = None

    # ---- what commands ask

    def append(self, event: ev.AnyEvent) -> int:
        """Keep an event and change what it means; return its number."""
        self._seq += 1
        self.events.append((self._seq, self.now, self.actor.id, _encode(event).decode()))
        self._changes[type(event)](self, event)
        return self._seq

    def next_seq(self) -> int:
        """Return the number of the next event."""
        return self._seq + 1

    def new_id(self) -> str:
        """Return a new id."""
        return self._ids.new(self.now)

    def new_token(self) -> str:
        """Return a new tracking token."""
        return tracking_token(self.now)

    def lines(self) -> Mapping[str, Line]:
        """Return the day's lines."""
        return self._lines

    def last_number(self, prefix: str) -> int:
        """Return the last number given with a prefix."""
        return self._numbers.get(prefix, 0)

    def counters(self) -> Mapping[str, CounterNow]:
        """Return every counter that was opened."""
        return self._counters

    def open_offers(self) -> Mapping[tuple[str, ...], int]:
        """Return how many open counters offer each set of services."""
        if self._offers is None:
            self._offers = {}
            for counter in self._counters.values():
                if counter.state is CounterState.OPEN:
                    key = tuple(counter.services)
                    self._offers[key] = self._offers.get(key, 0) + 1
        return self._offers

    def paused(self) -> Mapping[str, str]:
        """Return nothing: no service pauses here."""
        return {}

    def ticket(self, ticket: str) -> Ticket | None:
        """Return a ticket."""
        return self.tickets.get(ticket)

    def turn(self, ticket: str) -> Turn | None:
        """Return the present turn of a ticket."""
        turns = self.turns.get(ticket)
        return turns[-1] if turns else None

    def turn_at(self, counter: str) -> Turn | None:
        """Return the turn at a counter."""
        ticket = self._at.get(counter)
        return self.turns[ticket][-1] if ticket is not None else None

    def head(self, service: str, priority: Priority) -> Head | None:
        """Return the first waiting ticket of a line."""
        line = self._waiting.get((service, priority))
        while line:
            arrival, ticket, leg = line[0]
            turn = self.turns[ticket][-1]
            if turn.leg == leg and turn.state is TurnState.WAITING:
                limit = self._services[service].max_wait_minutes * 60_000
                return Head(ticket, leg, service, priority, arrival, turn.eligible_at, limit)
            heapq.heappop(line)
        return None

    def reserved_head(self, counter: str) -> Head | None:  # noqa: ARG002 - the protocol's name
        """Return nothing: nobody is sent to one given counter here."""
        return None

    def slot_head(self, service: str) -> Head | None:  # noqa: ARG002
        """Return nothing: nobody has an appointment here."""
        return None

    def notice(self) -> tuple[str, Millis | None]:
        """Return nothing: displays tell nothing of the past."""
        return "", None

    def recent_calls(self, services: Sequence[str]) -> Iterator[Past]:
        """Yield the latest calls for these services, newest first."""
        recent = reversed(self._recent[-RECENT_CALLS:])
        return (Past(*each[1:]) for each in recent if each[1] in services)

    def own_calls(self, counter: str, most: int) -> list[str]:
        """Return the services of the counter's latest calls, newest first."""
        recent = reversed(self._recent[-OWN_CALLS:])
        return [each[1] for each in recent if each[0] == counter][:most]

    def last_act(self, counter: str, since: Millis) -> ev.Envelope | None:  # noqa: ARG002
        """Return nothing: nobody takes anything back here."""
        return None

    def turn_leg(self, ticket: str, leg: int) -> Turn | None:
        """Return one given turn of a ticket."""
        return next((turn for turn in self.turns.get(ticket, ()) if turn.leg == leg), None)

    def reserved_for(self, counter: str) -> list[str]:  # noqa: ARG002
        """Return nothing: nobody is sent to one given counter here."""
        return []

    def unfinished_before(self, day: str) -> Iterator[Turn]:
        """Return what is left of the day, oldest first."""
        open_states = {TurnState.WAITING, TurnState.HELD, TurnState.CALLED, TurnState.SERVING}
        left = [
            turn
            for turns in self.turns.values()
            for turn in turns
            if turn.day < day and turn.state in open_states
        ]
        return iter(sorted(left, key=lambda turn: (turn.day, turn.arrival)))

    def oldest_open_day(self, day: str) -> str | None:
        """Return the day, until it is closed."""
        return self._day_open if self._day_open is not None and self._day_open < day else None

    def print_order(self, copy: int = 0) -> ev.PrintOrder | None:  # noqa: ARG002
        """Return nothing: no paper for the past."""
        return None

    def copies(self, ticket: str) -> int:  # noqa: ARG002
        """Return zero."""
        return 0

    # ---- what a day leaves behind

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return the rows of the day by table; the branch is added by who writes them."""
        return {
            "events": list(self.events),
            "tickets": [_plain(each, _TICKET_WORDS) for each in self.tickets.values()],
            "turns": [_plain(each, _TURN_WORDS) for turns in self.turns.values() for each in turns],
            "calls": self.calls,
            "counter_sessions": [tuple(each) for each in self.sessions],
            "lines": [
                (self._day_of(), code, line.last_number, line.issued, line.regular, line.priority)
                for code, line in self._lines.items()
            ],
            "days": [(self._day_of(), self.closed_at)],
        }

    def counters_now(self) -> list[tuple[Any, ...]]:
        """Return the counters' rows as the day left them."""
        return [
            (each.id, each.state.value, _encode(each.services).decode(), each.since, each.holder,
             each.holder_name, each.reason)
            for each in self._counters.values()
        ]  # fmt: skip

    def _day_of(self) -> str:
        return next(iter(self.tickets.values())).day

    # ---- what events change; the twin of storage/projection.py

    def _moved(self, service: str, priority: Priority, by: int) -> None:
        line = self._lines[service]
        regular = line.regular + (by if priority is Priority.REGULAR else 0)
        first = line.priority + (by if priority is Priority.PRIORITY else 0)
        self._lines[service] = Line(line.last_number, line.issued, regular, first)

    def _wait(self, turn: Turn) -> None:
        line = self._waiting.setdefault((turn.service, turn.priority), [])
        heapq.heappush(line, (turn.arrival, turn.ticket, turn.leg))

    def _move(self, event: ev.TurnEvent, changes: dict[str, Any]) -> None:
        turns = self.turns[event.ticket]
        turn = turns[-1]
        if turn.counter is not None and self._at.get(turn.counter) == event.ticket:
            del self._at[turn.counter]
        turn = turns[-1] = _replace(turn, state=event.state, **changes)
        if event.state in {TurnState.CALLED, TurnState.SERVING} and turn.counter is not None:
            self._at[turn.counter] = event.ticket
        if event.was is TurnState.WAITING:
            self._moved(turn.service, turn.priority, -1)
        elif event.state is TurnState.WAITING:
            self._moved(turn.service, turn.priority, 1)
            self._wait(turn)

    def _served(self, event: ev.TurnEvent) -> dict[str, Any]:
        turn = self.turns[event.ticket][-1]
        more = 0 if turn.serving_since is None else max(0, self.now - turn.serving_since)
        return {"service_ms": turn.service_ms + more, "serving_since": None}

    def _ended(self, event: Any, by: str) -> dict[str, Any]:  # noqa: ANN401 - any ending
        return self._served(event) | {
            "ended_at": self.now, "ended_by": by, "outcome": event.outcome
        }  # fmt: skip

    def _issued(self, event: ev.Issued) -> None:
        ticket, turn = records_of(event, self._seq, self.now)
        self.tickets[ticket.id] = ticket
        self.turns[ticket.id] = [turn]
        self._day_open = self._day_open or event.day
        self._numbers[event.prefix] = max(self.last_number(event.prefix), event.number)
        line = self._lines.get(event.service, Line())
        self._lines[event.service] = Line(
            max(line.last_number, event.number), line.issued + 1, line.regular, line.priority
        )
        self._moved(event.service, event.priority, 1)
        self._wait(turn)

    def _called(self, event: ev.Called) -> None:
        turn = self.turns[event.ticket][-1]
        first = turn.first_called_at
        self._move(event, {
            "counter": event.counter.id, "counter_number": event.number, "staff": event.staff,
            "first_called_at": self.now if first is None else first, "called_at": self.now,
            "calls": turn.calls + 1, "rule": event.rule, "why": event.why,
        })  # fmt: skip
        self._call(event, turn, event.priority.value, event.rule, event.staff)
        self._recent.append((event.counter.id, event.service, event.priority, event.rule))

    def _call(
        self, event: ev.Called | ev.Recalled, turn: Turn, priority: str | None, rule: str,
        staff: str | None,
    ) -> None:  # fmt: skip
        self.calls.append((
            self._seq, self.now, turn.day, event.ticket, event.leg, turn.label, turn.service,
            priority, event.counter.id, event.number, rule, staff,
        ))  # fmt: skip

    def _recalled(self, event: ev.Recalled) -> None:
        turns = self.turns[event.ticket]
        turn = turns[-1] = _replace(turns[-1], recalls=turns[-1].recalls + 1, called_at=self.now)
        self._call(event, turn, None, "recall", None)

    def _started(self, event: ev.Started) -> None:
        turn = self.turns[event.ticket][-1]
        walk = max(0, self.now - (turn.called_at or 0)) if turn.walk_ms is None else turn.walk_ms
        began = self.now if turn.started_at is None else turn.started_at
        self._move(event, {
            "started_at": began, "serving_since": self.now, "staff": event.staff, "walk_ms": walk,
        })  # fmt: skip

    def _finished(self, event: ev.Finished) -> None:
        self._move(event, self._ended(event, "hand") | {"outcome_code": event.outcome_code})

    def _no_show(self, event: ev.NoShow) -> None:
        self._move(event, self._ended(event, "hand") | {"missed_at": self.now})

    def _returned(self, event: ev.Returned) -> None:
        self._move(event, {
            "counter": None, "counter_number": None,
            "ended_at": None, "ended_by": None, "outcome": None, "hold_reason": None,
            "hold_until": None,
        })  # fmt: skip

    def _held(self, event: ev.Held) -> None:
        self._move(
            event, self._served(event) | {"hold_reason": event.reason, "hold_until": event.until}
        )

    def _transferred(self, event: ev.Transferred) -> None:
        self._move(event, self._ended(event, "hand"))
        turns = self.turns[event.ticket]
        old = turns[-1]
        turn = Turn(
            ticket=event.ticket, leg=event.to_leg, day=old.day, label=old.label,
            service=event.to_service, priority=old.priority, state=TurnState.WAITING,
            arrival=event.arrival, eligible_at=self.now, for_counter=event.to_counter or "",
            note=event.note,
        )  # fmt: skip
        turns.append(turn)
        self.tickets[event.ticket] = _replace(self.tickets[event.ticket], leg=event.to_leg)
        self._lines.setdefault(event.to_service, Line())
        self._moved(event.to_service, turn.priority, 1)
        self._wait(turn)

    def _cancelled(self, event: ev.Cancelled) -> None:
        self._move(event, self._ended(event, "hand"))

    def _swept(self, event: ev.Expired | ev.TurnClosed) -> None:
        self._move(event, self._ended(event, "automatic"))

    def _counter_changed(self, event: ev.CounterChanged) -> None:
        counter = event.counter.id
        self._offers = None
        self._counters[counter] = CounterNow(
            counter, event.state, event.services, self.now, event.staff, event.holder_name,
            event.reason,
        )  # fmt: skip
        if counter in self._sessions:
            self._sessions[counter][-1] = self.now
        session = self._sessions[counter] = [
            self._seq, counter, event.counter.number, event.state.value, event.reason, event.staff,
            _encode(event.services).decode(), self.now, None,
        ]  # fmt: skip
        self.sessions.append(session)

    def _day_closed(self, _: ev.DayClosed) -> None:
        self._day_open = None
        self.closed_at = self.now

    _changes: ClassVar[dict[type, Callable[[Any, Any], None]]] = {
        ev.Issued: _issued,
        ev.Called: _called,
        ev.Recalled: _recalled,
        ev.Started: _started,
        ev.Finished: _finished,
        ev.NoShow: _no_show,
        ev.Returned: _returned,
        ev.Held: _held,
        ev.Transferred: _transferred,
        ev.Cancelled: _cancelled,
        ev.Expired: _swept,
        ev.TurnClosed: _swept,
        ev.CounterChanged: _counter_changed,
        ev.DayClosed: _day_closed,
    }


_TICKET_WORDS = [Ticket.__struct_fields__.index("priority")]
_TURN_WORDS = [Turn.__struct_fields__.index(each) for each in ("priority", "state", "outcome")]


def _plain(record: Ticket | Turn, words: list[int]) -> tuple[Any, ...]:
    """Return a record's fields with its enums as the plain words that are stored."""
    values: list[Any] = list(_astuple(record))
    for place in words:
        if values[place] is not None:
            values[place] = values[place].value
    return tuple(values)
