"""100,000 turns of the commit before the hall in memory: same figures to the digit (``make soak``).

That program itself makes the past and answers about it; this one opens a copy of its folder.
"""

from __future__ import annotations

import http.client
import json
import math
import os
import shutil
import subprocess
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bench.builds import HERE, ROOT, Build, at_revision
from bench.log import full_days
from bench.office import Office, serving
from tests.server.storage.test_before import PERCENTILES, figures
from tests.server.waiting import until

BEFORE = "fecb2e8"
TURNS = 100_000

pytestmark = [
    pytest.mark.skipif(not os.environ.get("RAMAH_SOAK"), reason="long: make soak"),
    pytest.mark.timeout(900),
]


def answers(build: Build, data: Path) -> dict[str, Any]:
    """Return what a build says about the whole days of a past."""
    first, last = full_days(data)
    said = {}
    with serving(data, build=build) as office:
        for path in (
            f"/api/totals?day={first}", f"/api/totals?day={last}",
            f"/api/reports?from={first}&to={last}", f"/api/reports?from={last}&to={last}",
            f"/api/log?from={first}&to={last}&limit=500",
            f"/api/log?from={first}&to={last}&limit=500&sort=-issued&outcome=no_show",
        ):  # fmt: skip
            # days that this program counts anew are counted in the background
            said[path] = until(partial(_whole_answer, office, path), f"{path} is whole", 300)
    return said


def _ask(office: Office, path: str) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", office.port, timeout=120)
    login = {"Authorization": f"Bearer {office.token('manager')}"}
    connection.request("GET", path, headers=login)
    answer = connection.getresponse()
    assert answer.status == 200, path
    said: dict[str, Any] = json.loads(answer.read())
    connection.close()
    return said


def _whole_answer(office: Office, path: str) -> dict[str, Any] | None:
    said = _ask(office, path)
    return None if said.get("unrolled") else said


def test_a_large_past_of_the_program_before_says_the_same(tmp_path: Path) -> None:
    known = subprocess.run(
        ["git", "cat-file", "-e", BEFORE], cwd=ROOT, check=False, capture_output=True
    )
    if known.returncode:
        pytest.skip(f"no {BEFORE} here: a shallow clone, or no repository")
    then = at_revision(BEFORE, tmp_path)
    data = then.past(tmp_path / "past", TURNS)
    upgraded = tmp_path / "upgraded"
    shutil.copytree(data, upgraded)
    before, after = answers(then, data), answers(HERE, upgraded)
    compared = 0
    for path, said in before.items():
        now, old = dict(figures(after[path])), dict(figures(said))
        if path.startswith("/api/totals"):
            for key in PERCENTILES:
                old.pop(key)  # since then a report's, within one bucket
        found = {key: now.get(key, math.nan) for key in old}
        # to the twelfth digit: sum() of Python 3.12 rounds the last ones better than 3.11
        assert found == pytest.approx(old, rel=1e-12, abs=0), path
        compared += len(old)
    assert compared > 5_000
