"""Owns the Internet Printing Protocol (RFC 8010, 8011) as far as a print service is asked in it.

One request, one answer, over HTTP to the print service of this machine: by its socket where there
is one, because it then knows who asks and lets us cancel our own jobs.
"""

from __future__ import annotations

import getpass
import itertools
import os
import re
import stat
import struct
from collections.abc import Mapping, Sequence
from enum import IntEnum
from pathlib import Path
from urllib.parse import quote, urlsplit

import aiohttp
import msgspec

from printer.errors import PrintError

Value = str | int | bool | bytes | tuple[int, int] | dict[str, "list[Value]"]
Attributes = dict[str, list[Value]]

SOCKET = Path("/run/cups/cups.sock")
PORT = 631
_VERSION = b"\x02\x00"
_LARGEST = 4_000_000
_REQUEST_S = 10.0


class Operation(IntEnum):
    """What can be asked (RFC 8011, section 5.4.15)."""

    PRINT_JOB = 0x02
    CANCEL_JOB = 0x08
    GET_JOB_ATTRIBUTES = 0x09
    GET_JOBS = 0x0A
    GET_PRINTER_ATTRIBUTES = 0x0B
    CREATE_PRINTER_SUBSCRIPTIONS = 0x16
    CANCEL_SUBSCRIPTION = 0x1B
    GET_NOTIFICATIONS = 0x1C
    CUPS_GET_PRINTERS = 0x4002


class Group(IntEnum):
    """Groups of attributes."""

    OPERATION = 1
    JOB = 2
    END = 3
    PRINTER = 4
    SUBSCRIPTION = 6
    EVENT = 7


class Tag(IntEnum):
    """Kinds of values that are sent or told apart here."""

    INTEGER = 0x21
    BOOLEAN = 0x22
    ENUM = 0x23
    RESOLUTION = 0x32
    RANGE = 0x33
    BEGIN = 0x34
    END = 0x37
    NAME = 0x42
    KEYWORD = 0x44
    URI = 0x45
    CHARSET = 0x47
    LANGUAGE = 0x48
    MIME = 0x49
    MEMBER = 0x4A


_NUMBERS = frozenset({Tag.INTEGER, Tag.ENUM})
_LAST_GROUP = 0x0F
_WITH_LANGUAGE = frozenset({0x35, 0x36})
_TEXT = range(0x40, 0x4A)
NOT_FOUND = 0x0406
FORBIDDEN = frozenset({0x0401, 0x0402, 0x0403})
NOT_POSSIBLE = 0x0404
FORMAT_NOT_SUPPORTED = 0x040A
NOT_ACCEPTING = 0x0506
_FAULT = 0x0400
_HERE = frozenset({"localhost", "::1"})


