"""Owns the way to a printer: addresses, delivery, and the errors that delivery ends in.

A new kind of connection is one class with ``send`` and one line in ``SCHEMES``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Literal, Protocol, runtime_checkable
from urllib.parse import SplitResult, parse_qs, urlsplit

from printer.cups import CupsTransport
from printer.device import BAUD_RATES, DeviceTransport, first_usb_node, line_speed, usb_node
from printer.errors import PrintError, Trouble
from printer.file import FileTransport
from printer.queue import Form
from printer.tcp import TcpTransport
from server.domain.errors import Invalid

__all__ = [
    "SCHEMES",
    "Delivery",
    "Looks",
    "Paced",
    "PrintError",
    "Transport",
    "Trouble",
    "parse_url",
]

Delivery = Literal["confirmed", "unverified"]
"""``confirmed``: the printer said that it worked through the job; ``unverified``: it cannot say."""

DEFAULT_PORT = 9100


class Transport(Protocol):
    """One printer that takes bytes. Jobs of one printer must come one after the other."""

    async def send(self, data: bytes, *, timeout: float) -> Delivery:  # noqa: ASYNC109
        """Deliver one job.

        Args:
            data: the whole job.
            timeout: seconds without any progress after which it is given up. What a slow line
                needs for so many bytes comes on top, see ``printer.pace``.

        Raises:
            PrintError: it did not work; ``unsure`` when a paper may exist all the same.
        """
        ...


@runtime_checkable
class Looks(Protocol):
    """A transport that can ask its printer how it is.

    Attributes:
        paper_low: the roll was nearly at its end when last asked; it still prints.
    """

    paper_low: bool

    async def look(self, *, timeout: float) -> bool:  # noqa: ASYNC109
        """Ask, without printing; ``False`` when there was no answer, so nothing is known.

        Raises:
            PrintError: it could not print now.
        """
        ...


@runtime_checkable
class Paced(Protocol):
    """A transport that gives a slow line its time.

    Attributes:
        rate: bytes a second of the line, 0 for not known.
    """

    rate: float


class _Unclear(Invalid):
    """It is not understood; the message says what would be."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message, field="url", slug="unclear-printer-address", **params)


def parse_url(url: str, schemes: Mapping[str, Scheme] | None = None) -> Transport:
    """Return the transport for a printer's address, such as ``tcp://HOST:PORT``.

    Raises:
        Invalid: the address is not understood; the message names what is.
    """
    known = SCHEMES if schemes is None else schemes
    try:
        parts = urlsplit(url.strip())
        make = known[parts.scheme]
    except (KeyError, ValueError) as error:
        scheme = url.strip().partition(":")[0].lower()
        if scheme in _FOR_CUPS:
            raise _Unclear(
                "'{url}' is an address for the print service (CUPS). Make a queue of it: "
                "lpadmin -p NAME -E -v '{url}' -m everywhere, and then add cups:NAME here.",
                url=url.strip()[:100],
            ) from error
        if scheme == "socket":
            words = "A network printer is written {example}."
            raise _Unclear(words, example=EXAMPLES["tcp"]) from error
        raise Invalid(
            "'{url}' is no printer address. Use {supported}.",
            field="url",
            slug="unknown-printer-address",
            url=url[:100],
            supported=", ".join(EXAMPLES.get(name, f"{name}:...") for name in known),
        ) from error
    return make(parts)


Scheme = Callable[[SplitResult], Transport]
"""Makes a transport from the parts of an address."""

EXAMPLES = MappingProxyType(
    {
        "tcp": "tcp://HOST:9100",
        "usb": "usb:/dev/usb/lp0",
        "serial": "serial:/dev/ttyUSB0?baud=9600",
        "cups": "cups:NAME",
        "agent": "agent:NAME",
        "file": "file:PATH",
    }
)


_FOR_CUPS = frozenset({"ipp", "ipps", "dnssd", "lpd", "smb", "implicitclass"})
"""Addresses in the language of the print service."""

_FORMS: Mapping[str, Form] = MappingProxyType({"as=commands": "commands", "as=picture": "picture"})


def _tcp(parts: SplitResult) -> Transport:
    try:
        port = DEFAULT_PORT if parts.port is None else parts.port
    except ValueError as error:
        raise _Unclear("The port must be a number from 1 to 65535.") from error
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.username or not port:
        raise _Unclear("A network printer is written {example}.", example=EXAMPLES["tcp"])
    return TcpTransport(parts.hostname, port)


def _file(parts: SplitResult) -> Transport:
    if parts.netloc or not parts.path or "\0" in parts.path:
        raise _Unclear("A file or device is written {example}.", example=EXAMPLES["file"])
    # A name may hold "?" and "#", which urlsplit takes apart.
    path = parts._replace(scheme="", netloc="").geturl()
    return FileTransport(path)


def _usb(parts: SplitResult) -> Transport:
    place = parts._replace(scheme="", netloc="").geturl()
    if not place and not parts.netloc:
        return DeviceTransport(first_usb_node)
    if ids := re.fullmatch(r"([0-9A-Fa-f]{4}):([0-9A-Fa-f]{4})", place):
        return DeviceTransport(partial(usb_node, ids[1], ids[2]))
    if parts.netloc or not place.startswith("/") or "\0" in place:
        raise _Unclear("A USB printer is written {example} or usb:04b8:0e15.",
                       example=EXAMPLES["usb"])  # fmt: skip
    node = Path(place)
    return DeviceTransport(lambda: node)


def _serial(parts: SplitResult) -> Transport:
    wanted = parse_qs(parts.query).get("baud", ["9600"])[-1]
    fits = not parts.netloc and parts.path.startswith("/") and "\0" not in parts.path
    if not fits or not wanted.isascii() or not wanted.isdigit() or int(wanted) not in BAUD_RATES:
        raise _Unclear("A serial printer is written {example}.", example=EXAMPLES["serial"])
    node = Path(parts.path)
    # Eight bits travel with a start and a stop bit.
    return DeviceTransport(lambda: node, line_speed(int(wanted)), rate=int(wanted) / 10)


def _cups(parts: SplitResult) -> Transport:
    # CUPS allows any printable sign but "/", "#" and spaces; a dash in front would be an option.
    fits = not parts.netloc and re.fullmatch(r"[A-Za-z0-9_.][\w.@+-]{0,126}", parts.path)
    form = _FORMS.get(parts.query)
    if not fits or (parts.query and form is None):
        raise _Unclear("A printer of CUPS is written {example}.", example=EXAMPLES["cups"])
    return CupsTransport(parts.path, form)


def agent_name(parts: SplitResult) -> str:
    """Return the name in ``agent:NAME``.

    Raises:
        Invalid: there is none.
    """
    name = parts._replace(scheme="").geturl()
    if not name or name.startswith("//") or not name.isprintable():
        raise _Unclear("A printer beside a kiosk is written {example}.", example=EXAMPLES["agent"])
    return name


def _agent(parts: SplitResult) -> Transport:
    return _Elsewhere(agent_name(parts))


class _Elsewhere:
    """Stands for an agent's printer where no agents are known, as on the command line."""

    def __init__(self, name: str) -> None:
        self._name = name

    async def send(self, data: bytes, *, timeout: float) -> Delivery:  # noqa: ARG002, ASYNC109
        raise PrintError("offline", f"the print agent '{self._name}' is not connected")


SCHEMES: Mapping[str, Scheme] = MappingProxyType(
    {
        "tcp": _tcp,
        "usb": _usb,
        "serial": _serial,
        "cups": _cups,
        "agent": _agent,
        "file": _file,
    }
)
