"""Owns making the plan for backups: what is asked for is looked at, and tried, before it counts."""

from __future__ import annotations

import re
import secrets
import sqlite3
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import msgspec

from server.auth.vault import Vault
from server.backups import buckets, place, sealing
from server.backups.buckets import Bucket
from server.domain.day import Millis
from server.domain.errors import Invalid, Refused
from server.domain.texts import CLOCK
from server.storage.queries import backups
from server.storage.queries.backups import Plan

MOST_KEPT = 1000
TRYING, LOOKING = Lock(), Lock()
"""One store, and one look at a folder, at once: those that hang leave threads to all others."""


class Wanted(NamedTuple):
    """What is asked for: a folder, or a place in a store with the secret of its key."""

    at: str
    keep: int
    key: str
    folder: str = ""
    bucket: Bucket | None = None
    secret: str = ""


def look(wanted: Wanted, data: Path) -> None:
    """Look at what is asked for and try it; this may take long. ``data``: the server's folder.

    Raises:
        DomainError: it cannot be done so; says why.
    """
    if not re.fullmatch(CLOCK, wanted.at):
        raise Invalid("Give the time as HH:MM.", field="at")
    if not 1 <= wanted.keep <= MOST_KEPT:
        raise Invalid("Keep 1 to 1000 backups.", field="keep")
    if wanted.key:
        sealing.check_public(wanted.key)
    if wanted.bucket is None:
        if not Path(wanted.folder).is_absolute():
            raise Invalid("Give the folder's whole path, beginning with /.", field="folder")
        _check_apart(Path(wanted.folder).resolve(), data.resolve())
        place.choose(Path(wanted.folder))
        return
    buckets.check(wanted.bucket, sealed=bool(wanted.key))
    if not TRYING.acquire(blocking=False):
        raise Refused("A place is being tried already. Please wait until it is known.")
    try:
        buckets.Opened(wanted.bucket, wanted.secret).try_it()
    finally:
        TRYING.release()


def _check_apart(folder: Path, data: Path) -> None:
    if folder == data or data in folder.parents:
        raise Refused(
            "The data themselves are in this folder: what takes them takes the backups, too. "
            "Choose a stick, or a folder on another machine.",
            field="folder",
        )


def same_disk(folder: str, data: Path) -> bool | None:
    """Return whether a folder of backups is on the disk whose loss they should help against.

    ``None`` while somebody else looks: a share that hangs keeps one thread, not one for each look.
    """
    if not LOOKING.acquire(blocking=False):
        return None
    try:
        return Path(folder).stat().st_dev == data.stat().st_dev
    except OSError:  # not plugged in: that it cannot be written is told by the backup itself
        return False
    finally:
        LOOKING.release()


def known_secret(db: sqlite3.Connection, vault: Vault, bucket: Bucket) -> str:
    """Return the secret that this access key has in the plan there is; empty for another key."""
    plan = backups.plan(db)
    if plan is None or not plan.bucket:
        return ""
    known = buckets.read(plan.bucket)
    if (known.endpoint, known.access_key) != (bucket.endpoint, bucket.access_key):
        return ""
    return vault.open(plan.secret, place.PLACE)


def put(db: sqlite3.Connection, vault: Vault, wanted: Wanted, now: Millis) -> Plan:
    """Put a plan in the place of the one there was, and return it."""
    before = backups.plan(db)
    plan = Plan(wanted.folder, wanted.at, wanted.keep, wanted.key, now)
    if wanted.bucket is not None:
        owner = before.owner if before is not None and before.owner else new_owner()
        plan = plan._replace(
            folder=wanted.bucket.shown, bucket=msgspec.json.encode(wanted.bucket).decode(),
            secret=vault.seal(db, wanted.secret, place.PLACE), owner=owner,
        )  # fmt: skip
    backups.set_plan(db, plan)
    return plan


def new_owner() -> str:
    """Return what tells this server's files from those of others in the same place."""
    return secrets.token_hex(4)
