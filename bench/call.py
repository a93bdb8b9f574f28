"""Measures calling the next ticket at twelve counters, with few and with very many old turns."""

from __future__ import annotations

import json
from pathlib import Path

from bench.figures import Figure, median, quantile
from bench.issue import answered
from bench.load import Plan, drive
from bench.machine import cpu_seconds
from bench.mix import COUNTERS, ROUND, at_counter, tickets
from bench.office import Office, floor, prepare_hall, serving
from bench.scale import Pasts, Scale

FEW = 100
LARGE = 200
"""Counters of the large hall, which all call at the same moment."""
EACH = 15
LETTERS = "ABCDEF"
ROUNDS_EACH = 40
OK = 200


class _Desks:
    """Twelve counters of one server that call, start and finish in step."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.staff = office.token("staff")
        self.latencies: list[float] = []
        self.rates: list[float] = []
        self.cycles: list[float] = []
        self.cpu_us: list[float] = []

    def add(self, rounds: int) -> None:
        """Issue enough tickets, then let every counter call, start and finish ``rounds`` times."""
        kiosks = [tickets(self.staff, services=ROUND)] * 8
        drive(Plan(self.office.port, kiosks, rounds * len(ROUND)))
        requests = [
            at_counter(self.staff, counter, "call-next", "start", "finish")
            for counter in range(1, COUNTERS + 1)
        ]
        cpu = cpu_seconds(self.office.pid)
        phases = drive(Plan(self.office.port, requests, rounds=rounds)).phases
        cpu = cpu_seconds(self.office.pid) - cpu
        for phase in phases:
            answered(phase, OK)
        self.latencies += phases[0].latencies_us
        self.rates.append(phases[0].rate)
        self.cycles.append(COUNTERS * rounds / sum(phase.seconds for phase in phases))
        self.cpu_us.append(cpu / (3 * COUNTERS * rounds) * 1e6)


def _large_hall(data: Path, rounds: int) -> tuple[list[float], list[float], float]:
    """Let 200 counters call at once; return rates, latencies, and the rate of the floor."""
    services = [f'[[services]]\ncode = "{each}"\nnames = {{ id = "Layanan {each}" }}\n'
                for each in LETTERS]  # fmt: skip
    counters = [f"[[counters]]\nnumber = {number}\nservices = {json.dumps(list(LETTERS))}\n"
                for number in range(1, LARGE + 1)]  # fmt: skip
    settings = 'code = "large"\nname = "Balai"\nzone = "Asia/Makassar"\n'
    prepare_hall(data, "\n".join([settings, *services, *counters]))
    rates, latencies = [], []
    with serving(data, demo=False) as office, floor("noop", data) as noop:
        staff, everywhere = office.token("staff"), range(1, LARGE + 1)
        drive(Plan(office.port, [at_counter(staff, each, "open") for each in everywhere], rounds=1))
        for _ in range(rounds):
            kiosks = [tickets(staff, services=LETTERS)] * 8
            drive(Plan(office.port, kiosks, EACH * LARGE + len(kiosks)))
            acts = [at_counter(staff, each, "call-next", "no-show") for each in everywhere]
            called = answered(drive(Plan(office.port, acts, rounds=EACH)).phases[0], OK)
            rates.append(called.rate)
            latencies += called.latencies_us
        idle = drive(Plan(noop.port, [tickets(staff)] * LARGE, rounds=EACH)).phases[0].rate
    return rates, latencies, idle


def run(scale: Scale, pasts: Pasts) -> list[Figure]:
    """Measure both sizes in turns, so that whatever the machine does meets both alike."""
    few, many = pasts.with_turns(FEW, "-call"), pasts.with_turns(scale.big)
    pairs = 2 * scale.rounds - 2
    with serving(few) as small_office, serving(many) as big_office, floor("noop", few) as noop:
        small, big = _Desks(small_office), _Desks(big_office)
        least: list[float] = []
        ratios = []
        for pair in range(pairs):
            for desks in (small, big) if pair % 2 else (big, small):
                desks.add(ROUNDS_EACH)
            ratios.append(
                median(big.latencies[-COUNTERS * ROUNDS_EACH :])
                / median(small.latencies[-COUNTERS * ROUNDS_EACH :])
            )
            idle = [tickets(small.staff)] * COUNTERS
            least.append(drive(Plan(noop.port, idle, rounds=ROUNDS_EACH)).phases[0].rate)
    large_rates, large_latencies, large_floor = _large_hall(
        pasts.folder / "large-hall", scale.rounds
    )
    old = f"{scale.big:,}"
    return [
        Figure(
            f"call: call-next, {LARGE} counters", median(large_rates), "/s", 5000, ">=",
            large_floor, "all at once; floor: the handler that does nothing, in step",
        ),
        Figure(f"call: p99, {LARGE} counters", quantile(large_latencies, 0.99) / 1000, "ms"),
        Figure(
            f"call: call-next, {old} old turns", median(big.rates), "/s", 5000, ">=",
            median(least), "12 counters in step; floor: the handler that does nothing, in step",
        ),
        Figure(f"call: call-next, {FEW} old turns", median(small.rates), "/s", None, "",
               median(least)),
        Figure(f"call: {old} against {FEW} old turns, median latency", median(ratios), "x",
               1.3, "<"),
        Figure(f"call: p50, {old} old turns", median(big.latencies) / 1000, "ms"),
        Figure(f"call: p99, {old} old turns", quantile(big.latencies, 0.99) / 1000, "ms"),
        Figure("call: whole turns (call, start, finish)", median(big.cycles), "/s"),
        Figure("call: server CPU a request", median(big.cpu_us), "us",
               note="mean of call, start and finish"),
    ]  # fmt: skip
