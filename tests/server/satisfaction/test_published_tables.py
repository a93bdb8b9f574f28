"""Tables that offices published, reckoned again, with the rounding that each of them used."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from server.satisfaction.index import Tally, element_grade, index, of_means, rounded
from server.satisfaction.method import method

SKM = method("skm-2017")
KEYS = [each.key for each in SKM.elements]


@pytest.mark.parametrize(
    ("office", "exact", "converted", "letter", "what_they_did"),
    [
        ("Simpang Kapuak, n = 95", "3.0948", "77.37", "B", "converted from the unrounded index"),
        ("Simpang Kapuak, as printed", "3.095", "77.38", "B", "3.095 is rounded already: 77.375"),
        ("Pagar Gunung, n = 155", "3.2028", "80.07", "B", "converted from the unrounded index"),
        ("PDAM Hulu Sungai Utara, n = 100", "3.0003", "75.01", "C", "printed 3.003, reckoned so"),
        ("Embong Ijuk", "3.07", "76.75", "B", "two decimals"),
        ("e-smile Tubaba 2023/1, n = 1", "4", "100.00", "A", "an index of one person"),
    ],
)
def test_a_printed_index_is_found_from_what_it_was_rounded_from(
    office: str, exact: str, converted: str, letter: str, what_they_did: str
) -> None:
    found = of_means(SKM, dict.fromkeys(KEYS, Fraction(exact)))
    assert f"{rounded(found.converted, 2)}" == converted, (office, what_they_did)
    assert found.grade.letter == letter
    assert f"{rounded(found.exact, 4)}" == f"{Decimal(exact):.4f}"


def test_rounding_each_weighted_part_is_not_the_index() -> None:
    """Bantul's nine parts, each rounded to two decimals, would add up to 87.50."""
    told = ["3.31", "3.35", "3.49", "3.93", "3.45", "3.39", "3.39", "3.76", "3.35"]
    parts = [rounded(Fraction(each) / 9, 2) for each in told]
    assert sum(parts) * 25 == Decimal("87.50")
    found = of_means(SKM, dict(zip(KEYS, map(Fraction, told), strict=True)))
    assert (rounded(found.converted, 2), found.grade.letter) == (Decimal("87.28"), "B")


def test_an_element_of_2_30_is_d_whatever_the_index_is() -> None:
    assert element_grade(SKM, Fraction("2.30")).letter == "D"
    assert element_grade(SKM, Fraction("2.60")).letter == "C"
    assert element_grade(SKM, Fraction("2.5996")).letter == "D"


@pytest.mark.parametrize(("index_", "letters"), [("3.5324", "AB"), ("3.567", "AB"), ("3.57", "AA")])
def test_rounded_weights_flip_a_grade_where_the_rule_says(index_: str, letters: str) -> None:
    """Between 88.31 and 89.20 the weight 0.11 makes a B of an A."""
    exact = of_means(SKM, dict.fromkeys(KEYS, Fraction(index_)))
    with_011 = SKM.grade(rounded(Fraction(index_) * 9 * Fraction("0.11") * 25, 2))
    assert exact.grade.letter == letters[0]
    assert with_011.letter == letters[1]


def test_whole_answers_reach_the_holes_of_the_table_and_fall_in_none() -> None:
    """From nineteen respondents on an index can lie between 76.60 and 76.61."""
    seen = set()
    for people in range(1, 60):
        for total in range(people, 4 * people + 1):
            tallies = dict.fromkeys(KEYS, Tally(people, total))
            found = index(SKM, tallies)
            assert found is not None
            seen.add(found.grade.letter)
            value = rounded(found.converted, 2)
            assert (found.grade.letter == "A") == (value >= Decimal("88.31"))
            assert (found.grade.letter == "D") == (value < Decimal("65.00"))
    assert seen == set("ABCD")
