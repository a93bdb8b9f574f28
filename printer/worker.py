"""The worker of one printer: prints its jobs one after the other, and knows how it is."""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import structlog

from printer import pauses
from printer.errors import PrintError, WantsCommands, WantsPicture
from printer.jobs import Job, Millis, PrinterRow, SpoolStore
from printer.layout import TicketPaper
from printer.pauses import SPOILT, back_off_s, longest_pause_s, store_pause_s, wait
from printer.transport import Delivery, Looks, Transport
from printer.trial import TrialPaper

log = structlog.get_logger(__name__)

_HURRY_S = 1.0
"""A new ticket cuts a pause after trouble short, down to this."""
CURED_AT_ONCE = frozenset(
    {"refused", "offline", "paper_out", "cover_open", "jammed", "paused", "rejecting",
     "no_queue", "no_service"}
)  # fmt: skip
"""Troubles that somebody ends by hand; whoever did it waits for the paper. Not those that a printer
has with the job itself, which may spoil paper each time."""
_LOOK_TIMEOUT_S = 15.0
_TROUBLE_LOOK_S = 8.0
"""How often a printer in trouble is asked whether it is well again, while no job is tried."""
Tried = tuple[int, Delivery] | PrintError
"""Bytes of a test page and what is known of it, or why it could not be printed."""
Draw = Callable[[Any], bytes]
"""Makes the bytes of a ``TicketPaper``, or of a ``TrialPaper`` where test pages are printed."""


class Tools(msgspec.Struct, frozen=True):
    """What all workers share."""

    store: SpoolStore
    render: Draw
    picture: Draw
    clock: Callable[[], Millis]
    timeout_s: float
    idle_s: float
    look_s: float
    prepared: Callable[[], bool]


