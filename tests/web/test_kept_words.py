"""What was read of the catalogs stays for the next start, and is never believed wrongly."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from web import i18n
from web.i18n import LOCALES, Catalog, Catalogs


@pytest.fixture
def starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], tuple[Catalogs, int]]:
    """Load catalogs as a program does that was just started; tell how many were read anew."""
    root, kept = tmp_path / "locale", tmp_path / "data" / "words"
    shutil.copytree(LOCALES, root)
    read = Catalog.read
    anew: list[Path] = []

    def counted(path: Path) -> Catalog:
        anew.append(path)
        return read(path)

    monkeypatch.setattr(Catalog, "read", counted)

    def start() -> tuple[Catalogs, int]:
        monkeypatch.setattr(i18n, "_READ", {})
        anew.clear()
        return Catalogs.load(root, kept), len(anew)

    return start


Starts = Callable[[], tuple[Catalogs, int]]


def test_the_next_start_says_the_same_and_reads_no_catalog(starts: Starts) -> None:
    first, read = starts()
    again, read_again = starts()

    assert (read, read_again) == (2, 0)
    assert again.digest() == first.digest()
    assert again.translate("id", "Settings") == first.translate("id", "Settings") != "Settings"
    assert again.ngettext("id", "For {n} hall", "For {n} halls", 3) == "Untuk 3 kantor"


def test_a_changed_catalog_is_read_and_the_older_one_let_go(starts: Starts, tmp_path: Path) -> None:
    starts()
    source = tmp_path / "locale" / "id" / "ramah.po"
    words = source.read_text("utf-8") + '\nmsgid "Only here"\nmsgstr "Hanya di sini"\n'
    source.write_text(words, "utf-8")

    catalogs, read = starts()

    assert read == 1
    assert catalogs.translate("id", "Only here") == "Hanya di sini"
    kept = [each.name[:3] for each in (tmp_path / "data" / "words").iterdir()]
    assert sorted(kept) == ["en-", "id-"]


@pytest.mark.parametrize("left", [b"", b"\0" * 4096, b"\x97\xa2id"])
def test_what_a_power_cut_left_is_read_anew(starts: Starts, tmp_path: Path, left: bytes) -> None:
    whole, _ = starts()
    for each in (tmp_path / "data" / "words").iterdir():
        each.write_bytes(left)

    catalogs, read = starts()

    assert read == 2
    assert catalogs.digest() == whole.digest()
    assert starts()[1] == 0


def test_without_room_for_it_words_are_read_as_ever(starts: Starts, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file is in the way")

    assert [starts()[1], starts()[1]] == [2, 2]
