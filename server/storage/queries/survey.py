"""Answers to the survey, counted as they come; nothing here tells whose they are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from server.domain.day import Millis
from server.storage.dialect import by_index
from server.storage.queries.rows import every, first, value

RESPONDENTS = ""
"""The element under which respondents themselves are counted."""
MANY = 8
"""Answers in ten minutes that are worth a look; an index holds only those spans."""
SPAN_MINUTES = 10
SHOWN = 50
"""Sentences on a page."""
PAPER = "paper"
"""The channel of answers that are keyed in, many at once."""


class Answer(NamedTuple):
    """One questionnaire. ``marks`` has the answer to each element, ``about`` the respondent."""

    id: bytes
    day: str
    minute: int
    method: str
    service: str
    channel: str
    entered_by: str
    language: str
    about: dict[str, str]
    marks: dict[str, int]
    said: str = ""


def add(db: sqlite3.Connection, branch: int, answer: Answer) -> None:
    """Keep a questionnaire, and count it."""
    *plain, about, marks, text = answer
    row = (*plain, msgspec.json.encode(about).decode(), msgspec.json.encode(marks).decode(), text)
    db.execute(
        "INSERT INTO survey_answers (branch, id, day, minute, method, service, channel, "
        "entered_by, language, about, marks, said) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (branch, *row),
    )
    if answer.channel != PAPER:
        span = answer.minute // SPAN_MINUTES * SPAN_MINUTES
        db.execute(
            "INSERT INTO survey_spans (branch, day, span, service, n) VALUES (?, ?, ?, ?, 1) "
            "ON CONFLICT (branch, day, span, service) DO UPDATE SET n = survey_spans.n + 1",
            (branch, answer.day, span, answer.service),
        )
    counted = [*answer.marks.items(), (RESPONDENTS, 0)]
    db.executemany(
        "INSERT INTO survey_sums (branch, method, day, service, element, mark, n) "
        "VALUES (?, ?, ?, ?, ?, ?, 1) ON CONFLICT (branch, method, day, service, element, mark) "
        "DO UPDATE SET n = survey_sums.n + 1",
        [
            (branch, answer.method, answer.day, answer.service, element, mark)
            for element, mark in counted
        ],
    )


class Count(NamedTuple):
    """How many gave an answer; ``mark`` 0 and no element: how many answered at all."""

    period: str
    service: str
    element: str
    mark: int
    n: int


def counts(
    db: sqlite3.Connection, branch: int, method: str, first_day: str, last_day: str
) -> list[Count]:
    """Return the answers of a period by month, service, element and answer."""
    sql = """
    SELECT substr(day, 1, 7), service, element, mark, SUM(n) FROM survey_sums
    WHERE branch = ? AND method = ? AND day BETWEEN ? AND ? GROUP BY 1, 2, 3, 4
    """
    return every(db, Count, sql, (branch, method, first_day, last_day))


def replied(db: sqlite3.Connection, branch: int, method: str, service: str, days: str) -> int:
    """Return how many answered for a service since a day."""
    sql = """
    SELECT COALESCE(SUM(n), 0) FROM survey_sums
    WHERE branch = ? AND method = ? AND day >= ? AND service = ? AND element = ''
    """
    return int(value(db, sql, (branch, method, days, service)))


def answers(
    db: sqlite3.Connection, branch: int, method: str, first_day: str, last_day: str
) -> Iterator[Answer]:
    """Yield the questionnaires of a period, by day and in no order that tells more."""
    sql = """
    SELECT id, day, minute, method, service, channel, entered_by, language, about, marks, said
    FROM survey_answers WHERE branch = ? AND method = ? AND day BETWEEN ? AND ? ORDER BY day, id
    """
    for row in db.execute(sql, (branch, method, first_day, last_day)):
        yield Answer(*row)._replace(
            about=msgspec.json.decode(row[8], type=dict[str, str]),
            marks=msgspec.json.decode(row[9], type=dict[str, int]),
        )


class Burst(NamedTuple):
    """Many answers to one service within ten minutes: worth a look."""

    day: str
    minute: int
    service: str
    n: int


def bursts(db: sqlite3.Connection, branch: int, first_day: str, last_day: str) -> list[Burst]:
    """Return ten-minute spans with at least ``MANY`` answers to one service, paper left out."""
    sql = f"""
    SELECT day, span, service, n FROM {by_index("survey_spans", "survey_spans_many")}
    WHERE branch = ? AND day BETWEEN ? AND ? AND n >= {MANY} ORDER BY day, span LIMIT 100
    """
    return every(db, Burst, sql, (branch, first_day, last_day))


class Said(NamedTuple):
    """A sentence written at the end of the survey; ``id`` is the questionnaire's random one."""

    id: bytes
    day: str
    service: str
    said: str


