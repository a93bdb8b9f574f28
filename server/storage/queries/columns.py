"""The log's columns: name, type, meaning and SQL of each, in the one list that all files follow.

A page, CSV, workbook, Parquet, OpenAPI and the explanation for people are made from it; a column
more is a line more here.
"""

from __future__ import annotations

from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_type_hints

import msgspec

from server.domain.states import Outcome, Priority, TurnState
from server.domain.words import marked as _

Kind = Literal[
    "word", "text", "number", "seconds", "moment", "day", "hour", "weekday", "name", "agency",
    "person",
]  # fmt: skip

ISSUED = "CASE turns.leg WHEN 1 THEN tickets.issued_at ELSE turns.eligible_at END"
CAME_FROM = (
    "CASE WHEN turns.leg > 1 THEN (SELECT service FROM turns AS earlier"
    " WHERE earlier.ticket = turns.ticket AND earlier.leg = turns.leg - 1) END"
)
WENT_TO = (
    "CASE WHEN turns.outcome = 'transferred' THEN (SELECT service FROM turns AS later"
    " WHERE later.ticket = turns.ticket AND later.leg = turns.leg + 1) END"
)
APPOINTMENT = (
    "CASE WHEN turns.leg = 1 AND turns.eligible_at > tickets.issued_at THEN turns.eligible_at END"
)


class Column(msgspec.Struct, frozen=True):
    """A column of the log.

    Attributes:
        sql: its value as the tables have it: moments and times in milliseconds, codes, ids.
        kind: ``word`` has letters, digits and signs that need no care in any file; ``text`` may
            have others; of ``hour`` and ``weekday`` the moment is kept; of ``name`` and ``agency``
            the code of the service; of ``person`` who it is, which nobody is told.
        meaning: for people, English; screens translate it.
        sure: it always has a value.
    """

    sql: str
    kind: Kind
    meaning: str
    sure: bool = False


def column(sql: str, kind: Kind, meaning: str) -> msgspec.Meta:
    """Return what is known of a column beside its name and type."""
    return msgspec.Meta(description=meaning, extra={"column": Column(sql, kind, meaning)})


class LogTurn(msgspec.Struct, frozen=True):
    """One turn of the wait-time log; times are ISO 8601 in the branch's zone.

    ``wait_s`` is issue (or appointment) to first call, ``walk_s`` last call to start,
    ``service_s`` start to end without holds; all in seconds, never negative. ``hour`` (0 to 23)
    and ``weekday`` (1 is Monday) are those of ``issued`` on the branch's clock.
    """

    # fmt: off
    label: Annotated[str, column("turns.label", "word", _("The number on the paper."))]
    service: Annotated[str, column("turns.service", "word", _("Code of the service this turn waited for."))]
    counter: Annotated[int | None, column("turns.counter_number", "number", _("Number of the counter that called last; empty when nobody called."))]
    priority: Annotated[Priority, column("turns.priority", "word", _("Class: regular or priority. The reason is never kept."))]
    issued: Annotated[str, column(ISSUED, "moment", _("When the number was taken; for a turn after a transfer, when it was sent on."))]
    called: Annotated[str | None, column("turns.first_called_at", "moment", _("The first call. Later calls never change it."))]
    started: Annotated[str | None, column("turns.started_at", "moment", _("When service began."))]
    ended: Annotated[str | None, column("turns.ended_at", "moment", _("When the turn ended, in whatever way."))]
    wait_s: Annotated[float | None, column("turns.wait_ms", "seconds", _("Seconds from taking the number (or from the appointment) to the first call."))]
    service_s: Annotated[float | None, column("turns.served_ms", "seconds", _("Seconds of service, without the time on hold."))]
    outcome: Annotated[Outcome | None, column("turns.outcome", "word", _("How it ended: served, no_show, cancelled_by_visitor, cancelled_by_staff, transferred, expired, unfinished."))]
    recalls: Annotated[int, column("turns.recalls", "number", _("How often the call was repeated."))]
    walk_s: Annotated[float | None, column("turns.walk_ms", "seconds", _("Seconds from the last call to the start of service."))]
    state: Annotated[TurnState, column("turns.state", "word", _("Where the turn stands now."))]
    day: Annotated[str, column("turns.day", "day", _("Business day of the office."))]
    leg: Annotated[int, column("turns.leg", "number", _("1 for the first service of a visit, 2 after one transfer, and so on."))]
    service_name: Annotated[str, column("turns.service", "name", _("Name of the service."))]
    agency: Annotated[str | None, column("turns.service", "agency", _("Code of the agency the service belongs to."))]
    language: Annotated[str, column("tickets.language", "text", _("Language the visitor chose."))]
    channel: Annotated[str, column("tickets.channel", "word", _("How the number was taken: at a kiosk, by staff, by phone."))]
    people: Annotated[int, column("tickets.people", "number", _("How many people the number stands for; add it up over turns with leg 1 only."))]
    ended_by: Annotated[str | None, column("turns.ended_by", "word", _("By hand, or automatic when the day closed."))]
    ticket: Annotated[str, column("turns.ticket", "word", _("Key of the visit; the same in all turns of one visitor."))]
    staff: Annotated[str | None, column("turns.staff", "person", _("Pseudonym of who served; it changes every month and cannot be turned back."))]
    transferred_from: Annotated[str | None, column(CAME_FROM, "word", _("Service that sent the visitor here."))]
    transferred_to: Annotated[str | None, column(WENT_TO, "word", _("Service the visitor was sent on to."))]
    appointment: Annotated[str | None, column(APPOINTMENT, "moment", _("Time of the appointment, if there was one."))]
    hour: Annotated[int, column(ISSUED, "hour", _("Hour of the office's clock in which it was issued, 0 to 23."))]
    weekday: Annotated[int, column(ISSUED, "weekday", _("Weekday on which it was issued by the office's clock: 1 is Monday, 7 is Sunday."))]
    note_for_counter: Annotated[str | None, column("tickets.note_for_counter", "text", _("What the counter was told when the number was taken."))]
    # fmt: on


def _columns() -> dict[str, Column]:
    hints: dict[str, Any] = get_type_hints(LogTurn, include_extras=True)
    return {
        name: msgspec.structs.replace(
            hint.__metadata__[0].extra["column"],
            sure=NoneType not in get_args(hint.__origin__),
        )
        for name, hint in hints.items()
    }


COLUMNS = _columns()
"""Each column by its name, in their order."""
