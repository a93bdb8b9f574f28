"""Owns the rows of those who may come in: tokens, pairing codes, people, printers, branches."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from server.auth.cookies import DEVICE_COOKIES
from server.auth.demo_people import demo_branches
from server.auth.passwords import MIN_PASSWORD, check_new
from server.auth.reach import Reach
from server.auth.secrets import digest, hash_password, new_code, new_token, plain_code
from server.domain.day import Millis
from server.domain.errors import Conflict, Invalid, NotFound
from server.domain.roles import AGENCY, PEOPLE, ROLES, TABLET
from server.domain.texts import END, is_seen
from server.storage.queries import factors, keys, offices, people, printers

LONGEST_NAME = 64
LOGIN = re.compile(rf"^[a-z0-9][a-z0-9._-]{{0,63}}{END}")
CODE_MINUTES = 15
NO_PASSWORD = ""
"""In place of a hash: nothing that is typed fits it."""


def is_name(name: str) -> bool:
    """Whether a name can stand in a list."""
    return 1 <= len(name) <= LONGEST_NAME and is_seen(name)


def check_name(name: str, field: str = "name") -> str:
    """Return the name, if it can stand in a list: 1 to 64 characters, all to be seen.

    Raises:
        Invalid: it cannot.
    """
    if not is_name(name):
        raise Invalid("A name has 1 to 64 characters.", field=field)
    return name


def insert_token(
    db: sqlite3.Connection, branch: int, what: keys.Paired, token: str, id_: str, now: Millis,
    agency: str = "",
) -> None:  # fmt: skip
    """Keep a token's hash, for good."""
    key = keys.Key(branch, id_, what.role, what.name, None, what.counter, agency)
    keys.add(db, key, digest(token), now)


def create_token(
    db: sqlite3.Connection, branch: int, role: str, name: str, id_: str, now: Millis,
    counter: int | None = None, agency: str = "",
) -> str:  # fmt: skip
    """Make a token and return it; only its hash is kept, so it is shown this once.

    ``agency``: of the role ``agency``, whose halls it reads.
    """
    if role not in ROLES:
        raise Invalid("The role is one of: {roles}.", field="role", roles=", ".join(ROLES))
    agency = _agency(role, agency)
    token = new_token()
    insert_token(db, branch, _paired(db, branch, role, name, counter), token, id_, now, agency)
    return token


def _paired(
    db: sqlite3.Connection, branch: int, role: str, name: str, counter: int | None
) -> keys.Paired:
    """Return what a key is made for; a tablet stands at one counter, nothing else does.

    Raises:
        Invalid: there is no such counter, or the role and the counter do not go together.
    """
    if (role == TABLET) != (counter is not None):
        raise Invalid("A tablet, and only a tablet, stands at one counter.", field="counter")
    office = offices.office(db, branch) if counter is not None else None
    if office is not None and counter not in {each.number for each in office.counters}:
        raise Invalid("There is no counter '{counter}' here.", field="counter", counter=counter)
    return keys.Paired(role, check_name(name), counter)


def create_code(
    db: sqlite3.Connection, branch: int, role: str, name: str, now: Millis,
    counter: int | None = None,
) -> str:  # fmt: skip
    """Make a pairing code for a device, good once and for a quarter of an hour."""
    if role not in DEVICE_COOKIES:
        raise Invalid(
            "Only kiosks, displays, tablets and comfort phones are paired by code.", field="role"
        )
    code = new_code()
    what = _paired(db, branch, role, name, counter)
    ends = now + CODE_MINUTES * 60_000
    keys.add_code(db, branch, what, digest(plain_code(code)), now, ends)
    return code


def revoke_token(db: sqlite3.Connection, key: str, now: Millis, code: str | None = None) -> int:
    """Revoke the tokens with this id or name, of the branch called ``code``; return how many.

    Raises:
        Invalid: several branches have tokens of this name, and none was named.
    """
    found = keys.named(db, key, code)
    _of_one_branch(each.branch for each in found)
    for each in found:
        keys.revoke(db, each.id, now)
    return len(found)


def _of_one_branch(found: Iterable[str]) -> None:
    """Refuse what would reach into several branches at once.

    Raises:
        Invalid: names the branches.
    """
    codes = sorted(set(found))
    if len(codes) > 1:
        names = ", ".join(codes)
        raise Invalid("Name the branch with --branch: {names}.", field="branch", names=names)


