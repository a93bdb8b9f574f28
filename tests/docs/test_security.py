"""The page that says how safe Ramah is names only tests and files that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOLD = (ROOT / "docs" / "security.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`((?:\w+/)+[\w.-]*(?:::\w+)?)`", TOLD)))
POINT = re.compile(r"^\| (\d+\.[\d.]+[^|]*) \| [^|]+ \| (\w+) \| ", re.MULTILINE)
STATES = {"yes", "part", "no", "none", "installer"}


@pytest.mark.parametrize("named", NAMED)
def test_what_proves_a_point_is_there(named: str) -> None:
    path, _, test = named.partition("::")
    assert (ROOT / path).exists()
    if test:
        assert re.search(rf"^(?:async )?def {test}\(", (ROOT / path).read_text(), re.MULTILINE)


def test_every_point_has_a_state_and_every_yes_of_weight_its_proof() -> None:
    points = POINT.findall(TOLD)
    assert len(points) == sum(line.startswith("| ") and line[2].isdigit()
                              for line in TOLD.splitlines())  # fmt: skip
    assert {state for _, state in points} == STATES
    for line in TOLD.splitlines():
        if " | no | " in line or " | part | " in line:
            assert not line.rstrip().endswith("| |"), f"what is missing is not said: {line}"


def test_every_chapter_of_the_standard_is_there() -> None:
    heads = " ".join(re.findall(r"^## ([\d, ]+)", TOLD, re.MULTILINE))
    assert {int(each) for each in re.findall(r"\d+", heads)} == set(range(1, 18))
