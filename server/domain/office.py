"""Owns the settings of one branch: agencies, services, counters, rules. Immutable and versioned."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

import msgspec

from server.domain.calendar_days import Season, SpecialDays
from server.domain.comfort import Comfort
from server.domain.errors import NotFound
from server.domain.hours import Hours, Period, Special, Timetable
from server.domain.logins import Logins
from server.domain.officers import Officers
from server.domain.policies import PolicyName
from server.domain.reception import Reception
from server.domain.texts import CLOCK, PREFIX, PRINTABLE, Code, Paragraph, Words
from server.domain.voice import Voice

Prefix = Annotated[str, msgspec.Meta(pattern=PREFIX)]


class Agency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tenant of a shared hall.

    Attributes:
        code: what services name it by.
        names: as visitors read it.
    """

    code: Code
    names: Words


class OutcomeCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of a service's own results of a finished turn, such as "papers missing".

    Attributes:
        code: as it stands in the log.
        names: as staff read it when they finish.
    """

    code: Code
    names: Words


Picture = Literal[
    "", "id-card", "family", "birth", "business", "health", "police", "tax", "payment", "document",
    "house", "vehicle", "work", "school", "passport", "complaint", "help",
]  # fmt: skip
"""The drawings a service may have, for visitors who do not read; ``kiosk/static/pictures.js``."""


class Service(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What people queue for. Its code is for life: another code is another service.

    Attributes:
        code: the service's name in the log and the API, usually its letter.
        names: as visitors read it.
        prefix: letter(s) before the number; one service each. Without it: the code.
        id: given by Ramah.
        agency: code of the agency whose service it is.
        hours: when numbers are given; without any: the office's, else always.
        requirements: what to bring, per language.
        typical_minutes: usual service time, the start value of estimates.
        spread: coefficient of variation of the service time.
        target_minutes: the wait the office promises.
        target_share: plans of weeks see to it that so many per cent are called within that; 0 for
            the target that plans have for all.
        max_wait_minutes: nobody waits longer than this because of priority.
        quota: numbers per day, 0 for no limit.
        picture: the drawing on the kiosk's button beside the letter; "" for none.
        outcomes: results staff choose from when they finish; the first is offered first. None
            means that any code, or none, may be sent.
    """

    code: Code
    names: Words
    prefix: Prefix = ""
    id: str = ""
    agency: str | None = None
    requirements: dict[str, list[str]] = {}
    typical_minutes: Annotated[float, msgspec.Meta(gt=0, le=600)] = 10.0
    spread: Annotated[float, msgspec.Meta(ge=0, le=5)] = 0.7
    target_minutes: Annotated[int, msgspec.Meta(ge=1, le=600)] = 15
    target_share: Annotated[int, msgspec.Meta(ge=0, le=99)] = 0
    max_wait_minutes: Annotated[int, msgspec.Meta(ge=1, le=1440)] = 60
    quota: Annotated[int, msgspec.Meta(ge=0)] = 0
    hours: Hours | None = None
    outcomes: list[OutcomeCode] = []
    picture: Picture = ""


class Counter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A desk where people are served.

    Attributes:
        number: what is called and shown: "Counter 3".
        services: codes of what it offers, in no order of preference.
        names: another name than "Counter 3", as visitors read it.
        id: given by Ramah.
        weights: how many turns in a round a service gets here under the policy "weighted"; a
            service without one gets one.
    """

    number: Annotated[int, msgspec.Meta(ge=1, le=9999)]
    services: list[Code]
    names: Words = {}
    id: str = ""
    weights: dict[Code, Annotated[int, msgspec.Meta(ge=1, le=20)]] = {}


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the queue of this branch behaves.

    Attributes:
        policy: name of the call policy: ``fair`` (priority goes ahead, capped), ``priority``
            (always ahead), ``weighted`` (services by the counter's weights), ``target``
            (longest wait measured by its own promise). Appointments are mixed into each.
        slot_cap: at most one appointment in this many calls while others wait.
        priority_cap: at most one priority call in this many calls while regular visitors wait.
        number_width: digits of a number, ``3`` for A001.
        number_wrap: numbers per service and day; 0 for no limit.
        day_start: when the business day begins, ``HH:MM`` local.
        grace_minutes: how long a missed visitor can come back into the queue.
        max_recalls: how often a call is repeated.
        recall_gap_seconds: the least time between two repeats of a call; about as long as the
            hall takes to hear one.
        transfer_position: a transferred ticket keeps its ``arrival`` or goes to the ``end``.
        numbers: where they come from: a ``machine`` (kiosk or staff), or a paper ``roll`` that
            people tear them from; then each call takes the roll's next number.
    """

    policy: PolicyName = "fair"
    slot_cap: Annotated[int, msgspec.Meta(ge=2, le=100)] = 2
    priority_cap: Annotated[int, msgspec.Meta(ge=1, le=100)] = 3
    number_width: Annotated[int, msgspec.Meta(ge=1, le=6)] = 3
    number_wrap: Annotated[int, msgspec.Meta(ge=0)] = 0
    day_start: Annotated[str, msgspec.Meta(pattern=CLOCK)] = "00:00"
    grace_minutes: Annotated[int, msgspec.Meta(ge=0, le=1440)] = 30
    max_recalls: Annotated[int, msgspec.Meta(ge=0, le=100)] = 10
    recall_gap_seconds: Annotated[int, msgspec.Meta(ge=0, le=600)] = 5
    transfer_position: Literal["arrival", "end"] = "arrival"
    numbers: Literal["machine", "roll"] = "machine"


