"""Owns what all commands share: how one is added, and opening the database."""

from __future__ import annotations

import argparse
import gc
import getpass
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from server.cli.saying import Speaker
from server.clock import wall_clock
from server.domain.deeds import COMMAND_LINE
from server.domain.errors import NotFound
from server.domain.tx import Actor
from server.domain.words import marked as _
from server.storage.address import address_of
from server.storage.database import DATABASE, check_not_aside, connect, transaction
from server.storage.queries import deeds

if TYPE_CHECKING:  # argparse has no public name for it, and it takes no parameter at run time
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001
else:
    Commands = object


@contextmanager
def loading() -> Iterator[None]:
    """Load modules without looking for garbage: there is little, and looking is a tenth of it."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # what was loaded stays
        gc.enable()


LANG_HELP = "language of messages: id or en (default: $LANG's)"


def command(
    commands: Commands,
    name: str,
    text: str,
    run: Callable[[argparse.Namespace], int | None],
    epilog: str = "",
) -> argparse.ArgumentParser:
    """Add a command that works on a data folder; ``run`` does it and returns the exit status."""
    made = commands.add_parser(
        name, help=text, description=text[0].upper() + text[1:] + ".", epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    made.add_argument(
        "--data",
        type=Path,
        default=Path(os.environ.get("RAMAH_DATA", "data")),
        help="data folder (default: $RAMAH_DATA, else ./data)",
    )
    made.add_argument("--lang", metavar="LANGUAGE", help=LANG_HELP)
    made.set_defaults(run=run, command=made)
    return made


def group(commands: Commands, name: str, text: str) -> Commands:
    """Add a word with commands of its own below it."""
    made = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    return made.add_subparsers(required=True, metavar="COMMAND")


def recorded(db: sqlite3.Connection, branch: int, what: str, **about: str) -> None:
    """Write down what was done here: the manager's list of deeds tells of it."""
    actor = Actor(COMMAND_LINE, "admin", _system_user(), place=COMMAND_LINE)
    deeds.note(db, branch, wall_clock(), actor, what, dict(about))


def _system_user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user without a name, as in a container
        return ""


def existing(data: Path) -> sqlite3.Connection:
    """Open the database of a data folder.

    Raises:
        NotFound: there is none yet. HallAside: a restore was cut off.
    """
    if address_of(data) is None and not (data / DATABASE).exists():
        check_not_aside(data)
        raise NotFound(
            "There is no Ramah in {data} yet. Is the folder right (--data)? "
            "Else describe the office first: ramah branch add office.toml --data {data}",
            field="data",
            data=data,
        )
    return connect(data)


def over(db: sqlite3.Connection, lang: str | None) -> None:
    """End what a demo left in this folder, and say so."""
    from server.auth.demo_people import end_demo  # noqa: PLC0415 - only where a demo may have been

    with transaction(db):
        ended = end_demo(db, wall_clock())
    if ended:
        told = _(
            "the demo in this folder is over; {count} of its logins, keys and printers ended with "
            "it."
        )
        print(f"ramah: {Speaker(lang).say(told, count=ended)}", file=sys.stderr)
