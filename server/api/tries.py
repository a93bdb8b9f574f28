"""Owns the words for who tries too often or comes amid too many, and hashing a new password."""

from __future__ import annotations

from server.api.problems import Rejected
from server.api.routing import Call
from server.auth.limits import Full
from server.domain.words import marked as _


def too_many(wait: int, field: str) -> Rejected:
    """Return the refusal of who has to wait so many seconds."""
    return Rejected(
        429, "too-many-tries", _("Too many tries. Please wait {seconds} seconds."),
        field=field, retry_after=wait, seconds=wait,
    )  # fmt: skip


async def hashed(call: Call, password: str) -> str:
    """Return the hash of a new password.

    Raises:
        Rejected: very many are being hashed now.
    """
    try:
        return await call.hall.hashing.hash(password)
    except Full:
        raise too_many(2, "password") from None
