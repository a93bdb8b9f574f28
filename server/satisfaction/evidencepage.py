"""Owns the page that opens the evidence pack: plain HTML, shown without a network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Protocol

from server.domain.names import named
from server.domain.office import Words
from server.reports.smallbook import Cell, Sheet
from server.satisfaction.paper import decimal
from server.satisfaction.report import SurveyReport

Say = Callable[..., str]
STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:#1c2a28;background:#fff}h1{color:#0b5f58}table{border-collapse:collapse;width:100%;"
    "margin:.5rem 0 1rem}th,td{border-bottom:1px solid #d8cdb8;padding:.3rem .5rem;"
    "text-align:left;vertical-align:top}a{color:#0b5f58}.box{overflow-x:auto}"
)


class Named(Protocol):
    """Something with a key and names."""

    @property
    def key(self) -> str:
        """Its key, part of names of files."""

    @property
    def names(self) -> Words:
        """What people call it."""


class OfAspect(Named, Protocol):
    """An indicator."""

    @property
    def aspect(self) -> str:
        """The key of its aspect."""


class Asked(Protocol):
    """The indicators."""

    @property
    def aspects(self) -> Sequence[Named]:
        """The folders."""

    @property
    def proofs(self) -> Sequence[OfAspect]:
        """What is shown in them."""


class File(Protocol):
    """A file of the pack."""

    @property
    def proof(self) -> str:
        """The key of its indicator."""

    @property
    def name(self) -> str:
        """Its name within the folder."""

    @property
    def words(self) -> str:
        """What the link to it says."""


class Pack(Protocol):
    """What the page tells of."""

    @property
    def office(self) -> str:
        """The office's name."""

    @property
    def first(self) -> str:
        """First day."""

    @property
    def last(self) -> str:
        """Last day."""

    @property
    def day(self) -> str:
        """When it was made."""

    @property
    def sheets(self) -> dict[str, Sheet]:
        """Tables by indicator."""

    @property
    def reports(self) -> Sequence[SurveyReport]:
        """Published results."""


def index_page(pack: Pack, asked: Asked, files: Sequence[File], language: str, say: Say) -> str:
    """Return the page: each indicator with its table and the files beside it."""
    title = say("Evidence of our service")
    parts = [
        f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>{escape(title)} · {escape(pack.office)}</title><style>{STYLE}</style></head>",
        f"<body><h1>{escape(title)}</h1><p><strong>{escape(pack.office)}</strong><br>",
        f"{escape(_span(pack.first, pack.last))} · ",
        escape(say("made on {day}", day=pack.day)), "</p><p>",
        escape(say(
            "Named by the aspects of the yearly evaluation of public services (PEKPPP). Nothing "
            "personal is in these files."
        )), "</p>",
    ]  # fmt: skip
    for aspect in asked.aspects:
        parts.append(f"<h2>{escape(named(aspect.names, language, aspect.key))}</h2>")
        parts += [
            _section(pack, proof, files, language, say)
            for proof in asked.proofs
            if proof.aspect == aspect.key
        ]
    return "".join([*parts, "</body></html>"])


def _section(pack: Pack, proof: OfAspect, files: Sequence[File], language: str, say: Say) -> str:
    links = " · ".join(
        f'<a href="{escape(proof.aspect)}/{escape(each.name)}">{escape(each.words)}</a>'
        for each in files
        if each.proof == proof.key
    )
    sheet = pack.sheets.get(proof.key) or _results(pack, language, say)
    return (
        f"<h3>{escape(named(proof.names, language, proof.key))}</h3>"
        f"<p>{links or escape(say('Nothing was published for these days.'))}</p>{_table(sheet)}"
    )


def _results(pack: Pack, language: str, say: Say) -> Sheet:
    sheet: Sheet = [[say("Period"), say("Index converted (IKM)"), say("Grade"), say("Answers")]]
    for each in pack.reports:
        if each.index is not None:
            value = decimal(each.index.converted, language)
            sheet.append([_span(each.first, each.last), value, each.index.letter, each.n])
    return sheet


def _table(sheet: Sheet) -> str:
    if len(sheet) == 1:
        return ""
    head = "".join(f'<th scope="col">{escape(_text(cell))}</th>' for cell in sheet[0])
    width = len(sheet[0])
    rows = "".join(
        "<tr>" + "".join(
            f"<td>{escape(_text(cell))}</td>" for cell in [*row, *[None] * (width - len(row))]
        ) + "</tr>"
        for row in sheet[1:]
    )  # fmt: skip
    return (
        f'<div class="box"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell)


def _span(first: str, last: str) -> str:
    return f"{first} \u2013 {last}"
