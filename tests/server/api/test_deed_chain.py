"""The list of who did what is a chain: changed, dropped or moved lines are found and named."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from server.cli import main
from server.domain.tx import Actor
from server.storage.database import DATABASE
from server.storage.queries import chain, deeds
from server.storage.queries.deeds import KEPT_DAYS
from tests.server.api.client import Client
from tests.server.process import Hall
from tests.server.rehearsal import Rehearsal, office, wall

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "audit.md"
DEWI = Actor("user:dewi", "manager", "Ibu Dewi", place="10.0.0.7")
NOW = "2026-03-02 08:00"
DAY = 86_400_000


def begun(db: sqlite3.Connection) -> int:
    """Return when the first line was written."""
    (at,) = db.execute("SELECT MIN(at) FROM deeds").fetchone()
    return int(at)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a folder whose list has six lines, the second of them Dewi's log-in."""
    with Rehearsal(office(), data=tmp_path, at=NOW) as hall:
        for number, what in enumerate(
            ("login", "printer_added", "token_made", "code_made", "logout")
        ):
            at = begun(hall.db) + 1 + number
            deeds.note(hall.db, 1, at, DEWI, what, {"name": f"Ruang {number}"})
    return tmp_path


def doctor(data: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Return the doctor's exit status and words."""
    code = main(["doctor", "--data", str(data), *words])
    return code, capsys.readouterr().out


def swap(db: sqlite3.Connection, columns: str) -> None:
    """Let the third and the fourth line change what they have in these columns."""
    read = f"SELECT {columns} FROM deeds WHERE seq = ?"  # noqa: S608
    third, fourth = (db.execute(read, (seq,)).fetchone() for seq in (3, 4))
    ids = [db.execute("SELECT id FROM deeds WHERE seq = ?", (seq,)).fetchone() for seq in (3, 4)]
    places = ", ".join(f"{name} = ?" for name in columns.split(", "))
    for row, values in ((ids[0], (None, *third[1:])), (ids[1], third), (ids[0], fourth)):
        db.execute(f"UPDATE deeds SET {places} WHERE id = ?", (*values, *row))  # noqa: S608


HARM: dict[str, tuple[Callable[[sqlite3.Connection], object], str]] = {
    "other words": (
        lambda db: db.execute("UPDATE deeds SET about = '{\"name\":\"x\"}' WHERE seq = 3"),
        "row 3 (printer_added) was changed: who, about what or from where",
    ),
    "another person": (
        lambda db: db.execute("UPDATE deeds SET name = 'Budi' WHERE seq = 2"),
        "row 2 (login) was changed: who",
    ),
    "another person without the salt": (
        lambda db: db.execute("UPDATE deeds SET name = 'Budi', salt = '' WHERE seq = 2"),
        "row 2 (login) was changed: nothing vouches for its details",
    ),
    "another time": (
        lambda db: db.execute("UPDATE deeds SET at = at - 60000 WHERE seq = 4"),
        "row 4 (token_made) was changed, or stands in another's place",
    ),
    "another kind": (
        lambda db: db.execute("UPDATE deeds SET what = 'login' WHERE seq = 4"),
        "row 4 (login) was changed",
    ),
    "one dropped": (
        lambda db: db.execute("DELETE FROM deeds WHERE seq = 3"), "row 3 is gone",
    ),
    "the first dropped": (
        lambda db: db.execute("DELETE FROM deeds WHERE seq = 1"), "row 1 is gone",
    ),
    "the last dropped": (
        lambda db: db.execute("DELETE FROM deeds WHERE seq > 4"), "rows 5 to 6 are gone",
    ),
    "two moved": (
        lambda db: swap(db, "seq"), "row 3 (token_made) was changed, or stands in another's place",
    ),
    "two moved with their hashes": (
        lambda db: swap(db, "seq, hash"), "row 3 (token_made) was changed, or stands",
    ),
    "one put in": (
        lambda db: db.execute(
            "INSERT INTO deeds (branch, at, actor, role, name, what, about, place) "
            "SELECT branch, at, actor, role, name, what, about, place FROM deeds WHERE seq = 2"
        ),
        "rows that stand beside the chain: 1",
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", HARM)
def test_the_doctor_names_the_first_line_that_somebody_tampered_with(
    data: Path, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    code, said = doctor(data, capsys)
    assert (code, "well   who did what is unchanged" in said) == (0, True)
    harm, words = HARM[how]
    with closing(sqlite3.connect(data / DATABASE)) as db, db:
        harm(db)
    code, said = doctor(data, capsys)
    assert code == 1
    assert "wrong  who did what is unchanged" in said
    assert words in said


def test_a_head_on_paper_shows_a_chain_that_was_written_anew(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(data / DATABASE)) as db, db:
        end = chain.head(db, 1)
        assert end is not None
        paper = " ".join(re.findall("....", end.hash))
        deeds.note(db, 1, begun(db) + DAY, DEWI, "login", {})
    assert f"row 7, head {paper[:4]}" not in doctor(data, capsys)[1]
    assert doctor(data, capsys, "--head", paper)[0] == 0, "an older one is still in it"
    assert doctor(data, capsys, "--head", paper[:19].upper())[0] == 0, "the first digits will do"
    assert "is no head" in doctor(data, capsys, "--head", "abc")[1]
    with closing(sqlite3.connect(data / DATABASE)) as db, db:  # by who knows the recipe
        db.execute("UPDATE deeds SET name = 'Budi' WHERE seq = 2")
        db.execute("UPDATE deeds SET seq = NULL")
        db.execute("DELETE FROM deed_chains")
        chain.begin(db, 1, begun(db))
    code, said = doctor(data, capsys)
    assert code == 0
    assert "rows 1 to 7 are as they were found" in said
    code, said = doctor(data, capsys, "--head", paper)
    assert code == 1
    assert "no row has the head" in said


def test_old_lines_go_and_what_is_kept_still_builds_on_them(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(data / DATABASE)) as db, db:
        (at,) = db.execute("SELECT at FROM deeds WHERE seq = 4").fetchone()
        deeds.forget(db, 1, at + KEPT_DAYS * DAY)
        kept = [row[0] for row in db.execute("SELECT seq FROM deeds ORDER BY seq")]
        deeds.note(db, 1, at + DAY, DEWI, "login", {})
    assert kept == [4, 5, 6]
    code, said = doctor(data, capsys)
    assert code == 0, said
    with closing(sqlite3.connect(data / DATABASE)) as db, db:
        db.execute("DELETE FROM deeds WHERE seq = 4")
    assert "row 4 is gone" in doctor(data, capsys)[1]


def test_a_line_of_a_wrong_clock_loses_its_details_and_the_chain_holds(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(data / DATABASE)) as db, db:
        ahead = begun(db) + 4000 * DAY
        deeds.note(db, 1, ahead, DEWI, "login", {})
        deeds.note(db, 1, begun(db) + DAY, DEWI, "logout", {"name": "Rahasia"})
        deeds.forget(db, 1, begun(db) + (KEPT_DAYS + 2) * DAY)
        left = db.execute("SELECT seq, name, about, place FROM deeds ORDER BY seq").fetchall()
    assert left == [(7, "Ibu Dewi", "{}", "10.0.0.7"), (8, "", "{}", "")]
    code, said = doctor(data, capsys)
    assert code == 0, said
    assert "rows whose details are forgotten: 1" in said


def test_lines_from_before_the_chain_begin_it_as_they_are(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(data / DATABASE)) as db, db:
        db.execute("UPDATE deeds SET seq = NULL, salt = '', seal = '', hash = ''")
        db.execute("DELETE FROM deed_chains")  # as an older program left it
        deeds.forget(db, 1, wall(NOW) + DAY)
        assert db.execute("SELECT COUNT(*) FROM deeds WHERE seq IS NULL").fetchone() == (0,)
    code, said = doctor(data, capsys)
    assert code == 0
    assert "rows 1 to 6 are as they were found on 2026-03-03, before there was a chain" in said


async def test_the_file_of_the_chain_is_verified_by_the_few_lines_of_the_guide(
    hall: Hall, manager: Client, tmp_path: Path
) -> None:
    for name in ("Lörong – é 日本", 'Kutip "dua" \\ miring', "Jalan ke 3", "Pintu </b>"):
        await manager.post("/api/notice", {"notice": name}, check=True)
    (script,) = re.findall(r"```python\n(.+?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    check = tmp_path / "check.py"
    check.write_text(script, "utf-8")
    taken = tmp_path / "deeds.jsonl"
    answer = await manager.get("/api/deeds?format=jsonl")
    taken.write_bytes(answer.body)

    def verified() -> tuple[int, str]:
        run = [sys.executable, str(check), str(taken)]
        done = subprocess.run(run, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.strip() or done.stderr.strip()

    ((end, seal),) = hall.query("SELECT seq, hash FROM deed_chains WHERE branch = ?")
    rows = [json.loads(line) for line in answer.body.splitlines()]
    assert [row["seq"] for row in rows] == list(range(1, end + 1))
    assert verified() == (0, seal)
    assert (await manager.get("/api/deeds")).json["chain"]["hash"] == seal
    taken.write_bytes(answer.body.replace(b"miring", b"lurus"))
    assert verified() == (1, f"line {_line(rows, 'miring')} is not as it was")
    lines = answer.body.splitlines(keepends=True)
    taken.write_bytes(b"".join(lines[:2] + lines[3:]))
    assert verified() == (1, "line 4 is not as it was")
    refused = await manager.get("/api/deeds?format=jsonl&person=x", check=False)
    assert (refused.status, refused.json["field"]) == (422, "person")


def _line(rows: list[dict[str, object]], word: str) -> object:
    return next(row["seq"] for row in rows if word in str(row["about"]))
