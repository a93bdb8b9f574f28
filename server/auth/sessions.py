"""Owns how a session begins, and how long it lasts."""

from __future__ import annotations

from server.auth.cookies import SESSION_HOURS
from server.auth.factors import has_to_have
from server.auth.secrets import digest
from server.storage.queries import factors, people
from server.storage.queries.people import Came
from server.storage.transaction import SqliteTx


def begin(
    tx: SqliteTx, user: str, role: str, secret: str, where: Came, *, vouched: bool = False
) -> None:
    """Let somebody be logged in with this secret, for one working day.

    Who has to have a second step and has none yet may only set it up; ``vouched``: somebody else
    has seen to who it is.
    """
    ends = tx.now + SESSION_HOURS * 3_600_000
    unready = not vouched and has_to_have(tx, role) and not factors.counts(tx.aside, user)
    people.begin_session(tx.aside, user, digest(secret), tx.now, ends, where, unready=unready)
