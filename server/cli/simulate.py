"""Owns ``ramah simulate``: one day of the demo office under every call policy, side by side."""

from __future__ import annotations

import argparse
from pathlib import Path

from server.branches import read_office
from server.cli.words import Commands, command
from server.demo.memory import GROUPS, waits_under
from server.demo.seed import OFFICE
from server.domain.policies import POLICIES

MOST = 100_000


def add(commands: Commands) -> None:
    """Add the commands of this module."""
    words = command(
        commands, "simulate", "rehearse a day under every call policy, side by side", _simulate,
        "examples:\n  ramah simulate\n  ramah simulate --visitors 296 --office office.toml\n",
    )  # fmt: skip
    words.add_argument("--visitors", type=visitors, default=225, help="tickets of the day (225)")
    words.add_argument("--seed", type=int, default=1, help="same seed, same day (1)")
    words.add_argument("--office", type=Path, default=OFFICE, help="settings; default the demo")


def visitors(word: str) -> int:
    """Return how many visitors come.

    Raises:
        argparse.ArgumentTypeError: it is no such number, in words.
    """
    if not (word.isascii() and word.isdigit() and 1 <= int(word[:9]) <= MOST and len(word) < 9):  # noqa: PLR2004
        raise argparse.ArgumentTypeError(f"visitors are a number from 1 to {MOST}, not '{word}'")
    return int(word)


def _simulate(args: argparse.Namespace) -> None:
    office = read_office(args.office)
    print(
        f"{office.name}: {args.visitors} visitors, {len(office.counters)} counters, "
        f"seed {args.seed}"
    )
    print("waits in minutes (p50 / p90 / longest), counted from arrival or appointment\n")
    print(f"{'policy':10}" + "".join(f"{group:>24}" for group in GROUPS))
    for policy in POLICIES:
        waits = waits_under(office, policy, args.visitors, args.seed)
        cells = (
            f"{w.p50:.1f} / {w.p90:.1f} / {w.longest:.0f}" for w in map(waits.get, GROUPS) if w
        )
        print(f"{policy:10}" + "".join(f"{cell:>24}" for cell in cells))
