"""Owns the transaction a command works in: the branch's hall, and the tables beside it."""

from __future__ import annotations

import sqlite3
from typing import cast

from server.domain.day import Millis
from server.domain.deeds import deed_of
from server.domain.errors import Conflict
from server.domain.events import AnyEvent, Envelope, Undone
from server.domain.hall import Hall
from server.domain.lines import Day
from server.domain.office import Office
from server.domain.shown import undone_now
from server.domain.tx import Actor, Tx
from server.storage.answered import Answered
from server.storage.branch import BranchBatch
from server.storage.published import Published
from server.storage.queries import deeds, offices


class SqliteTx(Tx):
    """A transaction on one branch of a SQLite database.

    Attributes:
        configured: whether the branch has settings; without them ``office`` and ``day`` are not to
            be asked for.
        published: what was appended, for the screens.
    """

    def __init__(self, batch: BranchBatch, actor: Actor, now: Millis) -> None:
        office = batch.office
        self.configured = office is not None
        day = "" if office is None else batch.day_at(now, office)
        super().__init__(batch, actor, now, cast("Office", office), day)
        self._batch = batch
        self._hall: Hall | None = None
        self.published: list[Published] = []

    @property
    def elsewhere(self) -> bool:
        """Whether a server of the office's own rules the branch; here it is only followed."""
        return self._batch.elsewhere

    @property
    def hall(self) -> Hall:
        """The branch's present day."""
        hall = self._hall
        if hall is None:
            hall = self._hall = self._batch.hall
            if self.day not in hall.days and self.day:
                self._batch.know_day(self.day)
        return hall

    @property
    def today(self) -> Day:
        """The present business day."""
        return (self._hall or self.hall).days[self.day]

    def known_day(self, day: str) -> Day:
        """Return what is counted of any business day, also of one that ended long ago."""
        self._batch.know_day(day)
        return self._batch.hall.days[day]

    def next_seq(self) -> int:
        """Return the number of the next event; a report that only asks for it folds no hall."""
        return self._batch.seq + 1

    def append(self, event: AnyEvent) -> int:
        """Apply an event to the hall and have it written; return its number.

        Raises:
            Conflict: the office's own server rules this branch.
        """
        if self._batch.elsewhere:
            raise Conflict(
                "This hall is run by its own server; whatever is done there shows here.",
                slug="run-elsewhere",
            )
        each = Envelope(self.hall.seq + 1, self.now, self.actor.id, event)
        self.follow(each)
        about = deed_of(event, self.office if self.configured else None)
        if about is not None:
            self.note(event.kind, **about)
        return each.seq

    def follow(self, each: Envelope) -> None:
        """Apply an event as it was decided, here or elsewhere, and have it written.

        Raises:
            Impossible: it does not follow the log so far.
        """
        changes = self._batch.follow(each)
        made = undone_now(self, each.event) if isinstance(each.event, Undone) else None
        self.published.append(
            Published(self._batch.branch, each.seq, each.at, each.event, changes, made)
        )

    def note(self, what: str, **about: str | int) -> None:
        """Write a deed of the actor down: it stands in the list of who did what."""
        deeds.note(self.aside, self.branch, self.now, self.actor, what, about)

    @property
    def db(self) -> sqlite3.Connection:
        """The connection, with everything appended so far in its tables."""
        return self._batch.tables()

    @property
    def aside(self) -> sqlite3.Connection:
        """The connection, for tables that no event changes (tokens, sessions, requests)."""
        return self._batch.aside

    @property
    def answers(self) -> Answered:
        """The answers kept for repeats of a request."""
        return self._batch.answers

    @property
    def branch(self) -> int:
        """The branch's number in this database."""
        return self._batch.branch

    def history(self) -> str:
        """Return the name of this branch's history, another one after a restore."""
        return offices.history(self.aside, self.branch)

    def settings_at(self, moment: Millis) -> Office:
        """Return the settings in force at a moment: the newest older ones, else the oldest."""
        return offices.office_at(self.aside, self.branch, moment)
