"""Owns the call for alarms: what needs a person now, in words."""

from __future__ import annotations

from server.alarms import LONG_WAIT, NOBODY, found
from server.api.figures import Alarm, AlarmList
from server.api.routing import Call, Route
from server.api.words import marked as _
from server.auth.access import MANAGER_UP
from server.domain.day import iso
from server.storage.transaction import SqliteTx

WORDS = {
    LONG_WAIT: _("{subject}: somebody has waited {value} minutes (limit {limit})."),
    NOBODY: _("{subject}: people wait, but no open counter offers this service."),
}
PRINTER_WORDS = _("Printer {subject}: {value} papers wait. Please look at paper and cover.")


async def alarms(call: Call) -> AlarmList:
    """Return the alarms that are on."""

    def read(tx: SqliteTx) -> AlarmList:
        now = found(tx)
        names = {
            each.code: each.names.get(call.language) or each.code for each in tx.office.services
        }
        rows = tx.db.execute(
            'SELECT rule, subject, value, "limit", since FROM alarms WHERE branch = ? '
            "ORDER BY since, rule, subject",
            (tx.branch,),
        )
        return AlarmList([
            Alarm(
                rule, subject,
                call.hall.translate(
                    call.language, WORDS.get(rule, PRINTER_WORDS),
                    subject=names.get(subject, subject), limit=limit,
                    value=now.get((rule, subject), (value, 0))[0],
                ),
                value, limit, iso(since, tx.office.zone),
            )
            for rule, subject, value, limit, since in rows
        ])  # fmt: skip

    return await call.read(read)


ROUTES = [
    Route("GET", "/api/alarms", alarms, MANAGER_UP, "What needs a person now", answer=AlarmList),
]
