"""Unit of work of one branch: its hall, the rows to write, its settings and printers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from server.domain.day import Millis, business_day, day_bounds
from server.domain.events import Configured, DayReopened, Envelope
from server.domain.foretold import Foretold
from server.domain.hall import OF_A_DAY, OF_A_TICKET, Changes, Hall
from server.domain.office import Office
from server.domain.turns import Visit
from server.domain.tx import PrinterPlace
from server.storage.answered import Answered, Apart
from server.storage.history import envelopes
from server.storage.ids import Ids
from server.storage.loading import load_day, load_hall, load_visit
from server.storage.log import Log, log_of
from server.storage.published import Published
from server.storage.queries import offices as queries
from server.storage.queries.printers import of_branch
from server.storage.rows import HOT, Rows


class Behind(Exception):
    """Who only looks asked for rows that are still to be written."""


class BranchBatch:
    """One branch inside one transaction; the writer keeps it from batch to batch.

    The write lock keeps it true until the commit, and ``data_version`` tells at the next
    batch whether another process wrote meanwhile. The hall is folded when it is first asked for,
    so that who only reads tables pays nothing for it.

    Attributes:
        elsewhere: a server of the office's own rules it; here it is only followed.
        looks: whoever asks now must not write; when rows wait, the tables are ``Behind``.
        apart: whoever asks now is not in the database's thread: all tables are ``Apart``.
        torn: an event did not fit, and half of it may be in the hall, whatever the command says.
    """

    def __init__(
        self, db: sqlite3.Connection, branch: int, offices: OfficeCache, ids: Ids | None = None, *,
        reader: bool = False, looks: bool = False, foretold: Mapping[int, Foretold] | None = None,
    ) -> None:  # fmt: skip
        """``reader``: the connection never writes; its tables may lag behind its hall."""
        self.looks = looks
        self._foretold = {} if foretold is None else foretold
        self.apart = False
        self.torn = False
        self._reader = reader
        self._connection = db
        self.branch = branch
        self._log: Log = log_of(db)
        self.rows = Rows(db, branch)
        self.answers = Answered(db, lambda: self.aside)
        known = queries.branch(db, branch)
        self.elsewhere = bool(known.elsewhere)
        self._written = known.seq
        self._rows_written = known.rows_seq
        self._rare = False
        self._offices = offices
        self.office: Office | None = offices.get(db, branch, known.version)
        self._kept_office = self.office
        self._ids = ids or Ids()
        self._hall: Hall | None = None
        self._day = ("", 0, 0)
        self._printers: list[PrinterPlace] | None = None
        if self.waits:
            self._catch_up()

    @property
    def _db(self) -> sqlite3.Connection:
        if self.apart:
            raise Apart
        return self._connection

    @property
    def aside(self) -> sqlite3.Connection:
        """The connection, for tables that no event changes.

        Raises:
            Apart: who asks is not in its thread.
        """
        return self._db

    def tables(self) -> sqlite3.Connection:
        """Return the connection, with everything that is known in its tables.

        Raises:
            Behind: rows wait, and whoever asks must not write them.
            Apart: who asks is not in the connection's thread.
        """
        if not self._reader and not self.apart:
            if self.looks and self.rows.behind:
                raise Behind
            self.rows.flush()
        return self._db

    @property
    def seq(self) -> int:
        """Number of the last event, also of this batch."""
        return self._written if self._hall is None else self._hall.seq

    @property
    def hall(self) -> Hall:
        """The branch's present day."""
        if self._hall is None:
            self._hall = load_hall(self._db, self.branch, self.office, self._written)
        return self._hall

    @property
    def head(self) -> tuple[int, int]:
        """The last event that is durable, and the last one whose rows are, as far as is known."""
        return self._written, self._rows_written

    @property
    def waits(self) -> bool:
        """Whether rows of the last transaction were left for later."""
        return self._rows_written != self._written

    def _catch_up(self) -> None:
        """Fold the events whose rows a crash kept from being written, and note those rows."""
        self._hall = load_hall(self._db, self.branch, self.office, self._rows_written)
        for each in envelopes(self._db, self.branch, self._rows_written, self._written):
            self.rows.note_again(each, self._apply(each))

    def day_at(self, now: Millis, office: Office) -> str:
        """Return the business day of ``now``; worked out once, not for every command."""
        day, first, end = self._day
        if not first <= now < end:
            day = business_day(now, office.zone, office.day_start_minutes)
            self._day = (day, *day_bounds(day, office.zone, office.day_start_minutes))
        return day

    def know_day(self, day: str) -> None:
        """See to it that the hall holds a day, also one that was closed long before."""
        if day not in self.hall.days:
            self.hall.admit_day(day, *load_day(self.tables(), self.branch, day))

    def follow(self, each: Envelope) -> Changes:
        """Apply an event to the hall, note the rows that it changes, and return what changed.

        Raises:
            Impossible: it does not follow the log so far.
        """
        event, changes = each.event, self._apply(each)
        self.rows.note(each, changes)
        if not isinstance(event, HOT):
            self._rare = True
        if isinstance(event, Configured):
            self.office = event.office
            self._day = ("", 0, 0)
        return changes

    def _apply(self, each: Envelope) -> Changes:
        hall, event = self.hall, each.event
        if isinstance(event, OF_A_TICKET) and event.ticket not in hall.visits:
            visit = self.visit(event.ticket)
            if visit is not None:
                hall.admit(visit)
        if isinstance(event, OF_A_DAY):
            self.know_day(event.into if isinstance(event, DayReopened) else event.day)
        try:
            return hall.apply(each)
        except BaseException:
            self.torn = True
            raise

    def goes_on(self) -> bool:
        """Follow what others committed since; for a hall that only looks.

        False when it cannot, and is to be read anew: a ticket or a day is not held, and the tables
        are ahead of it.
        """
        known = queries.branch(self._db, self.branch)
        if self._hall is None and known.seq != self._written:
            return False
        return self.follow_to(known.seq, known.rows_seq, known.version) is not None

    def follow_to(
        self, seq: int, rows_seq: int, version: int, since: Iterable[Envelope] | None = None
    ) -> list[Published] | None:
        """Follow what others committed up to event ``seq``; return it, ``None`` as ``goes_on``.

        ``since``: these events, if they were read already.
        """
        hall = self._hall
        self.office = self._kept_office = self._offices.get(self._db, self.branch, version)
        self._day, self._printers = ("", 0, 0), None
        after, self._written, self._rows_written = self._written, seq, rows_seq
        told: list[Published] = []
        for each in envelopes(self._db, self.branch, after, seq) if since is None else since:
            if hall is None:
                told.append(Published(self.branch, each.seq, each.at, each.event))
                continue
            if not hall.holds(each.event):
                return None
            changes = hall.apply(each)
            told.append(Published(self.branch, each.seq, each.at, each.event, changes))
        return told

    def forget_beside(self) -> None:
        """Read again what no event tells: another process changed it."""
        self._printers = None

    # ---------------------------------------------------------------- what no event tells

    def visit(self, ticket: str) -> Visit | None:
        """Return a ticket of the branch that the hall does not hold."""
        return load_visit(self.tables(), self.branch, ticket)

    def printers(self) -> list[PrinterPlace]:
        """Return the branch's printers, the first set up first."""
        if self._printers is None:
            self._printers = [
                PrinterPlace(each.id, each.name, each.kiosk)
                for each in of_branch(self._db, self.branch)
            ]
        return self._printers

    def foretold(self) -> Foretold | None:
        """Return the waits that were last worked out beside the hall."""
        return self._foretold.get(self.branch)

    def new_id(self, now: Millis) -> str:
        """Return a new time-ordered id."""
        return self._ids.new(now)

    def new_token(self, now: Millis) -> str:
        """Return a new tracking token."""
        return self._ids.token(now)

    # ---------------------------------------------------------------- the transaction's end

    def write(self, *, later: bool = False) -> None:
        """Write what is kept in memory until the end of the batch.

        With ``later`` the rows of tickets, turns and calls may wait, unless a rare event is there.
        """
        self._kept_office = self.office
        self.answers.flush()
        rare, self._rare = self._rare, False
        if self.seq == self._written and not self.rows.behind and not self.waits:
            self.rows.flush()
            return
        self._rows_written = self._log.append(
            self.branch, self._written, self.seq, self.rows, later=later and not rare
        )
        self._written = self.seq

    def back(self) -> None:
        """Forget what a command left in memory that was rolled back; the hall is folded again."""
        self.office = self._kept_office
        self._day = ("", 0, 0)
        self._hall = None
        self.torn = False
        self._printers = None
        self.rows.forget()
        self.answers.forget()


class OfficeCache:
    """Decoded settings per branch, kept until the version changes."""

    def __init__(self) -> None:
        self._offices: dict[int, tuple[int, Office]] = {}

    def get(self, db: sqlite3.Connection, branch: int, version: int) -> Office | None:
        """Return the office of ``branch`` at settings ``version``; ``None`` before the first."""
        known = self._offices.get(branch)
        if known is not None and known[0] == version:
            return known[1]
        office = queries.office(db, branch, version)
        if office is not None:
            self._offices[branch] = (version, office)
        return office
