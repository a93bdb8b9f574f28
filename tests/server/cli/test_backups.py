"""Backups by plan: made at their time, restored to check them, sealed, late ones told."""

from __future__ import annotations

import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from server.alarms import BACKUP_HOURS, WATCHER, found
from server.backups import archive, place, planning
from server.backups.keeper import due
from server.backups.sealing import new_key
from server.cli import main
from server.domain.issuing import NewTicket, issue
from server.storage.queries import backups
from server.storage.queries.backups import Made, Plan
from tests.server.api.client import Client
from tests.server.process import Server, office_toml
from tests.server.rehearsal import KIOSK, Rehearsal, office, on, wall
from tests.server.waiting import soon

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Rehearsal]:
    """A hall in a folder, with a number that was given, and a stick beside it."""
    (tmp_path / "stick").mkdir()
    with Rehearsal(office(), data=tmp_path / "data") as made:
        made.do(on(issue, NewTicket("A")), KIOSK)
        yield made


def ramah(hall: Rehearsal, *words: str) -> int:
    return main(["backups", *words, "--data", str(hall.data)])


def stick(hall: Rehearsal) -> Path:
    return hall.data.parent / "stick"


def test_one_is_made_by_the_plan_restored_to_check_it_and_only_so_many_stay(
    hall: Rehearsal, capsys: Capture
) -> None:
    assert ramah(hall, "now") == 1
    assert "no plan yet" in capsys.readouterr().err
    for number in range(3):
        (stick(hall) / f"ramah-2020010{number + 1}-120000.tar").touch()
    (stick(hall) / "holiday.tar").touch()
    assert ramah(hall, "plan", str(stick(hall)), "--keep", "2") == 0
    assert ramah(hall, "now") == 0
    assert "restored to check it" in capsys.readouterr().out
    newest, old = place.files(stick(hall))
    assert old.name == "ramah-20200103-120000.tar"
    names = {each.name for each in stick(hall).iterdir()}
    assert names == {newest.name, old.name, "holiday.tar", place.MARK}, "others' files stay"
    assert newest.stat().st_mode & 0o077 == 0
    assert not list(hall.data.glob("trial-*"))
    assert main(["restore", str(newest), "--data", str(hall.data.parent / "new")]) == 0
    (row,) = backups.made(hall.db)
    assert (row.file, row.error, row.bytes) == (newest.name, "", newest.stat().st_size)


def test_a_sealed_one_opens_with_its_key_alone(
    hall: Rehearsal, capsys: Capture, tmp_path: Path
) -> None:
    assert ramah(hall, "key", str(tmp_path / "key.txt")) == 0
    public = capsys.readouterr().out.split()[-1]
    assert (tmp_path / "key.txt").stat().st_mode & 0o077 == 0
    assert ramah(hall, "plan", str(stick(hall)), "--key", "age1nonsense") == 1
    assert ramah(hall, "plan", str(stick(hall)), "--key", public) == 0
    assert ramah(hall, "now") == 0
    (sealed,) = place.files(stick(hall))
    assert sealed.name.endswith(".tar.age")
    assert b"SQLite format 3" not in sealed.read_bytes()
    assert [each.name for each in stick(hall).glob("ramah-*")] == [sealed.name], "nothing in plain"
    new = str(tmp_path / "new")
    (tmp_path / "other.txt").write_text(new_key()[0], "utf-8")
    for words in ([], ["--key", str(tmp_path / "other.txt")]):
        assert main(["restore", str(sealed), "--data", new, *words]) == 1
    assert main(["restore", str(sealed), "--data", new, "--key", str(tmp_path / "key.txt")]) == 0
    with closing(sqlite3.connect(Path(new) / "ramah.db")) as db:
        assert db.execute("SELECT COUNT(*) FROM tickets").fetchone() == (1,)
    left = [path.name for path in Path(new).rglob("*") if path.suffix == archive.UNFINISHED]
    assert left == []


def test_a_folder_on_the_disk_of_the_data_is_called_so(hall: Rehearsal, capsys: Capture) -> None:
    assert ramah(hall, "plan", str(stick(hall))) == 0
    assert "on the same disk as the data" in capsys.readouterr().out
    with TemporaryDirectory(dir="/dev/shm") as other:
        assert ramah(hall, "plan", other) == 0
    assert "same disk" not in capsys.readouterr().out
    with planning.LOOKING:  # as while somebody's look hangs on a share that is away
        assert planning.same_disk(str(stick(hall)), hall.data) is None


def test_a_stick_that_is_not_plugged_in_is_told_and_nothing_is_written_beside(
    hall: Rehearsal, capsys: Capture
) -> None:
    ramah(hall, "plan", str(stick(hall)))
    (stick(hall) / place.MARK).unlink()  # the empty folder where it was mounted
    assert ramah(hall, "now") == 1
    assert "Is the stick plugged in?" in capsys.readouterr().out
    assert list(stick(hall).iterdir()) == []
    assert backups.last_good(hall.db) is None


