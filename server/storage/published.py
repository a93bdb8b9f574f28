"""Owns an event on its way to the screens: the bytes that each audience gets of it."""

from __future__ import annotations

import msgspec

from server.domain.day import Millis, iso
from server.domain.events import AnyEvent, Audience, told_to
from server.domain.hall import Changes
from server.domain.shown import UndoneNow, staff_ticket

_encode = msgspec.json.encode
Message = dict[str, object]


def public_message(seq: int, at: Millis, event: AnyEvent) -> bytes:
    """Return an event as everybody may read it, of whatever kind: for programs of the office."""
    return _encode(_message(seq, at, event, Audience.PUBLIC))


def _message(
    seq: int, at: Millis, event: AnyEvent, audience: Audience, after: int | None = None
) -> Message:
    message: Message = {"type": "event", "seq": seq, "at": iso(at), "kind": event.kind}
    if after is not None:
        message["after"] = after
    for field in told_to(type(event), audience):
        value = getattr(event, field)
        if value is not None:
            message[field] = value
    return message


class Published:
    """A committed event on its way to the screens.

    Attributes:
        printer: one that has a new spool row, so that its worker wakes at once.
    """

    __slots__ = ("_at", "_event", "_made", "_visits", "branch", "kind", "printer", "seq")

    def __init__(
        self,
        branch: int,
        seq: int,
        at: Millis,
        event: AnyEvent,
        changes: Changes | None = None,
        made: UndoneNow | None = None,
    ) -> None:
        """Take an event with the tickets it changed, and what else screens are told with it."""
        self.branch = branch
        self.seq = seq
        self.kind = event.kind
        order = getattr(event, "print", None)
        self.printer: str | None = None if order is None else order.printer
        self._at = at
        self._event = event
        self._visits = changes
        self._made = made

    def is_written(self, at: Millis, data: str) -> bool:
        """Whether a row of the log is this event."""
        return at == self._at and data == _encode(self._event).decode()

    @property
    def least(self) -> Audience:
        """The first audience that is told of it; those after it are told too."""
        return self._event.audience

    def heard_by(self, audience: Audience) -> bool:
        """Whether an audience is told of it at all."""
        return self._event.audience <= audience

    def message(self, audience: Audience, after: int | None = None) -> bytes:
        """Return the bytes for an audience; ``after``: nothing it is told lies between.

        Whoever serves also gets the tickets as they are now, if the hall of this process knows.
        """
        message = _message(self.seq, self._at, self._event, audience, after)
        if self._made is not None:
            message.update(msgspec.structs.asdict(self._made))
        if audience >= Audience.STAFF and self._visits is not None:
            message["tickets"] = [staff_ticket(now) for _, now in self._visits]
        return _encode(message)
