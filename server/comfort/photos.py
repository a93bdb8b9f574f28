"""Owns the photos of faults: ``DATA/photos/BRANCH``, drawn anew and small. Call it in a thread.

They are in no backup: a photo that was erased by rule must not come back with one.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Collection
from pathlib import Path

from server.domain.errors import Invalid
from server.domain.words import marked as _
from server.uploads.apart import settled

MAX_BYTES = 12_000_000
"""Of a photo as a phone takes it; kept it has some 200 kB."""
MOST = 1_000
"""Photos of a branch; of more nobody would look at any."""
KEEP_FREE = 1_000_000_000
"""Photos never take the last of the disk: numbers are written there."""
PART_S = 3_600.0
"""An upload that a crash cut short is deleted when it is so old."""
NO_ROOM = _("There is no room for more photos. The words you wrote are kept.")


class Photos:
    """The files of one data folder."""

    def __init__(self, data: Path) -> None:
        self.folder = data / "photos"

    def keep(self, branch: int, name: str, content: bytes) -> str:
        """Draw a photo anew, without place and camera data, and keep it; return its file's name.

        Raises:
            Invalid: it is no picture, has too many pixels, or there is no room.
        """
        folder = self.folder / str(branch)
        folder.mkdir(parents=True, exist_ok=True)
        kept = sum(1 for _each in folder.glob("*.jpg"))
        if kept >= MOST or shutil.disk_usage(folder).free < KEEP_FREE:
            raise Invalid(NO_ROOM, field="body")
        part, file = folder / f"{name}.part", folder / f"{name}.jpg"
        try:
            part.write_bytes(content)
            settled(part, small=True)
            part.rename(file)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return file.name

    def path(self, branch: int, file: str) -> Path:
        """Return where a photo of a branch lies."""
        return self.folder / str(branch) / file

    def remove(self, branch: int, file: str) -> None:
        """Delete a photo."""
        self.path(branch, file).unlink(missing_ok=True)

    def sweep(self, branch: int, known: Collection[str]) -> None:
        """Delete what nothing names any more, but for what is on its way in."""
        old = time.time() - PART_S
        for path in (self.folder / str(branch)).glob("*"):
            if path.name not in known and path.stat().st_mtime < old:
                path.unlink(missing_ok=True)
