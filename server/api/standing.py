"""Owns the call for today's tickets that stand in one state."""

from __future__ import annotations

from server.api.answers import not_yet
from server.api.routing import Call
from server.api.types import TicketLine, TicketList
from server.domain.day import Millis, iso
from server.domain.errors import Invalid
from server.domain.shown import told
from server.domain.states import TurnState
from server.domain.turns import Visit
from server.storage.transaction import SqliteTx

LISTED = 500


async def listing(call: Call) -> TicketList:
    """Return today's tickets that wait, are held, or were missed; first in line first."""
    wanted = call.request.query.get("state", "waiting")
    if wanted not in {TurnState.WAITING, TurnState.HELD, TurnState.NO_SHOW}:
        raise Invalid("Choose waiting, held or no_show.", field="state")

    def query(tx: SqliteTx) -> TicketList:
        visits = [tx.hall.visits[key] for key in tx.today.tickets]
        found = [each for each in visits if each.turn.state == wanted]
        found.sort(key=lambda each: each.turn.arrival)
        lines = [_line(each, tx.now) for each in found[:LISTED]]
        return TicketList(lines, more=len(found) > LISTED)

    return await call.read(query)


def _line(visit: Visit, now: Millis) -> TicketLine:
    ticket, turn = visit.ticket, visit.turn
    return TicketLine(
        id=ticket.id,
        label=turn.label,
        service=turn.service,
        state=turn.state,
        priority=turn.priority,
        language=ticket.language,
        people=ticket.people,
        since=iso(ticket.issued_at),
        counter=turn.for_counter or None,
        hold_reason=turn.hold_reason,
        hold_until=told(turn.hold_until),
        due=told(turn.due),
        due_at=told(turn.due),
        not_yet=not_yet(now, turn),
    )
