"""Writes the reference pages: ``python -m server.reference``."""

from __future__ import annotations

import sys
from pathlib import Path

from server.reference import Unexplained, calls, commands, events, metrics, settings

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = {
    "settings": settings.written,
    "commands": commands.written,
    "events": events.written,
    "metrics": metrics.written,
    "calls": calls.written,
}


def main() -> int:
    """Write every page; what has no words yet is told and nothing is written."""
    try:
        pages = {name: written() for name, written in PAGES.items()}
    except Unexplained as error:
        sys.stderr.write(f"not yet explained: {error}\n")
        return 1
    for name, text in pages.items():
        (DOCS / f"{name}.md").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
