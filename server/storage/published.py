"""Owns an event on its way to the screens: the public bytes, without secrets."""

from __future__ import annotations

from functools import cache

import msgspec

from server.domain.day import Millis, iso
from server.domain.events import (
    SECRET,
    AnyEvent,
    Event,
)
from server.domain.office import Office

_encode = msgspec.json.encode
_decode_office = msgspec.json.Decoder(Office).decode
_decode_codes = msgspec.json.Decoder(list[str]).decode


def public_message(seq: int, at: Millis, event: AnyEvent) -> bytes:
    """Return the bytes every screen gets for an event: secret and empty fields left out."""
    message: dict[str, object] = {"type": "event", "seq": seq, "at": iso(at), "kind": event.kind}
    for field in public_fields(type(event)):
        value = getattr(event, field)
        if value is not None:
            message[field] = value
    return _encode(message)


@cache
def public_fields(kind: type[Event]) -> tuple[str, ...]:
    """Return the fields of an event that every screen may know."""
    return tuple(field for field in kind.__struct_fields__ if field not in SECRET)


class Published:
    """A committed event on its way to the screens.

    Attributes:
        printer: one that has a new spool row, so that its worker wakes at once.
    """

    __slots__ = ("_at", "_event", "branch", "kind", "printer", "seq")

    def __init__(self, branch: int, seq: int, at: Millis, event: AnyEvent) -> None:
        self.branch = branch
        self.seq = seq
        self.kind = event.kind
        order = getattr(event, "print", None)
        self.printer: str | None = None if order is None else order.printer
        self._at = at
        self._event = event

    def message(self) -> bytes:
        """Return the bytes that screens get; made when somebody listens."""
        return public_message(self.seq, self._at, self._event)
