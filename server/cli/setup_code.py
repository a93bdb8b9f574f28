"""Owns ``ramah setup-code``: a new one-time code for setting the office up in a browser."""

from __future__ import annotations

import argparse
from contextlib import closing

from server.addresses import running_at
from server.cli.saying import Speaker
from server.cli.words import Commands, command
from server.clock import wall_clock
from server.setup import door
from server.storage.database import connect, transaction


def add(commands: Commands) -> None:
    """Add the command of this module."""
    command(
        commands, "setup-code", "make a code to set the office up in a browser, for one use",
        _setup_code,
        "It works once and for an hour, and only while there is no office. What was typed so far\n"
        "stays; the browser that brings the new code goes on with it.\n",
    )  # fmt: skip


def _setup_code(args: argparse.Namespace) -> None:
    with closing(connect(args.data)) as db, transaction(db):
        code = door.make_code(db, wall_clock())
    print(code)
    address = running_at(args.data)
    say = Speaker(args.lang).say
    if address:
        print(say("Open {address}", address=set_up_at(address, code)))
    else:
        print(say("Start the server, open its page /setup and type the code there."))


def set_up_at(address: str, code: str) -> str:
    """Return the address of the set-up; what is behind ``#`` is never sent, so no log has it."""
    return f"{address}/setup#{code}"