class NewPerson(NamedTuple):
    """Somebody to be added; ``agency``: of the role ``agency``, whose halls they read."""

    login: str
    name: str
    role: str
    agency: str = ""


def create_user(
    db: sqlite3.Connection, branch: int, who: NewPerson, password: str, id_: str, now: Millis
) -> None:
    """Add a person who logs in.

    Raises:
        Invalid: login, name, role, agency or password do not fit. Conflict: the login is taken.
    """
    words = [who.login, who.name, *_office_words(db, branch)]
    password = check_new(password, words, least_letters(db, branch))
    create_known(db, branch, who, password, id_, now)


def create_known(
    db: sqlite3.Connection, branch: int, who: NewPerson, password: str, id_: str, now: Millis
) -> None:
    """Add a person whose password everybody knows: somebody of the demo.

    Raises:
        Invalid: login, name, role or agency do not fit. Conflict: the login is taken.
    """
    login, name, role, agency = who
    _check_login(login, role)
    agency = _agency(role, agency)
    hashed = hash_password(password)
    person = people.Person(id_, branch, login, check_name(name), role, hashed, agency=agency)
    _add(db, person, now)


def _agency(role: str, agency: str) -> str:
    """Return the agency of somebody new; who reads one agency's halls has one, nobody else.

    Raises:
        Invalid: role and agency do not go together.
    """
    if (role == AGENCY) != bool(agency):
        raise Invalid("Somebody of an agency, and nobody else, has an agency.", field="agency")
    return check_name(agency, "agency") if agency else ""


def _check_login(login: str, role: str) -> None:
    if not LOGIN.match(login):
        raise Invalid("A login has small letters, digits, dot and dash.", field="login")
    if role not in PEOPLE:
        raise Invalid(
            "People are host, staff, supervisor, manager, admin, agency or city.", field="role"
        )


def _add(db: sqlite3.Connection, person: people.Person, now: Millis) -> None:
    try:
        people.add(db, person, now)
    except sqlite3.IntegrityError:
        login = person.login
        raise Conflict("The login '{login}' is taken.", field="login", login=login) from None


def invite_user(db: sqlite3.Connection, branch: int, who: NewPerson, id_: str, now: Millis) -> None:
    """Add a person who logs in once a password was chosen by the invitation.

    Raises:
        Invalid: login, name, role or agency do not fit. Conflict: the login is taken.
    """
    login, name, role, agency = who
    _check_login(login, role)
    agency = _agency(role, agency)
    person = people.Person(id_, branch, login, check_name(name), role, NO_PASSWORD, agency=agency)
    _add(db, person, now)


def set_skills(db: sqlite3.Connection, login: str, skills: list[str] | None) -> None:
    """Say which services a person can serve, by code; ``None`` for all.

    Raises:
        NotFound: no such login. Invalid: names the services that the person's branch has not.
    """
    person = _person(db, login)
    people.set_skills(db, person.id, skills_of(db, person.branch, skills))


def skills_of(db: sqlite3.Connection, branch: int, skills: list[str] | None) -> str | None:
    """Return services by code as they are kept; ``None`` for all.

    Raises:
        Invalid: names the services that the branch has not.
    """
    if skills is None:
        return None
    office = offices.office(db, branch)
    known = [] if office is None else [each.code for each in office.services]
    return json.dumps(_sound_skills(skills, known))


def _person(db: sqlite3.Connection, login: str) -> people.Person:
    """Return who has a login, also one who is locked out.

    Raises:
        NotFound: nobody has it.
    """
    person = people.person(db, login, locked_out=True)
    if person is None:
        raise NotFound("There is no login '{login}'.", field="login", login=login)
    return person


def _sound_skills(skills: list[str], known: list[str]) -> list[str]:
    unknown = [code for code in skills if code not in known]
    if unknown:
        raise Invalid(
            "The branch has no service {unknown}; it has {known}.",
            field="services",
            unknown=", ".join(unknown),
            known=", ".join(known),
        )
    if not skills:
        raise Invalid("Name at least one service, or: all.", field="services")
    return [code for code in known if code in skills]


def _office_words(db: sqlite3.Connection, branch: int) -> list[str]:
    """Return code and name of a branch: others guess passwords made of them first."""
    office = offices.office(db, branch)
    code = [each.code for each in offices.branches(db) if each.id == branch]
    return code if office is None else [*code, office.name]


