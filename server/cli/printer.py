"""Owns ``ramah printer``: ticket printers."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path

from printer.profile import PROFILES, read_profile, write_profile
from server.auth import registry
from server.cli.saying import Speaker
from server.cli.words import Commands, command, existing, group, recorded
from server.clock import wall_clock
from server.domain.errors import Invalid
from server.storage.ids import Ids
from server.storage.queries import printers


def add(commands: Commands) -> None:
    """Add the commands of this module."""
    words = group(commands, "printer", "ticket printers")
    add = command(
        words, "add", "add a printer, or give it a new address", _printer_add,
        "examples:\n  ramah printer add hall tcp://192.0.2.20:9100\n"
        "  ramah printer add front agent:front --kiosk front\n"
        "  ramah printer add box tcp://192.0.2.21:9100 --profile epson,baud=9600\n"
        "  ramah printer add try file:tickets.bin\n",
    )  # fmt: skip
    add.add_argument("name", help="what people call it")
    add.add_argument(
        "url", help="tcp://HOST[:9100], usb:, usb:/dev/usb/lp0, usb:VID:PID, cups:NAME, "
        "serial:/dev/ttyUSB0?baud=9600, agent:TOKEN-NAME or file:PATH",
    )  # fmt: skip
    add.add_argument("--kiosk", help="print only what the kiosk with this name issues")
    add.add_argument(
        "--profile",
        help="what it can do: a name, then what differs, such as escpos,width=58,baud=9600; "
        "names: " + ", ".join(PROFILES) + " (default: raster, which every printer can)",
    )
    add.add_argument("--branch", help="branch code, when there are several")
    remove = command(words, "remove", "remove a printer", _printer_remove)
    remove.add_argument("name", help="which one")
    remove.add_argument("--branch", help="branch code, when several have this name")
    command(words, "list", "list printers", _printer_list)
    test = command(
        words, "test", "print a page that shows size, letters, QR and cut", _printer_test,
        "examples:\n  ramah printer test hall\n",
    )  # fmt: skip
    test.add_argument("name", help="which one")
    test.add_argument("--branch", help="branch code, when there are several")


def _printer_add(args: argparse.Namespace) -> None:
    from printer.transport import parse_url  # noqa: PLC0415 - only here
    from server.cli.asking import about_path, about_queue, ticket_on_the_line  # noqa: PLC0415

    url = args.url
    if url.startswith("file:"):
        url = "file:" + str(Path(url.removeprefix("file:")).absolute())
    try:
        parse_url(url)
    except ValueError as error:
        raise Invalid("{why}", field="url", why=error) from None
    said = about_queue(url) or about_path(url)
    profile = None if args.profile is None else write_profile(read_profile(args.profile))
    with closing(existing(args.data)) as db:
        branch = registry.branch_of(db, args.branch)
        registry.put_printer(
            db, branch, args.name, url, args.kiosk,
            Ids().new(wall_clock()), wall_clock(), profile,
        )  # fmt: skip
        recorded(db, branch, "printer_added", name=args.name)
        line = ticket_on_the_line(db, args.data, branch, args.name)
    print(f"{args.name}: {url}")
    for each in (*([said] if said else []), *line):
        print(Speaker(args.lang).line(each))


def _printer_remove(args: argparse.Namespace) -> None:
    with closing(existing(args.data)) as db:
        branch = registry.remove_printer(db, args.name, args.branch)
        recorded(db, branch, "printer_removed", name=args.name)
    print(Speaker(args.lang).say("{name} removed", name=args.name))


def _printer_test(args: argparse.Namespace) -> None:
    from server.cli.trial import printer_test  # noqa: PLC0415 - it draws, which takes long to load

    printer_test(args)


def _printer_list(args: argparse.Namespace) -> None:
    with closing(existing(args.data)) as db:
        for each in printers.listed(db):
            whose = f"only kiosk {each.kiosk}" if each.kiosk else "all"
            print(each.name, each.branch, each.url, whose, each.profile, sep="\t")
