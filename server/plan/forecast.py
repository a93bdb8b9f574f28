"""How many people will come, per service and half hour: from the log, with its error beside it.

A service's usual day, times what its weekday, the first day after closed ones, the week of the
month and seasons make of it, spread over the half hours as days of its kind were, within the
hours of that day. Every factor is drawn to 1 where little is known. People come in bunches, so the
band is that of a negative binomial. Pure: counts and calendar in, expectations out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from server.plan.calendar import OfficeCalendar, SeasonNow, days_from, is_friday, moved
from server.plan.dayskind import OpenDays
from server.plan.seasons import MOST_FACTOR, STEADY, as_usual, lift, seasons_before

Counts = Mapping[str, Mapping[str, Sequence[int]]]
"""By day and service: how many came in each half hour of the day."""

HALF_HOURS = 48
HISTORY_DAYS = 84
HALF_LIFE_DAYS = 42.0
ROUNDS = 4
FEW = 4
"""Weekdays on which a service had nobody so often are days without it."""
LOW, HIGH = 0.1, 0.9


class Slot(msgspec.Struct, frozen=True):
    """A half hour: expected, and the band that four of five fall into."""

    expected: float
    low: int
    high: int


class Fit(msgspec.Struct, frozen=True):
    """What a history says.

    Attributes:
        days: which of them were open.
        base: people on a usual day, by service.
        factors: by service and kind of day.
        shapes: shares of the half hours of usual hours, by service and whether it is a Friday.
        before: by service and season, how many came the time before, of the usual.
        bunched: how much more counts vary than by chance (0: Poisson), for a half hour and a day.
    """

    days: OpenDays
    base: dict[str, float]
    factors: dict[tuple[str, str], float]
    shapes: dict[tuple[str, bool], list[float]]
    before: Mapping[tuple[str, str], float]
    bunched: float = 0.0
    bunched_day: float = 0.0

    def day(self, day: str) -> dict[str, list[float]]:
        """Return the expectation of each half hour, by service."""
        kinds, friday = self.days.kinds(day), is_friday(day)
        calendar, found = self.days.calendar, {}
        for service, whole in self.base.items():
            for kind in kinds:
                whole *= self.factors.get((service, kind), 1.0)  # noqa: PLW2901
            for season in calendar.seasons(service, day):
                whole *= self.of_season(service, season)  # noqa: PLW2901
            spans = calendar.spans(service, day)
            its = [whole * share for share in self.shapes[service, friday]]
            usual = calendar.usual(service, friday) or ()
            found[service] = its if spans is None else moved(its, usual, spans)
        return found

    def of_season(self, service: str, season: SeasonNow) -> float:
        """Return how many come in a season, of the usual."""
        learned = self.factors.get((service, _kind(season)), 1.0)
        return lift(service, [season], self.before) * learned


def fit(counts: Counts, on: str, calendar: OfficeCalendar | None = None) -> Fit:
    """Return what the days before ``on`` say, the nearer ones more.

    Days before the last twelve weeks teach nothing but how seasons were the time before.
    """
    calendar = calendar or OfficeCalendar()
    first = days_from(on, -HISTORY_DAYS)
    days = [each for each in sorted(counts) if first <= each < on]
    weights = {
        each: 0.5 ** ((date.fromisoformat(on) - date.fromisoformat(each)).days / HALF_LIFE_DAYS)
        for each in days
    }
    opened = OpenDays(frozenset(days), on, calendar)
    services = sorted({code for each in days for code in counts[each]})
    before = seasons_before({day: its for day, its in counts.items() if day < on}, first, calendar)
    usual = {day: as_usual(counts[day], day, calendar, before) for day in days}
    totals = {(day, code): sum(usual[day].get(code, ())) for day in days for code in services}
    of_all = {day: opened.kinds(day) for day in days}
    kinds = {
        code: {
            day: of_all[day] + [_kind(each) for each in calendar.seasons(code, day)] for day in days
        }
        for code in services
    }
    base, factors = _factors(days, services, totals, weights, kinds)
    shapes = _shapes(days, services, usual, weights)
    found = Fit(opened, base, factors, shapes, before)
    came = {(day, code): sum(counts[day].get(code, ())) for day in days for code in services}
    return msgspec.structs.replace(
        found, bunched=_bunched(found, counts, days), bunched_day=_bunched_days(found, came, days)
    )


def _kind(season: SeasonNow) -> str:
    return f"season {season.key}"


def _factors(
    days: Sequence[str], services: Sequence[str], totals: Mapping[tuple[str, str], float],
    weights: Mapping[str, float], kinds_by: Mapping[str, Mapping[str, Sequence[str]]],
) -> tuple[dict[str, float], dict[tuple[str, str], float]]:  # fmt: skip
    base: dict[str, float] = {}
    factors: dict[tuple[str, str], float] = {}
    for code in services:
        kinds = kinds_by[code]
        came = sum(weights[day] for day in days if totals[day, code]) or 1.0
        base[code] = sum(weights[day] * totals[day, code] for day in days) / came
        own = {kind for day in days for kind in kinds[day]}
        part = dict.fromkeys(own, 1.0)
        for kind in own:
            of = [day for day in days if kind in kinds[day]]
            if (
                kind.startswith("weekday")
                and len(of) >= FEW
                and not any(totals[d, code] for d in of)
            ):
                part[kind] = 0.0
        for _ in range(ROUNDS):
            for kind in sorted(own):
                if not part[kind]:
                    continue
                actual = expected = STEADY * base[code]
                for day in days:
                    if kind in kinds[day]:
                        others = math.prod(part[each] for each in kinds[day] if each != kind)
                        actual += weights[day] * totals[day, code]
                        expected += weights[day] * base[code] * others
                part[kind] = min(MOST_FACTOR, actual / expected) if expected else 1.0
        factors.update({(code, kind): value for kind, value in part.items()})
    return base, factors


def _shapes(
    days: Sequence[str],
    services: Sequence[str],
    counts: Mapping[str, Mapping[str, Sequence[float]]],
    weights: Mapping[str, float],
) -> dict[tuple[str, bool], list[float]]:
    """Return the shares of the half hours; of a service seldom seen, drawn to those of all."""
    found: dict[tuple[str, bool], list[float]] = {}
    for friday in (False, True):
        of = [day for day in days if is_friday(day) is friday]
        whole = [0.0] * HALF_HOURS
        own = {code: [0.0] * HALF_HOURS for code in services}
        for day in of or days:
            for code, its in counts[day].items():
                for slot, n in enumerate(its):
                    own[code][slot] += weights[day] * n
                    whole[slot] += weights[day] * n
        everybody = sum(whole) or 1.0
        for code in services:
            steady = 2.0 * HALF_HOURS
            total = sum(own[code]) + steady
            found[code, friday] = [
                (n + steady * all_ / everybody) / total
                for n, all_ in zip(own[code], whole, strict=True)
            ]
    return found


def _bunched(found: Fit, counts: Counts, days: Sequence[str]) -> float:
    extra = squares = 0.0
    for day in days:
        for code, means in found.day(day).items():
            its = counts[day].get(code) or [0] * HALF_HOURS
            for n, mean in zip(its, means, strict=True):
                extra += (n - mean) ** 2 - mean
                squares += mean * mean
    return max(0.0, extra / squares) if squares else 0.0


def _bunched_days(found: Fit, totals: Mapping[tuple[str, str], int], days: Sequence[str]) -> float:
    extra = squares = 0.0
    for day in days:
        means = found.day(day)
        mean = sum(map(sum, means.values()))
        extra += (sum(totals[day, code] for code in means) - mean) ** 2 - mean
        squares += mean * mean
    return max(0.0, extra / squares) if squares else 0.0


def corrected(
    found: Fit, expected: Mapping[str, Sequence[float]], came: Mapping[str, Sequence[int]],
    until: int,
) -> dict[str, list[float]]:  # fmt: skip
    """Return the rest of a day in the light of who came in its first ``until`` half hours.

    How far the day is believed to be busier or quieter is what such days differ by (a gamma
    prior); all services share it.
    """
    hoped = sum(sum(its[:until]) for its in expected.values())
    seen = sum(sum((came.get(code) or [0] * until)[:until]) for code in expected)
    steady = 1 / found.bunched_day if found.bunched_day > 0 else math.inf
    ratio = 1.0 if math.isinf(steady) else (seen + steady) / (hoped + steady)
    return {
        code: [each if slot < until else each * ratio for slot, each in enumerate(its)]
        for code, its in expected.items()
    }


def band(mean: float, bunched: float) -> Slot:
    """Return the band of a half hour: the tenth and the ninetieth of a hundred such."""
    if mean <= 0:
        return Slot(0.0, 0, 0)
    return Slot(round(mean, 2), _quantile(mean, bunched, LOW), _quantile(mean, bunched, HIGH))


def _quantile(mean: float, bunched: float, share: float) -> int:
    size = 1 / max(bunched, 1e-6)  # less is as good as chance alone
    p = size / (size + mean)
    chance = below = math.exp(size * math.log(p))
    n = 0
    while below < share and n < 10 * mean + 100:
        n += 1
        chance *= (n - 1 + size) / n * (1 - p)
        below += chance
    return n
