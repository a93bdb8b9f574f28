"""Why another machine was not reached, in words for whoever looks after the line."""

from __future__ import annotations

import os
import re
import socket
import ssl

from server.domain.errors import Phrase
from server.domain.words import marked as _

LONGEST = 200
NAMELESS = _("no machine is found by this name")
SILENT = _("no answer in time")
NO_TLS = _("is it an http address?")
CUT = _("the line was cut amid the answer")
UNTRUSTED = _("the certificate of {there} is not trusted here: {why}")
NO_TLS_THERE = _("{there} does not speak TLS with us: {why}")
NOBODY_THERE = _("nobody answers at {there}: {why}")
UNKNOWN_NAME = _("no machine is found by the name {host}: a wrong name, or no line")
ANSWERED = _("answered {status}")
ANSWERED_WHY = _("answered {status}: {why}")
NO_CITY = _("answered {status}, not as a city of Ramah does")
SYSTEMS = (
    _("Connection refused"), _("Connection reset by peer"), _("Connection timed out"),
    _("Network is unreachable"), _("No route to host"),
)  # fmt: skip
"""What the system says most often; what it says else stays as it is."""
_KEPT = (UNTRUSTED, NO_TLS_THERE, NOBODY_THERE, UNKNOWN_NAME, ANSWERED, ANSWERED_WHY, NO_CITY)
_PLACE = re.compile(r"\\\{(\w+)\\\}")


def why(error: Exception) -> str:
    """Return what went wrong, as a sentence without its end."""
    if isinstance(error, socket.gaierror):
        told = NAMELESS
    elif isinstance(error, TimeoutError):
        told = SILENT
    elif isinstance(error, OSError) and error.errno:
        told = reason(error)
    else:
        told = str(error) or type(error).__name__
    return told[:LONGEST]


def kept(told: str) -> Phrase:
    """Return as a sentence what ``why`` said and the database keeps, to be said in any language."""
    for message in _KEPT:
        shape = _PLACE.sub(
            lambda place: f"(?P<{place[1]}>{'.+' if place[1] == 'why' else r'[^ ]+'})",
            re.escape(message),
        )
        found = re.fullmatch(shape, told)
        if found:
            parts = {name: Phrase(text) for name, text in found.groupdict().items()}
            return Phrase(message, **parts)
    return Phrase(told)


def reason(error: OSError) -> str:
    """Return what the system says of an error, without what asyncio puts before it."""
    if isinstance(error, ssl.SSLError) and error.reason == "WRONG_VERSION_NUMBER":
        return NO_TLS
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    return os.strerror(error.errno) if error.errno else error.strerror or type(error).__name__
