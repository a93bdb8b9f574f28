"""Reading a hall back: today's events are folded, whatever the log holds before them."""

from __future__ import annotations

import sqlite3

import msgspec

from server.domain.hall import OF_A_TICKET, TAKE_BACK_MS, Hall
from server.domain.lines import Day
from server.domain.office import Office
from server.domain.records import Cared, Pause
from server.domain.turns import Visit
from server.storage.dialect import field
from server.storage.history import envelopes
from server.storage.rows import TICKET_COLUMNS, TURN_COLUMNS
from server.storage.values import COUNTER_COLUMNS, counter_now_of, ticket_of, turn_of

SELECT_COUNTERS = f"SELECT {COUNTER_COLUMNS} FROM counters WHERE branch = ?"  # noqa: S608
SELECT_PAUSED = "SELECT service, notice, words FROM paused_services WHERE branch = ?"
SELECT_NOTICE = "SELECT notice, until FROM notices WHERE branch = ?"
# index comfort_faults_open
SELECT_CARED = """
SELECT id, place, names, begun_at FROM comfort_faults WHERE branch = ? AND state = 'working'
    AND state <> 'mended'
"""
# index days_open; the day that changed last tells when the latest end was
SELECT_DAYS = """
SELECT day FROM days WHERE branch = :branch AND (closed_at IS NULL OR closed_at >= :back + (
    SELECT closed_at FROM days WHERE branch = :branch AND closed_at IS NOT NULL
    ORDER BY changed_seq DESC, closed_at DESC LIMIT 1))
"""
# the unique index of the tickets' numbers, the key of turns
SELECT_FIRST = """
SELECT MIN(turns.opened) FROM tickets JOIN turns ON turns.ticket = tickets.id AND turns.leg = 1
WHERE tickets.branch = ? AND tickets.day = ?
"""
# index counter_sessions_now
SELECT_OPENERS = """
SELECT counter_sessions.counter, events.actor FROM counter_sessions
JOIN events ON events.branch = counter_sessions.branch AND events.seq = counter_sessions.seq
WHERE counter_sessions.branch = ? AND counter_sessions.to_at IS NULL
"""
# the unique index of the tickets' numbers, the keys of turns and events; the event is looked up for
# each ticket: joined, statistics may let it come first, and with it all of the log
SELECT_TAKEN = f"""
SELECT tickets.id, tickets.day = (
    SELECT {field("events.data", "day")} FROM events
    WHERE events.branch = tickets.branch AND events.seq = turns.opened
) FROM tickets
JOIN turns ON turns.ticket = tickets.id AND turns.leg = 1
WHERE tickets.branch = ? AND tickets.day = ? ORDER BY turns.opened
"""  # noqa: S608
SELECT_ELSEWHERE = "SELECT prefix, number FROM numbers_elsewhere WHERE branch = ? AND day = ?"
SELECT_GIVER = "SELECT actor FROM events WHERE branch = ? AND seq = ?"
SELECT_TICKET = f"SELECT {TICKET_COLUMNS} FROM tickets WHERE id = ? AND branch = ?"  # noqa: S608
SELECT_TURNS = f"SELECT {TURN_COLUMNS} FROM turns WHERE ticket = ? ORDER BY leg"  # noqa: S608
SELECT_PAPERS = "SELECT COUNT(*) FROM print_jobs WHERE ticket = ?"
# index calls_day
SELECT_LAST_CALL = """
SELECT number FROM calls WHERE branch = ? AND day = ? AND ticket = ? ORDER BY seq DESC LIMIT 1
"""


def load_hall(db: sqlite3.Connection, branch: int, office: Office | None, seq: int) -> Hall:
    """Return the hall as of event ``seq``, which the rows of the tables hold.

    What no day ends (counters, pauses, the notice) comes from its tables, everything else from
    the events since the first number of the days that are open, or whose end can be taken back.
    """
    days = {day for (day,) in db.execute(SELECT_DAYS, {"branch": branch, "back": -TAKE_BACK_MS})}
    firsts = [db.execute(SELECT_FIRST, (branch, day)).fetchone()[0] for day in days]
    hall = Hall(office)
    hall.seq = min((first for first in firsts if first is not None), default=seq + 1) - 1
    for each in envelopes(db, branch, hall.seq, seq):
        event = each.event
        if isinstance(event, OF_A_TICKET) and event.ticket not in hall.visits:
            hall.seq = each.seq  # the left-overs of a day that is closed
        else:
            hall.apply(each)
    hall.office = office
    hall.desks_seq = seq  # counters may have opened before the first event that was folded
    for day in hall.days.keys() - days - hall.open_days:  # known in part only
        for ticket in hall.days.pop(day).tickets:
            del hall.visits[ticket]
    # events before the first that was folded may have changed these
    for day, known in hall.days.items():
        _resume(db, branch, day, known)
    counters = map(counter_now_of, db.execute(SELECT_COUNTERS, (branch,)))
    hall.counters = {each.id: each for each in counters}
    hall.openers = dict(db.execute(SELECT_OPENERS, (branch,)))
    hall.paused = {
        code: Pause(notice, msgspec.json.decode(words, type=dict[str, str]))
        for code, notice, words in db.execute(SELECT_PAUSED, (branch,))
    }
    notice = db.execute(SELECT_NOTICE, (branch,)).fetchone()
    hall.notice = ("", None) if notice is None else (notice[0], notice[1])
    hall.cared = {
        fault: Cared(place, msgspec.json.decode(names, type=dict[str, str]), since)
        for fault, place, names, since in db.execute(SELECT_CARED, (branch,))
    }
    return hall


def load_day(db: sqlite3.Connection, branch: int, day: str) -> tuple[Day, list[Visit]]:
    """Return a day that the hall does not hold: its numbers, and its tickets in their order."""
    known, visits = Day(), []
    for ticket, of_the_day in _taken(db, branch, day):
        visit = load_visit(db, branch, ticket)
        if visit is None:
            continue
        visits.append(visit)
        if of_the_day:
            known.number(visit.ticket.prefix, visit.ticket.service, visit.ticket.number)
        else:
            known.carry(visit.ticket.prefix, visit.ticket.number)
    _resume(db, branch, day, known)
    return known, visits


def _resume(db: sqlite3.Connection, branch: int, day: str, known: Day) -> None:
    for prefix, number in db.execute(SELECT_ELSEWHERE, (branch, day)):
        known.resume(prefix, number)


def _taken(db: sqlite3.Connection, branch: int, day: str) -> list[tuple[str, bool]]:
    """Return the tickets of a day, and whether they were not carried over from another one."""
    return [(ticket, bool(own)) for ticket, own in db.execute(SELECT_TAKEN, (branch, day))]


def load_visit(db: sqlite3.Connection, branch: int, ticket: str) -> Visit | None:
    """Return a ticket of the branch with its turns, as its rows hold it."""
    row = db.execute(SELECT_TICKET, (ticket, branch)).fetchone()
    if row is None:
        return None
    found = ticket_of(row)
    turns = tuple(map(turn_of, db.execute(SELECT_TURNS, (ticket,))))
    (papers,) = db.execute(SELECT_PAPERS, (ticket,)).fetchone()
    call = db.execute(SELECT_LAST_CALL, (branch, turns[-1].day, ticket)).fetchone()
    (giver,) = db.execute(SELECT_GIVER, (branch, turns[0].opened)).fetchone()
    return Visit(found, turns, papers, None if call is None else call[0], giver=giver)
