"""A screen that followed the events shows what a screen that just came would show."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from server.domain.events import AUDIENCES, Audience
from tests.vectors.hall_day import KEPT, clumsy_day, kinds, whole_day, written

CHECK = Path(__file__).with_name("check.mjs")
DAYS = 10 if os.environ.get("RAMAH_SOAK") else 3


def followed(*files: Path) -> int:
    """Return how many events the page's code followed to the server's own snapshots."""
    node = shutil.which("node")
    if node is None:
        pytest.fail("no node: the venv has one in its bin folder")
    done = subprocess.run([node, CHECK, *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return int(done.stdout)


def test_events_lead_from_each_snapshot_of_a_whole_day_to_the_next(tmp_path: Path) -> None:
    """The kept days hold every kind of event for the hall and for staff; these for all others."""
    files = [*KEPT.values()]
    for audience in {*AUDIENCES} - KEPT.keys():
        files.append(tmp_path / f"{audience.name}.json")
        files[-1].write_text(written(whole_day(audience)), encoding="utf-8")
    assert followed(*files) > 400


@pytest.mark.parametrize("audience", KEPT)
def test_the_kept_day_is_what_the_hall_does_today(audience: Audience) -> None:
    """Else: ``python -m tests.vectors.hall_day`` and look at what changed."""
    assert written(whole_day(audience)) == KEPT[audience].read_text(encoding="utf-8")


def test_events_lead_through_days_of_chance(tmp_path: Path) -> None:
    days = [clumsy_day(seed, audience) for seed in range(DAYS) for audience in KEPT]
    files = [tmp_path / f"{seed}.json" for seed, _ in enumerate(days)]
    for day, file in zip(days, files, strict=True):
        file.write_text(written(day), encoding="utf-8")
    assert followed(*files) > 200
    seen = set().union(*map(kinds, days))
    assert seen >= {"called", "recalled", "started", "transferred", "held", "freed", "undone"}


def test_who_goes_on_at_the_same_counter_is_not_called_in_the_hall() -> None:
    day = whole_day()
    (event,) = (e for step in day["steps"] for e in step["events"] if e.get("seated"))
    heard = {call["seq"] for step in day["steps"] for call in step["after"].get("recent_calls", [])}
    assert event["kind"] == "called"
    assert event["seq"] not in heard
