"""Runs processes that write to one store at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import IO, Self

import msgspec

from tests.server.storage.postgres.racer import Race, Took

ROOT = Path(__file__).resolve().parents[4]
RACER = [sys.executable, "-m", "tests.server.storage.postgres.racer"]
LONGEST_S = 110.0


class Racers:
    """Processes that begin together; each is ended in any case with the ``with`` block."""

    def __init__(self, data: Path, *races: Race) -> None:
        self.processes = [
            subprocess.Popen(
                [*RACER, str(data), msgspec.json.encode(each).decode()],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
            )
            for each in races
        ]  # fmt: skip

    def __enter__(self) -> Self:
        for each in self.processes:
            while _pipe(each.stdout).readline() != "ready\n":
                assert each.poll() is None
        for each in self.processes:
            _pipe(each.stdin).write("go\n")
            _pipe(each.stdin).flush()
        return self

    def __exit__(self, *_: object) -> None:
        for each in self.processes:
            each.kill()
            each.communicate()

    def acknowledged(self) -> list[tuple[int, str, str]]:
        """Wait until all end; return every number that was given: branch, id, label."""
        found = []
        for each in self.processes:
            out, _ = each.communicate(timeout=LONGEST_S)
            for line in out.splitlines():
                if line.startswith("gave "):  # among what the log says
                    _, branch, ticket, label = line.split()
                    found.append((int(branch), ticket, label))
        return found

    def took(self) -> list[Took]:
        """Wait until all end; return how long each took."""
        return [
            msgspec.json.decode(each.communicate(timeout=LONGEST_S)[0].splitlines()[-1], type=Took)
            for each in self.processes
        ]


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe
