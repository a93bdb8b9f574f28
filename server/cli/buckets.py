"""Owns how commands are told of a store that speaks S3: its address, its key, its secret."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path

from server.backups.buckets import SCHEME, Bucket, parts_of
from server.domain.errors import Invalid

MOST = 1000


def add(command: argparse.ArgumentParser) -> None:
    """Let a command be told of a store."""
    store = command.add_argument_group("a store that speaks S3 (s3://BUCKET/PLACE)")
    store.add_argument("--endpoint", default="", help="its address (default: Amazon's)")
    store.add_argument("--region", default="us-east-1", help="as it is called there")
    store.add_argument(
        "--access-key", default="", help="name of the key; its secret is asked for, or read from "
        "standard input",
    )  # fmt: skip
    store.add_argument(
        "--hosted", action="store_true", help="the bucket's name is a part of the address"
    )
    store.add_argument(
        "--ca", type=Path, metavar="FILE", help="certificate of an own authority (PEM)"
    )


def is_store(place: str) -> bool:
    """Whether a place is one in a store."""
    return place.startswith(SCHEME)


def bucket_of(args: argparse.Namespace, place: str) -> Bucket:
    """Return the place in a store that was told.

    Raises:
        Invalid: no key is named.
    """
    if not args.access_key:
        raise Invalid("Name the store's key with --access-key.", field="access-key")
    bucket, prefix = parts_of(place)
    ca = "" if args.ca is None else args.ca.read_text("utf-8")
    return Bucket(
        bucket=bucket, prefix=prefix, endpoint=args.endpoint, region=args.region,
        access_key=args.access_key, hosted=args.hosted, ca=ca,
    )  # fmt: skip


def secret() -> str:
    """Ask for the secret of the key, or read it from standard input."""
    if sys.stdin.isatty():
        return getpass.getpass("Secret: ")
    return sys.stdin.readline(MOST).rstrip("\n")
