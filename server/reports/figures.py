"""Owns the answer types of log and reports: one turn, a day, a period, a figure."""

from __future__ import annotations

from typing import Literal

import msgspec

from server.domain.texts import Words


class GoneTurn(msgspec.Struct, frozen=True):
    """A turn that is no more: the step that opened it was taken back within seconds."""

    ticket: str
    leg: int


class LogChoice(msgspec.Struct, frozen=True):
    """Something the log can be filtered by; ``past``: it is no more in the settings."""

    key: str
    name: str
    past: bool


class LogChoices(msgspec.Struct, frozen=True):
    """Answer of ``GET /api/log/choices``: what is there now comes first, as set up."""

    services: list[LogChoice]
    agencies: list[LogChoice]
    counters: list[LogChoice]


class StaffPerson(msgspec.Struct, frozen=True):
    """Somebody who serves, in the order of names and never of figures.

    Attributes:
        login: what they type to log in.
        helped: who asks may make a new password for them.
        given: a password was made for them, and they have not chosen an own one yet.
        invited: they have not taken their invitation yet; ``over``: it has run out.
        services: codes of what they can serve; ``None`` for all.
        second_step: a code of an app is asked for at their log-in.
    """

    id: str
    name: str
    role: str
    login: str
    helped: bool
    given: bool
    invited: bool
    over: bool
    services: list[str] | None
    second_step: bool


class GivenPassword(msgspec.Struct, frozen=True):
    """A password to tell somebody, once: it is kept nowhere and counts until it is changed.

    Attributes:
        until: it counts no longer than this.
    """

    login: str
    name: str
    password: str
    until: str


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


class WaitNow(msgspec.Struct, frozen=True):
    """Those who wait for a service now; ``over`` counts those beyond its target."""

    service: str
    waiting: int
    longest_s: float
    target_s: float
    over: int


class WaitsNow(msgspec.Struct, frozen=True):
    """Answer of ``GET /api/waits``: services where somebody waits."""

    waits: list[WaitNow]


class EquipmentAnswer(msgspec.Struct, frozen=True):
    """A printer or display and how it is, in short and in the reader's words.

    ``what`` is ``printer`` or ``display``, or ``key``: a kiosk or display not in use for so long
    that its browser soon forgets its key, at ``since``.
    ``waiting`` counts papers that wait at a printer.
    """

    what: Literal["printer", "display", "key"]
    id: str
    name: str
    state: str
    words: str
    well: bool
    since: str
    waiting: int


class EquipmentList(msgspec.Struct, frozen=True):
    """Answer of ``GET /api/equipment``: printers, then displays, by name."""

    equipment: list[EquipmentAnswer]


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


class CountedKind(msgspec.Struct, frozen=True):
    """Visitors without a number who came for one thing; ``names`` are empty for a former kind."""

    code: str
    names: Words
    n: int


class DoorFigures(msgspec.Struct, frozen=True):
    """Samples by hand at the door.

    Attributes:
        timed: how many people were timed from the door to their number; ``median_s`` and
            ``mean_s`` of them.
        lines: how often the people in line for a number were counted; ``line_mean`` and
            ``line_most`` of these counts.
    """

    timed: int
    median_s: float | None
    mean_s: float | None
    lines: int
    line_mean: float | None
    line_most: int | None


class ArrivalFigures(msgspec.Struct, frozen=True):
    """How long visitors who asked for a person waited until somebody was there."""

    met: int
    median_s: float | None


class ReceptionFigures(msgspec.Struct, frozen=True):
    """What is counted at the door, apart from all numbers and waits."""

    unnumbered: int
    kinds: list[CountedKind]
    door: DoorFigures
    arrivals: ArrivalFigures


class Report(msgspec.Struct, frozen=True):
    """The figures of a period of business days, both ends in.

    ``days`` counts days with numbers; ``unrolled`` closed days that wait to be counted and are
    missing here. ``charts`` holds SVG pictures by name, when asked for. ``reception`` is what was
    counted at the door, in reports of the whole office.
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
    reception: ReceptionFigures | None = None
    charts: dict[str, str] = {}


class KpiAnswer(msgspec.Struct, frozen=True):
    """A figure's definition and formula, in the reader's language; fields for engineers."""

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
    """A day in numbers. Waits count to the first call; seconds; null when nobody was called.

    ``reception`` is what was counted at the door, apart from the numbers.
    """

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
    unfinished: int
    wait_mean_s: float | None
    wait_p50_s: float | None
    wait_p90_s: float | None
    service_mean_s: float | None
    longest_waiting_s: float | None
    within_target: float | None
    reception: ReceptionFigures
