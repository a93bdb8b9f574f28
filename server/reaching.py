"""Why another server was not reached, in words for whoever looks after the line."""

from __future__ import annotations

import os
import socket
import ssl

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorError,
    ClientSSLError,
    ServerDisconnectedError,
)

LONGEST = 200


def why(error: Exception) -> str:
    """Return what went wrong, as a sentence without its end."""
    if isinstance(error, (ClientConnectorError, ClientSSLError)):
        told = _not_met(error)
    elif isinstance(error, socket.gaierror):
        told = "no machine is found by this name"
    elif isinstance(error, TimeoutError):
        told = "no answer in time"
    elif isinstance(error, ServerDisconnectedError):
        told = "the line was cut amid the answer"
    elif isinstance(error, OSError) and error.errno:
        told = _reason(error)
    else:
        told = str(error) or type(error).__name__
    return told[:LONGEST]


def _not_met(error: ClientConnectorError | ClientSSLError) -> str:
    there = f"{error.host}:{error.port}"
    if isinstance(error, ClientConnectorCertificateError):
        cause = error.certificate_error
        told = getattr(cause, "verify_message", "") or str(cause)
        return f"the certificate of {there} is not trusted here: {told}"
    if isinstance(error, ClientSSLError):
        return f"{there} does not speak TLS with us: {_reason(error.os_error)}"
    if isinstance(error.os_error, socket.gaierror):
        return f"no machine is found by the name {error.host}: a wrong name, or no line"
    return f"nobody answers at {there}: {_reason(error.os_error)}"


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLError) and error.reason == "WRONG_VERSION_NUMBER":
        return "is it an http address?"
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    # asyncio puts words of its own before the system's
    return os.strerror(error.errno) if error.errno else error.strerror or type(error).__name__
