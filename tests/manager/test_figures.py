"""Figures on the page are those on paper, honest about the last hundredth and calm about chance."""

from __future__ import annotations

import random

import pytest

from server.api.tickets import ROUTES
from server.domain.rolls import ROLL
from server.reports.charts import percent
from server.reports.paper import duration
from tests.manager.node import in_node

TELL = """
const { told } = await load('/manager/figures.js');
return given.values.map((value) => told(value, given.unit));
"""


def plain(text: str, **places: object) -> str:
    """Return a sentence as it stands in English."""
    return text.format(**places)


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_share_is_told_on_paper_as_on_the_page(language: str) -> None:
    chance = random.Random(3)
    shares = [part / whole for whole in (3, 7, 16, 40, 80, 160, 2000) for part in range(whole + 1)]
    shares += [chance.random() for _ in range(500)] + [0.9996, 0.99951, 0.0004, 1e-9, 1 - 1e-9]
    shares += [round(chance.random(), 4) for _ in range(1000)]
    page = in_node(TELL, {"values": shares, "unit": "share", "lang": language})
    assert page == [percent(share, language) for share in shares]


def test_no_share_below_one_is_all_and_none_above_nought_is_nothing() -> None:
    shares = [1 / 3000, 1e-12, 0.004, 0.0049, 0.995, 0.99949, 0.99951, 0.9999999]
    words = """
    const { percent } = await load('/manager/figures.js');
    return given.shares.flatMap((each) => [0, 1].map((digits) => percent(each, digits)));
    """
    told = in_node(words, {"shares": shares})
    assert not {"0%", "100%", "0,0%", "100,0%"} & set(told)
    assert in_node(words, {"shares": [0, 1]}) == ["0%", "0%", "100%", "100%"]


def test_a_length_of_time_is_told_on_paper_as_on_the_page() -> None:
    values = [0, 0.4, 0.5, 14.5, 59.5, 60, 61, 89.5, 588, 599.4, 599.5, 600, 629.9, 630, 3599,
              3600, 3630, 7200, 36000.5, 172_799, 172_800, 193_300]  # fmt: skip
    page = in_node(TELL, {"values": values, "unit": "seconds", "lang": "en"})
    assert page == [duration(value, plain) for value in values]
    assert page[8] == "9 min 48 s"
    assert page[-3:] == ["2 d", "2 d", "2 d 5 h"]


def test_a_small_change_is_told_and_not_judged() -> None:
    judged = in_node(
        "const { differs } = await load('/manager/figures.js');"
        "return given.map(([unit, value, other]) => differs(unit, value, other));",
        [
            ["seconds", 15, 14], ["seconds", 14, 0], ["seconds", 640, 600], ["seconds", 660, 600],
            ["seconds", 90, 60], ["share", 0.81, 0.8], ["share", 0.82, 0.8], ["rate", 10.5, 10],
            ["rate", 11, 10],
        ],
    )  # fmt: skip
    assert judged == [False, False, False, True, True, False, True, False, True]


def test_every_way_to_take_a_number_can_be_asked_for_by_its_name() -> None:
    take = next(each for each in ROUTES if (each.method, each.path) == ("POST", "/api/tickets"))
    channels, names = in_node(
        "const { CHANNELS, channelName } = await load('/manager/channels.js');"
        "return [CHANNELS, CHANNELS.map(channelName)];",
        {"lang": "en"},
    )
    assert sorted(channels) == sorted({*take.roles, ROLL})
    assert names == [
        "Kiosk", "Host", "Staff", "Supervisor", "Manager", "Administrator", "Paper roll",
    ]  # fmt: skip


def test_turns_are_sorted_by_prefix_and_number_and_by_the_instant() -> None:
    numbers, times = in_node(
        """
        const { choose, firstView, sortedBy } = await load('/manager/turns-model.js');
        const turn = (label, issued) => ({ label, issued, called: issued, service: 'A',
          service_name: 'Akta', counter: null, outcome: null, state: 'waiting' });
        const one = firstView();
        const labels = given.labels.map((label) => turn(label, '2026-10-25T08:00:00+01:00'));
        const moments = given.moments.map((issued, at) => turn(`A${at}`, issued));
        const up = (rows, column) => choose(rows, { ...sortedBy(one, column), down: false });
        return [up(labels, 'label').map((row) => row.label),
          up(moments, 'called').map((row) => row.called)];
        """,
        {
            "labels": ["B2", "A10", "A2", "A1", "KTP001", "A100", "A011", "B1"],
            "moments": ["2026-10-25T02:10:00+01:00", "2026-10-25T02:40:00+02:00",
                        "2026-10-25T03:00:00+01:00", "2026-10-25T01:59:00+02:00"],
        },
    )  # fmt: skip
    assert numbers == ["A1", "A2", "A10", "A011", "A100", "B1", "B2", "KTP001"]
    # Berlin, autumn: two o'clock comes twice; the summer's 02:40 was before the winter's 02:10
    assert times == ["2026-10-25T01:59:00+02:00", "2026-10-25T02:40:00+02:00",
                     "2026-10-25T02:10:00+01:00", "2026-10-25T03:00:00+01:00"]  # fmt: skip
