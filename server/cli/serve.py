"""Owns ``ramah serve``: lock, demo, addresses, and running until stopped."""

from __future__ import annotations

import argparse
import errno
import os
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import uvloop

from server.addresses import OwnAddress, network_addresses, phones_reach
from server.auth import registry
from server.auth.doorway import Network, networks, origin_of
from server.backups.archive import FOLDERS
from server.cli.announcing import Announcement
from server.cli.saying import Speaker
from server.cli.trouble import in_words, of_address
from server.cli.words import Commands, command, loading, over
from server.clock import wall_clock
from server.domain.errors import Refused
from server.domain.words import marked as _
from server.logs import set_up_logging
from server.storage.address import address_of, forget_address, keep_address, shown
from server.storage.database import DATABASE, ServerLock, connect, transaction
from server.tls import FOLDER

if TYPE_CHECKING:
    from server.storage.owners import Own
    from server.tls.keeping import Kept


def add(commands: Commands) -> None:
    """Add the commands of this module."""
    serve = command(
        commands, "serve", "run the server", _serve,
        "examples:\n  ramah serve --demo\n"
        "  ramah serve --host 0.0.0.0 --port 8080 --data /var/lib/ramah\n",
    )  # fmt: skip
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (0.0.0.0: all)")
    serve.add_argument("--port", type=port, default=8080, help="port (default 8080)")
    serve.add_argument(
        "--public-url", type=public_url, help="address that phones reach, for the QR on the ticket"
    )
    serve.add_argument(
        "--trusted-proxy", type=proxy, action="append", default=[], metavar="ADDRESS",
        help="a reverse proxy (address or network, may be given again) whose X-Forwarded-For, "
        "-Proto and -Host count; see deploy/README.md",
    )  # fmt: skip
    serve.add_argument(
        "--tls-port",
        type=port,
        default=8443,
        metavar="PORT",
        help="port for TLS (default 8443), where there is a certificate: of the office's own "
        "authority (ramah tls make), or of --tls-cert",
    )
    serve.add_argument(
        "--tls-cert",
        type=Path,
        metavar="FILE",
        help="a certificate with its chain, in PEM; read again when it was renewed",
    )
    serve.add_argument("--tls-key", type=Path, metavar="FILE", help="its key, in PEM")
    serve.add_argument("--demo", action="store_true", help="fill an empty folder with a demo hall")
    serve.add_argument(
        "--store", metavar="ADDRESS",
        help="keep the log in PostgreSQL (postgresql://user@host/database) instead of a file; the "
        "data folder remembers it for all commands. A password is better left to ~/.pgpass. "
        "See docs/city.md",
    )  # fmt: skip
    serve.add_argument(
        "--peer-url", type=public_url, metavar="URL",
        help="where the other servers of the same store reach this one, if not at the machine's "
        "own address",
    )  # fmt: skip
    serve.add_argument(
        "--log-format", choices=("text", "json"), default="text", help="how the log is written"
    )


def port(word: str) -> int:
    """Return a port number.

    Raises:
        argparse.ArgumentTypeError: it is none, in words.
    """
    if not (word.isascii() and word.isdigit() and 1 <= int(word) <= LAST_PORT):
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to {LAST_PORT}, not '{word}'")
    return int(word)


def public_url(word: str) -> str:
    """Return an address that phones can open, without a slash at its end.

    Raises:
        argparse.ArgumentTypeError: it is none, in words.
    """
    parts = urlsplit(word)
    if origin_of(word) is None or parts.username or parts.query or parts.fragment:
        raise argparse.ArgumentTypeError(
            f"'{word}' is no address that a phone can open; "
            "write it whole, such as https://antrean.example.go.id or http://192.168.1.10:8080"
        )
    return word.rstrip("/")


def proxy(word: str) -> list[Network]:
    """Return the networks of a proxy.

    Raises:
        argparse.ArgumentTypeError: it names none, in words.
    """
    try:
        return networks([word])
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


LAST_PORT = 65_535


