"""Owns telling other programs of each event: signed, in order, at least once.

A webhook is a place in the log: what comes after it is still to be told. It moves on only when
the other side has confirmed, so nothing is lost by a crash, a restart or a long night without
network; a confirmed event may come again, which is what its id is for.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import sqlite3
import time
from collections.abc import Sequence

import msgspec
import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout

from server.auth.vault import Locked, Vault
from server.domain.tx import Actor
from server.reaching import ANSWERED
from server.storage.history import envelopes
from server.storage.published import public_message
from server.storage.queries import webhooks as rows
from server.storage.queries.secrets import place
from server.storage.queries.webhooks import Hook
from server.storage.store import Busy, Store, Unavailable
from server.unanswered import why

TELLER = Actor("webhooks", "system")
LOOK_SECONDS = 60.0
BATCH = 200
KEEP_SECONDS = 15.0
"""How long a batch may take: a slow receiver's progress is kept, and a removed one forgotten."""
TIMEOUT_SECONDS = 10.0
FINISH_SECONDS = 1.0
"""How long another server waits for a branch, whose papers wait with it."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 600.0
log = structlog.get_logger()


class Telling(msgspec.Struct, frozen=True):
    """One event on its way: its number, its name for the other side, and its body."""

    seq: int
    id: str
    kind: str
    body: bytes


def signature(secret: str, at: int, body: bytes) -> str:
    """Return the header ``Ramah-Signature``: HMAC-SHA256 over ``<seconds>.<body>``, in hex."""
    signed = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={signed}"


def pause_after(attempts: int) -> float:
    """Return the seconds to wait after so many failed attempts: doubling, up to ten minutes."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * float(1 << min(20, max(0, attempts - 1))))


class Webhooks:
    """Keeps one teller per webhook; a slow or dead one never delays another."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault
        self._wake = asyncio.Event()
        self._somebody = True
        self._telling: dict[asyncio.Task[None], int] = {}
        self._not_before: dict[str, float] = {}

    def wake(self) -> None:
        """Something happened: look now, if anybody wants to be told."""
        if self._somebody:
            self._wake.set()

    def look(self) -> None:
        """Look now also when nobody wanted to be told so far: that may have changed."""
        self._wake.set()

    async def run(self) -> None:
        """Tell, for ever."""
        async with (
            ClientSession(timeout=ClientTimeout(total=TIMEOUT_SECONDS)) as session,
            asyncio.TaskGroup() as group,
        ):
            tellers: dict[str, asyncio.Task[None]] = {}
            while True:
                self._wake.clear()
                told_now = {id_ for id_, task in tellers.items() if not task.done()}
                known = await self._store.read(rows.hooks)
                hooks = [each for each in known if self._store.owners.has(each.branch)]
                self._somebody = bool(hooks)
                self._not_before = {each.id: self._not_before.get(each.id, 0.0) for each in hooks}
                for hook in hooks:
                    # one that was told while we read has gone on since; its end wakes us again
                    if hook.id in told_now or hook.seq >= hook.newest or self._resting(hook):
                        continue
                    task = tellers[hook.id] = group.create_task(self._tell(session, hook))
                    self._telling[task] = hook.branch
                    task.add_done_callback(self._telling.pop)
                await self._pause(hooks)

    async def finished(self) -> None:
        """Return when nobody is being told here of branches that another server has.

        Who does not answer is not waited for: it may be told once more, by the other one.
        """
        late = [each for each, its in self._telling.items() if not self._store.owners.has(its)]
        if late:
            await asyncio.wait(late, timeout=FINISH_SECONDS)

    async def _pause(self, hooks: Sequence[Hook]) -> None:
        """Wait for an event, or until the first pause after a failure is over."""
        if not hooks:  # nobody to tell; only the command line can change that
            await self._wake.wait()
            return
        now = time.monotonic()
        ends = [each - now for each in self._not_before.values() if each > now]
        try:
            async with asyncio.timeout(min(ends, default=LOOK_SECONDS)):
                await self._wake.wait()
        except TimeoutError:
            pass

    def _resting(self, hook: Hook) -> bool:
        return time.monotonic() < self._not_before[hook.id]

    async def _tell(self, session: ClientSession, hook: Hook) -> None:
        """Tell up to a batch of events; stop at the first that is not confirmed.

        Also where another server has the branch now, which goes on.
        """
        ends = time.monotonic() + KEEP_SECONDS
        try:
            tellings = await self._store.read(lambda db: _due(db, hook))
            confirmed, error = hook.seq, None
            opened = hook
            try:
                secret = self._vault.open(hook.secret, place("webhooks", hook.id))
                opened = hook._replace(secret=secret)
            except Locked as locked:
                tellings, error = [], str(locked)
            for each in tellings:
                if time.monotonic() > ends or not self._store.owners.has(hook.branch):
                    break
                error = await post(session, opened, each) if each.body else None
                if error is not None:
                    break
                confirmed = each.seq
            await self._store.transact(
                hook.branch, TELLER, lambda tx: rows.confirm(tx.aside, hook.id, confirmed, error)
            )
        except (Busy, Unavailable, sqlite3.Error) as trouble:
            log.warning("webhook_put_off", webhook=hook.id, why=repr(trouble))
            self._not_before[hook.id] = time.monotonic() + FIRST_PAUSE
            self._wake.set()
            return
        if error is not None:
            attempts = 1 if confirmed > hook.seq else hook.attempts + 1
            pause = pause_after(attempts)
            self._not_before[hook.id] = time.monotonic() + pause
            log.warning("webhook_failed", webhook=hook.id, error=error, again_in_s=pause)
        # after success there may be more than a batch; after a failure the pause is to be kept
        self._wake.set()


def _due(db: sqlite3.Connection, hook: Hook) -> list[Telling]:
    """Return the next events; those of kinds nobody asked for have no body."""
    kinds = frozenset(msgspec.json.decode(hook.kinds, type=list[str]))
    upto = min(hook.newest, hook.seq + BATCH)
    found = []
    for each in envelopes(db, hook.branch, hook.seq, upto):
        kind = each.event.kind
        wanted = not kinds or kind in kinds
        body = public_message(each.seq, each.at, each.event) if wanted else b""
        found.append(Telling(each.seq, f"{hook.history}:{each.seq}", kind, body))
    return found


async def post(session: ClientSession, hook: Hook, telling: Telling) -> str | None:
    """Send one event; return what went wrong, ``None`` when it was confirmed (2xx)."""
    at = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Ramah",
        "Ramah-Event-Id": telling.id,
        "Ramah-Event": telling.kind,
        "Ramah-Signature": signature(hook.secret, at, telling.body),
    }
    try:
        async with session.post(
            hook.url, data=telling.body, headers=headers, allow_redirects=False
        ) as answer:
            if 200 <= answer.status < 300:  # noqa: PLR2004 - any success
                return None
            return ANSWERED.format(status=answer.status)
    except (ClientError, TimeoutError, OSError, ValueError) as error:
        return why(error)
