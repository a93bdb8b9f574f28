"""Owns the answer types of the API; OpenAPI and the pages follow them."""

from __future__ import annotations

from typing import Literal

import msgspec

from server.api.requests import Words
from server.domain.estimate import Estimate
from server.domain.policies import PolicyName
from server.domain.reception import Kind
from server.domain.shown import CurrentTicket, RecentCall, StaffView, TicketFacts
from server.domain.states import CounterState, Priority, TurnState


class PrintState(msgspec.Struct, frozen=True):
    """Whether a paper comes: ``queued`` on ``printer``, or ``no_printer``."""

    state: Literal["queued", "no_printer"]
    printer: str | None = None


class TicketAnswer(TicketFacts, frozen=True, kw_only=True):
    """A ticket as it stands; ``rule``, ``why`` and both notes are for staff.

    Attributes:
        ahead: people called before this one; 0 when it does not wait.
        estimate: wait range in minutes, null when it cannot be told honestly.
        tracking_url: page for the visitor's phone, held by kiosk and staff only. ``followable``: a
            phone in the hall may reach it; else no code of it should be shown or printed.
        counter: where it is called or served. ``number`` is what people read.
        service_s: seconds of service; null until it is over.
        due_at: time of an appointment (``due`` is its older name). ``not_yet``: that time has not
            come, so nobody calls it now, whatever ``ahead`` says.
        attended: somebody who serves it is at a counter now, as far as can be known.
    """

    service_name: str
    ahead: int
    estimate: Estimate | None
    issued_at: str
    tracking_url: str
    print: PrintState
    counter: CounterPlace | None = None
    service_s: float | None = None
    due_at: str | None = None
    not_yet: bool = False
    attended: bool = True
    followable: bool = True


class CounterPlace(msgspec.Struct, frozen=True):
    """A counter as people read it."""

    id: str
    number: int
    name: str


class TicketLine(msgspec.Struct, frozen=True):
    """A ticket in the staff's list: who waits, is held or was missed."""

    id: str
    label: str
    service: str
    state: TurnState
    priority: Priority
    language: str
    people: int
    since: str
    counter: str | None = None
    hold_reason: str | None = None
    hold_until: str | None = None
    due: str | None = None
    due_at: str | None = None
    not_yet: bool = False


class TicketList(msgspec.Struct, frozen=True):
    """Today's tickets in one state, first in line first; ``more`` when the list was cut."""

    tickets: list[TicketLine]
    more: bool


class ServiceAnswer(msgspec.Struct, frozen=True):
    """A service as the kiosk shows it.

    Attributes:
        name: in the language asked for (``Accept-Language``); ``names`` has all of them.
        open: numbers are given now.
        waiting: people who could be called now.
        later: appointments of today whose time has not come; they are not in ``waiting``.
        booked: the times of those appointments, the earliest first.
        left: how many numbers the day's quota leaves; null without a quota.
        estimate: wait range for somebody who takes a number now.
        notice: what to tell visitors while it is paused; ``notices`` per language.
        picture: what the kiosk draws on its button, for who does not read; "" for none.
        next_opening: when numbers are given again, if closed and known.
        reason: why no numbers are given: a pause, the day's numbers used up, the last number of
            this opening given (those who wait are still served), or closed; null when open.
        open_until: when giving numbers ends today, if open and known.
        starts: when serving begins today, while numbers are given before it.
    """

    id: str
    code: str
    prefix: str
    name: str
    names: Words
    open: bool
    waiting: int
    estimate: Estimate | None
    agency: str | None = None
    requirements: dict[str, list[str]] = {}
    target_minutes: int = 15
    paused: bool = False
    notice: str | None = None
    next_opening: str | None = None
    reason: Literal["paused", "quota", "last_ticket", "closed"] | None = None
    open_until: str | None = None
    later: int = 0
    notices: Words = {}
    picture: str = ""
    starts: str | None = None
    booked: list[str] = []
    left: int | None = None


class ServiceList(msgspec.Struct, frozen=True):
    """Answer of ``GET /api/services``."""

    services: list[ServiceAnswer]
    agencies: list[AgencyAnswer]
    branch: BranchAnswer


class AgencyAnswer(msgspec.Struct, frozen=True):
    """A tenant of the hall."""

    code: str
    name: str
    names: Words


class BranchAnswer(msgspec.Struct, frozen=True):
    """The office: its name, zone and languages (the first is the default)."""

    code: str
    name: str
    zone: str
    zone_label: str
    languages: list[str]


class CounterAnswer(msgspec.Struct, frozen=True):
    """A counter as every screen may see it; ``until`` is when a break is meant to end."""

    id: str
    number: int
    name: str
    names: Words
    state: CounterState
    services: list[str]
    current: CurrentTicket | None
    until: str | None = None


class StaffCounter(msgspec.Struct, frozen=True):
    """A counter as staff see it: also who sits there, and why it pauses.

    ``mine`` is true at the seat of the person who asks; ``can_offer`` are the services that this
    person may offer here; ``until`` is when a break is meant to end; ``unheard`` says that the
    latest call of this ticket was shown but not spoken: ``unvoiced`` in a rush or after an outage,
    ``mute`` where the lobby screen has no sound.
    """

    id: str
    number: int
    name: str
    state: CounterState
    services: list[str]
    holder: str | None
    mine: bool
    reason: str | None
    since: str | None
    current: TicketAnswer | None
    until: str | None = None
    can_offer: list[str] = []
    unheard: Literal["unvoiced", "mute"] | None = None


