"""Owns what a visitor is told of the wait, the same wherever they ask.

What was worked out beside the hall is looked up; while nothing fresh lies there, a formula stands
in. Rounded to what people say; nothing rather than something wrong.
"""

from __future__ import annotations

import math

from server.domain.errors import NotFound
from server.domain.estimate import MODEL, Estimate, estimate_wait
from server.domain.events import Quote
from server.domain.foretold import Range
from server.domain.office import Service
from server.domain.presence import offered_beside, offers
from server.domain.records import Turn
from server.domain.states import Priority
from server.domain.tx import Tx

BY_ONE = 10
"""Minutes up to which people say single minutes; then steps of five."""
STEP = 5


def newcomer(tx: Tx, service: Service, priority: Priority, ahead: int) -> Quote:
    """Return what somebody is told who takes a number now, with ``ahead`` people before them."""
    known = tx.foretold()
    if known is None or not known.knows(service.code):
        return _formula(tx, service, ahead)
    return _quote(ahead, known.model, known.newcomer(service.code, priority, ahead))


def in_line(tx: Tx, turn: Turn, ahead: int) -> Quote:
    """Return what somebody is told who waits already."""
    known = tx.foretold()
    found = None if known is None else known.waiting(turn.arrival, tx.now)
    if known is not None and found is not None:
        return _quote(ahead, known.model, found)
    try:
        service = tx.office.service(turn.service)
    except NotFound:
        return Quote(ahead, MODEL)
    if turn.for_counter:
        return _formula(tx, service, ahead)
    return newcomer(tx, service, turn.priority, ahead)


def told_right(tx: Tx) -> int | None:
    """Return how many of the last hundred who waited were told right, where that is to be said.

    ``None`` before a hundred of the last two weeks, and while ``[waits] tell_hits`` is off.
    """
    known = tx.last_foretold() if tx.office.waits.tell_hits else None
    return None if known is None else known.hits


def _formula(tx: Tx, service: Service, ahead: int) -> Quote:
    return Quote(
        ahead, MODEL, estimate_wait(service, ahead, offered_work(tx, service.code), offers(tx))
    )


def _quote(ahead: int, model: str, found: Range | None) -> Quote:
    if found is None:
        return Quote(ahead, model)
    return Quote(ahead, model, said(found), round(found.middle * 60))


def said(found: Range) -> Estimate:
    """Return a range as people say it: the upper end is never shortened."""
    low = _lower(found.low)
    high = math.ceil(found.high) if found.high <= BY_ONE else math.ceil(found.high / STEP) * STEP
    return Estimate(low, max(high, low + (1 if low < BY_ONE else STEP) if low else 1))


def _lower(minutes: float) -> int:
    """Round to the nearest minute; to fives, upwards only from the last quarter on.

    The nearest five would take whole minutes away, and with them who is called a little earlier.
    """
    if minutes < BY_ONE:
        return math.floor(minutes + 0.5)
    return math.floor(minutes / STEP + 0.25) * STEP


def offered_work(tx: Tx, service: str) -> dict[str, float]:
    """Return the minutes of work that wait where a service is served, as the settings reckon it.

    By service code; what no counter offers together with it matters to nobody who waits for it.
    """
    queues, now, office = tx.today.queues, tx.now, tx.office
    work = {}
    for code in offered_beside(tx, service):
        queue = queues.get(code)
        if queue is not None:
            work[code] = queue.present(now) * office.service(code).typical_minutes
    return work
