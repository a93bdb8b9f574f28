"""Owns the technician's guide as it is printed: two pages of A4, in every language of the guides.

``python -m web.sheet`` (or ``make docs``) sets ``docs/technician.md`` and its translations as
pages that any browser prints. Only what that guide uses is understood: headings, paragraphs, lists,
tables, code, pictures, links, bold and labels.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from web.guides import DOCS

SHEET = "technician"
FIRST = 4
"""So many sections stand on the first page."""
_STYLE = """
@page { size: A4; margin: 11mm 12mm; }
* { box-sizing: border-box; }
body { margin: 0; font: 9.8pt/1.4 "Noto Sans", "DejaVu Sans", sans-serif; color: #1c2422; }
h1 { margin: 0; font-size: 17pt; line-height: 1.1; color: #0b5f58; }
h1 + p { margin: 1mm 0 3mm; padding-bottom: 2mm; border-bottom: 1pt solid #0b5f58; }
main { column-count: 2; column-gap: 8mm; }
main + main { break-before: page; }
h2 { margin: 0 0 1.2mm; font-size: 11.5pt; line-height: 1.2; color: #0b5f58; break-after: avoid; }
section { margin: 0 0 3.4mm; }
p, ul, ol, table, pre, img { margin: 0 0 1.6mm; }
ul, ol { padding-left: 4.5mm; }
li, tr, pre, img { break-inside: avoid; }
li { margin-bottom: .6mm; }
pre { padding: 1.4mm 2mm; border-left: 1.4mm solid #0b5f58; background: #f3efe4; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }
code { font: 8pt/1.4 "Noto Sans Mono", "DejaVu Sans Mono", monospace; }
img { display: block; width: 100%; border: .6pt solid #857a64; border-radius: 1mm; }
table { width: calc(100% - 1pt); border-collapse: collapse; }
th, td { padding: .7mm 1.4mm; border: .5pt solid #b9ae97; text-align: left; vertical-align: top; }
th { background: #f3efe4; }
td:empty { width: 32%; height: 9mm; }
em { font-style: normal; font-weight: 700; }
a { color: inherit; }
@media screen { body { max-width: 186mm; margin: 8mm auto; padding: 0 4mm; } }
@media screen and (max-width: 150mm) { main { column-count: 1; } }
"""
_INLINE = re.compile(
    r"`(?P<code>[^`]*)`|\*\*(?P<bold>[^*]+)\*\*|\*(?P<label>[^*]+)\*"
    r"|!\[(?P<alt>[^\]]*)\]\((?P<src>[^)]*)\)|\[(?P<words>[^\]]*)\]\((?P<href>[^)]*)\)"
)
_KINDS = (
    ("ol", re.compile(r"\d+\. ")), ("ul", re.compile(r"- ")), ("table", re.compile(r"\|")),
    ("code", re.compile("```")), ("", re.compile(r"\s*$")),
)  # fmt: skip


def page(text: str, language: str) -> str:
    """Return a guide as a page to print."""
    lines = [each for each in text.splitlines() if not each.startswith("<!--")]
    title = next(each[2:] for each in lines if each.startswith("# "))
    lead, *sections = re.split(r"(?m)^## ", "\n".join(each for each in lines if each[:2] != "# "))
    parts = [
        f"<section><h2>{_inline(head)}</h2>{''.join(_blocks(body.splitlines()))}</section>"
        for head, _, body in (each.partition("\n") for each in sections)
    ]
    return (
        f'<!doctype html>\n<html lang="{language}">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<!-- Made by `make docs` from {SHEET}.md; change that. -->\n"
        f"<title>{_inline(title)}</title>\n<style>{_STYLE}</style>\n"
        f"<h1>{_inline(title)}</h1>\n{''.join(_blocks(lead.splitlines()))}\n<main>\n"
        + "\n".join(parts[:FIRST])
        + "\n</main>\n<main>\n"
        + "\n".join(parts[FIRST:])
        + "\n</main>\n</html>\n"
    )


def _blocks(lines: list[str]) -> Iterator[str]:
    code: list[str] | None = None
    plain: list[str] = []
    for line in lines:
        if line.startswith("```"):
            if code is None:
                code = []
            else:
                yield f"<pre><code>{html.escape(chr(10).join(code))}</code></pre>"
                code = None
        elif code is not None:
            code.append(line)
        else:
            plain.append(line)
            continue
        yield from _plain(plain)
        plain = []
    yield from _plain(plain)


def _plain(lines: list[str]) -> Iterator[str]:
    for kind, group in groupby(lines, _kind):
        held = list(group)
        if kind == "table":
            yield _table(held)
        elif kind in {"ol", "ul"}:
            entries = (_inline(each.partition(" ")[2]) for each in held)
            yield f"<{kind}>{''.join(f'<li>{each}</li>' for each in entries)}</{kind}>"
        elif kind == "p":
            inside = _inline(" ".join(held))
            yield inside if inside.startswith("<img") else f"<p>{inside}</p>"


def _kind(line: str) -> str:
    return next((kind for kind, begins in _KINDS if begins.match(line)), "p")


def _table(lines: list[str]) -> str:
    head, _, *rows = [[_inline(each.strip()) for each in line.split("|")[1:-1]] for line in lines]
    cells = [f"<tr>{''.join(f'<td>{each}</td>' for each in row)}</tr>" for row in rows]
    heads = "".join(f"<th>{each}</th>" for each in head)
    return f"<table><tr>{heads}</tr>{''.join(cells)}</table>"


def _inline(text: str) -> str:
    """Return a paragraph's text with what is marked in it."""
    made, at = "", 0
    for found in _INLINE.finditer(text):
        made += html.escape(text[at : found.start()], quote=False) + _marked(found)
        at = found.end()
    return made + html.escape(text[at:], quote=False)


def _marked(found: re.Match[str]) -> str:
    if found["code"] is not None:
        return f"<code>{html.escape(found['code'])}</code>"
    if found["bold"] is not None:
        return f"<b>{html.escape(found['bold'])}</b>"
    if found["label"] is not None:
        return f"<em>{html.escape(found['label'])}</em>"
    if found["src"] is not None:
        return f'<img src="{html.escape(found["src"])}" alt="{html.escape(found["alt"])}">'
    return f'<a href="{html.escape(found["href"])}">{html.escape(found["words"])}</a>'


def sheets(docs: Path = DOCS) -> dict[Path, str]:
    """Return every sheet by its file, as it has to be now."""
    sources = {docs / f"{SHEET}.md": "en"}
    sources |= {each: each.parent.name for each in sorted(docs.glob(f"*/{SHEET}.md"))}
    return {
        each.with_suffix(".html"): page(each.read_text("utf-8"), language)
        for each, language in sources.items()
    }


if __name__ == "__main__":
    for file, text in sheets().items():
        file.write_text(text, "utf-8")
