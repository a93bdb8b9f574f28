"""One visit's data, all of it; and erasing the words that colleagues wrote about numbers."""

from __future__ import annotations

import sqlite3

import msgspec

from server.storage.queries.rows import column, value

Cell = str | int | float | None
"""What a column may hold."""
Rows = dict[str, list[dict[str, Cell]]]
"""Rows by table, each by column."""
WORDS = ("note", "note_for_counter")
"""Fields of events that hold what a colleague wrote about a number."""
TICKET = "SELECT id FROM tickets WHERE branch = ? AND day = ? AND label = ?"
CLOSED = "SELECT 1 FROM days WHERE branch = ? AND day = ? AND closed_at IS NOT NULL"
NEXT_DAY = """
SELECT MIN(day) FROM days WHERE branch = ? AND day > ? AND day < ? AND closed_at IS NOT NULL
"""
FIRST_EVENT = "SELECT MIN(opened) FROM turns WHERE branch = ? AND day = ?"
LAST_EVENT = "SELECT changed_seq FROM days WHERE branch = ? AND day = ?"
EVENTS = """
SELECT seq, data FROM events WHERE branch = ? AND seq >= ? AND seq <= ? AND data LIKE ? ORDER BY seq
"""
OF_TICKET = {
    "tickets": "SELECT * FROM tickets WHERE branch = ? AND id = ?",
    "turns": "SELECT * FROM turns WHERE branch = ? AND ticket = ? ORDER BY leg",
    "calls": "SELECT * FROM calls WHERE branch = ? AND ticket = ? ORDER BY seq",
    "feedback": "SELECT * FROM feedback WHERE branch = ? AND ticket = ?",
    "survey_invitations": "SELECT * FROM survey_invitations WHERE branch = ? AND ticket = ?",
    "told_waits": "SELECT * FROM told_waits WHERE branch = ? AND ticket = ? ORDER BY at",
    "print_jobs": "SELECT * FROM print_jobs WHERE branch = ? AND ticket = ? ORDER BY id",
}
"""What is kept of a ticket, by table."""
BLANK_EVENT = "UPDATE events SET data = ? WHERE branch = ? AND seq = ?"
BLANK_TICKETS = """
UPDATE tickets SET note_for_counter = NULL
WHERE branch = ? AND day = ? AND (? IS NULL OR id = ?) AND note_for_counter IS NOT NULL
"""
BLANK_TURNS = """
UPDATE turns SET note = NULL
WHERE branch = ? AND day = ? AND (? IS NULL OR ticket = ?) AND note IS NOT NULL
"""
BLANK_WORD = """
UPDATE feedback
SET ticket = NULL, said = '', action = CASE WHEN action IS NULL THEN NULL ELSE '' END
WHERE branch = ? AND ticket = ?
"""
UPTO = "SELECT day FROM notes_erased WHERE branch = ?"
SET_UPTO = """
INSERT INTO notes_erased (branch, day) VALUES (?, ?)
ON CONFLICT (branch) DO UPDATE SET day = excluded.day
"""


def ticket_of(db: sqlite3.Connection, branch: int, day: str, label: str) -> str | None:
    """Return the id of a number of a day; ``None`` where it was not given."""
    found = value(db, TICKET, (branch, day, label))
    return None if found is None else str(found)


def closed(db: sqlite3.Connection, branch: int, day: str) -> bool:
    """Whether a business day is over."""
    return value(db, CLOSED, (branch, day)) is not None


def all_of(db: sqlite3.Connection, branch: int, day: str, ticket: str) -> Rows:
    """Return every row that is kept of a ticket, by table, and its events."""
    told: Rows = {}
    for table, sql in OF_TICKET.items():
        rows = db.execute(sql, (branch, ticket))
        names = [each[0] for each in rows.description]
        told[table] = [dict(zip(names, row, strict=True)) for row in rows]
    told["events"] = [
        {"seq": seq, "data": data} for seq, data in _events(db, branch, day, f'%"{ticket}"%')
    ]
    return told


def _events(db: sqlite3.Connection, branch: int, day: str, like: str) -> list[tuple[int, str]]:
    """Return the events of a closed day whose text is like that."""
    first = value(db, FIRST_EVENT, (branch, day))
    last = value(db, LAST_EVENT, (branch, day))
    if first is None:
        return []
    return db.execute(EVENTS, (branch, first, max(last or 0, first), like)).fetchall()


def erase_notes(db: sqlite3.Connection, branch: int, day: str, ticket: str | None = None) -> int:
    """Erase what colleagues wrote about the numbers of a closed day, or one of them.

    Returns:
        In how many events something was erased; what they count stays.
    """
    changed = 0
    for seq, data in _events(db, branch, day, '%"note%'):
        event = msgspec.json.decode(data)
        if ticket is not None and event.get("ticket") != ticket:
            continue
        kept = {name: each for name, each in event.items() if name not in WORDS}
        if kept != event:
            db.execute(BLANK_EVENT, (msgspec.json.encode(kept).decode(), branch, seq))
            changed += 1
    db.execute(BLANK_TICKETS, (branch, day, ticket, ticket))
    db.execute(BLANK_TURNS, (branch, day, ticket, ticket))
    return changed


def erase_word(db: sqlite3.Connection, branch: int, ticket: str) -> int:
    """Erase what a visitor said and was answered; face and times stay. Return how many words."""
    return db.execute(BLANK_WORD, (branch, ticket)).rowcount


def next_to_erase(db: sqlite3.Connection, branch: int, before: str) -> str | None:
    """Return the first closed day before a day whose notes are still there."""
    upto = column(db, UPTO, (branch,))
    found = value(db, NEXT_DAY, (branch, upto[0] if upto else "", before))
    return None if found is None else str(found)


def erased(db: sqlite3.Connection, branch: int, day: str) -> None:
    """Keep that the notes of a day, and of all before it, are erased."""
    db.execute(SET_UPTO, (branch, day))
