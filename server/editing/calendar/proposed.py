"""Owns what a proposal is: days that are unlike others, for a person to take over or leave."""

from __future__ import annotations

from typing import Literal

import msgspec

from server.domain.hours import Period
from server.domain.texts import Words

Kind = Literal["holiday", "leave", "ramadan", "file"]


class ProposedDays(msgspec.Struct, frozen=True):
    """Days as the setting ``special_days`` has them, and what is known of them.

    Attributes:
        first, last: the days; ``last`` is empty for one day.
        names: what they are, as visitors read it.
        kind: a public holiday, collective leave, the month of Ramadan, or from a file.
        estimated: the day is reckoned; what is announced may be another.
        periods: the hours of these days; none for closed.
        services: codes of the services it is about; none for all.
    """

    first: str
    names: Words
    kind: Kind
    last: str = ""
    estimated: bool = False
    periods: list[Period] = []
    services: list[str] = []
