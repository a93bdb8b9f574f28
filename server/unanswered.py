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
from server.reaching import (
    CUT,
    LONGEST,
    NO_TLS_THERE,
    NOBODY_THERE,
    UNKNOWN_NAME,
    UNTRUSTED,
    reason,
)


def why(error: Exception) -> str:
    """Return what went wrong, as a sentence without its end."""
    if isinstance(error, (ClientConnectorError, ClientSSLError)):
        return _not_met(error)[:LONGEST]
    if isinstance(error, ServerDisconnectedError):
        return CUT
    return reaching.why(error)


def _not_met(error: ClientConnectorError | ClientSSLError) -> str:
    there = f"{error.host}:{error.port}"
    if isinstance(error, ClientConnectorCertificateError):
        cause = error.certificate_error
        told = getattr(cause, "verify_message", "") or str(cause)
        return UNTRUSTED.format(there=there, why=told)
    if isinstance(error, ClientSSLError):
        return NO_TLS_THERE.format(there=there, why=reason(error.os_error))
    if isinstance(error.os_error, socket.gaierror):
        return UNKNOWN_NAME.format(host=error.host)
    return NOBODY_THERE.format(there=there, why=reason(error.os_error))