class Desk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the counter page offers and says; every text per language.

    Attributes:
        break_reasons: why a counter pauses, offered to choose from; own words stay possible.
            Without any: the page's own list.
        hold_reasons: why a visitor waits aside, such as fetching a copy. Without any: the
            page's own list.
        call_reasons: why somebody is called out of turn. Without any: the page's own list.
        greeting: what staff say first, in the visitor's language; ``{name}`` is the person at
            the counter. Without it: the page's own words, also of the following three.
        apology: what they say to who waited longer than the target.
        closing: what they ask before they finish.
        farewell: their last words.
        auto_call_seconds: pause before the page calls the next visitor by itself after a
            finish, for staff who switched that on.
    """

    break_reasons: list[Words] = []
    hold_reasons: list[Words] = []
    call_reasons: list[Words] = []
    greeting: Words = {}
    apology: Words = {}
    closing: Words = {}
    farewell: Words = {}
    auto_call_seconds: Annotated[int, msgspec.Meta(ge=2, le=120)] = 5


PaperLine = Literal[
    "logo", "office", "agency", "rule", "service", "number", "priority", "people", "time", "ahead",
    "wait", "qr", "foot",
]  # fmt: skip
"""The parts of a printed ticket; ``priority`` and ``people`` only print where they apply."""
PAPER_LINES: list[PaperLine] = [
    "logo", "office", "agency", "rule", "service", "number", "priority", "people", "time", "rule",
    "ahead", "wait", "qr", "foot",
]  # fmt: skip


class Paper(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the printed ticket says besides the number.

    Attributes:
        width_mm: width of the paper roll.
        cutter: whether the printer cuts the paper by itself.
        foot: the last line, such as thanks.
        lines: the parts of the ticket from the top; what is left out is not printed, but the
            number always is.
        logo: a picture file beside the settings file; the settings keep it small and in black
            and white, as a ``data:`` address.
    """

    width_mm: Literal[58, 80] = 80
    cutter: bool = True
    foot: dict[str, Paragraph] = {}
    lines: Annotated[list[PaperLine], msgspec.Meta(max_length=30)] = msgspec.field(
        default_factory=lambda: list(PAPER_LINES)
    )
    logo: Annotated[str, msgspec.Meta(max_length=20_000)] = ""


class Alarms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the manager is called.

    Attributes:
        wait_minutes: when somebody waits longer than this; 0 for twice the service's target.
        nobody_minutes: when people wait so long for a service that no open counter offers; 0
            never.
        printers: when a printer has trouble, such as no paper.
        display_minutes: when a lobby display is dark so long while a counter is open; 0 never.
    """

    wait_minutes: Annotated[int, msgspec.Meta(ge=0, le=1440)] = 0
    nobody_minutes: Annotated[int, msgspec.Meta(ge=0, le=1440)] = 5
    printers: bool = True
    display_minutes: Annotated[int, msgspec.Meta(ge=0, le=1440)] = 2


class Satisfaction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How visitors are asked how it was, and how long what they said is kept.

    Attributes:
        words: after the service the phone page, and a tablet at the counter, ask for a quick word
            (a face and a sentence).
        kiosk_reader: the kiosks have a reader for the QR code of a number: they ask as well.
        survey: the method of the satisfaction survey; "" for none.
        answer_hours: within how many hours something is to be done about a low word; days on which
            no service works do not count.
        kept_days: how long sentences are kept; index and counts stay.
    """

    words: bool = True
    kiosk_reader: bool = False
    survey: Literal["", "skm-2017"] = "skm-2017"
    answer_hours: Annotated[int, msgspec.Meta(ge=1, le=720)] = 48
    kept_days: Annotated[int, msgspec.Meta(ge=30, le=3650)] = 365


