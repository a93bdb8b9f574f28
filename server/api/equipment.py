"""Owns the call for equipment: printers and displays, each with how it is in words."""

from __future__ import annotations

from typing import Literal

from server.api.figures import EquipmentAnswer, EquipmentList
from server.api.printers import STATES
from server.api.routing import Call, Route
from server.api.words import marked as _
from server.auth.access import MANAGER_UP
from server.domain.day import Millis, iso, local
from server.equipment import DISPLAY, OFFLINE, ONLINE, WELL
from server.storage.transaction import SqliteTx

DISPLAY_STATES = {
    ONLINE: _("Shows the calls."),
    OFFLINE: _("Not heard from. Is it switched on, and is its page open?"),
}
KEY: Literal["key"] = "key"
KEY_ENDS = "key_ends"
KEY_WARNING_MS = 30 * 86_400_000
SELECT_KEYS = """
SELECT id, name, expires_at FROM tokens
WHERE branch = ? AND role IN ('kiosk', 'display') AND revoked_at IS NULL AND expires_at < ?
ORDER BY name, id
"""
"""Devices that were not in use for so long that their browsers forget, or forgot, their keys."""
SELECT_EQUIPMENT = """
SELECT what, device, name, state, since,
    (SELECT COUNT(*) FROM print_jobs WHERE printer = device AND state = 'queued')
FROM equipment WHERE branch = ? ORDER BY what DESC, name, device
"""


async def equipment(call: Call) -> EquipmentList:
    """Return every printer and display that was ever seen, and keys near their end."""

    def words(what: str, state: str) -> str:
        told = DISPLAY_STATES if what == DISPLAY else STATES
        return call.hall.translate(call.language, told.get(state, STATES["io"]))

    def key_words(tx: SqliteTx, ends: Millis) -> str:
        return call.hall.translate(
            call.language,
            _("Not in use for long: its browser forgets its key on {day}. Open its page before, "
              "or pair it again."),
            day=local(ends, tx.office.zone).date().isoformat(),
        )  # fmt: skip

    def query(tx: SqliteTx) -> EquipmentList:
        rows = tx.db.execute(SELECT_EQUIPMENT, (tx.branch,))
        keys = tx.db.execute(SELECT_KEYS, (tx.branch, tx.now + KEY_WARNING_MS)).fetchall()
        return EquipmentList([
            EquipmentAnswer(
                KEY, device, name, KEY_ENDS, key_words(tx, ends), well=False,
                since=iso(ends, tx.office.zone), waiting=0,
            )
            for device, name, ends in keys
        ] + [
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
