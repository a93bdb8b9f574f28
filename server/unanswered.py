"""Why another server did not answer over HTTP: what aiohttp met, in the same words."""

from __future__ import annotations

import socket

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorError,
    ClientSSLError,
    ServerDisconnectedError,
)

from server import reaching
from server.reaching import LONGEST, reason


def why(error: Exception) -> str:
    """Return what went wrong, as a sentence without its end."""
    if isinstance(error, (ClientConnectorError, ClientSSLError)):
        return _not_met(error)[:LONGEST]
    if isinstance(error, ServerDisconnectedError):
        return "the line was cut amid the answer"
    return reaching.why(error)


def _not_met(error: ClientConnectorError | ClientSSLError) -> str:
    there = f"{error.host}:{error.port}"
    if isinstance(error, ClientConnectorCertificateError):
        cause = error.certificate_error
        told = getattr(cause, "verify_message", "") or str(cause)
        return f"the certificate of {there} is not trusted here: {told}"
    if isinstance(error, ClientSSLError):
        return f"{there} does not speak TLS with us: {reason(error.os_error)}"
    if isinstance(error.os_error, socket.gaierror):
        return f"no machine is found by the name {error.host}: a wrong name, or no line"
    return f"nobody answers at {there}: {reason(error.os_error)}"
