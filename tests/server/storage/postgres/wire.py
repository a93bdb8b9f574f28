"""Owns a link between this machine and a namespace of its own, which can be cut and mended."""

from __future__ import annotations

import os
import shutil
import subprocess
from itertools import count
from typing import Self

import pytest

_numbers = count(os.getpid() % 1000 * 16)


def _ip(*words: str, check: bool = True) -> str:
    ip = shutil.which("ip", path=os.environ["PATH"] + ":/usr/sbin") or "ip"
    done = subprocess.run([ip, *words], capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, f"ip {' '.join(words)}: {done.stderr}"
    return done.stdout


def _may() -> bool:
    if os.geteuid() != 0:
        return False
    try:
        with Wire():
            return True
    except (AssertionError, OSError):
        return False


class Wire:
    """Two ends of a virtual cable; ``there`` is the address inside the namespace ``name``."""

    def __init__(self) -> None:
        number = next(_numbers) % 16_000
        self.name = f"ramah-{os.getpid()}-{number}"
        self._near, self._far = f"rmh{number}a", f"rmh{number}b"
        net = f"10.213.{number >> 6}"
        self.here, self.there = (f"{net}.{number % 64 * 4 + last}" for last in (1, 2))

    def __enter__(self) -> Self:
        _ip("netns", "add", self.name)
        try:
            _ip("link", "add", self._near, "type", "veth", "peer", self._far, "netns", self.name)
            _ip("addr", "add", f"{self.here}/30", "dev", self._near)
            _ip("link", "set", self._near, "up")
            _ip("-n", self.name, "addr", "add", f"{self.there}/30", "dev", self._far)
            for each in ("lo", self._far):
                _ip("-n", self.name, "link", "set", each, "up")
            told = _ip("-n", self.name, "-o", "link", "show", self._far)
            address = told.partition("link/ether ")[2].split()[0]
            # known for good: nobody asks who has the address, so that a cut one stays silent
            _ip("neigh", "replace", self.there, "lladdr", address, "dev", self._near,
                "nud", "permanent")  # fmt: skip
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.mend(check=False)
        _ip("netns", "del", self.name, check=False)
        _ip("link", "del", self._near, check=False)

    def inside(self, user: str) -> list[str]:
        """Return the words before a command that run it at the other end, as this user."""
        ip = shutil.which("ip", path=os.environ["PATH"] + ":/usr/sbin") or "ip"
        return [ip, "netns", "exec", self.name, "setpriv", f"--reuid={user}", "--clear-groups"]

    def cut(self, *, silent: bool) -> None:
        """Cut it: what is sent is lost without a word, or the way there is told to be gone."""
        if silent:
            _ip("-n", self.name, "link", "set", self._far, "down")
        else:
            _ip("route", "replace", "unreachable", f"{self.there}/32")

    def mend(self, *, check: bool = True) -> None:
        """Mend it."""
        _ip("route", "del", "unreachable", f"{self.there}/32", check=False)
        _ip("-n", self.name, "link", "set", self._far, "up", check=check)


needs_wires = pytest.mark.skipif(
    not _may(), reason="network namespaces cannot be made here (root, iproute2)"
)
