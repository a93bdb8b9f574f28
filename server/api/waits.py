"""Owns the call for waits as they stand: each service's longest wait beside its target."""

from __future__ import annotations

from server.api.routing import Call, Route
from server.domain.roles import SUPERVISOR_UP
from server.reports.figures import WaitNow, WaitsNow
from server.storage.transaction import SqliteTx

MINUTE = 60_000


async def waits(call: Call) -> WaitsNow:
    """Return who waits now; an appointment waits from its time on, not before."""

    def query(tx: SqliteTx) -> WaitsNow:
        since: dict[str, list[int]] = {}
        for ticket in tx.today.waiting():
            turn = tx.hall.visits[ticket].turn
            if turn.due is None or turn.due <= tx.now:
                waited = max(0, tx.now - turn.eligible_at)
                since.setdefault(turn.service, []).append(waited)
        return WaitsNow([
            WaitNow(
                service=each.code,
                waiting=len(since[each.code]),
                longest_s=max(since[each.code]) / 1000,
                target_s=each.target_minutes * 60,
                over=sum(wait > each.target_minutes * MINUTE for wait in since[each.code]),
            )
            for each in tx.office.services
            if each.code in since
        ])  # fmt: skip

    return await call.read(query)


ROUTES = [
    Route(
        "GET", "/api/waits", waits, SUPERVISOR_UP,
        "Who waits now: the longest wait of each service beside its target", answer=WaitsNow,
    ),
]  # fmt: skip
