"""``ramah export`` writes the rows that the server's download has."""

from __future__ import annotations

import csv
from contextlib import closing
from datetime import date
from pathlib import Path

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
            "ORDER BY day, rowid"
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
