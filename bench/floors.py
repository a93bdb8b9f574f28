"""Owns the floors: the least that SQLite, aiohttp and asyncio can do on this machine, now.

Each bench measures its floor in the same run, so that a slow or busy machine shows in both.
``python -m bench.floors KIND PORT`` serves until it is stopped; KIND is noop, any or fan.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

from aiohttp import web

BODY = b'{"label":"A001","state":"waiting"}'
MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""From RFC 6455, section 1.3."""


def commits(folder: Path, seconds: float) -> list[float]:
    """Return the microseconds of each commit of one row (WAL, ``synchronous=FULL``)."""
    with closing(sqlite3.connect(folder / "floor.db", isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, data TEXT NOT NULL)")
        data = "x" * 300
        taken = []
        end = time.perf_counter() + seconds
        while (began := time.perf_counter()) < end:
            db.execute("INSERT INTO rows (data) VALUES (?)", (data,))
            taken.append((time.perf_counter() - began) * 1e6)
    return taken


async def _noop(_request: web.Request) -> web.Response:
    return web.Response(body=BODY, status=201, content_type="application/json")


async def _page(_request: web.Request) -> web.Response:
    return web.Response(text="<!doctype html><title>kiosk</title>", content_type="text/html")


async def serve_noop(port: int) -> None:
    """Serve an aiohttp handler that reads nothing and answers the same bytes."""
    app = web.Application()
    app.router.add_post("/api/tickets", _noop)
    app.router.add_get("/kiosk", _page)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=4096).start()
    await asyncio.Event().wait()


async def _any(request: web.Request) -> web.Response:
    await request.read()
    return web.Response(body=BODY, content_type="application/json")


async def serve_any(port: int) -> None:
    """Serve the same bytes whatever is asked: what an attack costs that hits nothing of ours."""
    app = web.Application(client_max_size=1 << 30)
    app.router.add_route("*", "/{rest:.*}", _any)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=4096).start()
    await asyncio.Event().wait()


class _Fan(asyncio.Protocol):
    """Takes screens as they come; a POST writes the same bytes to every one of them."""

    screens: set[asyncio.Transport]
    FRAME = b"\x81\x7e\x01\x40" + b'{"type":"event","seq":1,"kind":"called",'.ljust(320, b" ")
    SNAPSHOT = b"\x81\x1b" + b'{"type":"snapshot","seq":0}'

    def __init__(self, screens: set[asyncio.Transport]) -> None:
        self.screens = screens

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if data.startswith(b"POST"):
            for each in self.screens:
                each.write(self.FRAME)
            self.transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        elif b"Sec-WebSocket-Key: " in data:
            key = data.split(b"Sec-WebSocket-Key: ", 1)[1].split(b"\r\n", 1)[0]
            accept = base64.b64encode(hashlib.sha1(key + MAGIC).digest())  # noqa: S324 - RFC 6455
            self.transport.write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n"
            )
            self.transport.write(self.SNAPSHOT)
            self.screens.add(self.transport)

    def connection_lost(self, _error: Exception | None) -> None:
        self.screens.discard(self.transport)


async def serve_fan(port: int) -> None:
    """Serve screens that all get the same bytes, with nothing else done."""
    screens: set[asyncio.Transport] = set()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Fan(screens), "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    serve = {"noop": serve_noop, "any": serve_any, "fan": serve_fan}[sys.argv[1]]
    asyncio.run(serve(int(sys.argv[2])))
