"""Owns founding a hall in the city: the settings of another under a name of its own."""

from __future__ import annotations

import sqlite3

from server.auth import registry
from server.branches import described, put_in_force
from server.domain.errors import Conflict, NotFound
from server.domain.events import Configured
from server.domain.office import Office
from server.editing.written import as_written
from server.storage.queries import offices
from server.storage.transaction import SqliteTx

FIRST_ROLE = "admin"


def like(
    db: sqlite3.Connection, template: str, code: str, name: str, agency: str | None = None
) -> Office:
    """Return the settings of the hall ``template`` under another code and name.

    ``agency``: whose hall it is, if not the same's.

    Raises:
        NotFound: there is no such hall, or it has no settings yet. Mistakes: they do not fit.
    """
    found = next((each for each in offices.branches(db) if each.code == template), None)
    known = None if found is None else offices.office(db, found.id)
    if found is None or known is None:
        raise NotFound(
            "There is no hall '{code}' whose settings could be taken.", field="like", code=template
        )
    # the address of another server leads nobody here
    address = {"public_url": ""} if found.elsewhere else {}
    own = {"code": code, "name": name} | ({} if agency is None else {"agency": agency})
    return described(as_written(known) | address | own)


def begin(tx: SqliteTx, office: Office, login: str, person: str) -> str:
    """Put the first settings of a new hall in force; return the id of who administers it.

    Nobody knows that person's password: an invitation is to be made.

    Raises:
        Conflict: the code or the login is taken. Invalid: the login or the name does not fit.
    """
    known = offices.branch(tx.aside, tx.branch)
    if known.seq or known.elsewhere:
        raise Conflict("There is a hall '{code}' already.", field="code", code=office.code)
    put_in_force(tx, Configured(1, office))
    key = tx.new_id()
    who = registry.NewPerson(login, person, FIRST_ROLE)
    registry.invite_user(tx.aside, tx.branch, who, key, tx.now)
    tx.note("hall_made", name=office.name)
    tx.note("person_invited", name=person, role=FIRST_ROLE)
    return key
