"""Owns asking the survey: who is invited, whether an answer is whole, and keeping it namelessly."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, timedelta

from server.domain.errors import Conflict, Invalid, NotFound
from server.domain.issuing import find_ticket
from server.reports.cube import Cube, Filter
from server.satisfaction.method import Method, method
from server.satisfaction.sample import krejcie_morgan, share_to_ask
from server.satisfaction.words import was_served
from server.storage.queries import survey
from server.storage.queries.survey import PAPER, Answer
from server.storage.transaction import SqliteTx

LOOK_BACK_DAYS = 28
MINUTE_MS = 60_000
PHONE = "phone"


def asked_here(tx: SqliteTx) -> Method | None:
    """Return the method of this office; ``None`` when it does not ask."""
    key = tx.office.satisfaction.survey
    return method(key) if key else None


def method_here(tx: SqliteTx) -> Method:
    """Return the method of this office.

    Raises:
        NotFound: it does not ask.
    """
    found = asked_here(tx)
    if found is None:
        raise NotFound("This office asks no survey.", slug="no-survey")
    return found


def shares(tx: SqliteTx) -> dict[str, float]:
    """Return which share of each service's visitors to invite today.

    The month's target speaks for those who are served in it. How many still come is reckoned from
    the four weeks before; an office without a past asks everybody.
    """
    found = asked_here(tx)
    if found is None:
        return {}
    today = date.fromisoformat(tx.day)
    month = today.replace(day=1)
    next_month = (month + timedelta(days=31)).replace(day=1)
    left = (next_month - today).days
    before = (today - timedelta(days=LOOK_BACK_DAYS)).isoformat()
    yesterday = (today - timedelta(days=1)).isoformat()
    past = Cube(tx, before, yesterday, Filter()).by("service", services=False)
    done = Cube(tx, month.isoformat(), tx.day, Filter()).by("service", services=False)
    asked = {}
    for service in tx.office.services:
        usual = past[service.code,].served if (service.code,) in past else 0
        so_far = done[service.code,].served if (service.code,) in done else 0
        if not usual:
            asked[service.code] = 1.0
            continue
        to_come = round(usual * left / LOOK_BACK_DAYS)
        since = month.isoformat()
        invited = survey.asked(tx.aside, tx.branch, since, service.code)
        replied = survey.replied(tx.aside, tx.branch, found.key, service.code, since)
        asked[service.code] = share_to_ask(
            krejcie_morgan(so_far + to_come), replied, to_come, invited.asked, invited.replied
        )
    return asked


def invite(tx: SqliteTx, ticket_id: str, shares_now: Mapping[str, float]) -> bool:
    """Draw once whether a served visitor is asked; return whether they may answer now."""
    ticket, turn = find_ticket(tx, ticket_id)
    if asked_here(tx) is None or not was_served(turn, tx.now):
        return False
    known = survey.invitation(tx.aside, tx.branch, ticket.day, ticket_id)
    if known is None:
        drawn = secrets.randbelow(1_000_000) < shares_now.get(turn.service, 1.0) * 1_000_000
        survey.invite(tx.aside, tx.branch, ticket.day, ticket_id, turn.service, invited=drawn)
        return drawn
    return bool(known.invited) and not known.answered


def decided(tx: SqliteTx, ticket_id: str) -> bool | None:
    """Return whether a visitor may answer now; ``None`` when the draw is still to be made."""
    ticket, turn = find_ticket(tx, ticket_id)
    if asked_here(tx) is None or not was_served(turn, tx.now):
        return False
    known = survey.invitation(tx.aside, tx.branch, ticket.day, ticket_id)
    return None if known is None else bool(known.invited) and not known.answered


def answer(
    tx: SqliteTx, ticket_id: str, marks: dict[str, int], about: dict[str, str], said: str
) -> None:
    """Keep a visitor's answers; the invitation is used up in the same step.

    Raises:
        NotFound: this office does not ask.
        Conflict: this visitor was not asked, or has answered.
        Invalid: an answer is missing or unknown.
    """
    found = method_here(tx)
    checked(found, marks, about)
    ticket, turn = find_ticket(tx, ticket_id)
    if not was_served(turn, tx.now) or not survey.use(tx.aside, tx.branch, ticket.day, ticket_id):
        raise Conflict(
            "These questions were answered already, or their time is over. Thank you.",
            slug="survey-over",
        )
    _keep(tx, found, Answer(
        secrets.token_bytes(16), tx.day, tx.now // MINUTE_MS, found.key, turn.service, PHONE, "",
        ticket.language, about, marks, said,
    ))  # fmt: skip


def key_in(
    tx: SqliteTx, day: str, service: str, marks: dict[str, int], about: dict[str, str], *, said: str
) -> None:
    """Keep a questionnaire that was filled in on paper; who keyed it in is kept with it.

    Raises:
        NotFound: this office does not ask, or has no such service.
        Invalid: an answer is unknown, none is given, or the day is still to come.
    """
    found = method_here(tx)
    checked(found, marks, about, whole=False)
    tx.office.service(service)
    if day > tx.day:
        raise Invalid("This day is still to come.", field="day")
    _keep(tx, found, Answer(
        secrets.token_bytes(16), day, tx.now // MINUTE_MS, found.key, service, PAPER, tx.actor.id,
        tx.office.languages[0], about, marks, said,
    ))  # fmt: skip


def black_out(tx: SqliteTx, key: bytes) -> None:
    """Erase a sentence that names a person; that somebody did stays, and so do the marks.

    Raises:
        NotFound: there is no such questionnaire here.
    """
    found = survey.black_out(tx.aside, tx.branch, key)
    if found is None:
        raise NotFound("There is no such sentence here.", slug="unknown-sentence")
    if found.said:
        tx.note("suggestion_blacked", service=found.service, day=found.day)


def _keep(tx: SqliteTx, found: Method, given: Answer) -> None:
    """Keep answers in the method's own order, so that a file shows no one else's."""
    order = {each.key: given.marks[each.key] for each in found.elements if each.key in given.marks}
    survey.add(tx.aside, tx.branch, given._replace(marks=order))


def checked(
    found: Method, marks: Mapping[str, int], about: Mapping[str, str], *, whole: bool = True
) -> None:
    """Refuse answers that the method does not have; on paper some may be left out.

    Raises:
        Invalid: names the question.
    """
    keys = {each.key for each in found.elements}
    for key, mark in marks.items():
        if key not in keys or not 1 <= mark <= found.scale:
            raise Invalid(
                "Answer each question with a number from 1 to {most}.", field="marks",
                most=found.scale,
            )  # fmt: skip
    if not marks or (whole and len(marks) < len(keys)):
        raise Invalid("Please answer every question.", field="marks")
    choices = {each.key: {choice.key for choice in each.choices} for each in found.about}
    for key, choice in about.items():
        if choice not in choices.get(key, set()):
            raise Invalid("There is no such choice.", field="about")
