"""Owns the figures' names, definitions and formulas: one source for page, PDF, docs and tests.

``docs/kpi.md`` holds the table that ``markdown`` makes; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from server.domain.words import marked as _
from server.mistakes import in_english
from server.reports.cells import Cell
from server.reports.histogram import Histogram, percentiles_s, rank

Value = float | None
Unit = Literal["count", "seconds", "share", "rate"]


class Desk(msgspec.Struct, frozen=True):
    """Time that counters were open and on a break, in milliseconds, summed over counters."""

    open_ms: int = 0
    break_ms: int = 0


class Kpi(msgspec.Struct, frozen=True):
    """One figure.

    Attributes:
        key: its name in the API, for ever.
        name, meaning, formula: for people, English; screens translate them. A formula names
            other figures by their keys, as places: ``reckoned`` fills them.
        fields: for engineers: from which columns.
        better: whether ``more`` or ``less`` of it is good; empty when neither is.
    """

    key: str
    unit: Unit
    name: str
    meaning: str
    formula: str
    fields: str
    value: Callable[[Cell, Desk], Value]
    better: Literal["more", "less", ""] = ""


def ratio(some: float, all_: float) -> Value:
    """Return a share or a mean; ``None`` when there is nothing to divide by."""
    return some / all_ if all_ else None


def _mean_s(total_ms: int, count: int) -> Value:
    return ratio(total_ms / 1000, count)


def _nearest(waits: Histogram, count: int, share: float, longest_ms: int) -> Value:
    """Return a percentile by nearest rank; where that is the last rank, the longest, exactly."""
    if count and rank(count, share) == count:
        return longest_ms / 1000
    return percentiles_s(waits, [share], longest_ms)[0]


def _wait(share: float) -> Callable[[Cell, Desk], Value]:
    return lambda cell, _: _nearest(cell.waits, cell.called, share, cell.wait_max_ms)


def _service(share: float) -> Callable[[Cell, Desk], Value]:
    return lambda cell, _: _nearest(cell.services, cell.service_n, share, cell.service_max_ms)


def _left(cell: Cell) -> int:
    return cell.no_show + cell.cancelled_visitor + cell.cancelled_staff + cell.expired


KPIS: tuple[Kpi, ...] = (
    Kpi("tickets", "count", _("Numbers taken"),
        _("Numbers given on these days, at the kiosk or by staff. One number may stand for several people."),
        _("count of numbers taken"),
        "`tickets`",
        lambda cell, _: cell.tickets),
    Kpi("people", "count", _("People"),
        _("The people these numbers stand for: a family with one number counts with all its members."),
        _("sum of the people over all numbers taken"),
        "`tickets.people`",
        lambda cell, _: cell.people),
    Kpi("turns", "count", _("Turns"),
        _("Waits for one service. A visitor sent on to a second service has two turns and one number."),
        _("count of turns"),
        "`turns`",
        lambda cell, _: cell.turns),
    Kpi("served", "count", _("Served"),
        _("Turns that a counter finished. A visitor sent on to a second service counts once for each."),
        _("count of turns that ended as served"),
        "`turns.outcome` = `served`",
        lambda cell, _: cell.served, "more"),
    Kpi("no_show", "count", _("Did not come"),
        _("Called, but nobody came, and the number was not brought back."),
        _("count of turns that ended because nobody came; one that came back is counted by how it ended then"),
        "`turns.outcome` = `no_show`",
        lambda cell, _: cell.no_show, "less"),
    Kpi("cancelled", "count", _("Cancelled"),
        _("Given back by the visitor or by staff before service. Left over at closing time is counted apart."),
        _("count of turns given back by the visitor or by staff"),
        "`turns.outcome` = `cancelled_by_visitor` or `cancelled_by_staff`",
        lambda cell, _: cell.cancelled_visitor + cell.cancelled_staff, "less"),
    Kpi("expired", "count", _("Left over at closing"),
        _("Numbers that still waited when the day ended. Nobody served them; they are counted, not forgotten."),
        _("count of turns that still waited when the day ended"),
        "`turns.outcome` = `expired`",
        lambda cell, _: cell.expired, "less"),
    Kpi("unfinished", "count", _("Begun, not finished"),
        _("Served for a while, then held, and not taken up again before the day ended. They are neither served nor left waiting."),
        _("count of turns that were begun, held, and not taken up again before the day ended"),
        "`turns.outcome` = `unfinished`",
        lambda cell, _: cell.unfinished, "less"),
    Kpi("transferred", "count", _("Sent on"),
        _("Turns that ended by sending the visitor to another service or counter."),
        _("count of turns that ended by sending the visitor on"),
        "`turns.outcome` = `transferred`",
        lambda cell, _: cell.transferred),
    Kpi("wait_mean_s", "seconds", _("Average wait"),
        _("All waits added up and divided by their number. A few long waits pull it up; read it beside the median."),
        _("sum of waits ÷ turns called; a wait goes from its beginning to the first call, and is never below zero"),
        "`eligible_at`, `first_called_at`",
        lambda cell, _: _mean_s(cell.wait_ms, cell.called), "less"),
    Kpi("wait_p50_s", "seconds", _("Half waited at most"),
        _("The median: half of the visitors were called within this time. Counted from taking the number, or from the appointment, to the first call."),
        _("50th percentile of all waits, by nearest rank"),
        "`eligible_at`, `first_called_at`",
        _wait(0.5), "less"),
    Kpi("wait_p90_s", "seconds", _("9 of 10 waited at most"),
        _("The 90th percentile: one visitor in ten waited longer than this."),
        _("90th percentile of all waits, by nearest rank"),
        "`eligible_at`, `first_called_at`",
        _wait(0.9), "less"),
    Kpi("wait_p95_s", "seconds", _("19 of 20 waited at most"),
        _("The 95th percentile: one visitor in twenty waited longer than this."),
        _("95th percentile of all waits, by nearest rank"),
        "`eligible_at`, `first_called_at`",
        _wait(0.95), "less"),
    Kpi("wait_max_s", "seconds", _("Longest wait"),
        _("The longest wait of anybody who was called."),
        _("largest of all waits"),
        "`eligible_at`, `first_called_at`",
        lambda cell, _: cell.wait_max_ms / 1000 if cell.called else None, "less"),
    Kpi("within_target", "share", _("Within the target"),
        _("Share of called visitors whose wait was not longer than their service's target."),
        _("called turns whose wait was within the target ÷ turns called; the target in force at the end of that day"),
        "`target_minutes`, `eligible_at`, `first_called_at`",
        lambda cell, _: ratio(cell.within, cell.called), "more"),
    Kpi("service_level", "share", _("Service level"),
        _("As 'within the target', but those who were never called count as not reached. It cannot be made better by people giving up."),
        _("called turns whose wait was within the target ÷ (turns called + turns that ended without a call)"),
        "`target_minutes`, `first_called_at`, `ended_at`",
        lambda cell, _: ratio(cell.within, cell.called + cell.never_called), "more"),
    Kpi("left_share", "share", _("Not served"),
        _("Share of finished turns that ended without service: did not come, cancelled, or left over at closing."),
        _("({no_show} + {cancelled} + {expired}) ÷ ({served} + {no_show} + {cancelled} + {expired})"),
        "`turns.outcome`",
        lambda cell, _: ratio(_left(cell), cell.served + _left(cell)), "less"),
    Kpi("transfer_share", "share", _("Share sent on"),
        _("Share of turns at a counter that ended by sending the visitor on. High shares hint at wrong choices at the kiosk."),
        _("{transferred} ÷ ({served} + {transferred})"),
        "`turns.outcome`",
        lambda cell, _: ratio(cell.transferred, cell.served + cell.transferred), "less"),
    Kpi("recall_share", "share", _("Called again"),
        _("Share of called turns whose call was repeated at least once."),
        _("called turns whose call was repeated ÷ turns called"),
        "`turns.recalls`",
        lambda cell, _: ratio(cell.recalled, cell.called), "less"),
    Kpi("walk_mean_s", "seconds", _("Average walk to the counter"),
        _("From the last call to the start of service."),
        _("sum of the times from the last call to the start of service ÷ turns started"),
        "`walk_ms`, `called_at`, `started_at`",
        lambda cell, _: _mean_s(cell.walk_ms, cell.walk_n)),
    Kpi("service_mean_s", "seconds", _("Average service"),
        _("From the start of service to its end, without the time on hold."),
        _("sum of service times ÷ served turns that were started and ended by hand"),
        "`service_ms`, `started_at`, `ended_by`",
        lambda cell, _: _mean_s(cell.service_ms, cell.service_n)),
    Kpi("service_p50_s", "seconds", _("Half were served within"),
        _("The median service time, without the time on hold."),
        _("50th percentile of the service times of served turns that were ended by hand, by nearest rank"),
        "`service_ms`, `ended_by`",
        _service(0.5)),
    Kpi("service_p90_s", "seconds", _("9 of 10 were served within"),
        _("The 90th percentile of the service time, without the time on hold."),
        _("90th percentile of the service times of served turns that were ended by hand, by nearest rank"),
        "`service_ms`, `ended_by`",
        _service(0.9)),
    Kpi("occupancy", "share", _("Occupancy"),
        _("Share of open counter time spent serving. Breaks do not count as open. Above 85% waits grow quickly; people need room to breathe."),
        _("sum of the service times of all turns at counters, but for those ended by the clock while served ÷ open time of counters, breaks left out; a counter that nobody closed is open until its last call, start or end"),
        "`service_ms`, `counter_sessions`",
        lambda cell, desk: ratio(cell.busy_ms, desk.open_ms)),
    Kpi("per_counter_hour", "rate", _("Served per counter hour"),
        _("Turns served in one open hour of a counter. It depends on how long services take: compare the same service, never persons."),
        _("{served} ÷ open hours of counters"),
        "`turns.outcome`, `counter_sessions`",
        lambda cell, desk: ratio(cell.served, desk.open_ms / 3_600_000)),
    Kpi("closed_by_clock", "count", _("Ended by the clock"),
        _("Still in service when the day closed: nobody ended them by hand. How long they took is not known, so the averages leave them out."),
        _("count of served turns that were ended by the clock"),
        "`turns.outcome` = `served`, `turns.ended_by` = `automatic`",
        lambda cell, _: cell.closed_by_clock - cell.expired - cell.unfinished, "less"),
)  # fmt: skip


def figures(cell: Cell, desk: Desk | None = None) -> dict[str, Value]:
    """Return every figure of a cell; those that need counter time only with ``desk``."""
    skip = set() if desk is not None else {"occupancy", "per_counter_hour"}
    return {kpi.key: None if kpi.key in skip else kpi.value(cell, desk or Desk()) for kpi in KPIS}


def reckoned(kpi: Kpi, say: Callable[..., str] = in_english) -> str:
    """Return a figure's formula in words, other figures by the names they have on the page."""
    return say(kpi.formula, **{each.key: say(each.name) for each in KPIS})


def markdown(kpis: Iterable[Kpi] = KPIS) -> str:
    """Return the table of definitions for ``docs/kpi.md``."""
    lines = ["| Figure | What it means | Formula | Fields |", "| --- | --- | --- | --- |"]
    lines += [
        f"| **{kpi.name}** `{kpi.key}` | {kpi.meaning} | {reckoned(kpi)} | {kpi.fields} |"
        for kpi in kpis
    ]
    return "\n".join(lines) + "\n"
