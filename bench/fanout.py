"""Measures a call on its way to the glass: from sending it until every screen has it."""

from __future__ import annotations

from bench.figures import Figure, median, quantile
from bench.mix import at_counter, tickets
from bench.office import Office, floor, serving
from bench.scale import Pasts, Scale
from bench.screens import Hall, Seen, allow_files, watch

COUNTER = 12
BUDGET_MS = {1000: 50.0, 10_000: 300.0}
SOCKET_BYTES = 15_000


def _hall(office: Office, screens: int, token: str, display: str, trials: int) -> Hall:
    call, start, finish = at_counter(token, COUNTER, "call-next", "start", "finish")
    return Hall(
        office.port, screens, display, tickets(token)[:1], call, [start, finish], trials, office.pid
    )


def run(scale: Scale, pasts: Pasts) -> list[Figure]:
    """Measure each number of screens on a fresh server, and on one that only writes bytes."""
    figures: list[Figure] = []
    data = pasts.with_turns(0, "-fanout")
    for screens in scale.screens:
        if not allow_files(screens):
            figures.append(
                Figure(f"fanout: {screens:,} screens", 0, "ms",
                       note="left out: this user may not open so many files (ulimit -Hn)")
            )  # fmt: skip
            continue
        trials = scale.calls if screens <= 1000 else max(3, scale.calls // 2)  # noqa: PLR2004
        with serving(data) as office:
            seen = watch(
                _hall(office, screens, office.token("staff"), office.token("display"), trials)
            )
        with floor("fan", pasts.folder) as least:
            bare = watch(_hall(least, screens, "none", "none", trials))
        figures += _figures(screens, seen, bare)
    return figures


def _figures(screens: int, seen: Seen, bare: Seen) -> list[Figure]:
    budget = BUDGET_MS.get(screens)
    name = f"fanout: {screens:,} screens"
    socket = (seen.memory_with - seen.memory_without) / screens
    least = (bare.memory_with - bare.memory_without) / screens
    return [
        Figure(f"{name}, p50", quantile(seen.each_ms, 0.5), "ms", None, "",
               quantile(bare.each_ms, 0.5)),
        Figure(
            f"{name}, p99", quantile(seen.each_ms, 0.99), "ms", budget,
            "" if budget is None else "<", quantile(bare.each_ms, 0.99),
            "floor: asyncio writes the same bytes to as many sockets, nothing else",
        ),
        Figure(f"{name}, slowest screen", median(seen.last_ms), "ms", None, "",
               median(bare.last_ms)),
        Figure(f"{name}, server memory a socket", socket / 1000, "kB", SOCKET_BYTES / 1000, "<",
               least / 1000),
        Figure(f"{name}, all joined with a snapshot", seen.joined_s, "s", None, "",
               bare.joined_s),
    ]  # fmt: skip
