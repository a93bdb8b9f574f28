"""Owns the print queue at work: one worker per printer, retries, and honest marks on copies.

It knows no SQL: rows come from and go back to a ``SpoolStore``.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import structlog

from printer import pauses
from printer.jobs import Job, Millis, PrinterNow, PrinterRow, SpoolStore
from printer.pauses import back_off_s, wait
from printer.transport import Paced, Transport, parse_url
from printer.trial import TrialPaper
from printer.worker import Draw, NoTransport, Tools, Tried, Worker
from server.domain.errors import Invalid

__all__ = ["Job", "PrinterNow", "PrinterRow", "Spool", "SpoolStore", "Tried"]

log = structlog.get_logger(__name__)

_GONE_S = 2.0
"""A print agent that lost its connection is back within so long, or its printer is in trouble."""
_OFTEN = 3
"""Errors in a row after which the health of the whole knows of them."""


def _utc_millis() -> Millis:
    return time.time_ns() // 1_000_000


class Spool:
    """Prints what the store holds, each printer at its own pace.

    ``run`` works until ``stop``; give it to a task group or supervisor. A printer that hangs
    delays nobody but its own jobs. Another process may add jobs too: they are found within
    ``idle_s`` without ``notify``.

    Args:
        store: where jobs live.
        render: makes the bytes; called in a thread, so it may take its time.
        picture: makes a picture of the paper, for printers that take nothing else.
        clock: the present, in milliseconds since 1970-01-01 UTC.
        connect: makes the transport for a printer's address.
        timeout_s: longest time without progress in one attempt, see ``printer.pace``.
        idle_s: how often the store is asked when nobody calls ``notify``.
        look_s: how often an idle printer is asked how it is, if it can tell.
        grace_s: how long ``stop`` waits for papers on their way.
        prepare: done once in a thread as soon as there is a printer, so that the first paper need
            not wait for it.
    """

    def __init__(  # noqa: PLR0913 - all but two have a good default
        self,
        store: SpoolStore,
        render: Draw,
        *,
        picture: Draw | None = None,
        clock: Callable[[], Millis] = _utc_millis,
        connect: Callable[[str], Transport] = parse_url,
        timeout_s: float = 15.0,
        idle_s: float = 30.0,
        look_s: float = 60.0,
        grace_s: float = 5.0,
        prepare: Callable[[], object] = lambda: None,
    ) -> None:
        self._prepare = prepare
        self._unprepared = 0
        self._tools = Tools(
            store, render, picture or render, clock, timeout_s, idle_s, look_s,
            lambda: not self._unprepared,
        )  # fmt: skip
        self._connect = connect
        self._grace_s = grace_s
        self._workers: dict[str, tuple[Worker, asyncio.Task[None]]] = {}
        self._changed = asyncio.Event()
        self._asked: list[asyncio.Future[None]] = []
        self._stopping = False
        self._ended = asyncio.Event()
        self._ended.set()

    async def run(self) -> None:
        """Print until ``stop`` is called, once. Cancelling it stops with the same grace."""
        self._ended.clear()
        try:
            async with asyncio.TaskGroup() as group:
                preparing: asyncio.Task[None] | None = None
                try:
                    while not self._stopping:
                        self._changed.clear()
                        asked, self._asked = self._asked, []
                        well = await self._reconcile(group)
                        if self._workers and preparing is None:
                            preparing = group.create_task(self._get_ready(), name="prepare")
                        if well:
                            _answer(asked)
                        else:
                            self._asked += asked
                        await wait(self._changed, None if well else pauses.STORE_RETRY_S)
                finally:
                    if preparing is not None:
                        preparing.cancel()
                    await self._dismiss(list(self._workers))
        finally:
            self._ended.set()
            _answer(self._asked)

    async def _get_ready(self) -> None:
        """Prepare, again and again until it succeeds: one fault must not end all printing."""
        while True:
            try:
                await asyncio.to_thread(self._prepare)
            except Exception:  # logged and survived
                self._unprepared += 1
                log.exception("not_ready_to_print", errors=self._unprepared)
                await asyncio.sleep(back_off_s(self._unprepared))
            else:
                self._unprepared = 0
                return

    async def stop(self) -> None:
        """Let papers on their way finish, for up to ``grace_s``, then end ``run``.

        What is cut off stays in state printing and comes out as a copy after the next start.
        """
        self._stopping = True
        self._changed.set()
        await self._ended.wait()

    def notify(self, printer: str) -> None:
        """Say that a job was queued for this printer. Cheap, never waits."""
        if found := self._workers.get(printer):
            found[0].wake()

    def retry(self) -> None:
        """Say that printers may be well again, such as after an agent connected."""
        for worker, _ in self._workers.values():
            if worker.trouble:
                worker.wake(look=True)

    def gone(self, url: str) -> None:
        """Say that nobody is connected for the printer at this address; told if it stays so."""
        asyncio.get_running_loop().call_later(_GONE_S, self._ask, url)

    def _ask(self, url: str) -> None:
        for worker, _ in self._workers.values():
            if worker.row.url == url:
                worker.wake(look=True)

    def failing(self) -> list[str]:
        """Return in words what has failed several times in a row, for who watches the server."""
        found = [f"printer {each.row.name}" for each, _ in self._workers.values()
                 if each.errors >= _OFTEN]  # fmt: skip
        return [*found, "drawing papers"] if self._unprepared >= _OFTEN else found

    def try_page(self, printer: str, paper: TrialPaper) -> asyncio.Future[Tried] | None:
        """Print a test page before anything that waits; ``None`` when there is no such printer.

        Returns:
            What will be known when it was tried, once; nothing is tried again.
        """
        found = self._workers.get(printer)
        return None if found is None else found[0].try_page(paper)

    def reload(self) -> None:
        """Say that printers were added, changed or removed. Cheap, never waits."""
        self._changed.set()

    async def reloaded(self) -> None:
        """As ``reload``; return when papers of printers that are none any more have ended."""
        if self._ended.is_set():
            return
        asked: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._asked.append(asked)
        self._changed.set()
        await asked

    def troubles(self) -> dict[str, str]:
        """Return what keeps printers from printing now, by printer id; empty when all is well."""
        return {key: worker.trouble for key, (worker, _) in self._workers.items() if worker.trouble}

    def states(self) -> list[PrinterNow]:
        """Return how every printer is, in no order."""
        return [
            PrinterNow(key, worker.row.name, worker.trouble, worker.paper_low, worker.known)
            for key, (worker, _) in self._workers.items()
        ]

    async def _reconcile(self, group: asyncio.TaskGroup) -> bool:
        """Have one worker for each printer that is set up; ``False`` when the store failed."""
        try:
            rows = {row.id: row for row in await self._tools.store.printers()}
        except Exception:
            log.exception("printers_unreadable")
            return False
        gone = [key for key, (worker, _) in self._workers.items() if worker.row != rows.get(key)]
        await self._dismiss(gone)
        for key, row in rows.items():
            if key not in self._workers:
                worker = Worker(row, self._transport(row), self._tools)
                task = group.create_task(worker.run(), name=f"printer {row.name}")
                self._workers[key] = (worker, task)
        return True

    async def _dismiss(self, keys: list[str]) -> None:
        leaving = [self._workers.pop(key) for key in keys]
        if not leaving:
            return
        for worker, _ in leaving:
            worker.leave()
        _, late = await asyncio.wait([task for _, task in leaving], timeout=self._grace_s)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)

    def _transport(self, row: PrinterRow) -> Transport:
        try:
            way = self._connect(row.url)
        except Invalid as error:
            log.warning("printer_address", printer=row.name, url=row.url, reason=str(error))
            return NoTransport(str(error))
        if row.profile.baud is not None and isinstance(way, Paced):
            way.rate = row.profile.baud / 10  # eight bits travel as ten
        return way


def _answer(asked: list[asyncio.Future[None]]) -> None:
    for each in asked:
        if not each.done():
            each.set_result(None)
