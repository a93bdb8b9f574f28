"""Owns talking to a store that speaks S3 (Amazon's, MinIO, Ceph, Garage): files there and back.

Everything here may take long, so it is done in a thread beside the hall. Of what a store answers
only its short code is read: its words may hold anything.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple
from urllib.parse import urlsplit

import msgspec
import structlog

from server.domain.errors import DomainError, Invalid, NotFound, Refused
from server.domain.texts import END, PRINTABLE
from server.domain.words import marked as _

if TYPE_CHECKING:
    from obstore.store import S3Store

PART = 5 * 1024 * 1024
"""The least that a store takes as a part of a file; so much, twice, is held in memory."""
MOST_PARTS = 9_000
AT_ONCE = 2
CONNECT_S, SILENT_S = 10, 60
ONE_PART = timedelta(minutes=15)
"""How long a part may take: 5 MB on a line of 50 kbit/s."""
WHOLE = timedelta(hours=12)
TRIED = timedelta(seconds=30)
"""How long each step of a trial may take: somebody waits for it at a page."""
RETRIES, RETRY_S = 3, 120
SCHEME = "s3://"
NAMES = rf"^[A-Za-z0-9][A-Za-z0-9._-]*{END}"
HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?")
TRIAL = "ramah-trial"
log = structlog.get_logger()

Plain = Annotated[str, msgspec.Meta(max_length=300, pattern=PRINTABLE)]


class Bucket(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place in a store that speaks S3.

    Attributes:
        bucket: its name. prefix: the place in it, like a folder.
        endpoint: address of the store; empty for Amazon's.
        region: as the store calls it; many have one only, and take any name.
        access_key: the key's name, which is no secret.
        hosted: the bucket's name is a part of the address (``https://bucket.host``).
        ca: certificate of an own authority (PEM), beside those that everybody knows.
    """

    bucket: Annotated[str, msgspec.Meta(min_length=1, max_length=63, pattern=NAMES)]
    access_key: Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=PRINTABLE)]
    prefix: Annotated[str, msgspec.Meta(max_length=200, pattern=rf"^([A-Za-z0-9._/-]*){END}")] = ""
    endpoint: Plain = ""
    region: Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=NAMES)] = "us-east-1"
    hosted: bool = False
    ca: Annotated[str, msgspec.Meta(max_length=20_000)] = ""

    @property
    def shown(self) -> str:
        """How people read the place."""
        at = f" ({urlsplit(self.endpoint).netloc})" if self.endpoint else ""
        return f"{SCHEME}{'/'.join(filter(None, (self.bucket, self.prefix)))}{at}"


class There(NamedTuple):
    """A file there."""

    name: str
    bytes: int


def read(kept: str) -> Bucket:
    """Return a place as it was kept."""
    return msgspec.json.decode(kept, type=Bucket)


def parts_of(address: str) -> tuple[str, str]:
    """Return bucket and place of an address such as ``s3://bucket/place``."""
    bucket, _slash, prefix = address.removeprefix(SCHEME).partition("/")
    return bucket, prefix.strip("/")


def check(bucket: Bucket, *, sealed: bool) -> None:
    """Look at a place as it was told.

    Raises:
        Invalid: it is none, or a backup in plain would go through the net in plain.
    """
    try:
        msgspec.convert(msgspec.to_builtins(bucket), type=Bucket)
    except msgspec.ValidationError as error:
        field = next(
            (each for each in bucket.__struct_fields__ if f"$.{each}" in str(error)), "bucket"
        )
        raise Invalid(
            "This is no name in a store: letters, digits, dots, dashes.", field=field
        ) from None
    if any(each in {"", ".", ".."} for each in bucket.prefix.split("/")) and bucket.prefix:
        raise Invalid("This is no name in a store: letters, digits, dots, dashes.", field="prefix")
    if "-----BEGIN CERTIFICATE-----" not in bucket.ca and bucket.ca:
        raise Invalid("This is no certificate (PEM).", field="ca")
    if not bucket.endpoint:
        return
    try:
        parts = urlsplit(bucket.endpoint)
        sound = (
            parts.scheme in {"http", "https"}
            and _is_host(parts.hostname or "", named=bucket.hosted)
            and parts.port != 0
        )
    except ValueError:
        sound = None
        parts = urlsplit("")
    if not sound or parts.path.strip("/") or parts.query or parts.fragment:
        raise Invalid(
            "Give the store's address, such as https://s3.example.go.id.", field="endpoint"
        )
    if parts.username or parts.password:
        raise Invalid("Leave name and password out of the address.", field="endpoint")
    if parts.scheme == "http" and not sealed and not _this_machine(parts.hostname or ""):
        raise Invalid(
            "By http everybody on the way could read the backup. Use https, or have backups "
            "encrypted.",
            field="endpoint",
        )


