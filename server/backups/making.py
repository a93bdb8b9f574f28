"""Owns making one backup by the plan: written, really restored, sealed; the oldest go."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from server.backups import archive, sealing
from server.domain.errors import Invalid, NotFound
from server.storage.address import in_a_file
from server.storage.database import DATABASE, connect
from server.storage.queries.backups import Plan
from server.storage.queries.offices import branches

MARK = ".ramah-backups"
"""A file in the folder that was chosen: a stick that is not plugged in has none."""
NAME, END = "ramah-", ".tar"


def choose(folder: Path) -> None:
    """Make a folder the one for backups.

    Raises:
        NotFound: there is none.
    """
    if not folder.is_dir():
        raise NotFound("There is no folder {folder}.", field="folder", folder=folder)
    (folder / MARK).touch()


def make(data: Path, plan: Plan) -> Path:
    """Make a backup by the plan and return its file, once it was restored to see whether it can be.

    Raises:
        NotFound: the folder is not there, or is another one.
        Invalid: what was written does not come back.
    """
    in_a_file(data)
    folder = Path(plan.folder)
    if not (folder / MARK).exists():
        raise NotFound(
            "The folder for backups is not there. Is the stick plugged in?", field="folder"
        )
    for left in folder.glob(f"{NAME}*{archive.UNFINISHED}"):
        left.unlink(missing_ok=True)  # of a power cut
    plain = folder / f"{NAME}{datetime.now(UTC):%Y%m%d-%H%M%S}{END}"
    waiting = plain.with_name(plain.name + ".checked" + archive.UNFINISHED)
    source = f"{(data / DATABASE).resolve().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(source, uri=True)) as db:
            archive.write(data, db, waiting)
        _try(waiting, data)
        target = plain
        if plan.public:
            target = plain.with_name(plain.name + sealing.SEALED)
            part = target.with_name(target.name + archive.UNFINISHED)
            sealing.seal(waiting, part, plan.public)
            part.replace(target)
        else:
            waiting.replace(target)
    finally:
        waiting.unlink(missing_ok=True)
    for old in files(folder)[plan.keep :]:
        old.unlink(missing_ok=True)
    return target


def files(folder: Path) -> list[Path]:
    """Return the backups in a folder, the newest first."""
    found = [*folder.glob(f"{NAME}*{END}"), *folder.glob(f"{NAME}*{END}{sealing.SEALED}")]
    return sorted(found, key=lambda each: each.name, reverse=True)


def _try(file: Path, data: Path) -> None:
    """Restore a backup beside the hall, bring it to this program's version, and throw it away.

    Raises:
        Invalid: it does not come back as it was.
    """
    with TemporaryDirectory(prefix="trial-", dir=data) as name:
        trial = Path(name)
        archive.unpack(file, trial)
        archive.check(trial / DATABASE)
        with closing(sqlite3.connect(trial / DATABASE)) as db:
            before = {each.code: each.seq for each in branches(db)}
        with closing(connect(trial)) as db:
            after = {each.code: each.seq for each in branches(db)}
        if before != after:
            raise Invalid("What was written does not come back as it was.", field="file")
