"""Owns the call for equipment: printers and displays, each with how it is in words."""

from __future__ import annotations

from server.api.figures import EquipmentAnswer, EquipmentList
from server.api.printers import STATES
from server.api.routing import Call, Route
from server.api.words import marked as _
from server.auth.access import MANAGER_UP
from server.domain.day import iso
from server.equipment import DISPLAY, OFFLINE, ONLINE, WELL
from server.storage.transaction import SqliteTx

DISPLAY_STATES = {
    ONLINE: _("Shows the calls."),
    OFFLINE: _("Not heard from. Is it switched on, and is its page open?"),
}
SELECT_EQUIPMENT = """
SELECT what, device, name, state, since,
    (SELECT COUNT(*) FROM print_jobs WHERE printer = device AND state = 'queued')
FROM equipment WHERE branch = ? ORDER BY what DESC, name, device
"""


async def equipment(call: Call) -> EquipmentList:
    """Return every printer and display of the branch that was ever seen."""

    def words(what: str, state: str) -> str:
        told = DISPLAY_STATES if what == DISPLAY else STATES
        return call.hall.translate(call.language, told.get(state, STATES["io"]))

    def query(tx: SqliteTx) -> EquipmentList:
        rows = tx.db.execute(SELECT_EQUIPMENT, (tx.branch,))
        return EquipmentList([
            EquipmentAnswer(
                what, device, name, state, words(what, state), state in WELL,
                iso(since, tx.office.zone), waiting,
            )
            for what, device, name, state, since, waiting in rows
        ])  # fmt: skip

    return await call.read(query)


ROUTES = [
    Route(
        "GET", "/api/equipment", equipment, MANAGER_UP,
        "Printers and displays, how each is and since when", answer=EquipmentList,
    ),
]  # fmt: skip
