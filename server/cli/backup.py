"""Owns ``ramah backup``: a checked copy of the database."""

from __future__ import annotations

import argparse
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from server.cli.words import Commands, command, existing
from server.domain.errors import Invalid


def add(commands: Commands) -> None:
    """Add the commands of this module."""
    backup = command(commands, "backup", "copy the database, also while the server runs", _backup)
    backup.add_argument("file", type=Path, help="file to write; must not exist")


def _backup(args: argparse.Namespace) -> None:
    if args.file.exists():
        raise Invalid("The file exists already; nothing was written.", field="file")
    part = args.file.with_name(args.file.name + ".part")
    os.close(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
    with closing(existing(args.data)) as db, closing(sqlite3.connect(part)) as copy:
        db.backup(copy, pages=2048)
        sound = copy.execute("PRAGMA quick_check").fetchone()[0]
        copy.execute("PRAGMA journal_mode = DELETE")
    if sound != "ok":
        part.unlink()
        raise Invalid("The copy is damaged: {why}", field="file", why=sound)
    part.replace(args.file)
    print(f"{args.file}: {args.file.stat().st_size / 1e6:.1f} MB, checked")
