"""What all events are made of: who may be told which field, and the values that several hold."""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from server.domain.day import Millis
from server.domain.estimate import Estimate
from server.domain.states import Priority, TurnState


class Audience(IntEnum):
    """Who may be told; each of them also what those before may. ``NOBODY``: the log alone."""

    PUBLIC = 0
    KIOSK = 1
    STAFF = 2
    SUPERVISOR = 3
    MANAGER = 4
    NOBODY = 5


AUDIENCES = (
    Audience.PUBLIC, Audience.KIOSK, Audience.STAFF, Audience.SUPERVISOR, Audience.MANAGER,
)  # fmt: skip
"""Those who listen, each with an encoding of its own."""
ForStaff = Meta(extra={"audience": Audience.STAFF})
ForNobody = Meta(extra={"audience": Audience.NOBODY})
StaffText = Annotated[str | None, ForStaff]
"""What somebody wrote or chose: whoever serves may read it, no screen in the hall."""
LogText = Annotated[str | None, ForNobody]
"""Who did it: an id that stays in the log."""


class CounterRef(msgspec.Struct, frozen=True):
    """The counter as told to people: stable id, number, and name per language if it has one."""

    id: str
    number: int
    names: dict[str, str] = {}


class Quote(msgspec.Struct, frozen=True, omit_defaults=True):
    """A wait range that was told, with the model that made it and how many were ahead.

    ``middle_s`` is the model's median in seconds, not told: it says how far off the range was.
    """

    ahead: int
    model: str
    estimate: Estimate | None = None
    middle_s: int | None = None


class PrintOrder(msgspec.Struct, frozen=True):
    """A ticket to print: spool row ``job`` on printer ``printer``; ``copy`` counts reprints."""

    job: str
    printer: str
    copy: int = 0


class Event(
    msgspec.Struct, frozen=True, tag_field="kind", omit_defaults=True, forbid_unknown_fields=True
):
    """Base of all events.

    ``audience`` is who hears of the kind at all; a field for fewer is marked, as ``ForStaff``.
    """

    audience: ClassVar[Audience] = Audience.PUBLIC

    @property
    def kind(self) -> str:
        """The event's name, as in the log and the feed."""
        return _kind(type(self))


@cache
def _kind(event: type[Event]) -> str:
    return str(event.__struct_config__.tag)


@cache
def told_to(kind: type[Event], audience: Audience) -> tuple[str, ...]:
    """Return the fields of a kind of event that an audience may see."""
    declared = msgspec.inspect.type_info(kind)
    fields = declared.fields if isinstance(declared, msgspec.inspect.StructType) else ()
    return tuple(field.name for field in fields if audience_of_field(field.type) <= audience)


def audience_of_field(declared: msgspec.inspect.Type) -> Audience:
    """Return who may know a field of this type."""
    extra = declared.extra if isinstance(declared, msgspec.inspect.Metadata) else None
    return Audience((extra or {}).get("audience", Audience.PUBLIC))


class TurnEvent(Event, frozen=True, kw_only=True):
    """Base of the events that change a turn from state ``was`` to ``state``.

    ``booked`` is from when its appointment may be called, ``sent_to`` the one counter that may
    call it: with both, whoever counts a line from events knows where the turn stood.
    """

    ticket: str
    leg: int
    label: str
    service: str
    priority: Priority
    was: TurnState
    state: TurnState
    booked: Millis | None = None
    sent_to: str | None = None
