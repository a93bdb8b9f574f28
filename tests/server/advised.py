"""An advice in the log of a hall, as the process beside it would have it given."""

from __future__ import annotations

from contextlib import closing

import msgspec

from server.auth import registry
from server.domain.advice_events import Advised
from server.domain.desks import counter_ref
from server.plan.advisor import ADVISER
from server.plan.futures import Sum
from server.plan.hindsight import Hindsight
from server.storage.database import connect, transaction
from server.storage.ids import Ids
from server.storage.queries import advices
from server.storage.transaction import SqliteTx
from server.storage.writer import run_alone
from tests.server.process import Hall

MINUTE = 60_000


def advised(hall: Hall, counter: str = "2") -> str:
    """Give an advice to open a counter for an hour; return its id."""

    def give(tx: SqliteTx) -> str:
        key = tx.new_id()
        chosen = tx.office.counter(counter)
        tx.append(Advised(
            advice=key, day=tx.day, counter=counter_ref(chosen), service=chosen.services[0],
            until=tx.now + 60 * MINUTE, target=15, people=41, late=31, late_with=12, over=640,
            over_with=210, wait=42, wait_with=19, model="advice-1",
        ))  # fmt: skip
        return key

    with closing(connect(hall.server.data)) as db:
        branch = registry.branch_of(db, hall.code)
        return run_alone(db, branch, ADVISER, Ids(), give)


def looked_back(hall: Hall, key: str, *, opened: bool, without: int, with_it: int) -> None:
    """Keep what came of an advice, minutes beyond the promise."""
    seen = Hindsight(40, Sum(10, without), Sum(11, without), Sum(6, with_it), opened)
    with closing(connect(hall.server.data)) as db, transaction(db):
        branch = registry.branch_of(db, hall.code)
        advices.keep_inputs(db, branch, key, b"")
        advices.keep_seen(db, key, msgspec.json.encode(seen).decode())
