"""What the city prepared for an office, on its way: the office's server has it, and may rest it."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from typing import Annotated

import msgspec

from server.city.releases import Leave
from server.city.wishes import Wish
from server.domain.errors import Conflict
from server.storage.queries import prepared
from server.storage.queries.people import colleagues
from server.storage.queries.prepared import Prepared
from server.storage.transaction import SqliteTx

PackageVersion = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
"""When what is prepared changed last, in milliseconds, or a little later; 0 is never."""


class Invitee(msgspec.Struct, frozen=True):
    """Somebody who shall be invited by the office: the password is the person's own."""

    login: str
    name: str
    role: str


class Package(msgspec.Struct, frozen=True):
    """What is prepared for an office, as it travels; ``settings`` and ``people`` are JSON text.

    Attributes:
        version: another one with each change, never one that was before; 0 is none.
        base: version of the office's settings that these were made from.
        settings: "" for none.
        at: when it was prepared, milliseconds since 1970.
        wishes: what is to be done with devices of the office.
        release: the version of the program that its server may take.
    """

    version: PackageVersion
    base: int
    settings: str
    people: str
    name: str
    at: int
    wishes: list[Wish] = []
    release: Leave | None = None


people_of = msgspec.json.Decoder(list[Invitee]).decode


def has(tx: SqliteTx, version: int, put_aside: int, invited: Collection[str] = ()) -> None:
    """Note in the city what the office's server has, what the office put aside, whom it invited."""
    known = prepared.get(tx.aside, tx.branch)
    new = known._replace(had=version, put_aside=put_aside, people=_without(known.people, invited))
    if known.version and known != new:
        prepared.put(tx.aside, tx.branch, new)


def invited(db: sqlite3.Connection, branch: int) -> tuple[str, ...]:
    """Return who of those that are kept to be invited has a log-in here by now."""
    known = people_of(prepared.get(db, branch).people)
    logins = {each.login for each in colleagues(db, branch)} if known else set()
    return tuple(each.login for each in known if each.login in logins)


def forget(tx: SqliteTx, logins: Collection[str]) -> None:
    """Keep nobody to be invited who has a log-in here."""
    known = prepared.get(tx.aside, tx.branch)
    prepared.put(tx.aside, tx.branch, known._replace(people=_without(known.people, logins)))


def _without(people: str, logins: Collection[str]) -> str:
    known = people_of(people)
    left = [each for each in known if each.login not in logins]
    return people if left == known else msgspec.json.encode(left).decode()


def came(tx: SqliteTx, new: Prepared) -> None:
    """Keep at the office what the city prepared; what was put aside stays so until it changes."""
    known = prepared.get(tx.aside, tx.branch)
    prepared.put(tx.aside, tx.branch, new._replace(put_aside=known.put_aside))


def put_aside(tx: SqliteTx, version: int) -> None:
    """Let what is prepared rest until the city changes it.

    Raises:
        Conflict: it is another one by now.
    """
    known = prepared.get(tx.aside, tx.branch)
    if known.version != version:
        raise Conflict("The city has changed it meanwhile. Please look again.", field="version")
    prepared.put(tx.aside, tx.branch, known._replace(put_aside=version))
