"""What the pages believe of the server's answers and events is what the server says."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import get_args

from server.domain.events import AnyEvent
from web.types import FILE, Declarations, declarations

ROOT = Path(__file__).resolve().parents[2]
TSC = ROOT / "node_modules/typescript/bin/tsc"


def test_the_pages_types_are_those_the_server_answers_with() -> None:
    """Else: ``python -m web.types``, and look with ``make lint`` at what the pages say to it."""
    assert FILE.read_text(encoding="utf-8") == declarations()


def test_a_new_kind_of_event_must_be_thought_of_where_the_hall_is_followed(tmp_path: Path) -> None:
    """The type checker refuses ``hall-state.js`` when the feed has a kind without a ``case``."""
    told = declarations().replace("type HallEvent =", "type HallEvent = Sung")
    fields = "type: 'event'; seq: number; after?: number; at: string; kind: 'sung'"
    told += f"export interface Sung {{ {fields} }}\n"
    (tmp_path / "types.d.ts").write_text(told, encoding="utf-8")
    page = tmp_path / "static" / "hall-state.js"
    page.parent.mkdir()
    shutil.copy(ROOT / "web/static/hall-state.js", page)
    node = shutil.which("node")
    assert node is not None, "the venv has one in its bin folder"
    done = subprocess.run(
        [node, TSC, "--noEmit", "--allowJs", "--checkJs", "--strict", "--target", "es2022", page],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    (only,) = [line for line in done.stdout.splitlines() if "error" in line]
    assert "'Sung' is not assignable to parameter of type 'never'" in only


def test_what_no_page_may_know_is_not_in_the_pages_types() -> None:
    told = Declarations((), get_args(AnyEvent)).text()
    assert "kind: 'called'" in told
    assert "kind: 'figures_seen'" not in told
    for secret in ("token", "device", "office", "quote", "print", "person"):
        assert f"  {secret}: " not in told
        assert f"  {secret}?: " not in told
