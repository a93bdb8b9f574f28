"""Measures one busy branch at several servers of a store: any takes any request, one decides."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from bench.issue import answered
from bench.load import Plan, drive
from bench.mix import tickets
from bench.office import Office, get, prepare_hall, serving
from server.storage.address import ADDRESS
from tests.postgres import PostgresServer
from tests.server.waiting import until

KIOSKS = 64
SERVICE = "A"


def numbers(
    postgres: PostgresServer, folder: Path, settings: str, servers: int, count: int
) -> float:
    """Return the numbers a second that kiosks get, spread evenly over servers of a new store."""
    with _started(postgres, folder, settings, servers) as offices:
        token = offices[0].token("staff")
        asked = [tickets(token, each, services=SERVICE) for each in range(KIOSKS)]

        def at(part: int) -> Plan:
            some = asked[part::servers]
            return Plan(offices[part].port, some, count // servers, count // servers // 10)

        with ThreadPoolExecutor(servers) as clients:
            outcomes = list(clients.map(drive, map(at, range(servers))))
    done = [answered(each.phases[0]) for each in outcomes]
    return sum(len(each.latencies_us) for each in done) / max(each.seconds for each in done)


@contextmanager
def _started(
    postgres: PostgresServer, folder: Path, settings: str, servers: int
) -> Iterator[Sequence[Office]]:
    """Start servers of a store that has one branch; each knows the others."""
    first = postgres.give(folder / f"of-{servers}-0")
    prepare_hall(first, settings)
    with ExitStack() as running:
        offices = [running.enter_context(serving(first, demo=False))]
        for number in range(1, servers):
            data = folder / f"of-{servers}-{number}"
            data.mkdir()
            shutil.copy(first / ADDRESS, data / ADDRESS)
            offices.append(running.enter_context(serving(data, demo=False)))
        token = offices[0].token("staff")
        for each in offices:
            until(partial(_serves, each, token), "each server passes on or decides")
        yield offices


def _serves(office: Office, token: str) -> bool:
    return get(office.port, "/api/queue", token).status == 200  # noqa: PLR2004
