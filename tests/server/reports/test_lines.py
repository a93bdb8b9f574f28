"""Lines that SQLite writes are those that Python writes from the same rows, in every zone."""

from __future__ import annotations

import csv
import io
import random
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from math import floor
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.branches import configure
from server.domain.day import business_day, iso, millis
from server.domain.tx import Actor
from server.reports import lines, log
from server.reports.log import Turns
from server.reports.pages import View, page
from server.storage.branch import BranchBatch, OfficeCache
from server.storage.database import connect
from server.storage.queries import clock, forms
from server.storage.queries.columns import COLUMNS
from server.storage.queries.log import Only, Place, Span
from server.storage.transaction import SqliteTx
from tests.postgres import PostgresServer
from tests.server.rehearsal import office

NOW = millis(datetime(2026, 12, 31, tzinfo=UTC))
ALL = Span("2026-01-01", "2026-12-31")
NAMES = [
    '=1+1,"x"', "Bank, pajak", "Garis\nbaru", 'Kutip "dua"', "@kantor", "Größe ✓ 役所", "-", "\tx",
]  # fmt: skip
CODES = [f"{letter}1" for letter in "ABCDEFGH"]
LANGUAGES = ["id", "en", "zh-Hant", '=x,"y"']
NOTES = [
    None, None, "Kursi roda", '=1+1,"x"', "3/4", "Mei 5", "1.415,885", "TRUE", "a; <b> & c", " -5 ",
    "(5)", "Rp 5.000", "BENAR",
]  # fmt: skip
DAYS = {  # beside a change of the clock, at the end of a month
    "Europe/Berlin": ["2026-03-28", "2026-03-29", "2026-03-31", "2026-10-25"],
    "America/St_Johns": ["2026-03-08", "2026-10-31", "2026-11-01"],
    "Asia/Jayapura": ["2026-01-31", "2026-02-01"],
    "UTC": ["2026-05-31", "2026-06-01"],
}


@contextmanager
def hall(data: Path, zone: str) -> Iterator[SqliteTx]:
    """Return an office in a zone, with names that are hard to write, on an empty log."""
    made = office(
        zone=zone,
        languages=["id", "en"],
        agencies=[{"code": "dinas", "names": {"id": "Dinas"}}],
        services=[
            {"code": code, "names": {"id": name}, "agency": "dinas" if at % 2 else None}
            for at, (code, name) in enumerate(zip(CODES, NAMES, strict=True))
        ],
        counters=[{"number": 1, "services": CODES}],
    )
    with closing(connect(data)) as db:
        branch, *_ = configure(db, made)
        yield SqliteTx(BranchBatch(db, branch, OfficeCache()), Actor("x", "admin"), NOW)


def fill(tx: SqliteTx, zone: str, seed: int, visits: int) -> None:
    """Write visits with everything a turn can have or lack, hours around each day's changes."""
    chance = random.Random(seed)

    def maybe(at: int, most: int = 7_200_000) -> int | None:
        later = chance.choice([0, 1, 10, 100, 1000, chance.randrange(most)])
        return at + later if chance.random() < 0.8 else None

    for at in range(visits):
        day = chance.choice(DAYS[zone])
        midnight = millis(datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)))
        issued = midnight + chance.randrange(23 * 3_600_000)
        legs = chance.choice([1, 1, 1, 2, 3])
        ticket, label = f"{seed:08x}{at:024x}", f"A{at + 1:03d}"
        day = business_day(issued, zone)
        tx.db.execute(
            "INSERT INTO days (branch, day) VALUES (?, ?) ON CONFLICT DO NOTHING", (tx.branch, day)
        )
        insert(tx.db, "tickets", {
            "id": ticket, "branch": tx.branch, "day": day, "prefix": "A", "number": at + 1,
            "label": label, "service": "A1", "priority": "regular",
            "language": chance.choice(LANGUAGES), "people": chance.randrange(1, 9),
            "channel": chance.choice(["kiosk", "staff"]), "token": f"token{ticket}",
            "issued_at": issued, "eligible_at": issued, "leg": legs,
            "note_for_counter": chance.choice(NOTES),
        })  # fmt: skip
        for leg in range(1, legs + 1):
            eligible = issued + (chance.choice([0, 0, 3_600_000]) if leg == 1 else leg * 60_000)
            ended = chance.choice([None, "served", "no_show"])
            insert(tx.db, "turns", {
                "ticket": ticket, "leg": leg, "branch": tx.branch, "day": day, "label": label,
                "service": chance.choice([*CODES, "GONE"]), "state": "done", "arrival": 100 + at,
                "opened": 100 * seed + 10 * at + leg,
                "priority": chance.choice(["regular", "priority"]), "eligible_at": eligible,
                "counter_number": chance.choice([None, 1, 9999]),
                "staff": chance.choice([None, "sari", "dewi", 'kode "x"']),
                "first_called_at": maybe(eligible), "recalls": chance.randrange(3),
                "started_at": maybe(eligible), "service_ms": chance.randrange(10**7),
                "walk_ms": maybe(0), "ended_at": maybe(eligible, 10**9),
                "ended_by": chance.choice([None, "hand", "automatic"]),
                "outcome": "transferred" if leg < legs else ended,
            })  # fmt: skip


