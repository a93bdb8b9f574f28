"""Owns an event on its way to the screens: the public bytes, without secrets."""

from __future__ import annotations

from functools import cache

import msgspec

from server.domain.day import Millis, iso
from server.domain.events import (
    SECRET,
    AnyEvent,
)
from server.domain.office import Office

_encode = msgspec.json.encode
_decode_office = msgspec.json.Decoder(Office).decode
_decode_codes = msgspec.json.Decoder(list[str]).decode


def public_message(seq: int, at: Millis, event: AnyEvent) -> bytes:
    """Return the bytes every screen gets for an event: secret and empty fields left out."""
    message: dict[str, object] = {"type": "event", "seq": seq, "at": iso(at), "kind": event.kind}
    for field in _public_fields(type(event)):
        value = getattr(event, field)
        if value is not None:
            message[field] = value
    return _encode(message)


@cache
def _public_fields(kind: type[AnyEvent]) -> tuple[str, ...]:
    return tuple(field for field in kind.__struct_fields__ if field not in SECRET)


class Published(msgspec.Struct, frozen=True):
    """A committed event on its way to the screens."""

    branch: int
    seq: int
    kind: str
    message: bytes
    printer: str | None = None
    """Printer that has a new spool row, so that its worker wakes at once."""


def published(branch: int, seq: int, at: Millis, event: AnyEvent) -> Published:
    """Return an event as it goes to the screens."""
    order = getattr(event, "print", None)
    printer = None if order is None else order.printer
    return Published(branch, seq, event.kind, public_message(seq, at, event), printer)
