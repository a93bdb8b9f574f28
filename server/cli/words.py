"""Owns what all commands share: how one is added, and opening the database."""

from __future__ import annotations

import argparse
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from server.domain.errors import NotFound
from server.storage.database import DATABASE, connect

if TYPE_CHECKING:  # argparse has no public name for it, and it takes no parameter at run time
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001
else:
    Commands = object


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
    made.set_defaults(run=run)
    return made


def group(commands: Commands, name: str, text: str) -> Commands:
    """Add a word with commands of its own below it."""
    made = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    return made.add_subparsers(required=True, metavar="COMMAND")


def existing(data: Path) -> sqlite3.Connection:
    """Open the database of a data folder.

    Raises:
        NotFound: there is none yet.
    """
    if not (data / DATABASE).exists():
        raise NotFound(
            "There is no Ramah in {data} yet. Start with: ramah serve --demo --data {data}",
            field="data",
            data=data,
        )
    return connect(data)
