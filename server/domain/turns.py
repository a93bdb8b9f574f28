"""What an event does to a ticket and its turns: ``evolve``, the only place that says it.

Pure: values in, values out. Rows of the store, answers and screens are made from the values, never
the other way round, and folding a branch's events gives its tickets and turns exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from server.domain import events as ev
from server.domain.day import Millis
from server.domain.records import Ticket, Turn
from server.domain.states import TurnState


class Impossible(Exception):
    """An event does not fit the state that the log built before it: the log is damaged."""


class Visit(msgspec.Struct, frozen=True, gc=False):
    """A ticket with its turns, first leg first; the last one is the present one.

    Attributes:
        papers: how many were ordered, the first one and copies.
        last_number: number of the counter that called it last; a call that was taken back and
            is restored needs it.
        quote: what the visitor was told when the number was taken.
        giver: who gave the number.
    """

    ticket: Ticket
    turns: tuple[Turn, ...]
    papers: int = 0
    last_number: int | None = None
    quote: ev.Quote | None = None
    giver: str = ""

    @property
    def turn(self) -> Turn:
        """The present turn."""
        return self.turns[-1]

    @property
    def in_line_since(self) -> Millis:
        """When the present place in line was taken, which a transfer may have kept."""
        arrival = self.turns[-1].arrival
        first = next(each for each in self.turns if each.arrival == arrival)
        return self.ticket.issued_at if first.leg == 1 else first.eligible_at


_given = attrgetter(*ev.Given.__struct_fields__)


def issued(seq: int, at: Millis, giver: str, e: ev.Issued) -> Visit:
    """Return the visit that begins with event number ``seq``, given by the actor ``giver``."""
    eligible = max(at, e.due or 0)
    ticket = Ticket(*_given(e), id=e.ticket, issued_at=at, eligible_at=eligible, leg=1)
    turn = Turn(
        ticket=e.ticket, leg=1, day=e.day, label=e.label, service=e.service, priority=e.priority,
        state=TurnState.WAITING, arrival=seq, opened=seq, eligible_at=eligible, due=e.due,
    )  # fmt: skip
    return Visit(ticket, (turn,), int(e.print is not None), quote=e.quote, giver=giver)


def evolve(visit: Visit, each: ev.Envelope) -> Visit:
    """Return the visit after an event of its ticket.

    The same value comes back when the event changes nothing of it.

    Raises:
        Impossible: the turn is not in the state that the event leaves.
    """
    event = each.event
    change = _CHANGES.get(type(event))
    if change is None:
        return visit
    if isinstance(event, ev.Undone):
        return _undone(visit, event)
    if isinstance(event, ev.TurnEvent):
        turn = visit.turns[-1]
        if turn.leg != event.leg or turn.state is not event.was:
            message = f"turn {event.ticket}/{event.leg} is not '{event.was}'"
            raise Impossible(message)
    if isinstance(event, ev.Transferred | ev.Continued):
        return _next_leg(change(visit, each.at, event), each, event)
    return change(visit, each.at, event)


def _with(visit: Visit, turn: Turn) -> Visit:
    """Return the visit with another present turn."""
    turns = visit.turns
    changed = (turn,) if len(turns) == 1 else (*turns[:-1], turn)
    return Visit(visit.ticket, changed, visit.papers, visit.last_number, visit.quote, visit.giver)


def _called(visit: Visit, at: Millis, e: ev.Called) -> Visit:
    turn = visit.turns[-1]
    called = replace(
        turn, state=e.state, counter=e.counter.id, counter_number=e.number, staff=e.staff,
        first_called_at=at if turn.first_called_at is None else turn.first_called_at,
        called_at=at, calls=turn.calls + 1, rule=e.rule, why=e.why,
        rule_value=e.rule_value,
    )  # fmt: skip
    turns = (called,) if len(visit.turns) == 1 else (*visit.turns[:-1], called)
    return Visit(visit.ticket, turns, visit.papers, e.number, visit.quote, visit.giver)


def _recalled(visit: Visit, at: Millis, _e: ev.Recalled) -> Visit:
    turn = visit.turn
    return _with(visit, replace(turn, recalls=turn.recalls + 1, called_at=at))


def _started(visit: Visit, at: Millis, e: ev.Started) -> Visit:
    turn = visit.turn
    walk = turn.walk_ms
    if walk is None and turn.called_at is not None:
        walk = max(0, at - turn.called_at)
    started_at = at if turn.started_at is None else turn.started_at
    return _with(
        visit,
        replace(
            turn, state=e.state, staff=e.staff, serving_since=at, walk_ms=walk,
            started_at=started_at,
        ),
    )  # fmt: skip


def served_ms(turn: Turn, at: Millis) -> Millis:
    """Return how long a turn was served until ``at``, holds left out."""
    if turn.serving_since is None:
        return turn.service_ms
    return turn.service_ms + max(0, at - turn.serving_since)


def _ended(turn: Turn, at: Millis, e: Any, by: str = "hand") -> Turn:  # noqa: ANN401 - any that has an outcome
    return replace(
        turn, state=e.state, service_ms=served_ms(turn, at), serving_since=None, ended_at=at,
        ended_by=by, outcome=e.outcome,
    )  # fmt: skip


def _finished(visit: Visit, at: Millis, e: ev.Finished) -> Visit:
    turn = visit.turn
    return _with(
        visit,
        replace(
            turn, state=e.state, service_ms=served_ms(turn, at), serving_since=None, ended_at=at,
            ended_by="hand", outcome=e.outcome, outcome_code=e.outcome_code,
        ),
    )  # fmt: skip


def _no_show(visit: Visit, at: Millis, e: ev.NoShow) -> Visit:
    return _with(visit, replace(_ended(visit.turn, at, e), missed_at=at))


def _cancelled(visit: Visit, at: Millis, e: ev.Cancelled) -> Visit:
    return _with(visit, _ended(visit.turn, at, e))


def _swept(visit: Visit, at: Millis, e: ev.Expired | ev.TurnClosed) -> Visit:
    return _with(visit, _ended(visit.turn, at, e, by="automatic"))


def _reopened(visit: Visit, _at: Millis, e: ev.Reopened) -> Visit:
    """Let a turn that the end of a day had ended go on, perhaps in another business day."""
    turn = replace(
        visit.turn, state=e.state, day=e.day, eligible_at=e.eligible_at, counter=None,
        counter_number=None, ended_at=None, ended_by=None, outcome=None, missed_at=None,
    )  # fmt: skip
    return replace(_with(visit, turn), ticket=replace(visit.ticket, day=e.day))


IN_THE_HALL = frozenset(
    {
        TurnState.WAITING, TurnState.HELD, TurnState.CALLED, TurnState.SERVING, TurnState.NO_SHOW,
    }
)  # fmt: skip
"""States whose moments still count: for a wait, a grace time, a length of service."""


class Shift(NamedTuple):
    """How moments move when the clock is set: by so much, those before ``since`` not at all."""

    by: Millis
    since: Millis

    def of(self, moment: Millis) -> Millis:
        """Return what a moment is now."""
        return moment + self.by if moment >= self.since else moment

    def maybe(self, moment: Millis | None) -> Millis | None:
        """Return what a moment is now, if there is one."""
        return None if moment is None else self.of(moment)


def shifted(visit: Visit, shift: Shift) -> Visit:
    """Return the visit after the clock was set: who is in the hall has waited as long as before.

    Legs that are over move too, so that nothing of a visit comes before its beginning. The time of
    an appointment that has not been called is the wall clock's and stays.
    """
    if visit.turn.state not in IN_THE_HALL:
        return visit
    ticket = visit.ticket
    turns = tuple(_later(turn, shift) for turn in visit.turns)
    booked = visit.turns[0].due is not None
    eligible = turns[0].eligible_at if booked else shift.of(ticket.eligible_at)
    ticket = replace(ticket, issued_at=shift.of(ticket.issued_at), eligible_at=eligible)
    return replace(visit, ticket=ticket, turns=turns)


def _later(turn: Turn, shift: Shift) -> Turn:
    later = shift.maybe
    eligible = shift.of(turn.eligible_at)
    if turn.due is not None and turn.first_called_at is None:
        # who came after the appointed time waits since then
        late = turn.eligible_at > turn.due
        eligible = max(turn.due, eligible) if late else turn.due
    return replace(
        turn, eligible_at=eligible, first_called_at=later(turn.first_called_at),
        called_at=later(turn.called_at), started_at=later(turn.started_at),
        serving_since=later(turn.serving_since), hold_until=later(turn.hold_until),
        missed_at=later(turn.missed_at), ended_at=later(turn.ended_at),
    )  # fmt: skip


def _returned(visit: Visit, _at: Millis, e: ev.Returned) -> Visit:
    back = replace(
        visit.turn, state=e.state, counter=None, counter_number=None, ended_at=None, ended_by=None,
        outcome=None, hold_reason=None, hold_until=None,
    )  # fmt: skip
    return _with(visit, back)


def _held(visit: Visit, at: Millis, e: ev.Held) -> Visit:
    turn = visit.turn
    rests = replace(
        turn, state=e.state, service_ms=served_ms(turn, at), serving_since=None,
        hold_reason=e.reason, hold_until=e.until,
    )  # fmt: skip
    return _with(visit, rests)


def _transferred(visit: Visit, at: Millis, e: ev.Transferred) -> Visit:
    return _with(visit, _ended(visit.turn, at, e))


def _continued(visit: Visit, at: Millis, e: ev.Continued) -> Visit:
    return _with(visit, replace(_ended(visit.turn, at, e), outcome_code=e.outcome_code))


def _next_leg(visit: Visit, each: ev.Envelope, e: ev.Transferred | ev.Continued) -> Visit:
    """Open the turn that follows the one that has just ended."""
    ended = visit.turn
    due = e.due if isinstance(e, ev.Transferred) else None
    leg = Turn(
        ticket=ended.ticket, leg=e.to_leg, day=ended.day, label=ended.label, service=e.to_service,
        priority=ended.priority, state=TurnState.WAITING, arrival=e.arrival, opened=each.seq,
        eligible_at=max(each.at, due or 0), for_counter=e.to_counter or "", note=e.note, due=due,
    )  # fmt: skip
    return Visit(
        replace(visit.ticket, leg=e.to_leg), (*visit.turns, leg), visit.papers,
        visit.last_number, visit.quote, visit.giver,
    )  # fmt: skip


def _undone(visit: Visit, e: ev.Undone) -> Visit:
    """Take an event back: what it ended goes on, as if served without a break since then."""
    ticket, turns = visit.ticket, visit.turns
    if e.next_leg is not None:
        gone = turns[-1]
        if gone.leg != e.next_leg or gone.state is not TurnState.WAITING:
            message = f"leg {e.next_leg} of {e.ticket} does not wait"
            raise Impossible(message)
        ticket, turns = replace(ticket, leg=e.leg), turns[:-1]
    turn = turns[-1]
    if turn.leg != e.leg or turn.state is not e.was:
        message = f"turn {e.ticket}/{e.leg} is not '{e.was}'"
        raise Impossible(message)
    if e.what == "started":
        first = turn.started_at == e.since
        turn = replace(
            turn, serving_since=None, started_at=None if first else turn.started_at,
            walk_ms=None if first else turn.walk_ms,
        )  # fmt: skip
    else:
        turn = replace(
            turn, ended_at=None, ended_by=None, outcome=None, outcome_code=None, missed_at=None,
            hold_reason=None, hold_until=None,
        )  # fmt: skip
        if e.state is TurnState.SERVING:
            turn = replace(turn, serving_since=e.since)
    if e.what == "returned":  # the one act that had taken the ticket off its counter
        turn = replace(turn, counter=e.counter, counter_number=visit.last_number)
    if e.next_leg is not None:  # whose class may have been corrected meanwhile
        turn = replace(turn, priority=e.priority)
    turn = replace(turn, state=e.state)
    return Visit(
        ticket, (*turns[:-1], turn), visit.papers, visit.last_number, visit.quote, visit.giver
    )


def _freed(visit: Visit, _at: Millis, _e: ev.Freed) -> Visit:
    return _with(visit, replace(visit.turn, for_counter=""))


def _changed(visit: Visit, _at: Millis, e: ev.TicketChanged) -> Visit:
    ticket = replace(visit.ticket, priority=e.priority, people=e.people, language=e.language)
    turns = (*visit.turns[:-1], replace(visit.turn, priority=e.priority))
    return Visit(ticket, turns, visit.papers, visit.last_number, visit.quote, visit.giver)


def _reprint(visit: Visit, _at: Millis, _e: ev.ReprintOrdered) -> Visit:
    return replace(visit, papers=visit.papers + 1)


_CHANGES: dict[type, Callable[[Visit, Millis, Any], Visit]] = {
    ev.Called: _called,
    ev.Recalled: _recalled,
    ev.Started: _started,
    ev.Finished: _finished,
    ev.NoShow: _no_show,
    ev.Returned: _returned,
    ev.Held: _held,
    ev.Transferred: _transferred,
    ev.Continued: _continued,
    ev.Undone: lambda visit, _at, e: _undone(visit, e),
    ev.Freed: _freed,
    ev.TicketChanged: _changed,
    ev.Cancelled: _cancelled,
    ev.Expired: _swept,
    ev.TurnClosed: _swept,
    ev.Reopened: _reopened,
    ev.ReprintOrdered: _reprint,
}
