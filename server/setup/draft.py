"""Owns what was typed into the set-up so far, what is wrong with it, and the office it becomes.

All of it is one text that the page sends after each change: a power cut loses nothing, and before
the end no office exists, not even half of one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec

from server.auth.registry import LOGIN, is_name
from server.branches import described, wrong
from server.domain.errors import Invalid
from server.domain.office import Office
from server.domain.texts import PRINTABLE
from server.domain.words import marked as _
from server.mistakes import Mistake
from server.setup.printers import check_url

MOST_LETTERS = 220_000
"""Letters of a draft: settings as large as the manager's page takes them, and who sets them up."""
Short = Annotated[str, msgspec.Meta(max_length=200, pattern=PRINTABLE)]
_ZONES = {"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA",
          "Asia/Jayapura": "WIT"}  # fmt: skip
"""What people call the zones of the country that this program is made for first."""


class ChosenPrinter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ticket printer: its address, and what people call it."""

    url: Short
    name: Short = ""


class Draft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was typed so far.

    Attributes:
        step: the page of the wizard that was open last.
        template: the kind of office that was chosen.
        office: settings as an office's file has them, whole or not.
        printer: none for an office without.
        login, name: of the first administrator.
    """

    step: Annotated[int, msgspec.Meta(ge=0, le=20)] = 0
    template: Short = ""
    office: dict[str, Any] = {}
    printer: ChosenPrinter | None = None
    login: Short = ""
    name: Short = ""


def read(text: str) -> Draft:
    """Return what a page has sent.

    Raises:
        Invalid: it is no draft.
    """
    try:
        return msgspec.json.decode(text or "{}", type=Draft)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Invalid("This is no set-up: {why}", field="draft", why=error) from error


def problems(draft: Draft, taken: list[str]) -> list[Invalid]:
    """Return everything that keeps the draft from becoming an office."""
    found = wrong(_settings(draft, taken))
    if not draft.office.get("counters"):
        found.append(Mistake(_("An office needs at least one counter."), "counters"))
    elif not found:
        found += _unserved(draft.office)
    if draft.printer is not None:
        try:
            check_url(draft.printer.url)
        except Invalid as error:
            found.append(error)
    if not LOGIN.match(draft.login):
        found.append(Mistake(_("A login has small letters, digits, dot and dash."), "login"))
    if not is_name(draft.name.strip()):
        found.append(Mistake(_("Please write your name."), "admin"))
    return found


def _unserved(office: dict[str, Any]) -> Iterator[Invalid]:
    """Find services whose visitors nobody could call."""
    served = {code for counter in office["counters"] for code in counter.get("services", [])}
    for each in office["services"]:
        if each["code"] not in served:
            yield Invalid(
                "No counter serves {code}. Choose one that does.",
                field="counters.services", code=each["code"],
            )  # fmt: skip


def office_of(draft: Draft, taken: list[str]) -> Office:
    """Return the office that the draft describes.

    Raises:
        Invalid: it is not ready; says why.
    """
    for each in problems(draft, taken):
        raise each
    return described(_settings(draft, taken))


def _settings(draft: Draft, taken: list[str]) -> dict[str, object]:
    raw: dict[str, object] = {"name": ""} | draft.office
    if not raw.get("code"):
        raw["code"] = code_of(str(raw.get("name", "")), taken)
    zone = raw.get("zone")
    if not raw.get("zone_label") and isinstance(zone, str) and zone in _ZONES:
        raw["zone_label"] = _ZONES[zone]
    return raw


def code_of(name: str, taken: list[str]) -> str:
    """Return a short name for an office: of letters that every system can keep."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    code = "-".join(words) or "office"
    while len(code) > _MOST and "-" in code:
        code = code.rpartition("-")[0]
    code = code[:_MOST]
    number, tried = 2, code
    while tried in taken:
        tried = f"{code}-{number}"
        number += 1
    return tried


_MOST = 13
"""With a number behind it, it is still a code."""
