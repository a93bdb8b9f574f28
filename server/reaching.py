"""Why another machine was not reached, in words for whoever looks after the line."""

from __future__ import annotations

import os
import socket
import ssl

LONGEST = 200


def why(error: Exception) -> str:
    """Return what went wrong, as a sentence without its end."""
    if isinstance(error, socket.gaierror):
        told = "no machine is found by this name"
    elif isinstance(error, TimeoutError):
        told = "no answer in time"
    elif isinstance(error, OSError) and error.errno:
        told = reason(error)
    else:
        told = str(error) or type(error).__name__
    return told[:LONGEST]


def reason(error: OSError) -> str:
    """Return what the system says of an error, without what asyncio puts before it."""
    if isinstance(error, ssl.SSLError) and error.reason == "WRONG_VERSION_NUMBER":
        return "is it an http address?"
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    return os.strerror(error.errno) if error.errno else error.strerror or type(error).__name__
