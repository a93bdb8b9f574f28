"""Owns the request and answer types of the API; OpenAPI, validation and the pages follow them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from server.domain.estimate import Estimate
from server.domain.office import Paper
from server.domain.pressing import Key
from server.domain.states import CounterState, Outcome, Priority, TurnState
from server.domain.supervising import Way

PRINTABLE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]*$"
"""No control characters, line breaks or direction overrides: texts reach paper and screens."""

Text = Annotated[str, msgspec.Meta(max_length=200, pattern=PRINTABLE)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=PRINTABLE)]
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=PRINTABLE)]
Words = dict[str, str]


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of request bodies: unknown fields are refused."""


class NoBody(Request, frozen=True):
    """An empty body, or ``{}``."""


class TakeTicket(Request, frozen=True):
    """Take a number. ``priority`` is the class only; the reason is never asked.

    ``due`` is an appointment's time today, with its offset; only staff may give it.
    """

    service: Id
    priority: Priority = Priority.REGULAR
    language: Annotated[str, msgspec.Meta(max_length=16, pattern=PRINTABLE)] | None = None
    people: Annotated[int, msgspec.Meta(ge=1, le=99)] = 1
    due: datetime | None = None


class CallTicket(Request, frozen=True):
    """Call a given ticket out of order; the reason is kept in the log."""

    ticket: Id
    reason: Reason


class FinishTurn(Request, frozen=True):
    """Finish, with the office's own outcome code if it uses them."""

    outcome_code: Annotated[str, msgspec.Meta(max_length=40, pattern=PRINTABLE)] | None = None


class HoldTurn(Request, frozen=True):
    """Hold, with a reason and the minutes after which it is due."""

    reason: Text | None = None
    minutes: Annotated[int, msgspec.Meta(ge=1, le=600)] | None = None


class TransferTurn(Request, frozen=True):
    """Transfer to a service (code), to a counter (id or number), or both."""

    service: Id | None = None
    counter: Id | None = None
    note: Text | None = None


class AddService(Request, frozen=True):
    """Finish, and go on with another service of the same visit.

    ``here`` keeps the visitor at this counter: the next call is this ticket again.
    """

    service: Id
    here: bool = False
    note: Text | None = None
    outcome_code: Annotated[str, msgspec.Meta(max_length=40, pattern=PRINTABLE)] | None = None


class ChangeTicket(Request, frozen=True):
    """Correct a ticket; what is not given stays."""

    priority: Priority | None = None
    people: Annotated[int, msgspec.Meta(ge=1, le=99)] | None = None
    language: Annotated[str, msgspec.Meta(max_length=16, pattern=PRINTABLE)] | None = None


Codes = Annotated[list[Id], msgspec.Meta(max_length=200)]


class OpenCounter(Request, frozen=True):
    """Open a counter; ``take_over`` asks for the seat of another person.

    ``services`` are offered from now on, default all. Without ``seat`` a manager opens it for
    whoever sits there.
    """

    take_over: bool = False
    services: Codes | None = None
    seat: bool = True


class CloseCounter(Request, frozen=True):
    """Close a counter; ``take_over`` lets a manager close that of another person."""

    take_over: bool = False


class OfferServices(Request, frozen=True):
    """What the counter offers from now on."""

    services: Codes


class TakeBreak(Request, frozen=True):
    """Go on a break: why, and how long it is meant to last."""

    reason: Reason
    minutes: Annotated[int, msgspec.Meta(ge=1, le=600)] | None = None


class ReleaseTicket(Request, frozen=True):
    """Free a counter of its ticket: back to the queue, as served, or as missed."""

    way: Way = "queue"


class TellHall(Request, frozen=True):
    """A line of text for all displays, for some minutes or until it is changed."""

    notice: Reason
    minutes: Annotated[int, msgspec.Meta(ge=1, le=1440)] | None = None


class PressKey(Request, frozen=True):
    """A key of a button box, by name or digit."""

    key: Key


class PauseService(Request, frozen=True):
    """Stop new numbers; ``notice`` tells visitors what happens next."""

    notice: Reason


class LogIn(Request, frozen=True):
    """Log in as a person."""

    login: Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=PRINTABLE)]
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class PairDevice(Request, frozen=True):
    """Pair a kiosk or display with the short code that ``ramah token create --code`` printed."""

    code: Annotated[str, msgspec.Meta(min_length=4, max_length=64, pattern=PRINTABLE)]


class PreviewPaper(Request, frozen=True):
    """A layout to try; without one the present settings are drawn."""

    paper: Paper | None = None


class PrintState(msgspec.Struct, frozen=True):
    """Whether a paper comes: ``queued`` on ``printer``, or ``no_printer``."""

    state: Literal["queued", "no_printer"]
    printer: str | None = None


