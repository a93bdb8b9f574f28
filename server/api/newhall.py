"""Owns the call by which the city's people found a hall, with another one as its template."""

from __future__ import annotations

from typing import Annotated

import msgspec

from server.api.invitations import Invited, Name, made, new_code
from server.api.requests import Request
from server.api.routing import Call, Route
from server.domain.roles import CITY
from server.domain.texts import PRINTABLE, Code
from server.editing import newhall
from server.storage.transaction import SqliteTx


class FoundHall(Request, frozen=True):
    """A new hall.

    Attributes:
        code: short name, for life. name: as visitors read it.
        like: code of the hall whose settings it begins with.
        agency: whose hall it is; without it, of the same agency as that one.
        login, person: who administers it first; they choose the password by an invitation.
    """

    code: Code
    name: Name
    like: Code
    login: Annotated[str, msgspec.Meta(max_length=64, pattern=PRINTABLE)]
    person: Name
    agency: Annotated[str, msgspec.Meta(max_length=64, pattern=PRINTABLE)] | None = None


async def found_hall(call: Call) -> Invited:
    """Make the hall; its first administrator is invited.

    No ``Idempotency-Key``: the answer would be kept, and with it the invitation's code. The same
    hall again is refused, so a request that comes twice makes one.

    Raises:
        NotFound: no such template. Conflict: the hall is there already, or the login is taken.
        Mistakes: the settings do not fit under that name.
    """
    body: FoundHall = call.body
    store, code, login = call.hall.store, new_code(), body.login.strip().lower()
    office = await store.read(
        lambda db: newhall.like(db, body.like, body.code, body.name, body.agency)
    )

    def begin(tx: SqliteTx) -> Invited:
        key = newhall.begin(tx, office, login, body.person)
        return made(call, tx, office, key, login, body.person, code)

    return await store.found(body.code, call.who.actor, begin)


ROUTES = [
    Route("POST", "/api/city/halls", found_hall, frozenset({CITY}),
          "Found a hall with another one as its template", answer=Invited, body=FoundHall,
          status=201, problems=(404, 409, 422)),
]  # fmt: skip
