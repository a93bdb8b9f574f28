"""Owns the database: one writer with group commit, readers in parallel, events out in order.

One thread hop and one commit carry a whole batch of commands; each is kept or dropped alone,
as by a savepoint of its own. An answer is given only after the commit is on disk
(``synchronous=FULL``).
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import structlog

from server.clock import Clock
from server.domain.day import Millis
from server.domain.foretold import Foretold
from server.domain.tx import Actor
from server.domain.words import marked as _
from server.storage.address import address_of
from server.storage.beside import SLOW_S, Beside, Pace
from server.storage.checkpointer import Checkpointer
from server.storage.database import DATABASE, changed, connect, is_disk_trouble
from server.storage.dialect import data_version, optimize
from server.storage.moments import clock_of
from server.storage.owners import Own, Owners
from server.storage.probing import Probe
from server.storage.published import Published
from server.storage.queries import offices
from server.storage.readers import Readers
from server.storage.thread import Query, Thread, let_go
from server.storage.work import RUSH, Command, Line, Work, never_mind
from server.storage.writer import (
    RUSH_SECONDS,
    Unavailable,
    Writer,
    bring_up,
    last_seqs,
)
from server.tasks import Supervisor

__all__ = ["Busy", "Command", "Store", "Unavailable"]

T = TypeVar("T")

MAX_DRAIN = 64
DRAIN_SECONDS = 0.25
"""Others who need the writer wait no longer than this and one commit, however slow the disk is."""
MAX_PENDING = 20_000
SETTLER = Actor("store", "system")
WATCH_SECONDS = 1.0
SETTLE_S = 1.0
OVERTAKE_SECONDS = 0.05
log = structlog.get_logger()


class Busy(Exception):
    """More commands wait than the store will hold; try again shortly."""


class Store:
    """The log and its tables in one SQLite file.

    Attributes:
        away: what people are told while it cannot be used.
        on_events: called in the event loop after each commit with all its events, in order.
        foretold: waits worked out beside the halls, by branch; quotes look them up.
        on_outside_change: called when another process (the command line) changed the database.
        tasks: what works for it by itself, and which of that keeps failing.
        owners: which of several servers has which branch; of a file one has all.
    """

    def __init__(
        self, writer: Thread, checkpointer: Checkpointer | None, readers: Readers, beside: Thread,
        clock: Clock,
    ) -> None:  # fmt: skip
        self._writer = writer
        self._checkpointer = checkpointer
        self._readers = readers
        self.clock = clock
        self._loop = asyncio.get_running_loop()
        self._pending = Line()
        self._looks = Line()
        self._beside_thread = beside
        self.foretold: dict[int, Foretold] = {}
        self._beside = Beside(self._now, self.foretold)
        self.pace = Pace()
        self._wake, self._idle = asyncio.Event(), asyncio.Event()
        self._rules = self._writer_of(self._now, self.pace, self.foretold)
        self._settling: asyncio.TimerHandle | None = None
        self.tasks = Supervisor(is_disk_trouble)
        self._version: int | None = None
        self._closed, self._probe = False, Probe(writer)
        self.on_events: Callable[[list[Published]], None] = lambda _events: None
        self.on_outside_change: Callable[[], None] = lambda: None
        self.owners = Owners()

    def _now(self) -> Millis:
        """Return the moment by the clock in use."""
        return self.clock()

    @classmethod
    async def open(
        cls, data: Path, *, readers: int = 2, clock: Callable[[], Millis] | None = None,
        own: Own | None = None) -> Store:  # fmt: skip
        """Open (and create or migrate) the database in folder ``data``, or the one it names.

        ``clock``: as ``clock_of`` tells. ``own``: where other servers of a store reach this one.

        Raises:
            database.NewerDatabase: it was written by a newer program.
        """
        await asyncio.to_thread(lambda: connect(data).close())
        address = address_of(data)
        if address is not None:
            from server.storage.postgres.store import CityStore  # noqa: PLC0415 - only cities

            return await CityStore.at(address, readers=readers, clock=clock, own=own)
        path = data / DATABASE
        writer = await Thread.open(path, readonly=False)
        others = [await Thread.open(path, readonly=True) for _ in range(readers)]
        checkpointer = await Checkpointer.open(path)
        student = await Thread.open(path, readonly=True)
        beside = await Thread.open(path, readonly=True)
        known = await clock_of(writer, clock)
        store = cls(writer, checkpointer, Readers(others, student), beside, known)
        await store._begin()
        return store

    _writer_of: type[Writer] = Writer
    away = _("The server cannot use its disk now. Please call the technician.")

    async def _begin(self) -> None:
        """Start working, from what is in the log."""
        self._rules.seen = await self._writer.run(last_seqs)
        for name, work in self._works().items():
            self.tasks.start(f"store: {name}", work)

    def _works(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """Return what runs as long as the store is open, and begins again when it fell over."""
        works: dict[str, Callable[[], Awaitable[None]]] = {
            "pump": self._pump, "watch": self._watch, "overtake": self._overtake,
        }  # fmt: skip
        return works | ({"checkpoint": self._checkpointer.run} if self._checkpointer else {})

    async def transact(
        self, branch: int, actor: Actor, command: Command[T], *, light: bool = False
    ) -> T:
        """Run ``command`` in a transaction on ``branch`` and return its result once durable.

        The command runs in the database thread: it must not touch the event loop. When it
        raises, nothing of it is kept and the error is raised here. It may run more than once.
        A ``light`` one, a few microseconds' work on the hall, is in a rush decided in the event
        loop and only written in the thread; should it ask for a table, it runs there.

        Raises:
            Busy: too many commands wait. Unavailable: the database cannot be written.
        """
        future: asyncio.Future[T] = self._loop.create_future()
        return await self._have_done(Work(branch, actor, command, future, light=light))

    def note(
        self, branch: int, actor: Actor, command: Command[object], failed: Callable[[], None]
    ) -> None:
        """Have ``command`` done without waiting for it; ``failed`` is called when it was not.

        For what an answer need not wait for, so that a slow disk keeps nobody who only asks.
        """
        if self._closed or len(self._pending) >= MAX_PENDING:
            failed()
            return
        future: asyncio.Future[object] = self._loop.create_future()
        future.add_done_callback(lambda done: failed() if done.exception() else None)
        self._pending.add(Work(branch, actor, command, future))
        self._wake.set()

    async def look(self, branch: int, actor: Actor, query: Command[T]) -> T:
        """Run ``query`` on a branch as of its last commit; it must not write.

        It runs in the database thread between two batches and sees the hall in memory, so it
        needs no table, also while the database cannot be written; while a commit takes long it
        runs beside that thread.

        Raises:
            Busy: too many commands wait.
        """
        future: asyncio.Future[T] = self._loop.create_future()
        return await self._have_done(Work(branch, actor, query, future, look=True))

    async def _have_done(self, work: Work[T]) -> T:
        line = self._looks if work.look else self._pending
        if self._closed or len(line) >= MAX_PENDING:
            raise Busy
        line.add(work)
        self._wake.set()
        return await work.future

    async def read(self, query: Query[T], *, asked: bool = True) -> T:
        """Run ``query`` on a reader connection; it sees the last commit, whole.

        With ``asked=False`` it is about tables that no event changes, and waits for no rows.
        """
        if asked:
            await self._settle_rows()
        return await self._readers.read(query)

    async def study(self, query: Query[T]) -> T:
        """Run a ``query`` that may take long (a report, a page of an export).

        It has a connection of its own, so a year's report never keeps a screen waiting; long
        ones wait for each other.
        """
        await self._settle_rows()
        return await self._readers.study(query)

    async def _settle_rows(self) -> None:
        """See to it that the tables hold what was committed until now."""
        if self.pace.under_way() >= SLOW_S:
            return  # they are read as they are: nobody who only looks waits for the disk
        for branch in self._rules.behind:
            with suppress(Busy, Unavailable, TimeoutError):
                async with asyncio.timeout(SETTLE_S):
                    await self.transact(branch, SETTLER, bring_up)

    def _settle_when_quiet(self) -> None:
        """Write the rows that wait as soon as the rush is over."""
        self._settling = None
        if not self._rules.behind or self._closed:
            return
        if self._rules.in_rush():
            self._settling = self._loop.call_later(RUSH_SECONDS, self._settle_when_quiet)
            return
        for branch in self._rules.behind:
            future: asyncio.Future[None] = self._loop.create_future()
            future.add_done_callback(never_mind)
            self._pending.add(Work(branch, SETTLER, bring_up, future))
        self._wake.set()

    async def probe(self) -> None:
        """Write nothing, durably; ``Unavailable`` when that cannot be done (see ``Probe``)."""
        await self._probe.ask()

    async def in_writer(self, function: Callable[[], None]) -> None:
        """Run what is about the writer's thread itself, in it."""
        await self._writer.run(lambda _db: function())

    async def found(self, code: str, actor: Actor, command: Command[T]) -> T:
        """Add a branch and run its first command, in one transaction; return once durable."""
        add = partial(self._rules.found, code=code, actor=actor, command=command)
        result, published = await self._writer.run(add)
        self._settle([], published)
        self.owners.look()
        return result

    async def keep(self, change: Query[T]) -> T:
        """Change tables that belong to no branch, in a transaction; return once durable."""
        return await self._writer.run(partial(changed, change=change))

    def waiting(self) -> int:
        """Return how many commands wait for the writer."""
        return len(self._pending)

    async def branches(self) -> dict[int, int]:
        """Return the last event number of each branch."""
        return await self.read(last_seqs)

    async def configured(self) -> list[int]:
        """Return the branches that have settings, are ruled here and are this server's part."""
        return list(filter(self.owners.has, await self.read(offices.configured)))

    async def close(self) -> None:
        """Finish what was accepted, then close every connection."""
        self._closed = True
        self._idle.clear()
        self._wake.set()  # what is in the thread at this moment is finished before its next round
        await self._idle.wait()
        await self.tasks.stop()
        if self._settling is not None:
            self._settling.cancel()
        await let_go(self._writer.run(self._rules.bring_up))
        await self._readers.close()
        await let_go(self._beside_thread.close())
        await self._let_writer_go()

    async def _let_writer_go(self) -> None:
        if self._checkpointer is not None:
            await self._checkpointer.close()
            await let_go(self._writer.run(optimize))
        await let_go(self._writer.close())

    async def _pump(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self._decide_here()
            if self._looks or (self._pending and not self._rush_waits()):
                await self._writer.run(self._drain)
            if self._rules.behind and self._settling is None:
                self._settling = self._loop.call_later(RUSH_SECONDS, self._settle_when_quiet)
            (self._wake if self._pending or self._looks else self._idle).set()

    def _rush_waits(self) -> bool:
        """Return whether light commands of a rush come next."""
        return self._pending.begins_light(1 if self._rules.in_rush() else RUSH)

    async def _decide_here(self) -> None:
        """Decide a rush's light commands in the event loop, and have them written together.

        Between two drains the halls are the loop's. A change of threads for each command, and of
        the interpreter lock with it, costs more than the command.
        """
        if not self._rush_waits():
            return
        await self._pending.gather()
        batch = self._pending.light()
        done = self._rules.decide(batch)
        self._pending.back(batch[done:])
        if done:
            batch = batch[:done]
            published = await self._writer.run(
                partial(self._rules.settle, batch=batch, decided=True)
            )
            self._settle(batch, published)

    async def _overtake(self) -> None:
        """Answer beside the writer who only looks, while a commit takes long."""
        while True:
            await asyncio.sleep(OVERTAKE_SECONDS)
            if not self._looks or self.pace.under_way() < SLOW_S:
                continue
            looks = self._looks.batch()
            try:
                await self._beside_thread.run(partial(self._beside.look, looks=looks))
            except Exception as error:  # noqa: BLE001 - every waiting caller must be told
                log.error("look_failed", error=str(error))  # noqa: TRY400
                for work in looks:
                    work.error = work.error or Unavailable(str(error))
            self._settle(looks, [])

    def _drain(self, db: sqlite3.Connection) -> None:
        """Run batches in the database thread while commands wait.

        The thread takes the next batch by itself, so it never stands idle until the event loop
        has a moment; results go back without waiting either. It returns now and then for
        others who need the connection.
        """
        ends = time.monotonic() + DRAIN_SECONDS
        for _turn in range(MAX_DRAIN):
            commands = self._pending.batch()
            published = self._rules.settle(db, commands) if commands else []
            looks = self._looks.batch()
            if looks:
                published += self._rules.look(db, looks)
            if not commands and not looks:
                return
            self._loop.call_soon_threadsafe(self._settle, commands + looks, published)
            if self._rush_waits() or time.monotonic() > ends:
                return

    def _settle(self, batch: list[Work[Any]], published: list[Published]) -> None:
        for work in batch:
            if work.future.done():
                continue
            if work.error is not None:
                work.future.set_exception(work.error)
            else:
                work.future.set_result(work.result)
        if published:
            try:
                self.on_events(published)
            except Exception:
                log.exception("publishing_failed")

    async def _watch(self) -> None:
        """Notice commits of other processes, so that new tokens, printers and settings count."""
        if self._version is None:
            self._version = await self._writer.run(data_version)
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            try:
                now = await self._writer.run(data_version)
                if now == self._version:
                    continue
                published = await self._writer.run(self._rules.all_missed)
            except sqlite3.Error as error:
                log.warning("watch_failed", error=str(error))
                continue
            self._version = now
            self.on_outside_change()
            if published:
                self.on_events(published)
