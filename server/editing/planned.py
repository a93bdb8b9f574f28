"""Owns settings that come into force at a moment: "from Monday, 07:30"."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from functools import partial

import msgspec
import structlog

from server.domain.day import Millis, local, millis, zone
from server.domain.errors import DomainError, Invalid
from server.domain.tx import Actor
from server.editing.saving import as_text, full, read, save
from server.storage.queries import plans
from server.storage.store import Busy, Store, Unavailable
from server.storage.transaction import SqliteTx

EVERY_SECONDS = 2.0
FARTHEST = timedelta(days=400)
MOST = 20
"""Planned changes of one office at once."""
log = structlog.get_logger()


def moment(text: str, zone_name: str, now: Millis, field: str = "at") -> Millis:
    """Return a time of the office's own clock, ``2026-11-30T07:30``, as a moment.

    Of an hour that comes twice in autumn, the first time counts.

    Raises:
        Invalid: it is none, does not exist on that day, is over, or is too far away.
    """
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        wall = datetime.min.replace(tzinfo=zone(zone_name))
    if wall.tzinfo is not None:
        raise Invalid(
            "'{value}' is no day and time like 2026-11-30T07:30.", field=field, value=text
        )
    at = millis(wall.replace(tzinfo=zone(zone_name)))
    if local(at, zone_name).replace(tzinfo=None) != wall:
        raise Invalid("Clocks go forward on that day: this time does not exist.", field=field)
    if at <= now or wall > local(now, zone_name).replace(tzinfo=None) + FARTHEST:
        raise Invalid("Please choose a time to come, within a year.", field=field)
    return at


class Planned:
    """Puts what is planned in force when its time has come."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def run(self) -> None:
        """Watch, for ever."""
        while True:
            try:
                due = partial(plans.due, now=self._store.clock())
                for plan in await self._store.read(due, asked=False):
                    if self._store.owners.has(plan.branch):
                        await self._begin(plan)
            except (Busy, Unavailable) as error:
                log.warning("plans_put_off", why=repr(error))
            await asyncio.sleep(EVERY_SECONDS)

    async def _begin(self, plan: plans.Plan) -> None:
        actor = Actor(plan.actor, plan.role, plan.name, person=plan.actor.startswith("user:"))
        try:
            await self._store.transact(plan.branch, actor, partial(put_in_force, plan=plan))
        except DomainError as error:
            why = msgspec.json.encode(
                {"message": error.message, "params": {k: str(v) for k, v in error.params.items()}}
            ).decode()
            log.warning("plan_not_in_force", branch=plan.branch, why=str(error))
            await self._store.transact(
                plan.branch, actor, lambda tx: plans.note_trouble(tx.aside, plan.id, why)
            )


def put_in_force(tx: SqliteTx, plan: plans.Plan) -> None:
    """Put one planned change in force; it is a plan no more.

    From now on its end, if it has one, takes back what it changed, and nothing that others did.

    Raises:
        Overtaken: somebody changed the same since. Invalid: it does not fit any more.
    """
    if plans.drop(tx.aside, tx.branch, plan.id):
        before = as_text(full(tx.office))
        version = save(tx, plan.base, read(plan.settings))
        plans.end_with(tx.aside, tx.branch, plan.id, version, before)
