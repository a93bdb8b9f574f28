"""Owns the monthly pulse: three questions to officers, without a name and without a trace of one.

Kept are that somebody answered (so that nobody does twice) and, apart from it, how often each
answer was given. No answer is kept as a whole, nothing of it has a moment, and a month is told
when it is over, once and for all: who looks twice learns nothing from the difference. With fewer
than five answers it is never told.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from server.domain.errors import Conflict, Invalid, Refused
from server.storage.queries import officers
from server.storage.transaction import SqliteTx

QUESTIONS = ("energy", "support", "respect")
SCALE = 4
"""From 1 (seldom) to 4 (nearly always)."""
SHOWN_FROM = 5
MONTHS = 12


class PulseMonth(msgspec.Struct, frozen=True):
    """A month that is over.

    Attributes:
        shown: enough officers answered; else nothing more is told.
        n: how many; marks: how many gave each answer, the lowest first, by question.
    """

    month: str
    shown: bool
    n: int | None
    marks: dict[str, list[int]]


def due(tx: SqliteTx) -> bool:
    """Return whether the actor may answer now: a person who serves, once a month."""
    return (
        tx.office.officers.pulse
        and tx.actor.person
        and tx.actor.role == "staff"
        and not officers.has_answered(tx.aside, tx.branch, tx.day[:7], tx.actor.id)
    )


def answer(tx: SqliteTx, marks: Mapping[str, int]) -> None:
    """Keep the answers of the actor to this month's questions.

    Raises:
        Invalid: an answer is missing or unknown.
        Refused: the office does not ask, or the actor is no officer.
        Conflict: the actor answered this month.
    """
    if set(marks) != set(QUESTIONS) or not all(1 <= each <= SCALE for each in marks.values()):
        raise Invalid("Please answer every question.", field="marks")
    if not tx.office.officers.pulse or not tx.actor.person or tx.actor.role != "staff":
        raise Refused("These questions are for officers who have logged in.", slug="not-allowed")
    month = tx.day[:7]
    if not officers.note_answered(tx.aside, tx.branch, month, tx.actor.id):
        raise Conflict("You have answered this month. Thank you.", slug="pulse-given")
    officers.add_marks(tx.aside, tx.branch, month, marks)


def report(tx: SqliteTx) -> list[PulseMonth]:
    """Return the months that are over, the newest first."""
    found = officers.marks(tx.aside, tx.branch, tx.day[:7], MONTHS)
    return [_told(month, found[month]) for month in sorted(found, reverse=True)]


def _told(month: str, counted: Mapping[tuple[str, int], int]) -> PulseMonth:
    marks = {
        question: [counted.get((question, mark), 0) for mark in range(1, SCALE + 1)]
        for question in QUESTIONS
    }
    n = sum(marks[QUESTIONS[0]])
    if n < SHOWN_FROM:
        return PulseMonth(month, shown=False, n=None, marks={})
    return PulseMonth(month, shown=True, n=n, marks=marks)


def erase(tx: SqliteTx) -> None:
    """Forget who answered in months that are over; done twice, nothing more happens."""
    officers.forget_answered(tx.aside, tx.branch, tx.day[:7])
