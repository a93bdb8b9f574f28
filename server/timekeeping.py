"""Owns the moment in which a jump of the clock begins to count, and what moves with it.

Whoever is in the hall then has waited as long as before, a missed visitor has the same grace, a
login is as old as it was: their moments move with the clock, by an event for the queue's tables
and beside it for keys, codes and kept answers. When it is another business day, they go on in it.
"""

from __future__ import annotations

import structlog

from server.domain.closing import carry_over
from server.domain.events import ClockSet
from server.domain.tx import Actor
from server.storage.queries import offices
from server.storage.queries.keys import move_with_clock
from server.storage.store import Store
from server.storage.transaction import SqliteTx

CLOCK = Actor("clock", "system")
log = structlog.get_logger()


async def let_jump_count(store: Store, actor: Actor = CLOCK, *, anyway: bool = False) -> int:
    """Let a jump of the clock count when it has held, or ``anyway``; return by how many ms.

    Raises:
        Busy, Unavailable: as for every write; then the jump counts later.
    """
    clock = store.clock
    jump = clock.jump()
    if jump is None or (jump.counts_in_ms and not anyway):
        clock.step(anyway=anyway)
        return 0
    branches = await store.configured()
    # keys are everybody's, also where no hall is ruled here, as in a city of offices with servers
    anywhere = branches or [each.id for each in await store.read(offices.branches)]
    moves_keys = bool(anywhere) and store.owners.leads  # once, for all servers of a store

    # later first, so that no key ends in between
    if moves_keys and jump.by_ms > 0:
        await store.transact(anywhere[0], actor, lambda tx: move_with_clock(tx.aside, jump.by_ms))
    was, since = clock(), clock.machine_began()
    by_ms = clock.step(anyway=anyway)
    if moves_keys and jump.by_ms < 0:
        await store.transact(anywhere[0], actor, lambda tx: move_with_clock(tx.aside, jump.by_ms))
    staff = actor.id if anyway else None
    for branch in branches:

        def told(tx: SqliteTx) -> None:
            tx.append(ClockSet(was=was, by_ms=by_ms, since=since, staff=staff))
            carry_over(tx, clock.began)

        await store.transact(branch, actor, told)
    log.warning("clock_set", by_s=round(by_ms / 1000), by_hand=anyway)
    store.on_outside_change()
    return by_ms
