"""Owns ``ramah secrets``: the key that secrets of this machine are sealed with."""

from __future__ import annotations

import argparse
from contextlib import closing

from server.auth.vault import KEY, Vault
from server.auth.vaulting import shut
from server.cli.saying import Speaker
from server.cli.words import Commands, command, existing, group, recorded
from server.domain.words import marked as _
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
    speaker = Speaker(args.lang)
    for line in wrong:
        print(speaker.line(line))
    file = args.data / KEY
    if fits and not wrong:
        print(speaker.say(_("{file}: opens all that is sealed"), file=file))
    elif not wrong:
        missing = _(
            "{file}: missing, or another machine's. Copy it from there, or, when it is lost: "
            "ramah secrets renew"
        )
        print(speaker.say(missing, file=file))
    return 0 if fits and not wrong else 1


def _renew(args: argparse.Namespace) -> None:
    vault, speaker = Vault(args.data), Speaker(args.lang)
    with closing(existing(args.data)) as db:
        if vault.fits(db):
            print(speaker.say("This machine's key fits; nothing was changed."))
            return
        with transaction(db):
            kept.forget_check(db)
            for each in branches(db):
                recorded(db, each.id, "secrets_renewed")
        wrong = list(shut(db, vault))
    print(speaker.say("What is sealed from now on is so with this machine's key."))
    for line in wrong:
        print(speaker.line(line))