def _serve(args: argparse.Namespace) -> int:
    set_up_logging(as_json=args.log_format == "json")
    with loading():
        from server.app import Config  # noqa: PLC0415 - only this command needs all rooms
        from server.running import CannotListen, serve  # noqa: PLC0415 - as above

    if (args.tls_cert is None) != (args.tls_key is None):
        args.command.error("--tls-cert and --tls-key are given together")
    args.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    first = bool(args.store) and keep_address(args.data, args.store)
    check_folder(args.data)
    with ServerLock(args.data):
        at, own = _come_in(args, first=first)
        with closing(connect(args.data)) as db:
            demo = args.demo and _seed(db, args.lang)
            if not demo:
                over(db, args.lang)
            offices = registry.public_addresses(db)
            code = _setup_code(db)
        proxies = tuple(each for some in args.trusted_proxy for each in some)
        tls = _tls(args)
        known = tls.address() if tls is not None and tls.root is None else ""
        config = Config(
            args.data, args.public_url or known, args.host, args.port, demo=demo,
            proxies=proxies, tls=tls, own=own,
        )  # fmt: skip
        try:
            uvloop.run(serve(config, Announcement(args, offices, code, demo=demo, tls=tls), at))
        except CannotListen as error:
            if isinstance(error.__cause__, OSError):
                raise of_address(error.__cause__, args.host, error.args[0]) from error
            raise
        except Exception as error:  # noqa: BLE001 - any of them is told in words, and the process ends
            say = Speaker(args.lang).say
            why = in_words(error, args.data) or str(error) or type(error).__name__
            cannot = _("the server cannot work with {folder}: {why}")
            what = _(
                "What to do: ramah doctor tells what is wrong; ramah restore brings a backup back."
            )
            told = f"ramah: {say(cannot, folder=args.data, why=why)}\n{say(what)}"
            print(told, file=sys.stderr, flush=True)
            os._exit(1)  # a thread that is stuck in the disk must not keep the process
    return 0


def _tls(args: argparse.Namespace) -> Kept | None:
    """Return what TLS is spoken with: own files, else the office's authority; ``None`` for none."""
    own = (args.tls_cert, args.tls_key) if args.tls_cert else None
    if own is None and not (args.data / FOLDER).exists():
        return None
    from server.tls.keeping import Kept  # noqa: PLC0415 - cryptography costs start time

    return Kept(args.data, args.tls_port, own)


def _come_in(args: argparse.Namespace, *, first: bool) -> tuple[list[socket.socket], Own | None]:
    """Come to the other servers of a store; a file has one. Return where they reach this one.

    While older ones work on older tables everything is passed on to them. The sockets that were
    listened at are returned: whoever knocks while this server begins to work itself waits for that.
    ``first``: the folder names this store since a moment ago, and not if it turns out to be none.
    """
    address, at = address_of(args.data), list[socket.socket]()
    if address is None:
        return at, None
    from server.door import listening  # noqa: PLC0415 - only cities need it
    from server.storage.owners import Own  # noqa: PLC0415 - only cities need it
    from server.storage.postgres.connection import Gone  # noqa: PLC0415 - only cities need it
    from server.storage.postgres.turn import join  # noqa: PLC0415 - only cities need it
    from server.waiting import passing_on  # noqa: PLC0415 - only cities need it

    proxies = tuple(each for some in args.trusted_proxy for each in some)

    @asynccontextmanager
    async def meanwhile(where: Callable[[], str]) -> AsyncIterator[None]:
        try:
            at.extend(await listening(args.host, args.port))
        except OSError as error:
            raise of_address(error, args.host, args.port) from error
        async with passing_on(at, proxies, where):
            waits = _(
                "older servers work on {store}; this one waits, passes everything on to them, and "
                "works when they have ended."
            )
            told = Speaker(args.lang).say(waits, store=shown(address))
            print(f"ramah: {told}", flush=True)
            yield

    url = args.peer_url or OwnAddress(args.host, args.port)()
    here = network_addresses() if phones_reach(url) else ["127.0.0.1", "::1"]
    own = Own(url, tuple(here))
    try:
        join(address, own, meanwhile)
    except Gone:
        raise  # it may be right, and is just away
    except (sqlite3.Error, Refused):
        if first:
            forget_address(args.data)
        raise
    return at, own


def _setup_code(db: sqlite3.Connection) -> str:
    """Return a code to set the office up with, "" where there is one."""
    from server.setup import door  # noqa: PLC0415 - only here

    with transaction(db):
        return door.make_code(db, wall_clock()) if door.is_open(db) else ""


def check_folder(data: Path) -> None:
    """See to it that all of a data folder can be written by this user.

    A command that was once run as root leaves files that the server's user may only read: found
    at the start, not by the first visitor.

    Raises:
        OSError: names the file or folder.
    """
    from server.spooling import PRINTER_CACHE  # noqa: PLC0415 - only this command needs it

    folders = [data, *(data / each for each in (*FOLDERS, PRINTER_CACHE, FOLDER))]
    for path in folders:
        if path.exists() and not path.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "", str(path))
    for path in (*folders, *(data / f"{DATABASE}{end}" for end in ("", "-wal", "-shm"))):
        if path.exists() and not os.access(path, os.W_OK):
            read_only = os.statvfs(path).f_flag & os.ST_RDONLY
            raise OSError(errno.EROFS if read_only else errno.EACCES, "", str(path))


def _seed(db: sqlite3.Connection, lang: str | None) -> bool:
    from server.demo.seed import seed  # noqa: PLC0415 - only for a demo

    if seed(db):
        return True
    told = Speaker(lang).say("this data folder holds another office; --demo is left out.")
    print(f"ramah: {told}", file=sys.stderr)
    return False
