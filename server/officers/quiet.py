"""Owns the quiet call: a key held at a counter, and what becomes of it.

Whoever stands before the counter may force the officer to call it off. So the officer's own word
never ends it: it ends by two persons, or by one who directs the hall and says why.
"""

from __future__ import annotations

from server.domain.desks import check_holder, counter_ref, directs, find_counter, now_at
from server.domain.errors import NotFound, Refused
from server.domain.event_base import CounterRef
from server.domain.events import AlarmCleared, AlarmRaised, QuietCallChanged, QuietCalled
from server.domain.quiet_events import QuietStep
from server.storage.queries import officers
from server.storage.queries.officers import QuietCall
from server.storage.transaction import SqliteTx

RULE = "quiet_call"
"""The alarm that goes with it; its subject is the counter's number."""


def call(tx: SqliteTx, counter_key: str) -> QuietCall:
    """Call for help from a counter; called again before it is over, it is the same call.

    Raises:
        NotFound: no such counter. Conflict: another person sits there.
        Refused: this office does without.
    """
    if not tx.office.officers.quiet_call:
        raise Refused("This office has no quiet call.", slug="not-now")
    counter = find_counter(tx, counter_key)
    check_holder(tx, counter, now_at(tx, counter))
    known = officers.open_at(tx.db, tx.branch, counter.id)
    if known is not None:
        return known
    ref = counter_ref(counter)
    tx.append(QuietCalled(tx.new_id(), tx.day, ref, staff=tx.actor.id))
    tx.append(AlarmRaised(rule=RULE, subject=str(counter.number), value=0, limit=0))
    made = officers.open_at(tx.db, tx.branch, counter.id)
    assert made is not None  # noqa: S101 - it was appended in this transaction
    return made


def going(tx: SqliteTx, key: str) -> QuietCall:
    """Say that one goes there; the officer's small sign tells it."""
    known = one(tx, key)
    if known.step == "called":
        _change(tx, known, "going")
    return one(tx, key)


def over(tx: SqliteTx, key: str, reason: str = "") -> QuietCall:
    """Say that it is over; the second person's word ends it, or a reason of who directs the hall.

    Raises:
        Refused: the actor is neither the one who called nor directs the hall.
    """
    known = one(tx, key)
    if known.step == "ended":
        return known
    if tx.actor.id != known.staff and not directs(tx):
        raise Refused("Only who called, supervisors and managers end it.", slug="not-allowed")
    second = known.confirmed_by is not None and known.confirmed_by != tx.actor.id
    alone = bool(reason) and directs(tx) and tx.actor.id != known.staff
    if second or alone:
        _change(tx, known, "ended", reason)
        tx.append(AlarmCleared(rule=RULE, subject=str(known.number)))
    elif known.confirmed_by is None:
        _change(tx, known, "confirmed", reason)
    return one(tx, key)


def one(tx: SqliteTx, key: str) -> QuietCall:
    """Return a quiet call of this branch.

    Raises:
        NotFound: there is none with this id.
    """
    found = officers.quiet_call(tx.db, tx.branch, key)
    if found is None:
        raise NotFound("There is no such call.", slug="unknown-call")
    return found


def _change(tx: SqliteTx, known: QuietCall, step: QuietStep, reason: str = "") -> None:
    ref = CounterRef(known.counter, known.number)
    event = QuietCallChanged(known.id, ref, step, reason or None, staff=tx.actor.id)
    tx.append(event)
