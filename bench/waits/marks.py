"""How good a guess was: hits among those who waited, loss, bias, per service and per hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import median

import msgspec

from server.domain.foretold import Range

WAITED = 1.0
"""Minutes from which on somebody had to wait."""
SHORT = 15.0
FEW = 40
"""Blocks with fewer people who waited say nothing."""


class Guess(msgspec.Struct, frozen=True):
    """What was guessed (``None``: not known), what was told of it, and what came."""

    service: str
    hour: int
    wait: float
    range: Range | None
    low: float
    high: float


class Marks(msgspec.Struct, frozen=True):
    """Shares in per cent, times in minutes; of those who waited unless said otherwise.

    Attributes:
        n: guesses; waited: of them, who had to wait.
        cover: inside what was told.
        above: waited longer than told; above_all: of everybody.
        loss: pinball loss at 0.1, 0.5 and 0.9, of everybody.
        error: median absolute error of the middle, for waits under 15 minutes.
        bias: median of the middle less the wait.
        width: of what was told.
        unknown: of everybody.
        blocks: the least and the most hits of any service or hour with enough people.
    """

    n: int
    waited: int
    cover: float
    above: float
    above_all: float
    loss: float
    error: float
    bias: float
    width: float
    unknown: float
    blocks: tuple[float, float]


def marks(guesses: Sequence[Guess]) -> Marks:
    """Return how good guesses were."""
    known = [each for each in guesses if each.range is not None]
    waited = [each for each in known if each.wait >= WAITED]
    short = sorted(abs(each.range.middle - each.wait) for each in waited
                   if each.range is not None and each.wait < SHORT)  # fmt: skip
    biases = [each.range.middle - each.wait for each in waited if each.range is not None]
    blocks: dict[str, list[Guess]] = defaultdict(list)
    for each in waited:
        blocks[each.service].append(each)
        blocks[str(each.hour)].append(each)
    covers = [_cover(each) for each in blocks.values() if len(each) >= FEW] or [_cover(waited)]
    return Marks(
        len(guesses), len(waited), _cover(waited),
        _share(each.wait > each.high for each in waited),
        _share(each.wait > each.high for each in known),
        sum(_losses(each) for each in known) / max(1, len(known)),
        short[len(short) // 2] if short else 0.0,
        median(biases) if biases else 0.0,
        sum(each.high - each.low for each in waited) / max(1, len(waited)),
        _share(each.range is None for each in guesses),
        (min(covers), max(covers)),
    )  # fmt: skip


def loss_against(ours: Sequence[Guess], theirs: Sequence[Guess]) -> float:
    """Return our loss over theirs, for the numbers of which both said something."""
    both = [
        (mine, other) for mine, other in zip(ours, theirs, strict=True)
        if mine.range is not None and other.range is not None
    ]  # fmt: skip
    return sum(_losses(mine) for mine, _ in both) / sum(_losses(other) for _, other in both)


def _cover(guesses: Sequence[Guess]) -> float:
    return _share(each.low <= each.wait <= each.high for each in guesses)


def _share(found: Iterable[bool]) -> float:
    them = list(found)
    return 100 * sum(them) / max(1, len(them))


def _losses(guess: Guess) -> float:
    told = guess.range
    if told is None:
        return 0.0
    pairs = ((0.1, told.low), (0.5, told.middle), (0.9, told.high))
    return sum(pinball(share, value, guess.wait) for share, value in pairs)


def pinball(share: float, guess: float, truth: float) -> float:
    """Return the loss of a guess of a quantile: 0 when it is exact."""
    return (truth - guess) * share if truth >= guess else (guess - truth) * (1 - share)
