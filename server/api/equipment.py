"""Owns the call for equipment: printers and displays, each with how it is in words."""

from __future__ import annotations

from typing import Literal

from server.api.hall import Translate
from server.api.printers import STATES
from server.api.routing import Call, Route
from server.domain.day import Millis, iso, local
from server.domain.roles import SUPERVISOR_UP
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
KEY_WORDS = _(
    "Not in use for long: its browser forgets its key on {day}. Open its page before, or pair it "
    "again."
)
KEY_WARNING_MS = 30 * 86_400_000


async def equipment(call: Call) -> EquipmentList:
    """Return every printer and display that was ever seen, and keys near their end."""
    translate, language = call.hall.translate, call.language
    return EquipmentList(await call.read(lambda tx: equipment_now(tx, translate, language)))


def equipment_now(tx: SqliteTx, translate: Translate, language: str) -> list[EquipmentAnswer]:
    """Return printers and displays and keys near their end, in words of a language."""
    zone = tx.office.zone

    def words(what: str, state: str) -> str:
        told = DISPLAY_STATES if what == DISPLAY else STATES
        return translate(language, told.get(state, STATES["io"]))

    def key_words(ends: Millis) -> str:
        return translate(language, KEY_WORDS, day=local(ends, zone).date().isoformat())

    waiting = printers.waiting_at(tx.db, tx.branch)
    return [
        EquipmentAnswer(
            KEY, each.id, each.name, KEY_ENDS, key_words(each.expires_at), well=False,
            since=iso(each.expires_at, zone), waiting=0,
        )
        for each in keys.ending(tx.db, tx.now + KEY_WARNING_MS, tx.branch)
    ] + [
        EquipmentAnswer(
            what, device, name, state, words(what, state), state in WELL, iso(since, zone),
            waiting.get(device, 0) if what == PRINTER else 0,
        )
        for what, device, name, state, since in rows.seen(tx.db, tx.branch)
    ]  # fmt: skip


ROUTES = [
    Route(
        "GET", "/api/equipment", equipment, SUPERVISOR_UP,
        "Printers and displays, how each is and since when", answer=EquipmentList,
    ),
]  # fmt: skip
