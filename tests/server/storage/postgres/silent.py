"""A stand-in for a pooler in transaction mode: it passes everything on but notices."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

NOTICE = b"A"
SOCKET = ".s.PGSQL.5432"


@asynccontextmanager
async def swallowing(database: Path, folder: Path) -> AsyncIterator[Path]:
    """Yield the folder of a socket that leads to the one in ``database``."""

    async def passed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        theirs, ours = await asyncio.open_unix_connection(str(database / SOCKET))
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(_all(reader, ours))
                both.create_task(_but_notices(theirs, writer))
        finally:
            for each in (writer, ours):
                each.close()

    server = await asyncio.start_unix_server(passed, str(folder / SOCKET))
    async with server:
        yield folder


async def _all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.close()


async def _but_notices(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass messages of the server on: a letter, and a length that counts itself."""
    try:
        while True:
            head = await reader.readexactly(5)
            body = await reader.readexactly(int.from_bytes(head[1:], "big") - 4)
            if head[:1] != NOTICE:
                writer.write(head + body)
                await writer.drain()
    except asyncio.IncompleteReadError:
        writer.close()
