"""Owns printers that the system's print service (CUPS) looks after, by their real state.

A job is followed until it is printed. One that is not is taken back, so that no paper comes out
when its number was called long ago, or came from another printer.
"""

from __future__ import annotations

import asyncio
import contextlib
import platform
import secrets
import time
from typing import Literal
from urllib.parse import urlsplit

from printer.endings import Endings
from printer.errors import PrintError, Trouble, WantsCommands, WantsPicture
from printer.ipp import (
    FORMAT_NOT_SUPPORTED,
    NOT_ACCEPTING,
    NOT_FOUND,
    Attributes,
    Group,
    Operation,
    PrintService,
    Refused,
    Sent,
    Tag,
)
from printer.pace import Pace
from printer.queue import ASKED, PROCESSING, Form, Queue, read_queue, says_away
from printer.sheet import is_picture, page

_PENDING, _HELD, _JOB_PROCESSING = 3, 4, 5
_CANCELLED, _ABORTED, _COMPLETED = 7, 8, 9
_JOB_ASKED = (
    "job-state", "job-state-reasons", "job-impressions-completed", "job-media-sheets-completed",
    "job-k-octets-processed", "job-printer-state-message",
)  # fmt: skip
_SOON_S, _LATER_S = 0.1, 0.5
_SURE_S = 4.0
"""A reason of the queue may be left from an earlier job; one that stays so long is meant."""
_UNDO_S = 5.0
_DEEPEST, _MOST_MEMBERS = 2, 10
"""Classes may hold classes."""
_DEVICE_S = 3.0
_RAW = "application/vnd.cups-raw"
_PDF, _IMAGE = "application/pdf", "image/png"
_OURS = f"Ramah {platform.node()} "


