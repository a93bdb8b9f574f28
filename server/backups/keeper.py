"""Owns the clock of backups: one a day at the time of the plan, or when somebody asks for it."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from server.auth.vault import Vault
from server.backups.making import make
from server.domain.day import Millis, millis
from server.domain.errors import DomainError
from server.domain.tx import Actor
from server.storage.queries import backups
from server.storage.queries.backups import Made, Plan
from server.storage.store import Busy, Store, Unavailable
from server.storage.transaction import SqliteTx

EVERY_SECONDS = 2.0
AGAIN_MS = 30 * 60_000
"""After one that failed: a stick that is plugged in late is not missed until tomorrow."""
KEEPER = Actor("backups", "system")
log = structlog.get_logger()


class Keeper:
    """Makes backups as the plan says, beside the hall's work."""

    def __init__(self, data: Path, store: Store, vault: Vault) -> None:
        self._data = data
        self._store = store
        self._vault = vault

    async def run(self) -> None:
        """Keep backups, for ever."""
        while True:
            try:
                await self._look()
            except (Busy, Unavailable) as error:
                log.warning("backup_put_off", why=repr(error))
            await asyncio.sleep(EVERY_SECONDS)

    async def _look(self) -> None:
        for branch in (await self._store.configured())[:1]:
            plan = await self._store.transact(branch, KEEPER, wanted)
            if plan is not None:
                came = await asyncio.to_thread(attempt, self._data, plan, self._vault)
                await self._store.transact(branch, KEEPER, partial(keep, came=came))


def attempt(data: Path, plan: Plan, vault: Vault) -> tuple[str, int, int, str]:
    """Make a backup; return its file, bytes, how long it took in ms, or why there is none."""
    begun = time.monotonic()
    name, size, error = "", 0, ""
    try:
        name, size = make(data, plan, vault)
    except DomainError as refused:
        error = str(refused)
    except OSError as trouble:
        error = trouble.strerror or type(trouble).__name__
    if error:
        log.warning("backup_failed", why=error)
    return name, size, round((time.monotonic() - begun) * 1000), error


def keep(tx: SqliteTx, came: tuple[str, int, int, str]) -> None:
    """Keep what came of one."""
    backups.add(tx.aside, tx.now, came)


def wanted(tx: SqliteTx) -> Plan | None:
    """Return the plan when a backup is due now."""
    plan = backups.plan(tx.aside)
    if plan is None:
        return None
    last = next(iter(backups.made(tx.aside, 1)), None)
    return plan if plan.asked or due(plan, last, tx.now, tx.office.zone) else None


def due(plan: Plan, last: Made | None, now: Millis, zone: str) -> bool:
    """Whether the time of the plan came since the last one, or that one failed a while ago."""
    here = datetime.fromtimestamp(now / 1000, ZoneInfo(zone))
    hour, minute = map(int, plan.at.split(":"))
    moment = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if moment > here:
        moment -= timedelta(days=1)
    since = millis(moment)
    if (plan.since if last is None else last.at) > now:
        return True  # the clock was ahead then: waiting until it is there again may take years
    if last is None or last.at < since:
        return since > plan.since or last is not None
    return bool(last.error) and now - last.at > AGAIN_MS
