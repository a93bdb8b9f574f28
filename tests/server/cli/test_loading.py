"""A command loads what it needs and no more: a technician on a small board waits for each word."""

from __future__ import annotations

import argparse
import subprocess
import sys
from importlib import import_module

import pytest

from server.cli import MODULES


@pytest.mark.parametrize("module", dict.fromkeys(MODULES.values()))
def test_each_module_has_the_commands_that_lead_to_it(module: str) -> None:
    commands = argparse.ArgumentParser().add_subparsers()

    import_module(f"server.cli.{module}").add(commands)

    assert list(commands.choices) == [each for each, of in MODULES.items() if of == module]


@pytest.mark.parametrize("word", ["token", "user", "branch", "backup", "printer"])
def test_a_command_beside_the_server_loads_no_server(word: str) -> None:
    loaded = _loaded_by("server.cli", word, "--help")

    assert "server.domain.errors" in loaded
    assert not {"aiohttp", "cryptography", "server.app"} & loaded


def _loaded_by(module: str, *words: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", module, *words],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    lines = [each.split("|") for each in done.stderr.splitlines() if each.startswith("import time")]
    return {each[-1].strip() for each in lines}
