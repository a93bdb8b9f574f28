"""Whatever comes over the sockets of a real server: answered or closed by the rules, others served.

Each case is a connection with frames that a seed chose: right ones, half ones, forbidden ones, huge
ones, many at once. What is worth a test of its own when it fails is printed as its number.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.frames import Frame, Opcode

from server.domain.roles import ROLES
from tests.server.api.client import Client
from tests.server.process import Hall
from tests.server.waiting import soon

CODES = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1013}
"""With which a socket may be closed; 1011 would be a fault of the server."""
STILL = b"still there?"
MOST_MEMORY = 48 * 1024 * 1024
TOGETHER = 16
STRANGERS = {"agency", "box", "city", "care"}
"""To the feed of a hall."""
SHORT, LONG, WARM = 300, 20_000, 30
Dice = random.Random

WORDS = [
    b"", b"null", b"1", b"[]", b"{}", b'"x"', b"{", b"nan", b"\xc3", b"\xed\xa0\x80", b"\x00" * 50,
    b'{"type":"alive"}', b'{"type":"shown","seq":1}', b'{"type":"shown","seq":1,"ago":5}',
    b'{"type":"shown","seq":-1,"ago":-1}', b'{"type":"shown","seq":1e400,"ago":null}',
    b'{"type":"voiced","seq":99999999999999999999,"ago":0}', b'{"type":["shown"]}',
    b'{"type":"shown","seq":"1","ago":{}}', b'{"type":"shown","type":"look"}',
    b'{"type":"look"}', b'{"type":"look","version":5,"skew":"x"}', b'{"type":"\\ud800"}',
    b'{"id":1,"result":"well"}', b'{"type":"hello","version":"1","clock":1,"up":-1}',
    b"[" * 4000, b'{"x":' * 600, b'{"type":"alive","x":' + b"[" * 3000,
    b'{"type":"shown","seq":1,"ago":' + b"9" * 4000 + b"}", b"x" * 4096, b"x" * 4097, b"x" * 70_000,
]  # fmt: skip
SINCE = ["", "0", "1", "999999999999999999", "9" * 30, "-1", "1.5", "x", "%00", "٣", "1&since=2",
         "0&history=zz", "0&history=0123456789abcdef"]  # fmt: skip


def frame(dice: Dice, opcode: int, payload: bytes, *, final: bool = True, flags: int = 0) -> bytes:
    """Return a frame as a client sends it, masked; also with an opcode that nobody knows."""
    made = bytearray(Frame(Opcode.BINARY, payload, fin=final).serialize(mask=True))
    made[0] = (made[0] & 0x80) | flags | opcode
    return bytes(made) if dice.random() < 0.97 else bytes(made[: dice.randrange(1, len(made))])


def said(dice: Dice) -> bytes:
    """Return what a client sends next."""
    word = dice.choice(WORDS)
    kinds: list[Callable[[], bytes]] = [
        lambda: frame(dice, 1, word),
        lambda: frame(dice, 2, word),
        lambda: frame(dice, 1, word[:40], final=False) + frame(dice, 0, word[40:4000]),
        lambda: frame(dice, dice.randrange(16), word[: dice.choice((0, 1, 2, 125, 126))]),
        lambda: frame(dice, 8, dice.choice((b"", b"\x03", b"\x03\xe8", b"\0\0bye", b"\3\xe8\xff"))),
        lambda: frame(dice, 9, dice.randbytes(125)) * dice.choice((1, 3, 3000)),
        lambda: frame(dice, 10, b"unasked"),
        lambda: frame(dice, 1, b"x", flags=dice.choice((0x40, 0x20, 0x10))),
        lambda: bytes((0x81, 0xFF)) + dice.choice((2**62, 2**63 + 1, 4097)).to_bytes(8, "big"),
        lambda: b"\x81\x02{}",  # without a mask
        lambda: dice.randbytes(dice.choice((1, 2, 7, 200, 9000))),
        lambda: b"".join(frame(dice, 0, b"", final=False) for _ in range(500)),
        lambda: frame(dice, 1, b"", final=False) * 2,
    ]  # fmt: skip
    return dice.choice(kinds)()


class Case:
    """One connection of a fuzzer."""

    def __init__(self, number: int, port: int, role: str | None, token: str | None) -> None:
        self.dice = random.Random(number)
        self.port = port
        self.role, self.token = role, token

    async def run(self) -> str:
        """Do it; return what was wrong, "" for nothing."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            async with asyncio.timeout(50):
                return await self._play(reader, writer)
        except OSError:
            return ""  # what was sent behind the last frame that counted meets nobody
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _play(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        path = "/api/agent" if self.role == "agent" else "/api/events"
        since = self.dice.choice(SINCE)
        path += f"?since={since}" if since and self.role != "agent" else ""
        key = base64.b64encode(self.dice.randbytes(16)).decode()
        lines = [
            f"GET {path} HTTP/1.1", "Host: hall", "Upgrade: websocket", "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            f"Sec-WebSocket-Version: {8 if self.dice.random() < 0.1 else 13}",
        ]  # fmt: skip
        lines += [f"Authorization: Bearer {self.token}"] if self.token else []
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        if status != 101:
            fits = {400, 422} if self.token else {400, 401}
            if self.role in STRANGERS:
                fits |= {403}
            return "" if status in fits else f"the handshake was answered with {status}"
        if self.role in STRANGERS:
            return "who may not hear the feed was let in"
        if self.token is None:
            return "a stranger was let in"
        for _ in range(self.dice.randrange(1, 6)):
            writer.write(said(self.dice))
            if self.dice.random() < 0.3:
                await writer.drain()
        if self.dice.random() < 0.1:
            return ""  # it goes without a word, perhaps in the middle of a frame
        writer.write(Frame(Opcode.PING, STILL).serialize(mask=True))
        if self.dice.random() < 0.5:
            writer.write_eof()
        return await self._end(reader)

    async def _end(self, reader: asyncio.StreamReader) -> str:
        """Read until the server has answered the last ping, or has closed."""
        while True:
            try:
                first, second = await reader.readexactly(2)
                size = second & 0x7F
                if size >= 126:
                    size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8), "big")
                payload = await reader.readexactly(size)
            except asyncio.IncompleteReadError as cut:
                return "" if not cut.partial else "the server's last frame is half"
            opcode = first & 0x0F
            if second & 0x80 or first & 0x70 or opcode not in {1, 2, 8, 9, 10}:
                return f"the server sent a frame {first:02x} {second:02x}"
            if opcode == 1:
                json.loads(payload)
            if opcode == 10 and payload == STILL:
                return ""
            if opcode == 8:
                code = int.from_bytes(payload[:2], "big")
                return "" if code in CODES else f"it was closed with {code}"


