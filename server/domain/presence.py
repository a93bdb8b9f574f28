"""Who is really there: which open counters a visitor may be promised.

A counter is opened by a login, by the keys on its desk, by a supervisor, or by a script that opens
all of them. Only some of these say that a person sits there, so a promise asks for a sign of life:
somebody who logged in holds the counter, a ticket is at it, or it was opened or moved a ticket
within minutes. One that worked today is believed until somebody it could call has waited for it
in vain.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from server.domain.day import Millis, day_bounds, local
from server.domain.hall import Present
from server.domain.hours import last_start
from server.domain.records import CounterNow
from server.domain.states import CounterState
from server.domain.tx import Tx

SEEN_MS = 15 * 60_000
"""How long a sign of life counts for a counter that nobody is logged in at."""
IN_VAIN_MS = 5 * 60_000
"""How long somebody waits at the longest for a counter that worked today and is free."""
AT_A_DESK = ("token:", "user:")
"""Actors whose opening says that somebody sits there; a command line's or a demo's does not."""


def attended(tx: Tx, service: str) -> bool:
    """Return whether somebody is there now who serves this service."""
    return any(service in offered for offered in offers(tx))


def offers(tx: Tx) -> Mapping[tuple[str, ...], int]:
    """Return how many counters with somebody there offer each set of service codes now."""
    return _present(tx).offers


def offered_beside(tx: Tx, service: str) -> Collection[str]:
    """Return what the counters offer that serve this service now, itself among it."""
    present = _present(tx)
    known = present.beside.get(service)
    if known is None:
        codes = {code for offered in present.offers if service in offered for code in offered}
        known = tuple(each.code for each in tx.office.services if each.code in codes)
        present.beside[service] = known
    return known


def _present(tx: Tx) -> Present:
    """Return who is there.

    Looked at when a counter changed, and once a second while one is open that nobody holds.
    """
    known = tx.hall.present
    if known is None or known.second not in {None, tx.now // 1000}:
        known = tx.hall.present = _look(tx)
    return known


def _look(tx: Tx) -> Present:
    found: dict[tuple[str, ...], int] = {}
    there, by_time = set(), False
    for counter in tx.counters().values():
        if counter.state is not CounterState.OPEN:
            continue
        if counter.holder is None:
            by_time = True
            if not is_there(tx, counter):
                continue
        there.add(counter.id)
        key = tuple(counter.services)
        found[key] = found.get(key, 0) + 1
    return Present(tx.now // 1000 if by_time else None, frozenset(there), found)


def is_there(tx: Tx, counter: CounterNow) -> bool:
    """Return whether somebody is at a counter to serve, as far as can be known."""
    if counter.state is not CounterState.OPEN:
        return False
    if counter.holder is not None or counter.id in tx.hall.at_counter:
        return True
    act = tx.hall.last_act(counter.id)
    if act is not None and tx.now - act.at < SEEN_MS:
        return True
    opened_here = tx.hall.openers.get(counter.id, "").startswith(AT_A_DESK)
    if opened_here and tx.now - _ready_since(tx, counter) < SEEN_MS:
        return True
    began, _ = day_bounds(tx.day, tx.office.zone, tx.office.day_start_minutes)
    return act is not None and act.at >= began and not _in_vain(tx, counter)


def _ready_since(tx: Tx, counter: CounterNow) -> Millis:
    """Return since when the counter could have worked: opened, and its services have begun.

    Who opens it at half past seven has nothing to do before eight, nor while all rest at noon.
    """
    now = local(tx.now, tx.office.zone)
    since = counter.since
    for service in tx.office.services:
        hours = tx.office.hours_of(service)
        if service.code in counter.services and hours is not None:
            start = last_start(hours, now)
            if start is not None:
                since = max(since, round(start.timestamp() * 1000))
    return since


def _in_vain(tx: Tx, counter: CounterNow) -> bool:
    """Return whether somebody whom a free counter could call has waited long."""
    heads = tx.heads(counter.id, counter.services)
    return any(tx.now - head.eligible_at >= IN_VAIN_MS for head in heads)
