"""Owns a build of the program that can be run: a tree of source with the interpreter it needs.

``HERE`` is the tree that this file stands in. ``at_revision`` lays another commit out in a folder
of its own, without touching this tree or its repository; ``as_installed`` gives a build the
packages that an office has.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parent.parent
LOCK = "requirements/runtime.txt"
INSTALL_S = 600
PAST_S = 3600.0
FILL = (
    "import sys; from pathlib import Path; from bench.scale import Pasts; "
    "print(Pasts(Path(sys.argv[1])).with_turns(int(sys.argv[2])))"
)
"""Run in a build's own tree: its own bench makes its own past."""


class Build(msgspec.Struct, frozen=True):
    """A tree and the Python that runs it.

    Attributes:
        name: how tables call it.
        root: the folder that holds ``server`` and ``bench``; programs are started in it.
        python: the interpreter with the packages of its lock file.
    """

    name: str
    root: Path
    python: str

    @property
    def environment(self) -> dict[str, str]:
        """What its processes find in their environment: its own tree before any installed one."""
        return os.environ | {"PYTHONUNBUFFERED": "1", "PYTHONPATH": str(self.root)}

    def run(self, *arguments: str, timeout: float = INSTALL_S) -> str:
        """Run ``python arguments`` in the tree and return what it said.

        Raises:
            RuntimeError: it failed; the text is what it said.
        """
        done = subprocess.run(
            [self.python, *arguments], cwd=self.root, env=self.environment, timeout=timeout,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{self.name}: {' '.join(arguments[:4])} failed\n{done.stdout}")
        return done.stdout

    def past(self, folder: Path, turns: int) -> Path:
        """Let this build make an office with so many old turns in ``folder``; return where."""
        folder.mkdir(parents=True, exist_ok=True)
        return Path(self.run("-c", FILL, str(folder), str(turns), timeout=PAST_S).splitlines()[-1])


HERE = Build("now", ROOT, sys.executable)


def at_revision(revision: str, folder: Path) -> Build:
    """Lay a commit out in ``folder``; it runs with the packages that are here.

    Raises:
        ValueError: the repository has no such commit.
    """
    commit = _git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").decode().strip()
    if not commit:
        raise ValueError(f"There is no commit {revision} here.")
    root = folder / commit[:9]
    with tarfile.open(fileobj=io.BytesIO(_git("archive", "--format=tar", commit))) as tar:
        tar.extractall(root, filter="data")
    return Build(commit[:9], root, sys.executable)


def _git(*words: str) -> bytes:
    done = subprocess.run(["git", *words], cwd=ROOT, stdout=subprocess.PIPE, check=False)  # noqa: S607
    return done.stdout if done.returncode == 0 else b""


def as_installed(build: Build) -> Build:
    """Return a build with the packages of its own lock file alone: developers load more.

    They are installed once, hashes checked, and kept (``$XDG_CACHE_HOME/ramah-bench``).

    Raises:
        subprocess.CalledProcessError: they cannot be had.
    """
    return msgspec.structs.replace(build, python=_environment(build.root))


def _environment(root: Path) -> str:
    """Return the Python of an environment made from a tree's own lock file."""
    lock = root / LOCK
    key = hashlib.sha256(sys.version.encode() + lock.read_bytes()).hexdigest()[:16]
    caches = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    place = Path(caches) / "ramah-bench" / key
    python = str(place / "bin" / "python")
    if (place / "whole").exists():
        return python
    print(f"installing the packages of {root.name}'s own lock ...", file=sys.stderr, flush=True)
    shutil.rmtree(place, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True, timeout=INSTALL_S)
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "-qq"]
    subprocess.run([*pip, "--require-hashes", "-r", str(lock)], check=True, timeout=INSTALL_S)
    (place / "whole").touch()
    return python
