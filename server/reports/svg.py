"""Owns drawing simple charts as SVG: bars, lines, a heat map. Pure: values in, text out.

Colours are never the only sign: lines differ by dash and mark, heat cells carry their number, so
the pictures can be read by the colour-blind and on black-and-white paper. Presentation
attributes only, no style: a page's own rules may restyle them by class, and no CSP is in the way.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

import msgspec

HEIGHT = 280
LEFT, RIGHT, TOP, BOTTOM = 48, 12, 30, 44
INK, SOFT, GRID, BRAND, ACCENT = "#1c2a28", "#4a5753", "#d8cdb8", "#0b5f58", "#8a4608"
LIGHT, DARK = (238, 244, 240), (7, 63, 59)
KEY_LINE = 20
NAMES = 92
"""Room for the names beside a heat map; the longest weekday is Wednesday."""
CLEAREST = 4.5
FONT = "Inter, Noto Sans, DejaVu Sans, sans-serif"


Write = Callable[[float], str]
"""How the reader's language writes a number: 1,5 or 1.5."""


class Size(msgspec.Struct, frozen=True):
    """How wide a picture is drawn; ``glyph`` is the width to reserve for a letter.

    A picture is scaled to its place, its words with it: on paper, where the place is narrow, a
    narrower picture has larger words.
    """

    width: int
    glyph: float


SCREEN, PAPER = Size(720, 7.4), Size(470, 6.3)
"""Pages set the words at 14, paper leaves them at 12."""


class Bar(msgspec.Struct, frozen=True):
    """One bar: what stands below it, its height, what is said when it is touched, and above it."""

    label: str
    value: float
    told: str
    above: str = ""


class Line(msgspec.Struct, frozen=True):
    """One line of points (``None``: no value) with its name; dashed lines are the quiet ones."""

    name: str
    values: Sequence[float | None]
    told: Sequence[str]
    dashed: bool = False


def ticks(most: float, *, whole: bool = False) -> list[float]:
    """Return two to six round values from 0 to at least ``most``; ``whole`` for things counted."""
    if most <= 0:
        return [0, 1]
    rough = max(most / 4, 1.0 if whole else 0.0)
    power = 10 ** math.floor(math.log10(rough))
    steps = (each * power for each in (1, 2, 2.5, 5, 10))
    step = next(each for each in steps if each >= rough and not (whole and each % 1))
    count = math.ceil(most / step - 1e-9)
    return [step * each for each in range(count + 1)]


def picture(title: str, body: str, size: Size, height: int = HEIGHT) -> str:
    """Return the whole picture; ``title`` tells in words what it shows."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size.width} {height}" role="img" '
        f'aria-label="{escape(title)}" class="chart" font-family="{FONT}" font-size="12" '
        f'fill="{INK}"><title>{escape(title)}</title>{body}</svg>'
    )


def text(
    x: float, y: float, words: str, anchor: str = "middle", fill: str = SOFT, weight: int = 400,
) -> str:  # fmt: skip
    """Return a text at a place."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}" '
        f'font-weight="{weight}" class="chart-text">{escape(words)}</text>'
    )


def _scale(marks: Sequence[float], unit: str, write: Write, size: Size) -> str:
    """Return the grid and its values; the last mark carries the unit."""
    plot = HEIGHT - TOP - BOTTOM
    parts = []
    for mark in marks:
        y = TOP + plot * (1 - mark / marks[-1])
        parts.append(
            f'<line x1="{LEFT}" x2="{size.width - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" '
            f'stroke="{GRID}" class="chart-grid"/>' + text(LEFT - 6, y + 4, write(mark), "end")
        )
    return "".join(parts) + text(4, 11, unit, "start")


def _labels(labels: Sequence[str], step: float, first: float, size: Size) -> str:
    """Return the words below; as many as have room."""
    widest = max((len(each) for each in labels), default=1)
    every = max(1, math.ceil((widest * size.glyph + 8) / step))
    return "".join(
        text(first + at * step, HEIGHT - BOTTOM + 18, label)
        for at, label in enumerate(labels)
        if at % every == 0
    )


def bars(
    title: str, unit: str, below: str, values: Sequence[Bar], write: Write, *,
    marked: int = -1, whole: bool = False, size: Size = SCREEN,
) -> str:  # fmt: skip
    """Return a bar chart; bars from ``marked`` on are hatched, not only coloured.

    ``write`` says the values of the axis; ``whole``: they are things counted.
    """
    marks = ticks(max((each.value for each in values), default=0), whole=whole)
    room = max((len(each.above) for each in values), default=0) * size.glyph
    plot = HEIGHT - TOP - BOTTOM
    step = (size.width - LEFT - RIGHT) / max(1, len(values))
    parts = [_hatch(), _scale(marks, unit, write, size)]
    for at, bar in enumerate(values):
        high = plot * bar.value / marks[-1]
        x = LEFT + at * step + step * 0.14
        shape = (
            f'x="{x:.1f}" y="{TOP + plot - high:.1f}" width="{step * 0.72:.1f}" height="{high:.1f}"'
        )
        over = 0 <= marked <= at
        parts.append(f'<g class="chart-bar"><title>{escape(bar.told)}</title>'
                     f'<rect {shape} rx="2" fill="{ACCENT if over else BRAND}"/>')  # fmt: skip
        if over:
            parts.append(f'<rect {shape} rx="2" fill="url(#hatch)"/>')
        parts.append("</g>")
        if bar.above and room <= step:  # a bar too low to be seen still says how many
            parts.append(text(x + step * 0.36, TOP + plot - high - 5, bar.above, fill=INK))
    parts.append(_labels([each.label for each in values], step, LEFT + step / 2, size))
    parts.append(text((LEFT + size.width - RIGHT) / 2, HEIGHT - 6, below))
    return picture(title, "".join(parts), size)


