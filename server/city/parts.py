"""A part of a log on its way from an office to the city: by the network, or by a file on a stick.

Packed lines of JSON: first what log it is of, then the events, in order. A file is one long part.
Whoever holds a part can follow numbers on their phone pages: it is kept and sent as a secret.
"""

from __future__ import annotations

import gzip
import io
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from typing import Protocol

import msgspec

from server.domain.day import Millis
from server.domain.errors import Invalid, Refused
from server.domain.events import AnyEvent, Envelope
from server.storage.database import migrations
from server.storage.dialect import version as version_of
from server.storage.queries import boxes
from server.storage.queries.boxes import Ahead

FORM = 1
MOST_EVENTS = 1000
MOST_PACKED = 1_000_000
"""Bytes of a part that is sent by the network."""
MOST_PLAIN = 16_000_000
"""Bytes that such a part may unpack to."""
LONGEST_LINE = 2_000_000
"""Settings with a logo are the largest of all events."""
ENOUGH_PLAIN = 4_000_000
"""A part ends after the event that brings it beyond so many bytes."""


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What log a part is of.

    Attributes:
        form: of the part; another one is refused.
        code: the branch, as the office calls it.
        history: name of the log; another one begins when a backup is brought back.
        newest: the last event that the office has.
        schema: what the office's program may write; newer than ours is refused, not guessed at.
        version: of the office's program, for people.
    """

    form: int
    code: str
    history: str
    newest: int
    schema: int
    version: str = ""


class Lines(Protocol):
    """What lines are read from: packed or not, from a file or a request."""

    def readline(self, size: int = -1, /) -> bytes:
        """Return the next line, at most ``size`` bytes of it."""


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    seq: int
    at: Millis
    actor: str
    event: msgspec.Raw


class Event(msgspec.Struct, frozen=True):
    """An event of a part, and the text that the log keeps of it."""

    envelope: Envelope
    data: str

    @property
    def kept(self) -> Ahead:
        """The event as a row."""
        each = self.envelope
        return Ahead(each.seq, each.at, each.actor, self.data)


_encode = msgspec.json.encode
_head = msgspec.json.Decoder(Head).decode
_line = msgspec.json.Decoder(_Line).decode
_event = msgspec.json.Decoder(AnyEvent).decode


def event_of(row: Ahead) -> Envelope:
    """Return an event that is kept as a row."""
    return Envelope(row.seq, row.at, row.actor, _event(row.data))


def head_of(db: sqlite3.Connection, code: str, history: str, newest: int, version: str) -> Head:
    """Return what the parts of a log begin with."""
    return Head(FORM, code, history, newest, version_of(db), version)


def lines(head: Head, rows: Iterable[Ahead]) -> Iterator[bytes]:
    """Yield the lines of a part; the events' texts are passed on as they are kept."""
    yield _encode(head) + b"\n"
    for seq, at, actor, data in rows:
        yield _encode(_Line(seq, at, actor, msgspec.Raw(data.encode()))) + b"\n"


def pack(db: sqlite3.Connection, branch: int, head: Head, after: int) -> bytes:
    """Return the next part behind event ``after``, packed: as much as one request takes."""
    out = io.BytesIO()
    size = 0
    # the time of packing is left out: the same events are the same bytes
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=6, mtime=0) as packed:
        rows = boxes.of_log(db, branch, range(after + 1, after + 1 + MOST_EVENTS))
        for line in lines(head, rows):
            packed.write(line)
            size += len(line)
            if size > ENOUGH_PLAIN:
                break
    return out.getvalue()


def unpack(packed: bytes) -> tuple[Head, list[Event]]:
    """Return a part that came by the network.

    Raises:
        Invalid: it is damaged, too large, or of another program. Refused: of a newer one.
    """
    opened = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        plain = opened.decompress(packed, MOST_PLAIN)
    except zlib.error:
        raise _damaged() from None
    if not opened.eof or opened.unused_data:
        raise _damaged()
    with io.BytesIO(plain) as file:
        head, events = read(file)
        return head, list(events)


def read(file: Lines) -> tuple[Head, Iterator[Event]]:
    """Return what log a part is of, and its events as they are read.

    Raises:
        Invalid: also while the events are read: it is damaged, or of another program.
        Refused: of a newer one.
    """
    try:
        head = _head(file.readline(LONGEST_LINE))
    except (OSError, EOFError, zlib.error, msgspec.MsgspecError, RecursionError):
        raise Invalid("This is no log of Ramah.", field="file") from None
    if head.form != FORM or head.newest < 0 or not head.history:
        raise Invalid("This is no log of Ramah.", field="file")
    known_here(head)
    return head, _events(file)


def known_here(head: Head) -> None:
    """Look whether this program knows all that may be in a log; said before an event is read.

    Raises:
        Refused: the office's program is newer.
    """
    if head.schema > migrations()[-1][0]:
        raise Refused(
            "That office runs a newer Ramah than the city. Update the city first; nothing is lost.",
            slug="newer-log",
        )


def _events(file: Lines) -> Iterator[Event]:
    last = 0
    while line := _next(file):
        try:
            plain = _line(line)
            event = _event(plain.event)
        except (msgspec.MsgspecError, RecursionError):
            raise _damaged() from None
        if plain.seq <= last:
            raise _damaged()
        last = plain.seq
        envelope = Envelope(plain.seq, plain.at, plain.actor, event)
        # as we write it ourselves, so that the same event is the same row wherever it came from
        yield Event(envelope, _encode(event).decode())


def _next(file: Lines) -> bytes:
    try:
        line = file.readline(LONGEST_LINE)
    except (OSError, EOFError, zlib.error):
        raise _damaged() from None
    if line and not line.endswith(b"\n"):
        raise _damaged()
    return line


def _damaged() -> Invalid:
    return Invalid("The log is damaged on its way; have it sent again.", field="file")
