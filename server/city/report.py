"""One report over all halls: roll-ups merge, so a city's year costs no more than its halls' do.

Halls are compared service by service, never as a whole: who counts passports is not slower than
who hands out queue papers. A service is the same in two halls when it has the same name.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from server.auth.reach import Part
from server.domain.names import reading_order, service_name
from server.reports.cells import Cell, merged
from server.reports.cube import LIVE_DAYS, Cube, Filter, regroup
from server.reports.kpi import Desk, Value, figures
from server.storage.transaction import SqliteTx


class HallFigures(msgspec.Struct, frozen=True):
    """One hall in figures: their names as ``GET /api/reports/kpis`` has them.

    Attributes:
        n: turns that were called, which the waits are of.
    """

    code: str
    name: str
    n: int
    figures: dict[str, Value]


class ServiceInHalls(msgspec.Struct, frozen=True):
    """A service in all halls together, and in each that offers it."""

    name: str
    n: int
    figures: dict[str, Value]
    halls: list[HallFigures]


class CityReport(msgspec.Struct, frozen=True):
    """Answer of ``GET /api/city/report``: business days, both in.

    Attributes:
        unrolled: days of some hall that are still to be counted.
    """

    first: str
    last: str
    n: int
    figures: dict[str, Value]
    halls: list[HallFigures]
    services: list[ServiceInHalls]
    unrolled: int


class HallCells(NamedTuple):
    """What one hall adds: a cell for each of its services by name, and its counters' time.

    Counters serve all tenants of a shared hall: a part of it has no time of its own.
    """

    code: str
    name: str
    services: dict[str, Cell]
    desk: Desk | None
    unrolled: int


def cells(tx: SqliteTx, code: str, first: str, last: str, language: str, part: Part) -> HallCells:
    """Count one hall, or a part of it; reads only."""
    cube = Cube(tx, first, last, Filter(part.services))
    by_name = regroup(
        cube.by("service"), lambda key: service_name(tx.office, str(key[0]), language)
    )
    times = cube.desks().values()
    opened, paused = sum(each[0] for each in times), sum(each[1] for each in times)
    desk = None if part.services else Desk(opened, paused)
    return HallCells(code, tx.office.name, by_name, desk, max(0, len(cube.unrolled) - LIVE_DAYS))


def city_report(first: str, last: str, counted: Iterable[HallCells]) -> CityReport:
    """Return the figures of all halls together, of each hall, and of each service."""
    found = sorted(counted, key=lambda hall: (reading_order(hall.name), hall.code))
    totals = {hall.code: merged(hall.services.values()) for hall in found}
    whole = merged(totals.values())
    desks = [each.desk for each in found if each.desk is not None]
    desk = Desk(sum(each.open_ms for each in desks), sum(each.break_ms for each in desks))
    alone = len(desks) == len(found)
    names = sorted({name for hall in found for name in hall.services}, key=reading_order)
    return CityReport(
        first=first,
        last=last,
        n=whole.called,
        figures=figures(whole, desk if alone else None),
        halls=[_of_hall(hall, totals[hall.code], hall.desk) for hall in found],
        services=[_service(name, found) for name in names],
        unrolled=sum(each.unrolled for each in found),
    )


def _service(name: str, found: list[HallCells]) -> ServiceInHalls:
    offering = [hall for hall in found if name in hall.services]
    whole = merged(hall.services[name] for hall in offering)
    halls = [_of_hall(hall, hall.services[name], None) for hall in offering]
    return ServiceInHalls(name, whole.called, figures(whole), halls)


def _of_hall(hall: HallCells, cell: Cell, desk: Desk | None) -> HallFigures:
    return HallFigures(hall.code, hall.name, cell.called, figures(cell, desk))
