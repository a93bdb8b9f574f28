"""Finding a number in all halls: whoever calls the city's line has a paper, not a branch."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import msgspec

from server.auth.reach import Part
from server.domain.day import Millis, business_day, iso
from server.domain.names import service_name
from server.storage.queries import turns
from server.storage.queries.offices import Hall

MOST = 100


class FoundTicket(msgspec.Struct, frozen=True):
    """A number that was found, as it stands.

    Attributes:
        state: of its present turn; ``outcome`` once that has ended.
    """

    code: str
    hall: str
    day: str
    label: str
    service: str
    state: str
    outcome: str | None
    issued: str


def find(
    db: sqlite3.Connection,
    halls: Iterable[tuple[Hall, Part]],
    label: str,
    day: str | None,
    now: Millis,
    language: str,
) -> list[FoundTicket]:
    """Return the tickets with this number, of a business day or of each hall's present one.

    ``halls``: each with the part of it that is read.
    """
    found: list[FoundTicket] = []
    for (branch, code, office), part in halls:
        of = day or business_day(now, office.zone, office.day_start_minutes)
        found += [
            FoundTicket(
                code=code, hall=office.name, day=of, label=each.label,
                service=service_name(office, each.service, language), state=each.state,
                outcome=each.outcome, issued=iso(each.issued_at),
            )
            for each in turns.labelled(db, branch, of, label)
            if part.takes(each.service)
        ]  # fmt: skip
    return found[:MOST]
