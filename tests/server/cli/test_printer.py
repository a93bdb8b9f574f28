"""``ramah printer add`` says what the printer will need."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from server.branches import configure
from server.cli import main
from server.storage.database import connect
from tests.server.rehearsal import office


def _add(data: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["printer", "add", *words, "--data", str(data)]) in {0, None}
    return capsys.readouterr().out


def test_the_seconds_of_a_ticket_are_told_where_the_line_is_slow(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(connect(tmp_path)) as db:
        configure(db, office())
    slow = _add(tmp_path, capsys, "loket", "serial:/dev/ttyUSB0?baud=9600")
    assert "seconds at 9600 baud" in slow
    assert "--profile escpos" in slow
    lean = _add(tmp_path, capsys, "loket", "serial:/dev/ttyUSB0?baud=9600", "--profile", "escpos")
    assert "seconds at 9600 baud" in lean
    assert "--profile" not in lean
    assert "seconds" not in _add(tmp_path, capsys, "cepat", "tcp://192.0.2.7")
