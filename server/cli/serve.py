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

from server.addresses import ALL_HOSTS, OwnAddress, network_addresses, phones_reach
from server.auth import registry
from server.auth.doorway import Network, networks, origin_of
from server.backups.archive import FOLDERS
from server.cli.setup_code import set_up_at
from server.cli.trouble import in_words, of_address
from server.cli.words import Commands, command, loading, over
from server.clock import wall_clock
from server.domain.errors import Refused
from server.logs import set_up_logging
from server.storage.address import address_of, forget_address, keep_address, shown
from server.storage.database import DATABASE, ServerLock, connect, transaction
from server.tls import FOLDER
from web.trust import PATH

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
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


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
            demo = args.demo and _seed(db)
            if not demo:
                over(db)
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
            told = in_words(error, args.data)
            why = str(told or error) or type(error).__name__
            print(
                f"ramah: the server cannot work with {args.data}: {why}\n"
                "What to do: ramah doctor tells what is wrong; ramah restore brings a backup back.",
                file=sys.stderr, flush=True,
            )  # fmt: skip
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
            print(
                f"ramah: older servers work on {shown(address)}; this one waits, passes "
                "everything on to them, and works when they have ended.",
                flush=True,
            )
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


def _seed(db: sqlite3.Connection) -> bool:
    from server.demo.seed import seed  # noqa: PLC0415 - only for a demo

    if seed(db):
        return True
    print("ramah: this data folder holds another office; --demo is left out.", file=sys.stderr)
    return False


class Announcement:
    """What the technician reads: where the pages are, and what is still to do."""

    def __init__(
        self, args: argparse.Namespace, offices: list[str], code: str, *, demo: bool,
        tls: Kept | None = None,
    ) -> None:  # fmt: skip
        """``offices``: the public address that each office names, "" where it names none.

        ``code`` opens the set-up of an office of one's own, "" where there is one. ``tls`` is
        what TLS is spoken with.
        """
        self._tls = tls
        self._code = code
        self._args = args
        self._demo = demo
        self._configured = bool(offices)
        self._own = not offices or "" in offices
        self._begun = False

    def __call__(self, address: OwnAddress) -> None:
        """Print it; later only what is new, the address."""
        if self._begun:
            lines = ["", f"Ramah's address is now {address()}/", *self._phones(address)]
        else:
            lines = self._whole(address)
            self._begun = True
        print("\n".join(lines), flush=True)

    def _whole(self, address: OwnAddress) -> list[str]:
        args, everywhere = self._args, address.everywhere()
        base = everywhere[0]
        lines = ["", f"Ramah is ready: {base}/", ""]
        for page, who in (
            ("kiosk", "visitors take a number"),
            ("display", "the lobby sees and hears calls"),
            ("counter", "staff call and serve"),
            ("manager", "waiting and service times"),
        ):
            lines.append(f"  {base}/{page:<9} {who}")
        if len(everywhere) > 1:
            lines += ["", "The same pages are under"]
            lines += [f"  {each}/" for each in everywhere[1:]]
        lines += self._phones(address)
        if self._tls is not None:
            lines += told_tls(self._tls, f"{base}{PATH}")
        if not self._configured:
            lines += [
                "", f"THERE IS NO OFFICE in {args.data} yet; every page says so.",
                *self._set_up(address),
                "or describe it in a file (server/demo/office.toml is one to start from), then",
                f"  ramah branch add office.toml --data {args.data}",
                "beside this server, as its user: it goes on by itself.",
            ]  # fmt: skip
        elif self._code and self._demo:
            lines += ["", "This is the demo. Your own office beside it:", *self._set_up(address)]
        if self._demo:
            lines += _about_demo(args.host)
        return [*lines, "", "Stop with Ctrl+C."]

    def _set_up(self, address: OwnAddress) -> list[str]:
        """Say where the office is set up; the code works once and for an hour."""
        where = "here or on a phone in this network" if phones_reach(address()) else "here"
        return [
            f"Set it up in a browser, {where}:",
            f"  {set_up_at(address.everywhere()[0], self._code)}",
            "The code works once, for an hour. A new one:",
            f"  ramah setup-code --data {self._args.data}",
        ]

    def _phones(self, address: OwnAddress) -> list[str]:
        """Say when the visitors' phones cannot come: a code that leads nowhere helps nobody."""
        if not self._own or phones_reach(address()):
            return []
        if self._args.host in ALL_HOSTS:
            why = "This machine is in no network yet: tickets carry no QR code until it is in one."
        else:
            why = (
                "Only this machine can open these pages: tickets carry no QR code. For phones in\n"
                "the same network start with --host 0.0.0.0 (make run HOST=0.0.0.0)."
            )
        return ["", why]


def told_tls(tls: Kept, page: str) -> list[str]:
    """Say where the server is opened by TLS, and where devices come to trust it."""
    lines = ["", f"By TLS, for staff: {tls.address()}/"]
    if tls.root is not None:
        lines += [
            "Devices that staff work with install this office's certificate once:",
            f"  {page}",
            "Its fingerprint (SHA-256):",
            *(f"  {each}" for each in (tls.root.fingerprint[:48], tls.root.fingerprint[48:])),
        ]
    return lines


def _about_demo(host: str) -> list[str]:
    from server.auth.demo_people import PASSWORD, USERS  # noqa: PLC0415 - only for a demo

    lines = ["", "Demo logins (password for all: " + PASSWORD + "):"]
    lines += [f"  {user.login:<6} {user.role:<10} {user.name}" for user in USERS]
    lines += ["", "Kiosk and display pages opened on this machine are paired by themselves."]
    if host not in LOOPBACK:
        lines += [
            "", "THIS IS A DEMO ON A NETWORK. Its people log in on this machine only; the",
            "password above is known to everybody. For a counter elsewhere add a person:",
            "  ramah user add NAME --name NAME --role staff",
        ]  # fmt: skip
    return lines
