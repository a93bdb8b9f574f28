"""What uploads leave behind that were cut short."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def drop_old(paths: Iterable[Path], old_s: float) -> None:
    """Delete files and empty folders that nobody has written to for so long."""
    now = time.time()
    for path in paths:
        with suppress(FileNotFoundError):  # another server was quicker
            if max(0.0, now - path.stat().st_mtime) < old_s:
                continue
            if path.is_dir():
                with suppress(OSError):  # something newer is in it
                    path.rmdir()
            else:
                path.unlink()
