"""Owns reading the log back: events for a screen that missed some, and replay into new tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

import msgspec

from server.domain.events import AnyEvent, Envelope
from server.storage.database import transaction
from server.storage.projection import append
from server.storage.published import Published
from server.storage.rows import Rows

decode_event = msgspec.json.Decoder(AnyEvent).decode

SELECT_EVENTS = """
SELECT seq, at, actor, data FROM events WHERE branch = ? AND seq > ? AND seq <= ? ORDER BY seq
"""


def envelopes(db: sqlite3.Connection, branch: int, after: int, upto: int) -> Iterator[Envelope]:
    """Yield the branch's events with ``after < seq <= upto``, in order."""
    for seq, at, actor, data in db.execute(SELECT_EVENTS, (branch, after, upto)):
        yield Envelope(seq, at, actor, decode_event(data))


def events_after(db: sqlite3.Connection, branch: int, after: int, upto: int) -> list[Published]:
    """Return the messages of the events with ``after < seq <= upto``, as screens get them."""
    return [
        Published(branch, each.seq, each.at, each.event)
        for each in envelopes(db, branch, after, upto)
    ]


def replay(db: sqlite3.Connection, branch: int, events: Iterable[Envelope]) -> int:
    """Append ``events`` to an empty branch and rebuild its rows; return the last number.

    Runs in one transaction. The events must start at 1 and have no gap.

    Raises:
        ValueError: a gap, or the branch is not empty.
        rows.Broken: an event does not fit the rows built so far.
    """
    with transaction(db):
        seq = int(db.execute("SELECT seq FROM branches WHERE id = ?", (branch,)).fetchone()[0])
        if seq != 0:
            message = "replay needs an empty branch"
            raise ValueError(message)
        rows = Rows(db, branch)
        for each in events:
            if each.seq != seq + 1:
                message = f"event {seq + 1} is missing"
                raise ValueError(message)
            seq = each.seq
            append(rows, seq, each.at, each.actor, each.event)
        rows.write()
        db.execute("UPDATE branches SET seq = ? WHERE id = ?", (seq, branch))
    return seq
