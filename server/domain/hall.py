"""A branch's present day as one value: the fold of its log.

Commands read it, the store applies what they append, and rows, answers and screens are made from
it. No I/O and no clock. It holds the business days that are open; older tickets are handed to it
by the store when a command asks for one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping

import msgspec
from msgspec.structs import replace

from server.domain import events as ev
from server.domain.day import Millis
from server.domain.lines import Day
from server.domain.office import Office
from server.domain.policies import Past
from server.domain.records import Cared, CounterNow, Line, Pause, Turn
from server.domain.states import AT_COUNTER, Priority
from server.domain.turns import Impossible, Shift, Visit, evolve, issued, shifted

KEPT_CALLS = 2000
"""How many calls the policy and a new screen may look back on."""
TAKE_BACK_MS = 3_600_000
"""How long an end of a day can be taken back."""


OF_A_DAY = (ev.Issued, ev.Reopened, ev.DayReopened, ev.NumbersResumed)
"""Kinds of event that change what a business day counts; the hall must hold it before."""
OF_A_TICKET = (ev.TurnEvent, ev.Recalled, ev.Freed, ev.TicketChanged, ev.ReprintOrdered)
"""Kinds of event that change a ticket or a turn of one."""


Changes = tuple[tuple[Visit | None, Visit], ...]
"""Tickets before and after an event; ``None`` before the first."""


class CallMade(msgspec.Struct, frozen=True, gc=False):
    """A call or recall as it was told to the hall; ``priority`` is ``None`` for a recall.

    ``language`` is the visitor's, when it is not the office's first. ``seated``: nobody had to be
    told, as the visitor sat there.
    """

    seq: int
    at: Millis
    day: str
    ticket: str
    label: str
    service: str
    counter: str
    number: int
    priority: Priority | None
    rule: str
    recalls: int = 0
    language: str | None = None
    seated: bool = False


class Present(msgspec.Struct):
    """Which counters have somebody there, as ``presence`` worked it out.

    Attributes:
        second: for which second it holds; ``None`` for all.
        counters: their ids.
        offers: how many of them offer each set of service codes.
        beside: what those who offer a service offer together, by its code; filled when asked.
    """

    second: int | None
    counters: frozenset[str]
    offers: Mapping[tuple[str, ...], int]
    beside: dict[str, tuple[str, ...]] = {}


class Hall:
    """The hall of one branch as of event ``seq``; changed by ``apply`` alone.

    Attributes:
        seq: number of the last event.
        office: the settings in force; ``None`` before the first.
        visits: tickets of the open days, and older ones that were asked for, by id.
        days: what each business day counts, by day, until well after its end.
        open_days: days with numbers that were not closed yet.
        counters: every counter that was ever opened, by id.
        at_counter: the ticket called to or served at a counter, by the counter's id.
        paused: why each paused service gives no numbers.
        notice: the line of text for all, and until when.
        cared: the faults of the hall's comfort that somebody is on, by id.
        calls: the latest calls and recalls, newest first.
        openers: which actor changed each counter last, by the counter's id.
        ended: how turns and days ended by the clock within an hour before the latest such event,
            oldest first; none when that was taken back.
        present: which counters have somebody there, until that may have changed.
        desks_seq: the last event that may have changed who can call whom.
    """

    def __init__(self, office: Office | None = None, seq: int = 0) -> None:
        self.seq = seq
        self.office = office
        self.visits: dict[str, Visit] = {}
        self.days: dict[str, Day] = {}
        self.open_days: set[str] = set()
        self.counters: dict[str, CounterNow] = {}
        self.at_counter: dict[str, str] = {}
        self.paused: dict[str, Pause] = {}
        self.notice: tuple[str, Millis | None] = ("", None)
        self.cared: dict[str, Cared] = {}
        self.calls: deque[CallMade] = deque(maxlen=KEPT_CALLS)
        self.openers: dict[str, str] = {}
        self.ended: list[ev.Envelope] = []
        self.present: Present | None = None
        self.desks_seq = 0
        self._closed: dict[str, Millis] = {}
        self._acts: dict[str, ev.Envelope] = {}

    # ---------------------------------------------------------------- what commands ask

    def day(self, day: str) -> Day:
        """Return what is counted of a business day; nothing yet for one without numbers."""
        return self.days.get(day) or _EMPTY

    def lines(self, day: str) -> Mapping[str, Line]:
        """Return the line of each service that gave numbers or has people waiting."""
        known = self.day(day)
        return {code: known.line_of(code) for code in known.queues.keys() | known.issued.keys()}

    def turn_at(self, counter: str) -> Turn | None:
        """Return the turn that is called to or served at a counter."""
        ticket = self.at_counter.get(counter)
        return None if ticket is None else self.visits[ticket].turn

    def recent_calls(self, day: str) -> Iterator[Past]:
        """Yield a day's latest calls, newest first; recalls are none."""
        for call in self.calls:
            if call.day == day and call.priority is not None:
                yield Past(call.service, call.priority, call.rule)

    def last_act(self, counter: str) -> ev.Envelope | None:
        """Return the newest event that moved a turn at a counter."""
        return self._acts.get(counter)

    # ---------------------------------------------------------------- what the log does

    def admit_day(self, day: str, known: Day, visits: Iterable[Visit]) -> None:
        """Take in a day that is not held: its numbers, and its tickets, the first taken first."""
        self.days[day] = known
        for visit in visits:
            known.tickets[visit.ticket.id] = None
            known.put(self.visits.setdefault(visit.ticket.id, visit).turn)

    def admit(self, visit: Visit) -> None:
        """Take in a ticket of a closed day, whose events are not folded any more."""
        self.visits[visit.ticket.id] = visit

    def holds(self, event: ev.AnyEvent) -> bool:
        """Return whether the ticket and the day are here that an event is about."""
        if isinstance(event, ev.DayReopened):
            return event.into in self.days
        if isinstance(event, ev.Issued | ev.NumbersResumed):
            return event.day in self.days
        if isinstance(event, OF_A_TICKET) and event.ticket not in self.visits:
            return False
        return not isinstance(event, ev.Reopened) or event.day in self.days

    def apply(self, each: ev.Envelope) -> Changes:
        """Make the hall what it is after its next event; return each ticket before and after it.

        Raises:
            Impossible: the event does not follow, or does not fit what the log built before.
        """
        if each.seq != self.seq + 1:
            message = f"event {self.seq + 1} is missing"
            raise Impossible(message)
        event = each.event
        changes: Changes = ()
        if isinstance(event, ev.Issued):
            changes = ((None, self._issued(each, event)),)
        elif isinstance(event, OF_A_TICKET):
            changes = (self._moved(each, event, event.ticket),)
        elif isinstance(event, ev.ClockSet):
            changes = self._clock_set(Shift(event.by_ms, event.since))
        else:
            self._other(each, event)
        if isinstance(event, _ENDS_A_DAY):
            self._follow_end(each)
        self.seq = each.seq
        return changes

    def _issued(self, each: ev.Envelope, event: ev.Issued) -> Visit:
        if event.ticket in self.visits:
            message = f"ticket {event.ticket} was given twice"
            raise Impossible(message)
        visit = issued(each.seq, each.at, each.actor, event)
        day = self._open(event.day)
        day.number(event.prefix, event.service, event.number)
        day.tickets[event.ticket] = None
        day.put(visit.turn)
        self.visits[event.ticket] = visit
        return visit

    def _open(self, day: str) -> Day:
        self.open_days.add(day)
        known = self.days.get(day)
        if known is None:
            known = self.days[day] = Day()
        return known

    def _moved(
        self, each: ev.Envelope, event: ev.AnyEvent, ticket: str
    ) -> tuple[Visit | None, Visit]:
        before = self.visits.get(ticket)
        if before is None:
            message = f"ticket {ticket} is not known"
            raise Impossible(message)
        after = evolve(before, each)
        was, now = before.turn, after.turn
        if now.day != was.day:
            self._carry(after, was.day)
        if now is not was:
            self._place(was, now)
        self.visits[now.ticket] = after
        if isinstance(event, ev.Called):
            self._called(each, now.day, event)
        elif isinstance(event, ev.Recalled):
            self._recalled(each, now.day, event)
        if isinstance(event, ev.TurnEvent):
            place = getattr(event, "counter", None)
            where = place.id if isinstance(place, ev.CounterRef) else place
            if where is not None:
                self._acts[where] = each
                if self.present is not None and where not in self.present.counters:
                    self.present = None
        return before, after

    def _carry(self, visit: Visit, from_day: str) -> None:
        """Take a ticket over into another business day."""
        ticket = visit.ticket
        if from_day in self.days:
            self.days[from_day].tickets.pop(ticket.id, None)
        day = self._open(ticket.day)
        day.tickets[ticket.id] = None
        day.carry(ticket.prefix, ticket.number)

    def _clock_set(self, shift: Shift) -> Changes:
        changed = []
        for day in self.open_days:
            for ticket in self.days[day].tickets:
                before = self.visits[ticket]
                after = shifted(before, shift)
                if after is not before:
                    self._place(before.turn, after.turn)
                    self.visits[ticket] = after
                    changed.append((before, after))
        for key, counter in self.counters.items():
            since, until = shift.of(counter.since), shift.maybe(counter.until)
            self.counters[key] = replace(counter, since=since, until=until)
        notice, until = self.notice
        self.notice = (notice, shift.maybe(until))
        self.cared = {
            key: replace(each, since=shift.of(each.since)) for key, each in self.cared.items()
        }
        # what may be taken back for some time may be so for as long as before
        self._acts = {key: replace(act, at=shift.of(act.at)) for key, act in self._acts.items()}
        self.ended = [replace(each, at=shift.of(each.at)) for each in self.ended]
        self._closed = {day: shift.of(at) for day, at in self._closed.items()}
        self.present = None
        return tuple(changed)

    def _follow_end(self, each: ev.Envelope) -> None:
        """Keep what the clock ended as long as it can be taken back.

        A day whose last visitor is served past midnight is closed later than the others' turns.
        """
        if isinstance(each.event, ev.DayReopened):
            self.ended = []
            return
        if self.ended and each.at - self.ended[0].at > TAKE_BACK_MS:
            self.ended = [kept for kept in self.ended if each.at - kept.at <= TAKE_BACK_MS]
        self.ended.append(each)

    def _place(self, was: Turn, now: Turn) -> None:
        """Move a ticket from where its turn waited or was served to where it is now."""
        if was.day in self.days:
            self.days[was.day].take(was)
        if now.day in self.days:
            self.days[now.day].put(now)
        if was.counter is not None and was.state in AT_COUNTER:
            del self.at_counter[was.counter]
        if now.counter is None or now.state not in AT_COUNTER:
            return
        if self.at_counter.setdefault(now.counter, now.ticket) != now.ticket:
            message = f"two tickets at counter {now.counter}"
            raise Impossible(message)

    def _called(self, each: ev.Envelope, day: str, event: ev.Called) -> None:
        self.calls.appendleft(
            CallMade(
                each.seq, each.at, day, event.ticket, event.label, event.service, event.counter.id,
                event.number, event.priority, event.rule, language=event.language,
                seated=event.seated is True,
            )
        )  # fmt: skip

    def _recalled(self, each: ev.Envelope, day: str, event: ev.Recalled) -> None:
        self.calls.appendleft(
            CallMade(
                each.seq, each.at, day, event.ticket, event.label, event.service, event.counter.id,
                event.number, None, "recall", event.recalls, event.language,
            )
        )  # fmt: skip

    def _other(self, each: ev.Envelope, event: ev.AnyEvent) -> None:
        at = each.at
        match event:
            case ev.Configured(office=office):
                self.office = office
                self.present = None
                self.desks_seq = each.seq
            case ev.CounterChanged():
                self.present = None
                self.desks_seq = each.seq
                self.openers[event.counter.id] = each.actor
                self.counters[event.counter.id] = CounterNow(
                    event.counter.id, event.state, event.services, at, event.staff,
                    event.holder_name, event.reason, event.until,
                )  # fmt: skip
            case ev.ServicePaused():
                self.paused[event.service] = Pause(event.notice, event.notices)
            case ev.ServiceResumed():
                self.paused.pop(event.service, None)
            case ev.NoticeChanged():
                self.notice = (event.notice, event.until)
            case ev.FaultChanged():
                self._cared_for(at, event)
            case ev.DayClosed():
                self._day_closed(event.day, at)
            case ev.DayReopened():
                self._open(event.into)
            case ev.NumbersResumed():
                self.days.setdefault(event.day, Day()).resume(event.prefix, event.number)
            case _:
                pass  # no fact about the hall's present day

    def _cared_for(self, at: Millis, event: ev.FaultChanged) -> None:
        self.cared.pop(event.fault, None)
        if event.state == "working":
            self.cared[event.fault] = Cared(event.place, event.names, at)

    def _day_closed(self, day: str, at: Millis) -> None:
        """End a day, and let go of the days that ended long before: they stay ended.

        Should one begin again (the clock was set back), it is admitted again before that.
        """
        self.open_days.discard(day)
        self._closed[day] = at
        for each, closed_at in list(self._closed.items()):
            if each in self.open_days or each not in self.days:
                del self._closed[each]
            elif at - closed_at > TAKE_BACK_MS:
                for ticket in self.days.pop(each).tickets:
                    self.visits.pop(ticket, None)
                del self._closed[each]


_EMPTY = Day()
_ENDS_A_DAY = (ev.Expired, ev.TurnClosed, ev.DayClosed, ev.DayReopened)
