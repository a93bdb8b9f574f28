"""Owns ending the key of a paired device: it was lost, replaced, or its bearer works elsewhere."""

from __future__ import annotations

from aiohttp import web

from server.api.routing import Call
from server.domain.errors import NotFound
from server.storage.queries import keys
from server.storage.transaction import SqliteTx


async def end_key(call: Call, role: str, key: str, unknown: NotFound) -> web.Response:
    """End the key of a device of this office; it opens nothing from now on.

    Raises:
        NotFound: ``unknown``, where no device of this ``role`` has the id.
    """

    def command(tx: SqliteTx) -> None:
        names = {each.id: each.name for each in keys.devices(tx.aside, tx.branch, role)}
        if key not in names:
            raise unknown
        keys.revoke(tx.aside, key, tx.now)
        tx.note("token_ended", name=names[key])

    answer = await call.do(command)
    call.hall.access.forget()
    return answer