def least_letters(db: sqlite3.Connection, branch: int) -> int:
    """Return how many characters the passwords of a branch have at least."""
    office = offices.office(db, branch)
    return MIN_PASSWORD if office is None else office.logins.password_length


def check_own_password(db: sqlite3.Connection, login: str, password: str) -> None:
    """Refuse a new password that is too short, too long, or easily guessed.

    Raises:
        Invalid: says why. NotFound: there is no such login.
    """
    person = _person(db, login)
    words = [login, person.name, *_office_words(db, person.branch)]
    check_new(password, words, least_letters(db, person.branch))


def set_password(db: sqlite3.Connection, login: str, password: str) -> None:
    """Give a person a new password and end their sessions.

    Raises:
        Invalid: the password does not fit. NotFound: there is no such login.
    """
    check_own_password(db, login, password)
    people.set_password(db, _person(db, login).id, hash_password(password))


def end_second_step(db: sqlite3.Connection, login: str) -> None:
    """Let somebody log in by the password alone; their sessions end.

    Raises:
        NotFound: there is no such login, or the person has no second step.
    """
    person = _person(db, login)
    if not factors.counts(db, person.id):
        raise NotFound("{login} has no second step at log-in.", field="login", login=login)
    factors.remove(db, person.id)
    people.end_sessions(db, person.id)


def deactivate_user(db: sqlite3.Connection, login: str) -> None:
    """Lock a person out; what they did stays in the log."""
    people.lock_out(db, _person(db, login).id, login)


def branch_of(db: sqlite3.Connection, code: str | None) -> int:
    """Return the number of the branch called ``code``, or of the only one that is run here.

    A demo's does not count beside others.

    Raises:
        NotFound: no such branch, or none at all. Invalid: several, and none was named.
    """
    known = offices.branches(db)
    for each in known:
        if each.code == code:
            return each.id
    if code is not None:
        raise NotFound("There is no branch '{branch}'.", field="branch", branch=code)
    if not known:
        raise NotFound("There is no branch yet. Add one with: ramah branch add FILE.toml")
    if len(known) > 1:
        known = [each for each in known if not each.elsewhere] or known
        over = demo_branches(db)
        known = [each for each in known if each.id not in over] or known
    _of_one_branch(each.code for each in known)
    return known[0].id


def only_branch(db: sqlite3.Connection) -> int | None:
    """Return the number of the only branch that is run here, if there is just one."""
    try:
        return branch_of(db, None)
    except (Invalid, NotFound):
        return None


def any_branch(db: sqlite3.Connection, agency: str = "") -> int:
    """Return some branch, of an agency if it has one: people of the city belong to none.

    Raises:
        NotFound: there is none yet.
    """
    for each in halls_of(db, agency):
        return each.branch
    known = offices.branches(db)
    if not known:
        raise NotFound("There is no hall yet. Let one in with: ramah city admit CODE")
    return known[0].id


def halls_of(db: sqlite3.Connection, agency: str) -> list[offices.Hall]:
    """Return the halls that an agency reads, or a part of, the oldest first."""
    return [each for each in offices.halls(db) if Reach(agency).part(each.office) is not None]


def public_addresses(db: sqlite3.Connection) -> list[str]:
    """Return the public address of every office that is described, "" where it names none."""
    return [each.public_url for each in offices.offices(db).values()]


def put_printer(
    db: sqlite3.Connection,
    branch: int,
    name: str,
    url: str,
    kiosk: str | None,
    id_: str,
    now: Millis,
    profile: str | None = None,
) -> None:
    """Add a printer, or change the address of the one with this name.

    ``profile`` is what it can do, as ``printer.profile.write_profile`` has it; ``None`` leaves
    it as it was, and at the least for a new printer.
    """
    printer = printers.Printer(id_, branch, check_name(name), url, kiosk, "raster")
    printers.put(db, printer, profile, now)


def remove_printer(db: sqlite3.Connection, name: str, code: str | None = None) -> int:
    """Remove a printer; its waiting papers stay in the spool, marked as failed.

    Returns the number of its branch.

    Raises:
        NotFound: there is no such printer. Invalid: in several branches, and none was named.
    """
    found = printers.named(db, name, code)
    if not found:
        raise NotFound("There is no printer '{printer}'.", field="name", printer=name)
    _of_one_branch(each.branch for each in found)
    printers.remove(db, found[0].id, "printer removed")
    return branch_of(db, found[0].branch)
