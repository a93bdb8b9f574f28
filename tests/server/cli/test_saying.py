"""What commands say to people is in their language, and in no other; codes and keys stay."""

from __future__ import annotations

import argparse
import io
import re
from pathlib import Path

import pytest

from server.addresses import OwnAddress
from server.cli import main
from server.cli.announcing import Announcement
from server.cli.saying import Speaker
from server.domain.errors import Phrase
from tests.server.process import office_toml

SAME = re.compile(r"^\s*$|^  \S|^lobi: tcp|^webhook |^secret |^[A-Z2-9]{4}-[A-Z2-9]{4}$|^\d{6,}$")
"""Lines that are no sentence: an address, a command to type, a code, a key."""


def _commands(away: Path) -> list[list[str]]:
    """Return what a technician types from the first office to the last backup."""
    office = away / "office.toml"
    office.write_text(office_toml("hall"), "utf-8")
    return [
        ["setup-code"],
        ["branch", "add", str(office)],
        ["user", "add", "sari", "--name", "Ibu Sari", "--role", "staff"],
        ["user", "password", "sari"],
        ["user", "second-step-off", "sari"],
        ["user", "remove", "sari"],
        ["token", "create", "--role", "kiosk", "--code"],
        ["printer", "add", "lobi", "tcp://127.0.0.1:9", "--profile", "raster,baud=1200"],
        ["printer", "remove", "lobi"],
        ["numbers", "A=57"],
        ["numbers", "A=57"],
        ["tls", "make", "antrean.local"],
        ["tls", "show"],
        ["tls", "end"],
        ["backups", "plan", str(away)],
        ["backups", "now"],
        ["backups", "end"],
        ["secrets", "check"],
        ["city", "link"],
        ["city", "join", "https://kota.invalid"],
        ["city", "link"],
        ["city", "leave"],
        ["webhook", "add", "https://kota.invalid/hook"],
        ["webhook", "list"],
        ["webhook", "remove", "https://kota.invalid/hook"],
        ["backup", str(away / "monday.tar")],
        ["restore", str(away / "monday.tar"), "--replace"],
        ["export", str(away / "log.csv")],
    ]


def test_an_indonesian_technician_reads_no_english_from_the_first_office_to_the_last_backup(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: dict[str, list[tuple[str, list[str]]]] = {}
    for lang in ("en", "id"):
        data, away = tmp_path / lang / "data", tmp_path / lang / "away"
        away.mkdir(parents=True)
        said[lang] = []
        for words in _commands(away):
            monkeypatch.setattr("sys.stdin", io.StringIO("nomor-rahasia-kantor\n"))
            main([*words, "--data", str(data), "--lang", lang])
            told = capsys.readouterr()
            lines = [each.replace(f"/{lang}/", "/") for each in (told.out + told.err).splitlines()]
            said[lang].append((" ".join(words[:2]), lines))
    for (command, english), (_, indonesian) in zip(said["en"], said["id"], strict=True):
        assert [len(english), bool(english)] == [len(indonesian), True], (command, indonesian)
        for one, other in zip(english, indonesian, strict=True):
            assert one != other or SAME.search(one), (command, one)
    assert any("A057 pada 20" in each for _, lines in said["id"] for each in lines)


def test_a_number_in_a_sentence_has_the_sign_of_its_language() -> None:
    told = Phrase("{size} bytes, {seconds} seconds at {baud} baud", size=9, seconds=1.26, baud=1200)
    assert Speaker("en").line(told) == "9 bytes, 1.3 seconds at 1200 baud"
    assert Speaker("id").line(told) == "9 byte, 1,3 detik pada 1200 baud"
    assert Speaker("xx").line(told) == "9 bytes, 1.3 seconds at 1200 baud", "else English"


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - it is only said
def test_the_server_says_at_its_start_in_the_technicians_language_what_is_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], host: str
) -> None:
    said = {}
    for lang in ("en", "id"):
        args = argparse.Namespace(lang=lang, data=tmp_path, host=host, port=8080)
        for offices, demo in (([], False), ([""], True)):
            announcement = Announcement(args, offices, "ABCD-EFGH", demo=demo)
            announcement(OwnAddress(host, 8080))
            announcement(OwnAddress(host, 8080))
        said[lang] = capsys.readouterr().out.splitlines()
    pages = [each for each in said["id"] if "/kiosk" in each]
    assert all(each.endswith("pengunjung mengambil nomor") for each in pages)
    assert len(said["en"]) == len(said["id"])
    for one, other in zip(said["en"], said["id"], strict=True):
        assert one != other or SAME.search(one), one
