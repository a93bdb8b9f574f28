"""Owns what an evidence pack is made of: the indicators, its papers, what is read for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import resources

import msgspec

from server.domain.texts import Words
from server.reports.smallbook import Sheet
from server.satisfaction.report import SurveyReport

Say = Callable[..., str]


class Aspect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the evaluation: a folder of the pack."""

    key: str
    names: Words


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An indicator that the pack has something for."""

    key: str
    aspect: str
    names: Words


class Indicators(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked for, as data."""

    aspects: list[Aspect]
    proofs: list[Proof]


class Paper(msgspec.Struct, frozen=True):
    """A file of the pack: under which indicator, its name's end, what it holds."""

    proof: str
    name: str
    words: str
    body: bytes


class Gathered(msgspec.Struct, frozen=True):
    """All that the pack is made of, read at one moment.

    Attributes:
        sheets: a table for each indicator but the results: rows, the first is the head.
        reports: the published results of the span, the newest first.
    """

    office: str
    first: str
    last: str
    day: str
    decimal: str
    sheets: dict[str, Sheet]
    reports: list[SurveyReport]


@cache
def indicators() -> Indicators:
    """Return the indicators by name."""
    text = (resources.files("server.satisfaction") / "pekppp.toml").read_text("utf-8")
    return msgspec.toml.decode(text, type=Indicators)
