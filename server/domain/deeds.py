"""Owns which events are deeds: changes and looks that a manager reads in the list of who did what.

The list also has what is no event (log-ins, files, keys); whoever does such a thing notes it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from server.domain import events
from server.domain.events import AnyEvent
from server.domain.office import Office

COMMAND_LINE = "command-line"
"""Place of what was done beside the server."""

About = dict[str, str | int]
"""What fills the places of a deed's sentence."""


def deed_of(event: AnyEvent, before: Office | None) -> About | None:
    """Return what an event tells of, for the list; ``None`` for what happens all day long."""
    tell = _OF_EVENTS.get(type(event))
    return None if tell is None else tell(event, before)


def _configured(event: events.Configured, before: Office | None) -> About:
    """Say which parts of the settings changed."""
    about: About = {"version": event.version}
    if before is not None:
        changed = [
            field
            for field in Office.__struct_fields__
            if getattr(event.office, field) != getattr(before, field)
        ]
        about["parts"] = ", ".join(changed)
    return about


def _advice(event: events.AdviceAnswered, _before: Office | None) -> About | None:
    """Only what a person answered is a deed."""
    if event.staff is None:
        return None
    return {"counter": event.counter.number, "answer": event.answer}


_OF_EVENTS: dict[type, Callable[[Any, Office | None], About | None]] = {
    events.Configured: _configured,
    events.AdviceAnswered: _advice,
    events.FiguresSeen: lambda e, _: {"person": e.person, "first": e.first, "last": e.last},
    events.ReprintOrdered: lambda e, _: {"label": e.label},
    events.DayReopened: lambda e, _: None if e.staff is None else {"day": e.day},
    events.ClockSet: lambda _e, _: {},
    events.NoticeChanged: lambda e, _: {"notice": e.notice},
    events.ServicePaused: lambda e, _: {"service": e.service, "notice": e.notice},
    events.ServiceResumed: lambda e, _: {"service": e.service},
}
