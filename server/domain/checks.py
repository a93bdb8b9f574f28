"""Settings made whole, and everything found that does not hang together."""

from __future__ import annotations

import hashlib
import re
from collections import Counter as Tally
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from difflib import get_close_matches
from itertools import permutations
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import msgspec

from server.domain.calendar_days import Season, SpecialDays
from server.domain.errors import Invalid
from server.domain.hours import Hours
from server.domain.numbering import label
from server.domain.office import Office, Paper


def completed(office: Office) -> Office:
    """Return the office with ids and prefixes filled in, after checking that it hangs together.

    Ids come from branch code and service code or counter number, so applying the same
    settings again keeps them.

    Raises:
        Invalid: names the field that does not fit.
    """
    office = filled(office)
    for wrong in problems(office):
        raise wrong
    return msgspec.convert(msgspec.to_builtins(office), Office)


def filled(office: Office) -> Office:
    """Return the office with ids and prefixes filled in, unchecked."""
    return msgspec.structs.replace(
        office,
        zone_label=office.zone_label or office.zone,
        public_url=re.sub("(?<=[^/:])/+$", "", office.public_url.strip()),
        services=[
            msgspec.structs.replace(
                service,
                prefix=service.prefix or service.code,
                id=service.id or _id(office.code, "service", service.code),
            )
            for service in office.services
        ],
        counters=[
            msgspec.structs.replace(
                counter, id=counter.id or _id(office.code, "counter", str(counter.number))
            )
            for counter in office.counters
        ],
    )


def _id(*parts: str) -> str:
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:32]


def problems(office: Office) -> Iterator[Invalid]:
    """Find everything that does not hang together."""
    yield from _check_place(office)
    if not office.services:
        yield Invalid("An office needs at least one service.", field="services")
    if not office.languages:
        yield Invalid("An office needs at least one language.", field="languages")
    yield from _unique("languages", office.languages)
    yield from _unique("services.code", [service.code for service in office.services])
    yield from _same_prefix(office)
    yield from _check_prefixes(office)
    yield from _unique("counters.number", [str(counter.number) for counter in office.counters])
    for each in office.voice.quiet:
        if each.starts >= each.ends:
            yield Invalid("A quiet time starts before it ends.", field="voice.quiet")
    yield from _check_comfort(office)
    yield from paper_problems(office.paper)
    if office.hours is not None:
        yield from _check_periods(office.hours, None)
    yield from _check_dates([*office.closed_dates, *(office.hours or Hours([])).closed_dates])
    yield from _check_special(office)
    yield from _check_services(office)
    for service in office.services:
        yield from _unique("services.outcomes", [outcome.code for outcome in service.outcomes])
    yield from _unique("reception.kinds", [kind.code for kind in office.reception.kinds])
    codes = {service.code for service in office.services}
    for counter in office.counters:
        for code in [*counter.services, *counter.weights]:
            if code not in codes:
                yield Invalid(
                    "Counter {number} offers '{code}', which is no service here.",
                    field="counters.services",
                    number=counter.number,
                    code=code,
                )


