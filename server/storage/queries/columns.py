"""Columns of the log: what each means, for people, and where SQLite finds it, for files."""

from __future__ import annotations

from typing import Literal

import msgspec

from server.domain.words import marked as _

EXPLAINED = {
    "label": _("The number on the paper."),
    "service": _("Code of the service this turn waited for."),
    "counter": _("Number of the counter that called last; empty when nobody called."),
    "priority": _("Class: regular or priority. The reason is never kept."),
    "issued": _("When the number was taken; for a turn after a transfer, when it was sent on."),
    "called": _("The first call. Later calls never change it."),
    "started": _("When service began."),
    "ended": _("When the turn ended, in whatever way."),
    "wait_s": _("Seconds from taking the number (or from the appointment) to the first call."),
    "service_s": _("Seconds of service, without the time on hold."),
    "outcome": _("How it ended: served, no_show, cancelled_by_visitor, cancelled_by_staff, transferred, expired, unfinished."),
    "recalls": _("How often the call was repeated."),
    "walk_s": _("Seconds from the last call to the start of service."),
    "state": _("Where the turn stands now."),
    "day": _("Business day of the office."),
    "leg": _("1 for the first service of a visit, 2 after one transfer, and so on."),
    "service_name": _("Name of the service."),
    "agency": _("Code of the agency the service belongs to."),
    "language": _("Language the visitor chose."),
    "channel": _("How the number was taken: at a kiosk, by staff, by phone."),
    "people": _("How many people the number stands for; add it up over turns with leg 1 only."),
    "ended_by": _("By hand, or automatic when the day closed."),
    "ticket": _("Key of the visit; the same in all turns of one visitor."),
    "staff": _("Pseudonym of who served; it changes every month and cannot be turned back."),
    "transferred_from": _("Service that sent the visitor here."),
    "transferred_to": _("Service the visitor was sent on to."),
    "appointment": _("Time of the appointment, if there was one."),
    "hour": _("Hour of the office's clock in which it was issued, 0 to 23."),
    "weekday": _("Weekday on which it was issued by the office's clock: 1 is Monday, 7 is Sunday."),
}  # fmt: skip
"""Meaning of each column, English; screens translate them."""
COLUMNS = tuple(EXPLAINED)

Kind = Literal["word", "text", "number", "seconds", "moment", "day", "hour", "weekday", "made"]


ISSUED = "CASE turns.leg WHEN 1 THEN tickets.issued_at ELSE turns.eligible_at END"


class Column(msgspec.Struct, frozen=True):
    """How SQLite finds a column of the log.

    Attributes:
        kind: ``word`` has letters, digits and signs that need no care in any file; ``text`` may
            have others; ``seconds`` are milliseconds; ``hour`` and ``weekday`` are moments of which
            only that is told; ``made`` is written already.
        sure: it always has a value.
        when: condition without which it has none.
    """

    sql: str
    kind: Kind
    sure: bool = False
    when: str = ""


FOUND = {
    "label": Column("turns.label", "word", sure=True),
    "service": Column("turns.service", "word", sure=True),
    "counter": Column("turns.counter_number", "number"),
    "priority": Column("turns.priority", "word", sure=True),
    "issued": Column(ISSUED, "moment", sure=True),
    "called": Column("turns.first_called_at", "moment"),
    "started": Column("turns.started_at", "moment"),
    "ended": Column("turns.ended_at", "moment"),
    "wait_s": Column(
        "MAX(0, turns.first_called_at - turns.eligible_at)", "seconds",
        when="turns.first_called_at IS NOT NULL",
    ),
    "service_s": Column(
        "turns.service_ms", "seconds",
        when="turns.started_at IS NOT NULL AND turns.ended_at IS NOT NULL",
    ),
    "outcome": Column("turns.outcome", "word"),
    "recalls": Column("turns.recalls", "number", sure=True),
    "walk_s": Column("turns.walk_ms", "seconds", when="turns.walk_ms IS NOT NULL"),
    "state": Column("turns.state", "word", sure=True),
    "day": Column("turns.day", "day", sure=True),
    "leg": Column("turns.leg", "number", sure=True),
    "service_name": Column("", "made"),
    "language": Column("tickets.language", "text", sure=True),
    "channel": Column("tickets.channel", "word", sure=True),
    "people": Column("tickets.people", "number", sure=True),
    "ended_by": Column("turns.ended_by", "word"),
    "ticket": Column("turns.ticket", "word", sure=True),
    "staff": Column("persons.told", "word"),
    "transferred_from": Column(
        "(SELECT service FROM turns AS earlier"
        " WHERE earlier.ticket = turns.ticket AND earlier.leg = turns.leg - 1)",
        "word", when="turns.leg > 1",
    ),
    "transferred_to": Column(
        "(SELECT service FROM turns AS later"
        " WHERE later.ticket = turns.ticket AND later.leg = turns.leg + 1)",
        "word", when="turns.outcome = 'transferred'",
    ),
    "appointment": Column(
        "turns.eligible_at", "moment",
        when="turns.leg = 1 AND turns.eligible_at > tickets.issued_at",
    ),
    "hour": Column(ISSUED, "hour", sure=True),
    "weekday": Column(ISSUED, "weekday", sure=True),
}  # fmt: skip
"""Column of the log -> where its value is; ``service_name`` stands for ``agency`` too."""
