"""Owns what a ticket printer can do, and how people write it: ``escpos,width=58,baud=9600``.

Nothing here is asked of the printer: most cannot tell. The technician chooses a profile, and
looks at a test page (``ramah printer test``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Literal, get_args
from urllib.parse import parse_qs, urlsplit

import msgspec

from server.domain.errors import Invalid

Width = Literal[58, 80]
DOTS: Mapping[int, int] = MappingProxyType({58: 384, 80: 576})
"""Printable dots per line at 203 dpi, by paper width in millimetres."""
CELL_DOTS = 12
"""Width of a letter of normal size, in dots; it is 24 high."""
CODE_PAGES: Mapping[str, int] = MappingProxyType(
    {"cp437": 0, "cp850": 2, "cp1252": 16, "cp858": 19}
)
"""Code pages and their number in ``ESC t``, as nearly all printers count them."""
MOST_TIMES = 8
Logo = Literal["full", "lean", "no"]
_BITS_A_BYTE = 10
"""On a serial line: one start bit, eight of data, one stop bit."""
_NUMBERED = 255
SERIAL_BAUD = 9600
"""Speed of a serial line whose address names none."""


class _Unclear(Invalid):
    """It is not understood; the message says what would be."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message, field="profile", slug="unclear-printer-profile", **params)


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What a printer can do. The default is the least: what every ESC/POS printer can.

    Attributes:
        name: of the profile it started from, a key of ``PROFILES``.
        width_mm: of its paper; ``None``: as the office's settings say.
        dots: printable dots per line; ``None``: the usual ones of that width.
        columns: letters of normal size per line; ``None``: as many as fit the dots.
        cut: it has a cutter; ``None``: as the office's settings say.
        qr: it makes QR codes itself (``GS ( k``).
        times: how many times as wide and high as normal its letters can be and look good.
        smooth: it rounds the stairs of large letters (``GS b``).
        code_page: of letters beyond ASCII, such as ``cp1252``; "" for none it can be trusted with.
        code_page_number: what ``ESC t`` calls that code page.
        kanji: it starts in a mode that makes one Chinese sign of two bytes, which must be left.
        logo: ``full``: the office's logo is sent dot by dot; ``lean``: a large one in dots of
            double width and height, a quarter of the bytes; ``no``: not printed there.
        baud: speed of the slowest line on the way to it; ``None``: fast enough not to matter.
    """

    name: str = "raster"
    width_mm: Width | None = None
    dots: int | None = None
    columns: int | None = None
    cut: bool | None = None
    qr: bool = False
    times: int = 2
    smooth: bool = False
    code_page: str = ""
    code_page_number: int = 0
    kanji: bool = False
    logo: Logo = "full"
    baud: int | None = None

    @property
    def lean(self) -> bool:
        """The number is printed in its own letters."""
        return self.times > 2  # noqa: PLR2004 - twice is what every printer can

    def fitted(self, width_mm: Width, *, cutter: bool) -> Fitted:
        """Return the measures of the paper; where it says none, those of the office count."""
        width = self.width_mm or width_mm
        dots = self.dots or DOTS[width]
        return Fitted(
            can=self,
            width_mm=width,
            dots=dots,
            columns=self.columns or dots // CELL_DOTS,
            cut=cutter if self.cut is None else self.cut,
        )

    def seconds(self, size: int) -> float:
        """Return how long ``size`` bytes are on the line, 0 where the line does not matter."""
        return 0.0 if self.baud is None else size * _BITS_A_BYTE / self.baud


class Fitted(msgspec.Struct, frozen=True, kw_only=True):
    """A printer with the paper that is in it: every measure is known."""

    can: Profile
    width_mm: Width
    dots: int
    columns: int
    cut: bool


RASTER = Profile()
_OWN = partial(Profile, qr=True, times=8, logo="lean")
"""A printer with codes and large letters of its own."""

PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        each.name: each
        for each in (
            RASTER,
            _OWN(name="escpos", code_page="cp1252", code_page_number=16),
            _OWN(name="epson", smooth=True, code_page="cp1252", code_page_number=16),
            _OWN(name="epson-180dpi", dots=512, columns=42, smooth=True, code_page="cp1252",
                 code_page_number=16),
            _OWN(name="xprinter", kanji=True, code_page="cp1252", code_page_number=16),
            _OWN(name="portable", width_mm=58, cut=False, kanji=True),
            Profile(name="raster-58", width_mm=58, cut=False),
        )
    }
)  # fmt: skip
"""What can be chosen; docs/installer.md says which printers they fit."""


def read_profile(text: str) -> Profile:
    """Return the profile that ``text`` describes: a name, then what differs from it.

    Examples: ``raster``, ``escpos,width=58,cut=no``, ``epson,baud=9600``,
    ``escpos,codepage=cp858:19``, ``raster,dots=512``.

    Raises:
        Invalid: a name, a setting or a value is not known; the message says what is.
    """
    name, *changes = (part.strip() for part in text.strip().lower().split(","))
    profile = PROFILES.get(name)
    if profile is None:
        raise _Unclear("'{name}' is no printer profile. There are: {known}.",
                       name=name[:50], known=", ".join(PROFILES))  # fmt: skip
    for change in changes:
        key, _, value = (part.strip() for part in change.partition("="))
        read = _SETTINGS.get(key)
        if read is None:
            raise _Unclear("'{key}' is no setting of a printer profile. There are: {known}.",
                           key=key[:50], known=", ".join(_SETTINGS))  # fmt: skip
        profile = msgspec.structs.replace(profile, **read(key, value))
    return profile


def write_profile(profile: Profile) -> str:
    """Return the text that ``read_profile`` makes this profile of."""
    start = PROFILES[profile.name]
    parts = [profile.name]
    for key, write in _WRITTEN.items():
        ours = write(profile)
        if ours != write(start):
            parts.append(f"{key}={ours}")
    return ",".join(parts)


def for_address(profile: Profile, url: str) -> Profile:
    """Return the profile of a printer at this address: a serial one names its own speed."""
    if profile.baud is None and url.startswith("serial:"):
        wanted = parse_qs(urlsplit(url).query).get("baud", [""])[-1]
        baud = int(wanted) if re.fullmatch("[0-9]{1,7}", wanted) else SERIAL_BAUD
        return msgspec.structs.replace(profile, baud=baud)
    return profile


def _width(key: str, value: str) -> dict[str, Any]:
    if value not in {"58", "80"}:
        raise _wrong(key, value, "58, 80")
    return {"width_mm": int(value)}


def _whole(field: str, least: int, most: int) -> Callable[[str, str], dict[str, Any]]:
    def read(key: str, value: str) -> dict[str, Any]:
        if not re.fullmatch("[0-9]{1,7}", value) or not least <= int(value) <= most:
            raise _wrong(key, value, f"{least} ... {most}")
        return {field: int(value)}

    return read


def _flag(field: str) -> Callable[[str, str], dict[str, Any]]:
    def read(key: str, value: str) -> dict[str, Any]:
        if value not in {"yes", "no"}:
            raise _wrong(key, value, "yes, no")
        return {field: value == "yes"}

    return read


def _code_page(key: str, value: str) -> dict[str, Any]:
    if value == "none":
        return {"code_page": "", "code_page_number": 0}
    name, _, number = value.partition(":")
    fits = not number or (re.fullmatch("[0-9]{1,3}", number) and int(number) <= _NUMBERED)
    if name not in CODE_PAGES or not fits:
        raise _wrong(key, value, f"none, {', '.join(CODE_PAGES)}, cp858:19")
    return {"code_page": name, "code_page_number": int(number or CODE_PAGES[name])}


def _logo(key: str, value: str) -> dict[str, Any]:
    if value not in get_args(Logo):
        raise _wrong(key, value, ", ".join(get_args(Logo)))
    return {"logo": value}


_SETTINGS: Mapping[str, Callable[[str, str], dict[str, Any]]] = MappingProxyType(
    {
        "width": _width,
        "dots": _whole("dots", 192, 832),
        "columns": _whole("columns", 16, 69),
        "cut": _flag("cut"),
        "qr": _flag("qr"),
        "letters": _whole("times", 2, MOST_TIMES),
        "smooth": _flag("smooth"),
        "codepage": _code_page,
        "kanji": _flag("kanji"),
        "logo": _logo,
        "baud": _whole("baud", 1200, 4_000_000),
    }
)


def _yes(value: bool | None) -> str:  # noqa: FBT001 - a value to write
    return "" if value is None else ("yes" if value else "no")


_WRITTEN: Mapping[str, Callable[[Profile], str]] = MappingProxyType(
    {
        "width": lambda each: str(each.width_mm or ""),
        "dots": lambda each: str(each.dots or ""),
        "columns": lambda each: str(each.columns or ""),
        "cut": lambda each: _yes(each.cut),
        "qr": lambda each: _yes(each.qr),
        "letters": lambda each: str(each.times),
        "smooth": lambda each: _yes(each.smooth),
        "codepage": lambda each: (
            f"{each.code_page}:{each.code_page_number}" if each.code_page else "none"
        ),
        "kanji": lambda each: _yes(each.kanji),
        "logo": lambda each: each.logo,
        "baud": lambda each: str(each.baud or ""),
    }
)


def _wrong(key: str, value: str, known: str) -> Invalid:
    return _Unclear("{key}={value} is not understood. Possible: {known}.",
                    key=key, value=value[:50], known=known)  # fmt: skip
