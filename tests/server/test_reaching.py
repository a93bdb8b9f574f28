"""Whoever looks after a line reads why nobody is reached, not what a library calls it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from aiohttp import ClientError, ClientSession, ClientTimeout

from server.unanswered import why
from tests.server.process import free_port


async def told(url: str) -> str:
    async with ClientSession(timeout=ClientTimeout(total=0.5)) as session:
        with pytest.raises((ClientError, TimeoutError)) as raised:
            await session.get(url)
    return why(raised.value)


@asynccontextmanager
async def listening(answer: bytes | None) -> AsyncIterator[int]:
    """Answer so and hang up; ``None``: say nothing for long."""
    met: list[asyncio.StreamWriter] = []

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        met.append(writer)
        await reader.read(1)
        if answer is None:
            await reader.read(-1)
        else:
            writer.write(answer)
        writer.close()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        for each in met:
            each.close()
            with suppress(ConnectionError):
                await each.wait_closed()


async def test_a_city_that_is_not_reached_is_told_in_words() -> None:
    closed = free_port()
    assert await told(f"http://127.0.0.1:{closed}") == (
        f"nobody answers at 127.0.0.1:{closed}: Connection refused"
    )
    assert "no machine is found by the name kota.invalid" in await told("https://kota.invalid")
    async with listening(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        assert await told(f"https://127.0.0.1:{port}") == (
            f"127.0.0.1:{port} does not speak TLS with us: is it an http address?"
        )
    async with listening(b"") as port:
        assert "cut amid" in await told(f"http://127.0.0.1:{port}")
    async with listening(None) as port:
        assert await told(f"http://127.0.0.1:{port}") == "no answer in time"
