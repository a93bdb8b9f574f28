"""``ramah doctor`` says how each printer was last found, and of a new one that nobody knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.cli import main
from server.domain.calling import call_next
from server.domain.desks import open_counter
from server.domain.events import EquipmentChanged
from server.domain.issuing import NewTicket, issue
from server.equipment import OBSERVER
from server.storage.transaction import SqliteTx
from tests.printer.fake_printer import free_port
from tests.server.rehearsal import SARI, Rehearsal, office, on


def _told(data: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = main(["doctor", "--data", str(data)])
    return code, capsys.readouterr().out


def test_printers_are_told_as_they_were_last_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Rehearsal(office(), data=tmp_path) as hall:
        for key, name in (("p", "Lobi"), ("q", "Loket")):
            hall.db.execute(
                "INSERT INTO printers (id, branch, name, url, created_at) "
                "VALUES (?, 1, ?, 'agent:x', 0)",
                (key, name),
            )
        code, said = _told(tmp_path, capsys)
        assert (code, said.count("not asked yet")) == (0, 2)
        hall.do(on(SqliteTx.append, EquipmentChanged("printer", "p", "Lobi", "ok")), OBSERVER)
        code, said = _told(tmp_path, capsys)
        assert code == 0
        assert "Lobi: Ready (since 2026-03-02 08:00)" in said
        assert "Loket: not asked yet" in said
        hall.minutes(65)
        out = EquipmentChanged("printer", "q", "Loket", "paper_out")
        hall.do(on(SqliteTx.append, out), OBSERVER)
        code, said = _told(tmp_path, capsys)
        assert code == 1
        assert "wrong  printers\n       Loket: Paper has run out." in said
        assert "(since 2026-03-02 09:05)" in said
        assert "Lobi: Ready" in said, "the others are told as well"


def test_doctor_asks_the_printers_it_can_reach(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Rehearsal(office(), data=tmp_path) as hall:
        gone = f"tcp://127.0.0.1:{free_port()}"
        hall.db.execute(
            "INSERT INTO printers (id, branch, name, url, created_at) "
            "VALUES ('p', 1, 'Lobi', ?, 0)",
            (gone,),
        )
        hall.do(on(SqliteTx.append, EquipmentChanged("printer", "p", "Lobi", "ok")), OBSERVER)
        code, said = _told(tmp_path, capsys)
        assert code == 1
        assert "wrong  printers\n       Lobi: It takes no connection." in said
        assert "Ready" not in said


def test_deep_doctor_builds_the_tables_again_from_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Rehearsal(office(), data=tmp_path) as hall:
        hall.do(on(open_counter, "1"), SARI)
        hall.do(on(issue, NewTicket("A")))
        hall.do(on(call_next, "1"), SARI)
        main(["doctor", "--deep", "--data", str(tmp_path)])
        assert "well   tickets and turns follow from the log" in capsys.readouterr().out
        hall.db.execute("UPDATE turns SET staff = 'user:other'")
        assert main(["doctor", "--deep", "--data", str(tmp_path)]) == 1
        assert "the table turns does not follow from the log" in capsys.readouterr().out
