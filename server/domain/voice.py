"""Owns how an office wants its calls to be heard: languages, style, repeats, quiet hours."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from server.domain.hours import Clock, Weekday
from server.domain.texts import END

Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]


class Quiet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch of the day without any sound, such as prayer times.

    Attributes:
        starts: first minute of silence.
        ends: the first minute with sound again, the same day.
        days: ISO weekdays, 1 Monday to 7 Sunday.
    """

    starts: Clock
    ends: Clock
    days: list[Weekday] = msgspec.field(default_factory=lambda: [1, 2, 3, 4, 5, 6, 7])


class Voice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How calls are heard.

    Attributes:
        languages: spoken one after the other; empty for the office's first language.
        style: the ticket's number by ``digits`` (nol nol satu) or ``natural`` (satu).
        times: how often a call is said; only once while the next call waits.
        pack: id of the staff's own voice; ``""`` for the voice that ships.
        agency: whether the agency is named, where the voice has its name.
        chime: whether a bell comes before the words.
        volume: loudness of calls, percent.
        ducked: loudness of a playing video during a call, percent of its own.
        quiet: when screens make no sound; calls are still shown.
    """

    languages: Annotated[list[str], msgspec.Meta(max_length=4)] = []
    style: Literal["digits", "natural"] = "digits"
    times: Annotated[int, msgspec.Meta(ge=1, le=3)] = 2
    pack: Annotated[str, msgspec.Meta(pattern=rf"^[a-z0-9-]{{0,40}}{END}")] = ""
    agency: bool = True
    chime: bool = True
    volume: Percent = 100
    ducked: Percent = 15
    quiet: Annotated[list[Quiet], msgspec.Meta(max_length=20)] = []
