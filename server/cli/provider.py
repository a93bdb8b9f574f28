"""Owns ``ramah provider``: an office's own provider of log-ins (OpenID Connect)."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from contextlib import closing

from server.auth import registry
from server.auth.oidc import RANK, safe_address
from server.auth.vault import Vault
from server.cli.saying import Speaker
from server.cli.words import Commands, command, existing, group, recorded
from server.domain.errors import Invalid, NotFound
from server.domain.words import marked as _
from server.storage.queries import providers
from server.storage.queries.providers import Provider
from server.storage.queries.secrets import place


def add(commands: Commands) -> None:
    """Add the commands of this module."""
    words = group(commands, "provider", "log-ins by an office's own provider (OpenID Connect)")
    setting = command(
        words, "set", "let people log in by a provider; asks for the client's secret",
        _set,
        "The secret is asked for, or read from standard input; empty for a public client.\n"
        "Register the address https://OURS/api/oidc/callback there. The claim may lead into\n"
        "others: realm_access.roles.\n\n"
        "examples:\n"
        "  ramah provider set https://sso.example.go.id/realms/kota --client-id ramah \\\n"
        '    --name "Akun Kota" --role-claim realm_access.roles \\\n'
        "    --role petugas-loket=staff --role kepala-upt=manager\n",
    )  # fmt: skip
    setting.add_argument("issuer", help="address of the provider, as its tokens name it")
    setting.add_argument("--client-id", required=True, help="what Ramah is called there")
    setting.add_argument("--name", required=True, help="as people read it at the log-in")
    setting.add_argument("--role-claim", default="roles", help="the claim that says what one is")
    setting.add_argument(
        "--role", action="append", default=[], metavar="VALUE=ROLE",
        help="a value of the claim and the role it gives: " + ", ".join(RANK),
    )  # fmt: skip
    setting.add_argument("--branch", help="branch code, when there are several")
    remove = command(words, "remove", "let nobody log in by the provider any more", _remove)
    remove.add_argument("--branch", help="branch code, when there are several")


def _set(args: argparse.Namespace) -> None:
    if not safe_address(args.issuer) or len(args.issuer) > 500:  # noqa: PLR2004
        raise Invalid("Give an https address of the provider.", field="issuer")
    roles = dict(_role(each) for each in args.role)
    if not roles:
        raise Invalid("Name at least one value of the claim: --role VALUE=ROLE", field="role")
    secret = (
        getpass.getpass("Secret: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    )
    with closing(existing(args.data)) as db:
        branch = registry.branch_of(db, args.branch)
        name = registry.check_name(args.name)
        sealed = Vault(args.data).seal(db, secret, place("providers", branch))
        providers.put(db, Provider(
            branch, args.issuer, args.client_id, sealed, name, args.role_claim, json.dumps(roles)
        ))  # fmt: skip
        recorded(db, branch, "provider_set", name=name)
    print(Speaker(args.lang).say("people log in by {name}", name=name))


def _role(told: str) -> tuple[str, str]:
    value, _sign, role = told.rpartition("=")
    if not value or role not in RANK:
        raise Invalid(
            "A role is given as VALUE=ROLE, with one of: {roles}.", field="role",
            roles=", ".join(RANK),
        )  # fmt: skip
    return value, role


def _remove(args: argparse.Namespace) -> None:
    with closing(existing(args.data)) as db:
        branch = registry.branch_of(db, args.branch)
        if not providers.remove(db, branch):
            raise NotFound("This office has no provider of log-ins.", field="branch")
        recorded(db, branch, "provider_removed")
    told = _("removed; who is logged in stays so until the session ends")
    print(Speaker(args.lang).say(told))
