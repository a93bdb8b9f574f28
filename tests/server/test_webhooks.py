"""Another program is told of each event: signed, in order, again until it confirms."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp import ClientSession, ClientTimeout, web

from server.auth.vault import Vault
from server.branches import configure
from server.domain.issuing import NewTicket, issue
from server.storage.database import connect
from server.storage.queries.webhooks import Hook, confirm, hooks
from server.storage.store import Store
from server.webhooks import TELLER, Telling, Webhooks, pause_after, post, signature
from tests.server.api.client import Client
from tests.server.process import Hall, Server, daytime_zone, free_port
from tests.server.rehearsal import KIOSK, office
from tests.server.test_parted import Part
from tests.server.waiting import soon


class Listener:
    """A program that listens, and can be told to refuse."""

    def __init__(self) -> None:
        self.port = free_port()
        self.answer = asyncio.Event()
        self.answer.set()
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.refusals = 0
        self.redirects = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def kinds(self) -> list[str]:
        return [json.loads(body)["kind"] for _, body in self.heard]

    async def hook(self, request: web.Request) -> web.Response:
        if self.refusals:
            self.refusals -= 1
            return web.Response(status=500)
        if self.redirects:
            self.redirects -= 1
            raise web.HTTPTemporaryRedirect("/elsewhere")
        self.heard.append((dict(request.headers), await request.read()))
        await self.answer.wait()
        return web.Response()


class SlowToRead:
    """A store that, while ``go_on`` is clear, gives what it read about the webhooks late."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.transact = store.transact
        self.owners = store.owners
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.read_it = asyncio.Event()

    async def read(self, query: Callable[[sqlite3.Connection], Any]) -> Any:  # noqa: ANN401
        answer = await self._store.read(query)
        if query is hooks and not self.go_on.is_set():
            self.read_it.set()
            await self.go_on.wait()
        return answer


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    made = Listener()
    app = web.Application()
    app.router.add_post("/hook", made.hook)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", made.port).start()
    yield made
    await runner.cleanup()


def add(hall: Hall, *words: str) -> str:
    done = hall.server.ramah("webhook", "add", *words, "--branch", hall.code)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[-1]


async def test_each_event_comes_signed_and_in_order(
    hall: Hall, kiosk: Client, staff: Client, listener: Listener
) -> None:
    secret = add(hall, listener.url)
    await kiosk.take("A")
    await staff.do(1, "open")
    await staff.do(1, "call-next")
    await soon(lambda: len(listener.heard) >= 3, "three events were told")
    assert listener.kinds == ["issued", "counter_changed", "called"]
    for headers, body in listener.heard:
        message: dict[str, Any] = json.loads(body)
        code, history, seq = headers["Ramah-Event-Id"].split(":")
        assert (code, len(history), int(seq)) == (hall.code, 16, message["seq"])
        parts = dict(each.split("=") for each in headers["Ramah-Signature"].split(","))
        signed = parts["t"].encode() + b"." + body
        assert parts["v1"] == hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        assert not {"token", "staff", "why"} & message.keys()


async def test_what_is_refused_comes_again_and_nothing_is_left_out(
    hall: Hall, kiosk: Client, listener: Listener
) -> None:
    listener.refusals = 1
    add(hall, listener.url, "--events", "issued")
    for _ in range(3):
        await kiosk.take("A")
    await soon(lambda: len(listener.heard) >= 3, "the refused event came again")
    labels = [json.loads(body)["label"] for _, body in listener.heard]
    assert labels == ["A001", "A002", "A003"]


async def test_a_refusal_is_tried_again_soon_also_when_nothing_else_happens(
    hall: Hall, kiosk: Client, listener: Listener
) -> None:
    listener.refusals = 2
    add(hall, listener.url, "--events", "issued")
    await kiosk.take("A")  # the only event of the evening
    await soon(lambda: len(listener.heard) == 1, "the refused event came again", patience=20)
    assert listener.kinds == ["issued"]


