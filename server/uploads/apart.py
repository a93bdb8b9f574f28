"""Owns looking into uploads in a process of its own: what a picture unpacks to stays out there.

A picture of a few hundred kilobytes can become hundreds of megabytes. The server's memory must not
grow with it, nor its interpreter lock be held by it, so a child process draws it anew, with bounds
on memory and time where the system lets it set them, and with the least claim to the processor.
"""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
from pathlib import Path

import msgspec

from server.domain.errors import Invalid
from server.uploads.check import Found, look, photo, redraw

ROOT = Path(__file__).resolve().parents[2]
MEMORY = 1 << 30
"""Bytes of address space: what 25 megapixels take twice, the interpreter and its libraries."""
SECONDS = 60
_NICE = 10


class Told(msgspec.Struct):
    """What the child says: what it found, or why it refuses."""

    found: Found | None = None
    refused: str = ""


def settled(path: Path, *, small: bool = False) -> Found:
    """Look into an upload and write a picture anew, in a child process; blocks until it is done.

    ``small``: only a photo is wanted, and it is kept as a small JPEG.

    Raises:
        Invalid: it is nothing a screen plays, or takes more memory or time than it may.
    """
    try:
        done = subprocess.run(  # noqa: S603 - this interpreter, this module, a path of ours
            [sys.executable, "-m", "server.uploads.apart", str(path.resolve()),
             *(["photo"] if small else [])],
            cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=True,
        )  # fmt: skip
        told = msgspec.json.decode(done.stdout, type=Told)
    except (subprocess.SubprocessError, msgspec.DecodeError):
        raise Invalid("This picture has too many pixels.", field="body") from None
    if told.found is None:
        raise Invalid(told.refused, field="body")
    return told.found


def _bound() -> None:
    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        with contextlib.suppress(OSError, ValueError):  # a unit may forbid it; pixels are bounded
            resource.setrlimit(kind, (most, most))
    with contextlib.suppress(OSError):
        os.nice(_NICE)


def main(path: Path, *, small: bool) -> None:
    """Do the work of the child and tell of it on standard output."""
    _bound()
    try:
        found = photo(path) if small else look(path)
        again = found.kind == "image" and not small
        told = Told(redraw(path, found) if again else found)
    except Invalid as refused:
        told = Told(refused=str(refused.message))
    sys.stdout.buffer.write(msgspec.json.encode(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), small=sys.argv[2:] == ["photo"])
