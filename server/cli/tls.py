"""Owns ``ramah tls``: the office's own authority, and the code that leads devices to it."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import qrcode

from server.addresses import phones_reach, running_at
from server.cli.saying import Speaker
from server.cli.words import Commands, command, group
from server.clock import wall_clock
from server.domain.errors import Invalid, NotFound, Phrase
from server.domain.words import marked as _
from server.tls import FOLDER
from web.trust import PATH

SOON = timedelta(days=180)
OTHERS = 0o077


def add(commands: Commands) -> None:
    """Add the commands of this module."""
    words = group(commands, "tls", "TLS by the office's own authority")
    make = command(
        words, "make", "make an authority and a certificate for this server", _make,
        "examples:\n  ramah tls make antrean.local 192.168.1.0/24\n"
        "  ramah tls make antrean.kantor.go.id 192.168.1.10\n"
        "It can vouch for these and for nothing else. A network covers whatever address the\n"
        "server gets in it. Start the server again, then each device of the staff installs the\n"
        "authority once (ramah tls show).\n",
    )  # fmt: skip
    make.add_argument(
        "names", nargs="+", metavar="NAME-OR-ADDRESS",
        help="full name, IP address or private network under which the server is opened",
    )  # fmt: skip
    make.add_argument(
        "--replace",
        action="store_true",
        help="make a new one in the place of the one there is; every device has to install it",
    )
    command(
        words, "show", "tell its fingerprint, and show the code that leads devices to it", _show
    )
    command(words, "end", "remove the authority; the server speaks no TLS of its own then", _end)


def _make(args: argparse.Namespace) -> None:
    from server.tls import keeping, names  # noqa: PLC0415 - cryptography costs start time

    wanted = names.wanted(args.names)
    args.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = datetime.fromtimestamp(wall_clock() / 1000, UTC)
    root = keeping.make(args.data, wanted, now, anew=args.replace)
    _give_to_owner(args.data)
    say = Speaker(args.lang).say
    made = _("An authority for {names}, and for nothing else, until {day}.")
    print(say(made, names=root.names, day=f"{root.ends:%Y-%m-%d}"))
    print(say("Its fingerprint (SHA-256):"))
    print(f"  {root.fingerprint}")
    print(say("The server's certificate is renewed by itself. Start the server again; then:"))
    print(f"  ramah tls show --data {args.data}")


def _give_to_owner(data: Path) -> None:
    """Let the data folder's owner have what root made for the server."""
    owner = data.stat()
    if os.geteuid() == 0 and owner.st_uid != 0:
        for each in (data / FOLDER, *(data / FOLDER).iterdir()):
            os.chown(each, owner.st_uid, owner.st_gid)


def _show(args: argparse.Namespace) -> None:
    from server.tls import keeping  # noqa: PLC0415 - as above

    if not keeping.present(args.data):
        raise NotFound("There is no authority yet: ramah tls make NAME-OR-ADDRESS", field="data")
    root = keeping.root(args.data)
    has = keeping.shown((args.data / FOLDER / keeping.SERVER).read_bytes())
    say = Speaker(args.lang).say
    vouches = _("The authority vouches for {names} until {day}.")
    print(say(vouches, names=root.names, day=f"{root.ends:%Y-%m-%d}"))
    print(say("This server's certificate: {names}", names=", ".join([*has.hosts, *has.addresses])))
    print("  " + say("until {day}; it is renewed by itself", day=f"{has.ends:%Y-%m-%d}"))
    print(say("Fingerprint of the authority (SHA-256):"))
    print(f"  {root.fingerprint}")
    address = running_at(args.data)
    if not address:
        idle = _("The server does not run; beside it this shows the code that leads devices there.")
        print(say(idle))
        return
    page = f"{address}{PATH}"
    print(say("Devices of the staff install it once: {address}", address=page))
    if phones_reach(page):
        show_code(page)


def show_code(page: str) -> None:
    """Draw an address as a QR code with letters, where the terminal has them."""
    code = qrcode.QRCode(border=2)
    code.add_data(page)
    if (sys.stdout.encoding or "").lower().startswith("utf"):
        code.print_ascii(invert=True)


def wrong_tls(data: Path) -> Iterator[Phrase]:
    """Tell the doctor what is wrong with the certificates of a data folder."""
    folder = data / FOLDER
    if not folder.exists():
        return
    from server.tls import keeping  # noqa: PLC0415 - as above

    try:
        ends = keeping.root(data).ends
        served = keeping.shown((folder / keeping.SERVER).read_bytes()).ends
    except (OSError, ValueError, Invalid) as error:
        yield Phrase(
            _("{folder} cannot be read ({why}): ramah tls make --replace makes a new authority"),
            folder=folder, why=error,
        )  # fmt: skip
        return
    now = datetime.fromtimestamp(wall_clock() / 1000, UTC)
    if ends - now < SOON:
        ending = _("the authority ends on {day}: ramah tls make --replace makes a new one")
        yield Phrase(ending, day=f"{ends:%Y-%m-%d}")
    if served < now:
        ended = _("the server's certificate ended on {day}: does the server run?")
        yield Phrase(ended, day=f"{served:%Y-%m-%d}")
    for each in folder.iterdir():
        if each.stat().st_mode & OTHERS:
            yield Phrase(_("others can read {file}: chmod 600 {file}"), file=each)


def _end(args: argparse.Namespace) -> None:
    if not (args.data / FOLDER).exists():
        raise NotFound("There is no authority.", field="data")
    shutil.rmtree(args.data / FOLDER)
    say = Speaker(args.lang).say
    print(say("The authority is gone. Start the server again: it speaks no TLS of its own then."))
    print(say("Devices may keep its certificate; nobody can use it any more."))
