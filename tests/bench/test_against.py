"""Tests that two builds are compared fairly, and that another commit can be laid out to run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench.against import compared
from bench.builds import ROOT, Build, at_revision
from bench.cases import Quantity
from bench.cases.all import CASES

RATE = Quantity("rate", "/s", 1.5, more=True)
TIME = Quantity("time", "ms", 0.5)


def test_the_ratio_told_is_the_median_of_the_pairs_and_not_of_the_two_medians() -> None:
    then = [{"rate": 100.0}, {"rate": 50.0}, {"rate": 200.0}]
    now = [{"rate": 150.0}, {"rate": 100.0}, {"rate": 220.0}]
    told = compared("issue", RATE, then, now, [{"rate": 1000.0}])
    assert told.ratios == [1.5, 2.0, 1.1]
    assert told.ratio == 1.5
    assert (told.then, told.now, told.floor) == (100.0, 150.0, 1000.0)


@pytest.mark.parametrize(("now", "reached"), [(149.0, False), (150.0, True), (900.0, True)])
def test_a_rate_reaches_its_target_from_below(now: float, reached: bool) -> None:
    assert compared("issue", RATE, [{"rate": 100.0}], [{"rate": now}], []).ok is reached


@pytest.mark.parametrize(("now", "reached"), [(51.0, False), (50.0, True), (1.0, True)])
def test_a_time_reaches_its_target_from_above(now: float, reached: bool) -> None:
    assert compared("page", TIME, [{"time": 100.0}], [{"time": now}], []).ok is reached


def test_something_out_of_nothing_is_no_gain() -> None:
    told = compared("page", TIME, [{"time": 0.0}], [{"time": 3.0}], [])
    assert told.ratio > 1
    assert told.ok is False


def test_another_commit_runs_in_its_own_tree(tmp_path: Path) -> None:
    if subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, check=False).returncode:
        pytest.skip("not a checkout")
    build = at_revision("HEAD", tmp_path)
    assert build.root.parent == tmp_path
    found = build.run("-c", "import server; print(server.__file__)").strip()
    assert Path(found).is_relative_to(build.root)


def test_a_build_that_fails_says_what_it_said(tmp_path: Path) -> None:
    build = Build("broken", tmp_path, sys.executable)
    with pytest.raises(RuntimeError, match="nothing here"):
        build.run("-c", "raise SystemExit('nothing here')")


def test_a_commit_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no such thing"):
        at_revision("no such thing", tmp_path)


def test_every_case_has_its_line_in_the_guide() -> None:
    guide = (ROOT / "docs" / "bench.md").read_text("utf-8")
    assert [each.name for each in CASES if f"| `{each.name}` |" not in guide] == []
