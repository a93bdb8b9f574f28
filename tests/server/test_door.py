"""The door: a crowd that knocks at once comes in by fours, and nobody is left outside."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from server import door
from server.door import AT_ONCE, Gate, listening
from server.precedence import Precedence
from tests.server.waiting import soon

CROWD = 60


class Guest(asyncio.Protocol):
    """Answers each word; all of them are kept in ``inside``."""

    def __init__(self, inside: list[Guest]) -> None:
        self._inside = inside

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._inside.append(self)

    def data_received(self, data: bytes) -> None:
        self.transport.write(data)

    def connection_lost(self, _error: Exception | None) -> None:
        self._inside.remove(self)


@asynccontextmanager
async def opened(
    host: str = "127.0.0.1", known: Precedence | None = None
) -> AsyncIterator[tuple[Gate, int, list[Guest]]]:
    """A gate on a free port, and who is inside."""
    inside: list[Guest] = []
    sockets = await listening(host, 0)
    port = int(sockets[0].getsockname()[1])
    gate = Gate(sockets, lambda: Guest(inside), known=known)
    try:
        yield gate, port, inside
    finally:
        gate.close()
        for each in inside:
            each.transport.abort()
        await soon(lambda: not inside, "all went home")


async def crowd(port: int, stack: AsyncExitStack) -> list[socket.socket]:
    """Knock many times at once."""
    found = []
    for _ in range(CROWD):
        link = socket.create_connection(("127.0.0.1", port))
        stack.callback(link.close)
        found.append(link)
    return found


async def test_a_crowd_comes_in_by_fours_and_who_is_in_is_answered_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(door, "BREATH_S", 3600.0)
    async with opened() as (_, port, inside), AsyncExitStack() as stack:
        first = (await crowd(port, stack))[0]
        await soon(lambda: len(inside) == AT_ONCE, "the first are in")
        loop = asyncio.get_running_loop()
        first.setblocking(False)
        for _ in range(20):  # turns of the loop in which all others could have come
            await loop.sock_sendall(first, b"call")
            assert await loop.sock_recv(first, 10) == b"call"
        assert len(inside) == AT_ONCE


async def test_after_each_breath_more_come_until_all_are_in() -> None:
    async with opened() as (_, port, inside), AsyncExitStack() as stack:
        await crowd(port, stack)
        await soon(lambda: len(inside) == CROWD, "all are in")


async def test_nobody_comes_in_while_somebody_known_is_answered() -> None:
    moment = [100.0]
    known = Precedence(lambda: moment[0])
    press = known.begin()
    async with opened(known=known) as (_, port, inside), AsyncExitStack() as stack:
        await crowd(port, stack)
        for _ in range(20):  # milliseconds in which some could have come
            await asyncio.sleep(0.001)
        assert not inside
        known.end(press)
        await soon(lambda: len(inside) == CROWD, "all are in")


async def test_a_house_without_room_opens_again_when_there_is_some(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    full = [True, True]

    class Listens(socket.socket):
        def accept(self) -> tuple[socket.socket, object]:
            if full:
                full.pop()
                raise OSError(errno.EMFILE, "Too many open files")
            return super().accept()

    monkeypatch.setattr("server.door.socket.socket", Listens)
    monkeypatch.setattr(door, "FULL_S", 0.01)
    async with opened() as (_, port, inside), AsyncExitStack() as stack:
        await crowd(port, stack)
        await soon(lambda: len(inside) == CROWD, "all are in")
    assert not full


async def test_a_closed_gate_lets_nobody_in() -> None:
    async with opened() as (gate, port, _):
        gate.close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))


async def test_an_address_that_somebody_else_has_is_refused_and_nothing_is_left_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        with pytest.raises(OSError) as refused:  # noqa: PT011 - its number says what it is
            await listening("127.0.0.1", taken.getsockname()[1])
        assert refused.value.errno == errno.EADDRINUSE


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0", ""])  # noqa: S104
async def test_every_way_to_name_this_machine_is_listened_on(host: str) -> None:
    async with opened(host) as (_, port, inside), AsyncExitStack() as stack:
        link = socket.create_connection(("127.0.0.1", port))
        stack.callback(link.close)
        await soon(lambda: len(inside) == 1, "the guest is in")