def test_one_that_does_not_come_back_is_none(
    hall: Rehearsal, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    ramah(hall, "plan", str(stick(hall)))
    packed = archive._pack  # noqa: SLF001 - the disk's part

    def bad_disk(data: Path, database: Path, target: Path, *, key: bool) -> int:
        count = packed(data, database, target, key=key)
        with tarfile.open(target) as tar:
            start = tar.next().offset_data  # type: ignore[union-attr]
        with target.open("r+b") as file:
            file.seek(start + 5000)
            file.write(b"\xff" * 4096)
        return count

    monkeypatch.setattr(archive, "_pack", bad_disk)
    assert ramah(hall, "now") == 1
    assert "damaged" in capsys.readouterr().out
    assert place.files(stick(hall)) == []


@pytest.mark.parametrize(
    ("now", "last", "expected"),
    [
        ("2026-03-02 18:59", "2026-03-01 19:00", False),
        ("2026-03-02 19:00", "2026-03-01 19:00", True),
        ("2026-03-02 19:05", "2026-03-02 19:01", False),
        ("2026-03-03 07:30", "2026-03-01 19:00", True),  # it was switched off at night
        ("2026-03-02 19:20", "2026-03-02 19:01 failed", False),
        ("2026-03-02 19:40", "2026-03-02 19:01 failed", True),
        ("2026-03-02 12:00", "", False),  # planned this morning: the first one comes at its time
        ("2026-03-02 19:00", "", True),
        ("2026-03-01 12:00", "", True),  # planned while the clock was ahead
        ("2026-03-02 12:00", "2027-03-01 19:00", True),  # made while it was
    ],
)
def test_it_is_due_once_a_day_and_again_soon_after_one_that_failed(
    now: str, last: str, expected: bool
) -> None:
    plan = Plan("/x", "19:00", 14, "", wall("2026-03-02 08:00"), 0)
    made = (
        Made(1, wall(last[:16]), "", 0, 0, "no room" if "failed" in last else "") if last else None
    )
    assert due(plan, made, wall(now), "Asia/Makassar") is expected


def test_a_good_one_counts_also_where_an_old_one_cannot_be_removed(hall: Rehearsal) -> None:
    folder = stick(hall)
    (folder / "ramah-20200101-120000.tar").mkdir()
    assert ramah(hall, "plan", str(folder), "--keep", "1") == 0
    assert ramah(hall, "now") == 0
    (made,) = backups.made(hall.db)
    assert (made.error, (folder / made.file).is_file()) == ("", True)


def test_a_late_one_is_an_alarm_and_the_doctor_says_so(hall: Rehearsal, capsys: Capture) -> None:
    assert hall.do(found, WATCHER) == {}
    backups.set_plan(hall.db, Plan(str(stick(hall)), "19:00", 14, "", hall.now, 0))
    hall.minutes(BACKUP_HOURS * 60 + 59)
    alarms = hall.do(found, WATCHER)
    assert ("backup", "") not in alarms
    hall.minutes(1)
    assert hall.do(found, WATCHER)["backup", ""] == (BACKUP_HOURS + 1, BACKUP_HOURS)
    backups.add(hall.db, hall.now, ("", 0, 0, "No space left on device"))
    assert ("backup", "") in hall.do(found, WATCHER), "one that failed is none"
    main(["doctor", "--data", str(hall.data)])
    said = capsys.readouterr().out
    assert "wrong  backups" in said
    assert "No space left on device" in said
    backups.add(hall.db, hall.now, ("ramah-1.tar", 1, 1, ""))
    assert ("backup", "") not in hall.do(found, WATCHER)


async def test_the_server_makes_one_when_the_administrator_asks(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    with Server(tmp_path / "data") as server:
        server.add_branch(office_toml())
        server.start()
        async with server.client("admin") as admin, server.client("manager") as manager:
            assert (await manager.get("/api/backups")).json["planned"] is False
            assert (await admin.post("/api/backups", {}, check=False)).status == 404
            assert server.ramah("backups", "plan", str(stick), "--keep", "3").returncode == 0
            assert (await manager.post("/api/backups", {}, check=False)).status == 403
            assert (await admin.post("/api/backups", {})).json["asked"] is True

            async def made(reader: Client = manager) -> bool:
                return bool((await reader.get("/api/backups")).json["made"])

            await soon(made, "it is made")
            told = (await manager.get("/api/backups")).json
        (file,) = place.files(stick)
        assert told["made"][0]["file"] == file.name
        assert (told["age_hours"], told["late"], told["asked"]) == (0, False, False)
