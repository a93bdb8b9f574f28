"""Quick words of visitors, and what was done about them."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from server.domain.day import Millis
from server.storage.queries.rows import column, every, first, value

_COLUMNS = (
    "id, ticket, day, at, label, service, counter, staff, wait_ms, face, said, thanks, channel, "
    "language, due, read_at, read_by, owner, owner_name, action, acted_at, acted_by, helped, "
    "reopened_at, blacked_at, blacked_by, device, device_name, after_ms"
)
_WORDS = f"SELECT {_COLUMNS} FROM feedback WHERE branch = ?"
LISTED = 500


class Word(NamedTuple):
    """A visitor's word.

    Attributes:
        face: 1 (bad) to 4. due: by when a low one is to be answered.
        channel: phone, tablet or kiosk; the latter two name their ``device``.
        after_ms: from the end of the service to the word.
    """

    id: str
    ticket: str | None
    day: str
    at: Millis
    label: str
    service: str
    counter: int | None
    staff: str | None
    wait_ms: int | None
    face: int
    said: str
    thanks: bool
    channel: str
    language: str
    due: Millis | None = None
    read_at: Millis | None = None
    read_by: str | None = None
    owner: str | None = None
    owner_name: str | None = None
    action: str | None = None
    acted_at: Millis | None = None
    acted_by: str | None = None
    helped: bool | None = None
    reopened_at: Millis | None = None
    blacked_at: Millis | None = None
    blacked_by: str | None = None
    device: str = ""
    device_name: str = ""
    after_ms: Millis | None = None


def add(db: sqlite3.Connection, branch: int, word: Word) -> None:
    """Keep a new word."""
    db.execute(
        f"INSERT INTO feedback (branch, {_COLUMNS}) VALUES (?{', ?' * len(word)})",
        (branch, *word),
    )


def of_ticket(db: sqlite3.Connection, branch: int, ticket: str) -> Word | None:
    """Return the word that was given for a ticket."""
    return first(db, Word, f"{_WORDS} AND ticket = ?", (branch, ticket))


def one(db: sqlite3.Connection, branch: int, key: str) -> Word | None:
    """Return a word by its id."""
    return first(db, Word, f"{_WORDS} AND id = ?", (branch, key))


def of_days(db: sqlite3.Connection, branch: int, first_day: str, last_day: str) -> list[Word]:
    """Return the words of business days, the newest first, one more than ``LISTED`` at most."""
    sql = f"{_WORDS} AND day BETWEEN ? AND ? ORDER BY day DESC, at DESC LIMIT {LISTED + 1}"
    return every(db, Word, sql, (branch, first_day, last_day))


def low_of_days(db: sqlite3.Connection, branch: int, first_day: str, last_day: str) -> list[Word]:
    """Return the low words of business days, the oldest first, at most twenty thousand."""
    sql = f"{_WORDS} AND due IS NOT NULL AND day BETWEEN ? AND ? ORDER BY at LIMIT 20000"
    return every(db, Word, sql, (branch, first_day, last_day))


def unanswered(db: sqlite3.Connection, branch: int) -> list[Word]:
    """Return low words that nobody has done anything about, the most urgent first."""
    sql = f"{_WORDS} AND due IS NOT NULL AND acted_at IS NULL ORDER BY due LIMIT {LISTED}"
    return every(db, Word, sql, (branch,))


def thanks_to(db: sqlite3.Connection, branch: int, staff: str, since_day: str) -> list[Word]:
    """Return the thanks for one person, the newest first."""
    sql = f"{_WORDS} AND staff = ? AND thanks = 1 AND day >= ? ORDER BY at DESC LIMIT {LISTED}"
    return every(db, Word, sql, (branch, staff, since_day))


class Given(NamedTuple):
    """Where and when a word was given, without its sentence."""

    id: str
    at: Millis
    channel: str
    device: str
    device_name: str
    counter: int | None
    face: int
    after_ms: Millis | None


def given(db: sqlite3.Connection, branch: int, day: str) -> list[Given]:
    """Return where and when the words of a day were given, the oldest first."""
    sql = f"""
    SELECT {", ".join(Given._fields)} FROM feedback WHERE branch = ? AND day = ? ORDER BY at, id
    """
    return every(db, Given, sql, (branch, day))


class OfTablet(NamedTuple):
    """What a tablet brought: how many words, and the latest."""

    device: str
    n: int
    last: Millis


def by_tablet(db: sqlite3.Connection, branch: int, since_day: str) -> list[OfTablet]:
    """Return how many words each tablet brought since a day."""
    sql = """
    SELECT device, COUNT(*), MAX(at) FROM feedback
    WHERE branch = ? AND day >= ? AND channel = 'tablet' GROUP BY device
    """
    return every(db, OfTablet, sql, (branch, since_day))


def unanswered_number(db: sqlite3.Connection, branch: int) -> int:
    """Return how many low words nobody has done anything about."""
    sql = "SELECT COUNT(*) FROM feedback WHERE branch = ? AND due IS NOT NULL AND acted_at IS NULL"
    return int(value(db, sql, (branch,)))


class Answered(NamedTuple):
    """Low words of some days: how many, how many were acted on, in how many ms."""

    low: int
    acted: int
    mean_ms: float | None
    in_time: int


def answered(db: sqlite3.Connection, branch: int, first_day: str, last_day: str) -> Answered:
    """Return how low words of some days were answered; the mean is to the latest answer."""
    sql = """
    SELECT COUNT(*), COUNT(acted_at), AVG(acted_at - at), COUNT(*) FILTER (WHERE acted_at <= due)
    FROM feedback WHERE branch = ? AND day BETWEEN ? AND ? AND due IS NOT NULL
    """
    return Answered(*db.execute(sql, (branch, first_day, last_day)).fetchone())


def read(db: sqlite3.Connection, branch: int, key: str, at: Millis, by: str) -> None:
    """Note who read a word first, and when."""
    sql = """
    UPDATE feedback SET read_at = ?, read_by = ? WHERE branch = ? AND id = ? AND read_at IS NULL
    """
    db.execute(sql, (at, by, branch, key))


def assign(db: sqlite3.Connection, branch: int, key: str, owner: str, name: str) -> None:
    """Say who sees to a word."""
    sql = "UPDATE feedback SET owner = ?, owner_name = ? WHERE branch = ? AND id = ?"
    db.execute(sql, (owner, name, branch, key))


def act(db: sqlite3.Connection, branch: int, key: str, action: str, at: Millis, by: str) -> None:
    """Note what was done about a word; words put better are not done any later."""
    sql = """
    UPDATE feedback SET action = ?, acted_at = COALESCE(acted_at, ?), acted_by = ?
    WHERE branch = ? AND id = ?
    """
    db.execute(sql, (action, at, by, branch, key))


def tell_helped(db: sqlite3.Connection, branch: int, key: str, *, helped: bool) -> None:
    """Note whether what was done helped the visitor."""
    db.execute("UPDATE feedback SET helped = ? WHERE branch = ? AND id = ?", (helped, branch, key))


def reopen(db: sqlite3.Connection, branch: int, key: str, at: Millis, due: Millis) -> None:
    """Ask for another answer to a word; whether that one helps is not known yet."""
    sql = """
    UPDATE feedback SET acted_at = NULL, helped = NULL, reopened_at = ?, due = ?
    WHERE branch = ? AND id = ?
    """
    db.execute(sql, (at, due, branch, key))


def black_out(db: sqlite3.Connection, branch: int, key: str, at: Millis, by: str) -> None:
    """Erase what was written, and say who did."""
    sql = """
    UPDATE feedback SET said = '', blacked_at = ?, blacked_by = ? WHERE branch = ? AND id = ?
    """
    db.execute(sql, (at, by, branch, key))


def erase(db: sqlite3.Connection, branch: int, tickets_before: str, words_before: str) -> int:
    """Forget whose words are of days before one day, and those of days before another.

    Returns:
        How many words were forgotten whole.
    """
    db.execute(
        "UPDATE feedback SET ticket = NULL WHERE branch = ? AND day < ? AND ticket IS NOT NULL",
        (branch, tickets_before),
    )
    return db.execute(
        "DELETE FROM feedback WHERE branch = ? AND day < ?", (branch, words_before)
    ).rowcount


def person_name(db: sqlite3.Connection, branch: int, user: str) -> str | None:
    """Return the name of somebody who works here."""
    sql = "SELECT name FROM users WHERE branch = ? AND id = ? AND active = 1"
    found = value(db, sql, (branch, user))
    return None if found is None else str(found)


class Visit(NamedTuple):
    """A turn that was served."""

    day: str
    ticket: str
    label: str
    service: str
    counter: int | None
    staff: str | None
    wait_ms: int
    ended_at: Millis
    language: str


def last_days(db: sqlite3.Connection, branch: int, most: int) -> list[str]:
    """Return the last business days, the newest first."""
    sql = "SELECT day FROM days WHERE branch = ? ORDER BY day DESC LIMIT ?"
    return column(db, sql, (branch, most))


def served_since(db: sqlite3.Connection, branch: int, day: str) -> list[Visit]:
    """Return the turns that were served on a day or later, in order."""
    sql = """
    SELECT turns.day, turns.ticket, turns.label, turns.service, turns.counter_number, turns.staff,
        turns.wait_ms, turns.ended_at, tickets.language
    FROM turns JOIN tickets ON tickets.id = turns.ticket
    WHERE turns.branch = ? AND turns.day >= ? AND turns.outcome = 'served'
    ORDER BY turns.day, turns.ticket
    """
    return every(db, Visit, sql, (branch, day))
