"""Names in a language: of services and counters, also of those the settings know no more."""

from __future__ import annotations

import re

from server.domain.errors import NotFound
from server.domain.office import Counter, Office
from server.domain.texts import Words


def named(names: Words, language: str, fallback: str) -> str:
    """Return a name in ``language``, else in the first language that has one."""
    return names.get(language) or next(iter(names.values()), fallback)


def service_name(office: Office, code: str, language: str) -> str:
    """Return a service's name; its code when the settings no longer know it."""
    try:
        return named(office.service(code).names, language, code)
    except NotFound:
        return code


def counter_name(counter: Counter, language: str) -> str:
    """Return a counter's own name, or its number."""
    return named(counter.names, language, str(counter.number))


def reading_order(text: str) -> str:
    """Return what sorts codes and names as people read them: by size where they count, F2 < F10."""
    return re.sub(r"[0-9]+", lambda found: found[0].zfill(12), text.casefold())


def agency_key(name: str) -> str:
    """Return what makes an agency's name one: neither capitals nor spaces tell two apart."""
    return " ".join(name.split()).casefold()


def same_agency(one: str, other: str) -> bool:
    """Whether two names are of one agency; "" is nobody's."""
    return bool(agency_key(one)) and agency_key(one) == agency_key(other)
