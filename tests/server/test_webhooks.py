"""Another program is told of each event: signed, in order, again until it confirms."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from server.webhooks import pause_after, signature
from tests.server.api.client import Client
from tests.server.process import Hall, free_port
from tests.server.waiting import soon


class Listener:
    """A program that listens, and can be told to refuse."""

    def __init__(self) -> None:
        self.port = free_port()
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.refusals = 0

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
        self.heard.append((dict(request.headers), await request.read()))
        return web.Response()


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
        assert headers["Ramah-Event-Id"] == f"{hall.code}:{message['seq']}"
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