async def test_a_redirect_is_not_followed_and_the_event_comes_again(
    hall: Hall, kiosk: Client, listener: Listener
) -> None:
    listener.redirects = 1  # there is no /elsewhere: following it would be seen below
    add(hall, listener.url, "--events", "issued")
    await kiosk.take("A")
    await soon(lambda: len(listener.heard) == 1, "the event came again to the address given")
    assert listener.redirects == 0
    assert hall.query("SELECT error FROM webhooks WHERE branch = ? AND error LIKE '%404%'") == []


async def test_a_dead_program_delays_nobody_else(
    hall: Hall, kiosk: Client, listener: Listener
) -> None:
    add(hall, f"http://127.0.0.1:{free_port()}/", "--events", "issued")
    add(hall, listener.url, "--events", "issued")
    for _ in range(3):
        await kiosk.take("A")
    await soon(lambda: len(listener.heard) >= 3, "the living one was told")
    ids = [headers["Ramah-Event-Id"] for headers, _ in listener.heard]
    assert len(ids) == len(set(ids)) == 3, "each event has an id of its own"


async def told_of_numbers(data: Path, listener: Listener) -> tuple[Store, int]:
    """Return a store with a branch, of whose settings the listener was told."""
    with closing(connect(data)) as db:
        branch, _ = configure(db, office(zone=daytime_zone()))
        db.execute(
            "INSERT INTO webhooks (id, branch, url, secret, kinds, seq, created_at) "
            "VALUES ('w', ?, ?, 's', '[]', 1, 0)",
            (branch, listener.url),
        )
    return await Store.open(data), branch


async def test_nothing_is_told_twice_when_telling_ends_while_the_hooks_are_read(
    tmp_path: Path, listener: Listener
) -> None:
    store, branch = await told_of_numbers(tmp_path, listener)
    slow = SlowToRead(store)
    webhooks = Webhooks(cast("Store", slow), Vault(tmp_path))
    listener.answer.clear()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(webhooks.run())
        await store.transact(branch, KIOSK, lambda tx: issue(tx, NewTicket("A")))
        webhooks.wake()
        await soon(lambda: len(listener.heard) == 1, "the first is being told")
        slow.go_on.clear()
        await store.transact(branch, KIOSK, lambda tx: issue(tx, NewTicket("A")))
        webhooks.wake()
        await asyncio.wait_for(slow.read_it.wait(), 30)  # what it read is as of now
        listener.answer.set()
        told = "SELECT COUNT(*) FROM webhooks WHERE seq >= 2"
        await soon(partial(_first, store, told), "the first telling has ended")
        slow.go_on.set()
        await soon(lambda: len(listener.heard) >= 2, "the second was told")
        running.cancel()
    await store.close()
    assert [json.loads(body)["label"] for _, body in listener.heard] == ["A001", "A002"]


@asynccontextmanager
async def moved_while_told(
    data: Path, listener: Listener
) -> AsyncIterator[tuple[Store, Webhooks, int]]:
    """Have a branch go to another server while of two numbers the first is being told."""
    store, branch = await told_of_numbers(data, listener)
    part = store.owners = Part()
    part.now = 1
    for _ in range(2):
        await store.transact(branch, KIOSK, lambda tx: issue(tx, NewTicket("A")))
    webhooks = Webhooks(store, Vault(data))
    listener.answer.clear()
    async with AsyncExitStack() as ends:
        ends.push_async_callback(store.close)
        async with asyncio.TaskGroup() as group:
            running = group.create_task(webhooks.run())
            await soon(lambda: len(listener.heard) == 1, "the first is being told")
            part.now = 0
            yield store, webhooks, branch
            running.cancel()


