"""The log tells what went wrong, never what variables held: there are passwords among them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.server.process import ROOT

FAILS = """
import sys
from server.logs import set_up_logging
set_up_logging(as_json=sys.argv[1] == "json")
import structlog
def log_in(password):
    raise RuntimeError("broken")
try:
    log_in(sys.argv[2])
except RuntimeError:
    structlog.get_logger().exception("request_failed")
"""


@pytest.mark.parametrize("form", ["words", "json"])
def test_a_fault_is_told_with_its_place_and_without_what_anybody_typed(form: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", FAILS, form, "tiga-kucing-oranye"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "RuntimeError: broken" in told.stderr
    assert "in log_in" in told.stderr
    assert "oranye" not in told.stderr
