"""Owns the settings of how an office looks after those who serve."""

from __future__ import annotations

from typing import Annotated

import msgspec


class Officers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How those who serve are looked after; nothing of it is forced on anybody.

    Attributes:
        long_cases: after so many long cases in a row the counter page suggests a short break; 0
            never.
        long_minutes: a case is long from so many minutes of service on.
        break_after_minutes: or after so long at counters without a break; 0 never.
        quiet_call: a key that is held for a second calls supervisor and manager, unnoticed.
        pulse: once a month three questions without a name; told from five answers on.
    """

    long_cases: Annotated[int, msgspec.Meta(ge=0, le=20)] = 3
    long_minutes: Annotated[int, msgspec.Meta(ge=5, le=240)] = 20
    break_after_minutes: Annotated[int, msgspec.Meta(ge=0, le=720)] = 150
    quiet_call: bool = True
    pulse: bool = True
