"""Owns reading an iCalendar file: entries of whole days and of hours, also those that repeat.

The package ``icalendar`` reads, ``dateutil`` counts the repeats; here it is kept that a rule cannot
run for ever, and that what is not understood is told by its line.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from server.domain.errors import Invalid, Phrase
from server.domain.errors import Phrase as say  # noqa: N813 - marks the sentence for the catalogs
from server.domain.texts import is_seen, one_line
from server.editing.calendar.pieces import ONE_DAY, Entry

if TYPE_CHECKING:
    from icalendar import Event

REPEATS = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
_KNOWN = {
    "FREQ", "UNTIL", "COUNT", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO",
    "BYMONTH", "BYSETPOS", "WKST",
}  # fmt: skip
"""Parts of a rule; one by the hour or minute would only say on which day a thing is, slowly."""
MOST_RULES = 100
OLDEST = 2000
"""Repeats are counted from their first day on: none may begin long before there was an office."""


def is_calendar(text: str) -> bool:
    """Whether a file is meant as iCalendar."""
    return text.lstrip("\ufeff \r\n\t").lower().startswith("begin:")


def entries(text: str, zone: str, since: date, until: date) -> list[Entry]:
    """Return the entries of a file on the wall clock of ``zone`` that end on ``since`` or later.

    What repeats does so up to ``until``.

    Raises:
        Invalid: the file, or an entry, is not understood; says the line.
    """
    from icalendar import Calendar  # noqa: PLC0415 - only where somebody brings a file

    try:
        calendar = Calendar.from_ical(text.lstrip("\ufeff"))
    except (ValueError, IndexError, KeyError) as error:
        raise Invalid(
            "This is no calendar file that can be read: {why}", field="file",
            why=one_line(str(error))[:120],
        ) from error  # fmt: skip
    lines = [
        number for number, line in enumerate(text.splitlines(), 1)
        if line.strip().lower() == "begin:vevent"
    ]  # fmt: skip
    events = cast("list[Event]", calendar.walk("VEVENT"))
    if sum("RRULE" in each for each in events) > MOST_RULES:
        raise Invalid("At most {n} entries may repeat.", field="file", n=MOST_RULES)
    read = [
        _Read(event, line, ZoneInfo(zone))
        for event, line in zip(events, lines, strict=False)
        if str(event.get("STATUS", "")).upper() != "CANCELLED"
    ]
    moved = {(each.uid, each.instead_of) for each in read if each.instead_of is not None}
    return [
        entry
        for each in read
        for starts, entry in each.all(until)
        if (each.instead_of is not None or (each.uid, starts) not in moved)
        and since
        <= (entry.ends.date() if isinstance(entry.ends, datetime) else entry.ends - ONE_DAY)
    ]


class _Read:
    """One entry of the file.

    Attributes:
        instead_of: the moment of the repeated entry that this one replaces.
    """

    def __init__(self, event: Event, line: int, zone: ZoneInfo) -> None:
        self._event, self._line, self._zone = event, line, zone
        if event.errors:
            raise self._wrong(say("{property} is not understood", property=event.errors[0][0]))
        for name in ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE"):
            self._check_zone(name)
        try:
            self._starts, self._ends = event.start, event.end
            ordered = self._starts <= self._ends
        except (ValueError, TypeError, AttributeError) as error:
            raise self._wrong(say("it has no day, or ends before it begins")) from error
        if not ordered or self._starts.year < OLDEST or self._ends.year > 2100:  # noqa: PLR2004
            raise self._wrong(say("it ends before it begins, or is too far away"))
        name = one_line(str(event.get("SUMMARY", "")))[:200]
        self._name = name if is_seen(name) else ""
        self.uid = str(event.get("UID", f"line {line}"))
        replaced = event.get("RECURRENCE-ID")
        self.instead_of: date | None = None if replaced is None else replaced.dt
        if replaced is not None and replaced.params.get("RANGE"):
            raise self._wrong(say("RECURRENCE-ID changes all that follow, which is not read"))

    def _wrong(self, why: Phrase) -> Invalid:
        return Invalid(
            "The entry at line {line} cannot be read: {why}.",
            field="file",
            line=self._line,
            why=why,
        )

    def _check_zone(self, name: str) -> None:
        """See to it that a time of a named zone has one: the package drops one it does not know."""
        value = self._event.get(name)
        for one in value if isinstance(value, list) else [value]:
            zone = "" if one is None else str(one.params.get("TZID", ""))
            times = [getattr(one, "dt", None)] if not hasattr(one, "dts") else [
                each.dt for each in one.dts
            ]  # fmt: skip
            if zone and any(isinstance(at, datetime) and at.tzinfo is None for at in times):
                raise self._wrong(say("nobody knows the time zone '{zone}'", zone=zone[:60]))

    def all(self, until: date) -> Iterator[tuple[date, Entry]]:
        """Return every time of this entry, with the moment it is known by."""
        length = self._ends - self._starts
        for starts in self._times(until):
            yield starts, Entry(self._name, self._local(starts), self._local(_plus(starts, length)))

    def _times(self, until: date) -> list[date]:
        event = self._event
        times = [self._starts, *self._repeats(until)]
        try:
            times += [each[0] if isinstance(each, tuple) else each for each in event.rdates]
            left_out = set(event.exdates)
        except (ValueError, TypeError, AttributeError) as error:
            raise self._wrong(say("{property} is not understood", property="EXDATE")) from error
        return [each for each in dict.fromkeys(times) if each not in left_out]

    def _rule(self) -> dict[str, Any]:
        """Return the parts of the rule, none for an entry that does not repeat."""
        rule = self._event.get("RRULE")
        if rule is None or self.instead_of is not None:
            return {}
        if isinstance(rule, list):
            raise self._wrong(say("it has two rules to repeat by"))
        parts: dict[str, Any] = {str(key).upper(): value for key, value in rule.items()}
        frequency = str(parts.get("FREQ", [""])[0]).upper()
        often = frequency in {"DAILY", "WEEKLY"}
        if frequency not in REPEATS or set(parts) - _KNOWN or (often and "BYSETPOS" in parts):
            raise self._wrong(say("it repeats by the hour or in another way that is not read"))
        if min(parts.get("INTERVAL", [1])[0], parts.get("COUNT", [1])[0]) < 1:
            raise self._wrong(say("{property} is not understood", property="RRULE"))
        return parts

    def _repeats(self, until: date) -> Iterator[date]:
        """Return the moments of the rule; dateutil counts on the wall clock of the entry."""
        from dateutil.rrule import rrulestr  # noqa: PLC0415 - as above

        parts = self._rule()
        zone = getattr(self._starts, "tzinfo", None)
        first = self._wall(self._starts, zone, end_of_day=False)
        end = datetime.combine(until + ONE_DAY, datetime.min.time())
        if "UNTIL" in parts:
            end = min(end, self._wall(parts["UNTIL"][0], zone))
        if not parts or end < first:
            return
        raw = self._event["RRULE"].to_ical()
        rule = raw.decode() if isinstance(raw, bytes) else str(raw)
        text = re.sub(r"(^|;)(UNTIL|COUNT)=[^;]*", "", rule).strip(";")
        try:
            times = iter(rrulestr(f"{text};UNTIL={end:%Y%m%dT%H%M%S}", dtstart=first))
            begun = next(times, None) if _may_begin(first, parts) else None
        except (ValueError, TypeError, IndexError) as error:
            raise self._wrong(say("{property} is not understood", property="RRULE")) from error
        if begun != first:
            raise self._wrong(say("its first day is none of its own rule"))
        for each in islice(times, parts["COUNT"][0] - 1 if "COUNT" in parts else None):
            if isinstance(self._starts, datetime):
                yield each.replace(tzinfo=zone)
            else:
                yield each.date()

    def _wall(self, moment: date, zone: Any, *, end_of_day: bool = True) -> datetime:  # noqa: ANN401
        """Return a moment on the wall clock of the entry, a day as its end or beginning."""
        if not isinstance(moment, datetime):
            at = datetime.max.time().replace(microsecond=0) if end_of_day else datetime.min.time()
            return datetime.combine(moment, at)
        if moment.tzinfo is not None and zone is not None:
            moment = moment.astimezone(zone)
        return moment.replace(tzinfo=None)

    def _local(self, moment: date) -> date:
        """Return a moment on the office's wall clock; one without a zone is there already."""
        if isinstance(moment, datetime) and moment.tzinfo is not None:
            return moment.astimezone(self._zone).replace(tzinfo=None)
        return moment


def _may_begin(first: date, parts: dict[str, Any]) -> bool:
    """Whether a rule may have this day; dateutil would look for one that never comes for long."""
    days = monthrange(first.year, first.month)[1]
    wanted = {"BYMONTH": {first.month}, "BYMONTHDAY": {first.day, first.day - days - 1}}
    return all(
        name not in parts or fitting & {int(each) for each in parts[name]}
        for name, fitting in wanted.items()
    )


def _plus(starts: date, length: timedelta) -> date:
    """Return the end of an entry: as long after its beginning as time passes, not as clocks say."""
    if isinstance(starts, datetime) and starts.tzinfo is not None:
        zone = starts.tzinfo
        return datetime.fromtimestamp(starts.timestamp() + length.total_seconds(), zone)
    return starts + length
