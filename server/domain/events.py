"""Owns the events: the appended facts that are audit trail, push feed and source of every report.

Each event is complete. Projecting a branch's events in order into an empty database gives
its tickets and turns exactly, so an event carries everything a row needs besides the
envelope (branch, seq, at, actor).
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from server.domain.advice_events import AdviceAnswered, Advised
from server.domain.comfort_events import ComfortChecked, FaultChanged, FaultReported
from server.domain.day import Millis
from server.domain.event_base import (
    AUDIENCES,
    Audience,
    CounterRef,
    Event,
    ForNobody,
    ForStaff,
    LogText,
    PrintOrder,
    Quote,
    StaffText,
    TurnEvent,
    audience_of_field,
    told_to,
)
from server.domain.hall_events import (
    AlarmCleared,
    AlarmRaised,
    CounterChanged,
    DoorMeasured,
    EquipmentChanged,
    HelpArrived,
    HelpRequested,
    HelpTaken,
    NoticeChanged,
    Printed,
    PrintFailed,
    PrintMoved,
    ReprintOrdered,
    ServicePaused,
    ServiceResumed,
    VisitorCounted,
)
from server.domain.office import Office
from server.domain.quiet_events import QuietCallChanged, QuietCalled
from server.domain.states import Outcome, Priority, TurnState

__all__ = [
    "AUDIENCES", "AdviceAnswered", "Advised", "AlarmCleared", "AlarmRaised", "Audience",
    "ComfortChecked", "CounterChanged",
    "CounterRef", "DoorMeasured", "EquipmentChanged", "Event", "FaultChanged", "FaultReported",
    "ForNobody", "ForStaff", "HelpArrived", "HelpRequested", "HelpTaken",
    "LogText", "NoticeChanged", "PrintFailed", "PrintMoved", "PrintOrder", "Printed",
    "QuietCallChanged", "QuietCalled", "Quote",
    "ReprintOrdered", "ServicePaused", "ServiceResumed", "StaffText", "TurnEvent",
    "VisitorCounted", "audience_of_field", "told_to",
]  # fmt: skip
"""Names from other modules that go by this one's name as well: an event is an event."""


class Configured(Event, frozen=True, tag="configured"):
    """New settings of the branch are in force."""

    version: int
    office: Annotated[Office, ForNobody]


class Given(msgspec.Struct, frozen=True):
    """What is said of a ticket when it is given, in the event and in the value."""

    day: str
    prefix: str
    number: int
    label: str
    service: str
    priority: Priority
    language: str
    people: int
    channel: str
    token: Annotated[str, ForNobody]
    note_for_counter: StaffText = None


class Issued(Event, Given, frozen=True, kw_only=True, tag="issued"):
    """A ticket was given; it waits in line. ``due`` is an appointment's time."""

    ticket: str
    state: TurnState
    due: Millis | None = None
    quote: Annotated[Quote | None, ForNobody] = None
    print: Annotated[PrintOrder | None, ForNobody] = None


class Called(TurnEvent, frozen=True, tag="called"):
    """A ticket was asked to a counter; ``rule`` and ``why`` say what chose it.

    ``rule_value`` is the number in that reason: calls, minutes or percent.

    ``recalls`` counts the repeats of its calls before this one. ``seated``: the visitor sits at the
    counter already, for one more service; the hall hears nothing.
    ``language`` is the visitor's, when it is not the office's first: screens call in it too.
    """

    counter: CounterRef
    number: int
    rule: str
    why: Annotated[str, ForStaff]
    rule_value: Annotated[int | None, ForStaff] = None
    staff: LogText = None
    language: str | None = None
    recalls: int = 0
    seated: Literal[True] | None = None


class Recalled(Event, frozen=True, tag="recalled"):
    """The call was repeated; no state changes. ``language`` as in ``called``."""

    ticket: str
    leg: int
    label: str
    service: str
    counter: CounterRef
    number: int
    recalls: int
    language: str | None = None


class Started(TurnEvent, frozen=True, tag="started"):
    """The visitor is at the counter, service begins."""

    counter: str
    staff: LogText = None


class Finished(TurnEvent, frozen=True, tag="finished"):
    """Service ended well. ``outcome_code`` is the office's own code, if it uses them."""

    counter: str
    outcome: Outcome = Outcome.SERVED
    outcome_code: StaffText = None


class NoShow(TurnEvent, frozen=True, tag="no_show"):
    """The called visitor did not come."""

    counter: str
    outcome: Outcome = Outcome.NO_SHOW


class Returned(TurnEvent, frozen=True, tag="returned"):
    """The ticket waits again: from a call, a hold, or a missed call within the grace time."""

    counter: str | None = None


class Held(TurnEvent, frozen=True, tag="held"):
    """The turn rests, for example while papers are fetched; ``until`` is when it is due."""

    counter: str | None = None
    reason: StaffText = None
    until: Millis | None = None


class Transferred(TurnEvent, frozen=True, tag="transferred"):
    """The turn ended by transfer and the next leg waits, at ``arrival`` in its line."""

    to_service: str
    to_leg: int
    arrival: int
    counter: str | None = None
    to_counter: str | None = None
    note: StaffText = None
    outcome: Outcome = Outcome.TRANSFERRED
    due: Millis | None = None
    """Time of the appointment, when it was sent on before it was called."""


