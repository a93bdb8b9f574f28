"""Owns the settings of the door: visitors without a number are counted by kind."""

from __future__ import annotations

from typing import Annotated

import msgspec

from server.domain.texts import Code, Words


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something visitors come for who need no number.

    Attributes:
        code: as it stands in the log.
        names: as staff read it on the key that counts them.
    """

    code: Code
    names: Words


KINDS = [
    Kind("question", {"id": "Bertanya", "en": "A question"}),
    Kind("leaflet", {"id": "Ambil brosur", "en": "A leaflet"}),
]


class Reception(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How visitors are received at the door.

    Attributes:
        kinds: visitors without a number that staff count with one key each, at most nine.
    """

    kinds: Annotated[list[Kind], msgspec.Meta(max_length=9)] = msgspec.field(
        default_factory=lambda: list(KINDS)
    )
