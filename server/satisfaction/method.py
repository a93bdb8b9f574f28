"""Owns survey methods as data: elements, answers, weights and grades, each version a file.

A report always names the method it was made by, so an index of years ago stays what it was when
the rule changes: the next rule is another file.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib import resources

import msgspec

from server.domain.texts import Words


class Element(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that is asked about; ``key`` is for life, its place in a list is not.

    ``answers`` are from worst to best per language. ``weight`` is a fraction such as "1/9"; ""
    for an equal share.
    """

    key: str
    names: Words
    questions: Words
    answers: dict[str, list[str]]
    weight: str = ""


class Grade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A quality letter, from ``least`` on (of the converted index, two decimals)."""

    letter: str
    least: str
    names: Words


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One answer to a question about the respondent.

    ``until``: of a question that the clock answers, the time of day from which on the next counts.
    """

    key: str
    names: Words
    until: str = "24:00"


class About(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question about the respondent that the rule has; nobody must answer it.

    ``by_clock``: the time of day answers it, so only paper asks.
    """

    key: str
    names: Words
    choices: list[Choice]
    by_clock: bool = False

    def at(self, clock: str) -> str:
        """Return the choice that a time of day (``HH:MM``) makes."""
        return next((each.key for each in self.choices if clock < each.until), "")


class Method(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """How satisfaction is asked and counted.

    Attributes:
        scale: the best answer; the worst is 1.
        other_weights: equal weights that others reckon with, for comparison.
        grades: the best first; the last one takes what is left.
    """

    key: str
    names: Words
    scale: int
    elements: list[Element]
    grades: list[Grade]
    about: list[About]
    other_weights: list[str] = []

    def weights(self) -> dict[str, Fraction]:
        """Return each element's exact weight; together they are 1."""
        share = Fraction(1, len(self.elements))
        return {each.key: Fraction(each.weight) if each.weight else share for each in self.elements}

    def grade(self, converted: Decimal) -> Grade:
        """Return the grade of a converted index that was rounded to two decimals."""
        return next(
            (each for each in self.grades if converted >= Decimal(each.least)), self.grades[-1]
        )


METHODS = ("skm-2017",)


class BadMethod(ValueError):
    """A method's file contradicts itself."""


@cache
def method(key: str) -> Method:
    """Return a method by its key.

    Raises:
        KeyError: there is none of that name.
        BadMethod: its file contradicts itself.
    """
    if key not in METHODS:
        raise KeyError(key)
    text = (resources.files("server.satisfaction") / f"{key}.toml").read_text("utf-8")
    return checked(msgspec.toml.decode(text, type=Method))


def checked(found: Method) -> Method:
    """Return a method that hangs together.

    Raises:
        BadMethod: weights are not 1 together, keys repeat, or an element lacks an answer.
    """
    if sum(found.weights().values()) != 1:
        message = f"the weights of {found.key} are not 1 together"
        raise BadMethod(message)
    if len({each.key for each in found.elements}) != len(found.elements):
        message = f"{found.key} has an element twice"
        raise BadMethod(message)
    for element in found.elements:
        if any(len(words) != found.scale for words in element.answers.values()):
            message = f"{element.key} does not have {found.scale} answers"
            raise BadMethod(message)
    return found
