"""Owns a real server that speaks S3 for tests: moto's, which checks every signature.

In front of it, or instead of it, stand doors that do what a bad day does: a line that is cut, a
store that answers nothing but a refusal.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Self
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from server.backups.buckets import Bucket, Opened
from tests.server.process import free_port
from tests.server.waiting import until

UNSIGNED_CALLS = 4
"""So many calls set the store up: a person, a key, what it may do, a bucket."""
MAY = {"Version": "2012-10-17",
       "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}  # fmt: skip


class BucketStore:
    """A store with one bucket and one key; it ends with the ``with`` block."""

    def __init__(self, folder: Path, *, certificate: Path | None = None) -> None:
        self._folder = folder
        self._port = free_port()
        self._certificate = certificate
        self.access_key, self.secret = "", ""

    @property
    def url(self) -> str:
        """Its address."""
        return f"{'https' if self._certificate else 'http'}://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        words = [str(Path(sys.executable).with_name("moto_server")), "-H", "127.0.0.1"]
        if self._certificate:
            words += ["-c", str(self._certificate), "-k", str(self._certificate)]
        with (self._folder / "moto.log").open("wb") as log:
            self._process = subprocess.Popen(
                [*words, "-p", str(self._port)], stdout=log, stderr=log, cwd=self._folder,
                env=os.environ | {"INITIAL_NO_AUTH_ACTION_COUNT": str(UNSIGNED_CALLS)},
            )  # fmt: skip
        until(self._answers, "the store answers")
        if not self._certificate:
            self._set_up()
        return self

    def __exit__(
        self, _k: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0

    def _set_up(self) -> None:
        self._iam(Action="CreateUser", UserName="hall")
        made = self._iam(Action="CreateAccessKey", UserName="hall")
        self._iam(Action="PutUserPolicy", UserName="hall", PolicyName="all",
                  PolicyDocument=json.dumps(MAY))  # fmt: skip
        self.access_key, self.secret = (
            re.findall(f"<{name}>([^<]+)<", made)[0] for name in ("AccessKeyId", "SecretAccessKey")
        )
        self._unsigned("PUT", "/hall", "s3")

    def _iam(self, **words: str) -> str:
        return self._unsigned("POST", "/", "iam", urlencode({"Version": "2010-05-08", **words}))

    def _unsigned(self, method: str, path: str, service: str, body: str = "") -> str:
        by = f"Credential=x/20260101/us-east-1/{service}/aws4_request"
        head = {"Authorization": f"AWS4-HMAC-SHA256 {by}, SignedHeaders=host, Signature=x"}
        asked = Request(self.url + path, body.encode() or None, head, method=method)  # noqa: S310
        with urlopen(asked) as answer:  # noqa: S310 - our own
            return str(answer.read().decode())

    def at(self, prefix: str) -> Opened:
        """Look into a place of the bucket."""
        bucket = Bucket("hall", self.access_key, prefix=prefix, endpoint=self.url)
        return Opened(bucket, self.secret)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BucketStore]:
    """A store with a bucket called "hall"."""
    with BucketStore(tmp_path_factory.mktemp("store")) as made:
        yield made


def certified(folder: Path, host: str) -> tuple[Path, Path]:
    """Write an authority and a certificate of its making; return both files."""
    now = datetime.now(UTC)
    root, own = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of the test")])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    made = []
    for name, key, signs in ((issuer, root, True), (subject, own, False)):
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=signs, path_length=None), critical=True)
        )
        if not signs:
            at = x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))])
            builder = builder.add_extension(at, critical=False)
        made.append(builder.sign(root, hashes.SHA256()).public_bytes(Encoding.PEM))
    authority, certificate = folder / "root.pem", folder / "own.pem"
    authority.write_bytes(made[0])
    key_pem = own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    certificate.write_bytes(made[1] + key_pem)
    return authority, certificate


class CutLine:
    """A line to the store that breaks after so many bytes and stays broken until it is mended."""

    def __init__(self, store: BucketStore) -> None:
        self._far = int(store.url.rpartition(":")[2])
        self.left: int | None = None
        self._open: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                near, _address = self._listening.accept()
            except OSError:
                return
            if self.left is not None and self.left <= 0:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self._far))
            self._open += [near, far]
            Thread(target=self._pass, args=(near, far), daemon=True).start()
            Thread(target=self._pass, args=(far, near), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while piece := source.recv(65536):
                if self.left is not None:
                    self.left -= len(piece)
                    if self.left <= 0:
                        break
                target.sendall(piece)
        except OSError:
            pass
        for each in (source, target):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def close(self) -> None:
        """Listen no more, and end what is open."""
        self._listening.close()
        for each in self._open:
            each.close()


class Refusing:
    """A store that answers every call with one code of its own, but those of ``taken`` kinds."""

    def __init__(self, status: int, code: str, taken: frozenset[str] = frozenset()) -> None:
        self.asked: list[tuple[str, str]] = []
        asked = self.asked
        told = f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()

        class Handler(BaseHTTPRequestHandler):
            def _refuse(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                asked.append((self.command, self.path))
                body = b"" if self.command in taken else told
                self.send_response(200 if self.command in taken else status)
                self.send_header("ETag", '"x"')
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_PUT = do_POST = do_DELETE = _refuse  # noqa: N815 - as it asks for them

            def log_message(self, *_words: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