def _check_place(office: Office) -> Iterator[Invalid]:
    """Find a time zone that does not exist, an address that is none."""
    try:
        ZoneInfo(office.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield _no_zone(office.zone)
    else:
        if office.zone in _NO_PLACE:
            yield _no_zone(office.zone)
    if office.public_url and not _whole(office.public_url):
        yield Invalid(
            "'{url}' is no address that a phone can open. Write it whole, such as "
            "https://antrean.example.go.id or http://192.168.1.10:8080.",
            field="public_url",
            url=office.public_url[:100],
        )


def paper_problems(paper: Paper) -> Iterator[Invalid]:
    """Find parts that would be printed twice; a line may be, between others."""
    for part, count in Tally(paper.lines).items():
        if count > 1 and part != "rule":
            yield Invalid("'{part}' stands on the ticket twice.", field="paper.lines", part=part)


def _check_comfort(office: Office) -> Iterator[Invalid]:
    """Find places that cannot be told apart, or of which nobody knows when to look at them."""
    places = office.comfort.places
    yield from _unique("comfort.places.code", [place.code for place in places])
    for place in places:
        yield from _unique("comfort.places.items.code", [item.code for item in place.items])
        yield from _unique("comfort.places.times", place.times)
        if not place.items or not place.names:
            yield Invalid(
                "The place '{place}' needs a name, and one thing to look at.",
                field="comfort.places.items", place=place.code,
            )  # fmt: skip
        if place.times and place.every_minutes:
            yield Invalid(
                "The place '{place}' is checked at times, or every so many minutes: choose one.",
                field="comfort.places.times", place=place.code,
            )  # fmt: skip


_NO_PLACE = frozenset({"Factory", "localtime", "posixrules"})
"""Files beside the zones of a machine; no browser knows a zone of such a name."""
_SHORT = {"wib": "Asia/Jakarta", "wita": "Asia/Makassar", "wit": "Asia/Jayapura"}


def _no_zone(zone: str) -> Invalid:
    known = {each.lower(): each for each in available_timezones() - _NO_PLACE} | _SHORT
    word = re.sub(r"\s+", "_", zone.strip().lower())
    guess = get_close_matches(word, known, 1, 0.8)
    if not guess:
        return Invalid("There is no time zone '{zone}'.", field="zone", zone=zone)
    return Invalid(
        "There is no time zone '{zone}'. Did you mean '{guess}'?",
        field="zone", zone=zone, guess=known[guess[0]],
    )  # fmt: skip


def _whole(url: str) -> bool:
    try:
        parts = urlsplit(url)
        known = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        return False
    plain = not (parts.username or parts.query or parts.fragment) and url.isprintable()
    return bool(known and plain and " " not in url)


def _check_prefixes(office: Office) -> Iterator[Invalid]:
    """Find prefixes under which two services would give numbers that read alike.

    A and A1 do: A1001 is the 1001st visitor of A and the first of A1. They may stand beside
    each other where the numbers of a day never get more digits than they are written with.
    """
    rules = office.rules
    if 0 < rules.number_wrap < 10**rules.number_width:
        return
    for one, other in permutations([service.prefix for service in office.services], 2):
        more = other.removeprefix(one)
        if more != other and more.isdigit() and not more.startswith("0"):
            yield Invalid(
                "Prefixes '{one}' and '{other}' would both give {label}; choose another letter.",
                field="services.prefix",
                one=one,
                other=other,
                label=label(other, 1, rules.number_width),
            )


def _same_prefix(office: Office) -> Iterator[Invalid]:
    """Find services whose numbers would read alike though their codes differ."""
    prefixes = Tally(prefix for prefix, _code in {(s.prefix, s.code) for s in office.services})
    for prefix, count in prefixes.items():
        if count > 1:
            yield Invalid(
                "Two services would have '{prefix}' before their numbers; choose another letter.",
                field="services.prefix", prefix=prefix,
            )  # fmt: skip


def _check_services(office: Office) -> Iterator[Invalid]:
    agencies = {agency.code for agency in office.agencies}
    for service in office.services:
        if service.agency is not None and service.agency not in agencies:
            yield Invalid(
                "Service {code} names the agency '{agency}', which is not listed.",
                field="services.agency",
                code=service.code,
                agency=service.agency,
            )
        hours = service.hours
        if hours is None:
            continue
        yield from _check_periods(hours, service.code)
        yield from _check_dates(hours.closed_dates)


def _check_special(office: Office) -> Iterator[Invalid]:
    """Find special days that are no days, end before they begin, or are of no service."""
    codes = {service.code for service in office.services}
    for each in office.special_days:
        yield from _check_stretch(each, "special_days", codes)
        yield from _check_periods(Hours(each.periods), each.first, "special_days.periods")
    for season in office.seasons:
        yield from _check_stretch(season, "seasons", codes)
    yield from _begun_twice(office.special_days, "special_days.first", codes)
    yield from _begun_twice(office.seasons, "seasons.first", codes)


def _begun_twice(
    stretches: Sequence[SpecialDays | Season], field: str, codes: Collection[str]
) -> Iterator[Invalid]:
    begun = Tally((each.first, code) for each in stretches for code in set(each.services or codes))
    for first in dict.fromkeys(first for (first, _code), count in begun.items() if count > 1):
        yield _twice(field, first)


def _check_stretch(
    of: SpecialDays | Season, block: str, codes: Collection[str]
) -> Iterator[Invalid]:
    last = of.last or of.first
    wrong = [day for day in (of.first, last) if not _is_date(day)]
    if wrong:
        yield from _check_dates(wrong[:1], f"{block}.first")
    elif last < of.first:
        yield Invalid(
            "The days from {first} end before they begin.", field=f"{block}.last", first=of.first
        )
    for code in of.services:
        if code not in codes:
            yield Invalid(
                "The days from {first} name '{code}', which is no service here.",
                field=f"{block}.services", first=of.first, code=code,
            )  # fmt: skip


def _check_periods(
    hours: Hours, code: str | None, block: str = "services.hours"
) -> Iterator[Invalid]:
    """Find periods that end before they begin; ``code`` is None for those of the office."""
    if code is None:
        block = "hours"
    for period in hours.periods:
        first, last = period.tickets_from or period.opens, period.last_ticket or period.closes
        wrong = None
        if period.closes <= period.opens:
            wrong = "closes"
        elif first > period.opens:
            wrong = "tickets_from"
        elif not first < last <= period.closes:
            wrong = "last_ticket"
        if wrong is not None and code is None:
            yield Invalid(
                "The hours of the office do not follow one another.", field=f"{block}.{wrong}"
            )
        elif wrong is not None and block.startswith("special"):
            yield Invalid(
                "The hours of the special days from {first} do not follow one another.",
                field=f"{block}.{wrong}", first=code,
            )  # fmt: skip
        elif wrong is not None:
            yield Invalid(
                "The hours of service {code} do not follow one another.",
                field=f"{block}.{wrong}",
                code=code,
            )


def _check_dates(dates: list[str], field: str = "closed_dates") -> Iterator[Invalid]:
    for day in dates:
        if not _is_date(day):
            yield Invalid("'{day}' is no date like 2026-12-25.", field=field, day=day)


def _is_date(text: str) -> bool:
    """Return whether this is a date in the one spelling that dates are compared in."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _unique(field: str, values: list[str]) -> Iterator[Invalid]:
    for value, count in Tally(values).items():
        if count > 1:
            yield _twice(field, value)


def _twice(field: str, value: str) -> Invalid:
    return Invalid("'{value}' is used more than once.", field=field, value=value)
