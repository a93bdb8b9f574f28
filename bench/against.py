"""Measures two builds in turns: ``python -m bench against REV [names] [--quick] [--json FILE]``.

The machine of this minute is never the machine of another day, so both builds run in one run, one
measurement each in turns, the first of a pair changing from pair to pair. What is told is the ratio
of each pair, and the median of the ratios; both figures and the floor stand beside it.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
import traceback
from contextlib import ExitStack
from pathlib import Path

import msgspec

from bench.builds import HERE, Build, as_installed, at_revision
from bench.cases import Case, Measure, Quantity
from bench.cases.all import CASES
from bench.figures import columns, median, told
from bench.machine import Machine, Others, machine
from bench.office import scratch
from bench.scale import FULL, NORMAL, QUICK, Scale

QUICK_PAIRS = 2
HEADINGS = ("what", "then", "now", "now/then", "each pair", "target", "floor", "")


class Compared(msgspec.Struct, frozen=True):
    """One figure of one case: medians of both builds, the ratio of each pair, and the floor."""

    name: str
    unit: str
    then: float
    now: float
    ratios: list[float]
    more: bool
    target: float | None = None
    floor: float | None = None

    @property
    def ratio(self) -> float:
        """The median over the pairs of the newer figure over the older."""
        return median(self.ratios)

    @property
    def ok(self) -> bool | None:
        """Whether the target is reached; ``None`` without one."""
        if self.target is None:
            return None
        return self.ratio >= self.target if self.more else self.ratio <= self.target


class Result(msgspec.Struct, frozen=True):
    """One case: its figures, how long it took, what others took of the machine meanwhile."""

    case: str
    about: str
    seconds: float
    others: float
    figures: list[Compared]
    error: str = ""


class Report(msgspec.Struct, frozen=True):
    """A whole run, as ``--json`` writes it."""

    at: str
    machine: Machine
    then: str
    now: str
    turns: int
    results: list[Result]


class Pasts:
    """Data folders that the older build made; each side of a case gets a copy of its own.

    The newer build brings its copy forward when it opens it, as in an office that is upgraded.
    """

    def __init__(self, folder: Path, maker: Build) -> None:
        self._folder = folder
        self._maker = maker
        self._made: dict[int, Path] = {}

    def copy(self, turns: int, to: Path) -> Path:
        """Return a fresh copy of the past with so many old turns."""
        if turns not in self._made:
            self._made[turns] = self._maker.past(self._folder / f"past-{turns}", turns)
        # a copy on write where the file system can, else a plain one
        subprocess.run(["cp", "-r", "--reflink=auto", str(self._made[turns]), str(to)], check=True)  # noqa: S607
        return to


def main(words: list[str]) -> int:
    """Compare with a commit; always 0 once both builds stand."""
    args = _parser().parse_intermixed_args(words)
    scale = FULL if args.full else QUICK if args.quick else NORMAL
    if args.turns:
        scale = msgspec.structs.replace(scale, big=args.turns)
    here = machine()
    with scratch() as folder:
        try:
            then = as_installed(at_revision(args.revision, folder))
        except ValueError as error:
            print(error, file=sys.stderr)
            return 2
        now = as_installed(HERE)
        print(f"{here.line()}\nthen: {then.name}, now: {now.root.name}, {scale.big:,} old turns",
              flush=True)  # fmt: skip
        pasts = Pasts(folder, then)
        results = []
        for case in CASES:
            if case.name in (args.names or [each.name for each in CASES]):
                print(f"\n{case.name} ...", file=sys.stderr, flush=True)
                results.append(_result(case, (then, now), scale, pasts, folder))
                print("\n" + _told(results[-1]), flush=True)
    if args.json is not None:
        at = time.strftime("%Y-%m-%dT%H:%M:%S%z")
        report = Report(at, here, then.name, now.name, scale.big, results)
        args.json.write_bytes(msgspec.json.format(msgspec.json.encode(report)))
    return 0


def _parser() -> argparse.ArgumentParser:
    names = [each.name for each in CASES]
    parser = argparse.ArgumentParser(
        prog="python -m bench against",
        description="Measure this tree and another commit in turns (docs/bench.md).",
    )
    parser.add_argument("revision", help="commit to compare with, as git names it")
    parser.add_argument(
        "names", nargs="*", choices=[*names, []], metavar="name",
        help=f"cases, of: {', '.join(names)} (default: all)",
    )  # fmt: skip
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="30,000 old turns, two pairs each")
    size.add_argument("--full", action="store_true", help="5 million old turns")
    parser.add_argument(
        "--turns", type=int, metavar="N", help="so many old turns in the large past"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all numbers here")
    return parser


def _result(
    case: Case, builds: tuple[Build, Build], scale: Scale, pasts: Pasts, folder: Path
) -> Result:
    began = time.perf_counter()
    place = folder / case.name
    place.mkdir()
    figures: list[Compared] = []
    error = ""
    with Others() as others:
        try:
            figures = _compare(case, builds, scale, pasts, place)
        except Exception:  # noqa: BLE001 - one case that breaks does not hide the others
            error = traceback.format_exc()
    shutil.rmtree(place, ignore_errors=True)
    seconds = time.perf_counter() - began
    return Result(case.name, case.about, seconds, others.share, figures, error)


def _compare(
    case: Case, builds: tuple[Build, Build], scale: Scale, pasts: Pasts, place: Path
) -> list[Compared]:
    """Open both builds, measure them in turns, and return what came of it."""
    pairs = QUICK_PAIRS if scale == QUICK else case.pairs
    with ExitStack() as stack:
        sides: list[Measure] = []
        for side, build in zip(("then", "now"), builds, strict=True):
            data = pasts.copy(case.turns(scale), place / side)
            sides.append(stack.enter_context(case.open(build, data, scale)))
        least = None if case.floor is None else stack.enter_context(case.floor(place, scale))
        then: list[dict[str, float]] = []
        now: list[dict[str, float]] = []
        floors: list[dict[str, float]] = []
        for measure in sides:
            measure()  # the first one of a side also fills caches; it is not counted
        for pair in range(pairs):
            turns = [(then, sides[0]), (now, sides[1])]
            for found, measure in turns if pair % 2 == 0 else reversed(turns):
                found.append(measure())
            if least is not None:
                floors.append(least())
    return [
        compared(case.name, each, then, now, floors)
        for each in case.quantities
        if each.key in then[0] and each.key in now[0]
    ]


def compared(
    case: str,
    quantity: Quantity,
    then: list[dict[str, float]],
    now: list[dict[str, float]],
    floors: list[dict[str, float]],
) -> Compared:
    """Return one quantity of the measurements of both builds; pairs stand at the same place."""
    key = quantity.key
    pairs = [(old[key], new[key]) for old, new in zip(then, now, strict=True)]
    least = [each[key] for each in floors if key in each]
    return Compared(
        f"{case}: {key}",
        quantity.unit,
        median([old for old, _ in pairs]),
        median([new for _, new in pairs]),
        [new / old if old else float(new != old) + 1.0 for old, new in pairs],
        quantity.more,
        quantity.target,
        median(least) if least else None,
    )


def _told(result: Result) -> str:
    lines = [
        f"{result.case}: {result.about}",
        f"  {result.seconds:.0f} s; other work took {result.others:.0%} of the machine meanwhile",
    ]
    if result.figures:
        lines.append(columns([HEADINGS, *(_row(each) for each in result.figures)]))
    if result.error:
        lines.append("FAILED\n" + result.error)
    return "\n".join(lines)


def _row(each: Compared) -> tuple[str, ...]:
    target = "" if each.target is None else f"{'>=' if each.more else '<='} {told(each.target)}x"
    return (
        each.name,
        f"{told(each.then)} {each.unit}".rstrip(),
        told(each.now),
        f"{told(each.ratio)}x",
        " ".join(told(ratio) for ratio in each.ratios),
        target,
        "" if each.floor is None else told(each.floor),
        {True: "ok", False: "SHORT", None: ""}[each.ok],
    )
