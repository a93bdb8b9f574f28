"""Events of a quiet call: somebody at a counter needs help and must not say so aloud."""

from __future__ import annotations

from typing import ClassVar, Literal

from server.domain.event_base import Audience, CounterRef, Event, LogText, StaffText

QuietStep = Literal["called", "going", "confirmed", "ended"]
"""Told; somebody goes there; one person says that it is over; two did, or one said why."""


class QuietCalled(Event, frozen=True, tag="quiet_called"):
    """Somebody at a counter calls for help without a sound."""

    audience: ClassVar[Audience] = Audience.SUPERVISOR
    call: str
    day: str
    counter: CounterRef
    staff: LogText = None


class QuietCallChanged(Event, frozen=True, tag="quiet_call_changed"):
    """What became of a quiet call; ``reason`` is what one person wrote who ended it alone."""

    audience: ClassVar[Audience] = Audience.SUPERVISOR
    call: str
    counter: CounterRef
    step: QuietStep
    reason: StaffText = None
    staff: LogText = None