class NoTransport:
    """Stands for an address that is not understood: jobs fail in the open and are kept."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    async def send(self, data: bytes, *, timeout: float) -> Delivery:  # noqa: ARG002, ASYNC109
        """Say why nothing is sent."""
        raise PrintError("io", self._reason)


class _NotDrawn(Exception):
    """The paper could not be drawn; the cause says why."""


class Worker:
    """Prints the jobs of one printer, one after the other."""

    def __init__(self, row: PrinterRow, transport: Transport, tools: Tools) -> None:
        self.row = row
        self.trouble = ""
        self.known = False
        self.errors = 0
        """Unexpected errors in a row."""
        self._unreached = False
        self._spoils = False
        """A paper may lie there in several copies: only one that is delivered is a cure."""
        self._pictures = False
        self._transport = transport
        self._tools = tools
        self._failures = 0
        self._looked = -math.inf  # asked as soon as no paper waits
        self._leaving = False
        self._pages: deque[tuple[TrialPaper, asyncio.Future[Tried]]] = deque(maxlen=1)
        self._woken = asyncio.Event()
        self._left = asyncio.Event()
        self._log = log.bind(printer=row.name)

    @property
    def paper_low(self) -> bool:
        """The roll was nearly at its end when the printer was last asked."""
        return isinstance(self._transport, Looks) and self._transport.paper_low

    def wake(self, *, look: bool = False) -> None:
        """Look for work at once; with ``look`` also whether the printer is well again."""
        if look:
            self._looked = -math.inf
        self._woken.set()

    def try_page(self, paper: TrialPaper) -> asyncio.Future[Tried]:
        """Print a test page as soon as the job at hand is done; one that waits is replaced."""
        self._drop_pages()
        tried: asyncio.Future[Tried] = asyncio.get_running_loop().create_future()
        self._pages.append((paper, tried))
        self.wake()
        return tried

    def _drop_pages(self) -> None:
        while self._pages:
            self._pages.popleft()[1].cancel()

    def leave(self) -> None:
        """End after the job at hand."""
        self._leaving = True
        self._drop_pages()
        self._left.set()
        self._woken.set()

    async def run(self) -> None:
        """Work until told to leave; an unexpected error is logged and survived."""
        while not self._leaving:
            try:
                await self._next()
                self.errors = 0
            except Exception:  # noqa: BLE001  # logged and survived
                self.errors += 1
                self._log.exception("spool_error", errors=self.errors)
                await wait(self._left, store_pause_s(self.errors))

    async def _next(self) -> None:
        """Print one job, or wait until there may be one."""
        self._woken.clear()
        if self._leaving:
            return
        if self._pages:
            await self._try(*self._pages.popleft())
        job = await self._tools.store.claim(self.row.id, self._tools.clock())
        if job is None:
            due = await self._tools.store.due(self.row.id)
            rest = self._tools.idle_s
            self._spoils = self._spoils and due is not None
            if due is not None:
                ahead = (due - self._tools.clock()) / 1000
                if ahead > longest_pause_s():
                    # No pause is so long: the clock was set back. Nobody waits an hour for that.
                    await self._tools.store.hurry(self.row.id)
                    ahead = 0.0
                # At least a moment, so that this cannot spin.
                rest = min(rest, max(0.01, ahead))
            await self._rest(rest)
            return
        if not await self._attempt(job):
            await self._pause(back_off_s(self._failures))

    async def _pause(self, seconds: float) -> None:
        """Leave a printer in trouble in peace, until work wakes us or somebody has mended it."""
        await wait(self._left, min(seconds, _HURRY_S))
        left = seconds - _HURRY_S
        while left > 0 and not self._woken.is_set():
            await wait(self._woken, min(left, _TROUBLE_LOOK_S))
            left -= _TROUBLE_LOOK_S
            if (
                left > 0
                and self.trouble in CURED_AT_ONCE
                and isinstance(self._transport, Looks)
                and not self._woken.is_set()
            ):
                await self._look(self._transport)
                if not self.trouble:
                    return

    async def _rest(self, seconds: float) -> None:
        """Wait for work; meanwhile look now and then how the printer is."""
        pause = min(self._tools.look_s, _TROUBLE_LOOK_S if self.trouble else self._tools.look_s)
        to_look = self._looked + pause - time.monotonic()
        if not isinstance(self._transport, Looks) or to_look > seconds:
            await wait(self._woken, seconds)
        elif to_look > 0:
            await wait(self._woken, to_look)
        else:
            await self._look(self._transport)

    async def _look(self, transport: Looks) -> None:
        self._looked = time.monotonic()
        was = self.trouble
        try:
            answered = await transport.look(timeout=_LOOK_TIMEOUT_S)
        except PrintError as error:
            self._be_ill(error)
        else:
            # A silent printer that can be reached again is cured of not being reached, no more.
            said = answered and not self._spoils
            if said or not self.trouble or self._unreached:
                self._be_well()
        if self.trouble != was:
            self._log.info("printer_state", trouble=self.trouble or "none")
            await self._hurry_after(was)

    def _be_well(self) -> None:
        self.trouble, self.known, self._unreached, self._spoils = "", True, False, False
        self._failures = 0

    def _be_ill(self, error: PrintError) -> None:
        self.trouble, self.known, self._unreached = error.kind, True, error.unreached

    async def _hurry_after(self, trouble: str) -> None:
        """Make due now what could not be printed because of a trouble that is over."""
        if not self.trouble and trouble in CURED_AT_ONCE:
            await self._tell(lambda: self._tools.store.hurry(self.row.id))

    async def _attempt(self, job: Job) -> bool:
        """Print a job; ``False`` when the printer is in trouble and wants a pause."""
        told = self._log.bind(job=job.id, label=job.label, attempt=job.attempt, copy=job.copy)
        paper = msgspec.structs.replace(job.paper, copy=job.copy)
        store = self._tools.store
        try:
            data, how = await self._print(paper)
        except _NotDrawn:
            told.exception("ticket_not_drawn")
            if self._tools.prepared():  # the fault is in this ticket
                await self._tell(lambda: store.failed(job, "layout", None, copy=job.copy))
                return True
            self._failures += 1
            self._be_ill(PrintError("io"))
            retry_at = self._retry_at(job)
            await self._tell(lambda: store.failed(job, "layout", retry_at, copy=job.copy))
            return False
        except PrintError as error:
            self._failures += 1
            self._be_ill(error)
            kind, copy = error.kind, job.copy + error.unsure
            failed_amid = error.unsure and kind not in CURED_AT_ONCE
            self._spoils = failed_amid and min(copy, job.attempt) >= SPOILT
            retry_at = self._retry_at(job)
            told.warning(
                "print_failed", error=str(error), unsure=error.unsure, final=retry_at is None
            )
            await self._tell(lambda: store.failed(job, kind, retry_at, copy=copy))
            return False
        was = self.trouble
        self._be_well()
        told.info("printed", bytes=len(data), delivery=how)
        await self._tell(lambda: store.printed(job))
        await self._hurry_after(was)
        return True

    async def _try(self, paper: TrialPaper, tried: asyncio.Future[Tried]) -> None:
        """Print a test page; what it meets with is what the printer's state is."""
        outcome: Tried
        try:
            data, how = await self._print(paper)
        except _NotDrawn:
            self._log.exception("test_page_not_drawn")
            outcome = PrintError("io", "not drawn")
        except PrintError as error:
            self._be_ill(error)
            outcome = error
        else:
            was = self.trouble
            self._be_well()
            outcome = (len(data), how)
            await self._hurry_after(was)
        failed = outcome if isinstance(outcome, PrintError) else None
        self._log.info("test_page", error=None if failed is None else str(failed))
        if not tried.done():
            tried.set_result(outcome)

    async def _print(self, paper: TicketPaper | TrialPaper) -> tuple[bytes, Delivery]:
        """Draw and deliver; the printer says whether it wants commands or a picture."""
        for last in (False, True):
            draw = self._tools.picture if self._pictures else self._tools.render
            try:
                data = await asyncio.to_thread(draw, paper)
            except Exception as error:
                raise _NotDrawn from error
            try:
                return data, await self._deliver(data)
            except (WantsPicture, WantsCommands) as error:
                if last:
                    raise
                self._pictures = isinstance(error, WantsPicture)
        raise AssertionError  # the second time returns or raises

    async def _deliver(self, data: bytes) -> Delivery:
        try:
            return await self._transport.send(data, timeout=self._tools.timeout_s)
        except PrintError:
            raise
        except Exception as error:
            # A fault of ours; how far it came is not known.
            self._log.exception("transport_error")
            raise PrintError("io", repr(error), unsure=True) from error

    def _retry_at(self, job: Job) -> Millis | None:
        pause = pauses.SPOILT_S if self._spoils else back_off_s(max(self._failures, job.attempt))
        retry_at = self._tools.clock() + round(pause * 1000)
        return None if job.give_up_at is not None and retry_at > job.give_up_at else retry_at

    async def _tell(self, note: Callable[[], Awaitable[None]]) -> None:
        """Write something down; on and on while the store fails, until told to leave."""
        errors = 0
        while True:
            try:
                return await note()
            except Exception:  # noqa: BLE001  # logged and survived
                errors += 1
                self._log.exception("spool_store_error", errors=errors)
                if self._leaving:
                    return None
                await wait(self._left, store_pause_s(errors))
