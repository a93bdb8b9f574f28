"""Compares the hall's own work: numbers taken, the next called, and what each costs the server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.builds import Build
from bench.cases import Case, Measure, Quantity, big, no_turns
from bench.cases.forward import until_counted
from bench.figures import quantile
from bench.issue import CLIENTS, answered
from bench.load import Outcome, Plan, drive
from bench.machine import cpu_seconds
from bench.mix import COUNTERS, ROUND, at_counter, tickets
from bench.office import floor, serving
from bench.scale import Scale

OK = 200
SETTLED_S = 0.5
"""After a rush: what waited for a quiet moment (the rows) is part of what the load costs."""
STEPS = 40
"""Rounds of call, start and finish at twelve counters in one measurement."""


def _taken(port: int, pid: int, requests: list[list[str]], count: int) -> dict[str, float]:
    cpu = cpu_seconds(pid)
    phase = answered(drive(Plan(port, requests, count, count // 10)).phases[0])
    time.sleep(SETTLED_S)
    cpu = cpu_seconds(pid) - cpu
    return {
        "rate": phase.rate,
        "p99": quantile(phase.latencies_us, 0.99) / 1000,
        "cpu": cpu / count * 1e6,
    }


@contextmanager
def _issue(build: Build, data: Path, scale: Scale, *, key: bool = False) -> Iterator[Measure]:
    with serving(data, build=build) as office:
        staff = office.token("staff")
        requests = [tickets(staff, client, key=key) for client in range(CLIENTS)]
        runs = iter(range(10**6))

        def measure() -> dict[str, float]:
            # keys must be new in each round, or it measures the answers that were kept
            mark = f"bench-{next(runs):03d}-"
            fresh = [[each.replace("bench-", mark) for each in of] for of in requests]
            return _taken(office.port, office.pid, fresh, scale.requests)

        yield measure


@contextmanager
def _keyed(build: Build, data: Path, scale: Scale) -> Iterator[Measure]:
    with _issue(build, data, scale, key=True) as measure:
        yield measure


@contextmanager
def _noop(folder: Path, scale: Scale) -> Iterator[Measure]:
    with floor("noop", folder) as office:
        requests = [tickets("none", client) for client in range(CLIENTS)]
        yield lambda: _taken(office.port, office.pid, requests, scale.requests)


def _called(outcome: Outcome, cpu: float) -> dict[str, float]:
    for phase in outcome.phases:
        answered(phase, OK)
    first = outcome.phases[0]
    return {
        "rate": first.rate,
        "p99": quantile(first.latencies_us, 0.99) / 1000,
        "cpu": cpu / (len(outcome.phases) * COUNTERS * STEPS) * 1e6,
    }


@contextmanager
def _call(build: Build, data: Path, _scale: Scale) -> Iterator[Measure]:
    with serving(data, build=build) as office:
        until_counted(office)
        staff = office.token("staff")
        kiosks = [tickets(staff, services=ROUND)] * 8
        desks = [
            at_counter(staff, counter, "call-next", "start", "finish")
            for counter in range(1, COUNTERS + 1)
        ]

        def measure() -> dict[str, float]:
            drive(Plan(office.port, kiosks, STEPS * len(ROUND)))
            time.sleep(SETTLED_S)
            cpu = cpu_seconds(office.pid)
            outcome = drive(Plan(office.port, desks, rounds=STEPS))
            time.sleep(SETTLED_S)
            return _called(outcome, cpu_seconds(office.pid) - cpu)

        yield measure


@contextmanager
def _noop_in_step(folder: Path, _scale: Scale) -> Iterator[Measure]:
    with floor("noop", folder) as office:
        plan = Plan(office.port, [tickets("none")[:1]] * COUNTERS, rounds=STEPS)
        yield lambda: {"rate": drive(plan).phases[0].rate}


def _quantities(rate: float, cpu: float | None = None) -> tuple[Quantity, ...]:
    return (
        Quantity("rate", "/s", rate, more=True),
        Quantity("p99", "ms"),
        Quantity("cpu", "us CPU", cpu),
    )


CASES = (
    Case(
        "issue", "32 clients take numbers; floor: an aiohttp handler that does nothing",
        _quantities(1.5, 0.65), _issue, no_turns, _noop,
    ),
    Case(
        "issue-key", "the same with an Idempotency-Key each",
        _quantities(1.5), _keyed, no_turns, _noop,
    ),
    Case(
        "call", "12 counters call, start and finish in step (CPU: a request of the three)",
        _quantities(1.8), _call, big, _noop_in_step,
    ),
)  # fmt: skip
