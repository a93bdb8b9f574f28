"""The device pages must run on Chromium 79: no newer words in their files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = [
    path
    for room in ("web", "kiosk", "display")
    for path in sorted((ROOT / room / "static").glob("*"))
    if path.suffix in {".js", ".css"}
]
COMMENT = re.compile(r"/\*.*?\*/|(?<![:'\"])//[^\n]*", re.DOTALL)
TOO_NEW = {
    ".js": re.compile(
        r"\?\.[a-zA-Z(\[]|\?\?|\breplaceAll\(|\breplaceChildren\(|\brandomUUID\("
        r"|\bstructuredClone\(|\bObject\.hasOwn\(|\.at\(|\|\|=|&&=|\beval\(|innerHTML"
    ),
    ".css": re.compile(r"\binset:|\baspect-ratio:|:is\(|:where\(|:has\(|\bdvh\b|@layer|@container"),
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parts[-3]}/{path.name}")
def test_files_use_only_what_old_screens_know(path: Path) -> None:
    text = COMMENT.sub("", path.read_text(encoding="utf-8"))
    assert not TOO_NEW[path.suffix].findall(text)
    assert not re.findall(r"https?://(?!www\.w3\.org)", text), "nothing from other hosts"


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parts[-3]}/{path.name}")
def test_a_file_says_what_it_owns(path: Path) -> None:
    head = path.read_text(encoding="utf-8")[:400]
    assert "Owns" in head
