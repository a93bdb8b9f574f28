"""Owns the command line: ``ramah serve``, ``branch``, ``token``, ``user``, ``printer``, ``backup``.

Every command but ``serve`` works while a server runs on the same data folder.
"""

from __future__ import annotations

import argparse
import getpass
import os
import socket
import sqlite3
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import uvloop

from server.auth import registry
from server.branches import configure, read_office
from server.domain.errors import DomainError, Invalid, NotFound
from server.logs import set_up_logging
from server.storage.database import DATABASE, AlreadyRunning, NewerDatabase, ServerLock, connect
from server.storage.ids import Ids
from server.storage.store import wall_clock

EXAMPLES = """\
examples:
  ramah serve --demo                        try it: a hall with demo data on this machine
  ramah branch add office.toml              describe your own office
  ramah serve --host 0.0.0.0 --port 8080 --data /var/lib/ramah
  ramah user add sari --name "Ibu Sari" --role staff
  ramah token create --role kiosk --code    pair a kiosk with a short code
  ramah printer add hall tcp://192.0.2.20:9100
  ramah backup /media/usb/ramah-monday.db
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status (0 done, 1 not possible, 2 wrong words)."""
    args = parser().parse_args(argv)
    try:
        return int(args.run(args) or 0)
    except DomainError as error:
        field = f" ({error.field})" if error.field else ""
        print(f"ramah: {error}{field}", file=sys.stderr)
    except (AlreadyRunning, NewerDatabase) as error:
        print(f"ramah: {error}", file=sys.stderr)
    except (sqlite3.Error, OSError) as error:
        print(f"ramah: {args.data}: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    top = argparse.ArgumentParser(
        prog="ramah",
        description="Queues at public service counters, fast, fair and friendly.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    _serve_parser(commands)
    _branch_parser(commands)
    _token_parser(commands)
    _user_parser(commands)
    _printer_parser(commands)
    backup = _command(commands, "backup", "copy the database, also while the server runs", _backup)
    backup.add_argument("file", type=Path, help="file to write; must not exist")
    return top


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    text: str,
    run: Callable[[argparse.Namespace], int | None],
    epilog: str = "",
) -> argparse.ArgumentParser:
    command = commands.add_parser(
        name, help=text, description=text[0].upper() + text[1:] + ".", epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    command.add_argument(
        "--data",
        type=Path,
        default=Path(os.environ.get("RAMAH_DATA", "data")),
        help="data folder (default: $RAMAH_DATA, else ./data)",
    )
    command.set_defaults(run=run)
    return command


Commands = argparse._SubParsersAction  # noqa: SLF001 - argparse names no public type for it


def _group(
    commands: Commands[argparse.ArgumentParser], name: str, text: str
) -> Commands[argparse.ArgumentParser]:
    group = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    return group.add_subparsers(required=True, metavar="COMMAND")


# -------------------------------------------------------------------------------- serve


def _serve_parser(commands: Commands[argparse.ArgumentParser]) -> None:
    serve = _command(
        commands, "serve", "run the server", _serve,
        "examples:\n  ramah serve --demo\n"
        "  ramah serve --host 0.0.0.0 --port 8080 --data /var/lib/ramah\n",
    )  # fmt: skip
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (0.0.0.0: all)")
    serve.add_argument("--port", type=int, default=8080, help="port (default 8080)")
    serve.add_argument("--public-url", help="address that phones reach, for the QR on the ticket")
    serve.add_argument("--demo", action="store_true", help="fill an empty folder with a demo hall")
    serve.add_argument(
        "--log-format", choices=("text", "json"), default="text", help="how the log is written"
    )


def _serve(args: argparse.Namespace) -> int:
    set_up_logging(as_json=args.log_format == "json")
    from server.app import Config, serve  # noqa: PLC0415 - only this command needs all rooms

    args.data.mkdir(parents=True, exist_ok=True)
    with ServerLock(args.data):
        with closing(connect(args.data)) as db:
            demo = args.demo and _seed(db)
            if not demo:
                registry.branch_of_any(db)
        public_url = (args.public_url or _guess_url(args.host, args.port)).rstrip("/")
        config = Config(args.data, public_url, demo)
        try:
            uvloop.run(
                serve(
                    config, args.host, args.port, lambda: _announce(args.host, args.port, demo=demo)
                )
            )
        except OSError as error:
            if error.errno is None:
                raise
            print(
                f"ramah: cannot listen on {args.host}:{args.port}: {error.strerror}. "
                "Choose another one with --port.",
                file=sys.stderr,
            )
            return 1
    return 0


def _seed(db: sqlite3.Connection) -> bool:
    from server.demo.seed import seed  # noqa: PLC0415 - only for a demo

    if seed(db):
        return True
    print("ramah: this data folder holds another office; --demo is left out.", file=sys.stderr)
    return False


def _guess_url(host: str, port: int) -> str:
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 - compared, not bound
        host = _own_address()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _own_address() -> str:
    """Return this machine's address in the local network; sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def _announce(host: str, port: int, *, demo: bool) -> None:
    base = _guess_url("127.0.0.1" if host in {"0.0.0.0", "::"} else host, port)  # noqa: S104
    lines = ["", f"Ramah is ready: {base}/", ""]
    for page, who in (
        ("kiosk", "visitors take a number"),
        ("display", "the lobby sees and hears calls"),
        ("counter", "staff call and serve"),
        ("manager", "waiting and service times"),
    ):
        lines.append(f"  {base}/{page:<9} {who}")
    if demo:
        from server.demo.seed import PASSWORD, USERS  # noqa: PLC0415 - only for a demo

        lines += ["", "Demo logins (password for all: " + PASSWORD + "):"]
        lines += [f"  {user.login:<6} {user.role:<8} {user.name}" for user in USERS]
        lines += ["", "Kiosk and display pages opened on this machine are paired by themselves."]
    lines += ["", "Stop with Ctrl+C."]
    print("\n".join(lines), flush=True)


# -------------------------------------------------------------------------------- branch


def _branch_parser(commands: Commands[argparse.ArgumentParser]) -> None:
    group = _group(commands, "branch", "describe an office")
    add = _command(group, "add", "add a branch, or give it new settings, from a TOML file",
                   _branch_add)  # fmt: skip
    add.add_argument("file", type=Path, help="settings; server/demo/office.toml shows all of them")
    _command(group, "list", "list the branches", _branch_list)


def _branch_add(args: argparse.Namespace) -> None:
    office = read_office(args.file)
    with closing(connect(args.data)) as db:
        _, version = configure(db, office)
    print(
        f"{office.code}: {office.name}, {len(office.services)} services, "
        f"{len(office.counters)} counters, settings version {version}"
    )


def _branch_list(args: argparse.Namespace) -> None:
    with closing(_existing(args.data)) as db:
        for code, version in db.execute("SELECT code, settings_version FROM branches ORDER BY id"):
            print(f"{code}\tsettings version {version}")


# -------------------------------------------------------------------------------- tokens


def _token_parser(commands: Commands[argparse.ArgumentParser]) -> None:
    group = _group(commands, "token", "keys for kiosks, displays and scripts")
    create = _command(
        group, "create", "make a token and print it (once: only its hash is kept)", _token_create,
        "examples:\n  ramah token create --role kiosk --code      a short code to type on the kiosk"
        "\n  ramah token create --role manager --name bi a token for a script\n",
    )  # fmt: skip
    create.add_argument(
        "--role", required=True, choices=("kiosk", "display", "staff", "manager", "admin")
    )
    create.add_argument("--name", help="what it is for, as shown in lists (default: the role)")
    create.add_argument("--branch", help="branch code, when there are several")
    create.add_argument(
        "--code", action="store_true",
        help="print a pairing code instead, for 15 minutes and one device",
    )  # fmt: skip
    _command(group, "list", "list tokens", _token_list)
    revoke = _command(group, "revoke", "end a token; works at once", _token_revoke)
    revoke.add_argument("token", help="id or name")


def _token_create(args: argparse.Namespace) -> None:
    name = args.name or args.role
    now = wall_clock()
    with closing(_existing(args.data)) as db:
        branch = registry.branch_of(db, args.branch)
        if args.code:
            print(registry.create_code(db, branch, args.role, name, now))
            print(f"Type this code on the {args.role} page within 15 minutes.", file=sys.stderr)
        else:
            print(registry.create_token(db, branch, args.role, name, Ids().new(now), now))


def _token_list(args: argparse.Namespace) -> None:
    with closing(_existing(args.data)) as db:
        for row in db.execute(
            "SELECT tokens.id, branches.code, role, name, revoked_at FROM tokens "
            "JOIN branches ON branches.id = tokens.branch ORDER BY created_at"
        ):
            print("\t".join([*map(str, row[:4]), "revoked" if row[4] else "valid"]))


def _token_revoke(args: argparse.Namespace) -> None:
    with closing(_existing(args.data)) as db:
        count = registry.revoke_token(db, args.token, wall_clock())
    if not count:
        raise NotFound("There is no valid token '{token}'.", field="token", token=args.token)
    print(f"{count} revoked")


# -------------------------------------------------------------------------------- people


def _user_parser(commands: Commands[argparse.ArgumentParser]) -> None:
    group = _group(commands, "user", "people who log in")
    add = _command(
        group, "add", "add a person; asks for the password, or reads it from standard input",
        _user_add, 'examples:\n  ramah user add sari --name "Ibu Sari" --role staff\n',
    )  # fmt: skip
    add.add_argument("login")
    add.add_argument("--name", required=True, help="shown to colleagues")
    add.add_argument("--role", required=True, choices=("staff", "manager", "admin"))
    add.add_argument("--branch", help="branch code, when there are several")
    password = _command(group, "password", "give a person a new password", _user_password)
    password.add_argument("login")
    remove = _command(group, "remove", "lock a person out; the log keeps what was done",
                      _user_remove)  # fmt: skip
    remove.add_argument("login")
    _command(group, "list", "list people", _user_list)


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != first:
        raise Invalid("The two passwords differ.", field="password")
    return first


def _user_add(args: argparse.Namespace) -> None:
    with closing(_existing(args.data)) as db:
        branch = registry.branch_of(db, args.branch)
        now = wall_clock()
        registry.create_user(
            db, branch, args.login, args.name, args.role, _password(), Ids().new(now), now
        )
    print(f"{args.login} added")


def _user_password(args: argparse.Namespace) -> None:
    with closing(_existing(args.data)) as db:
        registry.set_password(db, args.login, _password())
    print(f"{args.login}: new password, logged out everywhere")


def _user_remove(args: argparse.Namespace) -> None:
    with closing(_existing(args.data)) as db:
        registry.deactivate_user(db, args.login)
    print(f"{args.login} locked out")


def _user_list(args: argparse.Namespace) -> None:
    with closing(_existing(args.data)) as db:
        for row in db.execute(
            "SELECT login, branches.code, role, name, active FROM users "
            "JOIN branches ON branches.id = users.branch ORDER BY login"
        ):
            print("\t".join([*map(str, row[:4]), "active" if row[4] else "locked out"]))


# -------------------------------------------------------------------------------- printers


def _printer_parser(commands: Commands[argparse.ArgumentParser]) -> None:
    group = _group(commands, "printer", "ticket printers")
    add = _command(
        group, "add", "add a printer, or give it a new address", _printer_add,
        "examples:\n  ramah printer add hall tcp://192.0.2.20:9100\n"
        "  ramah printer add try file:tickets.bin\n",
    )  # fmt: skip
    add.add_argument("name")
    add.add_argument("url", help="tcp://HOST[:9100] or file:PATH")
    add.add_argument("--kiosk", help="print only what the kiosk with this name issues")
    add.add_argument("--branch", help="branch code, when there are several")
    remove = _command(group, "remove", "remove a printer", _printer_remove)
    remove.add_argument("name")
    _command(group, "list", "list printers", _printer_list)


def _printer_add(args: argparse.Namespace) -> None:
    from printer.transport import parse_url  # noqa: PLC0415 - only here

    url = args.url
    if url.startswith("file:"):
        url = "file:" + str(Path(url.removeprefix("file:")).absolute())
    try:
        parse_url(url)
    except ValueError as error:
        raise Invalid("{why}", field="url", why=error) from None
    with closing(_existing(args.data)) as db:
        registry.put_printer(
            db, registry.branch_of(db, args.branch), args.name, url, args.kiosk,
            Ids().new(wall_clock()), wall_clock(),
        )  # fmt: skip
    print(f"{args.name}: {url}")


def _printer_remove(args: argparse.Namespace) -> None:
    with closing(_existing(args.data)) as db:
        registry.remove_printer(db, args.name)
    print(f"{args.name} removed")


def _printer_list(args: argparse.Namespace) -> None:
    with closing(_existing(args.data)) as db:
        for row in db.execute(
            "SELECT name, branches.code, url, kiosk FROM printers "
            "JOIN branches ON branches.id = printers.branch ORDER BY name"
        ):
            print("\t".join([*map(str, row[:3]), f"only kiosk {row[3]}" if row[3] else "all"]))


# -------------------------------------------------------------------------------- backup


def _backup(args: argparse.Namespace) -> None:
    if args.file.exists():
        raise Invalid("The file exists already; nothing was written.", field="file")
    part = args.file.with_name(args.file.name + ".part")
    os.close(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
    with closing(_existing(args.data)) as db, closing(sqlite3.connect(part)) as copy:
        db.backup(copy, pages=2048)
        sound = copy.execute("PRAGMA quick_check").fetchone()[0]
        copy.execute("PRAGMA journal_mode = DELETE")
    if sound != "ok":
        part.unlink()
        raise Invalid("The copy is damaged: {why}", field="file", why=sound)
    part.replace(args.file)
    print(f"{args.file}: {args.file.stat().st_size / 1e6:.1f} MB, checked")


def _existing(data: Path) -> sqlite3.Connection:
    if not (data / DATABASE).exists():
        raise NotFound(
            "There is no Ramah in {data} yet. Start with: ramah serve --demo --data {data}",
            field="data",
            data=data,
        )
    return connect(data)


if __name__ == "__main__":
    sys.exit(main())
