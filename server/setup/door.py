"""Owns who may set the office up: whoever has the one-time code, in one browser, for half a day.

The code is told on the machine itself. It works once and for an hour; the browser it was typed in
then holds the set-up by a cookie. A newer code ends that hold, and nothing that was typed is lost.
"""

from __future__ import annotations

import sqlite3

from server.auth.demo_people import own_offices
from server.auth.secrets import digest, new_code, new_token, plain_code
from server.domain.day import Millis
from server.domain.errors import Conflict
from server.storage.queries import boxes, setup

CODE_MINUTES = 60
HOLD_HOURS = 12


def is_open(db: sqlite3.Connection) -> bool:
    """Whether an office of one's own is still to be set up here; a city's server needs none."""
    return not own_offices(db) and not boxes.boxes(db)


def check_open(db: sqlite3.Connection) -> None:
    """See to it that an office is still to be set up.

    Raises:
        Conflict: there is one.
    """
    if not is_open(db):
        raise Conflict(
            "There is an office here already. Its administrator changes everything on the "
            "manager's page.",
            slug="already-set-up",
        )


def make_code(db: sqlite3.Connection, now: Millis) -> str:
    """Make a code and return it; the one before is over.

    Raises:
        Conflict: there is an office already.
    """
    check_open(db)
    code = new_code()
    setup.put_code(db, digest(plain_code(code)), now + CODE_MINUTES * 60_000)
    return code


def enter(db: sqlite3.Connection, code: str | None, now: Millis) -> str | None:
    """Return the secret of the browser that holds the set-up from now on.

    ``None``: the code is another one, or over. Without a code the caller answers for it.
    """
    if code is not None and not setup.use_code(db, digest(plain_code(code)), now):
        return None
    secret = new_token()
    setup.hold(db, digest(secret), now + HOLD_HOURS * 3_600_000)
    return secret


def holds(state: setup.SetUp, secret: str, now: Millis) -> bool:
    """Whether a browser with this secret holds the set-up."""
    return bool(secret) and state.holder == digest(secret) and now < state.holder_ends
