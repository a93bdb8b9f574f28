"""Owns what a browser calls itself, in a few words that people know."""

from __future__ import annotations

import re

_PROGRAMS = (
    ("Ramah-Agent", "Ramah print agent"), ("Edg", "Edge"), ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
    ("Version", "Safari"),
)  # fmt: skip
"""Most of them call themselves several names: the first that is found is the true one."""
_MACHINES = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("CrOS", "ChromeOS"), ("Mac OS X", "macOS"), ("Tizen", "Tizen"), ("Web0S", "webOS"),
    ("Linux", "Linux"),
)  # fmt: skip
LONGEST = 40


def browser_of(user_agent: str) -> str:
    """Return program, version and machine, such as ``Chrome 120, Linux``; empty for nothing known.

    Only words of ours and digits come out of it: the header may hold anything.
    """
    told = user_agent[:400]
    words = []
    for name, called in _PROGRAMS:
        found = re.search(rf"\b{name}/(\d{{1,6}}(?:\.\d{{1,6}})?)", told)
        if found:
            version = found[1] if name == "Ramah-Agent" else found[1].partition(".")[0]
            words.append(f"{called} {version}")
            break
    words += next(([called] for name, called in _MACHINES if name in told), [])
    return ", ".join(words)[:LONGEST]
