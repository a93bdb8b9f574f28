"""Runs the benches and tells the figures: ``python -m bench [names] [--quick] [--json FILE]``.

``python -m bench against REV [names]`` measures this tree and another commit in turns.

Meant for the machine it runs on: figures are compared with the floor of the same run, not with
another day. The exit status is always 0; over a budget is something to look at, not to fail on.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType

import msgspec

from bench import (
    advice,
    against,
    beside,
    call,
    city,
    fanout,
    glass,
    issue,
    log,
    pages,
    paper,
    plan,
    rush,
    start,
    store,
    storm,
    survey,
    waits,
    year,
)
from bench.figures import Figure, table
from bench.machine import Machine, Others, machine
from bench.office import scratch
from bench.scale import FULL, NORMAL, QUICK, Pasts, Scale

Run = Callable[[Scale, Pasts], list[Figure]]
BENCHES: dict[str, Run] = {
    "issue": issue.run,
    "fanout": fanout.run,
    "glass": glass.run,
    "rush": rush.run,
    "start": start.run,
    "log": log.run,
    "year": year.run,
    "survey": survey.run,
    "city": city.run,
    "store": store.run,
    "call": call.run,
    "pages": pages.run,
    "paper": paper.run,
    "storm": storm.run,
    "waits": waits.run,
    "advice": advice.run,
    "beside": beside.run,
    "plan": plan.run,
    "plan-beside": plan.beside,
}
"""In the order they run: those that add turns of today come last."""


class Result(msgspec.Struct, frozen=True):
    """What one bench gave, how long it ran, and how much others and halts took from it."""

    bench: str
    seconds: float
    others: float
    halted: float
    figures: list[Figure]
    error: str = ""


class Report(msgspec.Struct, frozen=True):
    """A whole run, as ``--json`` writes it."""

    at: str
    machine: Machine
    scale: Scale
    results: list[Result]


def main() -> int:
    """Run what was asked for; always 0 for budgets that were missed."""
    signal.signal(signal.SIGTERM, _stop)
    if sys.argv[1:2] == ["against"]:
        return against.main(sys.argv[2:])
    args = _parser().parse_args()
    scale = FULL if args.full else QUICK if args.quick else NORMAL
    here = machine()
    print(here.line(), flush=True)
    results = []
    with scratch() as folder:
        pasts = Pasts(folder)
        for name, run in (BENCHES | {"storm": partial(storm.run, only=args.only)}).items():
            if name in (args.names or BENCHES):
                print(f"\n{name} ...", file=sys.stderr, flush=True)
                results.append(_measure(name, run, scale, pasts))
                print("\n" + _told(results[-1]), flush=True)
    if args.json is not None:
        report = Report(time.strftime("%Y-%m-%dT%H:%M:%S%z"), here, scale, results)
        args.json.write_bytes(msgspec.json.format(msgspec.json.encode(report)))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measure the server against its budgets (docs/bench.md).",
    )
    parser.add_argument(
        "names",
        nargs="*",
        choices=[*BENCHES, []],
        metavar="name",
        help=f"benches to run, of: {', '.join(BENCHES)} (default: all)",
    )
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="less of everything, within a minute")
    size.add_argument("--full", action="store_true", help="5 million turns, 10,000 screens")
    parser.add_argument(
        "--only", default="", metavar="WORDS", help="of storm: the attacks with these in their name"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all numbers here")
    return parser


def _measure(name: str, run: Run, scale: Scale, pasts: Pasts) -> Result:
    began = time.perf_counter()
    error = ""
    figures: list[Figure] = []
    with Others() as others:
        try:
            figures = run(scale, pasts)
        except Exception:  # noqa: BLE001 - one bench that breaks does not hide the others
            error = traceback.format_exc()
    return Result(name, time.perf_counter() - began, others.share, others.halted, figures, error)


def _told(result: Result) -> str:
    spent, others = f"{result.seconds:.0f} s", f"{result.others:.0%}"
    lines = [f"{result.bench}: {spent}; other work took {others} of the machine meanwhile"]
    if result.halted:
        lines.append(f"HALTED for {result.halted:.0f} s by something else: measure again")
    if result.figures:
        lines.append(table(result.figures))
    if result.error:
        lines.append("FAILED\n" + result.error)
    return "\n".join(lines)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
