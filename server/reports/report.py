"""Owns a report: the figures of a period, cut in every way the manager asks for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec

from server.domain.names import reading_order
from server.reports.cells import Cell, merged
from server.reports.cube import LIVE_DAYS, Cube, Filter, regroup
from server.reports.figures import Report, ReportBin, ReportHeat, ReportPoint, ReportSlice
from server.reports.histogram import bounds_ms, counts
from server.reports.kpi import Desk, figures
from server.reports.names import Names
from server.reports.reception import reception_figures
from server.storage.transaction import SqliteTx

MAX_DAYS = 1100
DAILY_UP_TO = 62
WEEKLY_UP_TO = 400
BINS_MINUTES = (0, 5, 10, 15, 20, 30, 45, 60, 90, 120)
"""Where the classes of the wait distribution begin; the last is open."""


class Asked(msgspec.Struct, frozen=True):
    """What a report is asked for: business days, both in, a filter, and days to compare with."""

    first: str
    last: str
    keep: Filter = Filter()
    compare_first: str | None = None
    compare_last: str | None = None
    language: str = "id"


def report(tx: SqliteTx, asked: Asked) -> Report:
    """Return the report; reads roll-ups for closed days and the log for the rest."""
    cube = Cube(tx, asked.first, asked.last, asked.keep)
    days = cube.by("day", "service", "priority")
    names = Names(tx, asked.language, {key[1] for key in days})
    by_day = regroup(days, lambda key: key[0])
    hours = cube.by("day", "hour", services=False)
    desks = cube.desks()
    totals = merged(by_day.values())
    whole = asked.keep == Filter() or asked.keep == Filter(counter=asked.keep.counter)
    compared = None
    if asked.compare_first is not None and asked.compare_last is not None:
        other = Cube(tx, asked.compare_first, asked.compare_last, asked.keep)
        compared = figures(other.total(), _desk(other.desks(), asked.keep) if whole else None)
    return Report(
        first=asked.first,
        last=asked.last,
        days=len(by_day),
        unrolled=max(0, len(cube.unrolled) - LIVE_DAYS),
        office=tx.office.name,
        zone=tx.office.zone_label,
        compare_first=asked.compare_first,
        compare_last=asked.compare_last,
        figures=figures(totals, _desk(desks, asked.keep) if whole else None),
        compared=compared,
        services=_slices(regroup(days, lambda key: key[1]), names.service),
        agencies=_slices(regroup(days, lambda key: names.agency_of(key[1])), names.agency),
        classes=_slices(regroup(days, lambda key: key[2]), lambda key: key),
        counters=_counters(cube, desks, names, whole=whole),
        hours=_hours(hours, len(by_day)),
        heat=_heat(hours),
        waits=_bins(totals),
        trend=_trend(tx, asked, by_day),
        reception=reception_figures(tx, asked.first, asked.last)
        if asked.keep == Filter()
        else None,
    )


def _desk(desks: dict[int, tuple[int, int]], keep: Filter) -> Desk:
    chosen = [
        times for number, times in desks.items() if keep.counter is None or number == keep.counter
    ]
    return Desk(sum(each[0] for each in chosen), sum(each[1] for each in chosen))


def _slices(cells: dict[str, Cell], name: Any) -> list[ReportSlice]:  # noqa: ANN401 - str -> str
    return [
        ReportSlice(key, name(key), figures(cells[key]))
        for key in sorted(cells, key=reading_order)
        if key
    ]


def _counters(
    cube: Cube, desks: dict[int, tuple[int, int]], names: Names, *, whole: bool
) -> list[ReportSlice]:
    """Return the counters, in their order and never ranked."""
    return [
        ReportSlice(
            str(number),
            names.counter(number),
            figures(cell, Desk(*desks.get(number, (0, 0))) if whole else None),
        )
        for (number,), cell in sorted(cube.by("counter", services=False).items())
        if number
    ]


def _hours(cells: dict[tuple[Any, ...], Cell], days: int) -> list[ReportSlice]:
    """Return the arrival profile: what came in each hour, and as a mean of the days counted."""
    return [
        ReportSlice(
            f"{hour:02d}",
            f"{hour:02d}.00",
            figures(cell) | {"turns_per_day": cell.turns / days if days else None},
        )
        for hour, cell in sorted(regroup(cells, lambda key: key[1]).items())
    ]


def _heat(cells: dict[tuple[Any, ...], Cell]) -> list[ReportHeat]:
    """Return hour by weekday; turns are means over the days of that weekday with numbers."""
    weekday = {day: date.fromisoformat(day).isoweekday() for day, _ in cells}
    days_of: dict[int, int] = {}
    for number in weekday.values():
        days_of[number] = days_of.get(number, 0) + 1
    groups = regroup(cells, lambda key: (weekday[key[0]], key[1]))
    return [
        ReportHeat(
            weekday=number,
            hour=hour,
            turns_per_day=cell.turns / days_of[number],
            wait_p50_s=told["wait_p50_s"],
            wait_p90_s=told["wait_p90_s"],
        )
        for (number, hour), cell in sorted(groups.items())
        for told in [figures(cell)]
    ]


def _bins(cell: Cell) -> list[ReportBin]:
    """Return how many waited how long; a bucket on an edge is counted by its middle."""
    found = [0] * len(BINS_MINUTES)
    for bucket, count in counts(cell.waits):
        low, end = bounds_ms(bucket)
        minutes = (low + end) / 120_000
        place = max(at for at, start in enumerate(BINS_MINUTES) if start <= minutes)
        found[place] += count
    ends = [*BINS_MINUTES[1:], None]
    return [
        ReportBin(start, end, count, count / cell.called if cell.called else None)
        for start, end, count in zip(BINS_MINUTES, ends, found, strict=True)
    ]


def _trend(tx: SqliteTx, asked: Asked, by_day: dict[str, Cell]) -> list[ReportPoint]:
    """Return the course: days (beside the same weekday a week before), else weeks, else months."""
    span = (date.fromisoformat(asked.last) - date.fromisoformat(asked.first)).days + 1
    if span <= DAILY_UP_TO:
        before = Cube(tx, _shifted(asked.first, -7), _shifted(asked.last, -7), asked.keep)
        earlier = {key[0]: cell for key, cell in before.by("day", services=False).items()}
        return [
            _point(day, day, by_day.get(day), earlier.get(_shifted(day, -7)))
            for day in (_shifted(asked.first, each) for each in range(span))
            if day in by_day or _shifted(day, -7) in earlier
        ]
    shape = _monday if span <= WEEKLY_UP_TO else _month
    groups: dict[str, list[str]] = {}
    for day in sorted(by_day):
        groups.setdefault(shape(day), []).append(day)
    return [
        _point(days[0], days[-1], merged(by_day[day] for day in days), None)
        for _, days in sorted(groups.items())
    ]


def _point(first: str, last: str, cell: Cell | None, before: Cell | None) -> ReportPoint:
    told = figures(cell) if cell is not None else {}
    earlier = figures(before) if before is not None else {}
    return ReportPoint(
        first=first,
        last=last,
        turns=cell.turns if cell is not None else 0,
        served=cell.served if cell is not None else 0,
        wait_p50_s=told.get("wait_p50_s"),
        wait_p90_s=told.get("wait_p90_s"),
        within_target=told.get("within_target"),
        before_turns=before.turns if before is not None else None,
        before_wait_p50_s=earlier.get("wait_p50_s"),
        before_wait_p90_s=earlier.get("wait_p90_s"),
    )


def _shifted(day: str, by: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=by)).isoformat()


def _monday(day: str) -> str:
    at = date.fromisoformat(day)
    return (at - timedelta(days=at.weekday())).isoformat()


def _month(day: str) -> str:
    return day[:7]
