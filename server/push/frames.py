"""Owns the bytes of websocket frames (RFC 6455 section 5): server's written, screens' read."""

from __future__ import annotations

import struct
from typing import NamedTuple

CONTINUED, TEXT, BINARY, CLOSE, PING_CODE, PONG_CODE = 0, 1, 2, 8, 9, 10
_FINAL, _RESERVED, _OPCODE, _CONTROL = 0x80, 0x70, 0x0F, 0x08
_MASKED, _LENGTH = 0x80, 0x7F
_SHORT, _MEDIUM = 126, 1 << 16
_WIDTH = {126: 2, 127: 8}
"""Bytes of the length that follow a short length of 126 or 127."""
_MASK_SIZE = 4

NORMAL, GOING_AWAY, PROTOCOL_ERROR, NOT_UTF8 = 1000, 1001, 1002, 1007
POLICY, TOO_BIG, INTERNAL, RESTART, TRY_AGAIN_LATER = 1008, 1009, 1011, 1012, 1013

PING = b"\x89\x00"


class Broken(Exception):
    """What the other side sent is against the rules; ``code`` is the close code to answer with."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Frame(NamedTuple):
    """One frame of a client, unmasked. ``size`` is how many bytes it took on the wire."""

    opcode: int
    final: bool
    payload: bytes
    size: int


def text_frame(payload: bytes) -> bytes:
    """Return one whole unmasked text frame around UTF-8 ``payload``."""
    size = len(payload)
    first = _FINAL | TEXT
    if size < _SHORT:
        return bytes((first, size)) + payload
    if size < _MEDIUM:
        return struct.pack("!BBH", first, 126, size) + payload
    return struct.pack("!BBQ", first, 127, size) + payload


def close_frame(code: int) -> bytes:
    """Return a close frame with a status code and no reason (section 5.5.1)."""
    return struct.pack("!BBH", _FINAL | CLOSE, 2, code)


def pong_frame(payload: bytes) -> bytes:
    """Return the answer to a ping: the same payload, shorter than 126 bytes (section 5.5.3)."""
    return bytes((_FINAL | PONG_CODE, len(payload))) + payload


def read_frame(data: bytes, most: int, begin: int = 0) -> Frame | None:
    """Return the next frame of what a client sent, ``None`` while it is not all there.

    Args:
        data: what came.
        begin: where in it the frame begins.
        most: the largest payload that is taken, in bytes.

    Raises:
        Broken: reserved bits, no mask, a control frame that is long or in parts, or too large.
    """
    if len(data) < begin + 2:
        return None
    first, second = data[begin], data[begin + 1]
    size, at = second & _LENGTH, begin + 2
    opcode, final = first & _OPCODE, bool(first & _FINAL)
    if first & _RESERVED or not second & _MASKED:
        raise Broken(PROTOCOL_ERROR)
    if opcode & _CONTROL and (size >= _SHORT or not final):
        raise Broken(PROTOCOL_ERROR)
    if size >= _SHORT:
        at += _WIDTH[size]
        if len(data) < at:
            return None
        size = int.from_bytes(data[begin + 2 : at], "big")
    if size > most:
        raise Broken(TOO_BIG)
    body = at + _MASK_SIZE
    if len(data) < body + size:
        return None
    payload = _unmasked(data[body : body + size], data[at:body])
    return Frame(opcode, final, payload, body + size - begin)


def _unmasked(payload: bytes, mask: bytes) -> bytes:
    """Undo the client's mask (section 5.3): all bytes at once, as one large number."""
    size = len(payload)
    key = (mask * (size // _MASK_SIZE + 1))[:size]
    plain = int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")
    return plain.to_bytes(size, "big")
