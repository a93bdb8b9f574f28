"""Owns ``ramah branch``: describe an office from a settings file."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path

from server.auth.demo_people import only_demo
from server.branches import configure, read_office
from server.cli.serve import over
from server.cli.words import Commands, command, existing, group
from server.storage.database import connect
from server.storage.queries.offices import branches


def add(commands: Commands) -> None:
    """Add the commands of this module."""
    words = group(commands, "branch", "describe an office")
    add = command(words, "add", "add a branch, or give it new settings, from a TOML file",
                   _branch_add)  # fmt: skip
    add.add_argument(
        "file",
        type=Path,
        help="settings: docs/settings.md explains each, server/demo/office.toml is one to copy, "
        "office-all.toml beside it shows all",
    )
    command(words, "list", "list the branches", _branch_list)


def _branch_add(args: argparse.Namespace) -> None:
    office = read_office(args.file)
    with closing(connect(args.data)) as db:
        _, version = configure(db, office)
        if not only_demo(db):
            over(db)
    print(
        f"{office.code}: {office.name}, {len(office.services)} services, "
        f"{len(office.counters)} counters, settings version {version}"
    )


def _branch_list(args: argparse.Namespace) -> None:
    with closing(existing(args.data)) as db:
        for each in branches(db):
            print(f"{each.code}\tsettings version {each.version}")
