"""Events of the hall's comfort: a place was looked at, something is wrong there, it is mended."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from server.domain.event_base import Audience, Event, LogText

FaultState = Literal["open", "seen", "working", "mended"]
"""A fault is told, read by somebody, somebody is on it, it is mended."""
Channel = Literal["visitor", "check"]


class ComfortChecked(Event, frozen=True, tag="comfort_checked"):
    """Somebody looked at a place; ``faults`` are the codes of what was wrong there."""

    audience: ClassVar[Audience] = Audience.STAFF
    check: str
    day: str
    place: str
    faults: list[str] = msgspec.field(default_factory=list)
    staff: LogText = None


class FaultReported(Event, frozen=True, tag="fault_reported"):
    """Something is wrong at a place; one that is known and not mended yet is told once."""

    audience: ClassVar[Audience] = Audience.STAFF
    fault: str
    day: str
    place: str
    item: str
    channel: Channel


class FaultChanged(Event, frozen=True, tag="fault_changed"):
    """What is done about a fault went from ``was`` to ``state``; ``names`` are the place's."""

    fault: str
    place: str
    item: str
    was: FaultState
    state: FaultState
    names: dict[str, str] = msgspec.field(default_factory=dict)
    staff: LogText = None
