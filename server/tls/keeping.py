"""Owns the certificates of a data folder, and the context of TLS that follows them.

Nobody has to remember anything: the server's certificate is made again well before it ends, and
when the machine has another address of the hall. Devices trust the authority, which stays. Files
of one's own are read again when they were changed.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import structlog
from cryptography import x509

from server.addresses import network_addresses
from server.clock import wall_clock
from server.domain.errors import Conflict, Invalid
from server.tls import FOLDER, authority
from server.tls.names import Names

ROOT, ISSUER, SERVER = "authority.crt", "issuer.pem", "server.pem"
RENEW = timedelta(days=90)
"""A server's certificate that ends sooner is made again; a box may be off for a season."""
LOOK_S = 60.0
USUAL_PORT = 443
"""Needs no telling in an address by TLS."""
log = structlog.get_logger()


class Certificate(msgspec.Struct, frozen=True):
    """What a server shows.

    Attributes:
        hosts, addresses: under what it may be opened, the first of them first.
        begins, ends: when it counts.
    """

    hosts: tuple[str, ...]
    addresses: tuple[str, ...]
    begins: datetime
    ends: datetime

    def fits(self, host: str) -> bool:
        """Whether a browser that opens this host is content."""
        host = host.strip("[]").lower().rstrip(".")
        behind = host.partition(".")[2]
        return host in self.hosts or host in self.addresses or f"*.{behind}" in self.hosts

    def best(self) -> str:
        """Return under what it is opened best, "" where only a pattern is known."""
        hosts = [each for each in self.hosts if not each.startswith("*")]
        return next(iter([*hosts, *self.addresses]), "")


class Root(msgspec.Struct, frozen=True):
    """The authority that devices install: its file in PEM, and what people compare."""

    pem: bytes
    fingerprint: str
    names: Names
    ends: datetime


def present(data: Path) -> bool:
    """Whether a data folder has an authority of its own."""
    return (data / FOLDER / ISSUER).exists()


def make(data: Path, names: Names, now: datetime, *, anew: bool = False) -> Root:
    """Make an authority and the server's first certificate.

    Raises:
        Conflict: there is one, and it was not said to make it ``anew``.
    """
    folder = data / FOLDER
    if present(data) and not anew:
        raise Conflict(
            "There is an authority already; with a new one every device has to install it again "
            "(--replace).",
            slug="authority-exists",
        )
    made = authority.make(names, now)
    part = data / f"{FOLDER}.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700, parents=True)
    _write(part / ROOT, made.root)
    _write(part / ISSUER, made.issuer)
    _write(part / SERVER, authority.serve(made.issuer, network_addresses(), now))
    shutil.rmtree(folder, ignore_errors=True)
    part.replace(folder)
    return root(data)


def root(data: Path) -> Root:
    """Return the authority of a data folder.

    Raises:
        Invalid: it cannot be read.
    """
    pem = (data / FOLDER / ROOT).read_bytes()
    try:
        found = x509.load_pem_x509_certificate(pem)
        names = authority.allowed(found)
    except (ValueError, x509.ExtensionNotFound):
        raise Invalid("{file} is no authority of Ramah.", file=data / FOLDER / ROOT) from None
    return Root(pem, authority.fingerprint(found), names, found.not_valid_after_utc)


def shown(pem: bytes) -> Certificate:
    """Return what stands in a server's certificate.

    Raises:
        ValueError: it is none.
    """
    found = x509.load_pem_x509_certificate(pem)
    try:
        said = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        raise ValueError("it names no host (subjectAltName)") from None
    return Certificate(
        tuple(each.lower() for each in said.get_values_for_type(x509.DNSName)),
        tuple(str(each) for each in said.get_values_for_type(x509.IPAddress)),
        found.not_valid_before_utc,
        found.not_valid_after_utc,
    )


def renew(data: Path, now: datetime, addresses: list[str]) -> bool:
    """Make the server's certificate again if it has to be; return whether it was.

    A clock that is behind the certificate's begin is wrong: then nothing is made by it.
    """
    file = data / FOLDER / SERVER
    issuer = (data / FOLDER / ISSUER).read_bytes()
    try:
        has = shown(file.read_bytes())
    except (OSError, ValueError):
        has = None
    if has is not None:
        names = authority.allowed(x509.load_pem_x509_certificate(issuer))
        wants = set(authority.said(names, addresses)[1])
        if now < has.begins or (now < has.ends - RENEW and wants <= {*has.addresses}):
            return False
    _write(file, authority.serve(issuer, addresses, now))
    return True


def _write(file: Path, content: bytes) -> None:
    """Write a file of the owner's alone, whole or not at all."""
    part = file.with_name(file.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    part.replace(file)


class Kept:
    """TLS of a running server.

    Args:
        data: the data folder, whose authority is used.
        port: where TLS is listened on.
        own: certificate with its chain, and key, of one's own; then the authority is left alone.
        addresses: finds the machine's addresses.
        clock: tells the time in milliseconds.

    Raises:
        Invalid: files are no certificate and key. OSError: one cannot be read.
    """

    def __init__(
        self, data: Path, port: int, own: tuple[Path, Path] | None = None,
        addresses: Callable[[], list[str]] = network_addresses,
        clock: Callable[[], int] = wall_clock,
    ) -> None:  # fmt: skip
        self.port = port
        self.root = None if own else root(data)
        self._data, self._own = data, own
        self._addresses, self._clock = addresses, clock
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.context.set_alpn_protocols(["http/1.1"])
        self._read: tuple[tuple[int, int], ...] = ()
        self.certificate = Certificate((), (), datetime.min.replace(tzinfo=UTC), self._now())
        self.renew()
        self.read()

    def renew(self) -> None:
        """Make the certificate of the own authority again if it has to be; it writes to disk."""
        if self._own is None:
            renew(self._data, self._now(), self._addresses())

    def read(self) -> bool:
        """Take files that were changed; return whether others count now.

        Connections that are open keep what they began with.

        Raises:
            Invalid: they do not fit; those in force stay. OSError: they cannot be read.
        """
        chain, key = self._own or (self._data / FOLDER / SERVER,) * 2
        stand = tuple((each.stat().st_mtime_ns, each.stat().st_ino) for each in (chain, key))
        if stand == self._read:
            return False
        try:
            certificate = shown(chain.read_bytes())
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(chain, key, password=_no_word)
            self.context.load_cert_chain(chain, key, password=_no_word)
        except (ValueError, ssl.SSLError) as error:
            raise Invalid(
                "{file} and {key} are no certificate and key that fit together: {why}",
                file=chain, key=key, why=error,
            ) from None  # fmt: skip
        self.certificate, self._read = certificate, stand
        return True

    def address(self, host: str = "") -> str:
        """Return the address by TLS for who opened this host, ``https://HOST:PORT``; "" for none.

        A host that the certificate does not name would be refused: then the best that it names.
        """
        host = host if host and self.certificate.fits(host) else self.certificate.best()
        if not host:
            return ""
        host = f"[{host}]" if ":" in host else host
        return f"https://{host}" if self.port == USUAL_PORT else f"https://{host}:{self.port}"

    async def run(self) -> None:
        """Look again, for ever."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await asyncio.to_thread(self.renew)
                if self.read():
                    log.info("certificate_renewed", until=self.certificate.ends.isoformat())
            except (Invalid, OSError) as error:  # the one in force goes on; the next look comes
                log.warning("certificate_not_renewed", why=str(error))

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock() / 1000, UTC)


def _no_word() -> str:
    """Answer the question for a key's password: a server that starts by itself knows none."""
    raise ValueError("the key wants a password")
