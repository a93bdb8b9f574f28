"""One event socket on a real connection: what it takes, what ends it, and who is cut."""

from __future__ import annotations

import asyncio
import socket as sockets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from websockets.frames import Frame as Sent
from websockets.frames import Opcode

from server.auth.access import Who
from server.domain.tx import Actor
from server.push.frames import NOT_UTF8, PING, PROTOCOL_ERROR, TOO_BIG, close_frame, pong_frame
from server.push.hub import HEARTBEAT_GROUPS, Feed
from server.push.socket import MAX_MESSAGE, Socket
from tests.server.waiting import soon

SCREEN = Who(1, Actor("token:1", "display", "Lobi"), cookie=False)
ONE_BEAT = b'\x81\x1c{"type":"heartbeat","seq":7}'


def masked(opcode: Opcode, payload: bytes = b"", *, final: bool = True) -> bytes:
    """Return a frame as a browser sends it."""
    return Sent(opcode, payload, fin=final).serialize(mask=True)


class Screen:
    """The far end of a socket."""

    def __init__(self, far: sockets.socket, near: Socket, said: list[bytes]) -> None:
        self.far = far
        self.near = near
        self.said = said

    async def send(self, *frames: bytes) -> None:
        """Send what a screen would."""
        await asyncio.get_running_loop().sock_sendall(self.far, b"".join(frames))

    async def receive(self, size: int) -> bytes:
        """Return the next bytes; fewer when the server has ended the connection."""
        got = b""
        while len(got) < size:
            more = await asyncio.get_running_loop().sock_recv(self.far, size - len(got))
            if not more:
                break
            got += more
        return got


@asynccontextmanager
async def opened() -> AsyncIterator[Screen]:
    """A socket of the server on a real transport, and its far end."""
    near, far = sockets.socketpair()
    with far:
        far.setblocking(False)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_accepted_socket(asyncio.Protocol, near)
        said: list[bytes] = []
        socket = Socket(transport, SCREEN, lambda _who, text: said.append(text))
        transport.set_protocol(socket)
        try:
            yield Screen(far, socket, said)
        finally:
            socket.cut()
            await soon(lambda: socket.gone is None, "the socket has left")


async def test_messages_in_parts_with_pings_between_are_put_together() -> None:
    async with opened() as screen:
        await screen.send(
            masked(Opcode.TEXT, b'{"type":', final=False),
            masked(Opcode.PING, b"hidup?"),
            masked(Opcode.CONT, b'"alive"', final=False),
            masked(Opcode.CONT, b"}"),
            masked(Opcode.BINARY, b"\xff"),
            masked(Opcode.TEXT, b"{}"),
        )
        assert await screen.receive(8) == pong_frame(b"hidup?")
        await soon(lambda: len(screen.said) == 2, "both texts came")
        assert screen.said == [b'{"type":"alive"}', b"{}"]


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([masked(Opcode.CONT, b"of nothing")], PROTOCOL_ERROR),
        ([masked(Opcode.TEXT, b"a", final=False), masked(Opcode.TEXT, b"b")], PROTOCOL_ERROR),
        ([bytes((0x83, 0x80)) + bytes(4)], PROTOCOL_ERROR),
        ([masked(Opcode.TEXT, b"\xff\xfe")], NOT_UTF8),
        ([masked(Opcode.TEXT, b"x" * (MAX_MESSAGE + 1))], TOO_BIG),
        (
            [masked(Opcode.TEXT, b"x" * MAX_MESSAGE, final=False), masked(Opcode.CONT, b"x")],
            TOO_BIG,
        ),
    ],
)
async def test_who_breaks_the_rules_is_told_why_and_ended(frames: list[bytes], code: int) -> None:
    async with opened() as screen:
        await screen.send(*frames, masked(Opcode.TEXT, b"later"))
        assert await screen.receive(100) == close_frame(code)
        assert screen.said == []


async def test_a_good_bye_is_answered_and_the_feed_left() -> None:
    async with opened() as screen:
        feed = Feed(7)
        feed.attach(screen.near, 7)
        assert len(feed) == 1
        await screen.send(masked(Opcode.CLOSE, b"\x03\xe8"))
        assert await screen.receive(100) == close_frame(1000)
        await soon(lambda: len(feed) == 0, "the feed is empty")
        assert feed.dropped == 0


def whole_round(feed: Feed, *, ping: bool = False) -> None:
    """Beat for every group."""
    for turn in range(HEARTBEAT_GROUPS):
        feed.beat(turn, ping=ping)


async def test_in_a_round_each_screen_hears_one_beat_and_no_turn_is_for_all() -> None:
    feed = Feed(7)
    async with AsyncExitStack() as stack:
        screens = [await stack.enter_async_context(opened()) for _ in range(HEARTBEAT_GROUPS)]
        for each in screens:
            feed.attach(each.near, 7)
        for turn in range(HEARTBEAT_GROUPS):
            feed.beat(turn, ping=False)
            for each in screens:
                each.near.transport.write(b".")
        heard = [await each.receive(len(ONE_BEAT) + HEARTBEAT_GROUPS) for each in screens]
        assert {each.replace(ONE_BEAT, b"") for each in heard} == {b"." * HEARTBEAT_GROUPS}
        assert len({each.index(ONE_BEAT) for each in heard}) == HEARTBEAT_GROUPS, (
            "each in its own turn"
        )


async def test_a_screen_that_answers_no_ping_is_cut_and_one_that_does_stays() -> None:
    feed = Feed(7)
    async with opened() as silent, opened() as well:
        for each in (silent, well):
            feed.attach(each.near, 7)
        whole_round(feed, ping=True)
        assert await well.receive(len(ONE_BEAT + PING)) == ONE_BEAT + PING
        await well.send(masked(Opcode.PONG))
        await soon(lambda: well.near.alive, "the answer came")
        whole_round(feed, ping=True)
        assert list(feed) == [well.near]
        assert feed.dropped == 1
        assert silent.near.transport.is_closing()


async def test_a_screen_that_joined_between_two_pings_is_not_cut() -> None:
    feed = Feed(7)
    whole_round(feed, ping=True)
    async with opened() as fresh:
        feed.attach(fresh.near, 7)
        whole_round(feed, ping=True)
        assert list(feed) == [fresh.near]
