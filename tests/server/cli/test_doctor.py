"""``ramah doctor`` says in the technician's language what is well and what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.cli import main
from server.domain.calling import call_next
from server.domain.desks import open_counter
from server.domain.events import EquipmentChanged
from server.domain.issuing import NewTicket, issue
from server.equipment import OBSERVER
from server.reports.rollups import write_at_once
from server.storage.queries import chain
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


def _fall_ill(hall: Rehearsal, data: Path) -> None:
    """Let something be wrong with nearly everything that the doctor looks at."""
    hall.do(on(open_counter, "1"), SARI)
    for _ in range(7):
        hall.do(on(issue, NewTicket("A")))
    hall.do(on(call_next, "1"), SARI)
    hall.minutes(25 * 60)
    hall.end_day()
    hall.do(lambda tx: write_at_once(tx, "2026-03-02"))
    with hall.db:
        for name, url, error in (
            ("Lobi", f"tcp://127.0.0.1:{free_port()}", "paper_out"),
            ("Loket", "usb:/dev/none-of-ours", None),
            ("Kios", "agent:kios", None),
        ):
            hall.db.execute(
                "INSERT INTO printers (id, branch, name, url, created_at) VALUES (?, 1, ?, ?, 0)",
                (name, name, url),
            )
            if error:
                hall.db.execute(
                    "INSERT INTO print_jobs (id, ticket, copy, branch, printer, state, error,"
                    " next_at) VALUES ('j', 't', 0, 1, ?, 'queued', ?, 0)", (name, error),
                )  # fmt: skip
        hall.db.execute(
            "INSERT INTO webhooks (id, branch, url, secret, kinds, seq, attempts, created_at,"
            " error) VALUES ('w', 1, 'https://kota.invalid', 'x', '', 0, 3, 0,"
            " 'nobody answers at kota.invalid:443: Connection refused')"
        )
        hall.db.execute(
            "INSERT INTO backup_plan (id, folder, at, keep, public, since, asked, bucket, secret)"
            " VALUES (1, '/media/usb', '19:00', 14, '', 0, 0, '', '')"
        )
        for what in ("login", "logout"):
            chain.append(hall.db, 1, 0, SARI, what, "{}")
        hall.db.execute("UPDATE deeds SET name = 'somebody else' WHERE what = 'logout'")
        hall.db.execute("UPDATE rollups SET served = served + 1")
        hall.db.execute("UPDATE rollups SET waits = x'0102ff' WHERE hour IS NOT NULL")
        hall.db.execute("UPDATE turns SET staff = 'user:other'")
    (data / "renewal.failed").write_text("9.9.9, semalam: kembali ke versi lama")
    (data / "tls").mkdir()


def test_no_sentence_of_the_doctor_is_english_for_an_indonesian_technician(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Rehearsal(office(), data=tmp_path) as hall:
        told: dict[str, tuple[list[str], list[str]]] = {}
        for lang in ("en", "id"):
            assert main(["doctor", "--data", str(tmp_path), "--lang", lang]) == 0
            told[lang] = (capsys.readouterr().out.splitlines(), [])
        assert told["id"][0][-1] == "Semua baik."
        _fall_ill(hall, tmp_path)
        wanted = ["doctor", "--data", str(tmp_path), "--deep", "--head", "zz"]
        for lang in ("en", "id"):
            assert main([*wanted, "--lang", lang]) == 1
            told[lang][1].extend(capsys.readouterr().out.splitlines())
    for english, indonesian in zip(told["en"], told["id"], strict=True):
        assert len(english) == len(indonesian)
        same = {line.strip() for line in english} & {line.strip() for line in indonesian}
        assert not {line for line in same if "semalam" not in line}
    page = "\n".join(told["id"][1])
    assert told["en"][1].count("wrong  printers") == page.count("masalah  printer") == 1
    for line in (
        "Lobi: 1 cetakan tertunda: Kertas habis.",
        "kabelnya terpasang? (Mesin ini sekarang tidak punya /dev/none-of-ours.",
        "3 kali gagal: kota.invalid:443 tidak menjawab: sambungan ditolak",
        "Kios: belum ditanya; server menanyainya begitu berjalan",
        "yang terakhir berhasil sudah berumur",
        "Hitung lagi dengan: ramah doctor --repair",
    ):
        assert line in page
    monkeypatch.setenv("LC_ALL", "id_ID.UTF-8")
    main(["doctor", "--data", str(tmp_path)])
    assert "masalah  printer" in capsys.readouterr().out, "the system's language counts as well"