class CupsTransport:
    """A queue of the print service, by name.

    Args:
        name: as ``lpstat -e`` lists it.
        form: what it takes; ``None``: as the queue itself makes likely.
        service: where the print service is.
    """

    def __init__(
        self, name: str, form: Form | None = None, service: PrintService | None = None
    ) -> None:
        self.name = name
        self.paper_low = False
        self._form = form
        self._service = service or PrintService()
        self._left_over = True
        self.endings = Endings(self._service, self._service.queue_uri(name))

    async def send(
        self,
        data: bytes,
        *,
        timeout: float,  # noqa: ASYNC109  # the time is part of the promise, see Transport
    ) -> Literal["confirmed", "unverified"]:
        """Deliver one job; see ``Transport.send``."""
        queue = await self.queue()
        form = self.takes(queue)
        if is_picture(data) is not (form == "picture"):
            raise WantsPicture() if form == "picture" else WantsCommands()
        queue.check()
        await self._ask_printer(queue)
        if self._left_over:
            await self._take_back_all()
        document, kind = data, _RAW
        if form == "picture":
            document, kind = await asyncio.to_thread(_page, data, queue)
        pace = Pace(timeout, len(document))
        await self.endings.listen()
        job = await self._print(document, kind)
        done = False
        try:
            await _Watch(self, job, pace).until_printed()
            done = True
        except Refused as error:
            raise PrintError("io", str(error), unsure=True) from error
        finally:
            if not done:
                self._left_over = True
                await self._take_back(job)
        # What a printer of its own mind was given is printed; others were only given it.
        return "confirmed" if form == "picture" else "unverified"

    async def look(self, *, timeout: float) -> bool:  # noqa: ASYNC109  # as in send
        """Ask the queue how it is, and the printer where it can tell; see ``Looks.look``."""
        try:
            async with asyncio.timeout(timeout):
                queue = await self.queue()
                if self._left_over:  # whose number may have been called meanwhile
                    await self._take_back_all()
                queue.check()
                if queue.state == PROCESSING and queue.trouble is not None:
                    raise PrintError(queue.trouble, queue.message[:150])
                return await self._ask_printer(queue)
        except TimeoutError as error:
            raise PrintError("no_service", "the print service does not answer") from error

    async def queue(self) -> Queue:
        """Return how the queue is now.

        Raises:
            PrintError: there is no such queue, or no print service.
        """
        queue = await self._read(self.name)
        self.paper_low = queue.paper_low
        return queue

    async def _read(self, name: str, depth: int = 0) -> Queue:
        to = (Tag.URI, [self._service.queue_uri(name)])
        words: Sent = {"printer-uri": to, "requested-attributes": (Tag.KEYWORD, ASKED)}
        try:
            told = await self._service.ask(Operation.GET_PRINTER_ATTRIBUTES, words)
        except Refused as error:
            kind: Trouble = "no_queue" if error.status == NOT_FOUND else "no_service"
            raise PrintError(kind, f"{name}: {error}", unreached=True) from error
        queue = read_queue(told.first(Group.PRINTER))
        if not queue.members or depth >= _DEEPEST:
            return queue
        # any of them may get the job
        members = [await self._read(each, depth + 1) for each in queue.members[:_MOST_MEMBERS]]
        takes = {each.takes for each in members}
        if len(takes) > 1 and self._form is None:
            raise PrintError(
                "io", f"{name}: its printers take different things: {', '.join(queue.members)}"
            )
        return queue.of(members)

    def takes(self, queue: Queue) -> Form:
        """Return what it takes, as it was set up or as the queue makes likely."""
        return self._form or queue.takes

    async def names(self) -> list[str]:
        """Return the names of all queues there are."""
        words: Sent = {"printer-uri": (Tag.URI, ["ipp://localhost/"]),
                       "requested-attributes": (Tag.KEYWORD, ["printer-name"])}  # fmt: skip
        try:
            told = await self._service.ask(Operation.CUPS_GET_PRINTERS, words)
        except Refused:
            return []
        return [str(each.get("printer-name", [""])[0]) for each in told.all(Group.PRINTER)]

    async def _ask_printer(self, queue: Queue) -> bool:
        """Ask a printer that talks for itself; ``False`` when it does not.

        What a queue says of its printer may be as old as the last job; the printer knows. One
        behind a print service of another machine may be out of our reach, and well all the same.
        """
        parts = urlsplit(queue.device)
        known = parts.scheme in {"ipp", "ipps"} and parts.hostname and self._service.here
        if not known or parts.path.startswith("/printers/"):
            return False
        host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else parts.hostname
        printer = PrintService(
            f"{host}:{parts.port or 631}", seconds=_DEVICE_S, secret=parts.scheme == "ipps"
        )
        asked: Sent = {
            "printer-uri": (Tag.URI, [queue.device.partition("?")[0]]),
            "requested-attributes": (Tag.KEYWORD, ASKED),
        }
        try:
            told = await printer.ask(Operation.GET_PRINTER_ATTRIBUTES, asked)
        except Refused:
            return False
        except PrintError as error:
            raise PrintError("offline", error.detail, unreached=True) from error
        real = read_queue(told.first(Group.PRINTER))
        self.paper_low = real.paper_low
        if real.trouble is not None:
            raise PrintError(real.trouble, real.message[:150])
        return True

    async def _print(self, document: bytes, kind: str) -> int:
        words: Sent = self._to(
            {
                "job-name": (Tag.NAME, [_OURS + secrets.token_hex(4)]),
                "document-format": (Tag.MIME, [kind]),
            }
        )
        try:
            told = await self._service.ask(Operation.PRINT_JOB, words, data=document)
        except Refused as error:
            if error.status == FORMAT_NOT_SUPPORTED:
                raise PrintError("io", f"{self.name}: {error}") from error
            refused: Trouble = "rejecting" if error.status == NOT_ACCEPTING else "io"
            raise PrintError(refused, f"{self.name}: {error}") from error
        except PrintError as error:
            # The answer may have been lost, and the job taken: it is looked for before the next.
            self._left_over = True
            raise PrintError(error.kind, error.detail, unsure=not error.unreached) from error
        number = told.first(Group.JOB).get("job-id", [0])[0]
        if not isinstance(number, int):
            raise PrintError("no_service", "it gave the job no number", unsure=True)
        return number

    async def job(self, number: int) -> Attributes:
        """Return how a job is."""
        told = await self._service.ask(
            Operation.GET_JOB_ATTRIBUTES,
            self._to(
                {
                    "job-id": (Tag.INTEGER, [number]),
                    "requested-attributes": (Tag.KEYWORD, _JOB_ASKED),
                }
            ),
        )
        return told.first(Group.JOB)

    async def _take_back(self, number: int) -> None:
        """Cancel a job, also while we are being cancelled ourselves."""
        words = self._to({"job-id": (Tag.INTEGER, [number])})
        with contextlib.suppress(Refused, PrintError, TimeoutError):
            async with asyncio.timeout(_UNDO_S):
                await self._service.ask(Operation.CANCEL_JOB, words)

    async def _take_back_all(self) -> None:
        """Cancel what an earlier process, or a lost answer, left in the queue of ours."""
        words = self._to(
            {
                "which-jobs": (Tag.KEYWORD, ["not-completed"]),
                "requested-attributes": (Tag.KEYWORD, ["job-id", "job-name"]),
            }
        )
        try:
            told = await self._service.ask(Operation.GET_JOBS, words)
        except Refused:
            return
        for each in told.all(Group.JOB):
            name, number = each.get("job-name", [""])[0], each.get("job-id", [0])[0]
            if isinstance(number, int) and str(name).startswith(_OURS):
                await self._take_back(number)
        self._left_over = False

    def _to(self, more: Sent) -> Sent:
        return {"printer-uri": (Tag.URI, [self._service.queue_uri(self.name)]), **more}


