"""Events of papers, counters, services and equipment: what happens around the turns."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from server.domain.day import Millis
from server.domain.event_base import (
    Audience,
    CounterRef,
    Event,
    ForNobody,
    LogText,
    PrintOrder,
    StaffText,
)
from server.domain.states import CounterState


class ReprintOrdered(Event, frozen=True, tag="reprint_ordered"):
    """Another paper of the same ticket was asked for."""

    audience: ClassVar[Audience] = Audience.KIOSK
    ticket: str
    label: str
    print: Annotated[PrintOrder, ForNobody]


class Printed(Event, frozen=True, tag="printed"):
    """A paper left for the printer: one attempt that worked."""

    audience: ClassVar[Audience] = Audience.KIOSK
    ticket: str
    label: str
    job: str
    printer: str
    attempt: int
    copy: int = 0


class PrintFailed(Event, frozen=True, tag="print_failed"):
    """One attempt that did not work; the next is due ``retry_at`` unless it was ``final``.

    ``unsure``: some bytes had left, so a paper may exist; the next one is marked as a copy.
    """

    audience: ClassVar[Audience] = Audience.KIOSK
    ticket: str
    label: str
    job: str
    printer: str
    attempt: int
    error: str
    retry_at: Millis | None = None
    final: bool = False
    unsure: bool = False


class PrintMoved(Event, frozen=True, tag="print_moved"):
    """A paper that one printer could not make waits at another; ``place`` is that one's name."""

    audience: ClassVar[Audience] = Audience.KIOSK
    ticket: str
    label: str
    was: str
    place: str
    print: Annotated[PrintOrder, ForNobody]


class CounterChanged(Event, frozen=True, tag="counter_changed"):
    """A counter opened, closed, took a break, changed hands or what it offers.

    ``services`` are those offered from now on, so sessions can be counted from the log.
    ``until`` is when a break is meant to end.
    """

    counter: CounterRef
    was: CounterState
    state: CounterState
    services: list[str]
    reason: StaffText = None
    staff: StaffText = None
    holder_name: StaffText = None
    until: Millis | None = None


class NoticeChanged(Event, frozen=True, tag="notice_changed"):
    """The line of text that all displays show changed; empty for none, ``until`` for a while."""

    notice: str
    until: Millis | None = None


class ServicePaused(Event, frozen=True, tag="service_paused"):
    """No new numbers for a service; those who wait keep their places.

    ``notice`` is what visitors read; ``notices`` the same in each language that was given.
    """

    service: str
    notice: str
    notices: dict[str, str] = msgspec.field(default_factory=dict)


class ServiceResumed(Event, frozen=True, tag="service_resumed"):
    """Numbers are given again."""

    service: str


class AlarmRaised(Event, frozen=True, tag="alarm_raised"):
    """Something needs a person: ``rule`` says what, ``subject`` where (service code or printer).

    ``value`` and ``limit`` are minutes, or counts for rules that count.
    """

    audience: ClassVar[Audience] = Audience.SUPERVISOR
    rule: str
    subject: str
    value: int
    limit: int


class AlarmCleared(Event, frozen=True, tag="alarm_cleared"):
    """An alarm is over by itself."""

    audience: ClassVar[Audience] = Audience.SUPERVISOR
    rule: str
    subject: str


class EquipmentChanged(Event, frozen=True, tag="equipment_changed"):
    """A printer or display is not as it was: ``state`` in short, ``gone`` when it was taken away.

    ``what`` is ``printer`` or ``display``, ``subject`` its id, ``place`` what people call it.
    """

    audience: ClassVar[Audience] = Audience.STAFF
    what: str
    subject: str
    place: str
    state: str


class HelpRequested(Event, frozen=True, tag="help_requested"):
    """A visitor at a kiosk asks for a person; ``place`` is what the kiosk is called."""

    help: str
    day: str
    device: Annotated[str, ForNobody]
    place: str


class HelpTaken(Event, frozen=True, tag="help_taken"):
    """A colleague sets out, ``seconds`` after the request; ``name`` is for the other colleagues."""

    help: str
    place: str
    seconds: float
    staff: LogText = None
    name: StaffText = None


class HelpArrived(Event, frozen=True, tag="help_arrived"):
    """A colleague is with the visitor, ``seconds`` after the request."""

    help: str
    place: str
    seconds: float
    staff: LogText = None


class VisitorCounted(Event, frozen=True, tag="visitor_counted"):
    """A visitor who needs no number was counted; ``n`` is -1 where a slip is taken back.

    ``what`` is the code of what they came for.
    """

    audience: ClassVar[Audience] = Audience.STAFF
    day: str
    what: str
    n: Literal[1, -1]


class DoorMeasured(Event, frozen=True, tag="door_measured"):
    """A sample at the door: ``people`` in line for a number, or the ``seconds`` of one of them."""

    audience: ClassVar[Audience] = Audience.STAFF
    day: str
    people: int | None = None
    seconds: float | None = None
