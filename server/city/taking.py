"""Taking an office's log into the city's tables: each event once and in order, whenever it comes.

The office rules and the city reads: events are applied as they are, none is decided here. What
came too early waits for those before it, so any order of arrival ends with the same tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from server.city.parts import Event, Head, event_of, known_here
from server.domain.errors import Conflict, NotFound, Refused
from server.domain.turns import Impossible
from server.domain.versions import numbers
from server.storage.queries import boxes, releases
from server.storage.queries.boxes import Box
from server.storage.transaction import SqliteTx

AT_ONCE = 200
"""Events of one turn of the writer: other offices' parts and the city's pages go in between."""
MOST_AHEAD = 100_000


class Stand(NamedTuple):
    """How far a box's log has come: the last event, and whether others wait behind a gap."""

    history: str | None
    seq: int
    ahead: int


def box_of(tx: SqliteTx) -> Box:
    """Return the box that rules this branch.

    Raises:
        NotFound: it is ruled here.
    """
    box = boxes.box(tx.aside, tx.branch)
    if box is None:
        raise NotFound("This branch is run by this server itself.", slug="no-box")
    return box


def stand(tx: SqliteTx) -> Stand:
    """Return how far the log of this branch's box has come."""
    box = box_of(tx)
    return Stand(box.history, tx.next_seq() - 1, box.ahead)


def hear(tx: SqliteTx, head: Head) -> Box:
    """Take what a box says of itself, before its events.

    Raises:
        Refused: its program is newer. Conflict: it sends another log than before, or another
            hall's.
    """
    box = box_of(tx)
    known_here(head)
    # first, as throwing this hall's log away would help nobody then
    other = boxes.known_as(tx.aside, head.history, tx.branch)
    if other is not None:
        raise Conflict(
            "This is the log of the hall '{other}', not of '{code}': the file or the token of "
            "another hall was taken.",
            slug="other-hall",
            other=other,
            code=box.code,
        )
    if box.history not in {None, head.history}:
        raise Conflict(
            "This office began another log, as after a restore. Look at both, then let it come "
            "anew with: ramah city again {code}",
            slug="other-log",
            code=box.code,
        )
    boxes.heard(tx.aside, tx.branch, head.history, head.newest, head.version, tx.now)
    may = releases.get(tx.aside, tx.branch)
    if may.version and may.took_at is None and numbers(may.version) == numbers(head.version):
        releases.put(tx.aside, tx.branch, may._replace(took_at=tx.now))
    return box


def take(tx: SqliteTx, head: Head, events: Sequence[Event]) -> Stand:
    """Take up to ``AT_ONCE`` events of a part; those that are here already change nothing.

    Raises:
        Conflict: they are other events than those that are here, or do not follow them.
        Refused, NotFound: as ``hear``.
    """
    box = hear(tx, head)
    last = tx.next_seq() - 1
    _same(tx, [each for each in events if each.envelope.seq <= last])
    early: list[Event] = []
    for each in events:
        if each.envelope.seq == last + 1:
            _follow(tx, each)
            last += 1
        elif each.envelope.seq > last:
            early.append(each)
    waiting = box.ahead
    if early:
        if waiting + len(early) > MOST_AHEAD:
            raise Refused(
                "Too much came before its time. Send the log from event {seq} on.",
                slug="too-early",
                seq=last + 1,
            )
        boxes.put_ahead(tx.aside, tx.branch, [each.kept for each in early])
        waiting += len(early)
    if waiting:
        last = _go_on(tx, last)
        box = box_of(tx)
        waiting = box.ahead
    return Stand(head.history, last, waiting)


def refuse(tx: SqliteTx, why: str) -> None:
    """Note why this branch's box is refused, for the city's people: its line is well."""
    boxes.refuse(tx.aside, tx.branch, why)


def taken() -> Conflict:
    """Return why numbers cannot be taken that are here already, under another branch.

    As of a hall that was admitted anew under another code, after a restore.
    """
    return Conflict("Numbers of this log are here already, under another branch.", slug="other-log")


def go_on(tx: SqliteTx) -> Stand:
    """Take events that waited for those before them, as many as one turn of the writer takes."""
    box = box_of(tx)
    last = _go_on(tx, tx.next_seq() - 1)
    return Stand(box.history, last, box_of(tx).ahead)


def _go_on(tx: SqliteTx, last: int) -> int:
    for row in boxes.ahead(tx.aside, tx.branch, last, AT_ONCE):
        if row.seq != last + 1:
            break
        _follow(tx, Event(event_of(row), row.data))
        last += 1
    boxes.drop_ahead(tx.aside, tx.branch, last)
    return last


def _same(tx: SqliteTx, events: Sequence[Event]) -> None:
    """Refuse events that are others than those that are here under the same numbers."""
    if not events:
        return
    first, last = events[0].envelope.seq, events[-1].envelope.seq
    known = {each.seq: each for each in boxes.of_log(tx.db, tx.branch, range(first, last + 1))}
    for each in events:
        if known.get(each.envelope.seq) != each.kept:
            raise _other(each.envelope.seq)


def _follow(tx: SqliteTx, each: Event) -> None:
    try:
        tx.follow(each.envelope)
    except Impossible:
        raise _other(each.envelope.seq) from None


def _other(seq: int) -> Conflict:
    return Conflict(
        "Event {seq} is another one than the city knows: this is not the log that came before.",
        slug="other-log",
        seq=seq,
    )
