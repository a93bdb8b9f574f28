"""Owns ``ramah secrets``: the key that secrets of this machine are sealed with."""

from __future__ import annotations

import argparse
from contextlib import closing

from server.auth.vault import KEY, Vault
from server.auth.vaulting import shut
from server.cli.words import Commands, command, existing, group, recorded
from server.storage.database import transaction
from server.storage.queries import secrets as kept
from server.storage.queries.offices import branches


def add(commands: Commands) -> None:
    """Add the commands of this module."""
    words = group(commands, "secrets", "the key that secrets of this machine are sealed with")
    command(words, "check", "say which secrets this machine's key does not open", _check)
    command(
        words, "renew", "seal with this machine's key from now on; the other one is lost", _renew,
        "What was sealed with the lost key stays shut: it is said what is to be set again.\n",
    )  # fmt: skip


def _check(args: argparse.Namespace) -> int:
    with closing(existing(args.data)) as db:
        wrong = list(shut(db, Vault(args.data)))
        fits = Vault(args.data).fits(db)
    for line in wrong:
        print(line)
    if fits and not wrong:
        print(f"{args.data / KEY}: opens all that is sealed")
    elif not wrong:
        print(f"{args.data / KEY}: missing, or another machine's. Copy it from there, or, when it "
              "is lost: ramah secrets renew")  # fmt: skip
    return 0 if fits and not wrong else 1


def _renew(args: argparse.Namespace) -> None:
    vault = Vault(args.data)
    with closing(existing(args.data)) as db:
        if vault.fits(db):
            print("This machine's key fits; nothing was changed.")
            return
        with transaction(db):
            kept.forget_check(db)
            for each in branches(db):
                recorded(db, each.id, "secrets_renewed")
        wrong = list(shut(db, vault))
    print("What is sealed from now on is so with this machine's key.")
    for line in wrong:
        print(line)
