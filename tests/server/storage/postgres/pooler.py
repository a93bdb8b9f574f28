"""Owns a real PgBouncer before a test's PostgreSQL server."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Self

import pytest

from tests.server.waiting import until

PGBOUNCER = shutil.which("pgbouncer", path=os.environ["PATH"] + ":/usr/sbin")
needs_pgbouncer = pytest.mark.skipif(
    PGBOUNCER is None, reason="pgbouncer is not here (Debian package pgbouncer)"
)
SETTINGS = """
[databases]
* = host={database} user=ramah
[pgbouncer]
listen_addr =
unix_socket_dir = {folder}
auth_type = any
pool_mode = {mode}
listen_port = 5432
"""


class Pooler:
    """A pooler in one of its modes; it ends with its ``with`` block."""

    def __init__(self, database: Path, mode: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ramah-pooler-"))  # short: a socket's name is
        settings = SETTINGS.format(database=database, folder=self.folder, mode=mode)
        (self.folder / "ini").write_text(settings)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        shutil.rmtree(self.folder)

    def start(self) -> None:
        """Start it and wait until it listens."""
        words = [str(PGBOUNCER), str(self.folder / "ini")]
        if os.geteuid() == 0:  # as root it does not run
            os.chown(self.folder, pwd.getpwnam("nobody").pw_uid, -1)
            words[1:1] = ["-u", "nobody"]
        log, socket = self.folder / "log", self.folder / ".s.PGSQL.5432"
        with log.open("wb") as out:
            self._process = process = subprocess.Popen(words, stdout=out, stderr=out)

        def answers() -> bool:
            assert process.poll() is None, log.read_text()
            return socket.exists()

        until(answers, "the pooler listens")

    def kill(self) -> None:
        """End it at once, and every line with it."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
        (self.folder / ".s.PGSQL.5432").unlink(missing_ok=True)