class Continued(TurnEvent, frozen=True, tag="continued"):
    """Service ended well and the same visit goes on: the next leg waits for another service."""

    counter: str
    to_service: str
    to_leg: int
    arrival: int
    to_counter: str | None = None
    note: StaffText = None
    outcome: Outcome = Outcome.SERVED
    outcome_code: StaffText = None


class Undone(TurnEvent, frozen=True, tag="undone"):
    """A slip at the counter was taken back within seconds: the turn is again in ``state``.

    ``undoes`` is the number of the event that counts no more, ``what`` its kind and ``since``
    its moment. When it had opened a next leg (transfer, another service), that leg, which
    waited for ``next_service``, is gone again.
    """

    counter: str
    undoes: int
    what: str
    since: Millis
    next_leg: int | None = None
    next_service: str | None = None


class Freed(Event, frozen=True, tag="freed"):
    """A ticket that waited for one counter alone may be called by any: that counter closed.

    ``booked`` is from when its appointment may be called.
    """

    ticket: str
    leg: int
    label: str
    service: str
    booked: Millis | None = None


class TicketChanged(Event, frozen=True, tag="ticket_changed"):
    """Staff corrected a ticket: the class, how many people, the language. ``leg`` is present."""

    audience: ClassVar[Audience] = Audience.STAFF
    ticket: str
    leg: int
    label: str
    service: str
    was_priority: Priority
    priority: Priority
    people: int
    language: str


class Cancelled(TurnEvent, frozen=True, tag="cancelled"):
    """The ticket was given back before service.

    ``reason`` is ``unseen`` when a kiosk gave back a number that it could not show to anybody.
    """

    outcome: Outcome
    reason: StaffText = None


class Expired(TurnEvent, frozen=True, tag="expired"):
    """Left over at day end."""

    outcome: Outcome = Outcome.EXPIRED


class TurnClosed(TurnEvent, frozen=True, tag="turn_closed"):
    """Still at a counter at day end; closed by the clock, not by hand."""

    outcome: Outcome
    reason: Annotated[str, ForStaff] = "day-end"


class Quoted(Event, frozen=True, tag="quoted"):
    """A wait range was told after the ticket was issued; only in logs of earlier builds."""

    audience: ClassVar[Audience] = Audience.NOBODY
    ticket: str
    channel: str
    quote: Annotated[Quote, ForNobody]


class DayClosed(Event, frozen=True, tag="day_closed"):
    """The business day is over; what was left is expired or closed."""

    day: str


class Reopened(TurnEvent, frozen=True, tag="reopened"):
    """The end of a day was taken back, or the clock was set: the turn goes on, in day ``day``.

    ``eligible_at`` is from when it waits, by the clock that counts now.
    """

    day: str
    eligible_at: Millis


class DayReopened(Event, frozen=True, tag="day_reopened"):
    """Who waited on ``day`` goes on in ``into``, the present day.

    The end of that day was taken back, or (without ``staff``) the clock was set into another day.
    """

    day: str
    into: str
    staff: LogText = None


class NumbersResumed(Event, frozen=True, tag="numbers_resumed"):
    """Numbers up to ``number`` are on papers that this log does not know: none is given again.

    Said after a hall came back from an older backup, and of a new paper roll.
    """

    day: str
    prefix: str
    number: int


class ClockSet(Event, frozen=True, tag="clock_set"):
    """A jump of the clock counts from now on: it was ``was``. It held, or a person confirmed it.

    Moments before ``since`` stay: the machine was not on then, so another clock said them.
    """

    was: Millis
    by_ms: int
    since: Millis = 0
    staff: LogText = None


class FiguresSeen(Event, frozen=True, tag="figures_seen"):
    """The actor looked at one person's figures for the business days ``first`` to ``last``."""

    audience: ClassVar[Audience] = Audience.NOBODY
    person: Annotated[str, ForNobody]
    first: str
    last: str


AnyEvent = (
    Configured
    | Issued
    | Called
    | Recalled
    | Started
    | Finished
    | NoShow
    | Returned
    | Held
    | Transferred
    | Continued
    | Undone
    | Freed
    | TicketChanged
    | Cancelled
    | Expired
    | TurnClosed
    | ReprintOrdered
    | Printed
    | PrintFailed
    | PrintMoved
    | HelpRequested
    | HelpTaken
    | HelpArrived
    | VisitorCounted
    | DoorMeasured
    | Quoted
    | CounterChanged
    | NoticeChanged
    | ServicePaused
    | ServiceResumed
    | DayClosed
    | Reopened
    | DayReopened
    | NumbersResumed
    | ClockSet
    | AlarmRaised
    | AlarmCleared
    | EquipmentChanged
    | ComfortChecked
    | FaultReported
    | FaultChanged
    | QuietCalled
    | QuietCallChanged
    | Advised
    | AdviceAnswered
    | FiguresSeen
)


class Envelope(msgspec.Struct, frozen=True):
    """An event as it stands in the log: ``seq`` is gap-free per branch, from 1."""

    seq: int
    at: Millis
    actor: str
    event: AnyEvent
