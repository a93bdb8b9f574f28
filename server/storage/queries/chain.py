"""The chain through the deeds of a branch: each row's hash is over the one before and its content.

Who did it, about what and from where are hashed with a salt of the row first. When they are
forgotten, salt and details go, the seal stays, and the chain still holds.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from server.domain.day import Millis
from server.domain.errors import Phrase
from server.domain.tx import Actor
from server.domain.words import marked as _
from server.storage.queries.rows import every, first

START = "0" * 64
"""What the first row of a chain builds on."""
LEAST_DIGITS = 16
"""So many digits of a head on paper are enough to find it."""

HEAD = """
SELECT seq, hash, begun_at, found, forgot, forgot_hash FROM deed_chains WHERE branch = ?
"""
BEGIN = """
INSERT INTO deed_chains (branch, seq, hash, begun_at, found, forgot, forgot_hash)
VALUES (?, ?, ?, ?, ?, 0, ?)
"""
INSERT = """
INSERT INTO deeds
    (branch, seq, at, actor, role, name, what, about, place, salt, seal, hash)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
SET_HEAD = "UPDATE deed_chains SET seq = ?, hash = ? WHERE branch = ?"
SET_FORGOT = "UPDATE deed_chains SET forgot = ?, forgot_hash = ? WHERE branch = ?"
COLUMNS = "id, seq, at, actor, role, name, what, about, place, salt, seal, hash"
LOOSE = f"SELECT {COLUMNS} FROM deeds WHERE branch = ? AND seq IS NULL ORDER BY id"
LINKED = f"""
SELECT {COLUMNS} FROM deeds WHERE branch = ? AND seq >= ? AND seq <= ? ORDER BY seq
"""
LINK = "UPDATE deeds SET seq = ?, salt = ?, seal = ?, hash = ? WHERE id = ?"
COUNT_LOOSE = "SELECT COUNT(*) FROM deeds WHERE branch = ? AND seq IS NULL"
SPAN = "SELECT MIN(seq), MAX(seq) FROM deeds WHERE branch = ? AND at >= ? AND at < ?"
STARTING = "SELECT seq FROM deeds WHERE branch = ? AND hash LIKE ? ORDER BY seq DESC LIMIT 1"
FIRST_KEPT = "SELECT MIN(seq) FROM deeds WHERE branch = ? AND at >= ?"
LAST_BEFORE = "SELECT seq, hash FROM deeds WHERE branch = ? AND seq < ? ORDER BY seq DESC LIMIT 1"
DELETE_BEFORE = "DELETE FROM deeds WHERE branch = ? AND seq <= ?"
DELETE_LOOSE = "DELETE FROM deeds WHERE branch = ? AND seq IS NULL AND at < ?"
BLANK = """
UPDATE deeds SET actor = '', role = '', name = '', about = '{}', place = '', salt = ''
WHERE branch = ? AND at < ? AND salt <> ''
"""
OLDEST = "SELECT MIN(at) FROM deeds WHERE branch = ?"


class Head(NamedTuple):
    """The end of a branch's chain, and where it begins.

    Attributes:
        seq: number of the newest row, 0 for none. hash: its hash.
        found: so many rows were there before the chain and were taken in as they were.
        forgot: number of the last row that was deleted for its age. forgot_hash: its hash.
    """

    seq: int
    hash: str
    begun_at: Millis
    found: int
    forgot: int
    forgot_hash: str


class Link(NamedTuple):
    """A row as the chain sees it; ``about`` is the text that is kept."""

    id: int
    seq: int | None
    at: Millis
    actor: str
    role: str
    name: str
    what: str
    about: str
    place: str
    salt: str
    seal: str
    hash: str

    @property
    def details(self) -> str:
        """What the seal is over: who, about what and from where, in one form."""
        details = [self.actor, self.role, self.name, self.about, self.place]
        return json.dumps(details, ensure_ascii=False, separators=(",", ":"))


def sha(text: str) -> str:
    """Return the SHA-256 of a text in hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def hash_of(before: str, seq: int, at: Millis, what: str, seal: str) -> str:
    """Return the hash of a row: over the hash before, number, time, kind and seal."""
    return sha(f"{before}\n{seq}\n{at}\n{what}\n{seal}")


def head(db: sqlite3.Connection, branch: int) -> Head | None:
    """Return the end of a branch's chain; ``None`` before it began."""
    return first(db, Head, HEAD, (branch,))


def begin(db: sqlite3.Connection, branch: int, now: Millis) -> Head:
    """Begin the chain of a branch, with the rows that are there already, as they are."""
    rows = every(db, Link, LOOSE, (branch,))
    seq, before = 0, START
    for row in rows:
        seq += 1
        salt, seal, before = _linked(before, seq, row)
        db.execute(LINK, (seq, salt, seal, before, row.id))
    db.execute(BEGIN, (branch, seq, before, now, seq, START))
    return Head(seq, before, now, seq, 0, START)


