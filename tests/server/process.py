"""Owns real server processes: a folder, a free port, start, kill, and what the log says."""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import IO, Any, Self
from unittest.mock import patch
from urllib.error import URLError
from urllib.request import urlopen
from zoneinfo import ZoneInfo

from server.auth import registry
from server.auth.secrets import digest, hash_password, new_token
from server.branches import configure, read_office
from server.cli import main
from server.clock import wall_clock
from server.storage.address import address_of
from server.storage.database import DATABASE, connect, transaction
from server.storage.dialect import tables
from server.storage.ids import Ids
from tests.server.api.client import Client
from tests.server.forked import Forked
from tests.server.waiting import soon, until

ROOT = Path(__file__).resolve().parents[2]
RAMAH = [sys.executable, "-m", "server.cli"]
PASSWORD = "senyum-pagi"
AGENCY = "Dinas Contoh"
"""Whose halls keys of the role ``agency`` read."""
LONG = {"serve", "watch", "print-agent", "demo", "simulate"}
_hashed = cache(hash_password)


def in_thread(words: list[str], stdin: str) -> subprocess.CompletedProcess[str]:
    """Do what ``ramah`` does with these words, in this process beside a running event loop."""
    out, error = io.StringIO(), io.StringIO()
    status: list[int] = []

    def run() -> None:
        try:
            status.append(main(words))
        except SystemExit as end:  # words that do not fit
            status.append(int(end.code or 0))

    with (
        redirect_stdout(out), redirect_stderr(error), patch("sys.stdin", io.StringIO(stdin)),
        patch.dict(os.environ, {"LC_ALL": "C.UTF-8"}),
    ):  # fmt: skip
        thread = Thread(target=run)
        thread.start()
        thread.join()
    if not status:
        raise AssertionError(f"ramah {' '.join(words)} ended with a fault")
    return subprocess.CompletedProcess(words, status[0], out.getvalue(), error.getvalue())


PORTS = 11_000, 32_000
"""Below those that Linux gives to whoever connects, above those that browsers refuse."""


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on.

    The system gives connections none of these, so it is still free when a server comes to it.
    """
    while True:
        port = random.randrange(*PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def daytime_zone() -> str:
    """Return a zone where it is between eleven and noon now, so no test meets a midnight."""
    ahead = 11 - datetime.now(UTC).hour  # hours east of Greenwich, -12 to 11
    return "Etc/UTC" if ahead == 0 else f"Etc/GMT{-ahead:+d}"


def some_noon() -> int:
    """Return noon of some day in the halls' zone, in milliseconds: whichever hour it is now."""
    return int(datetime(2026, 3, 2, 12, tzinfo=ZoneInfo(daytime_zone())).timestamp() * 1000)


def office_toml(
    code: str = "hall", *, services: str = "ABC", counters: int = 12, more: str = ""
) -> str:
    """Return the settings of a small office: every counter offers every service."""
    lines = [
        f'code = "{code}"\nname = "Kantor {code}"\nzone = "{daytime_zone()}"\n{more}',
        *(
            f'[[services]]\ncode = "{each}"\n'
            f'names = {{ id = "Layanan {each}", en = "Service {each}" }}\n'
            for each in services
        ),
        *(
            f"[[counters]]\nnumber = {number}\nservices = {json.dumps(list(services))}\n"
            for number in range(1, counters + 1)
        ),
    ]
    return "\n".join(lines)


