"""A real print service of our own: cupsd, IPP printers that print into a folder, raw printers.

Nothing of the system's own service is touched: own folder, own ports, own settings. Needs the
Debian packages ``cups``, ``cups-ipp-utils`` and ``dbus``; ippeveprinter does not start without a
message bus, so it gets one of its own.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.printer.fake_printer import free_port
from tests.server.waiting import until

_PROGRAMS = ("cupsd", "ippeveprinter", "lpadmin", "dbus-daemon")
_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
_CONF = """\
Listen 127.0.0.1:{port}
Listen {folder}/cups.sock
LogLevel debug
MaxLogSize 0
Browsing No
DefaultAuthType None
WebInterface No
<Location />
  Order allow,deny
  Allow localhost
</Location>
<Policy default>
  JobPrivateAccess default
  JobPrivateValues default
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
"""
_FILES = """\
ServerRoot {folder}/etc
RequestRoot {folder}/spool
TempDir {folder}/spool/tmp
CacheDir {folder}/cache
StateDir {folder}/state
AccessLog {folder}/log/access
ErrorLog {folder}/log/error
PageLog {folder}/log/page
ServerKeychain {folder}/etc/ssl
User {user}
Group {group}
"""
_COMMAND = """\
#!/bin/sh
# What the IPP printer does with a job: print it, or wait as long as it has no paper.
touch "{folder}/at-work"
while [ -e "{folder}/empty" ]; do
    echo "STATE: +media-empty-error" >&2
    sleep 0.1
done
echo "STATE: -media-empty-error" >&2
cp "$1" "{folder}/.part" && mv "{folder}/.part" "{folder}/$(date +%s%N).paper"
rm "{folder}/at-work"
"""


def need_cups() -> None:
    """Skip where the programs are missing; never where they must be there (``make test``)."""
    missing = [each for each in _PROGRAMS if shutil.which(each, path=_PATH) is None]
    if missing and os.environ.get("RAMAH_NEEDS_CUPS"):
        raise AssertionError(f"not installed: {', '.join(missing)}")
    if missing or os.geteuid() != 0:
        pytest.skip(f"needs root and {', '.join(missing) or 'root'}: apt-get install cups "
                    "cups-ipp-utils dbus")  # fmt: skip


class IppPrinter:
    """A printer without a driver, as most of today's office printers are."""

    def __init__(self, folder: Path, bus: str) -> None:
        self.folder = folder
        self.port = free_port()
        self._bus = bus
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir()
        self._command = folder / "command"
        self._command.write_text(_COMMAND.format(folder=folder))
        self._command.chmod(0o755)

    @property
    def papers(self) -> list[Path]:
        """What came out, the oldest first."""
        return sorted(self.folder.glob("*.paper"))

    @property
    def at_work(self) -> bool:
        """It has a page in hand."""
        return (self.folder / "at-work").exists()

    def on(self) -> None:
        """Switch it on."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                ["ippeveprinter", "-p", str(self.port), "-d", str(self.folder), "-n", "localhost",
                 "-r", "off", "-f", "application/pdf,image/pwg-raster", "-c", str(self._command),
                 "-K", str(self.folder),
                 "Meja"],
                env={**os.environ, "PATH": _PATH, "DBUS_SYSTEM_BUS_ADDRESS": self._bus},
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        until(lambda: _listens(self.port), "the IPP printer is on")

    def off(self) -> None:
        """Switch it off."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def take_paper_out(self) -> None:
        (self.folder / "empty").touch()

    def refill(self) -> None:
        (self.folder / "empty").unlink()


class CupsLab:
    """The print service; ``where`` is for ``CUPS_SERVER``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.where = f"127.0.0.1:{self.port}"
        self.socket = folder / "cups.sock"
        self._bus = f"unix:path={folder}/bus"
        self._service: subprocess.Popen[bytes] | None = None
        self._printers: list[IppPrinter] = []
        for each in ("etc", "spool/tmp", "cache", "state", "log"):
            (folder / each).mkdir(parents=True)
        conf = {"folder": folder, "port": self.port, "user": "lp", "group": "lp"}
        (folder / "etc/cupsd.conf").write_text(_CONF.format(**conf))
        (folder / "etc/cups-files.conf").write_text(_FILES.format(**conf))
        subprocess.run(["chown", "-R", "lp:lp", str(folder)], check=True)
        folder.chmod(0o755)
        self._message_bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", f"--address={self._bus}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until((folder / "bus").exists, "the message bus is there")

    def forget_jobs(self) -> None:
        """Let it keep no record of what is done, as some offices set it up; before the start."""
        with (self.folder / "etc/cupsd.conf").open("a") as conf:
            conf.write("PreserveJobHistory No\nPreserveJobFiles No\n")

    def start(self) -> None:
        """Start the service."""
        etc = self.folder / "etc"
        self._service = subprocess.Popen(
            ["cupsd", "-f", "-c", str(etc / "cupsd.conf"), "-s", str(etc / "cups-files.conf")],
            env={**os.environ, "PATH": _PATH},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until(lambda: _listens(self.port), "the print service is there")

    def stop(self) -> None:
        """Stop the service."""
        if self._service is not None:
            self._service.terminate()
            self._service.wait()
            self._service = None

    def end(self) -> None:
        """End everything that was started."""
        for printer in self._printers:
            printer.off()
        self.stop()
        self._message_bus.kill()
        self._message_bus.wait()

    def run(self, *words: str) -> str:
        """Run one of CUPS' own commands on this service; return what it says."""
        done = subprocess.run(
            words, env={**os.environ, "PATH": _PATH, "CUPS_SERVER": self.where}, check=True,
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        return done.stdout

    def raw_queue(self, name: str, port: int) -> None:
        """Make a queue for a receipt printer in the network."""
        self.run("lpadmin", "-p", name, "-E", "-v", f"socket://127.0.0.1:{port}", "-m", "raw")

    def driverless_queue(self, name: str, scheme: str = "ipp") -> IppPrinter:
        """Make a queue for a printer without a driver, which is on; ``ipps`` with its own TLS."""
        printer = IppPrinter(self.folder / name, self._bus)
        self._printers.append(printer)
        printer.on()
        address = f"{scheme}://localhost:{printer.port}/ipp/print"
        self.run("lpadmin", "-p", name, "-E", "-v", address, "-m", "everywhere")
        # lpadmin comes back before the service has asked the printer what it can.
        until((self.folder / f"etc/ppd/{name}.ppd").exists, "CUPS knows the printer")
        return printer

    def jobs(self) -> list[str]:
        """Return the jobs that wait or are being printed."""
        return self.run("lpstat", "-o").splitlines()


@contextlib.contextmanager
def cups_lab(*, forgets: bool = False) -> Iterator[CupsLab]:
    """Run a print service for as long as the block."""
    need_cups()
    with tempfile.TemporaryDirectory(prefix="ramah-cups-") as folder:
        lab = CupsLab(Path(folder))
        if forgets:
            lab.forget_jobs()
        try:
            lab.start()
            yield lab
        finally:
            lab.end()
            time.sleep(0.1)  # what it started ends with it, and writes no more


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False
