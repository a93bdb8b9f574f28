"""Owns the page that opens the evidence pack: plain HTML, shown without a network."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from server.domain.names import named
from server.reports.smallbook import Cell, Sheet
from server.satisfaction.pack import Gathered, Paper, Proof, Say, indicators
from server.satisfaction.paper import decimal

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:#1c2a28;background:#fff}h1{color:#0b5f58}table{border-collapse:collapse;width:100%;"
    "margin:.5rem 0 1rem}th,td{border-bottom:1px solid #d8cdb8;padding:.3rem .5rem;"
    "text-align:left;vertical-align:top}a{color:#0b5f58}.box{overflow-x:auto}"
)


def index_page(pack: Gathered, files: Sequence[Paper], language: str, say: Say) -> str:
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
    for aspect in indicators().aspects:
        parts.append(f"<h2>{escape(named(aspect.names, language, aspect.key))}</h2>")
        parts += [
            _section(pack, proof, files, language, say)
            for proof in indicators().proofs
            if proof.aspect == aspect.key
        ]
    return "".join([*parts, "</body></html>"])


def _section(pack: Gathered, proof: Proof, files: Sequence[Paper], language: str, say: Say) -> str:
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


def _results(pack: Gathered, language: str, say: Say) -> Sheet:
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
