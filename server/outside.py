"""A connection before its first head has come whole: bytes and a moment, nothing of aiohttp's yet.

aiohttp begins a task, a timer and two options of the socket for whoever connects. Of a thousand
strangers that say half a head, or nothing, none ever needs them, and they were a seventh of what
each cost the counters.
"""

from __future__ import annotations

import asyncio
from typing import cast

from aiohttp.web_protocol import RequestHandler

LONGEST_HEAD = 8192
"""A longer one is aiohttp's to refuse."""
_BEGINNINGS = (b"GET ", b"POST ", b"HEAD ", b"PUT ", b"DELETE ", b"PATCH ", b"OPTIONS ")
_LONGEST_BEGINNING = max(len(each) for each in _BEGINNINGS)


def is_half(said: bytes) -> bool:
    """Whether these bytes may be the beginning of a head that goes on.

    What is no HTTP (somebody who speaks TLS here) is aiohttp's to refuse, at once.
    """
    if len(said) > LONGEST_HEAD or b"\n\r\n" in said or b"\n\n" in said:
        return False
    if len(said) >= _LONGEST_BEGINNING:
        return said.startswith(_BEGINNINGS)
    return any(said.startswith(each) or each.startswith(said) for each in _BEGINNINGS)


class Outside(RequestHandler):
    """What waits outside, and comes in with its first head.

    Attributes:
        inside: aiohttp is at work.
    """

    __slots__ = ("_said", "inside")
    _said: bytes
    inside: bool

    def stay_out(self, transport: asyncio.BaseTransport) -> None:
        """Be connected, and no more."""
        self._said, self.inside = b"", False
        self.transport = cast("asyncio.Transport", transport)

    def come_in(self, data: bytes) -> bytes:
        """Take what was said; once it is a head, let aiohttp begin and return all of it."""
        said = self._said + data
        if is_half(said):
            self._said = said
            return b""
        self._said, self.inside = b"", True
        if self.transport is not None:
            super().connection_made(self.transport)
        return said
