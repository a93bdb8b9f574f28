"""Measures the log in PostgreSQL: one transaction for all that wait, and several processes.

The database is the one of the tests' wheel, on this machine, with its folder on the disk and every
commit synced; what shares the two cores with it is part of the figures. A command is issue, call,
start or finish with all rules and rows; each visitor waits for an answer before the next one.
"""

from __future__ import annotations

from contextlib import closing
from itertools import count
from pathlib import Path

import msgspec

from bench.figures import Figure, median
from bench.hot import numbers
from bench.scale import Pasts, Scale
from server.branches import configure, read_office
from server.storage.database import connect
from tests.postgres import PostgresServer
from tests.server.storage.postgres.racer import Race, Took
from tests.server.storage.postgres.racing import Racers

VISITORS, COUNTERS = 64, 64
BRANCHES = 64
FEW, MANY = 10, 1000
GROUP, HOT, SHARED, FLAT = 5.0, 1500.0, 0.75, 1.5
_names = count(1)


def run(scale: Scale, pasts: Pasts) -> list[Figure]:
    """Race on stores of their own, in turns."""
    folder = pasts.folder / "store"
    folder.mkdir()
    commands = scale.requests
    with PostgresServer(durable=True) as postgres:
        town = _town(postgres, folder, BRANCHES)
        all_of = list(range(1, BRANCHES + 1))
        grouped, single, shared = [], [], []
        for _ in range(min(scale.rounds, 3)):
            grouped.append(_rate(_race(town, Race(commands, VISITORS, all_of, counter=1))))
            single.append(
                _rate(_race(town, Race(commands // 4, VISITORS, all_of, batch=1, counter=1)))
            )
            halves = [
                Race(commands // 2, VISITORS // 2, all_of[part::2], counter=1) for part in (0, 1)
            ]
            shared.append(_rate(_race(town, *halves)))
        hot, alone = [], []
        one = _town(postgres, folder, 1)
        for _ in range(min(scale.rounds, 3)):
            alone.append(_rate(_race(one, Race(commands, VISITORS, [1], counter=1))))
            four = [Race(commands // 4, 16, [1], counter=1 + 16 * part) for part in range(4)]
            hot.append(_rate(_race(one, *four)))
        decided: list[float] = []
        led: list[float] = []
        for number in range(min(scale.rounds, 3)):
            for servers, rates in ((4, decided), (1, led)):
                place = folder / f"hot-{number}-{servers}"
                settings = _office(1, 1)
                rates.append(numbers(postgres, place, settings, servers, commands))
        country = _town(postgres, folder, MANY)
        flat = {
            branches: _cost(country, commands, list(range(1, branches + 1)))
            for branches in (FEW, MANY)
        }
    return [
        Figure("store: 64 branches, all that wait in one transaction", median(grouped), "cmd/s",
               GROUP * median(single), ">=", note=f"one transaction each: {median(single):,.0f}"),
        Figure("store: the same, times one transaction a command",
               median(grouped) / median(single), "", GROUP, ">="),
        Figure("store: two processes with 32 branches each, times one with all",
               median(shared) / median(grouped), "", SHARED, ">="),
        Figure("store: one hot branch, numbers over HTTP, four servers", median(decided), "cmd/s",
               HOT, ">=", floor=median(led), note="any takes any request; floor: one server"),
        Figure("store: one hot branch, four that decide", median(hot), "cmd/s", HOT, ">=",
               floor=median(alone), note="as if none knew the owner; floor: one process"),
        Figure(f"store: processor time a command, {MANY} branches times {FEW}",
               flat[MANY] / flat[FEW], "", FLAT, "<",
               note=f"{flat[FEW] * 1e6:.0f} us with {FEW}"),
    ]  # fmt: skip


def _town(postgres: PostgresServer, folder: Path, branches: int) -> Path:
    """Return the folder of a store with so many branches."""
    data = postgres.give(folder / f"town-{next(_names)}")
    described = data / "office.toml"
    with closing(connect(data)) as db:
        for number in range(1, branches + 1):
            desks = COUNTERS if branches == 1 else 8
            described.write_text(_office(number, desks), "utf-8")
            configure(db, read_office(described))
    return data


def _office(number: int, desks: int) -> str:
    counters = "\n".join(
        f'[[counters]]\nnumber = {desk}\nservices = ["A"]' for desk in range(1, desks + 1)
    )
    return (
        f'code = "hall{number}"\nname = "Balai {number}"\nzone = "Asia/Makassar"\n'
        f'[[services]]\ncode = "A"\nnames = {{ id = "Layanan" }}\n{counters}\n'
    )


def _race(data: Path, *races: Race) -> list[Took]:
    with Racers(data, *(msgspec.structs.replace(each, told=False) for each in races)) as racers:
        return racers.took()


def _rate(took: list[Took]) -> float:
    return sum(each.commands for each in took) / max(each.seconds for each in took)


def _cost(data: Path, commands: int, branches: list[int]) -> float:
    """Return the processor seconds of a command in the process that decides."""
    (took,) = _race(data, Race(commands, VISITORS, branches, counter=1))
    return took.cpu_s / took.commands
