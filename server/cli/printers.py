"""Owns what ``ramah doctor`` says of printers: as asked now, or as they were last found."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from server.api.printers import STATES
from server.cli.asking import Now, ask_now
from server.cli.saying import moment
from server.domain.errors import Phrase
from server.domain.words import marked as _
from server.equipment import OK, PAPER_LOW, PRINTER, UNKNOWN
from server.storage.queries import equipment, offices, printers

STATE = _("{name}: {state}")
LAST_SEEN = _("{name}: {state} (since {since})")
Asked = dict[str, Now]
"""How each printer that can be asked from here is now, by its address."""


def asked_now(db: sqlite3.Connection) -> Asked:
    """Ask every printer that can be asked from here."""
    urls = sorted({each.url for each in printers.every_printer(db)})
    return dict(zip(urls, ask_now(urls), strict=True))


def ill_printers(db: sqlite3.Connection, asked: Asked) -> Iterator[Phrase]:
    """Tell of the printers in trouble, and of papers that wait."""
    for name, count, error in printers.held_up(db):
        one, more = _("{name}: 1 paper waits: {why}"), _("{name}: {count} papers wait: {why}")
        why = Phrase(STATES.get(error, error))
        yield Phrase(one if count == 1 else more, name=name, count=count, why=why)
    for name, state, since, url in _as_last_seen(db):
        now = asked[url]
        if now.trouble:
            yield Phrase(STATE, name=name, state=now.words)
        elif now.answered:
            continue  # what it says now counts
        elif state is not None and state not in {OK, PAPER_LOW, UNKNOWN}:
            yield Phrase(LAST_SEEN, name=name, state=_state_words(state), since=since)


def told_printers(db: sqlite3.Connection, asked: Asked) -> Iterator[Phrase]:
    """Tell the state of printers in no trouble: as asked now, or as last known."""
    for name, state, since, url in _as_last_seen(db):
        now = asked[url]
        if now.trouble:
            continue
        if now.answered or (now.asked and state in {None, OK, UNKNOWN}):
            yield Phrase(STATE, name=name, state=now.words)
        elif state is None:
            new = _("{name}: not asked yet; the server asks it as soon as it runs")
            yield Phrase(new, name=name)
        elif state == UNKNOWN:
            yield Phrase(_("{name}: not asked yet; the first paper will tell"), name=name)
        elif state in {OK, PAPER_LOW}:
            yield Phrase(LAST_SEEN, name=name, state=_state_words(state), since=since)


def _state_words(state: str) -> Phrase:
    return Phrase(STATES.get(state, STATES["io"]))


class _Seen(NamedTuple):
    """A printer as the server last found it; no state: it never ran with this printer."""

    name: str
    state: str | None
    since: str
    url: str


def _as_last_seen(db: sqlite3.Connection) -> list[_Seen]:
    known = offices.offices(db)
    states = {
        (branch.id, each.device): each
        for branch in offices.branches(db)
        for each in equipment.seen(db, branch.id)
        if each.what == PRINTER
    }
    found = []
    for each in sorted(printers.every_printer(db), key=lambda printer: printer.name):
        seen = states.get((each.branch, each.id))
        since = "" if seen is None else moment(seen.since, known.get(each.branch))
        found.append(_Seen(each.name, None if seen is None else seen.state, since, each.url))
    return found