class CounterList(msgspec.Struct, frozen=True):
    """Answer of ``GET /api/counters``."""

    counters: list[StaffCounter]


class Pressed(msgspec.Struct, frozen=True):
    """What a press of a button box did, small enough for a microcontroller.

    Attributes:
        did: ``open``, ``break``, ``call-next``, ``start``, ``finish``, ``recall``, ``no-show``,
            ``hold``, ``return``, ``undo``, or ``nothing`` when nobody waits.
        label: of the ticket it was done to.
        current: label of the ticket at the counter now.
        waiting: how many wait for this counter.
    """

    did: str
    counter: int
    state: CounterState
    label: str | None
    current: str | None
    waiting: int


class OutcomeAnswer(msgspec.Struct, frozen=True):
    """A result that staff choose from when they finish."""

    code: str
    names: Words


class PolicyAnswer(msgspec.Struct, frozen=True):
    """The branch's rule for whom to call next; the page says it in words."""

    name: PolicyName
    priority_cap: int
    slot_cap: int


class DeskAnswer(msgspec.Struct, frozen=True):
    """What the counter page offers and says; texts per language, empty for the page's own.

    Attributes:
        outcomes: results per service code.
        directs: this person may direct other counters.
        kinds: visitors without a number that are counted by one key each.
        skills: services this person serves; null for all.
        numbers: where they come from: a ``machine``, or a paper ``roll``.
    """

    policy: PolicyAnswer
    break_reasons: list[Words]
    hold_reasons: list[Words]
    call_reasons: list[Words]
    greeting: Words
    apology: Words
    closing: Words
    farewell: Words
    outcomes: dict[str, list[OutcomeAnswer]]
    undo_seconds: int
    auto_call_seconds: int
    max_recalls: int
    recall_gap_seconds: int
    directs: bool
    skills: list[str] | None
    numbers: Literal["machine", "roll"]
    kinds: list[Kind] = []


class CaredFor(msgspec.Struct, frozen=True):
    """A place where somebody mends something now; ``fault`` tells two of them apart."""

    fault: str
    place: str
    names: dict[str, str]
    since: str


class QueueAnswer(msgspec.Struct, frozen=True, tag_field="type", tag="snapshot"):
    """The whole hall as of event ``seq``; also the first message on the event socket.

    ``history`` names the log that ``seq`` counts in; it is another one after a restore.
    ``day_ends`` is the moment from which another business day counts.

    ``notice`` is a line of text for all displays, until ``notice_until`` if that is given.
    ``cared`` are the places of the hall where somebody mends something now.
    ``waits_right``: of the last hundred who waited, how many were told right; null where the office
    does not say so, or before a hundred.
    ``words_at`` are the devices that ask how it was. ``staff`` is there on the sockets of staff.
    """

    seq: int
    at: str
    day: str
    version: str
    branch: BranchAnswer
    services: list[ServiceAnswer]
    counters: list[CounterAnswer]
    recent_calls: list[RecentCall]
    agencies: list[AgencyAnswer] = []
    notice: str | None = None
    notice_until: str | None = None
    cared: list[CaredFor] = []
    history: str = ""
    day_ends: str = ""
    words_at: list[Literal["tablet", "kiosk"]] = []
    waits_right: int | None = None
    staff: StaffView | msgspec.UnsetType = msgspec.UNSET


class PersonAnswer(msgspec.Struct, frozen=True):
    """Who is logged in on this page; ``skills`` are the services that are served, null for all.

    ``counter`` is the number of the one that a tablet stands at. ``unready``: the office asks this
    person for a second step at log-in, and nothing else may be done before it is set up.
    ``idle_minutes``: a page that nobody touches for so long is locked; 0 for never.
    ``password_length``: of a new one at least. ``failed``: right after a log-in, how many failed.
    ``agency``: whose halls somebody of the role ``agency`` reads.
    """

    role: str
    name: str
    login: str | None
    branch: BranchAnswer
    id: str = ""
    skills: list[str] | None = None
    counter: int | None = None
    unready: bool = False
    idle_minutes: int = 0
    password_length: int = 8
    failed: int = 0
    agency: str = ""


class DevicePaired(msgspec.Struct, frozen=True):
    """The page is paired; the key is in a cookie that scripts cannot read.

    ``counter`` is the number of the one that a tablet stands at.
    """

    role: str
    name: str
    counter: int | None = None


class TrackAnswer(msgspec.Struct, frozen=True):
    """What the visitor's phone shows; nothing personal in it.

    Attributes:
        called_at: the latest call, so that a phone rings once for each.
        requirements: what to have ready, in the language asked for.
        language: of the ticket, for the page's first words.
        zone, zone_label: the office's clock, which a phone need not share, and its short name.
        due_at: time of an appointment. ``not_yet``: it has not come, so nobody is called before.
        attended: somebody who serves it is at a counter.
        starts: when serving begins, if it has not.
    """

    label: str
    service: str
    state: TurnState
    ahead: int
    estimate: Estimate | None
    counter: CounterPlace | None
    updated_at: str
    called_at: str | None
    office: str
    requirements: list[str]
    language: str
    zone: str
    zone_label: str
    due_at: str | None = None
    not_yet: bool = False
    attended: bool = True
    starts: str | None = None


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """RFC 9457 problem document. ``field`` names the part of the request that is wrong."""

    type: str
    title: str
    status: int
    detail: str
    field: str | None = None
    state: str | None = None
    wanted: str | None = None
    next_opening: str | None = None