def memory(pid: int) -> int:
    """Return how much memory a process has in use, in bytes."""
    status = Path(f"/proc/{pid}/statm").read_text("ascii")
    return int(status.split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def served(kiosk: Client, screen: ClientConnection, heard: int) -> int:
    """Give a number; a screen beside all others hears each event, in order, and of the number."""
    issued = (await kiosk.take())["label"]
    while True:
        event = json.loads(await screen.recv())
        if event["type"] == "event":
            assert event.get("after", event["seq"] - 1) == heard
            heard = int(event["seq"])
            if issued in str(event):
                return heard


async def fuzz(hall: Hall, numbers: range) -> list[str]:
    """Play cases beside a hall that works; return what was wrong."""
    server = hall.server
    assert server.process is not None
    keys: dict[str | None, str | None] = {each: hall.token(each) for each in ROLES}
    keys[None] = None
    roles = list(keys)
    wrong: list[str] = []

    async def work(todo: Iterator[int]) -> None:
        for number in todo:
            role = roles[number % len(roles)]
            told = await Case(number, server.port, role, keys[role]).run()
            if told:
                wrong.append(f"case {number}, {role}: {told}")

    good = f"ws://127.0.0.1:{server.port}/api/events"
    who = {"Authorization": f"Bearer {keys['display']}"}
    async with hall.client("kiosk") as kiosk, connect(good, additional_headers=who) as screen:
        heard = json.loads(await screen.recv())["seq"]
        await work(iter(numbers[:WARM]))  # what grows once has grown
        before = memory(server.process.pid)
        todo = iter(numbers[WARM:])
        done = 0

        async def worker() -> None:
            nonlocal done
            await work(todo)
            done += 1

        async with asyncio.TaskGroup() as group:
            for _ in range(TOGETHER):
                group.create_task(worker())
            while done < TOGETHER:
                heard = await served(kiosk, screen, heard)

    async def quiet() -> bool:
        return memory(server.process.pid) - before < MOST_MEMORY if server.process else False

    await soon(quiet, "the memory is given back")
    return wrong


async def test_whatever_a_socket_says_is_answered_or_closed(hall: Hall) -> None:
    assert await fuzz(hall, range(SHORT)) == []


@pytest.mark.soak
@pytest.mark.timeout(900)
async def test_the_same_for_long(hall: Hall) -> None:
    assert await fuzz(hall, range(SHORT, LONG)) == []


@pytest.mark.parametrize("depth", [90, 400, 950, 1900])
async def test_what_is_nested_deeply_is_refused_in_words_wherever_it_comes_in(
    hall: Hall, depth: int
) -> None:
    nested = '{"a":' + "[" * depth + "]" * depth + "}"
    cursor = base64.urlsafe_b64encode(b"[" * depth).decode().rstrip("=")
    async with hall.client("admin") as admin:
        for path, body in (
            ("/api/settings/check", {"office": nested}),
            ("/api/settings/file", {"file": "a = " + "[" * depth + "]" * depth}),
        ):
            assert (await admin.post(path, body)).status in {200, 422}, path
        wrong = await admin.get(f"/api/log?from=2026-01-01&to=2026-01-02&limit=5&cursor={cursor}")
        assert wrong.status == 422
