"""Owns ``ramah city``: the city that reads all halls, and the link of an office's own server."""

from __future__ import annotations

import argparse
import getpass
import os
import sqlite3
import sys
from contextlib import closing
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from server.auth import registry
from server.auth.vault import Vault
from server.branches import TECHNICIAN
from server.city import files
from server.city.clocks import wrong_s
from server.cli import release
from server.cli.saying import Speaker
from server.cli.words import Commands, command, existing, group, recorded
from server.clock import wall_clock
from server.domain.day import iso
from server.domain.errors import Conflict, Invalid, NotFound
from server.domain.roles import BOX
from server.domain.texts import Code
from server.domain.words import marked as _
from server.reaching import kept
from server.storage import dialect
from server.storage.database import AlreadyRunning, ServerLock, connect, transaction
from server.storage.ids import Ids
from server.storage.queries import boxes, keys, offices
from server.storage.queries.secrets import place

OLD_LOGS = "old-logs"
TOKEN = "RAMAH_CITY_TOKEN"  # noqa: S105 - its name
MAX_URL = 300


def add(commands: Commands) -> None:
    """Add the commands of this module."""
    words = group(commands, "city", "many halls: offices with a server of their own, and the city")
    admit = command(
        words, "admit", "on the city's server: let an office send its log; prints its token once",
        _admit, "example:\n  ramah city admit kelurahan-melati\n",
    )  # fmt: skip
    admit.add_argument(
        "code", help="what the city calls this hall: 1 to 16 letters, digits, _ and -"
    )
    command(words, "boxes", "on the city's server: list the offices, and how far each is", _boxes)
    again = command(
        words, "again", "on the city's server: put a hall's log aside and let it come anew, as "
        "after a restore in the office", _again,
    )  # fmt: skip
    again.add_argument("code", help="of the hall")
    join = command(
        words, "join", "in the office: send the log to a city from now on", _join,
        f"The token is asked for, or read from standard input or ${TOKEN}.\n\nexample:\n"
        "  ramah city join https://ramah.kota.example\n",
    )  # fmt: skip
    join.add_argument("url", help="address of the city's server")
    join.add_argument("--branch", help="branch code, when there are several")
    join.add_argument(
        "--plain", action="store_true",
        help="take an http address: only on a line that nobody else reads, such as a VPN",
    )  # fmt: skip
    release.add(words)
    command(words, "link", "in the office: tell how the link to the city is", _link)
    leave = command(words, "leave", "in the office: send the log no more", _leave)
    leave.add_argument("--branch", help="branch code, when there are several")
    _add_log(commands)


def _add_log(commands: Commands) -> None:
    words = group(commands, "log", "a hall's whole log in a file: where no line goes, a stick does")
    out = command(
        words, "export", "write the log to a file for the city", _export,
        "It holds the numbers' tracking tokens: keep it as you keep a key.\n\nexamples:\n"
        "  ramah log export /media/usb/melati.ramahlog\n"
        "  ramah log export /media/usb/melati.ramahlog --after 48210\n",
    )  # fmt: skip
    out.add_argument("file", type=Path, help="file to write; must not exist")
    out.add_argument("--after", type=int, default=0, help="only what follows this event")
    out.add_argument("--branch", help="branch code, when there are several")
    into = command(words, "import", "on the city's server: take an office's log from a file",
                   _import)  # fmt: skip
    into.add_argument("file", type=Path, help="what ramah log export wrote")
    into.add_argument("--branch", required=True, help="the hall's code in the city")


# ---------------------------------------------------------------- the city's side


def _admit(args: argparse.Namespace) -> None:
    try:
        msgspec.convert(args.code, Code)
    except msgspec.ValidationError:
        raise Invalid("A code has 1 to 16 letters, digits, '_' and '-'.", field="code") from None
    now = wall_clock()
    with closing(connect(args.data)) as db, transaction(db):
        branch = offices.add_branch(db, args.code)
        if boxes.box(db, branch) is None and offices.branch(db, branch).seq:
            raise Conflict(
                "The hall '{code}' is run by this server itself.", field="code", code=args.code
            )
        boxes.admit(db, branch)
        for each in keys.valid(db):
            if (each.branch, each.role) == (branch, BOX):
                keys.revoke(db, each.id, now)
        token = registry.create_token(db, branch, BOX, BOX, Ids().new(now), now)
        recorded(db, branch, "token_made", name=BOX, role=BOX)
    print(token)
    told = _(
        "On the office's server: ramah city join https://ADDRESS-OF-THIS-SERVER "
        "and give it this token. It is shown this once; a new one ends it."
    )
    print(Speaker(args.lang).say(told), file=sys.stderr)


def _boxes(args: argparse.Namespace) -> None:
    say = Speaker(args.lang).say
    with closing(existing(args.data)) as db:
        for each in boxes.boxes(db):
            heard = say("never came")
            if each.heard_at is not None:
                heard = say("heard {time}", time=iso(each.heard_at))
            at = say("at event {seq}", seq=each.seq)
            rest = say("{count} events to come", count=max(0, each.newest - each.seq))
            waits = say("no gap")
            if each.ahead:
                waits = say("{count} wait for those before them", count=each.ahead)
            words = [each.code, heard, at, rest, waits, each.version]
            if each.refused:
                words.append(say("refused: {why}", why=each.refused))
            if (off := wrong_s(each.clock_ms)) > 0:
                words.append(say("its clock was {seconds} s ahead of this one's", seconds=off))
            elif off:
                words.append(say("its clock was {seconds} s behind this one's", seconds=-off))
            print(*words, sep="\t")


