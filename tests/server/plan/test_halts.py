"""A system is down: counters stand still together, and what is told is as wide as unknown."""

from __future__ import annotations

from random import Random
from statistics import median

import msgspec
import pytest

from server.domain.desks import take_break
from server.domain.foretold import Foretold
from server.plan.halts import draw_end, usual_reasons, without_halts
from server.plan.learned import MINUTE, Learned
from server.storage.queries.waits import PastSession
from tests.server.plan.test_foretell import Hall

DAY_MS = 24 * 60 * MINUTE
LUNCH = frozenset({"Istirahat"})
DOWN = "SIAK tidak dapat diakses"


def stopped(reasons: dict[int, str], usual: frozenset[str] | None) -> tuple[Foretold, str]:
    """Four counters worked; some stand still since ten minutes, and somebody waits for A."""
    hall = Hall()
    hall.open(1, 2, 3, 4)
    service = hall.office.counter("1").services[0]
    for number, reason in reasons.items():
        hall.do(take_break, str(number), reason)
    hall.at += 10 * MINUTE
    hall.take(service, times=8)
    learned: Learned = msgspec.structs.replace(hall.learned(), reasons=usual)
    return hall.waits(learned), service


def width(told: tuple[Foretold, str]) -> float:
    found, service = told
    known = next(iter(found.lines[service].values())).range
    assert known is not None
    return known.high - known.low


def test_counters_that_stand_still_together_widen_what_is_told() -> None:
    rest = stopped(dict.fromkeys((1, 2, 3, 4), "Istirahat"), LUNCH)
    down = stopped(dict.fromkeys((1, 2, 3, 4), DOWN), LUNCH)
    assert width(down) > 2 * width(rest)
    each = stopped({1: DOWN, 2: "Printer macet", 3: "Rapat", 4: "Salat"}, LUNCH)
    assert width(each) < width(down), "one counter alone is no halt"
    assert stopped(dict.fromkeys((1, 2, 3, 4), DOWN), None) == stopped(
        dict.fromkeys((1, 2, 3, 4), "Istirahat"), None
    ), "in an office whose habits nobody knows, any reason may be one for a rest"


def test_a_halt_that_has_lasted_long_lasts_longer_and_ends_later_than_now() -> None:
    random = Random(1)

    def left(gone: int) -> float:
        now = gone * MINUTE
        ends = [draw_end(0, now, random) - now for _ in range(2000)]
        assert min(ends) >= 0
        return median(ends) / MINUTE

    assert left(0) == pytest.approx(30, rel=0.1)
    assert left(60) > left(30) > 15
    assert draw_end(0, 10_000 * MINUTE, random) >= 10_000 * MINUTE


def test_what_is_said_on_most_days_is_a_rest_and_teaches_what_rests_are() -> None:
    began = {f"2026-06-{day:02}": day * DAY_MS for day in range(1, 11)}
    rests = [
        PastSession("1", "break", at + 12 * 60 * MINUTE, at + 13 * 60 * MINUTE, "Istirahat")
        for at in began.values()
    ]
    down = PastSession("1", "break", DAY_MS, DAY_MS + MINUTE, DOWN)
    work = PastSession("1", "open", DAY_MS, DAY_MS + MINUTE)
    usual = usual_reasons([*rests, down, work], began)
    assert usual == LUNCH
    assert without_halts([*rests, down, work], usual) == [*rests, work]
    assert usual_reasons(rests[:2], dict(list(began.items())[:2])) is None
    assert without_halts([down], None) == [down]
