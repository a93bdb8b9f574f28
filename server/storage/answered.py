"""Answers kept for repeats of a request: those of this batch in memory, older ones in a table."""

from __future__ import annotations

from collections.abc import Callable
from sqlite3 import Connection

from server.domain.day import Millis
from server.storage.inserts import Inserts
from server.storage.queries import answers
from server.storage.queries.answers import Answer, Asker


class Apart(Exception):
    """A command that is decided apart from the database asked for a table."""


class Answered:
    """The answers of one branch.

    Args:
        tables: gives the connection, or raises ``Apart``.
    """

    def __init__(self, db: Connection, tables: Callable[[], Connection]) -> None:
        self._tables = tables
        self._rows = Inserts(db, "requests", answers.COLUMNS)
        self._new: dict[Asker, Answer] = {}

    def find(self, asker: Asker) -> Answer | None:
        """Return the answer that was given under a key.

        Apart from the database none of an earlier batch is found. Should there be one, the table's
        own key refuses the whole batch, which is then decided again beside the table.
        """
        known = self._new.get(asker)
        if known is not None:
            return known
        try:
            db = self._tables()
        except Apart:
            return None
        return answers.answer(db, asker)

    def check(self) -> None:
        """See to it that a request is known to be new: nothing is written for who is refused.

        Raises:
            Apart: that cannot be known here.
        """
        self._tables()

    def keep(self, asker: Asker, answer: Answer, now: Millis) -> None:
        """Keep an answer; it is in the table with the batch."""
        self._new[asker] = answer
        self._rows.add(*asker, *answer, now)

    def flush(self) -> None:
        """Write the answers that wait.

        Raises:
            sqlite3.IntegrityError: one was given under the same key before.
        """
        if self._new:
            self._rows.flush()
            self._new.clear()

    def forget(self) -> None:
        """Drop the answers that wait, after a rollback."""
        self._rows.forget()
        self._new.clear()
