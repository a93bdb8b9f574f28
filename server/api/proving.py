"""Owns proving who somebody is: the password in its turn, the second step, what slows guesses."""

from __future__ import annotations

from dataclasses import dataclass

from server.api.hall import step_aside
from server.api.keyproof import fits_key, step_wanted, wrong_key
from server.api.problems import Rejected
from server.api.requests import ShownKey
from server.api.routing import Call
from server.api.tries import too_many
from server.auth.access import NotAllowed, NotLoggedIn
from server.auth.demo_people import USERS
from server.auth.doorway import DOORWAY
from server.auth.factors import WRONG
from server.auth.factors import use as use_factor
from server.auth.failed import somebody_at
from server.auth.limits import Attempts, Full
from server.auth.registry import NO_PASSWORD, only_branch
from server.auth.secrets import as_given, known_mark
from server.domain.roles import PERSONS
from server.domain.tx import Actor
from server.domain.words import marked as _
from server.storage.queries import factors, people
from server.storage.queries.people import Person
from server.storage.transaction import SqliteTx

DEMO_LOGINS = frozenset(user.login for user in USERS)
KNOWN_COOKIE = "ramah_known"
"""Shows who logged in on this browser before: marks of the last persons, with dots between."""


@dataclass(frozen=True)
class Proved:
    """Somebody who showed the password.

    Attributes:
        keys: what limits the tries. known: the person logged in on this browser before.
    """

    person: Person
    keys: list[tuple[Attempts, str]]
    known: bool

    def succeeded(self) -> None:
        """Take note that it was the right person."""
        (limit, key), *others = self.keys
        limit.succeeded(key)
        for limit, key in others:
            limit.forgive(key)

    def forgive(self) -> None:
        """Take the try back: it goes on with another call."""
        for limit, key in self.keys:
            limit.forgive(key)


async def by_password(call: Call, login: str, password: str) -> Proved:
    """Return who has this login and password; both wrong ways are refused alike.

    Raises:
        Rejected: they do not fit together, or there were many tries.
    """
    hall = call.hall
    login = login.strip().lower()
    if hall.demo and login in DEMO_LOGINS and not _here(call):
        raise Rejected(
            403, "demo-only-here",
            _("The people of the demo log in on the machine that shows it, nowhere else."),
            field="login",
        )  # fmt: skip
    person, only = await hall.store.read(lambda db: (people.person(db, login), only_branch(db)))
    if person is not None and person.password == NO_PASSWORD:
        person = None  # invited, and not yet in: there is nothing to log in with
    keys = await _keys(call, login, person)
    wait = max(limit.wait_s(key) for limit, key in keys)
    if wait:
        raise too_many(wait, "login")
    known = len(keys) == 1
    weight = -1 if known else sum(limit.failures(key) for limit, key in keys)
    for limit, key in keys:
        limit.began(key)
    given = person is not None and person.given_until is not None
    typed = as_given(password) if given else password
    fits = await _fits(call, person, typed, weight)
    if person is None or not fits:
        somebody = somebody_at(call.client)
        if person is None:
            hall.failed.note(only, "name", "", somebody)
        else:
            hall.failed.note(person.branch, "password", person.id, somebody, own=known)
        raise Rejected(
            401, "wrong-login", _("Login and password do not fit together."), field="password"
        )
    return Proved(person, keys, known)


async def second_step(
    call: Call, proved: Proved, code: str | None, passkey: ShownKey | None = None
) -> None:
    """Ask for a passkey, a code of the app or a recovery code, where the person has a second step.

    Guesses are counted for the person, wherever they come from: only who knows the password can
    make any.

    Raises:
        Rejected: there is none yet, or it does not fit.
    """
    hall, person = call.hall, proved.person
    if not await hall.store.read(lambda db: factors.counts(db, person.id), asked=False):
        return
    if code is None and passkey is None:
        proved.forgive()
        raise await step_wanted(call, person)
    wait = hall.factors.wait_s(person.id)
    if wait:
        raise too_many(wait, "code")
    hall.factors.began(person.id)
    fits = await (_fits_code(call, person, code or "") if passkey is None
                  else fits_key(call, person, passkey))  # fmt: skip
    if not fits:
        somebody = somebody_at(call.client)
        hall.failed.note(person.branch, "step", person.id, somebody, own=proved.known)
        raise Rejected(401, "wrong-code", WRONG, field="code") if passkey is None else wrong_key()
    hall.factors.succeeded(person.id)


async def _fits_code(call: Call, person: Person, code: str) -> bool:
    actor = Actor(f"user:{person.id}", person.role, person.name, person=True, place=call.client)

    def command(tx: SqliteTx) -> bool:
        used = use_factor(tx, call.hall.vault, person.id, code)
        if used == "recovery":
            tx.note("recovery_used")
        return used is not None

    return await call.hall.store.transact(person.branch, actor, command)


async def _keys(call: Call, login: str, person: Person | None) -> list[tuple[Attempts, str]]:
    """Return what limits a try to log in: the login from this client, and the client.

    A browser on which the person logged in before, or still is logged in, is limited by itself:
    what strangers do elsewhere, or behind the same address, does not concern it.
    """
    hall, client = call.hall, call.client
    if person is not None:
        mark = known_mark(person.id, person.password)
        if mark in marks(call) or await _is_in(call, login):
            return [(hall.logins, f"known {mark} {client}")]
    return [(hall.logins, f"{login} {client}"), (hall.addresses, client)]


def marks(call: Call) -> list[str]:
    """Return what this browser shows of who logged in on it before."""
    return call.request.cookies.get(KNOWN_COOKIE, "")[:400].split(".")


async def _is_in(call: Call, login: str) -> bool:
    try:
        who = await call.hall.access.require(call.request, PERSONS)
    except (NotLoggedIn, NotAllowed):
        return False
    return who.login == login


async def _fits(call: Call, person: Person | None, password: str, weight: int) -> bool:
    """Check a password when its turn comes; an unknown login takes as long as a known one."""
    hashed = None if person is None else person.password
    step_aside(call.request)  # guesses that wait for their check keep nobody from coming in
    try:
        return await call.hall.hashing.fits(hashed, password, weight)
    except Full:
        raise too_many(2, "login") from None


async def check_password(call: Call, password: str, field: str = "password") -> Person:
    """Ask who is logged in for the password once more; return the person.

    Raises:
        Rejected: it is another one, or there were many tries. NotAllowed: no person asks.
    """
    hall, login = call.hall, call.who.login
    if login is None:
        raise NotAllowed  # a script's token is no person
    person = await hall.store.read(lambda db: people.person(db, login))
    key = f"change {login}"
    wait = hall.logins.wait_s(key)
    if wait:
        raise too_many(wait, field)
    hall.logins.began(key)
    if not await _fits(call, person, password, -1) or person is None:
        not_the_person(call)
        raise Rejected(403, "wrong-login", _("The present password is another one."), field=field)
    hall.logins.succeeded(key)
    return person


def not_the_person(call: Call) -> None:
    """Take note that somebody at an open session could not show password or PIN."""
    who = call.who
    person = who.actor.id.removeprefix("user:")
    call.hall.failed.note(who.branch, "proof", person, who.actor, own=True)


def _here(call: Call) -> bool:
    return call.request.app[DOORWAY].from_this_machine(call.request)
