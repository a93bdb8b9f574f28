"""Owns making one backup by the plan: written, brought there, really restored; the oldest go."""

from __future__ import annotations

import shutil
import sqlite3
import time
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import structlog

from server.auth.vault import Vault
from server.backups import archive, sealing
from server.backups.place import NAME, Place, place_of
from server.domain.errors import DomainError, Invalid
from server.storage.address import in_a_file
from server.storage.database import DATABASE, connect
from server.storage.queries.backups import Plan
from server.storage.queries.offices import branches

WORK = "trial-"
"""How folders in the data folder begin in which a backup is made and tried."""
LEFT_S = 24 * 3600
log = structlog.get_logger()


class Backup(NamedTuple):
    """One that was made."""

    name: str
    bytes: int


def make(data: Path, plan: Plan, vault: Vault) -> Backup:
    """Make a backup by the plan, once it was restored from its place to see whether it can be.

    Raises:
        NotFound: the place is not there, or is another one.
        Invalid: what was written does not come back.
    """
    in_a_file(data)
    place = place_of(plan, vault)
    place.look()
    _clear(data)
    name = f"{NAME}{datetime.now(UTC):%Y%m%d-%H%M%S}{place.ending()}"
    with TemporaryDirectory(prefix=WORK, dir=data) as folder:
        work = Path(folder)
        file, opening = _written(data, work, plan.public)
        if plan.public:
            name += sealing.SEALED
        _brought(place, file, name, opening)
        size = file.stat().st_size
    _thinned(place, name, plan.keep)
    return Backup(name, size)


def _thinned(place: Place, made: str, keep: int) -> None:
    """Remove the oldest, never the one just made: where the clock was ahead it is not the newest.

    It is a good one also where those cannot be removed, and is not made again for that.
    """
    try:
        for old in [each for each in place.names() if each != made][keep - 1 :]:
            place.remove(old)
    except (DomainError, OSError) as trouble:
        log.warning("backups_not_removed", why=str(trouble))


def _written(data: Path, work: Path, public: str) -> tuple[Path, str]:
    """Write a backup; return it, and the secret that opens it for the trial, if it is sealed.

    Nobody keeps that secret: it is made for this one, beside the one of the plan.
    """
    plain = work / "plain.tar"
    source = f"{(data / DATABASE).resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(source, uri=True)) as db:
        archive.write(data, db, plain, key=bool(public))
    if not public:
        return plain, ""
    secret, trial = sealing.new_key()
    sealed = work / "sealed.tar"
    sealing.seal(plain, sealed, public, trial)
    plain.unlink()
    return sealed, secret


def _brought(place: Place, file: Path, name: str, opening: str) -> None:
    """Put a backup in its place and restore it from there.

    Raises:
        Invalid: it does not come back as it was.
    """
    back = file.with_name("back.tar")
    try:
        place.put(file, name)
        place.fetch(name, back, file.stat().st_size)
        if opening:
            with sealing.opened_by(back, file.with_name("opened.tar"), opening) as plain:
                _try(plain, file.parent)
        else:
            _try(back, file.parent)
    except BaseException:
        _dropped(place, name)
        raise
    place.keep(name)


def _dropped(place: Place, name: str) -> None:
    """Leave nothing of one that failed; a place that is gone has its own trouble told already."""
    with suppress(DomainError, OSError):
        place.drop(name)


def _clear(data: Path) -> None:
    """Remove what a power cut left of one that was being made."""
    for left in data.glob(f"{WORK}*"):
        if left.is_dir() and time.time() - left.stat().st_mtime > LEFT_S:
            shutil.rmtree(left, ignore_errors=True)


def _try(file: Path, work: Path) -> None:
    """Restore a backup beside the hall, bring it to this program's version, and throw it away.

    Raises:
        Invalid: it does not come back as it was.
    """
    with TemporaryDirectory(prefix=WORK, dir=work) as name:
        trial = Path(name)
        archive.unpack(file, trial)
        archive.check(trial / DATABASE)
        with closing(sqlite3.connect(trial / DATABASE)) as db:
            before = {each.code: each.seq for each in branches(db)}
        with closing(connect(trial)) as db:
            after = {each.code: each.seq for each in branches(db)}
        if before != after:
            raise Invalid("What was written does not come back as it was.", field="file")
