"""Runs a page's modules in Node, where a browser is not needed to say what they reckon."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUN = Path(__file__).with_name("run.mjs")


def in_node(words: str, given: object = None, *, zone: str = "UTC") -> Any:  # noqa: ANN401 - JSON
    """Return what an async function of JavaScript gives.

    Args:
        words: its body; ``load('/manager/period.js')`` gives a module, ``given`` is at hand.
        given: anything that JSON can say.
        zone: of the machine that the page runs on.
    """
    node = shutil.which("node")
    if node is None:
        pytest.fail("no node: the venv has one in its bin folder")
    done = subprocess.run(
        [node, "--no-warnings", RUN, ROOT],
        input=json.dumps({"words": words, "given": given}),
        env=os.environ | {"TZ": zone}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)
