"""The example with every setting: nothing is missing, nothing made up, and it is accepted."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from server.branches import read_office
from server.reference import settings
from tests.server.process import Server

FILE = Path(__file__).resolve().parents[2] / "server" / "demo" / "office-all.toml"


def named(value: dict[str, Any], known: set[str], path: str = "") -> Iterator[str]:
    """Find the settings a file names, as ``services.hours.opens``."""
    for key, below in value.items():
        name = f"{path}{key}"
        blocks = below if isinstance(below, list) else [below]
        if name not in known and all(isinstance(each, dict) for each in blocks):
            for each in blocks:
                yield from named(each, known, f"{name}.")
        else:
            yield name


def test_the_example_names_every_setting_and_nothing_else() -> None:
    known = set(settings.paths()) - settings.GIVEN
    assert set(named(tomllib.loads(FILE.read_text("utf-8")), known)) == known


def test_every_block_says_in_both_languages_what_it_is_for() -> None:
    heads = re.findall(r"^\[+\w+\]+.*$", FILE.read_text("utf-8"), re.MULTILINE)
    first = {head.split("]")[0]: head for head in reversed(heads)}
    assert len(first) == 16
    for head in first.values():
        assert re.search(r"# .+ / .+", head), head


def test_a_server_takes_the_example_as_it_is(tmp_path: Path) -> None:
    with Server(tmp_path / "data") as server:
        done = server.ramah("branch", "add", str(FILE))
        assert done.returncode == 0, done.stderr
        assert [row[0] for row in server.query("SELECT code FROM branches")] == ["contoh"]
    office = read_office(FILE)
    assert office.public_url
    assert office.services[0].hours is not None
