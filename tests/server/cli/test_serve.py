"""A start that cannot be ends with words and status 1, at once; nothing hangs."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.server.process import RAMAH, ROOT, Server, free_port, office_toml


def served(server: Server, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*RAMAH, "serve", "--data", str(server.data), "--port", str(free_port()), *words],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("office", ["{", '{"code": 5}'])
def test_damaged_settings_end_the_start_with_words(tmp_path: Path, office: str) -> None:
    with Server(tmp_path / "data") as server:
        server.add_branch(office_toml("hall"))
        with server.database() as db:
            db.execute("UPDATE settings SET office = ?", (office,))
        told = served(server)
        assert told.returncode == 1
        assert "ramah: " in told.stderr
        assert "Traceback" not in told.stderr


@pytest.mark.parametrize(
    "words",
    [["--port", "80000"], ["--port", "x"], ["--public-url", "foo"], ["--trusted-proxy", "caddy"]],
    ids=lambda words: words[0] + words[1],
)
def test_what_cannot_be_is_refused_in_words(tmp_path: Path, words: list[str]) -> None:
    told = served(Server(tmp_path / "data"), *words)
    assert told.returncode == 2
    assert words[1] in told.stderr


def test_the_program_tells_its_version(tmp_path: Path) -> None:
    told = subprocess.run([*RAMAH, "--version"], cwd=ROOT, capture_output=True, text=True,
                          check=True, timeout=60).stdout  # fmt: skip
    assert told.startswith("ramah ")
    assert told.strip() != "ramah"
    empty = Server(tmp_path / "data").ramah("user", "list")
    assert empty.returncode == 1
    assert f"ramah branch add office.toml --data {tmp_path / 'data'}" in empty.stderr
