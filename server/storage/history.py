"""Owns reading the log back: events for a screen that missed some, and replay into new tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import msgspec

from server.domain.events import AnyEvent, Envelope
from server.storage.published import Published

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