def _is_host(host: str, *, named: bool) -> bool:
    """Whether an address names a host, and where a bucket's name comes before it, by no number."""
    try:
        ip_address(host)
    except ValueError:
        return HOST.fullmatch(host) is not None
    return not named


def _this_machine(host: str) -> bool:
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"


class Opened:
    """A place in a store, with the key to it."""

    def __init__(self, bucket: Bucket, secret: str) -> None:
        self._bucket = bucket
        self._secret = secret

    def _store(self, most: timedelta = ONE_PART) -> S3Store:
        from obstore.store import S3Store  # noqa: PLC0415 - few halls have such a store

        here = self._bucket
        endpoint = here.endpoint.rstrip("/")
        if endpoint and here.hosted:
            scheme, _sign, host = endpoint.partition("://")
            endpoint = f"{scheme}://{here.bucket}.{host}"
        return S3Store(
            here.bucket,
            prefix=here.prefix or None,
            config={
                "access_key_id": here.access_key,
                "secret_access_key": self._secret,
                "region": here.region,
                "virtual_hosted_style_request": here.hosted,
                "disable_bulk_delete": True,  # not every store knows it
                **({"endpoint": endpoint} if endpoint else {}),
            },
            client_options={
                "allow_http": endpoint.startswith("http://"),
                "connect_timeout": timedelta(seconds=CONNECT_S),
                "read_timeout": timedelta(seconds=SILENT_S),
                "timeout": most,
                "user_agent": "Ramah",
                **({"root_certificate": here.ca} if here.ca else {}),
            },
            retry_config={
                "max_retries": RETRIES,
                "retry_timeout": timedelta(seconds=RETRY_S),
                "backoff": {"init_backoff": timedelta(seconds=0.5),
                            "max_backoff": timedelta(seconds=15), "base": 2},
            },
        )  # fmt: skip

    def try_it(self) -> None:
        """Write, read and remove a small file.

        Raises:
            DomainError: one of these cannot be done; says why.
        """
        import obstore  # noqa: PLC0415 - as above

        name = f"{TRIAL}-{secrets.token_hex(8)}"
        with _in_words():
            store = self._store(TRIED)
            obstore.put(store, name, b"Ramah")
            try:
                same = bytes(obstore.get(store, name).bytes()) == b"Ramah"
                self._names(store)
            except BaseException:
                with suppress(Exception):  # what failed first is what is told
                    obstore.delete(store, name)
                raise
            obstore.delete(store, name)
        if not same:
            raise Refused(NOT_THE_SAME, field="bucket")

    def names(self) -> list[There]:
        """Return the files there, the newest first by their names."""
        with _in_words():
            return self._names(self._store())

    def _names(self, store: S3Store) -> list[There]:
        import obstore  # noqa: PLC0415 - as above

        # what is in places below may be very much, and is not looked at
        found = [
            There(each["path"].rpartition("/")[2], each["size"])
            for each in obstore.list_with_delimiter(store)["objects"]
        ]
        return sorted(found, key=lambda each: each.name, reverse=True)

    def put(self, file: Path, name: str) -> None:
        """Send a file in parts, a few at once."""
        import obstore  # noqa: PLC0415 - as above

        part = max(PART, -(-file.stat().st_size // MOST_PARTS))
        with _in_words(), file.open("rb") as source:
            obstore.put(self._store(), name, source, chunk_size=part, max_concurrency=AT_ONCE)

    def fetch(self, name: str, target: Path, most: int | None = None) -> None:
        """Bring a file, piece by piece; one of more bytes than ``most`` is none of ours.

        Raises:
            NotFound: there is none. Refused: it is larger.
        """
        import obstore  # noqa: PLC0415 - as above

        came = 0
        with _in_words(), target.open("wb") as out:
            for piece in obstore.get(self._store(WHOLE), name).stream(min_chunk_size=1024 * 1024):
                came += len(piece)
                if most is not None and came > most:
                    raise Refused(NOT_THE_SAME, field="bucket")
                out.write(piece)

    def remove(self, name: str) -> None:
        """Remove a file; one that is not there is removed already."""
        import obstore  # noqa: PLC0415 - as above

        with _in_words(), suppress(FileNotFoundError):
            obstore.delete(self._store(), name)


KEY = _("The store does not know this access key, or its secret is another one.")
NOT_ALLOWED = _("The store does not let this access key do that.")
NO_BUCKET = _("There is no such bucket in the store.")
CLOCK = _("The store's clock and this machine's differ. Look at the time of both.")
REGION = _("The bucket is in another region of the store.")
FULL = _("The store is full.")
AWAY = _("The store cannot be reached.")
UNKNOWN_CA = _("The store's certificate is not known here. Add the certificate of its authority.")
NOT_THE_SAME = _("What was written there does not come back as it was.")
NO_FILE = _("There is no such backup.")
OTHER = _("The store did not take it. What it said is in the server's log.")
SAID: dict[str, tuple[Callable[..., DomainError], str, str]] = {
    "InvalidAccessKeyId": (Refused, KEY, "access_key"),
    "SignatureDoesNotMatch": (Refused, KEY, "access_key"),
    "AccessDenied": (Refused, NOT_ALLOWED, "access_key"),
    "AllAccessDisabled": (Refused, NOT_ALLOWED, "access_key"),
    "NoSuchBucket": (NotFound, NO_BUCKET, "bucket"),
    "InvalidBucketName": (NotFound, NO_BUCKET, "bucket"),
    "NoSuchKey": (NotFound, NO_FILE, "file"),
    "RequestTimeTooSkewed": (Refused, CLOCK, "endpoint"),
    "AuthorizationHeaderMalformed": (Refused, REGION, "region"),
    "PermanentRedirect": (Refused, REGION, "region"),
    "XMinioStorageFull": (Refused, FULL, "bucket"),
    "QuotaExceeded": (Refused, FULL, "bucket"),
    "InsufficientStorage": (Refused, FULL, "bucket"),
    "EntityTooLarge": (Refused, FULL, "bucket"),
}
PANIC = "PanicException"
"""What the library raises where it gives up; it is no ``Exception``, and has no name to import."""
_CODE = re.compile(r"<Code>([A-Za-z]{1,60})</Code>")
_STATUS = re.compile(r"status code: (\d{3})")


@contextmanager
def _in_words() -> Iterator[None]:
    """Say what a store answers in our words.

    Raises:
        DomainError: instead of what the library raises.
    """
    from obstore.exceptions import BaseError  # noqa: PLC0415 - as above

    try:
        yield
    except FileNotFoundError as missing:
        if missing.errno is not None:  # of this machine
            raise
        raise _said(missing) from None
    except BaseError as error:
        raise _said(error) from None
    except BaseException as error:
        if type(error).__name__ != PANIC:
            raise
        # the library gave up on what no check here foresaw: no reason to end whoever asked
        log.warning("bucket_refused", code=PANIC)
        raise Refused(AWAY, field="endpoint") from None


def _said(error: Exception) -> DomainError:
    text = str(error)
    code, status = _CODE.search(text), _STATUS.search(text)
    told = code[1] if code else status[1] if status else ""
    log.warning("bucket_refused", code=told or "no answer")
    if told in SAID:
        made, words, field = SAID[told]
        return made(words, field=field)
    if status is not None or code is not None:
        return NotFound(NO_FILE) if told == "404" else Refused(OTHER, field="bucket")
    if "redirect without LOCATION" in text:
        return Refused(REGION, field="region")
    if "certificate" in text.lower() or "UnknownIssuer" in text:
        return Refused(UNKNOWN_CA, field="ca")
    return Refused(AWAY, field="endpoint")
