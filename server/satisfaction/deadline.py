"""Owns by when a low word is to be answered: hours of days on which the office works."""

from __future__ import annotations

from datetime import datetime, timedelta

from server.comfort.schedule import opening
from server.domain.day import Millis, local, millis, zone
from server.domain.office import Office

HOUR_MS = 3_600_000
MOST_DAYS = 366
"""So far ahead is looked; who works less than that is asked to answer by the clock."""


def answer_by(office: Office, at: Millis) -> Millis:
    """Return by when what was said ``at`` a moment is to be answered.

    The hours of ``answer_hours`` go on by night, so that 48 are two working days; a day on which
    no service works does not count.
    """
    whole = left = office.satisfaction.answer_hours * HOUR_MS
    moment, day = at, local(at, office.zone).date()
    for _ in range(MOST_DAYS):
        following = day + timedelta(days=1)
        midnight = millis(
            datetime.combine(following, datetime.min.time(), tzinfo=zone(office.zone))
        )
        if opening(office, day.isoformat()) is not None:
            if left <= midnight - moment:
                return moment + left
            left -= midnight - moment
        moment, day = midnight, following
    return at + whole
