"""Owns the bytes of a server-to-client websocket text frame (RFC 6455 section 5.2)."""

from __future__ import annotations

import struct

_TEXT = 0x81  # final frame, opcode text
_SHORT, _MEDIUM = 126, 1 << 16


def text_frame(payload: bytes) -> bytes:
    """Return one whole unmasked text frame around UTF-8 ``payload``."""
    size = len(payload)
    if size < _SHORT:
        return bytes((_TEXT, size)) + payload
    if size < _MEDIUM:
        return struct.pack("!BBH", _TEXT, 126, size) + payload
    return struct.pack("!BBQ", _TEXT, 127, size) + payload


def close_frame(code: int) -> bytes:
    """Return a close frame with a status code and no reason (RFC 6455 section 5.5.1)."""
    return struct.pack("!BBH", 0x88, 2, code)