class TicketAnswer(msgspec.Struct, frozen=True):
    """A ticket as it stands.

    Attributes:
        ahead: people called before this one; 0 when it does not wait.
        estimate: wait range in minutes, null when it cannot be told honestly.
        tracking_url: page for the visitor's phone, held by kiosk and staff only.
        counter: where it is called or served. ``number`` is what people read.
        wait_s, service_s: seconds; null until they are known.
        why: for staff, the rule that chose it, in words; ``rule`` is its code.
        hold_until: when a held ticket is due again. ``due``: time of an appointment.
    """

    id: str
    label: str
    service: str
    service_name: str
    state: TurnState
    priority: Priority
    language: str
    people: int
    ahead: int
    estimate: Estimate | None
    issued_at: str
    tracking_url: str
    print: PrintState
    counter: CounterPlace | None = None
    called_at: str | None = None
    started_at: str | None = None
    wait_s: float | None = None
    service_s: float | None = None
    recalls: int = 0
    hold_reason: str | None = None
    note: str | None = None
    rule: str | None = None
    why: str | None = None
    hold_until: str | None = None
    due: str | None = None


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


class TicketList(msgspec.Struct, frozen=True):
    """Today's tickets in one state, first in line first; ``more`` when the list was cut."""

    tickets: list[TicketLine]
    more: bool


class ServiceAnswer(msgspec.Struct, frozen=True):
    """A service as the kiosk shows it.

    Attributes:
        name: in the language asked for (``Accept-Language``); ``names`` has all of them.
        open: numbers are given now.
        waiting: people waiting.
        estimate: wait range for somebody who takes a number now.
        notice: what to tell visitors while it is paused.
        next_opening: when numbers are given again, if closed and known.
        reason: why no numbers are given: a pause, the day's numbers used up, the last number of
            this opening given (those who wait are still served), or closed; null when open.
        open_until: when giving numbers ends today, if open and known.
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


class CurrentTicket(msgspec.Struct, frozen=True):
    """What a counter has now, as far as a public screen may know."""

    ticket: str
    label: str
    service: str
    state: TurnState
    called_at: str | None
    started_at: str | None
    recalls: int


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
    person may offer here; ``until`` is when a break is meant to end.
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

    name: str
    priority_cap: int
    slot_cap: int


class DeskAnswer(msgspec.Struct, frozen=True):
    """What the counter page offers and says; texts per language, empty for the page's own.

    Attributes:
        outcomes: results per service code.
        directs: this person may direct other counters.
        skills: services this person serves; null for all.
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


class RecentCall(msgspec.Struct, frozen=True):
    """One of the latest calls, newest first; ``seq`` is the event's."""

    seq: int
    at: str
    ticket: str
    label: str
    service: str
    counter: str
    number: int
    recall: bool


class QueueAnswer(msgspec.Struct, frozen=True, tag_field="type", tag="snapshot"):
    """The whole hall as of event ``seq``; also the first message on the event socket.

    ``notice`` is a line of text for all displays, until ``notice_until`` if that is given.
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


class LogTurn(msgspec.Struct, frozen=True):
    """One turn of the wait-time log; times are ISO 8601 in the branch's zone.

    ``wait_s`` is issue (or appointment) to first call, ``walk_s`` last call to start,
    ``service_s`` start to end without holds; all in seconds, never negative.
    """

    label: str
    service: str
    counter: int | None
    priority: Priority
    issued: str
    called: str | None
    started: str | None
    ended: str | None
    wait_s: float | None
    service_s: float | None
    outcome: Outcome | None
    recalls: int
    walk_s: float | None
    state: TurnState
    day: str
    leg: int
    service_name: str
    agency: str | None
    language: str
    channel: str
    people: int
    ended_by: str | None
    ticket: str
    staff: str | None = None
    transferred_from: str | None = None
    transferred_to: str | None = None
    appointment: str | None = None


class SeePerson(Request, frozen=True):
    """Ask for one person's figures. The look is written to the log, whoever looks.

    ``person`` is an id from ``GET /api/people``; left out: oneself.
    """

    first: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    last: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    person: Id | None = None


class StaffPerson(msgspec.Struct, frozen=True):
    """Somebody who serves, in the order of names and never of figures."""

    id: str
    name: str
    role: str


class StaffPeople(msgspec.Struct, frozen=True):
    """Answer of ``GET /api/people``."""

    people: list[StaffPerson]


class PersonFigures(msgspec.Struct, frozen=True):
    """One person's figures, beside those of all together, for talking about and never to rank."""

    name: str
    first: str
    last: str
    figures: dict[str, float | None]
    everybody: dict[str, float | None]


class Alarm(msgspec.Struct, frozen=True):
    """Something that needs a person now. ``words`` say it in the reader's language."""

    rule: str
    subject: str
    words: str
    value: int
    limit: int
    since: str


class AlarmList(msgspec.Struct, frozen=True):
    """Answer of ``GET /api/alarms``, the oldest first."""

    alarms: list[Alarm]


