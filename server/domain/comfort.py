"""Owns the settings of a comfortable hall: which places are looked at, for what, and how often."""

from __future__ import annotations

from typing import Annotated

import msgspec

from server.domain.hours import Clock
from server.domain.texts import Code, Words


class ComfortItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that is looked at in a place, such as the soap.

    Attributes:
        code: as it stands in the log; for life.
        names: what may be wrong, as visitors and staff read it.
    """

    code: Code
    names: Words


class ComfortPlace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place with a QR on its wall: staff check it, visitors tell what is wrong there.

    Attributes:
        code: the place's name in the log; for life.
        names: as visitors read it.
        items: what is looked at there, in this order.
        times: times of day at which it is checked.
        every_minutes: or: once in so many minutes while the office is open; 0 for never.
        who: who is to check it, as the sheet on the wall says.
    """

    code: Code
    names: Words
    items: Annotated[list[ComfortItem], msgspec.Meta(max_length=12)]
    times: Annotated[list[Clock], msgspec.Meta(max_length=24)] = []
    every_minutes: Annotated[int, msgspec.Meta(ge=0, le=720)] = 0
    who: Words = {}


class Comfort(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is looked at so that people feel well in the hall. Without places: nothing.

    Attributes:
        photo_days: how long a photo is kept after its fault was mended.
        places: the places, in the order of a round.
    """

    photo_days: Annotated[int, msgspec.Meta(ge=1, le=92)] = 30
    places: Annotated[list[ComfortPlace], msgspec.Meta(max_length=40)] = []

    def place(self, code: str) -> ComfortPlace | None:
        """Return the place with this code, if there is one."""
        return next((each for each in self.places if each.code == code), None)
