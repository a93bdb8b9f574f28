"""Owns what a kiosk's first picture lets a visitor choose from, before its script has come.

What changes with the queue is the script's; what is drawn here stays where it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from web.opening import Opening, pick

MANY_SERVICES = 12
"""More services than this are chosen by office; as in agency-grid.js."""
COMMON = ""
"""Services that belong to no agency."""


@dataclass(frozen=True)
class Card:
    """One button; ``rests`` when no numbers are given now."""

    code: str = ""
    prefix: str = ""
    picture: str = ""
    name: str = ""
    agency: str = ""
    rests: bool = False


@dataclass(frozen=True)
class Choice:
    """What stands on the screen; empty while the hall is not known.

    Attributes:
        step: ``services``, or ``offices`` where there are too many for one screen.
        many: how close the buttons stand.
        hour: on the office's clock; None while the hall is not known.
        gives: whether any service gives numbers now.
        search: whether services can be searched for.
    """

    office: str = ""
    step: str = "services"
    services: tuple[Card, ...] = ()
    offices: tuple[Card, ...] = ()
    many: str = "few"
    hour: int | None = None
    gives: bool = True
    search: bool = False
    blank: Card = Card()


def choice(opened: Opening | None, lang: str) -> Choice:
    """Return what a visitor chooses from, in one language."""
    if opened is None:
        return Choice()
    hall = opened.hall
    services, agencies = hall["services"], hall["agencies"]
    groups = _groups(services, agencies)
    by_office = len(services) > MANY_SERVICES and len(groups) > 1
    offices = tuple(_office(code, services, agencies, lang) for code in groups) if by_office else ()
    cards = () if by_office else tuple(_card(each, agencies, lang) for each in services)
    return Choice(
        office=hall["branch"]["name"],
        step="offices" if by_office else "services",
        services=cards,
        offices=offices,
        many=_closeness(len(cards)) if cards else "many" if len(offices) > 6 else "few",  # noqa: PLR2004
        hour=opened.hour(),
        gives=not all(map(_rests, services)),
        search=len(services) > MANY_SERVICES,
    )


def _card(service: dict[str, Any], agencies: list[dict[str, Any]], lang: str) -> Card:
    name = pick(service["names"], lang, service["name"])
    agency = _named(service["agency"], agencies, lang)
    return Card(
        code=service["code"],
        prefix=service["prefix"],
        picture=service["picture"],
        name=name,
        agency="" if agency == name else agency,
        rests=_rests(service),
    )


def _office(
    code: str, services: list[dict[str, Any]], agencies: list[dict[str, Any]], lang: str
) -> Card:
    own = (each for each in services if _group(each, agencies) == code)
    return Card(code=code, name=_named(code, agencies, lang), rests=all(map(_rests, own)))


def _rests(service: dict[str, Any]) -> bool:
    return service["paused"] or not service["open"]


def _closeness(count: int) -> str:
    return "many" if count > 9 else "more" if count > 7 else "some" if count > 4 else "few"  # noqa: PLR2004


def _named(code: str | None, agencies: list[dict[str, Any]], lang: str) -> str:
    found = (pick(each["names"], lang, each["name"]) for each in agencies if each["code"] == code)
    return next(found, "")


def _group(service: dict[str, Any], agencies: list[dict[str, Any]]) -> str:
    known = any(each["code"] == service["agency"] for each in agencies)
    return service["agency"] if known else COMMON


def _groups(services: list[dict[str, Any]], agencies: list[dict[str, Any]]) -> list[str]:
    """Return the agencies that have services, in the office's order."""
    used = {_group(each, agencies) for each in services}
    return [code for code in (*(each["code"] for each in agencies), COMMON) if code in used]
