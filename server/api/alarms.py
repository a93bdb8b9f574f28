"""Owns the call for alarms: what needs a person now, in words."""

from __future__ import annotations

from server.alarms import (
    BACKUP,
    CLOCK,
    DAY_END,
    DISK,
    DISPLAY,
    LONG_WAIT,
    NOBODY,
    PLAN,
    WAITS,
    found,
)
from server.api.hall import Translate
from server.api.routing import Call, Route
from server.domain.day import iso
from server.domain.roles import SUPERVISOR_UP
from server.domain.words import marked as _
from server.officers.quiet import RULE as QUIET_CALL
from server.reports.figures import Alarm, AlarmList
from server.storage.queries import equipment
from server.storage.store import Store
from server.storage.transaction import SqliteTx

WORDS = {
    LONG_WAIT: _("{subject}: somebody has waited {value} minutes (limit {limit})."),
    NOBODY: _("{subject}: people wait, but no open counter serves them."),
    DISPLAY: _("{subject} shows nothing. Is the display switched on, and is its page open?"),
    CLOCK: _("The clock of the server has jumped. Is its time right?"),
    DISK: _(
        "The server's disk is slow: {value} seconds to keep one step. Screens still show what is "
        "known; please call the technician."
    ),
    WAITS: _(
        "The waits told were right for {value} of 100 who waited, on two days now ({limit} are "
        "meant). They are told wider until that is better."
    ),
    QUIET_CALL: _("Counter {subject}: a colleague quietly asks for help. Please go there, calmly."),
    BACKUP: _(
        "The last good backup is {value} hours old ({limit} are meant). Is the stick plugged in?"
    ),
    PLAN: _(
        "A planned change of the settings did not come into force ({value}). A manager sees why "
        "on the page of the settings."
    ),
    DAY_END: _("The day has ended while {value} people may still be waiting."),
}
PRINTER_WORDS = _(
    "{subject}: {value} papers wait. Please check the printer's power, cable, paper and cover."
)
PRINTER_IDLE = _(
    "{subject} cannot print. Please check the printer's power, cable, paper and cover."
)


async def alarms(call: Call) -> AlarmList:
    """Return the alarms that are on."""
    hall, language = call.hall, call.language
    return AlarmList(
        await call.read(lambda tx: alarms_now(tx, hall.store, hall.translate, language))
    )


def alarms_now(tx: SqliteTx, store: Store, translate: Translate, language: str) -> list[Alarm]:
    """Return the alarms that are on, in words of a language."""
    now = found(tx, store.clock.jump(), store.pace.trouble())
    names = {each.code: each.names.get(language) or each.code for each in tx.office.services}
    answers = []
    for rule, subject, raised_at, limit, since in equipment.alarms(tx.db, tx.branch):
        value = now.get((rule, subject), (raised_at, 0))[0]
        words = translate(
            language, WORDS.get(rule) or (PRINTER_WORDS if value else PRINTER_IDLE),
            subject=names.get(subject, subject), limit=limit, value=value,
        )  # fmt: skip
        when = iso(since, tx.office.zone)
        answers.append(Alarm(rule, subject, words, value, limit, when))
    return answers


ROUTES = [
    Route("GET", "/api/alarms", alarms, SUPERVISOR_UP, "What needs a person now", answer=AlarmList),
]
