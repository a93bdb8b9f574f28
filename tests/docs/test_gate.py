"""The gate looks once more at a few tests that failed beside others, and hides nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.gate import MOST

UNSTEADY = """
from pathlib import Path

def test_hangs_on_its_speed():
    seen = Path(__file__).with_name("seen")
    first = not seen.exists()
    seen.touch()
    assert not first
"""
WRONG = "def test_wrong():\n    assert False\n"


def gate(folder: Path, *tests: str) -> subprocess.CompletedProcess[str]:
    for number, text in enumerate(tests):
        Path(folder, f"test_{number}.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "tests.gate", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*command, "--rootdir", "."],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_passes_alone_is_named_as_unsteady(tmp_path: Path) -> None:
    run = gate(tmp_path, UNSTEADY)
    assert run.returncode == 0
    assert "1 failed" in run.stdout
    assert "UNSTEADY" in run.stdout.splitlines()[-2]
    assert "test_hangs_on_its_speed" in run.stdout.splitlines()[-1]


def test_what_fails_alone_too_fails(tmp_path: Path) -> None:
    run = gate(tmp_path, UNSTEADY, WRONG)
    assert run.returncode == 1
    assert "1 failed, 1 passed" in run.stdout


def test_many_failures_are_no_accident(tmp_path: Path) -> None:
    run = gate(tmp_path, *[WRONG] * MOST, UNSTEADY)
    assert run.returncode == 1
    assert "Once more" not in run.stdout


def test_no_test_at_all_is_no_failure(tmp_path: Path) -> None:
    assert gate(tmp_path, "").returncode == 0
