"""Measures taking a number over HTTP: every rule, durable before it is answered."""

from __future__ import annotations

from bench.figures import Figure, median, quantile
from bench.floors import commits
from bench.load import Phase, Plan, drive
from bench.machine import cpu_seconds
from bench.mix import tickets
from bench.office import Office, floor, serving
from bench.scale import Pasts, Scale

CLIENTS = 32
CREATED = 201
COMMITS_S = 0.4


class _Runs:
    """Rounds of the same load on one server."""

    def __init__(self, office: Office, token: str, *, key: bool = False) -> None:
        self.office = office
        self.requests = [tickets(token, client, key=key) for client in range(CLIENTS)]
        self.rates: list[float] = []
        self.p50: list[float] = []
        self.p99: list[float] = []
        self.cpu_us: list[float] = []
        self.load_us: list[float] = []

    def add(self, count: int, clients: int = CLIENTS) -> None:
        """Run one more round and keep its figures."""
        warmup = count // 10
        cpu = cpu_seconds(self.office.pid)
        outcome = drive(Plan(self.office.port, self.requests[:clients], count, warmup))
        cpu = cpu_seconds(self.office.pid) - cpu
        phase = answered(outcome.phases[0])
        self.rates.append(phase.rate)
        self.p50.append(quantile(phase.latencies_us, 0.5))
        self.p99.append(quantile(phase.latencies_us, 0.99))
        self.cpu_us.append(cpu / count * 1e6)
        self.load_us.append(outcome.cpu_s / count * 1e6)


def answered(phase: Phase, status: int = CREATED) -> Phase:
    """Return the phase, if every answer had this status."""
    assert set(phase.statuses) == {status}, phase.statuses
    return phase


def run(scale: Scale, pasts: Pasts) -> list[Figure]:
    """Measure 32 kiosks and one; beside them a handler that does nothing and bare commits."""
    data = pasts.with_turns(0, "-issue")
    with serving(data) as office, floor("noop", pasts.folder) as noop:
        staff = office.token("staff")
        ours, keyed, alone = (_Runs(office, staff), _Runs(office, staff, key=True),
                              _Runs(office, staff))  # fmt: skip
        commit_us: list[float] = []
        least, least_alone = _Runs(noop, staff), _Runs(noop, staff)
        for _ in range(scale.rounds):
            least.add(scale.requests)
            ours.add(scale.requests)
            least_alone.add(scale.requests // 10, clients=1)
            alone.add(scale.requests // 10, clients=1)
            commit_us += commits(pasts.folder, COMMITS_S)
        keyed.add(scale.requests)
    commit = median(commit_us)
    return [
        Figure(
            "issue: 32 clients", median(ours.rates), "/s", 8000, ">=", median(least.rates),
            "floor: aiohttp handler that does nothing, same load",
        ),
        Figure("issue: 32 clients, p50", median(ours.p50) / 1000, "ms", None, "",
               median(least.p50) / 1000),
        Figure("issue: 32 clients, p99", median(ours.p99) / 1000, "ms", 10, "<",
               median(least.p99) / 1000),
        Figure(
            "issue: 32 clients, server CPU a ticket", median(ours.cpu_us), "us", None, "",
            median(least.cpu_us),
            f"load generator {median(ours.load_us):.0f} us a ticket, on another core",
        ),
        Figure("issue: with Idempotency-Key", keyed.rates[0], "/s", None, "", median(least.rates)),
        Figure(
            "issue: 1 client, p50", median(alone.p50) / 1000, "ms", 1, "<",
            (median(least_alone.p50) + commit) / 1000,
            "floor: the handler that does nothing, plus one bare commit",
        ),
        Figure("issue: 1 client, p99", median(alone.p99) / 1000, "ms"),
        Figure(
            "issue: bare SQLite commits, no server", 1e6 * len(commit_us) / sum(commit_us), "/s",
            note=f"WAL, synchronous=FULL, one row each; p50 {commit / 1000:.2f} ms",
        ),
    ]  # fmt: skip