def insert(db: sqlite3.Connection, table: str, row: dict[str, object]) -> None:
    """Write a row."""
    places = ", ".join(f":{name}" for name in row)
    db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", row)  # noqa: S608


def guarded(value: object) -> str:
    """Return what a cell of the CSV holds, by the rule of the docs."""
    text = "" if value is None else str(value)
    return "'" + text if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def by_python(tx: SqliteTx, zone: str, only: Only) -> tuple[bytes, bytes]:
    """Return the log as CSV with columns in UTC, and as JSON, from the rows of the pages."""
    turns, following = page(tx, View(ALL, only, rows=10**6), "id")
    assert following is None
    file = io.StringIO(newline="")
    write = csv.writer(file).writerow
    write([*COLUMNS, *forms.UTC_COLUMNS])
    for turn in turns:
        row = {name: guarded(value) for name, value in msgspec.structs.asdict(turn).items()}
        for name in ("wait_s", "service_s", "walk_s"):  # whole, halves up
            row[name] = row[name] and str(floor(float(row[name]) + 0.5))
        moments = [getattr(turn, name.removesuffix("_utc")) for name in forms.UTC_COLUMNS]
        utc = ["" if at is None else iso(millis(datetime.fromisoformat(at))) for at in moments]
        if zone == "UTC":  # the CSV tells every zone's offset with figures
            for name, value in row.items():
                row[name] = value[:-1] + "+00:00" if value[-5:-4] == "." else value
        write([*row.values(), *utc])
    return file.getvalue().encode(), b'{"turns":' + msgspec.json.encode(turns) + b"}"


def by_sqlite(tx: SqliteTx, form: forms.Form, only: Only) -> bytes:
    """Return the log as SQLite writes it, part by part."""
    writer = lines.Lines(Turns(tx, "id"), form)
    text = form.head
    place: Place | None = Place(ALL.first)
    while place is not None:
        part = writer.after(tx, ALL, only, place)
        text, place = text + part.text, part.following
    return text + form.tail


