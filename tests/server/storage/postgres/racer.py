"""A server's store without a server around it: fires commands at one or more branches.

Run as ``python -m tests.server.storage.postgres.racer DATA SETTINGS`` with ``Race`` as JSON. It
says ``ready``, begins when a line comes, and tells each acknowledged number before it goes on.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import time
from pathlib import Path

import msgspec

from server.domain import calling, desks, issuing, serving
from server.domain.issuing import NewTicket
from server.domain.tx import Actor
from server.storage import work
from server.storage.store import Store, Unavailable
from server.storage.transaction import SqliteTx
from tests.server.rehearsal import on

PATIENCE_S = 60.0
ACTOR = Actor("token:t1", "staff", "script")


class Race(msgspec.Struct, frozen=True):
    """What is fired.

    Attributes:
        commands: how many, by all visitors together.
        at_once: visitors; each waits for an answer before the next command.
        branches: where; visitors are spread over them.
        batch: commands that share a transaction at most; 0 for as many as the program lets.
        counter: each visitor is also called, served and finished at a counter of its own, the
            first of this number; 0: numbers are only taken.
        told: each acknowledged number is a line ``gave branch id label``.
    """

    commands: int
    at_once: int
    branches: list[int]
    batch: int = 0
    counter: int = 0
    told: bool = True


class Took(msgspec.Struct, frozen=True):
    """How long the commands took, by the clock and of the processor."""

    commands: int
    seconds: float
    cpu_s: float


def take(tx: SqliteTx) -> tuple[str, str]:
    """Take a number; return its id and label."""
    ticket = issuing.issue(tx, NewTicket("A")).ticket
    return ticket.id, ticket.label


class Runner:
    """Fires the commands of one race at one store."""

    def __init__(self, store: Store, race: Race) -> None:
        self._store = store
        self._race = race
        self._left = race.commands

    async def prepare(self) -> None:
        """Have every hall in memory, and the counters open."""
        for branch in self._race.branches:
            await self._store.look(branch, ACTOR, lambda tx: tx.hall.seq)
        if self._race.counter:
            for number in range(self._race.at_once):
                branch, counter = self._place(number)
                await self._store.transact(branch, ACTOR, on(desks.open_counter, counter))

    def _place(self, number: int) -> tuple[int, str]:
        branches = self._race.branches
        return branches[number % len(branches)], str(self._race.counter + number // len(branches))

    async def run(self) -> Took:
        """Fire them all."""
        began, spent = time.monotonic(), _cpu()
        await asyncio.gather(*map(self._visitor, range(self._race.at_once)))
        return Took(self._race.commands, time.monotonic() - began, _cpu() - spent)

    async def _visitor(self, number: int) -> None:
        branch, counter = self._place(number)
        began = time.monotonic()
        while self._left > 0:
            self._left -= 1
            try:
                ticket, label = await self._store.transact(branch, ACTOR, take)
            except Unavailable:
                if time.monotonic() - began > PATIENCE_S:
                    raise
                self._left += 1
                await asyncio.sleep(0.05)
                continue
            if self._race.told:
                _tell(f"gave {branch} {ticket} {label}")
            if self._race.counter:
                for act in (calling.call_next, serving.start, serving.finish):
                    self._left -= 1
                    await self._store.transact(branch, ACTOR, on(act, counter))


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def main(data: Path, race: Race) -> None:
    """Run one race on the store that a folder names."""
    if race.batch:
        work.MAX_BATCH = race.batch
    store = await Store.open(data, readers=1)
    runner = Runner(store, race)
    await runner.prepare()
    _tell("ready")
    await asyncio.to_thread(sys.stdin.readline)
    _tell(msgspec.json.encode(await runner.run()).decode())
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), msgspec.json.decode(sys.argv[2], type=Race)))
