"""Owns the last step of the set-up: office, first administrator and printer, all or nothing."""

from __future__ import annotations

from functools import partial

from server.auth.demo_people import demo_branches
from server.auth.passwords import check_new
from server.auth.registry import put_printer
from server.auth.sessions import begin
from server.branches import put_in_force
from server.domain.errors import Conflict
from server.domain.events import Configured
from server.domain.office import Office
from server.domain.roles import ADMIN
from server.domain.tx import Actor
from server.setup.door import check_open
from server.setup.draft import Draft
from server.storage.queries import people, setup
from server.storage.queries.people import Came
from server.storage.store import Store
from server.storage.transaction import SqliteTx


def check_password(draft: Draft, office: Office, password: str) -> str:
    """Return the first administrator's password in the form that is hashed.

    Raises:
        Invalid: it is too short, too long, or guessed first; says so in words.
    """
    words = [draft.login, draft.name, office.code, office.name]
    return check_new(password, words, office.logins.password_length)


async def found_office(
    store: Store, draft: Draft, office: Office, hashed: str, session: str, where: Came
) -> None:
    """Make the office, its first administrator and printer, in one transaction.

    ``hashed`` is the administrator's password as it is kept, ``session`` the secret of the
    browser that goes on as this person.

    Raises:
        Conflict: an office was made meanwhile, or the login is taken.
    """
    run = partial(_begin, draft=draft, office=office, hashed=hashed, session=session, where=where)
    await store.found(office.code, Actor("set-up", ADMIN, draft.name, place=where.place), run)


def _begin(
    tx: SqliteTx, *, draft: Draft, office: Office, hashed: str, session: str, where: Came
) -> None:
    check_open(tx.aside)
    if people.person(tx.aside, draft.login, locked_out=True) is not None:
        raise Conflict("The login '{login}' is taken.", field="login", login=draft.login)
    put_in_force(tx, Configured(1, office))
    name = draft.name.strip()
    person = people.Person(tx.new_id(), tx.branch, draft.login, name, ADMIN, hashed)
    people.add(tx.aside, person, tx.now)
    tx.note("user_added", name=name, role=ADMIN)
    if draft.printer is not None:
        called = draft.printer.name.strip()[:64] or "Printer"
        put_printer(tx.aside, tx.branch, called, draft.printer.url, None, tx.new_id(), tx.now)
        tx.note("printer_added", name=called)
    begin(tx, person.id, ADMIN, session, where)
    setup.finish(tx.aside, tx.branch, beside_demo=bool(demo_branches(tx.aside)))
