"""Owns a look at a branch by a process beside the hall, as ``Beside`` answers it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TypeVar

from server.domain.tx import Actor
from server.storage.beside import Beside
from server.storage.transaction import SqliteTx

T = TypeVar("T")
LEARNER = Actor("waits", "system")


class _Look:
    def __init__(self, branch: int, command: Callable[[SqliteTx], object]) -> None:
        self.branch = branch
        self.actor = LEARNER
        self.command = command
        self.result: object = None
        self.error: Exception | None = None


def looked(
    beside: Beside, db: sqlite3.Connection, branch: int, command: Callable[[SqliteTx], T]
) -> T:
    """Return what a command reads of a branch, on the last commit.

    Raises:
        Exception: what the command raised.
    """
    found: list[T] = []
    look = _Look(branch, lambda tx: found.append(command(tx)))
    beside.look(db, [look])
    if look.error is not None:
        raise look.error
    (result,) = found
    return result
