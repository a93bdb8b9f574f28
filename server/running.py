"""The server as a process: it serves until it is told to stop, and ends whatever happens."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import structlog
from aiohttp import web as http

from server.addresses import FOUND, OwnAddress, note
from server.api.hall import HALL
from server.app import ADDRESS, Config, build
from server.connections import GUARD, WAYS, Door
from server.cores import Core

END_SECONDS = 4.0
told = structlog.get_logger()
Announce = Callable[[OwnAddress], None]
"""Told when the server can be opened, and again when its address is another one."""


class CannotListen(Exception):
    """The address cannot be listened on; its argument is the port, its cause says why."""


async def serve(config: Config, announce: Announce, at: Sequence[socket.socket] = ()) -> None:
    """Serve until the process is told to stop (SIGINT, SIGTERM).

    ``at``: sockets that listen already, from a time of waiting.

    Raises:
        CannotListen: the address cannot be listened on.
    """
    core = Core()
    loop = asyncio.get_running_loop()
    # as many as usual, but counted without asking which cores are ours: a unit may forbid that
    threads = min(32, (os.cpu_count() or 1) + 4)
    aside = ThreadPoolExecutor(threads, "aside", initializer=core.leave)
    loop.set_default_executor(aside)
    runner = http.AppRunner(build(config), access_log=None, shutdown_timeout=2.0)
    runner.app.on_shutdown.append(_send_away)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)

    try:
        await runner.setup()
        await _open_doors(runner, config, at)
        _settle_memory()
        await _begin_lookups()
        core.keep()
        await runner.app[HALL].store.in_writer(core.keep)
        following = loop.create_task(_tell_address(runner.app[ADDRESS], config.data, announce))
        await stop.wait()
        following.cancel()
    finally:
        (config.data / FOUND).unlink(missing_ok=True)
        await _end(runner)


async def _open_doors(runner: http.AppRunner, config: Config, at: Sequence[socket.socket]) -> None:
    """Listen, and beside it with TLS where there is a certificate.

    ``at``: sockets that listen at the first port already.

    Raises:
        CannotListen: an address cannot be listened on.
    """
    guard, ways = runner.app[GUARD], runner.app[WAYS]
    doors = [(config.port, Door(runner, config.host, config.port, guard, ways, at=at))]
    if config.tls is not None:
        port, tls = config.tls.port, config.tls.context
        doors.append((port, Door(runner, config.host, port, guard, ways, tls)))
    for port, door in doors:
        try:
            await door.start()
        except OSError as error:
            raise CannotListen(port) from error


async def _begin_lookups() -> None:
    """Let the threads that look names up begin here: they run where the one who asks first does."""
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(1):
            await asyncio.get_running_loop().getaddrinfo("localhost", None)


async def _tell_address(address: OwnAddress, data: Path, announce: Announce) -> None:
    """Say where the server can be opened, now and whenever that changes."""

    def tell() -> None:
        with suppress(OSError):  # a full disk; the figures and pages say so
            note(data, address())
        announce(address)

    tell()
    await address.follow(tell)


async def _end(runner: http.AppRunner) -> None:
    """Stop everything, within ``END_SECONDS``: a bad disk must not keep a dead server alive.

    Nothing is lost by leaving then: what was acknowledged is on disk.
    """
    # not ``asyncio.timeout``: its one cancellation ends the first step that hangs, not the next
    ending = asyncio.get_running_loop().create_task(runner.cleanup())
    done, _ = await asyncio.wait({ending}, timeout=END_SECONDS)
    error = ending.exception() if done else TimeoutError()
    if error is not None:
        told.error("stopped_uncleanly", why=repr(error))
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(1)


def _settle_memory() -> None:
    """Spare the collector what lives as long as the server, and the many short-lived answers."""
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)


async def _send_away(app: http.Application) -> None:
    """Tell every screen that the server goes; they come back by themselves."""
    app[HALL].asking.close()
    app[HALL].hub.send_away()