class _Watch:
    """Follows one job."""

    def __init__(self, way: CupsTransport, number: int, pace: Pace) -> None:
        self._way = way
        self._number = number
        self._pace = pace
        self._seen: object = None
        self._worried_at = 0.0

    async def until_printed(self) -> None:
        """Wait until the job is printed.

        Raises:
            PrintError: it is not, or not yet, and will not be for a while.
        """
        pause = _SOON_S
        while True:
            try:
                job = await self._way.job(self._number)
                queue = await self._way.queue()
            except Refused as error:
                if error.status != NOT_FOUND:
                    raise
                await self._gone(error)
                return
            except PrintError as error:  # the service stopped, and may go on with it later
                raise PrintError(error.kind, error.detail, unsure=True) from error
            if job.get("job-state", [0])[0] == _COMPLETED:
                return
            self._note(job, queue)
            self._check(job, queue)
            await asyncio.sleep(pause)
            pause = min(pause * 1.3, _LATER_S)

    async def _gone(self, error: Refused) -> None:
        """Go on when a job was printed that the service keeps no record of.

        Raises:
            PrintError: it was not, as far as the service told.
        """
        queue = await self._way.queue()
        ended = await self._way.endings.of(self._number)
        if ended == _ABORTED:
            why = queue.message or "the print service gave the job up"
            raise PrintError(queue.trouble or "io", why[:150], unsure=True) from error
        if ended == _CANCELLED or (ended is None and self._worried_at):
            raise PrintError("cancelled", queue.message[:150], unsure=True) from error

    def _check(self, job: Attributes, queue: Queue) -> None:
        """Go on.

        Raises:
            PrintError: the job ended unprinted, or will not be printed for a while.
        """
        state = job.get("job-state", [0])[0]
        if state == _CANCELLED:
            raise PrintError("cancelled", "the job was cancelled in the queue", unsure=True)
        if state == _ABORTED:
            why = _said(job) or queue.message or "the print service gave the job up"
            raise self._error(queue, queue.trouble or "io", why, job)
        try:
            queue.check()
        except PrintError as error:
            raise self._error(queue, error.kind, error.detail, job) from error
        # a class says nothing itself of a printer that is away; its jobs do
        trouble = queue.trouble or ("offline" if says_away(_said(job)) else None)
        if self._worries(trouble):
            raise self._error(queue, trouble or "io", queue.message or _said(job), job)
        if state == _HELD and trouble is None:
            raise self._error(queue, "paused", queue.message or "the queue holds its jobs", job)
        try:
            self._pace.check()
        except TimeoutError as error:
            kind = queue.trouble or "timeout"
            raise self._error(queue, kind, _said(job) or queue.message, job) from error

    def _note(self, job: Attributes, queue: Queue) -> None:
        """See whether anything moved."""
        counted = [job.get(name, [0])[0] for name in _JOB_ASKED if "completed" in name
                   or "processed" in name]  # fmt: skip
        state = job.get("job-state", [0])[0]
        seen = (state, *counted, queue.message, queue.reasons)
        others = state == _PENDING and queue.state == PROCESSING and queue.trouble is None
        if seen != self._seen or others:  # another's job is being printed before ours
            self._pace.moved()
        self._seen = seen

    def _worries(self, trouble: Trouble | None) -> bool:
        """Whether there has been a trouble for so long that it is true."""
        if trouble is None:
            self._worried_at = 0.0
            return False
        now = time.monotonic()
        self._worried_at = self._worried_at or now
        return now - self._worried_at >= _SURE_S

    def _error(self, queue: Queue, kind: Trouble, why: str, job: Attributes) -> PrintError:
        """Return the error; a paper may exist unless the printer had surely not begun."""
        begun = job.get("job-state", [0])[0] in {_JOB_PROCESSING, _ABORTED}
        apart = kind in {"offline", "paused", "rejecting"} and queue.trouble in {"offline", None}
        # A page that waits for paper, or for a closed cover, has not come out.
        kept = queue.takes == "picture" and kind in {"paper_out", "cover_open"}
        return PrintError(kind, why[:150], unsure=begun and not apart and not kept)


def _said(job: Attributes) -> str:
    return str(job.get("job-printer-state-message", [""])[0])


def _page(picture: bytes, queue: Queue) -> tuple[bytes, str]:
    if _PDF in queue.formats or _IMAGE not in queue.formats:
        return page(picture, *queue.media_mm), _PDF
    return picture, _IMAGE
