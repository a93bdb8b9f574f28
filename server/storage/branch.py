"""Owns what the writer knows of one branch from batch to batch, and its decoded settings."""

from __future__ import annotations

import sqlite3
from functools import lru_cache

import msgspec

from server.domain.day import Millis, business_day, day_bounds
from server.domain.office import Office
from server.domain.records import CounterNow, Pause
from server.storage.known import Known
from server.storage.rows import Rows

_encode = msgspec.json.encode
_decode_office = msgspec.json.Decoder(Office).decode
_decode_codes = msgspec.json.Decoder(list[str]).decode


class BranchBatch:
    """What the writer knows of one branch, kept from batch to batch.

    The write lock keeps it true until the commit, and ``PRAGMA data_version`` tells at the next
    batch whether another process wrote meanwhile.
    """

    def __init__(self, db: sqlite3.Connection, branch: int, offices: OfficeCache) -> None:
        self.db = db
        self.branch = branch
        self.rows = Rows(db, branch)
        row = db.execute(
            "SELECT seq, settings_version FROM branches WHERE id = ?", (branch,)
        ).fetchone()
        self.seq: int = row[0]
        self.first_seq = self.seq
        self.office: Office | None = offices.get(db, branch, row[1])
        self._kept_office = self.office
        self._day = ("", 0, 0)
        self.forget()

    def take_office(self, office: Office | None) -> None:
        """Work by other settings from the next command on: their event was written."""
        self.office = office
        self._day = ("", 0, 0)

    def day_at(self, now: Millis, office: Office) -> str:
        """Return the business day of ``now``; worked out once, not for every command."""
        day, first, end = self._day
        if not first <= now < end:
            day = business_day(now, office.zone, office.day_start_minutes)
            self._day = (day, *day_bounds(day, office.zone, office.day_start_minutes))
        return day

    def forget(self) -> None:
        """Drop what was read, after a rollback or a change of a kind that is rare."""
        self.known = Known()
        self.counters: dict[str, CounterNow] | None = None
        self.paused: dict[str, Pause] | None = None
        self.offers: dict[tuple[str, ...], int] | None = None
        self.printers: list[tuple[str, str | None, str]] | None = None

    def write(self) -> None:
        """Write what is kept in memory until the end of the batch."""
        self._kept_office = self.office
        self.rows.write()
        if self.seq != self.first_seq:
            self.db.execute("UPDATE branches SET seq = ? WHERE id = ?", (self.seq, self.branch))
            self.first_seq = self.seq

    def back_to(self, seq: int) -> None:
        """Drop what a command that was rolled back left in memory; ``seq`` was before it."""
        self.seq = seq
        if self.office is not self._kept_office:
            self.take_office(self._office_now())
        self.rows.forget()
        self.forget()

    def _office_now(self) -> Office | None:
        """Return the settings that stand in the table, also those of this batch."""
        row = self.db.execute(
            "SELECT office FROM settings JOIN branches ON branches.id = settings.branch "
            "AND branches.settings_version = settings.version WHERE branches.id = ?",
            (self.branch,),
        ).fetchone()
        return None if row is None else _decode_office(row[0])


class OfficeCache:
    """Decoded settings per branch, kept until the version changes."""

    def __init__(self) -> None:
        self._offices: dict[int, tuple[int, Office]] = {}

    def get(self, db: sqlite3.Connection, branch: int, version: int) -> Office | None:
        """Return the office of ``branch`` at settings ``version``; ``None`` before the first."""
        known = self._offices.get(branch)
        if known is not None and known[0] == version:
            return known[1]
        row = db.execute(
            "SELECT office FROM settings WHERE branch = ? AND version = ?", (branch, version)
        ).fetchone()
        if row is None:
            return None
        office = _decode_office(row[0])
        self._offices[branch] = (version, office)
        return office


@lru_cache(maxsize=64)
def past_office(kept: str) -> Office:
    """Return settings that were in force once; decoded once."""
    return _decode_office(kept)
