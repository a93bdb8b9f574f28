"""Owns the way to a printer: addresses, delivery, and the errors that delivery ends in.

A new kind of connection is one class with ``send`` and one line in ``SCHEMES``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal, Protocol
from urllib.parse import SplitResult, urlsplit

from printer.errors import PrintError, Trouble
from printer.file import FileTransport
from printer.tcp import TcpTransport
from server.domain.errors import Invalid

__all__ = ["SCHEMES", "Delivery", "PrintError", "Transport", "Trouble", "parse_url"]

Delivery = Literal["confirmed", "unverified"]
"""``confirmed``: the printer said that it worked through the job; ``unverified``: it cannot say."""

DEFAULT_PORT = 9100


class Transport(Protocol):
    """One printer that takes bytes. Jobs of one printer must come one after the other."""

    async def send(self, data: bytes, *, timeout: float) -> Delivery:  # noqa: ASYNC109
        """Deliver one job.

        Args:
            data: the whole job.
            timeout: seconds for everything, connecting included.

        Raises:
            PrintError: it did not work; ``unsure`` when a paper may exist all the same.
        """
        ...


def parse_url(url: str, schemes: Mapping[str, Scheme] | None = None) -> Transport:
    """Return the transport for a printer's address, ``tcp://HOST:PORT`` or ``file:PATH``.

    Raises:
        Invalid: the address is not understood; the message names what is.
    """
    known = SCHEMES if schemes is None else schemes
    try:
        parts = urlsplit(url.strip())
        make = known[parts.scheme]
    except (KeyError, ValueError) as error:
        raise Invalid(
            "'{url}' is no printer address. Use {supported}.",
            field="url",
            slug="unknown-printer-address",
            url=url[:100],
            supported=" or ".join(EXAMPLES.get(name, f"{name}:...") for name in known),
        ) from error
    return make(parts)


Scheme = Callable[[SplitResult], Transport]
"""Makes a transport from the parts of an address."""

EXAMPLES = MappingProxyType({"tcp": "tcp://HOST:9100", "file": "file:/dev/usb/lp0"})


def _tcp(parts: SplitResult) -> Transport:
    try:
        port = DEFAULT_PORT if parts.port is None else parts.port
    except ValueError as error:
        raise _unclear("The port must be a number from 1 to 65535.") from error
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.username or not port:
        raise _unclear("A network printer is written {example}.", example=EXAMPLES["tcp"])
    return TcpTransport(parts.hostname, port)


def _file(parts: SplitResult) -> Transport:
    if parts.netloc or not parts.path or "\0" in parts.path:
        raise _unclear("A file or device is written {example}.", example=EXAMPLES["file"])
    # A name may hold "?" and "#", which urlsplit takes apart.
    path = parts._replace(scheme="", netloc="").geturl()
    return FileTransport(path)


def _unclear(message: str, **params: object) -> Invalid:
    return Invalid(message, field="url", slug="unclear-printer-address", **params)


SCHEMES: Mapping[str, Scheme] = MappingProxyType({"tcp": _tcp, "file": _file})