async def test_a_branch_that_goes_to_another_server_is_told_of_there_from_the_next_event_on(
    tmp_path: Path, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.webhooks.FINISH_SECONDS", 60.0)
    async with moved_while_told(tmp_path, listener) as (store, webhooks, _):
        async with asyncio.TaskGroup() as group:
            finished = group.create_task(webhooks.finished())
            await asyncio.sleep(0)
            assert not finished.done(), "it is waited for"
            listener.answer.set()
        assert await _first(store, "SELECT seq FROM webhooks") == 2
    assert [json.loads(body)["label"] for _, body in listener.heard] == ["A001"]


async def test_a_branch_does_not_wait_for_a_program_that_hangs_and_what_is_told_elsewhere_stands(
    tmp_path: Path, listener: Listener
) -> None:
    async with moved_while_told(tmp_path, listener) as (store, webhooks, branch):
        await webhooks.finished()
        await store.transact(branch, TELLER, lambda tx: confirm(tx.aside, "w", 3, "it stops"))
        listener.answer.set()
        await webhooks.finished()
        row = "SELECT seq || error FROM webhooks"
        assert await _first(store, row) == "3it stops", "as the other server wrote it"


async def _first(store: Store, sql: str) -> object:
    return await store.read(lambda db: db.execute(sql).fetchone()[0])


async def test_a_program_that_never_answers_is_given_up_in_time() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)
        writer.close()
        await writer.wait_closed()
        left.set()

    left = asyncio.Event()
    deaf = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = deaf.sockets[0].getsockname()[1]
    hook = Hook("h", 1, "hall", "hall", f"http://127.0.0.1:{port}/", "s", "[]", 0, 1, 0, None)
    async with deaf, ClientSession(timeout=ClientTimeout(total=0.2)) as session:
        assert await post(session, hook, Telling(1, "hall:1", "issued", b"{}"))
        await left.wait()


async def test_the_secret_is_shown_once_and_never_again(
    hall: Hall, manager: Client, listener: Listener
) -> None:
    secret = add(hall, listener.url)
    for words in (("webhook", "list"), ("doctor",)):
        done = hall.server.ramah(*words)
        assert listener.url in done.stdout or words == ("doctor",)
        assert secret not in done.stdout + done.stderr
    assert secret not in (await manager.get("/metrics")).text
    assert secret not in hall.server.stderr()


async def test_what_was_not_confirmed_comes_again_after_a_crash(
    server: Server, listener: Listener
) -> None:
    async with server.client("kiosk") as kiosk:
        done = server.ramah("webhook", "add", listener.url, "--events", "issued")
        assert done.returncode == 0, done.stderr
        listener.refusals = 1000
        await kiosk.take("A")
        await soon(lambda: listener.refusals < 1000, "the event was tried")
    server.kill()
    listener.refusals = 0
    server.start()
    await soon(lambda: len(listener.heard) == 1, "it came after the start", patience=20)
    assert json.loads(listener.heard[0][1])["label"] == "A001"


async def test_a_printer_that_cannot_print_is_told_to_another_program(
    hall: Hall, kiosk: Client, listener: Listener
) -> None:
    add(hall, listener.url, "--events", "alarm_raised,equipment_changed")
    done = hall.server.ramah(
        "printer", "add", "lobi", f"tcp://127.0.0.1:{free_port()}", "--branch", hall.code
    )
    assert done.returncode == 0, done.stderr
    await kiosk.take("A")

    def told() -> set[tuple[str, str]]:
        messages = [json.loads(body) for _, body in listener.heard]
        return {(each["kind"], each.get("state", each["subject"])) for each in messages}

    await soon(lambda: ("alarm_raised", "lobi") in told(), "the alarm was told")
    await soon(lambda: ("equipment_changed", "refused") in told(), "the printer's state was told")


def test_pauses_grow_up_to_ten_minutes() -> None:
    assert [pause_after(each) for each in (1, 2, 3, 11, 500)] == [1, 2, 4, 600, 600]


def test_a_signature_depends_on_secret_time_and_body() -> None:
    signed = {signature("a", 1, b"x"), signature("b", 1, b"x"), signature("a", 2, b"x")}
    assert len(signed | {signature("a", 1, b"y")}) == 4


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (["ftp://127.0.0.1/"], "url"),
        (["http://user:secret@127.0.0.1/"], "url"),
        (["http://127.0.0.1/", "--events", "sold"], "events"),
    ],
)
def test_a_mistake_is_told_and_adds_nothing(hall: Hall, words: list[str], field: str) -> None:
    done = hall.server.ramah("webhook", "add", *words, "--branch", hall.code)
    assert done.returncode == 1
    assert f"({field})" in done.stderr
    assert hall.query("SELECT COUNT(*) FROM webhooks WHERE branch = ?") == [(0,)]
