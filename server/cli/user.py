"""Owns ``ramah user``: people who log in."""

from __future__ import annotations

import argparse
import getpass
import sqlite3
import sys
from contextlib import closing

from server.auth import registry
from server.auth.demo_people import only_demo
from server.cli.saying import Speaker
from server.cli.words import Commands, command, existing, group, over, recorded
from server.clock import wall_clock
from server.domain.errors import Invalid
from server.domain.roles import AGENCY, CITY_UP, PEOPLE
from server.domain.words import marked as _
from server.storage.ids import Ids
from server.storage.queries import people


def add(commands: Commands) -> None:
    """Add the commands of this module."""
    words = group(commands, "user", "people who log in")
    add = command(
        words, "add", "add a person; asks for the password, or reads it from standard input",
        _user_add,
        "roles:\n  host        receives visitors: numbers, corrections, calls for a person\n"
        "  staff       calls and serves at a counter, sees the own figures\n"
        "  supervisor  also sees to the whole hall: alarms, counters of others, the notice\n"
        "  manager     also the figures, the log, settings, devices and people\n"
        "  admin       also managers and backups\n"
        "  agency      reads the halls of one agency in a city, acts in none (--agency)\n"
        "  city        reads all halls of a city, founds new ones, acts in none\n\n"
        "a login has 1 to 64 small letters, digits, dots and dashes;\n"
        "a password 8 to 200 characters\n\n"
        'examples:\n  ramah user add sari --name "Ibu Sari" --role staff\n',
    )  # fmt: skip
    add.add_argument("login", help="what the person types to log in")
    add.add_argument("--name", required=True, help="shown to colleagues")
    add.add_argument(
        "--role",
        required=True,
        choices=PEOPLE,
        help="what the person may do",
    )
    add.add_argument("--branch", help="branch code, when there are several")
    add.add_argument("--agency", default="", help="whose halls somebody of the role agency reads")
    password = command(words, "password", "give a person a new password", _user_password)
    password.add_argument("login", help="whose")
    remove = command(words, "remove", "lock a person out; the log keeps what was done",
                      _user_remove)  # fmt: skip
    remove.add_argument("login", help="who")
    skills = command(
        words, "skills", "say which services a person can serve", _user_skills,
        "examples:\n  ramah user skills sari A,B\n  ramah user skills sari all\n",
    )  # fmt: skip
    skills.add_argument("login", help="who")
    skills.add_argument("services", help="codes with commas, or: all")
    off = command(
        words, "second-step-off", "let somebody who lost the phone log in by the password alone",
        _user_second_step_off,
    )  # fmt: skip
    off.add_argument("login", help="whose")
    command(words, "list", "list people", _user_list)


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != first:
        raise Invalid("The two passwords differ.", field="password")
    return first


def _user_add(args: argparse.Namespace) -> None:
    with closing(existing(args.data)) as db:
        if not only_demo(db):
            over(db, args.lang)
        anywhere = args.role in CITY_UP and args.branch is None
        branch = (
            registry.any_branch(db, args.agency)
            if anywhere
            else registry.branch_of(db, args.branch)
        )
        now = wall_clock()
        who = registry.NewPerson(args.login, args.name, args.role, args.agency)
        registry.create_user(db, branch, who, _password(), Ids().new(now), now)
        halls = [each.code for each in registry.halls_of(db, args.agency)]
        of = {"agency": args.agency} if args.agency else {}
        recorded(db, branch, "user_added", name=args.name, role=args.role, **of)
    say = Speaker(args.lang).say
    print(say("{login} added", login=args.login))
    if args.role == AGENCY:
        names = ", ".join(halls) or say("none yet")
        print(say("sees the halls of {agency}: {halls}", agency=args.agency, halls=names))


def _user_password(args: argparse.Namespace) -> None:
    with closing(existing(args.data)) as db:
        registry.set_password(db, args.login, _password())
        _recorded(db, args.login, "password_given")
    told = _("{login}: new password, logged out everywhere")
    print(Speaker(args.lang).say(told, login=args.login))


def _user_second_step_off(args: argparse.Namespace) -> None:
    with closing(existing(args.data)) as db:
        registry.end_second_step(db, args.login)
        _recorded(db, args.login, "factor_taken_off")
    told = _("{login}: no second step any more, logged out everywhere")
    print(Speaker(args.lang).say(told, login=args.login))


def _user_remove(args: argparse.Namespace) -> None:
    with closing(existing(args.data)) as db:
        registry.deactivate_user(db, args.login)
        _recorded(db, args.login, "user_removed")
    print(Speaker(args.lang).say("{login} locked out", login=args.login))


def _user_skills(args: argparse.Namespace) -> None:
    words = [word.strip() for word in args.services.split(",")]
    codes = None if words == ["all"] else [word for word in words if word]
    with closing(existing(args.data)) as db:
        registry.set_skills(db, args.login, codes)
        _recorded(db, args.login, "user_skills", services=args.services)
    print(f"{args.login}: {args.services}")


def _recorded(db: sqlite3.Connection, login: str, what: str, **about: str) -> None:
    person = people.person(db, login, locked_out=True)
    if person is not None:
        recorded(db, person.branch, what, name=person.name, **about)


def _user_list(args: argparse.Namespace) -> None:
    with closing(existing(args.data)) as db:
        for each in people.listed(db):
            state = "active" if each.active else "locked out"
            print(each.login, each.branch, each.role, each.name, state, each.agency, sep="\t")
