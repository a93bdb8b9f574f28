"""Refusals that several commands share, each made once."""

from __future__ import annotations

from server.domain.errors import Conflict, Invalid, Named
from server.domain.office import Counter, Office
from server.domain.records import Turn


def other_day(turn: Turn) -> Conflict:
    """Say that a number is none of today's."""
    return Conflict("{label} is a number of another day.", slug="other-day", label=turn.label)


def ended(turn: Turn) -> Conflict:
    """Say that a visit is over."""
    return Conflict("{label} is no longer valid.", slug="ticket-ended", label=turn.label)


def no_ticket(counter: Counter) -> Conflict:
    """Say that nobody is at a counter."""
    return Conflict(
        "Counter {number} has no ticket now.",
        slug="no-current-ticket",
        field="counter",
        number=counter.number,
    )


def busy(counter: Counter, turn: Turn) -> Conflict:
    """Say who is at a counter still."""
    return Conflict(
        "Counter {number} still has {label}, which is '{state}'.",
        slug="counter-busy",
        field="counter",
        number=counter.number,
        label=turn.label,
        state=turn.state.value,
    )


def not_offered(office: Office, counter: Counter, service: str, field: str) -> Invalid:
    """Say that a counter does not serve a service, also one that there is not."""
    known = [each for each in office.services if each.code == service]
    return Invalid(
        "Counter {number} does not offer '{service}'.",
        field=field,
        number=counter.number,
        service=Named(known[0].names) if known else service[:40],
    )


def check_language(office: Office, language: str, field: str = "language") -> None:
    """Refuse a language that the office does not offer.

    Raises:
        Invalid: it does not.
    """
    if language not in office.languages:
        raise Invalid(
            "The language '{language}' is not offered here.", field=field, language=language[:16]
        )
