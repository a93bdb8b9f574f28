"""Owns looking into uploads in a process of its own: what a picture unpacks to stays out there.

A picture of a few hundred kilobytes can become hundreds of megabytes. The server's memory must not
grow with it, nor its interpreter lock be held by it. So a child of little claim to the processor
(``server.apart``) starts one process for each upload, which draws it anew with bounds on memory and
time where the system lets it set them. Starting them is the child's work too: a start keeps who
starts waiting, and may not keep the counters.
"""

from __future__ import annotations

import contextlib
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec

from server.apart import ROOT, Apart, answering
from server.domain.errors import Invalid
from server.uploads.check import Found, look, photo, redraw, too_many
from server.uploads.claims import check_claim

MEMORY = 1 << 30
"""Bytes of address space: what 25 megapixels take twice, the interpreter and its libraries."""
SECONDS = 60
"""Of processor time; by the clock it may be thrice, for it has the least claim there is."""
_NAME = "server.uploads.apart"
CHILD = Apart(_NAME)
"""Starts the processes, one at a time; whoever ends the server closes it."""


class Asked(msgspec.Struct):
    """What is to be looked into; ``small``: only a photo is wanted, kept as a small JPEG."""

    path: str
    small: bool = False


class Told(msgspec.Struct):
    """What the process says: what it found, or why it refuses."""

    found: Found | None = None
    refused: str = ""
    params: dict[str, Any] = {}


def settled(path: Path, *, small: bool = False) -> Found:
    """Look into an upload and write a picture anew, in a child process; blocks until it is done.

    ``small``: only a photo is wanted, and it is kept as a small JPEG.

    Raises:
        Invalid: it is nothing a screen plays, or takes more memory or time than it may.
        apart.NoChild: no process can be had for it.
    """
    check_claim(path)
    answer = CHILD.ask(msgspec.json.encode(Asked(str(path.resolve()), small)))
    try:
        told = msgspec.json.decode(answer, type=Told)
    except msgspec.DecodeError:
        raise too_many() from None
    if told.found is None:
        raise Invalid(told.refused, field="body", **told.params)
    return told.found


def start(question: bytes) -> bytes:
    """Start a process that looks into a file; return what it says. This is the child's work."""
    try:
        done = subprocess.run(  # noqa: S603 - this interpreter, this module, a path of ours
            [sys.executable, "-m", _NAME, question], cwd=ROOT, stdin=subprocess.DEVNULL,
            capture_output=True, timeout=3 * SECONDS, check=True,
        )  # fmt: skip
    except subprocess.SubprocessError:
        return b""
    return done.stdout


def _bound() -> None:
    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        with contextlib.suppress(OSError, ValueError):  # a unit may forbid it; pixels are bounded
            resource.setrlimit(kind, (most, most))


def draw(asked: Asked) -> Told:
    """Look into a file, within bounds."""
    _bound()
    path = Path(asked.path)
    try:
        found = photo(path) if asked.small else look(path)
        again = found.kind == "image" and not asked.small
        return Told(redraw(path, found) if again else found)
    except Invalid as refused:
        return Told(refused=str(refused.message), params=dict(refused.params))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        wanted = msgspec.json.decode(sys.argv[1], type=Asked)
        sys.stdout.buffer.write(msgspec.json.encode(draw(wanted)))
    else:
        answering(start)