class Server:
    """A ``ramah serve`` process on a data folder; it ends with its ``with`` block in any case."""

    def __init__(self, data: Path, *options: str, piped: bool = False) -> None:
        """``piped``: the log goes through a pipe, so that a full disk does not concern it."""
        self.data = data
        self.piped = piped
        self.data.mkdir(parents=True, exist_ok=True)
        self.options = options
        self.program = RAMAH
        self.environment: dict[str, str] = {}
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | Forked | None = None
        self.log = data.with_name(data.name + ".stderr")
        self._copying = Thread()
        self._killed = False
        self.out = data.with_name(data.name + ".stdout")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        self.kill()
        if kind is not None:
            print(self.stderr()[-4000:], file=sys.stderr)  # noqa: T201 - shown with the failure

    @property
    def url(self) -> str:
        """Address of the server, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the process and wait until it answers."""
        self.begin()
        if self._killed and address_of(self.data) is not None:
            until(self.works, "the lease of the killed process is over")
        until(self.answers, "the server answers /healthz")

    def begin(self) -> None:
        """Start the process."""
        assert self.process is None
        words = ["serve", "--data", str(self.data), "--port", str(self.port), *self.options]
        if not (self.piped or self.environment or self.program is not RAMAH):
            self.process = Forked(words, self.out, self.log)
            return
        with self.log.open("ab") as log, self.out.open("ab") as out:
            self.process = subprocess.Popen(
                [*self.program, *words], cwd=ROOT, stdin=subprocess.DEVNULL,
                env={**os.environ, **self.environment},
                stdout=subprocess.DEVNULL if self.piped else out,
                stderr=subprocess.PIPE if self.piped else log,
            )  # fmt: skip
        if self.piped:
            self._copying = Thread(target=self._copy, args=(self.process.stderr,))
            self._copying.start()

    def _copy(self, stderr: IO[bytes]) -> None:
        with stderr, self.log.open("ab", buffering=0) as log:
            for line in stderr:
                log.write(line)

    def answers(self) -> bool:
        """Whether it answers now."""
        assert self.process is not None
        if self.process.poll() is not None:
            raise AssertionError(f"the server ended at once:\n{self.stderr()}")
        with (
            contextlib.suppress(URLError, OSError),
            closing(
                urlopen(f"{self.url}/healthz", timeout=5)  # noqa: S310 - our own address
            ) as answer,
        ):
            return bool(answer.status == 200)
        return False

    def works(self) -> bool:
        """Whether it answers itself now, and does not wait beside another server of its store."""
        with (
            contextlib.suppress(URLError, OSError),
            closing(urlopen(f"{self.url}/healthz", timeout=5)) as answer,  # noqa: S310 - our own
        ):
            return bool(json.load(answer)["status"] != "waits")
        return False

    def stop(self) -> int:
        """Ask the process to end, as systemd does; return its exit status."""
        status = self._end(signal.SIGTERM)
        if status != 0:
            print(self.stderr()[-4000:], file=sys.stderr)  # noqa: T201 - shown with the failure
        return status

    def kill(self) -> None:
        """End the process without a word, as a power cut does."""
        if self.process is not None:
            self._killed = True
            self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> int:
        process, self.process = self.process, None
        assert process is not None
        process.send_signal(number)
        try:
            return process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        finally:
            if self.piped:
                self._copying.join()

    def stderr(self) -> str:
        """Return all that the server has logged."""
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""

    def client(self, role: str | None = None, branch: str = "hall") -> Client:
        """Return an HTTP client with a new token of ``role``; without one for ``None``."""
        return Client(self.url, None if role is None else self.token(role, branch))

    def ramah(
        self, *words: str, stdin: str = "", apart: bool = False
    ) -> subprocess.CompletedProcess[str]:
        """Run a ``ramah`` command on this folder.

        Short ones run here, in a thread of their own: a process takes half a second to start.
        Those that live longer, and all with ``apart``, are processes.
        """
        if not (apart or words[0] in LONG or self.environment or self.program is not RAMAH):
            return in_thread([*words, "--data", str(self.data)], stdin)
        return subprocess.run(
            [*self.program, *words, "--data", str(self.data)],
            cwd=ROOT, env={**os.environ, "LC_ALL": "C.UTF-8", **self.environment}, input=stdin,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    def add_branch(self, toml: str) -> None:
        """Do what ``ramah branch add`` does, in this process (a command takes half a second)."""
        file = self.data.with_name(self.data.name + ".office.toml")
        file.write_text(toml, "utf-8")
        with closing(connect(self.data)) as db:
            configure(db, read_office(file))

    def token(self, role: str, branch: str = "hall", name: str | None = None) -> str:
        """Do what ``ramah token create`` does."""
        now = wall_clock()
        with closing(connect(self.data)) as db:
            number = registry.branch_of(db, branch)
            counter = 1 if role == "tablet" else None
            id_ = Ids().new(now)
            return registry.create_token(
                db,
                number,
                role,
                name or role,
                id_,
                now,
                counter,
                AGENCY if role == "agency" else "",
            )

    def person(
        self, login: str, role: str = "staff", branch: str = "hall", agency: str = ""
    ) -> None:
        """Do what ``ramah user add`` does; everybody has the same password, hashed once."""
        now = wall_clock()
        hashed = patch.object(registry, "hash_password", _hashed)
        with hashed, closing(connect(self.data)) as db:
            who = registry.NewPerson(login, login.capitalize(), role, agency)
            number = registry.branch_of(db, branch)
            registry.create_user(db, number, who, PASSWORD, Ids().new(now), now)

    def session(self, login: str) -> str:
        """Log a person in without a browser; return the secret of the cookie."""
        secret = new_token()
        with self.database() as db:
            (user,) = db.execute("SELECT id FROM users WHERE login = ?", (login,)).fetchone()
            db.execute(
                "INSERT INTO sessions (hash, user, expires_at) VALUES (?, ?, ?)",
                (digest(secret), user, wall_clock() + 3_600_000),
            )
        return secret

    @contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        """Open the real database beside the server."""
        if address_of(self.data) is not None:
            with closing(connect(self.data)) as db, transaction(db):
                yield db
            return
        with closing(sqlite3.connect(self.data / DATABASE, timeout=30)) as db, db:
            yield db

    def everything(self) -> str:
        """Return all rows of all tables as text, to look for what must not be in them."""
        with self.database() as db:
            return "\n".join(
                repr(row)
                for name in sorted(tables(db))
                for row in db.execute(f'SELECT * FROM "{name}"')  # noqa: S608 - a table's own name
            )

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query on the real database, once a rush's rows are written."""
        with self.database() as db:
            if self.process is not None:
                until(
                    lambda: (
                        not db.execute("SELECT 1 FROM branches WHERE rows_seq < seq").fetchone()
                    ),
                    "the rush is over and its rows are written",
                )
            return db.execute(sql, values).fetchall()

    def branch(self, code: str = "hall") -> int:
        """Return the number of a branch in the database."""
        return int(self.query("SELECT id FROM branches WHERE code = ?", code)[0][0])

    def last_event(self, code: str = "hall") -> int:
        """Return the number of the last event of a branch."""
        rows = self.query(
            "SELECT COALESCE(MAX(seq), 0) FROM events WHERE branch = ?", self.branch(code)
        )
        return int(rows[0][0])

    def limit_file_size(self, size: int | None) -> None:
        """Let the running process write no file beyond ``size`` bytes, as on a full disk."""
        import resource  # noqa: PLC0415 - only on Linux

        assert self.process is not None
        hard = resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(
            self.process.pid, resource.RLIMIT_FSIZE, (hard if size is None else size, hard)
        )


class Hall:
    """One branch of a running server, for one test: its clients, people and log."""

    def __init__(self, server: Server, code: str, toml: str | None = None) -> None:
        self.server = server
        self.code = code
        server.add_branch(toml or office_toml(code))
        self.number = server.branch(code)

    def token(self, role: str, name: str | None = None) -> str:
        """Return a new token of this branch."""
        return self.server.token(role, self.code, name)

    def client(self, role: str | None = None) -> Client:
        """Return a client with a new token of this branch; without one for ``None``."""
        return Client(self.server.url, None if role is None else self.token(role))

    async def known_as(self, address: str) -> None:
        """Let phones know this branch by an address, once the server has taken it over."""
        self.server.add_branch(office_toml(self.code, more=f'public_url = "{address}"'))
        async with self.client("kiosk") as kiosk:

            async def taken_over() -> bool:
                ticket = await kiosk.take()
                await kiosk.delete(f"/api/tickets/{ticket['id']}")
                return str(ticket["tracking_url"]).startswith(address)

            await soon(taken_over, f"the server knows that it is {address}")

    def person(self, name: str, role: str = "staff", agency: str = "") -> str:
        """Add a person; return the login, which no other branch has."""
        login = f"{name}.{self.code}"
        self.server.person(login, role, self.code, agency)
        return login

    def last_event(self) -> int:
        """Return the number of the last event."""
        return self.server.last_event(self.code)

    def events(self, after: int = 0) -> list[tuple[int, dict[str, Any]]]:
        """Return (number, event) of the log."""
        rows = self.server.query(
            "SELECT seq, data FROM events WHERE branch = ? AND seq > ? ORDER BY seq",
            self.number, after,
        )  # fmt: skip
        return [(seq, json.loads(data)) for seq, data in rows]

    def issued_earlier(self, minutes: int, label: str = "%") -> None:
        """Let numbers that wait have been given so many minutes earlier.

        ``label`` is a pattern of LIKE. The log says so, and the rows that follow from it.
        """
        earlier, of = minutes * 60_000, (self.number, label)
        with self.server.database() as db:
            changed = db.execute(
                "UPDATE events SET at = at - ? WHERE branch = ? AND data ->> 'label' LIKE ? "
                "AND data ->> 'kind' = 'issued'",
                (earlier, *of),
            ).rowcount
            db.execute(
                "UPDATE tickets SET issued_at = issued_at - ?1, eligible_at = eligible_at - ?1 "
                "WHERE branch = ?2 AND label LIKE ?3",
                (earlier, *of),
            )
            db.execute(
                "UPDATE turns SET eligible_at = eligible_at - ? WHERE branch = ? AND label LIKE ?",
                (earlier, *of),
            )
        assert changed, f"no number like {label} was given"

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Return rows; the first ``?`` is the branch."""
        return self.server.query(sql, self.number, *values)