def said(
    db: sqlite3.Connection, branch: int, first_day: str, last_day: str, service: str | None
) -> list[Said]:
    """Return the newest of what people wrote about a service, or about any."""
    sql = f"""
    SELECT id, day, service, said FROM {by_index("survey_answers", "survey_answers_said")}
    WHERE branch = ? AND day BETWEEN ? AND ? AND said <> '' AND service = COALESCE(?, service)
    ORDER BY day DESC, id LIMIT {SHOWN}
    """
    return every(db, Said, sql, (branch, first_day, last_day, service))


def black_out(db: sqlite3.Connection, branch: int, key: bytes) -> Said | None:
    """Erase a sentence; return where it stood, ``None`` when there is no such questionnaire."""
    sql = "SELECT id, day, service, said FROM survey_answers WHERE branch = ? AND id = ?"
    found = first(db, Said, sql, (branch, key))
    db.execute("UPDATE survey_answers SET said = '' WHERE branch = ? AND id = ?", (branch, key))
    return found


class Invitation(NamedTuple):
    """Whether a visitor was asked to the survey, and whether an answer came."""

    invited: bool
    answered: bool


def invitation(db: sqlite3.Connection, branch: int, day: str, ticket: str) -> Invitation | None:
    """Return whether a ticket was invited; ``None`` when that is not decided yet."""
    sql = """
    SELECT invited, answered FROM survey_invitations WHERE branch = ? AND day = ? AND ticket = ?
    """
    return first(db, Invitation, sql, (branch, day, ticket))


def invite(
    db: sqlite3.Connection, branch: int, day: str, ticket: str, service: str, *, invited: bool
) -> None:
    """Note what the draw said; a second draw changes nothing."""
    db.execute(
        "INSERT INTO survey_invitations (branch, day, ticket, service, invited) "
        "VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (branch, day, ticket, service, invited),
    )


def use(db: sqlite3.Connection, branch: int, day: str, ticket: str) -> bool:
    """Use an invitation up; return whether it was there and unused."""
    sql = """
    UPDATE survey_invitations SET answered = 1
    WHERE branch = ? AND day = ? AND ticket = ? AND invited = 1 AND answered = 0
    """
    return db.execute(sql, (branch, day, ticket)).rowcount == 1


class Asked(NamedTuple):
    """How many visitors of a service were asked, and how many of them answered."""

    asked: int
    replied: int


def asked(db: sqlite3.Connection, branch: int, since_day: str, service: str) -> Asked:
    """Return the invitations for a service since a day."""
    sql = """
    SELECT COALESCE(SUM(invited), 0), COALESCE(SUM(answered), 0) FROM survey_invitations
    WHERE branch = ? AND day >= ? AND service = ?
    """
    return Asked(*db.execute(sql, (branch, since_day, service)).fetchone())


class Plan(NamedTuple):
    """What is to be done about an element, until when, and what came of it."""

    id: str
    element: str
    plan: str
    due: str
    at: Millis
    by: str
    result: str | None = None
    done_at: Millis | None = None
    done_by: str | None = None


def plans(db: sqlite3.Connection, branch: int, method: str) -> list[Plan]:
    """Return the plans, those to be done first."""
    sql = """
    SELECT id, element, plan, due, at, by, result, done_at, done_by FROM survey_plans
    WHERE branch = ? AND method = ? ORDER BY done_at IS NOT NULL, due, id LIMIT 200
    """
    return every(db, Plan, sql, (branch, method))


def add_plan(db: sqlite3.Connection, branch: int, method: str, plan: Plan) -> None:
    """Keep a new plan."""
    db.execute(
        "INSERT INTO survey_plans (branch, method, id, element, plan, due, at, by) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (branch, method, *plan[:6]),
    )


def end_plan(
    db: sqlite3.Connection, branch: int, key: str, result: str, at: Millis, by: str
) -> str | None:
    """Note what came of a plan; return its element, ``None`` when no such plan was to be done."""
    sql = """
    UPDATE survey_plans SET result = ?, done_at = ?, done_by = ?
    WHERE branch = ? AND id = ? AND done_at IS NULL RETURNING element
    """
    element: str | None = value(db, sql, (result, at, by, branch, key))
    return element


def erase(db: sqlite3.Connection, branch: int, tickets_before: str, said_before: str) -> None:
    """Forget who was invited before a day, and what was written before another."""
    db.execute(
        "DELETE FROM survey_invitations WHERE branch = ? AND day < ?", (branch, tickets_before)
    )
    db.execute(
        f"UPDATE {by_index('survey_answers', 'survey_answers_said')} SET said = '' "
        "WHERE branch = ? AND day < ? AND said <> ''",
        (branch, said_before),
    )
