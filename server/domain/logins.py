"""Owns the settings of how people log in."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec


class Logins(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How people log in.

    Attributes:
        second_step: who has to show a passkey, or type a code of an app, besides the password:
            ``nobody`` has to, though everybody may; or ``managers``, administrators with them.
        password_length: characters of a new password at least; 15 where nothing stands beside it,
            as NIST SP 800-63B asks.
        idle_minutes: nobody touched a page of staff for so long, and it is locked until the person
            types the own PIN, or the password; 0 never.
    """

    second_step: Literal["nobody", "managers"] = "nobody"
    password_length: Annotated[int, msgspec.Meta(ge=8, le=64)] = 8
    idle_minutes: Annotated[int, msgspec.Meta(ge=0, le=240)] = 0
