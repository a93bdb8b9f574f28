"""Events of an advice to those who direct the hall: one more counter until then, the answer."""

from __future__ import annotations

from typing import ClassVar, Literal

from server.domain.day import Millis
from server.domain.event_base import Audience, CounterRef, Event, LogText

AdviceAnswer = Literal["taken", "declined", "opened", "lapsed"]
"""A person took it, or not; the counter opened without a word; nobody answered, or all is well."""


class Advised(Event, frozen=True, kw_only=True, tag="advised"):
    """It would help to open a counter until then.

    Of ``people``, who wait or come within an hour and a half, ``late`` would wait longer than
    promised, and ``late_with`` with the counter; ``over`` and ``over_with`` are the minutes beyond
    the promise of all together, ``wait`` and ``wait_with`` minutes that nine of ten of the service
    wait at most.
    """

    audience: ClassVar[Audience] = Audience.SUPERVISOR
    advice: str
    day: str
    counter: CounterRef
    service: str
    until: Millis
    target: int
    people: int
    late: int
    late_with: int
    over: int
    over_with: int
    wait: int
    wait_with: int
    model: str


class AdviceAnswered(Event, frozen=True, kw_only=True, tag="advice_answered"):
    """What became of an advice; those who serve hear that a counter opens, and thanks."""

    audience: ClassVar[Audience] = Audience.STAFF
    advice: str
    counter: CounterRef
    service: str
    until: Millis
    answer: AdviceAnswer
    staff: LogText = None
