"""The pages are siblings: what two of them need lies in web/."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
IMPORTED = re.compile(r"(?:from|import)\s*\(?\s*'/([a-z]+)/")


@pytest.mark.parametrize("room", ["counter", "display", "kiosk", "manager", "web"])
def test_a_page_imports_its_own_room_and_what_all_share(room: str) -> None:
    wrong = {
        f"{path.relative_to(ROOT)}: /{other}/"
        for path in (ROOT / room / "static").rglob("*.js")
        for other in IMPORTED.findall(path.read_text("utf-8"))
        if other not in {room, "web"}
    }
    assert wrong == set()
