"""The satisfaction index is what the regulation and published reports say, to the last digit."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.satisfaction.index import Tally, index, of_means, rounded, with_weight
from server.satisfaction.method import METHODS, BadMethod, checked, method
from server.satisfaction.sample import FLOOR, krejcie_morgan, share_to_ask

SKM = method("skm-2017")
KEYS = [each.key for each in SKM.elements]


def means(*values: str) -> dict[str, Fraction]:
    return dict(zip(KEYS, map(Fraction, values), strict=True))


def spread_over_nine(total: int, people: int) -> dict[str, Tally]:
    """Return nine elements answered by all, with so many points together."""
    base, more = divmod(total, len(KEYS))
    return {key: Tally(people, base + (place < more)) for place, key in enumerate(KEYS)}


def test_an_exact_ninth_is_the_weight_and_rounded_weights_stand_only_beside_it() -> None:
    """955 points of 29 people: 91.48; 91.38 with 0.111 and 90.56 with 0.11."""
    tallies = spread_over_nine(955, 29)
    found = index(SKM, tallies)
    assert found is not None
    assert rounded(found.converted, 2) == Decimal("91.48")
    assert found.grade.letter == "A"
    each = {key: tally.mean() or Fraction(0) for key, tally in tallies.items()}
    other = {weight: with_weight(SKM, each, weight).converted for weight in SKM.other_weights}
    assert rounded(other["0.111"], 2) == Decimal("91.38")
    assert rounded(other["0.11"], 2) == Decimal("90.56")
    best = dict.fromkeys(KEYS, Fraction(4))
    assert of_means(SKM, best).converted == 100
    assert with_weight(SKM, best, "0.11").converted == 99
    assert rounded(with_weight(SKM, best, "0.111").converted, 2) == Decimal("99.90")


def test_published_indices_are_found_again() -> None:
    """Bantul 2023: 87.28 B, 87.19 with 0.111, 86.41 with 0.11. Sengkuang: 80.50 B by 0.1."""
    bantul = means("3.31", "3.35", "3.49", "3.93", "3.45", "3.39", "3.39", "3.76", "3.35")
    found = of_means(SKM, bantul)
    assert (rounded(found.converted, 2), found.grade.letter) == (Decimal("87.28"), "B")
    assert rounded(found.converted, 4) == Decimal("87.2778")
    assert rounded(with_weight(SKM, bantul, "0.111").converted, 2) == Decimal("87.19")
    assert rounded(with_weight(SKM, bantul, "0.11").converted, 2) == Decimal("86.41")
    of_100 = ("93.75", "76", "76.25", "96", "93.75", "94", "88", "94", "93.25")
    sengkuang = {key: mean / 25 for key, mean in means(*of_100).items()}
    found = of_means(SKM, sengkuang)
    assert (rounded(found.converted, 2), found.grade.letter) == (Decimal("89.44"), "A")
    tenth = with_weight(SKM, sengkuang, "0.1")
    assert (rounded(tenth.converted, 2), tenth.grade.letter) == (Decimal("80.50"), "B")


@pytest.mark.parametrize(
    ("converted", "letter"),
    [
        ("100", "A"), ("88.31", "A"), ("88.305", "A"), ("88.3049", "B"), ("76.61", "B"),
        ("76.605", "B"), ("76.6049", "C"), ("65", "C"), ("64.995", "C"), ("64.9949", "D"),
        ("25", "D"),
    ],
)  # fmt: skip
def test_no_index_falls_between_two_grades(converted: str, letter: str) -> None:
    assert SKM.grade(rounded(Fraction(converted), 2)).letter == letter


def test_halves_go_up_where_a_float_would_go_down() -> None:
    assert rounded(Fraction("91.475"), 2) == Decimal("91.48")
    assert f"{rounded(Fraction('3.095') * 25, 2)}" == "77.38"
    assert f"{rounded(Fraction('3.0948') * 25, 2)}" == "77.37"
    assert f"{rounded(Fraction('80'), 2)}" == "80.00"


def test_an_element_nobody_answered_gives_no_index_and_is_not_nought() -> None:
    tallies = spread_over_nine(300, 10)
    assert index(SKM, tallies | {"waktu": Tally()}) is None
    assert index(SKM, {key: each for key, each in tallies.items() if key != "waktu"}) is None
    assert index(SKM, {}) is None


def test_a_missing_answer_divides_by_those_who_answered() -> None:
    tallies = {key: Tally(10, 30) for key in KEYS} | {"biaya": Tally(2, 8)}
    found = index(SKM, tallies)
    assert found is not None
    assert found.exact == Fraction(8 * 3 + 4, 9)


answers = st.lists(st.integers(1, 4), min_size=1, max_size=40)


@given(st.lists(answers, min_size=9, max_size=9))
def test_an_index_is_within_its_range_and_does_not_depend_on_an_order(
    given_answers: list[list[int]],
) -> None:
    tallies = {
        key: Tally(len(each), sum(each)) for key, each in zip(KEYS, given_answers, strict=True)
    }
    found = index(SKM, tallies)
    assert found is not None
    assert 25 <= found.converted <= 100
    assert index(SKM, dict(reversed(tallies.items()))) == found
    one_better = next((key for key in KEYS if tallies[key].total < 4 * tallies[key].n), None)
    if one_better is not None:
        was = tallies[one_better]
        higher = index(SKM, tallies | {one_better: Tally(was.n, was.total + 1)})
        assert higher is not None
        assert higher.exact > found.exact


def test_every_method_hangs_together_and_says_everything_in_both_languages() -> None:
    for key in METHODS:
        found = method(key)
        for element in found.elements:
            assert set(element.names) == set(element.questions) == set(element.answers)
            assert {"id", "en"} <= set(element.names)
        least = [Decimal(grade.least) for grade in found.grades]
        assert all(one > other for one, other in pairwise(least))
    with pytest.raises(KeyError):
        method("skm-1999")


def test_weights_may_differ_and_elements_be_more_when_they_are_one_together() -> None:
    extra = msgspec.structs.replace(SKM.elements[0], key="kebersihan")
    ten = checked(msgspec.structs.replace(SKM, elements=[*SKM.elements, extra]))
    assert set(ten.weights().values()) == {Fraction(1, 10)}
    heavy = [
        msgspec.structs.replace(each, weight="1/5" if each.key == "waktu" else "1/10")
        for each in SKM.elements
    ]
    unequal = checked(msgspec.structs.replace(SKM, elements=heavy))
    found = of_means(unequal, dict.fromkeys(KEYS, Fraction(2)) | {"waktu": Fraction(4)})
    assert found.exact == Fraction(12, 5)
    heavy[0] = msgspec.structs.replace(heavy[0], weight="1/5")
    with pytest.raises(BadMethod):
        checked(msgspec.structs.replace(SKM, elements=heavy))


@pytest.mark.parametrize(
    ("people", "answers"),
    [
        (10, 10), (20, 19), (30, 28), (50, 44), (75, 63), (100, 80), (150, 108), (200, 132),
        (250, 152), (300, 169), (400, 196), (500, 217), (600, 234), (700, 248), (800, 260),
        (900, 269), (1000, 278), (1200, 291), (1500, 306), (2000, 322), (3000, 341), (4000, 351),
        (5000, 357), (6000, 361), (10_000, 370), (20_000, 377), (50_000, 381), (100_000, 383),
        (1_000_000, 384), (0, 0), (1, 1),
    ],
)  # fmt: skip
def test_the_sample_is_krejcie_and_morgans_table(people: int, answers: int) -> None:
    assert krejcie_morgan(people) == answers


def test_invitations_follow_what_is_missing() -> None:
    assert share_to_ask(target=278, answered=0, to_come=1000, asked=0, replied=0) == 1.0
    assert share_to_ask(target=80, answered=80, to_come=500, asked=100, replied=40) == FLOOR
    assert share_to_ask(target=80, answered=0, to_come=800, asked=0, replied=0) == 0.5
    assert share_to_ask(target=80, answered=40, to_come=400, asked=100, replied=50) == 0.2
    assert share_to_ask(target=80, answered=40, to_come=0, asked=0, replied=0) == 1.0
