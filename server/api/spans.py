"""Days, spans of days and numbers as callers name them, checked in one place."""

from __future__ import annotations

from datetime import date

from server.domain.day import calendar_day
from server.domain.errors import Invalid


def asked_day(text: str, field: str) -> str:
    """Return a day as ``YYYY-MM-DD``.

    Raises:
        Invalid: it is none, or not of our years.
    """
    try:
        if len(text) == 10:  # noqa: PLR2004 - YYYY-MM-DD, no other way to write a date
            return calendar_day(text)
    except ValueError:
        pass
    raise Invalid("Give a date like 2026-11-24, between the years 2000 and 2100.", field=field)


def check_span(first: str, last: str, field: str, most: int) -> None:
    """Refuse days that are too many, or in the wrong order.

    Raises:
        Invalid: they are.
    """
    days = (date.fromisoformat(last) - date.fromisoformat(first)).days
    if days < 0:
        raise Invalid("The end is before the start.", field=field)
    if days >= most:
        raise Invalid("A report covers up to {days} days.", field=field, days=most)


def whole(text: str, field: str, most: int = 10**15) -> int:
    """Return a parameter as a whole number, not negative.

    Raises:
        Invalid: it is none, or larger than ``most``.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 18 and int(text) <= most):  # noqa: PLR2004
        raise Invalid("Give a whole number up to {most}.", field=field, most=most)
    return int(text)
