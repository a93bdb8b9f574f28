"""Owns the demo's people and what the demo leaves in a folder: found, and ended with the demo."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

import msgspec

from server.auth.secrets import check_password
from server.domain.day import Millis
from server.domain.errors import Phrase
from server.domain.office import Office
from server.domain.words import marked as _
from server.storage.queries import keys, offices, people, printers, webhooks

PASSWORD = "senyum-dulu"  # noqa: S105 - printed at start, demo only
BRANCH = "mpp"
OFFICE = "Mal Pelayanan Publik Balikpapan"
"""Code and name in ``office.toml``: an office described from a copy has another name at least."""


class DemoUser(msgspec.Struct, frozen=True):
    """One of the demo's people."""

    login: str
    name: str
    role: str


USERS = [
    DemoUser("sari", "Ibu Sari", "staff"),
    DemoUser("budi", "Bapak Budi", "staff"),
    DemoUser("host", "Ibu Putri", "host"),
    DemoUser("rahma", "Ibu Rahma", "supervisor"),
    DemoUser("dewi", "Ibu Dewi", "manager"),
    DemoUser("admin", "Admin", "admin"),
]
DEVICES = ("demo-kiosk", "demo-display")
"""Names of the keys that pages opened on the same machine were given."""


def only_demo(db: sqlite3.Connection) -> bool:
    """Whether the demo's office is all that the folder holds."""
    branches = {each.id for each in offices.branches(db)}
    return bool(branches) and branches == demo_branches(db)


def demo_branches(db: sqlite3.Connection) -> set[int]:
    """Return the branches that are the demo's still."""
    return _of_the_demo(offices.offices(db))


def own_offices(db: sqlite3.Connection) -> list[int]:
    """Return the branches with settings that are not the demo's."""
    return sorted(set(offices.configured(db)) - demo_branches(db))


def _of_the_demo(known: Mapping[int, Office]) -> set[int]:
    return {key for key, each in known.items() if (each.code, each.name) == (BRANCH, OFFICE)}


def demo_people(db: sqlite3.Connection) -> list[people.Person]:
    """Return the demo's people who can still log in with the printed password.

    Who got a password of their own is no longer the demo's.
    """
    branches = _of_the_demo(offices.first_offices(db))
    found = []
    for user in USERS if branches else ():
        known = people.person(db, user.login)
        if (
            known is not None
            and (known.name, known.role) == (user.name, user.role)
            and known.branch in branches
            and check_password(known.password, PASSWORD)
        ):
            found.append(known)
    return found


def left_by_demo(db: sqlite3.Connection) -> list[Phrase]:
    """Return in words what of a demo would still work in this folder."""
    told = [
        Phrase(_("{login} can log in with the demo's password"), login=each.login)
        for each in demo_people(db)
    ]
    key = _("the demo's key '{name}' ({role}) still opens the door")
    told += [Phrase(key, name=each.name, role=each.role) for each in _demo_keys(db)]
    for branch in _over(db):
        for left, words in (
            (
                printers.of_branch(db, branch),
                _("printers that the demo's office still has: {count}"),
            ),
            (_hooks(db, branch), _("webhooks that the demo's office still has: {count}")),
        ):
            if left:
                told.append(Phrase(words, count=len(left)))
    return told


def end_demo(db: sqlite3.Connection, now: Millis) -> int:
    """End the demo's people, keys, codes, printers and webhooks; return how many.

    People and keys end in any folder. Where another office is beside the demo's, everything of
    the demo's ends. The log keeps what was done. Run it in a transaction of its own.
    """
    ended = 0
    for person in demo_people(db):
        # the login is free again for a colleague of that name
        people.lock_out(db, person.id, f"{person.login}#{person.id}")
        ended += 1
    for key in _demo_keys(db):
        keys.revoke(db, key.id, now)
        ended += 1
    for branch in _over(db):
        keys.drop_codes(db, branch)
        for hook in _hooks(db, branch):
            ended += webhooks.remove(db, hook)
        for printer in printers.of_branch(db, branch):
            printers.remove(db, printer.id, "the demo is over")
            ended += 1
    return ended


def _demo_keys(db: sqlite3.Connection) -> list[keys.Key]:
    """Return the demo's keys: the named ones, all where the demo's office is over."""
    were, over = _of_the_demo(offices.first_offices(db)), _over(db)
    return [
        each
        for each in keys.valid(db)
        if (each.branch in were and each.name in DEVICES) or each.branch in over
    ]


def _hooks(db: sqlite3.Connection, branch: int) -> list[str]:
    return [each.id for each in webhooks.hooks(db) if each.branch == branch]


def _over(db: sqlite3.Connection) -> set[int]:
    """Return the demo's branch where another office is beside it."""
    return set() if only_demo(db) else demo_branches(db)
