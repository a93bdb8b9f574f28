"""Measures calling the next ticket beside the process that thinks the hall through, and without it.

The model runs without a pause here: the same question over and over, which in a real hall comes
once in minutes. It has the place that the server gives it: the least claim, not on the hall's core.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from bench.figures import Figure, median, quantile
from bench.issue import answered
from bench.load import Plan, drive
from bench.mix import COUNTERS, ROUND, at_counter, tickets
from bench.office import Office, serving
from bench.scale import Pasts, Scale
from server.apart import Apart
from server.clock import Clock
from server.plan.asked import AdviceAsked, AdviceFound

FEW = 100
ROUNDS = 12
"""Of calls; what is left in line stays below what the model still thinks through."""
BRANCH = 1
OK = 200


def run(scale: Scale, pasts: Pasts) -> list[Figure]:
    """Call with and without in turns, so that whatever the machine does meets both alike."""
    data = pasts.with_turns(FEW, "-beside")
    ratios, alone, beside = [], list[float](), list[float]()
    thought = 0
    with serving(data) as office:
        _phase(office)
        for _ in range(3 * scale.rounds):
            first = _phase(office)
            with _thinking(data, office) as answers:
                second = _phase(office)
            thought += len(answers)
            alone += first
            beside += second
            ratios.append(quantile(second, 0.99) / quantile(first, 0.99))
    note = f"{thought} answers of the model meanwhile"
    return [
        Figure("beside: call-next p99, model running against not", median(ratios), "x", 1.3, "<",
               note=note),
        Figure("beside: p99 with it", quantile(beside, 0.99) / 1000, "ms"),
        Figure("beside: p99 without it", quantile(alone, 0.99) / 1000, "ms"),
        Figure("beside: p50, model running against not",
               quantile(beside, 0.5) / quantile(alone, 0.5), "x"),
    ]  # fmt: skip


def _phase(office: Office) -> list[float]:
    """Give numbers, let every counter call, start and finish; return the latencies of calls."""
    staff = office.token("staff")
    kiosks = [tickets(staff, services=ROUND)] * 8
    drive(Plan(office.port, kiosks, ROUNDS * len(ROUND)))
    acts = [
        at_counter(staff, each, "call-next", "start", "finish") for each in range(1, COUNTERS + 1)
    ]
    phases = drive(Plan(office.port, acts, rounds=ROUNDS)).phases
    return list(answered(phases[0], OK).latencies_us)


@contextmanager
def _thinking(data: Path, office: Office) -> Iterator[list[bool]]:
    """Have the hall thought through over and over until the end of the block."""
    child, ends, answers = Apart("server.plan.apart"), threading.Event(), list[bool]()
    clock = Clock()
    mine = os.sched_getaffinity(0)

    def ask() -> bool:
        asked = AdviceAsked(str(data.resolve()), BRANCH, clock(), given=True)
        told = child.ask(msgspec.msgpack.encode(asked))
        return msgspec.msgpack.decode(told, type=AdviceFound).advice is not None

    def over_and_over() -> None:
        while not ends.is_set():
            answers.append(ask())

    os.sched_setaffinity(0, os.sched_getaffinity(office.pid))
    ask()  # it begins beside the core that it finds its parent on, and learns
    os.sched_setaffinity(0, mine)
    thread = threading.Thread(target=over_and_over, daemon=True)
    thread.start()
    try:
        yield answers
    finally:
        ends.set()
        thread.join()
        child.close()
