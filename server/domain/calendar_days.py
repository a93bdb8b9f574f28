"""Days of the calendar that are unlike others: in their hours, or in how many people come."""

from __future__ import annotations

from typing import Annotated

import msgspec

from server.domain.hours import Period
from server.domain.texts import Code, Words


class SpecialDays(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Days that are unlike others: a holiday, Ramadan, an afternoon off.

    Attributes:
        first: the first of these days.
        last: the last of them; without it: the first alone.
        names: what they are, as visitors read it.
        periods: the hours of these days; none for closed.
        services: codes of the services it is about; none for all.
    """

    first: str
    last: str = ""
    names: Words = {}
    periods: list[Period] = []
    services: list[Code] = []


class Season(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Days on which more or fewer people come: school starts, a tax is due. Hours stay.

    Attributes:
        first: the first of these days.
        last: the last of them.
        names: what it is; one of the same name a year before teaches the forecast.
        percent: people who come, of the usual; without it: as the log of a year ago says.
        services: codes of the services it is about; none for all.
    """

    first: str
    last: str
    names: Words
    percent: Annotated[int, msgspec.Meta(ge=10, le=300)] | None = None
    services: list[Code] = []
