"""Owns ``ramah webhook``: other programs that are told of each event."""

from __future__ import annotations

import argparse
import secrets
from contextlib import closing
from typing import get_args
from urllib.parse import SplitResult, urlsplit

import msgspec

from server.auth import registry
from server.auth.vault import Vault
from server.cli.saying import Speaker
from server.cli.words import Commands, command, existing, group, recorded
from server.clock import wall_clock
from server.domain.errors import Invalid, NotFound
from server.domain.events import AnyEvent, Quoted
from server.domain.words import marked as _
from server.reaching import kept
from server.storage.ids import Ids
from server.storage.queries import webhooks
from server.storage.queries.secrets import place

KINDS = sorted(str(each.__struct_config__.tag) for each in get_args(AnyEvent) if each is not Quoted)
MAX_URL = 500


def add(commands: Commands) -> None:
    """Add the commands of this module."""
    words = group(commands, "webhook", "other programs that are told of each event")
    adding = command(
        words, "add", "tell a program of each event from now on; prints the signing secret once",
        _webhook_add,
        "examples:\n  ramah webhook add https://example.go.id/ramah\n"
        "  ramah webhook add http://192.0.2.7:9000/hook --events issued,called,finished\n"
        "\nkinds of events: " + ", ".join(KINDS) + "\n",
    )  # fmt: skip
    adding.add_argument("url", help="http or https address that takes a POST for each event")
    adding.add_argument("--events", help="kinds, with commas between; default all")
    adding.add_argument("--branch", help="branch code, when there are several")
    command(words, "list", "list webhooks, how far each is and what went wrong last", _webhook_list)
    remove = command(words, "remove", "tell a program no more", _webhook_remove)
    remove.add_argument("webhook", help="id or address")


def _webhook_add(args: argparse.Namespace) -> None:
    parts = _address(args.url)
    if parts is None:
        raise Invalid("Give an http or https address.", field="url")
    if parts.username or parts.password:
        raise Invalid("Leave name and password out of the address; it is signed.", field="url")
    kinds = [each.strip() for each in (args.events or "").split(",") if each.strip()]
    for kind in kinds:
        if kind not in KINDS:
            raise Invalid("There is no event '{kind}'.", field="events", kind=kind)
    secret = secrets.token_urlsafe(32)
    now = wall_clock()
    with closing(existing(args.data)) as db:
        branch = registry.branch_of(db, args.branch)
        id_ = Ids().new(now)
        sealed = Vault(args.data).seal(db, secret, place("webhooks", id_))
        webhooks.add(db, branch, id_, args.url, sealed, msgspec.json.encode(kinds).decode(), now)
        recorded(db, branch, "webhook_added", name=parts.hostname or "")
    print(f"webhook {id_}\nsecret  {secret}")


def _webhook_list(args: argparse.Namespace) -> None:
    say = Speaker(args.lang).say
    with closing(existing(args.data)) as db:
        for each in webhooks.hooks(db):
            trouble = say("well")
            if each.error:
                failed = _("{count} attempts failed: {why}")
                trouble = say(failed, count=each.attempts, why=kept(each.error))
            behind = say("{count} events to tell", count=each.newest - each.seq)
            print(each.id, each.code, each.url, behind, trouble, sep="\t")


def _webhook_remove(args: argparse.Namespace) -> None:
    with closing(existing(args.data)) as db:
        gone = [each for each in webhooks.hooks(db) if args.webhook in {each.id, each.url}]
        count = webhooks.remove(db, args.webhook)
        for each in gone:
            recorded(db, each.branch, "webhook_removed", name=urlsplit(each.url).hostname or "")
    if not count:
        raise NotFound("There is no webhook '{webhook}'.", field="webhook", webhook=args.webhook)
    print(Speaker(args.lang).say("{count} removed", count=count))


def _address(text: str) -> SplitResult | None:
    """Return the parts of an address that can be sent to; ``None`` for another text."""
    try:
        parts = urlsplit(text)
        sound = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:  # brackets without an end, a port beyond 65535
        return None
    return parts if sound and len(text) <= MAX_URL and text.isprintable() else None
