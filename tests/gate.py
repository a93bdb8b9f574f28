"""Run pytest, and what failed beside others once more with nothing beside it.

    python -m tests.gate -n 3 tests

On two cores a few thousand tests of real servers and browsers share the processor; one that failed
there and passes alone hung on the machine's speed. It is named as unsteady at the end (a fault to
be mended, usually the test's haste, at times a race of the product). More than ``MOST`` are no
accident: then nothing is tried again. Exits as pytest does; no test at all (5) is no failure.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

MOST = 5
"""So many failed tests are tried once more."""

LISTED = "RAMAH_FAILED"
"""Names the file that a run writes its failed tests into, a node id on each line."""


def main(arguments: list[str]) -> int:
    """Return the status of the run, or of the second look at the few that failed."""
    with tempfile.TemporaryDirectory(prefix="ramah-gate-") as folder:
        listed = Path(folder, "failed")
        status = _pytest(arguments, listed)
        if status == pytest.ExitCode.NO_TESTS_COLLECTED:
            return 0
        failed = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
        if status != pytest.ExitCode.TESTS_FAILED or not 0 < len(failed) <= MOST:
            return status
        _say("Once more, with nothing beside them", failed)
        status = _pytest(["-p", "no:cacheprovider", *failed], Path(folder, "again"))
    if status == 0:
        _say("UNSTEADY, mend them: failed beside others, passed alone", failed)
    return status


def _say(what: str, tests: list[str]) -> None:
    sys.stdout.write("\n" + "\n  ".join([f"{what}:", *tests]) + "\n")
    sys.stdout.flush()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Write down what failed; this module is a plugin of the runs that it starts."""
    if listed := os.environ.get(LISTED):
        ended = (terminalreporter.getreports(how) for how in ("failed", "error"))
        names = dict.fromkeys(each.nodeid for reports in ended for each in reports)
        Path(listed).write_text("".join(f"{name}\n" for name in names), encoding="utf-8")


def _pytest(arguments: list[str], listed: Path) -> int:
    command = [sys.executable, "-m", "pytest", "-p", "tests.gate", *arguments]
    return subprocess.run(command, env={**os.environ, LISTED: str(listed)}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
