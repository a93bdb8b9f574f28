"""What a day will be like: who comes by the forecast, when the office is open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from server.domain.hours import Period
from server.domain.office import Office
from server.domain.states import Priority
from server.plan.calendar import OfficeCalendar
from server.plan.forecast import Counts, fit
from server.plan.learned import MINUTE, Arrival, Learned
from server.plan.rota.trial import FEW, USUAL_PRIORITY, Expected
from server.plan.rota.values import HALF_HOURS, MINUTES, RotaRules, end_slot, slot_of

SOMEBODY = 0.05
"""People in a half hour below whom the office counts as closed."""
LEAST_DAY = 0.5
WEEKS = 10
"""Days known from which on a weekday that is not among them counts as closed."""


def days_of(week: str, count: int = 7) -> list[str]:
    """Return the days from one on."""
    first = date.fromisoformat(week)
    return [(first + timedelta(days=n)).isoformat() for n in range(count)]


def expected(
    office: Office, rules: RotaRules, learned: Learned, counts: Counts, day: str, today: str
) -> Expected | None:
    """Return how a day will be; ``None`` when the office is closed, or nothing is known of it.

    Args:
        office: with its hours.
        rules: hours said there go before the office's.
        learned: for the habit, where nobody says any hours.
        counts: who came on past days.
        day: that is planned.
        today: days before it are known.
    """
    past = {each: its for each, its in counts.items() if each < min(day, today)}
    if not past:
        return None
    calendar = OfficeCalendar(office)
    times = {each.code: calendar.periods(each.code, day) for each in office.services}
    if _never_open(past, day) and not any(times.values()):
        return None
    found = fit(past, min(day, today), calendar)
    people = found.day(day)
    for service in office.services:
        periods = times[service.code]
        if periods is not None:
            people[service.code] = _only_open(people.get(service.code, []), periods)
    people = {code: its for code, its in people.items() if sum(its) >= SOMEBODY}
    hours = _hours(rules, [each for each in times.values() if each], learned, people)
    if hours is None or sum(map(sum, people.values())) < LEAST_DAY:
        return None
    arrivals = [each for pattern in learned.patterns for each in pattern.arrivals]
    return Expected(day, *hours, people, found.bunched, found.bunched_day, _priority(arrivals))


def _never_open(past: Iterable[str], day: str) -> bool:
    """Return whether an office that is known for weeks had nobody on such a weekday."""
    weekdays = [date.fromisoformat(each).weekday() for each in past]
    return len(weekdays) >= WEEKS and date.fromisoformat(day).weekday() not in weekdays


def _only_open(its: Sequence[float], periods: Sequence[Period]) -> list[float]:
    """Keep the people of the half hours in which numbers are given."""
    return [
        each
        if any(
            slot_of(period.tickets_from or period.opens) <= slot
            < end_slot(period.last_ticket or period.closes)
            for period in periods
        )
        else 0.0
        for slot, each in enumerate(its or [0.0] * HALF_HOURS)
    ]  # fmt: skip


def _hours(
    rules: RotaRules, periods: Sequence[Sequence[Period]], learned: Learned,
    people: dict[str, list[float]],
) -> tuple[int, int] | None:  # fmt: skip
    """Return the half hours between which counters work: as said, by the office, by habit."""
    somebody = [
        slot for slot in range(HALF_HOURS)
        if sum(its[slot] for its in people.values()) >= SOMEBODY
    ]  # fmt: skip
    every = [period for its in periods for period in its]
    if not somebody:
        return None
    usual = round(min(learned.opens.values(), default=somebody[0] * MINUTES * MINUTE)
                  / (MINUTES * MINUTE))  # fmt: skip
    opens = min((slot_of(each.opens) for each in every), default=max(usual, somebody[0]))
    closes = max((end_slot(each.closes) for each in every), default=somebody[-1] + 1)
    if rules.opens:
        opens = slot_of(rules.opens)
    if rules.closes:
        closes = end_slot(rules.closes)
    return (opens, closes) if opens < closes else None


def _priority(arrivals: Sequence[Arrival]) -> float:
    if len(arrivals) < FEW:
        return USUAL_PRIORITY
    return sum(each.priority is Priority.PRIORITY for each in arrivals) / len(arrivals)
