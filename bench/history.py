"""The past of a bench: days of finished turns, played by the simulator that the demo uses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from server.clock import wall_clock
from server.demo.history import write_history
from server.demo.seed import history_plan
from server.domain.day import business_day
from server.domain.office import Office
from server.storage.database import DATABASE, connect
from server.storage.dialect import safe_again, unsafe
from server.storage.queries.offices import office

BRANCH = 1
TURNS_A_DAY = 1000


def past_days(
    office: Office, turns: int, turns_a_day: int = TURNS_A_DAY
) -> Iterator[tuple[str, int]]:
    """Yield (business day, visitors) of as many days before today as ``turns`` fill."""
    today = date.fromisoformat(business_day(wall_clock(), office.zone, office.day_start_minutes))
    days = -(-turns // turns_a_day)
    for back in range(days, 0, -1):
        yield (
            (today - timedelta(days=back)).isoformat(),
            min(turns_a_day, turns - (days - back) * turns_a_day),
        )


def fill(data: Path, turns: int) -> None:
    """Append about ``turns`` finished turns of past days to an office that no server uses."""
    with closing(connect(data)) as db:
        described = office(db, BRANCH)
        assert described is not None
        unsafe(db)
        plan = history_plan(described, [], 1)
        write_history(db, BRANCH, plan, list(past_days(described, turns)))
        safe_again(db)


def size(data: Path) -> int:
    """Return the bytes of the database file."""
    return (data / DATABASE).stat().st_size
