"""Owns the command line: one module a word. Every command but ``serve`` works beside a server."""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
from collections.abc import Sequence
from functools import partial
from importlib.metadata import PackageNotFoundError, version

from server.cli import (
    backup,
    branch,
    demo,
    doctor,
    export,
    print_agent,
    printer,
    serve,
    simulate,
    token,
    user,
    watch,
    webhook,
)
from server.cli.words import disk_words
from server.domain.errors import DomainError
from server.settings import Mistakes
from server.storage.database import AlreadyRunning, NewerDatabase
from web.i18n import Catalogs

LANGUAGE_OF = ("LC_ALL", "LC_MESSAGES", "LANG")
EXAMPLES = """\
examples:
  ramah serve --demo                        try it: a hall with demo data on this machine
  ramah demo --days 365                     first give that hall a year to look back on
  ramah branch add office.toml              describe your own office
  ramah serve --host 0.0.0.0 --port 8080 --data /var/lib/ramah
  ramah user add sari --name "Ibu Sari" --role staff
  ramah token create --role kiosk --code    pair a kiosk with a short code
  ramah printer add hall tcp://192.0.2.20:9100
  ramah backup /media/usb/ramah-monday.tar
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status (0 done, 1 not possible, 2 wrong words)."""
    args = parser().parse_args(argv)
    try:
        return int(args.run(args) or 0)
    except DomainError as error:
        for line in told(error, args.lang):
            print(f"ramah: {line}", file=sys.stderr)
    except (AlreadyRunning, NewerDatabase) as error:
        print(f"ramah: {error}", file=sys.stderr)
    except OSError as error:
        print(f"ramah: {args.data}: {disk_words(error)}", file=sys.stderr)
    except sqlite3.Error as error:
        print(f"ramah: {args.data}: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


def told(error: DomainError, lang: str | None) -> list[str]:
    """Return what is wrong in the person's language: as asked, else the system's, else English."""
    system = next((os.environ[each] for each in LANGUAGE_OF if os.environ.get(each)), "")
    lang = lang or system.partition(".")[0].partition("_")[0]
    say = partial(Catalogs.load().translate, lang)
    if isinstance(error, Mistakes):
        return error.lines(say)
    field = f" ({error.field})" if error.field else ""
    return [say(error.message, **error.params) + field]


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    top = argparse.ArgumentParser(
        prog="ramah",
        description="Queues at public service counters, fast, fair and friendly.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"ramah {_version()}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    words = (
        serve,
        branch,
        token,
        user,
        printer,
        print_agent,
        webhook,
        backup,
        doctor,
        export,
        demo,
        watch,
        simulate,
    )
    for module in words:
        module.add(commands)
    return top


def _version() -> str:
    try:
        return version("ramah")
    except PackageNotFoundError:
        return "0"
