"""The past of a bench: days of finished turns, played by the simulator that the demo uses."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import msgspec

from server.clock import wall_clock
from server.demo.history import FAST, write_history
from server.demo.seed import history_plan
from server.domain.day import business_day
from server.domain.office import Office
from server.storage.database import DATABASE, connect

BRANCH = 1
TURNS_A_DAY = 1000
SELECT_OFFICE = """
SELECT settings.office FROM branches
JOIN settings ON settings.branch = branches.id AND settings.version = branches.settings_version
WHERE branches.id = ?
"""


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
        office = msgspec.json.decode(
            db.execute(SELECT_OFFICE, (BRANCH,)).fetchone()[0], type=Office
        )
        _settings(db, FAST)
        write_history(db, BRANCH, history_plan(office, [], 1), list(past_days(office, turns)))
        _settings(db, ("PRAGMA synchronous = FULL", "PRAGMA journal_mode = WAL"))


def _settings(db: sqlite3.Connection, pragmas: tuple[str, ...]) -> None:
    for pragma in pragmas:
        db.execute(pragma)


def size(data: Path) -> int:
    """Return the bytes of the database file."""
    return (data / DATABASE).stat().st_size
