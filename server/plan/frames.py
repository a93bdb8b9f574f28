"""How the server and the process beside it speak: messages one by one, each with its length."""

from __future__ import annotations

import struct

import msgspec

from server.domain.day import Millis
from server.domain.foretold import Foretold

LENGTH = struct.Struct(">I")
MOST = 32 << 20
"""Bytes of one message; what is longer is none."""


class Ask(msgspec.Struct, frozen=True):
    """Work out the waits of a branch as it stands at ``now``."""

    branch: int
    now: Millis


class Answer(msgspec.Struct, frozen=True):
    """What was worked out; nothing for a hall that is too full, or has no settings."""

    branch: int
    foretold: Foretold | None = None


def frame(message: msgspec.Struct) -> bytes:
    """Return a message as it is sent."""
    body = msgspec.msgpack.encode(message)
    return LENGTH.pack(len(body)) + body
