"""Owns ``ramah token``: keys for devices and scripts."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing

from server.auth import registry
from server.cli.saying import Speaker
from server.cli.words import Commands, command, existing, group, recorded
from server.clock import wall_clock
from server.domain.errors import NotFound
from server.domain.roles import ROLES
from server.domain.words import marked as _
from server.storage.ids import Ids
from server.storage.queries import keys


def add(commands: Commands) -> None:
    """Add the commands of this module."""
    words = group(commands, "token", "keys for kiosks, displays and scripts")
    create = command(
        words, "create", "make a token and print it (once: only its hash is kept)", _token_create,
        "examples:\n  ramah token create --role kiosk --code      a short code to type on the kiosk"
        "\n  ramah token create --role manager --name bi a token for a script\n",
    )  # fmt: skip
    create.add_argument("--role", required=True, choices=ROLES, help="what its bearer may do")
    create.add_argument("--name", help="what it is for, as shown in lists (default: the role)")
    create.add_argument("--branch", help="branch code, when there are several")
    create.add_argument("--counter", type=int, help="of a tablet: the number of its counter")
    create.add_argument("--agency", default="", help="of the role agency: whose halls it reads")
    create.add_argument(
        "--code", action="store_true",
        help="print a pairing code instead, for 15 minutes and one device",
    )  # fmt: skip
    command(words, "list", "list tokens", _token_list)
    revoke = command(words, "revoke", "end a token; works at once", _token_revoke)
    revoke.add_argument("token", help="id or name")
    revoke.add_argument("--branch", help="branch code, when several have this name")


def _token_create(args: argparse.Namespace) -> None:
    name = args.name or args.role
    now = wall_clock()
    with closing(existing(args.data)) as db:
        branch = registry.branch_of(db, args.branch)
        if args.code:
            print(registry.create_code(db, branch, args.role, name, now, args.counter))
            recorded(db, branch, "code_made", name=name, role=args.role)
            told = _("Type this code on the {role} page within 15 minutes.")
            print(Speaker(args.lang).say(told, role=args.role), file=sys.stderr)
        else:
            id_ = Ids().new(now)
            print(registry.create_token(
                db, branch, args.role, name, id_, now, args.counter, args.agency
            ))  # fmt: skip
            of = {"agency": args.agency} if args.agency else {}
            recorded(db, branch, "token_made", name=name, role=args.role, **of)


def _token_list(args: argparse.Namespace) -> None:
    with closing(existing(args.data)) as db:
        for each in keys.listed(db):
            state = "revoked" if each.revoked_at else "valid"
            print(each.id, each.branch, each.role, each.name, state, sep="\t")


def _token_revoke(args: argparse.Namespace) -> None:
    with closing(existing(args.data)) as db:
        found = {each.id for each in keys.named(db, args.token, args.branch)}
        ended = [each for each in keys.valid(db) if each.id in found]
        count = registry.revoke_token(db, args.token, wall_clock(), args.branch)
        for each in ended:
            recorded(db, each.branch, "token_ended", name=each.name)
    if not count:
        raise NotFound("There is no valid token '{token}'.", field="token", token=args.token)
    print(Speaker(args.lang).say("{count} revoked", count=count))