def append(
    db: sqlite3.Connection, branch: int, now: Millis, actor: Actor, what: str, about: str
) -> None:
    """Write a row at the end of the chain; call it in a transaction."""
    end = head(db, branch) or begin(db, branch, now)
    seq = end.seq + 1
    row = Link(
        0, seq, now, actor.id, actor.role, actor.name, what, about, actor.place, "", "", "",
    )  # fmt: skip
    salt, seal, hashed = _linked(end.hash, seq, row)
    db.execute(
        INSERT,
        (branch, seq, now, row.actor, row.role, row.name, what, about, row.place, salt, seal,
         hashed),
    )  # fmt: skip
    db.execute(SET_HEAD, (seq, hashed, branch))


def _linked(before: str, seq: int, row: Link) -> tuple[str, str, str]:
    """Return salt, seal and hash for a row that is put behind another."""
    salt = secrets.token_hex(16)
    seal = sha(salt + row.details)
    return salt, seal, hash_of(before, seq, row.at, row.what, seal)


def forget(db: sqlite3.Connection, branch: int, before: Millis) -> None:
    """Delete what is older, from the chain's beginning on; its next row still builds on a hash.

    A row of a clock that was wrong may stand in the way: those behind it lose their details then,
    and go with it.
    """
    (oldest,) = db.execute(OLDEST, (branch,)).fetchone()
    if oldest is None or oldest >= before:
        return
    db.execute(DELETE_LOOSE, (branch, before))
    end = head(db, branch)
    if end is None:
        return
    (kept,) = db.execute(FIRST_KEPT, (branch, before)).fetchone()
    last = db.execute(LAST_BEFORE, (branch, end.seq + 1 if kept is None else kept)).fetchone()
    if last is not None:
        db.execute(SET_FORGOT, (*last, branch))
        db.execute(DELETE_BEFORE, (branch, last[0]))
    db.execute(BLANK, (branch, before))


def span(db: sqlite3.Connection, branch: int, since: Millis, until: Millis) -> tuple[int, int]:
    """Return the numbers of the first and the last row of a span of time; (1, 0) for none."""
    least, most = db.execute(SPAN, (branch, since, until)).fetchone()
    return (1, 0) if least is None else (least, most)


def links(
    db: sqlite3.Connection, branch: int, numbers: tuple[int, int]
) -> Iterator[tuple[str, Link]]:
    """Yield rows from one number to another, each with the hash before it."""
    end = head(db, branch)
    least = numbers[0]
    before = START if end is None else end.forgot_hash
    if end is not None and least > end.forgot + 1:
        earlier = db.execute(LAST_BEFORE, (branch, least)).fetchone()
        before = earlier[1] if earlier else before
    for row in db.execute(LINKED, (branch, *numbers)):
        link = Link(*row)
        yield before, link
        before = link.hash


def holds(db: sqlite3.Connection, branch: int, digits: str) -> int | None:
    """Return the number of the row whose hash begins so, the newest; ``None`` for none."""
    row = db.execute(STARTING, (branch, f"{digits}%")).fetchone()
    return None if row is None else int(row[0])


class Verdict(NamedTuple):
    """What was found out about a chain.

    Attributes:
        broken: what is wrong with the first row that is, in words; ``None`` when all is well.
        rows: so many were looked at. blank: so many of them have forgotten their details.
    """

    broken: Phrase | None
    rows: int
    blank: int


def verify(db: sqlite3.Connection, branch: int) -> Verdict:
    """Look at every row of a branch's chain, from its beginning to its head."""
    end = head(db, branch)
    (loose,) = db.execute(COUNT_LOOSE, (branch,)).fetchone()
    if end is None:
        return Verdict(None, 0, 0)
    before, expected = end.forgot_hash, end.forgot + 1
    rows = blank = 0
    for _before, row in links(db, branch, (0, 2**62)):
        rows += 1
        blank += not row.salt
        wrong = _wrong(row, before, expected)
        if wrong:
            return Verdict(wrong, rows, blank)
        before, expected = row.hash, expected + 1
    if (expected - 1, before) != (end.seq, end.hash):
        gone = Phrase(_("rows {first} to {last} are gone"), first=expected, last=end.seq)
        other = Phrase(_("the head is another one"))
        return Verdict(gone if expected <= end.seq else other, rows, blank)
    beside = Phrase(_("rows that stand beside the chain: {count}"), count=loose)
    return Verdict(beside if loose else None, rows, blank)


def _wrong(row: Link, before: str, expected: int) -> Phrase | None:
    if row.seq != expected:
        return Phrase(_("row {row} is gone"), row=expected)
    if row.salt and sha(row.salt + row.details) != row.seal:
        why = _("row {row} ({what}) was changed: who, about what or from where")
    elif not row.salt and (row.actor or row.role or row.name or row.place or row.about != "{}"):
        why = _("row {row} ({what}) was changed: nothing vouches for its details")
    elif hash_of(before, expected, row.at, row.what, row.seal) != row.hash:
        why = _("row {row} ({what}) was changed, or stands in another's place")
    else:
        return None
    return Phrase(why, row=row.seq, what=row.what)
