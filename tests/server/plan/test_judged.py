"""How right the waits told were: who counts, what a hit is, and what a bad day changes."""

from __future__ import annotations

import json

import msgspec
import pytest

from server.api.byclock import services_now
from server.api.snapshot import hall_now
from server.domain.foretold import Foretold
from server.plan.foretell import MODEL
from server.plan.judged import Judged, drift, hits, judged, tails, verdict, verdicts
from server.plan.shares import per_cent
from server.satisfaction.paper import right_words
from server.storage.queries.waits import ToldWait
from tests.server.process import Hall
from tests.server.rehearsal import Rehearsal, office
from tests.server.waiting import soon


def one(
    wait: float, low: int | None = 10, high: int | None = 20, day: str = "2026-03-02"
) -> Judged:
    middle = None if low is None or high is None else (low + high) / 2
    return Judged(day, 9, 0, "A", "regular", MODEL, wait, low, high, middle)


def test_only_who_had_to_wait_counts_and_a_hit_is_inside_what_was_told() -> None:
    found = [one(0.5), one(10), one(20), one(20.1), one(9), one(15, None, None)]
    told = verdict(found)
    assert (told.told, told.waited) == (6, 4)
    assert (told.inside, told.above, told.below) == (50.0, 25.0, 25.0)
    assert (told.width, told.unknown) == (10.0, 16.7)
    assert told.bias == pytest.approx(0, abs=0.01)
    nobody = verdict([one(0.2)])
    assert (nobody.waited, nobody.inside, nobody.bias) == (0, None, None)


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [
        (9996, 10_000, 99.9), (4, 10_000, 0.1), (10_000, 10_000, 100), (0, 10_000, 0),
        (1000, 3000, 33.3),
        (0, 0, None),
    ],
)  # fmt: skip
def test_one_who_was_told_wrongly_is_never_told_away(
    part: int, whole: int, told: float | None
) -> None:
    assert per_cent(part, whole) == told
    days_ = [one(15 if n < part else 30, day=f"2026-03-0{day}") for day in (2, 3)
             for n in range(whole)]  # fmt: skip
    expected = {99.9: 99, 0.1: 1, 33.3: 33, None: None}
    assert drift(days_) == expected.get(told, told)


def test_the_last_hundred_are_told_once_there_are_a_hundred() -> None:
    right, wrong = [one(15)] * 81, [one(30)] * 19
    assert hits([*right, *wrong[1:]]) is None
    assert hits([one(30), *right, *wrong]) == 81
    assert hits([one(0)] * 500) is None


def days(*shares: int) -> list[Judged]:
    return [
        one(15 if n < share else 30, day=f"2026-03-{day:02}")
        for day, share in enumerate(shares, 2)
        for n in range(100)
    ]


def test_a_model_has_drifted_when_two_days_in_a_row_are_out_of_bounds() -> None:
    assert drift(days(80, 60, 65)) == 65
    assert drift(days(60, 65, 80)) is None
    assert drift(days(80, 95, 60)) == 60
    assert drift(days(60)) is None
    quiet = [one(30, day="2026-03-09")] * 5
    assert drift([*days(60, 65), *quiet]) == 65, "a day on which few waited says nothing"


def test_a_day_corrects_itself_after_two_hundred_ranges() -> None:
    assert tails([one(30)] * 199, ["A", "B"]) == {"A": (1.0, 1.0), "B": (1.0, 1.0)}
    late = tails([one(30)] * 250, ["A", "B"])
    assert late["A"][1] < 0.5, "far less is left above"
    assert late["B"] == (1.0, 1.0)
    early = tails([one(5)] * 250, ["A"])
    assert early["A"][0] < 0.5
    assert early["A"][1] > 1
    as_meant = ([one(15)] * 20 + [one(30)] * 3 + [one(5)] * 2) * 10
    lower, upper = tails(as_meant, ["A"])["A"]
    assert lower == pytest.approx(1, abs=0.1)
    assert upper == pytest.approx(1, abs=0.1)
    assert tails([], ["A"], drifted=True) == {"A": (0.5, 0.5)}


def test_what_was_told_is_read_from_the_event_that_gave_the_number() -> None:
    estimate = '{"low_minutes":10,"high_minutes":20}'
    told = f'{{"quote":{{"ahead":3,"model":"m","middle_s":900,"estimate":{estimate}}}}}'
    rows = [
        ToldWait("2026-03-02", 1772413200000, "A", "priority", 600_000, told),
        ToldWait("2026-03-02", 1772413100000, "A", "regular", 600_000, '{"kind":"issued"}'),
        ToldWait(
            "2026-03-02", 1772413000000, "B", "regular", 60_000, '{"quote":{"ahead":0,"model":"x"}}'
        ),
    ]
    second, first = judged(rows, "Asia/Makassar")
    assert (second.service, second.low, second.waited) == ("B", None, False)
    assert (first.hour, first.wait, first.low, first.high, first.middle) == (9, 10, 10, 20, 15)


async def test_a_manager_reads_how_right_the_waits_told_were(hall: Hall) -> None:
    async with (
        hall.client("kiosk") as kiosk, hall.client("staff") as staff,
        hall.client("manager") as manager,
    ):  # fmt: skip
        assert (await staff.get("/api/estimates")).status == 403
        empty = (await manager.get("/api/estimates")).json
        assert (empty["whole"]["told"], empty["services"], empty["hits"]) == (0, [], None)
        await staff.do(1, "open")
        for _ in range(3):
            await kiosk.take()
        hall.issued_earlier(7, "A003")
        for _ in range(3):
            for step in ("call-next", "start", "finish"):
                await staff.do(1, step)

        async def counted() -> bool:
            answer = (await manager.get("/api/estimates")).json
            return bool(answer["whole"]["told"] == 3)

        await soon(counted, "three waits are judged")
        answer = (await manager.get("/api/estimates")).json
        assert [each["key"] for each in answer["services"]] == ["A"]
        assert sum(each["verdict"]["told"] for each in answer["hours"]) == 3
        assert answer["models"][0]["key"] in {MODEL, "work-ahead-1"}
        wrong = await manager.get("/api/estimates?from=2026-01-01&to=2026-05-01")
        assert wrong.status == 422


def test_parts_stand_as_people_count() -> None:
    found = [msgspec.structs.replace(one(15), service=code) for code in ("F10", "F2", "f1")]
    assert list(verdicts(found, "2026-03-03").services) == ["f1", "F2", "F10"]


@pytest.mark.parametrize(("tell", "hits", "told"), [
    (True, 81, 81), (True, None, None), (False, 81, None),
])  # fmt: skip
def test_screens_say_it_only_where_the_office_wants_that_and_a_hundred_waited(
    tell: bool, hits: int | None, told: int | None
) -> None:
    with Rehearsal(office(waits={"tell_hits": tell})) as hall:
        hall.store.foretold[hall.branches[0]] = Foretold(hall.now, 1, MODEL, {}, hits=hits)
        shown = hall.do(lambda tx: hall_now(tx, "1"))
        assert (shown.waits_right, json.loads(hall.do(services_now))["waits_right"]) == (told, told)


def test_the_poster_says_of_which_day_its_hundred_are() -> None:
    told = right_words(81, "2026-03-02", lambda words, **its: words.format(**its), "en")
    assert told.endswith("81 of the last 100 who waited (2\u00a0Mar\u00a02026).")