class Waits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What visitors are told of their wait.

    Attributes:
        tell_hits: ticket, lobby screen and poster also say how many of the last hundred who waited
            were told right.
        advice: those who direct the hall are told when one more counter would spare people long
            waits.
    """

    tell_hits: bool = False
    advice: bool = True


ANY_HOUR = Hours([Period([1, 2, 3, 4, 5, 6, 7], "00:00", "24:00")])
"""The weekly pattern of a service that names no hours, in an office with closed or special days."""


class Office(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """All settings of a branch.

    Attributes:
        code: short name of the office, in the log, metrics and ``--branch``; for life.
        name: what stands on tickets and screens.
        agency: whose hall it is, such as ``Disdukcapil``; its people in the city see it. "" for a
            hall that several share, or none.
        zone: IANA time zone, such as ``Asia/Makassar``.
        zone_label: what people call that zone, such as ``WITA``. Without it: the zone.
        languages: of pages, tickets and voice; the first is the default.
        public_url: address under which phones reach this server, for the QR; "" for the
            server's own.
        hours: when numbers are given for services without hours of their own.
        closed_dates: days without any service, such as holidays.
        special_days: days with other hours, or none, with a name.
        seasons: days on which more or fewer people come; for forecast and plan.
    """

    code: Code
    name: str
    zone: str
    services: list[Service]
    counters: list[Counter]
    zone_label: str = ""
    languages: list[str] = msgspec.field(default_factory=lambda: ["id", "en"])
    agency: Annotated[str, msgspec.Meta(max_length=64, pattern=PRINTABLE)] = ""
    agencies: list[Agency] = []
    rules: Rules = Rules()
    paper: Paper = Paper()
    voice: Voice = Voice()
    alarms: Alarms = Alarms()
    desk: Desk = Desk()
    satisfaction: Satisfaction = Satisfaction()
    waits: Waits = Waits()
    comfort: Comfort = Comfort()
    reception: Reception = msgspec.field(default_factory=Reception)
    officers: Officers = Officers()
    logins: Logins = Logins()
    public_url: str = ""
    hours: Hours | None = None
    closed_dates: list[str] = []
    special_days: Annotated[list[SpecialDays], msgspec.Meta(max_length=400)] = []
    seasons: Annotated[list[Season], msgspec.Meta(max_length=100)] = []

    @cached_property
    def _by_code(self) -> dict[str, Service]:
        return {service.code: service for service in reversed(self.services)}

    @cached_property
    def _by_key(self) -> dict[str, Counter]:
        numbers = {str(counter.number): counter for counter in reversed(self.counters)}
        return numbers | {counter.id: counter for counter in reversed(self.counters)}

    @cached_property
    def _timetables(self) -> dict[str, Timetable | None]:
        return {each.code: self._timetable(each) for each in self.services}

    def _timetable(self, service: Service) -> Timetable | None:
        weekly = service.hours or self.hours
        special = tuple(
            Special(each.first, each.last or each.first, each.periods)
            for each in self.special_days
            if not each.services or service.code in each.services
        )
        if weekly is None and not (self.closed_dates or special):
            return None
        weekly = weekly or ANY_HOUR
        return Timetable(weekly, frozenset((*weekly.closed_dates, *self.closed_dates)), special)

    def hours_of(self, service: Service) -> Timetable | None:
        """Return when a service of this office is open; ``None`` for always."""
        return self._timetables[service.code]

    def service(self, code: str) -> Service:
        """Return the service with this code.

        Raises:
            NotFound: this branch has no such service.
        """
        service = self._by_code.get(code)
        if service is not None:
            return service
        raise NotFound(
            "There is no service '{service}' here.",
            slug="unknown-service",
            field="service",
            service=code[:40],
        )

    def counter(self, key: str) -> Counter:
        """Return the counter with this id or number.

        Raises:
            NotFound: this branch has no such counter.
        """
        counter = self._by_key.get(key)
        if counter is not None:
            return counter
        raise NotFound(
            "There is no counter '{counter}' here.",
            slug="unknown-counter",
            field="counter",
            counter=key[:40],
        )

    def promise(self, service: str) -> tuple[int, int]:
        """Return a service's limit of waiting because of priority, and its target, in ms."""
        known = self._by_code.get(service)
        if known is None:
            return 0, 60_000
        return known.max_wait_minutes * 60_000, known.target_minutes * 60_000

    @property
    def day_start_minutes(self) -> int:
        """Minutes after midnight at which the business day begins."""
        hour, minute = self.rules.day_start.split(":")
        return int(hour) * 60 + int(minute)
