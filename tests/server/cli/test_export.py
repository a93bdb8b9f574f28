"""``ramah export`` writes the rows that the server's download has."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

import openpyxl
import pyarrow.parquet
import pytest

from server.cli import main
from server.demo.history import jobs_of, write_history
from server.demo.seed import demo_office, history_plan
from server.storage.database import connect


def test_a_span_is_written_once_with_every_turn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, file = tmp_path / "data", tmp_path / "log.csv"
    with closing(connect(data)) as db:
        db.execute("INSERT INTO branches (code) VALUES ('mpp')")
        plan = history_plan(demo_office(), [], 2)
        turns = write_history(db, 1, plan, jobs_of(plan, date(2026, 3, 6), 4, 60))
        served = db.execute(
            "SELECT label, day, leg FROM turns WHERE outcome = 'served' AND service = 'A' "
            "ORDER BY day, opened"
        ).fetchall()
    span = ["--data", str(data), "--from", "2026-03-01", "--to", "2026-03-31"]
    assert main(["export", str(file), *span]) == 0
    with file.open(encoding="utf-8", newline="") as lines:
        assert len(list(csv.DictReader(lines))) == turns > 200
    assert f"{turns} turns, 2026-03-01 to 2026-03-31" in capsys.readouterr().err
    assert main(["export", str(file), *span]) == 1  # it is there already
    some = tmp_path / "some.csv"
    assert main(["export", str(some), *span, "--service", "A", "--outcome", "served"]) == 0
    with some.open(encoding="utf-8", newline="") as lines:
        found = [(row["label"], row["day"], int(row["leg"])) for row in csv.DictReader(lines)]
    assert found == served


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two days of the demo hall."""
    data = tmp_path_factory.mktemp("past") / "data"
    with closing(connect(data)) as db:
        db.execute("INSERT INTO branches (code) VALUES ('mpp')")
        plan = history_plan(demo_office(), [], 2)
        write_history(db, 1, plan, jobs_of(plan, date(2026, 3, 6), 2, 60))
    return data


SPAN = ["--from", "2026-03-01", "--to", "2026-03-31"]


def test_each_format_holds_the_same_turns(past: Path, tmp_path: Path) -> None:
    found = {}
    for form in ("csv", "json", "xlsx", "parquet"):
        file = tmp_path / f"log.{form}"
        assert main(["export", str(file), "--data", str(past), *SPAN, "--channel", "kiosk"]) == 0
        found[form] = labels(file)
    assert len(found["csv"]) > 20
    assert found["csv"] == found["json"] == found["xlsx"] == found["parquet"]
    assert {each.name for each in tmp_path.iterdir()} == {f"log.{each}" for each in found}


def test_a_file_for_a_double_click_has_the_countrys_signs(past: Path, tmp_path: Path) -> None:
    for more, sign in (([], ";"), (["--decimal", "point"], ",")):
        file = tmp_path / f"log{len(more)}.csv"
        wanted = ["export", str(file), "--data", str(past), *SPAN, "--format", "csv-sheet", *more]
        assert main(wanted) == 0
        with file.open(encoding="utf-8-sig", newline="") as text:
            rows = list(csv.DictReader(text, delimiter=sign))
        assert len(rows) > 20
        assert all("." not in row["wait_s"] for row in rows) is (sign == ";")


def test_a_decimal_sign_of_ones_own_makes_the_file_one_for_a_double_click(
    past: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "log.csv"
    assert main(["export", str(file), "--data", str(past), *SPAN, "--decimal", "comma"]) == 0
    assert file.read_text("utf-8-sig").startswith("label;service;")
    for other in (["x.xlsx"], ["y.csv", "--format", "csv"]):
        wanted = ["export", str(tmp_path / other[0]), "--data", str(past), *SPAN, *other[1:]]
        assert main([*wanted, "--decimal", "comma"]) == 1
        assert "Only csv-sheet has a choice of its decimal sign" in capsys.readouterr().err


def labels(file: Path) -> list[str]:
    """Return the labels of a file in the order of its rows."""
    if file.suffix == ".csv":
        with file.open(encoding="utf-8", newline="") as text:
            return [row["label"] for row in csv.DictReader(text)]
    if file.suffix == ".json":
        return [turn["label"] for turn in json.loads(file.read_bytes())["turns"]]
    if file.suffix == ".parquet":
        found: list[str] = pyarrow.parquet.read_table(file)["label"].to_pylist()
        return found
    with closing(openpyxl.load_workbook(file)) as book:
        return [str(row[0]) for row in book.worksheets[0].iter_rows(2, values_only=True)]


def test_all_filters_of_the_server_are_there(past: Path, tmp_path: Path) -> None:
    wanted = {
        "service": "A", "agency": "dukcapil", "priority": "priority", "outcome": "served",
        "channel": "kiosk", "counter": "1",
    }  # fmt: skip
    with closing(connect(past)) as db:
        known = db.execute("SELECT counter_number FROM turns WHERE service = 'A'"
                           " AND counter_number IS NOT NULL").fetchone()  # fmt: skip
    wanted["counter"] = str(known[0])
    everything = tmp_path / "all.csv"
    assert main(["export", str(everything), "--data", str(past), *SPAN]) == 0
    with everything.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    for name, value in [*wanted.items(), ("label", "A00")]:
        file = tmp_path / f"{name}.csv"
        assert main(["export", str(file), "--data", str(past), *SPAN, f"--{name}", value]) == 0
        with file.open(encoding="utf-8", newline="") as text:
            some = list(csv.DictReader(text))
        right = [row for row in rows if row[name].startswith(value) and
                 (name == "label" or row[name] == value)]  # fmt: skip
        assert 0 < len(right) < len(rows) or name == "channel"
        assert some == right, name


def test_a_refusal_names_the_file_and_leaves_nothing_behind(
    past: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = tmp_path / "there.csv"
    there.write_text("mine")
    for name, said in (
        (str(there), "is there already"),
        (str(tmp_path / "nowhere" / "log.csv"), "cannot be written: there is no such folder"),
        (str(tmp_path / "log.pdf"), "the ending does not say which format"),
    ):
        assert main(["export", name, "--data", str(past), *SPAN]) == 1
        told = capsys.readouterr().err
        assert name in told
        assert said in told
    assert there.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [there]


def test_an_outcome_that_does_not_exist_is_refused(
    past: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = ["export", str(tmp_path / "log.csv"), "--data", str(past), *SPAN]
    assert main([*wanted, "--outcome", "Served"]) == 1
    assert "The outcome is one of served, no_show" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_stopped_export_leaves_nothing_behind(
    past: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("server.cli.export._Bar.draw", stop)  # Ctrl+C after the first part
    assert main(["export", str(tmp_path / "log.csv"), "--data", str(past), *SPAN]) == 130
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_goes_away_ends_it_quietly(past: Path) -> None:
    writing = subprocess.Popen(
        [sys.executable, "-m", "server.cli", "export", "-", "--data", str(past), *SPAN],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert writing.stdout is not None
    assert writing.stderr is not None
    writing.stdout.close()
    with writing:
        assert writing.stderr.read() == b""
    assert writing.returncode == 141