def _hatch() -> str:
    return (
        '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6" stroke="#ffffff" '
        'stroke-width="2"/></pattern></defs>'
    )


def lines(
    title: str, unit: str, labels: Sequence[str], drawn: Sequence[Line], write: Write,
    size: Size = SCREEN,
) -> str:  # fmt: skip
    """Return a line chart with a key below; points are marked, gaps stay gaps.

    ``write`` says the values of the axis.
    """
    most = max((v for line in drawn for v in line.values if v is not None), default=0)
    marks = ticks(most)
    plot = HEIGHT - TOP - BOTTOM
    step = (size.width - LEFT - RIGHT) / max(1, len(labels))
    parts = [_scale(marks, unit, write, size)]
    along, down = float(LEFT), 0
    for number, line in enumerate(drawn):
        colour, dash = (SOFT, ' stroke-dasharray="5 4"') if line.dashed else (BRAND, "")
        if number == 1 and not line.dashed:
            colour = ACCENT
        spots = [
            None
            if value is None
            else (LEFT + step * (at + 0.5), TOP + plot * (1 - value / marks[-1]), line.told[at])
            for at, value in enumerate(line.values)
        ]
        for run in _runs(spots):
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in run)
            parts.append(
                f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>'
            )
        parts += [
            f'<g class="chart-spot"><title>{escape(told)}</title>{_mark(number, x, y, colour)}</g>'
            for x, y, told in filter(None, spots)
        ]
        wide = 56 + size.glyph * len(line.name)
        if along > LEFT and along + wide > size.width:
            along, down = float(LEFT), down + KEY_LINE
        parts.append(_key(number, (along, HEIGHT - 8 + down), line, colour, dash))
        along += wide
    parts.append(_labels(labels, step, LEFT + step / 2, size))
    return picture(title, "".join(parts), size, HEIGHT + down)


Spot = tuple[float, float, str]


def _runs(spots: Sequence[Spot | None]) -> list[list[Spot]]:
    """Return the spots that follow each other without a gap; one alone needs no line."""
    runs: list[list[Spot]] = [[]]
    for spot in spots:
        if spot is None:
            runs.append([])
        else:
            runs[-1].append(spot)
    return [run for run in runs if len(run) > 1]


def _mark(number: int, x: float, y: float, colour: str) -> str:
    if number == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'
    if number == 1:
        return f'<rect x="{x - 3:.1f}" y="{y - 3:.1f}" width="6" height="6" fill="{colour}"/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2" fill="#ffffff" stroke="{colour}"/>'


def _key(number: int, place: tuple[float, float], line: Line, colour: str, dash: str) -> str:
    x, y = place
    return (
        f'<line x1="{x}" x2="{x + 28}" y1="{y - 4}" y2="{y - 4}" stroke="{colour}" '
        f'stroke-width="2"{dash}/>' + _mark(number, x + 14, y - 4, colour)
        + text(x + 34, y, line.name, "start")
    )  # fmt: skip


def contrast(one: Sequence[int], other: Sequence[int]) -> float:
    """Return the contrast of two colours (WCAG 2.2), 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Sequence[int]) -> float:
    shares = [each / 255 for each in colour]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]  # noqa: PLR2004
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def words_on(colour: Sequence[int]) -> str:
    """Return what can be read on a colour: our ink, black or white, with at least 4.5 to 1."""
    if contrast(colour, (255, 255, 255)) >= CLEAREST:
        return "#ffffff"
    return INK if contrast(colour, (28, 42, 40)) >= CLEAREST else "#000000"


def heat(
    title: str, below: str, rows: Sequence[str], columns: Sequence[str],
    cells: dict[tuple[int, int], tuple[float, str, str]], size: Size = SCREEN,
) -> str:  # fmt: skip
    """Return a heat map; ``cells`` hold (value for the colour, words in the cell, words told)."""
    high = 34
    height = 30 + high * len(rows) + 28
    wide = (size.width - NAMES - RIGHT) / max(1, len(columns))
    most = max((value for value, _, _ in cells.values()), default=0) or 1
    parts = [text(NAMES + (at + 0.5) * wide, 18, name) for at, name in enumerate(columns)] + [
        text(NAMES - 6, 30 + high * (at + 0.6), name, "end") for at, name in enumerate(rows)
    ]
    for (row, column), (value, words, told) in sorted(cells.items()):
        share = value / most
        tone = [round(a + (b - a) * share) for a, b in zip(LIGHT, DARK, strict=True)]
        colour = "#" + bytes(tone).hex()
        x, y = NAMES + column * wide, 30 + row * high
        parts.append(
            f'<g class="chart-cell"><title>{escape(told)}</title><rect x="{x + 1:.1f}" y="{y + 1}" '
            f'width="{wide - 2:.1f}" height="{high - 2}" rx="3" fill="{colour}"/>'
            f'<text x="{x + wide / 2:.1f}" y="{y + high * 0.62:.1f}" text-anchor="middle" '
            f'fill="{words_on(tone)}">{escape(words)}</text></g>'
        )
    parts.append(text(NAMES, height - 6, below, "start"))
    return picture(title, "".join(parts), size, height)
