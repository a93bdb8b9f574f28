"""Owns the call for equipment: printers and displays, each with how it is in words."""

from __future__ import annotations

from typing import Literal

from server.api.printers import STATES
from server.api.routing import Call, Route
from server.auth.access import MANAGER_UP
from server.domain.day import Millis, iso, local
from server.domain.words import marked as _
from server.equipment import DISPLAY, OFFLINE, ONLINE, PRINTER, WELL
from server.reports.figures import EquipmentAnswer, EquipmentList
from server.storage.queries import equipment as rows
from server.storage.queries import keys, printers
from server.storage.transaction import SqliteTx

DISPLAY_STATES = {
    ONLINE: _("Shows the calls."),
    OFFLINE: _("Not heard from. Is it switched on, and is its page open?"),
}
KEY: Literal["key"] = "key"
KEY_ENDS = "key_ends"
KEY_WARNING_MS = 30 * 86_400_000


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
        waiting = printers.waiting_at(tx.db, tx.branch)
        return EquipmentList([
            EquipmentAnswer(
                KEY, each.id, each.name, KEY_ENDS, key_words(tx, each.expires_at), well=False,
                since=iso(each.expires_at, tx.office.zone), waiting=0,
            )
            for each in keys.ending(tx.db, tx.now + KEY_WARNING_MS, tx.branch)
        ] + [
            EquipmentAnswer(
                what, device, name, state, words(what, state), state in WELL,
                iso(since, tx.office.zone),
                waiting.get(device, 0) if what == PRINTER else 0,
            )
            for what, device, name, state, since in rows.seen(tx.db, tx.branch)
        ])  # fmt: skip

    return await call.read(query)


ROUTES = [
    Route(
        "GET", "/api/equipment", equipment, MANAGER_UP,
        "Printers and displays, how each is and since when", answer=EquipmentList,
    ),
]  # fmt: skip
