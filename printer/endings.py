"""Owns how jobs ended at a print service that forgets them: it is told beforehand to say so.

With ``PreserveJobHistory No`` a job that was printed and one that was cancelled are gone alike;
a subscription of the queue (RFC 3995, 3996) outlives its jobs.
"""

from __future__ import annotations

import contextlib
import time

from printer.errors import PrintError
from printer.ipp import Group, Operation, PrintService, Refused, Sent, Tag

LEASE_S = 3600
_RENEWED_S = LEASE_S / 2


class Endings:
    """The endings of the jobs of one queue.

    Args:
        service: the print service.
        queue: the queue's address.
    """

    def __init__(self, service: PrintService, queue: str) -> None:
        self._service = service
        self._queue: Sent = {"printer-uri": (Tag.URI, [queue])}
        self._subscription = 0
        self._since = 0.0

    async def listen(self) -> None:
        """Have the endings of the next jobs told; nothing where the service does not do that."""
        if self._subscription and time.monotonic() - self._since < _RENEWED_S:
            return
        await self.leave()
        wanted: Sent = {
            "notify-pull-method": (Tag.KEYWORD, ["ippget"]),
            "notify-events": (Tag.KEYWORD, ["job-completed"]),
            "notify-lease-duration": (Tag.INTEGER, [LEASE_S]),
        }
        self._since = time.monotonic()
        with contextlib.suppress(Refused, PrintError):
            told = await self._service.ask(
                Operation.CREATE_PRINTER_SUBSCRIPTIONS, self._queue,
                also=(Group.SUBSCRIPTION, wanted),
            )  # fmt: skip
            number = told.first(Group.SUBSCRIPTION).get("notify-subscription-id", [0])[0]
            self._subscription = number if isinstance(number, int) else 0

    async def of(self, job: int) -> object:
        """Return the state in which a job ended; ``None`` when nothing is known of it."""
        if not self._subscription:
            return None
        words: Sent = {
            **self._queue, "notify-subscription-ids": (Tag.INTEGER, [self._subscription]),
        }  # fmt: skip
        try:
            told = await self._service.ask(Operation.GET_NOTIFICATIONS, words)
        except (Refused, PrintError):
            self._subscription = 0  # it restarted, or the lease ended: made anew with the next job
            return None
        ended = [
            each.get("job-state", [None])[0]
            for each in told.all(Group.EVENT)
            if each.get("notify-job-id", [0])[0] == job
        ]
        return ended[-1] if ended else None

    async def leave(self) -> None:
        """Have nothing told any more."""
        number, self._subscription = self._subscription, 0
        if number:
            words: Sent = {**self._queue, "notify-subscription-id": (Tag.INTEGER, [number])}
            with contextlib.suppress(Refused, PrintError):
                await self._service.ask(Operation.CANCEL_SUBSCRIPTION, words)
