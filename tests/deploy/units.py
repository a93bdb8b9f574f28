"""Owns reading the units in ``deploy/`` as systemd does: settings, and its sets of system calls."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
SETS = Path(__file__).with_name("syscall_sets.json")
"""Each set that a unit names, as systemd 252 (Debian 12) expands it."""


def settings(unit: Path) -> dict[str, list[str]]:
    """Return every value of each setting, in order; continued lines are joined."""
    found: dict[str, list[str]] = {}
    for line in unit.read_text("utf-8").replace("\\\n", " ").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith(("#", ";", "[")):
            found.setdefault(name.strip(), []).append(value.strip())
    return found


@cache
def kept_sets() -> dict[str, list[str]]:
    """Return the sets of system calls that are kept beside this module."""
    sets: dict[str, list[str]] = json.loads(SETS.read_text("utf-8"))
    return sets


def told_by_systemd(name: str) -> list[str]:
    """Ask the systemd of this machine for a set, with the sets in it expanded."""
    program = shutil.which("systemd-analyze")
    assert program is not None
    out = subprocess.run(
        [program, "--no-pager", "syscall-filter", name], capture_output=True, text=True, check=True
    ).stdout
    calls: set[str] = set()
    for line in out.splitlines()[1:]:
        word = line.strip()
        if word.startswith("@"):
            calls.update(told_by_systemd(word))
        elif word and not word.startswith("#"):
            calls.add(word)
    return sorted(calls)


def allowed_calls(unit: Path) -> list[str] | None:
    """Return the system calls a unit may make, by systemd.exec(5); ``None`` for all."""
    allowed: set[str] | None = None
    for line in settings(unit).get("SystemCallFilter", []):
        refused = line.startswith("~")
        for word in line.removeprefix("~").split():
            calls = set(kept_sets()[word]) if word.startswith("@") else {word}
            if allowed is None:
                assert not refused, f"{unit.name}: a list that begins with ~ is not read here"
                allowed = set(kept_sets()["@default"])
            allowed = allowed - calls if refused else allowed | calls
    return None if allowed is None else sorted(allowed)


def rules_of(unit: Path) -> dict[str, Any]:
    """Return the limits of a unit for ``confined.py``."""
    told = settings(unit)
    families = told.get("RestrictAddressFamilies")
    return {
        "calls": allowed_calls(unit),
        "error": told.get("SystemCallErrorNumber", [None])[-1],
        "families": None if families is None else families[-1].split(),
        "no_new_code": told.get("MemoryDenyWriteExecute") == ["yes"],
    }
