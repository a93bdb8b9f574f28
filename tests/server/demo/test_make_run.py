"""``make run`` gives the demo a past once: also after a first try that was stopped."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
NOTED = """#!/bin/sh
echo "$1" >> "$(dirname "$0")/verbs"
"""


def _verbs(bin_: Path, data: Path, *more: str) -> list[str]:
    """Run the real recipe with a program that only writes down what it was started for."""
    bin_.mkdir()
    (bin_ / "ramah").write_text(NOTED)
    (bin_ / "ramah").chmod(0o755)
    make = shutil.which("make")
    assert make is not None
    # the environment counts as made, however old the test's own is
    subprocess.run(
        [make, "-C", ROOT, "-o", "setup", "run", f"BIN={bin_}", f"DATA={data}", *more],
        check=True, capture_output=True,
    )  # fmt: skip
    return (bin_ / "verbs").read_text().split()


@pytest.mark.parametrize(
    "left", [(), ("server.lock",), ("server.lock", "unfinished-a1b2", "unfinished-c3d4")]
)
def test_a_folder_without_an_office_gets_a_past(tmp_path: Path, left: tuple[str, ...]) -> None:
    data = tmp_path / "data"
    for name in left:
        data.mkdir(exist_ok=True)
        (data / name).touch()
    assert _verbs(tmp_path / "bin", data) == ["demo", "serve"]


@pytest.mark.parametrize("held", ["ramah.db", "store", "my-server.lock", ".hidden"])
def test_a_folder_that_holds_something_keeps_it(tmp_path: Path, held: str) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "server.lock").touch()
    (data / held).touch()
    assert _verbs(tmp_path / "bin", data) == ["serve"]


def test_a_store_named_in_the_arguments_gets_none(tmp_path: Path) -> None:
    store = "ARGS=--store postgresql://127.0.0.1/nowhere"
    assert _verbs(tmp_path / "bin", tmp_path / "data", store) == ["serve"]
