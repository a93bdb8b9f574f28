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


def test_a_printer_that_is_not_plugged_in_is_told_when_it_is_added(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(connect(tmp_path)) as db:
        configure(db, office())
    for url in ("usb:/dev/nothing0", "serial:/dev/nothing0?baud=9600"):
        assert "has no /dev/nothing0 now" in _add(tmp_path, capsys, "loket", url)
    told = _add(tmp_path, capsys, "berkas", f"file:{tmp_path / 'nowhere' / 'papers.bin'}")
    assert f"no folder {tmp_path / 'nowhere'}" in told
    for url in (f"file:{tmp_path / 'papers.bin'}", "usb:/dev/null", "usb:04b8:0e15", "usb:"):
        assert " no " not in _add(tmp_path, capsys, "loket", url)


def test_why_a_test_page_does_not_come_is_said_in_the_technicians_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(connect(tmp_path)) as db:
        configure(db, office())
    _add(tmp_path, capsys, "loket", "usb:/dev/nothing0")
    assert main(["printer", "test", "loket", "--data", str(tmp_path), "--lang", "id"]) == 1
    assert capsys.readouterr().err.startswith("ramah: Tidak terhubung. Apakah sudah menyala")