class Refused(Exception):
    """The print service refused; ``status`` is an IPP status code."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(f"0x{status:04x} {words}".strip())
        self.status = status


class Answer(msgspec.Struct, frozen=True):
    """What came back: attributes by group, each group as often as it came."""

    status: int
    groups: list[tuple[int, Attributes]]

    def first(self, group: Group) -> Attributes:
        """Return the first group of a kind, empty when there is none."""
        return next((each for kind, each in self.groups if kind == group), {})

    def all(self, group: Group) -> list[Attributes]:
        """Return all groups of a kind."""
        return [each for kind, each in self.groups if kind == group]


Sent = Mapping[str, tuple[Tag, Sequence[str | int | bool]]]


class PrintService:
    """The print service (CUPS) of this machine, or the one that ``CUPS_SERVER`` names.

    Args:
        server: ``HOST``, ``HOST:PORT`` or the path of a socket; by default as CUPS' own programs
            find it.
        seconds: longest time for one answer.
        secret: over TLS. Printers make their certificates themselves, so nobody can vouch for
            them: nothing is believed of one but how it says it is.
    """

    def __init__(
        self, server: str | None = None, *, seconds: float = _REQUEST_S, secret: bool = False
    ) -> None:
        where = server or os.environ.get("CUPS_SERVER") or ""
        if not where and SOCKET.exists():
            where = str(SOCKET)
        where = where or "localhost"
        port_missing = not where.startswith("/") and not re.search(r":\d+$", where)
        self.where = f"{where}:{PORT}" if port_missing else where
        self._numbers = itertools.count(1)
        self._user = _user()
        self._seconds = seconds
        self._secret = secret

    @property
    def here(self) -> bool:
        """It runs on this machine, so what it can reach we can reach."""
        host = self.where.rpartition(":")[0].strip("[]").lower()
        return (
            self.where.startswith("/")
            or host in _HERE
            or re.fullmatch(r"127(\.\d+){3}", host) is not None
        )

    def queue_uri(self, name: str) -> str:
        """Return the address of a queue."""
        return f"ipp://localhost/printers/{quote(name)}"

    async def ask(
        self, operation: Operation, attributes: Sent, *, also: tuple[Group, Sent] | None = None,
        data: bytes = b"",
    ) -> Answer:  # fmt: skip
        """Ask and return the answer.

        Raises:
            Refused: the service does not do it.
            PrintError: it does not run, or talks no IPP.
        """
        message = encode(operation, next(self._numbers), self._user, attributes, also) + data
        headers = {"Content-Type": "application/ipp"}
        by_socket = self.where.startswith("/")
        if by_socket and _is_socket(Path(self.where)):
            connector: aiohttp.BaseConnector = aiohttp.UnixConnector(self.where)
            address = "http://localhost/"
            headers["Authorization"] = f"PeerCred {self._user}"
        elif by_socket:
            raise PrintError("no_service", f"no print service at {self.where}", unreached=True)
        else:
            connector = aiohttp.TCPConnector(ssl=not self._secret)
            address = f"{'https' if self._secret else 'http'}://{self.where}/"
        address += urlsplit(str(attributes["printer-uri"][1][0])).path.lstrip("/")
        told = decode(await self._post(connector, address, message, headers))
        if told.status >= _FAULT:
            words = told.first(Group.OPERATION).get("status-message", [""])
            raise Refused(told.status, str(words[0])[:200])
        return told

    async def _post(
        self,
        connector: aiohttp.BaseConnector,
        address: str,
        message: bytes,
        headers: Mapping[str, str],
    ) -> bytes:
        limit = aiohttp.ClientTimeout(total=self._seconds)
        try:
            async with (
                aiohttp.ClientSession(connector=connector, timeout=limit) as session,
                session.post(address, data=message, headers=headers) as answer,
            ):
                body = b""
                async for piece in answer.content.iter_any():
                    body += piece
                    if len(body) > _LARGEST:
                        raise PrintError("no_service", "it does not end its answer")
                if answer.status != 200:  # noqa: PLR2004
                    raise Refused(_FAULT, f"HTTP {answer.status}")
        except aiohttp.ClientSSLError as error:  # it is there, and its TLS is none we know
            raise Refused(_FAULT, str(error)) from error
        except (OSError, aiohttp.ClientConnectionError) as error:
            if isinstance(error, TimeoutError):
                raise PrintError("no_service", "the print service does not answer") from error
            raise PrintError("no_service", str(error), unreached=True) from error
        except aiohttp.ClientError as error:
            raise PrintError("no_service", f"no print service: {error}") from error
        return body


def encode(
    operation: int, number: int, user: str, attributes: Sent,
    also: tuple[Group, Sent] | None = None,
) -> bytes:  # fmt: skip
    """Return a request, up to where its document begins."""
    out = bytearray(_VERSION + struct.pack(">HI", operation, number))
    out.append(Group.OPERATION)
    _put(out, "attributes-charset", Tag.CHARSET, ["utf-8"])
    _put(out, "attributes-natural-language", Tag.LANGUAGE, ["en"])
    # The address comes third (RFC 8011, section 4.1.5).
    for name in sorted(attributes, key=lambda each: each != "printer-uri"):
        _put(out, name, *attributes[name])
        if name == "printer-uri":
            _put(out, "requesting-user-name", Tag.NAME, [user])
    if also is not None:
        group, more = also
        out.append(group)
        for name, (tag, values) in more.items():
            _put(out, name, tag, values)
    out.append(Group.END)
    return bytes(out)


def _put(out: bytearray, name: str, tag: Tag, values: Sequence[str | int | bool]) -> None:
    for place, value in enumerate(values):
        if tag is Tag.BOOLEAN:
            raw = bytes((int(value),))
        elif tag in _NUMBERS:
            raw = struct.pack(">i", value)
        else:
            raw = str(value).encode()
        key = b"" if place else name.encode()
        out += struct.pack(">BH", tag, len(key)) + key + struct.pack(">H", len(raw)) + raw


def decode(data: bytes) -> Answer:
    """Return what an answer says.

    Raises:
        PrintError: it is no answer in this protocol.
    """
    try:
        return _Reader(data).answer()
    except (struct.error, IndexError, UnicodeDecodeError, KeyError, AttributeError) as error:
        raise PrintError("no_service", "it does not talk like a print service") from error


class _Reader:
    """Reads one answer from its bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 8

    def answer(self) -> Answer:
        (status,) = struct.unpack_from(">H", self._data, 2)
        groups: list[tuple[int, Attributes]] = []
        name = ""
        while True:
            tag = self._data[self._at]
            if tag == Group.END:
                return Answer(status, groups)
            if tag <= _LAST_GROUP:
                self._at += 1
                groups.append((tag, {}))
                continue
            key, value = self._attribute()
            name = key or name
            groups[-1][1].setdefault(name, []).append(value)

    def _attribute(self) -> tuple[str, Value]:
        tag = self._data[self._at]
        self._at += 1
        key = self._piece().decode()
        raw = self._piece()
        if tag == Tag.BEGIN:
            return key, self._collection()
        return key, _value(tag, raw)

    def _collection(self) -> dict[str, list[Value]]:
        members: dict[str, list[Value]] = {}
        member = ""
        while self._data[self._at] != Tag.END:
            tag = self._data[self._at]
            _, value = self._attribute()
            if tag == Tag.MEMBER:
                member = str(value)
            else:
                members.setdefault(member, []).append(value)
        self._attribute()
        return members

    def _piece(self) -> bytes:
        (length,) = struct.unpack_from(">H", self._data, self._at)
        self._at += 2
        piece = self._data[self._at : self._at + length]
        if len(piece) < length:
            raise IndexError(self._at)
        self._at += length
        return piece


def _value(tag: int, raw: bytes) -> Value:
    if tag in _NUMBERS:
        return int.from_bytes(raw, signed=True)
    if tag == Tag.BOOLEAN:
        return raw == b"\x01"
    if tag == Tag.RANGE:
        low, high = struct.unpack(">ii", raw)
        return low, high
    if tag in _WITH_LANGUAGE:  # text after the language it is in
        (length,) = struct.unpack_from(">H", raw)
        return raw[length + 4 :].decode("utf-8", "replace")
    return raw.decode("utf-8", "replace") if tag in _TEXT or tag == Tag.MEMBER else raw


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "ramah"


def _is_socket(path: Path) -> bool:
    try:
        return stat.S_ISSOCK(path.stat().st_mode)
    except OSError:
        return False
