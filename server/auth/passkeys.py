"""Owns passkeys (WebAuthn): at which address they count, and what a browser is asked to sign."""

from __future__ import annotations

import base64
import ipaddress
import secrets
from typing import NamedTuple

from aiohttp import web

from server.auth.doorway import PORTS, Doorway, origin_of
from server.domain.day import Millis
from server.storage.queries.passkeys import Question

QUESTION_S = 300
"""How long a browser may take: a person looks for a key, or scans a code with the phone."""
MOST_KEYS = 10
ALGORITHMS = (-7, -8, -257)
"""ES256, EdDSA, and RS256 for Windows Hello (numbers of the IANA registry of COSE)."""
LOCALHOST = "localhost"


class Place(NamedTuple):
    """Where passkeys count: the origin as browsers write it, and its host, which keys are for."""

    origin: str
    rp: str


class NotShown(Exception):
    """What the browser brought does not hold; says why."""


class CountedBack(NotShown):
    """Rightly signed, but the key's counter did not grow: there may be two of it."""


def place_of(configured: str, doorway: Doorway, request: web.Request) -> Place | None:
    """Return where passkeys count for whoever asks; ``None`` where browsers know none.

    The office's own address counts if it is one by TLS. Without one it is the address that the
    browser has us under, as a trusted proxy tells it: by TLS with a name, or this very machine.
    Somebody who makes a host up gains nothing, for a key signs for the host it was made for.
    ``configured`` is what the office, or the technician, gave.
    """
    place = _place(origin_of(configured))
    if place is not None:
        return place
    reached = doorway.reached_at(request)
    if reached is not None and reached[1] == LOCALHOST and doorway.from_this_machine(request):
        return Place(_written(reached), LOCALHOST)
    return _place(reached)


def _place(origin: tuple[str, str, int] | None) -> Place | None:
    if origin is None or origin[0] != "https" or origin[1] == LOCALHOST:
        return None
    try:
        ipaddress.ip_address(origin[1])
    except ValueError:
        return Place(_written(origin), origin[1])
    return None  # keys are made for names, never for numbers


def _written(origin: tuple[str, str, int]) -> str:
    scheme, host, port = origin
    return f"{scheme}://{host}" + ("" if port == PORTS[scheme] else f":{port}")


def question(asked: str, user: str, place: Place, now: Millis) -> Question:
    """Return a new question of 256 random bits, for one browser and a few minutes."""
    challenge = secrets.token_urlsafe(32)
    return Question(asked, user, challenge, place.origin, place.rp, now + QUESTION_S * 1000)


def handle(user: str) -> str:
    """Return what keys call a person, base64url: the person's random id, nothing that tells."""
    return base64.urlsafe_b64encode(user.encode()).decode().rstrip("=")


class Answer(NamedTuple):
    """What a browser brings; all but ``client_data`` is the authenticator's. Bytes are base64url.

    Attributes:
        proof: the attestation of a new key; of a known one the data that was signed.
        user: whom the key was made for, where it tells.
    """

    credential: str
    client_data: str
    proof: str
    signature: str = ""
    user: str = ""
