"""Owns the command line: one module a word. Every command but ``serve`` works beside a server."""

from __future__ import annotations

import argparse
import os
import select
import sqlite3
import sys
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import NoReturn

from server.cli.saying import Speaker
from server.cli.trouble import in_words
from server.cli.words import loading
from server.domain.errors import DomainError
from server.mistakes import Mistakes

MODULES = {
    "serve": "serve", "setup-code": "setup_code", "tls": "tls", "branch": "branch",
    "token": "token", "user": "user", "printer": "printer", "print-agent": "print_agent",
    "provider": "provider", "secrets": "secrets", "webhook": "webhook", "backup": "backup",
    "backups": "backups", "restore": "restore", "numbers": "numbers", "doctor": "doctor",
    "export": "export", "city": "city", "log": "city", "plan": "rota", "demo": "demo",
    "watch": "watch", "simulate": "simulate",
}  # fmt: skip
"""The commands in the order of the help, and the module of each: only what is asked is loaded."""
EXAMPLES = """\
examples:
  ramah serve --demo                        try it: a hall with demo data on this machine
  ramah demo --days 365                     first give that hall a year to look back on
  ramah serve                               then set your own office up in a browser
  ramah branch add office.toml              or describe it in a file
  ramah serve --host 0.0.0.0 --port 8080 --data /var/lib/ramah
  ramah user add sari --name "Ibu Sari" --role staff
  ramah token create --role kiosk --code    pair a kiosk with a short code
  ramah printer add hall tcp://192.0.2.20:9100
  ramah tls make antrean.local 192.168.1.0/24
  ramah backup /media/usb/ramah-monday.tar
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status (0 done, 1 not possible, 2 wrong words)."""
    words = sys.argv[1:] if argv is None else list(argv)
    unreadable = next((each for each in words if not _is_text(each)), None)
    if unreadable is not None:
        print(f"ramah: {unreadable!r} is no text in UTF-8", file=sys.stderr)
        return 2
    module = MODULES.get(words[0]) if words else None
    with loading():
        args, unknown = parser(module).parse_known_args(words)
    if unknown:
        args.command.error(f"unrecognized arguments: {' '.join(unknown)}")
    try:
        done = int(args.run(args) or 0)
        sys.stdout.flush()
    except DomainError as error:
        for line in told(error, args.lang):
            print(f"ramah: {line}", file=sys.stderr)
    except (OSError, sqlite3.Error) as error:
        if isinstance(error, BrokenPipeError) and _read_enough():
            return 1
        known = in_words(error, args.data)
        for line in told(known, args.lang) if known else [str(error)]:
            print(f"ramah: {line}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    else:
        return done
    return 1


def _read_enough() -> bool:
    """Whether whoever read our output has left, as ``head`` does; then nothing more is written."""
    asked, out = select.poll(), sys.stdout.fileno()
    asked.register(out, 0)
    gone = any(event & select.POLLERR for _, event in asked.poll(0))
    if gone:
        os.dup2(os.open(os.devnull, os.O_WRONLY), out)
    return gone


def told(error: DomainError, lang: str | None) -> list[str]:
    """Return what is wrong in the person's language: as asked, else the system's, else English."""
    say = Speaker(lang).say
    if isinstance(error, Mistakes):
        return error.lines(say)
    field = f" ({error.field})" if error.field else ""
    return [" ".join((say(error.message, **error.params) + field).splitlines())]


def _is_text(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:  # bytes of another encoding, as the system gave them
        return False
    return True


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, with where to read more, instead of all its options."""

    def error(self, message: str) -> NoReturn:
        """Say it, and end with status 2."""
        self.exit(2, f"{self.prog}: {' '.join(message.splitlines())} (see {self.prog} --help)\n")


@cache
def parser(module: str | None = None) -> argparse.ArgumentParser:
    """Return the parser of all commands, or of those of one ``module`` alone."""
    top = Parser(
        prog="ramah",
        description="Queues at public service counters, fast, fair and friendly.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument(
        "--version", action=_Version, nargs=0, help="show program's version number and exit"
    )
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for name in dict.fromkeys(MODULES.values()) if module is None else (module,):
        import_module(f"server.cli.{name}").add(commands)
    return top


class _Version(argparse.Action):
    """Says which version this is; looked up only when somebody asks."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Say it, and end."""
        from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

        try:
            known = version("ramah")
        except PackageNotFoundError:
            known = "0"
        print(f"ramah {known}")
        parser.exit()
