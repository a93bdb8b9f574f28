"""Owns what a lobby screen's first picture shows before its script has come: the newest call.

The script goes on from the same markup; it sizes the words to the panel and adds all else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from web.opening import Opening, pick

SHOW_CLOSED = 6
"""In a hall of more counters, those that are closed give their room to the others (board.js)."""


@dataclass(frozen=True)
class FirstCall:
    """The frame of the hall, and the call in it.

    Attributes:
        office: the hall's name.
        counters: how many there are, in the words that the style sheets lay the screen out by.
        agencies: whether there is ``one`` or ``many``.
        label: the called number; "" when nobody was called, or the hall is not known.
        number: of the counter.
        again: it was called again.
        names: what the call is about: the service, its agency, the counter's own name.
    """

    office: str = ""
    counters: str = "none"
    agencies: str = "one"
    label: str = ""
    number: str = ""
    again: bool = False
    names: str = ""


def first_call(opened: Opening | None, lang: str, say: Callable[..., str]) -> FirstCall:
    """Return what stands there first, in one language; ``say`` translates a sentence."""
    if opened is None:
        return FirstCall()
    hall = _part(opened)
    frame = {
        "office": hall["branch"]["name"],
        "counters": _amount(len(_standing(hall["counters"]))),
        "agencies": "many" if len({s["agency"] for s in hall["services"]} - {None}) > 1 else "one",
    }
    if not hall["recent_calls"]:
        return FirstCall(**frame)
    call = hall["recent_calls"][0]
    return FirstCall(
        **frame,
        label=call["label"],
        number=str(call["number"]),
        again=call["recall"],
        names=_names(hall, call, lang, say),
    )


def _part(opened: Opening) -> dict[str, Any]:
    """Return the part of the hall that belongs on this screen, as part.js does."""
    hall, services, counters = opened.hall, opened.shows["services"], opened.shows["counters"]

    def here(service: str, number: int) -> bool:
        return service in (services or [service]) and number in (counters or [number])

    return hall | {
        "services": [s for s in hall["services"] if s["code"] in (services or [s["code"]])],
        "counters": [
            c for c in hall["counters"] if any(here(code, c["number"]) for code in c["services"])
        ],
        "recent_calls": [c for c in hall["recent_calls"] if here(c["service"], c["number"])],
    }


def _amount(count: int) -> str:
    small = ("none", "one", "two", "few", "few")
    if count < len(small):
        return small[count]
    return "some" if count <= 12 else "many" if count <= 24 else "most"  # noqa: PLR2004


def _standing(counters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    there = [each for each in counters if each["current"] or each["state"] != "closed"]
    return there if there and len(counters) > SHOW_CLOSED else counters


def _names(hall: dict[str, Any], call: dict[str, Any], lang: str, say: Callable[..., str]) -> str:
    service = next((s for s in hall["services"] if s["code"] == call["service"]), None)
    counter = next((c for c in hall["counters"] if c["id"] == call["counter"]), None)
    name = pick(service["names"], lang, service["name"]) if service else ""
    code = service["agency"] if service else None
    several = hall["agencies"] if len(hall["agencies"]) > 1 else []
    agency = next((pick(a["names"], lang, a["name"]) for a in several if a["code"] == code), "")
    own = pick(counter["names"], lang) if counter else ""
    if own == say("Counter {number}", number=call["number"]):
        own = ""
    parts = (name, "" if agency == name else agency, own)
    return " · ".join(filter(None, parts))
