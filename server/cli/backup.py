"""Owns ``ramah backup``: all that cannot be made again, in one file."""

from __future__ import annotations

import argparse
from contextlib import closing
from errno import ENOENT
from pathlib import Path

from server.backups import archive
from server.cli.saying import Speaker
from server.cli.words import Commands, command, existing
from server.domain.errors import Invalid
from server.storage.address import in_a_file


def add(commands: Commands) -> None:
    """Add the commands of this module."""
    backup = command(
        commands, "backup", "copy a hall into one file, also while the server runs", _backup
    )
    backup.add_argument("file", type=Path, help="file to write (.tar); must not exist")


def _backup(args: argparse.Namespace) -> None:
    in_a_file(args.data)
    if args.file.exists():
        raise Invalid("The file exists already; nothing was written.", field="file")
    if not args.file.parent.is_dir():  # the unfinished copy beside it is nobody's business
        raise FileNotFoundError(ENOENT, "no such folder", str(args.file.parent))
    with closing(existing(args.data)) as db:
        count = archive.write(args.data, db, args.file)
    size = args.file.stat().st_size / 1e6
    speaker = Speaker(args.lang)
    told = speaker.say(
        "{file}: {size} MB, database checked, {count} other files",
        file=args.file, size=size, count=count,
    )  # fmt: skip
    print(told)
