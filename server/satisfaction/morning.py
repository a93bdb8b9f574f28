"""Owns the morning read: yesterday for the manager, and what still waits for an answer."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from server.comfort.told import ComfortMorning
from server.comfort.told import morning as comfort_of
from server.domain.day import iso
from server.domain.names import service_name
from server.reports.cube import Cube, Filter
from server.reports.histogram import percentiles_s
from server.reports.reception import median_s
from server.satisfaction.alike import alike
from server.satisfaction.method import method
from server.satisfaction.report import ElementFigures, report
from server.storage.queries import assistance, feedback
from server.storage.queries.feedback import Word
from server.storage.transaction import SqliteTx

MEASURED_DAYS = 90
"""Over how long the time to an answer is measured."""
QUARTER_DAYS = 91


class WordAnswer(msgspec.Struct, frozen=True):
    """A visitor's word as those see it who act on it.

    Attributes:
        face: 1 (bad) to 4 (very good). low: something is to be done about it until ``due``.
        helped: whether it helped, as the visitor says; ``reopened``: it did not, once.
        blacked: the sentence was erased because it named a person.
        device: what the tablet or kiosk is called that it was given at; "" for a phone.
    """

    id: str
    day: str
    at: str
    label: str
    service: str
    counter: int | None
    wait_s: float | None
    face: int
    said: str
    thanks: bool
    channel: str
    device: str
    language: str
    low: bool
    due: str | None
    late: bool
    read: str | None
    owner: str | None
    action: str | None
    acted: str | None
    helped: bool | None
    reopened: bool
    blacked: bool


class AlikeWords(msgspec.Struct, frozen=True):
    """Words at one place within ten minutes that are worth a look: a group, or one hand.

    Attributes:
        at: the first of them. counter: null where they are about several.
        n: how many; ``face``: the one they all have, null if they differ.
        hasty: how many came within three seconds after the service.
    """

    at: str
    channel: str
    device: str
    counter: int | None
    n: int
    face: int | None
    hasty: int


class LongWait(msgspec.Struct, frozen=True):
    """A service whose promise was broken yesterday: how many waited longer, of how many."""

    service: str
    longer: int
    called: int
    target_minutes: int
    most_s: float | None


class Calls(msgspec.Struct, frozen=True):
    """Calls for a person at the kiosks.

    Attributes:
        taken: those that a colleague set out to, ``mean_s`` after the call.
        met: those where somebody was seen to arrive, half of them within ``arrival_s``.
    """

    asked: int
    taken: int
    mean_s: float | None
    met: int
    arrival_s: float | None


class ActedOn(msgspec.Struct, frozen=True):
    """Low words of the last 90 days: how many, acted on, in time, and mean hours to it."""

    low: int
    acted: int
    in_time: int
    mean_hours: float | None


class Morning(msgspec.Struct, frozen=True):
    """What to read at 07:30.

    Attributes:
        day: the last day with service before the one asked for.
        words: what visitors said on it.
        open: low words of any day that wait for an answer, the most urgent first.
        open_number: how many there are; not all may be listed.
        lowest: the lowest elements of the survey's last 13 weeks, with ``n`` answers.
        thanks: how many thanks there are to pass on.
        alike: words of that day that may be of one hand.
        comfort: missed checks of that day, and what is not mended yet.
    """

    day: str | None
    words: list[WordAnswer]
    open: list[WordAnswer]
    open_number: int
    lowest: list[ElementFigures]
    n: int
    waits: list[LongWait]
    calls: Calls
    thanks: int
    acted: ActedOn
    alike: list[AlikeWords]
    comfort: ComfortMorning


def morning(tx: SqliteTx, before: str, language: str) -> Morning:
    """Return what to read on the morning of a day about the last day of service before it."""
    day = _last_day(tx, before)
    words = [] if day is None else feedback.of_days(tx.db, tx.branch, day, day)
    lowest, n = _lowest(tx, before, language)
    asked = assistance.on_day(tx.db, tx.branch, day or "")
    since = (date.fromisoformat(before) - timedelta(days=MEASURED_DAYS)).isoformat()
    done = feedback.answered(tx.db, tx.branch, since, before)
    return Morning(
        day=day,
        words=[told(tx, each, language) for each in words[: feedback.LISTED]],
        open=[told(tx, each, language) for each in feedback.unanswered(tx.db, tx.branch)],
        open_number=feedback.unanswered_number(tx.db, tx.branch),
        lowest=lowest,
        n=n,
        waits=[] if day is None else _waits(tx, day, language),
        calls=Calls(
            asked.asked, asked.taken, _seconds(asked.mean_ms), asked.met,
            median_s(assistance.ways(tx.db, tx.branch, day or "", day or "")),
        ),
        thanks=sum(bool(each.thanks) for each in words),
        acted=ActedOn(
            done.low, done.acted, done.in_time,
            None if done.mean_ms is None else round(done.mean_ms / 3_600_000, 1),
        ),
        alike=[
            AlikeWords(
                iso(each.at), each.channel, each.device, each.counter, each.n, each.face,
                each.hasty,
            )
            for each in alike(feedback.given(tx.db, tx.branch, day or ""))
        ],
        comfort=comfort_of(tx, day, language),
    )  # fmt: skip


def told(tx: SqliteTx, word: Word, language: str) -> WordAnswer:
    """Return a word as it is shown."""
    low = word.due is not None
    return WordAnswer(
        id=word.id,
        day=word.day,
        at=iso(word.at),
        label=word.label,
        service=service_name(tx.office, word.service, language),
        counter=word.counter,
        wait_s=_seconds(word.wait_ms),
        face=word.face,
        said=word.said,
        thanks=bool(word.thanks),
        channel=word.channel,
        device=word.device_name,
        language=word.language,
        low=low,
        due=None if word.due is None else iso(word.due),
        late=word.due is not None and word.acted_at is None and tx.now > word.due,
        read=word.read_by,
        owner=word.owner_name,
        action=word.action,
        acted=None if word.acted_at is None else iso(word.acted_at),
        helped=None if word.helped is None else bool(word.helped),
        reopened=word.reopened_at is not None,
        blacked=word.blacked_at is not None,
    )


def _seconds(ms: float | None) -> float | None:
    return None if ms is None else round(ms / 1000, 1)


def _last_day(tx: SqliteTx, before: str) -> str | None:
    start = (date.fromisoformat(before) - timedelta(days=MEASURED_DAYS)).isoformat()
    yesterday = (date.fromisoformat(before) - timedelta(days=1)).isoformat()
    days = Cube(tx, start, yesterday, Filter()).days
    return days[-1] if days else None


def _lowest(tx: SqliteTx, before: str, language: str) -> tuple[list[ElementFigures], int]:
    key = tx.office.satisfaction.survey
    if not key:
        return [], 0
    first = (date.fromisoformat(before) - timedelta(days=QUARTER_DAYS)).isoformat()
    last = (date.fromisoformat(before) - timedelta(days=1)).isoformat()
    found = report(tx, method(key), first, last, language)
    lowest = [each for each in found.elements if each.lowest]
    return sorted(lowest, key=lambda each: each.mean or ""), found.n


def _waits(tx: SqliteTx, day: str, language: str) -> list[LongWait]:
    """Return the services that kept people longer than promised, the worst first."""
    cells = Cube(tx, day, day, Filter()).by("service")
    targets = {each.code: each.target_minutes for each in tx.office.services}
    waits = []
    for (code,), cell in cells.items():
        longer = cell.called - cell.within
        if longer > 0:
            (most,) = percentiles_s(cell.waits, (0.9,), cell.wait_max_ms)
            waits.append(LongWait(
                service_name(tx.office, code, language), longer, cell.called,
                targets.get(code, 0), most,
            ))  # fmt: skip
    return sorted(waits, key=lambda each: -each.longer)
