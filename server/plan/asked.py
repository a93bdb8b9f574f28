"""What the server asks the processes beside the hall, and what they answer."""

from __future__ import annotations

import msgspec

from server.domain.day import Millis
from server.domain.texts import Words
from server.plan.advise import Advice
from server.plan.backtest import Backtest
from server.plan.forecast import Slot

AHEAD_DAYS = 60
"""So many days ahead can be asked about."""


class WaitsAsked(msgspec.Struct, frozen=True, tag="waits"):
    """Work out the waits of a branch of the data folder ``data`` as it stands at ``now``."""

    data: str
    branch: int
    now: Millis


class AdviceAsked(msgspec.Struct, frozen=True, tag="advice"):
    """Say whether one more counter would help; ``given``: an advice stands there unanswered."""

    data: str
    branch: int
    now: Millis
    given: bool


class AdviceFound(msgspec.Struct, frozen=True):
    """An advice, and what it was worked out from, packed to be kept."""

    advice: Advice | None = None
    inputs: bytes = b""


class HindsightAsked(msgspec.Struct, frozen=True, tag="hindsight"):
    """Say what came of an advice that was given."""

    data: str
    branch: int
    now: Millis
    advice: str


class ForecastAsked(msgspec.Struct, frozen=True, tag="forecast"):
    """Say how many people will come to a branch on a business day."""

    data: str
    branch: int
    day: str
    now: Millis


class VerdictsAsked(msgspec.Struct, frozen=True, tag="verdicts"):
    """Judge the waits told on business days; ``today`` is not over."""

    data: str
    branch: int
    zone: str
    first: str
    last: str
    today: str


class ServiceForecast(msgspec.Struct, frozen=True):
    """People expected for a service; ``slots`` are the half hours from midnight on."""

    service: str
    expected: float
    slots: list[Slot]


class SeasonForecast(msgspec.Struct, frozen=True):
    """A season that a day is in.

    Attributes:
        names: what it is called, by language.
        percent: of the usual, who come because of it, of the services it is about.
        said: whether the office says so itself; else the log does.
    """

    names: Words
    percent: int
    said: bool


class Forecast(msgspec.Struct, frozen=True):
    """What is expected of a day.

    Attributes:
        day: the business day.
        known: days of the log it is made from.
        until: half hours of the day that are over; the rest is corrected by who came in them.
        services: with somebody expected.
        backtest: how wrong such forecasts were; null while too few days are known.
        closed: the calendar says that nobody is served.
        after_closed: it is the first open day after closed ones.
        seasons: that it is in.
    """

    day: str
    known: int
    until: int
    services: list[ServiceForecast]
    backtest: Backtest | None
    closed: bool = False
    after_closed: bool = False
    seasons: list[SeasonForecast] = []


class Verdict(msgspec.Struct, frozen=True):
    """How right ranges were.

    Attributes:
        told: numbers that were called, without appointments.
        waited: of them, who had to wait and were told how long.
        inside: per cent of ``waited`` inside what was told; 80 is meant.
        above: per cent of ``waited`` that waited longer than told.
        below: per cent of ``waited`` that were called earlier.
        width: how far apart the ends were on average, minutes.
        bias: middle of (what the model held for the median) less (the wait), minutes.
        unknown: per cent of ``told`` who were told nothing.
    """

    told: int
    waited: int
    inside: float | None
    above: float | None
    below: float | None
    width: float | None
    bias: float | None
    unknown: float | None


class Verdicts(msgspec.Struct, frozen=True):
    """How right ranges were: as a whole, and in parts by their keys.

    Attributes:
        hits: of the last hundred who waited, how many were told right; null before a hundred.
        drift: per cent inside on the last day, when the model was out of bounds on two; else null.
    """

    whole: Verdict
    services: dict[str, Verdict]
    classes: dict[str, Verdict]
    hours: dict[str, Verdict]
    days: dict[str, Verdict]
    models: dict[str, Verdict]
    hits: int | None
    drift: int | None