@pytest.mark.parametrize("zone", list(DAYS))
def test_every_byte_is_what_python_writes(
    tmp_path: Path, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    every_byte(tmp_path, zone, 250, monkeypatch)


def test_every_byte_that_postgresql_writes_is_what_python_writes(
    tmp_path: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    every_byte(postgres.give(tmp_path), "Europe/Berlin", 120, monkeypatch)


def every_byte(folder: Path, zone: str, visits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare what the store writes with what Python writes."""
    monkeypatch.setattr(log, "CHUNK_ROWS", 7)  # many parts, also within a day
    with hall(folder, zone) as tx:
        fill(tx, zone, 7, visits)
        as_json = b""
        for only in (
            Only(service="C1"),
            Only(service="B1"),
            Only(text="A01"),
            Only(outcome="transferred"),
            Only(),
        ):
            as_csv, as_json = by_python(tx, zone, only)
            assert by_sqlite(tx, forms.Csv(utc=True), only).splitlines() == as_csv.splitlines()
            assert by_sqlite(tx, forms.Csv(utc=True), only) == as_csv
            assert by_sqlite(tx, forms.JSON, only) == as_json
        staff = {(row["staff"], row["day"][:7]) for row in msgspec.json.decode(as_json)["turns"]}
        assert len({month for _, month in staff}) > 1
        assert len({who for who, _ in staff if who}) >= 6, "a person has another name each month"


@pytest.mark.both_stores
def test_a_span_without_turns_is_a_header_or_an_empty_list(tmp_path: Path) -> None:
    with hall(tmp_path, "UTC") as tx:
        assert by_sqlite(tx, forms.Csv(), Only()) == (",".join(COLUMNS) + "\r\n").encode()
        assert by_sqlite(tx, forms.JSON, Only()) == b'{"turns":[]}'


@pytest.fixture(scope="module")
def sqlite() -> Iterator[sqlite3.Connection]:
    """A database without tables."""
    with closing(sqlite3.connect(":memory:")) as db:
        yield db


@settings(max_examples=300, deadline=None)
@given(
    zone=st.sampled_from(["Europe/Berlin", "America/St_Johns", "Asia/Jayapura", "Africa/Casablanca",
                          "Australia/Lord_Howe", "Asia/Kathmandu", "America/Caracas"]),
    moments=st.lists(
        st.integers(1_100_000_000_000, 4_000_000_000_000), min_size=1, max_size=5),
)  # fmt: skip
def test_a_moment_has_the_clock_of_its_zone(
    sqlite: sqlite3.Connection, zone: str, moments: list[int]
) -> None:
    for at in moments:
        for near in {at, *(each.until or at for each in clock.offsets(zone, at, at + 10**11))}:
            times = clock.offsets(zone, near - 10**9, near + 10**9)
            values = clock.tables() | clock.values(times) | {"at": near, "before": near - 1}
            told = [
                f"{clock.moment(name, len(times))}, {clock.moment(name, 0)}"
                for name in (":at", ":before")
            ]
            found = sqlite.execute(f"SELECT {', '.join(told)}", values).fetchone()
            assert found == (iso(near, zone), iso(near), iso(near - 1, zone), iso(near - 1))


def test_thousandths_of_seconds_are_exact(sqlite: sqlite3.Connection) -> None:
    """SQLite tells a number with 15 digits: enough for every time a turn can have."""
    some = [*range(5000), *(random.Random(3).randrange(10**11) for _ in range(5000))]
    found = sqlite.execute(
        "SELECT group_concat(printf('%s', value / 1000.0)) FROM json_each(?)", (str(some),)
    ).fetchone()[0]
    assert found.split(",") == [str(each / 1000) for each in some]


def test_the_tables_of_days_reach_the_last_day() -> None:
    days = clock.tables()["days"]
    at = (date(2100, 2, 28) - date(1970, 1, 1)).days
    assert days[at * 11 : at * 11 + 22] == b"2100-02-28T2100-03-01T"
    assert clock.LAST_DAY - timedelta(days=365) > date(2100, 12, 1)


def test_sheets_say_on_postgresql_what_they_say_from_a_file(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    told = []
    for folder in (tmp_path / "file", postgres.give(tmp_path / "store")):
        with hall(folder, "Asia/Jayapura") as tx:
            tx.db.execute("UPDATE branch_secrets SET value = ?", (b"\1" * 32,))
            fill(tx, "Asia/Jayapura", 3, 60)
            kinds: tuple[forms.Form, ...] = (
                forms.SheetCsv("comma", CODES), forms.SheetCsv("point", CODES), forms.Raw(),
                forms.SheetRows(),
            )  # fmt: skip
            told.append([by_sqlite(tx, form, Only()).decode() for form in kinds])
    assert told[1][:3] == told[0][:3]
    assert _exact(told[1][3]) == _exact(told[0][3])


def _exact(sheet: str) -> str:
    """Return a sheet with its broken numbers to eight places: the last of 15 digits may differ."""
    return re.sub(r"(?<=<v>)\d+\.\d+", lambda found: f"{float(found[0]):.8f}", sheet)
