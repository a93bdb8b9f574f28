"""Owns ``ramah branch``: describe an office from a settings file."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path

from server.auth.demo_people import only_demo
from server.auth.registry import branch_of
from server.branches import read_office
from server.cli.saying import Speaker
from server.cli.words import Commands, command, existing, group, over, recorded
from server.domain.errors import NotFound
from server.domain.words import marked as _
from server.editing.files import bring
from server.editing.written import as_written, file_head, toml
from server.lobby.voice.tables import load_tables
from server.storage.database import connect
from server.storage.queries.offices import branches, office


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
    add.add_argument(
        "--replace", action="store_true",
        help="put the file over what was changed on the pages since, too",
    )  # fmt: skip
    export = command(
        words, "export", "print the settings in force as a TOML file, to change and add again",
        _branch_export, "examples:\n  ramah branch export > office.toml\n",
    )  # fmt: skip
    export.add_argument("--branch", help="branch code, when there are several")
    command(words, "list", "list the branches", _branch_list)


def _branch_add(args: argparse.Namespace) -> None:
    described = read_office(args.file, load_tables(args.data).keys())
    with closing(connect(args.data)) as db:
        version = bring(db, described, args.file.read_text("utf-8-sig"), replace=args.replace)
        if not only_demo(db):
            over(db, args.lang)
    told = _("{code}: {name}, {services} services, {counters} counters, settings version {version}")
    counts = {"services": len(described.services), "counters": len(described.counters)}
    about = {"code": described.code, "name": described.name, "version": version}
    print(Speaker(args.lang).say(told, **about, **counts))


def _branch_export(args: argparse.Namespace) -> None:
    with closing(existing(args.data)) as db:
        number = branch_of(db, args.branch)
        found = office(db, number)
        if found is None:
            raise NotFound("This branch has no settings yet.", field="branch")
        version = next(each.version for each in branches(db) if each.id == number)
        recorded(db, number, "settings_taken")
    print(toml(as_written(found), file_head(version, found.code)), end="")


def _branch_list(args: argparse.Namespace) -> None:
    with closing(existing(args.data)) as db:
        for each in branches(db):
            print(f"{each.code}\tsettings version {each.version}")