Figures = dict[str, float | None]
"""Figure by key (``GET /api/kpis`` defines each); null when there is nothing to tell."""


class ReportSlice(msgspec.Struct, frozen=True):
    """The figures of one service, agency, counter, class or hour."""

    key: str
    name: str
    figures: Figures


class ReportHeat(msgspec.Struct, frozen=True):
    """One hour of one weekday (1 Monday); turns are a mean over the days of that weekday."""

    weekday: int
    hour: int
    turns_per_day: float
    wait_p50_s: float | None
    wait_p90_s: float | None


class ReportBin(msgspec.Struct, frozen=True):
    """How many called turns waited from ``from_minutes`` to under ``to_minutes`` (null: open)."""

    from_minutes: int
    to_minutes: int | None
    turns: int
    share: float | None


class ReportPoint(msgspec.Struct, frozen=True):
    """A day, week or month of the course; ``before_*`` is the same weekday a week earlier."""

    first: str
    last: str
    turns: int
    served: int
    wait_p50_s: float | None
    wait_p90_s: float | None
    within_target: float | None
    before_turns: int | None
    before_wait_p50_s: float | None
    before_wait_p90_s: float | None


class Report(msgspec.Struct, frozen=True):
    """The figures of a period of business days, both ends in.

    ``days`` counts days with numbers; ``unrolled`` closed days that wait to be counted and are
    missing here. ``charts`` holds SVG pictures by name, when asked for.
    """

    first: str
    last: str
    days: int
    unrolled: int
    office: str
    zone: str
    compare_first: str | None
    compare_last: str | None
    figures: Figures
    compared: Figures | None
    services: list[ReportSlice]
    agencies: list[ReportSlice]
    classes: list[ReportSlice]
    counters: list[ReportSlice]
    hours: list[ReportSlice]
    heat: list[ReportHeat]
    waits: list[ReportBin]
    trend: list[ReportPoint]
    charts: dict[str, str] = {}


class KpiAnswer(msgspec.Struct, frozen=True):
    """A figure's definition, in the reader's language; formula and fields for engineers."""

    key: str
    unit: str
    name: str
    meaning: str
    formula: str
    fields: str
    better: str


class KpiList(msgspec.Struct, frozen=True):
    """Answer of ``GET /api/kpis``."""

    kpis: list[KpiAnswer]


class Totals(msgspec.Struct, frozen=True):
    """A day in numbers. Waits count to the first call; seconds; null when nobody was called."""

    day: str
    tickets: int
    people: int
    waiting: int
    serving: int
    served: int
    no_show: int
    cancelled: int
    transferred: int
    expired: int
    wait_mean_s: float | None
    wait_p50_s: float | None
    wait_p90_s: float | None
    service_mean_s: float | None
    longest_waiting_s: float | None
    within_target: float | None


class PersonAnswer(msgspec.Struct, frozen=True):
    """Who is logged in on this page."""

    role: str
    name: str
    login: str | None
    branch: BranchAnswer


class DevicePaired(msgspec.Struct, frozen=True):
    """The page is paired; the key is in a cookie that scripts cannot read."""

    role: str
    name: str


class TrackAnswer(msgspec.Struct, frozen=True):
    """What the visitor's phone shows; nothing personal in it.

    Attributes:
        called_at: the latest call, so that a phone rings once for each.
        requirements: what to have ready, in the language asked for.
        language: of the ticket, for the page's first words.
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


class PrinterAnswer(msgspec.Struct, frozen=True):
    """A ticket printer as staff and managers see it.

    Attributes:
        kind: how it is connected: ``tcp``, ``usb``, ``serial``, ``cups``, ``file``, ``agent``.
        kiosk: prints only for the kiosk with this name; null for all.
        state: ``ok``, ``paper_low`` (it still prints), or a ``printer.errors.Trouble``.
        words: the state in a sentence, in the language asked for.
        waiting: papers that wait there, for visitors who still wait.
        printed: papers that left today; ``failed`` attempts that did not work today.
    """

    id: str
    name: str
    kind: str
    kiosk: str | None
    state: str
    words: str
    waiting: int
    printed: int
    failed: int


class PrinterList(msgspec.Struct, frozen=True):
    """Answer of ``GET /api/printers``."""

    printers: list[PrinterAnswer]


class HelpAnswer(msgspec.Struct, frozen=True):
    """Somebody at ``place`` asked for a person; ``seconds`` is how long until one came."""

    id: str
    place: str
    at: str
    taken: bool
    seconds: float | None = None


class HelpList(msgspec.Struct, frozen=True):
    """Requests of today that nobody has taken yet, the oldest first."""

    requests: list[HelpAnswer]


class HealthAnswer(msgspec.Struct, frozen=True):
    """``ok`` when the server lives; readiness also checks that the store can be written."""

    status: str
    version: str


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