def _box(db: sqlite3.Connection, code: str) -> boxes.Box:
    box = boxes.box(db, registry.branch_of(db, code))
    if box is None:
        raise NotFound("The hall '{code}' is run by this server itself.", field="code", code=code)
    return box


def _again(args: argparse.Namespace) -> None:
    # a running server would go on with what it knows of the old log
    with closing(existing(args.data)) as db, ServerLock(args.data):
        box = _box(db, args.code)
        for each in dialect.servers(db):
            raise AlreadyRunning(
                "A server of this store still works, at {where}. Stop all of them first.",
                where=each,
            )
        kept = None
        if box.seq:
            folder = args.data / OLD_LOGS
            folder.mkdir(mode=0o700, exist_ok=True)
            kept = folder / f"{box.code}-{box.history}-{box.seq}.ramahlog"
            if not kept.exists():
                head = files.head(db, box.branch, release.program())
                files.write(db, box.branch, head, 0, kept)
        with transaction(db):
            boxes.forget_log(db, box.branch)
            recorded(db, box.branch, "log_put_aside", name=args.code)
    say = Speaker(args.lang).say
    if kept is not None:
        print(say("what came so far is in {file}", file=kept))
    print(say("{code}: its log comes anew, from the first event on", code=args.code))


def _import(args: argparse.Namespace) -> None:
    with closing(existing(args.data)) as db:
        box = _box(db, args.branch)
        stand = files.take(db, box.branch, TECHNICIAN, args.file)
        recorded(db, box.branch, "log_imported", name=args.file.name)
        say = Speaker(args.lang).say
        came = _("{code}: at event {seq}, {count} of them new")
        print(say(came, code=box.code, seq=stand.seq, count=stand.seq - box.seq))
        if stand.ahead:
            ahead = _(
                "{count} more wait for those before them. In the office: "
                "ramah log export FILE --after {seq}"
            )
            print(say(ahead, count=stand.ahead, seq=stand.seq))


# ---------------------------------------------------------------- the office's side


def _join(args: argparse.Namespace) -> None:
    url = _address(args.url, plain=args.plain)
    token = (os.environ.get(TOKEN) or _typed()).strip()
    if not token or not token.isascii():
        raise Invalid("Give the token that ramah city admit printed.", field="token")
    with closing(existing(args.data)) as db:
        branch = registry.branch_of(db, args.branch)
        if boxes.box(db, branch) is not None:
            raise Conflict("This hall is run by its own server; link that one.", field="branch")
        sealed = Vault(args.data).seal(db, token, place("city_links", branch))
        boxes.join(db, branch, url, sealed)
        recorded(db, branch, "city_joined", name=urlsplit(url).hostname or "")
    told = _("the log goes to {url}; ramah city link tells how it is")
    print(Speaker(args.lang).say(told, url=url))


def _typed() -> str:
    return getpass.getpass("token: ") if sys.stdin.isatty() else sys.stdin.readline()


def _address(text: str, *, plain: bool) -> str:
    """Return an address to send to.

    Raises:
        Invalid: it is none, or everybody on the line could read along.
    """
    try:
        parts = urlsplit(text)
        sound = parts.scheme in {"http", "https"} and parts.port != 0
    except ValueError:  # brackets without an end, a port beyond 65535
        raise Invalid("Give an http or https address.", field="url") from None
    host = parts.hostname or ""
    if (
        not (sound and host)
        or len(text) > MAX_URL
        or not text.isprintable()
        or parts.query
        or parts.fragment
    ):
        raise Invalid("Give an http or https address.", field="url")
    if parts.username or parts.password:
        raise Invalid("Leave name and password out of the address.", field="url")
    if parts.scheme == "http" and not plain and not _loopback(host):
        raise Invalid(
            "Everybody on the line could read along: give an https address, or --plain where the "
            "line is your own.",
            field="url",
        )
    return text.rstrip("/")


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _link(args: argparse.Namespace) -> None:
    speaker = Speaker(args.lang)
    say = speaker.say
    with closing(existing(args.data)) as db:
        known = boxes.links(db)
        for each in known:
            told = say("never reached")
            if each.told_at is not None:
                told = say("reached {time}", time=iso(each.told_at))
            rest = say("{count} events to send", count=max(0, each.newest - each.seq))
            why = speaker.line(kept(each.error)) if each.error else say("well")
            words = [each.code, each.url, told, rest, why]
            if (off := wrong_s(each.clock_ms)) > 0:
                words.append(say("this clock is {seconds} s ahead of the city's", seconds=off))
            elif off:
                words.append(say("this clock is {seconds} s behind the city's", seconds=-off))
            print(*words, sep="\t")
        for line in release.told(db):
            print(speaker.line(line))
    if not known:
        print(say("no city: ramah city join ADDRESS"))


def _leave(args: argparse.Namespace) -> None:
    with closing(existing(args.data)) as db:
        branch = registry.branch_of(db, args.branch)
        if not boxes.leave(db, branch):
            raise NotFound("This hall is linked to no city.")
        recorded(db, branch, "city_left")
    print(Speaker(args.lang).say("the log is sent no more"))


def _export(args: argparse.Namespace) -> None:
    with closing(existing(args.data)) as db:
        branch = registry.branch_of(db, args.branch)
        head = files.head(db, branch, release.program())
        if not 0 <= args.after <= head.newest:
            raise Invalid("The log ends at event {seq}.", field="after", seq=head.newest)
        last = files.write(db, branch, head, args.after, args.file)
        recorded(db, branch, "log_exported", name=args.file.name)
    told = _("{file}: events {first} to {last}")
    print(Speaker(args.lang).say(told, file=args.file, first=args.after + 1, last=last))
