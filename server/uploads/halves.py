"""What uploads leave behind that were cut short."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def drop_old(paths: Iterable[Path], old_s: float) -> None:
    """Delete files that nobody has written to for so long."""
    now = time.time()
    for path in paths:
        with suppress(FileNotFoundError):  # another server was quicker
            if now - path.stat().st_mtime >= old_s:
                path.unlink()
