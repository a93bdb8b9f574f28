"""A server that waits passes on what clients say, and not what they say of themselves."""

from __future__ import annotations

from ipaddress import ip_network
from unittest.mock import Mock

from aiohttp.test_utils import make_mocked_request
from aiohttp.web import Request
from multidict import CIMultiDict

from server.auth.doorway import Doorway
from server.passing import told_of


def asked_from(place: str, **headers: str) -> Request:
    named = CIMultiDict({name.replace("_", "-"): value for name, value in headers.items()})
    transport = Mock()
    transport.get_extra_info.side_effect = lambda what, _else=None: (
        (place, 4711) if what == "peername" else None
    )
    return make_mocked_request("GET", "/", headers=named, transport=transport)


def test_what_a_stranger_says_of_where_it_comes_from_is_left_out() -> None:
    request = asked_from(
        "198.51.100.7", X_Forwarded_For="10.0.0.1", X_Forwarded_Proto="https",
        X_Forwarded_Host="lain.example", Forwarded="for=10.0.0.1", Cookie="a=b",
    )  # fmt: skip
    told = told_of(request, Doorway())
    assert told == {
        "Cookie": "a=b", "X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "http"
    }  # fmt: skip


def test_what_a_trusted_proxy_says_is_passed_on() -> None:
    request = asked_from(
        "192.0.2.1", X_Forwarded_For="198.51.100.7", X_Forwarded_Proto="https",
        X_Forwarded_Host="antrean.example",
    )  # fmt: skip
    told = told_of(request, Doorway([ip_network("192.0.2.1")]))
    assert told["X-Forwarded-For"] == "198.51.100.7, 192.0.2.1"
    assert told["X-Forwarded-Proto"] == "https"
    assert told["X-Forwarded-Host"] == "antrean.example"


def test_headers_of_one_connection_stay_there() -> None:
    request = asked_from(
        "198.51.100.7", Connection="keep-alive, X-Own", X_Own="1", Transfer_Encoding="chunked",
        Idempotency_Key="once",
    )  # fmt: skip
    assert set(told_of(request, Doorway())) == {
        "Idempotency-Key", "X-Forwarded-For", "X-Forwarded-Proto"
    }  # fmt: skip


def test_the_word_of_a_server_beside_counts_until_it_is_gone() -> None:
    request = asked_from("192.0.2.2", X_Forwarded_For="198.51.100.7")
    doorway = Doorway()
    assert doorway.client(request) == "192.0.2.2"
    doorway.beside(["192.0.2.2"])
    assert doorway.client(request) == "198.51.100.7"
    doorway.beside([])
    assert doorway.client(request) == "192.0.2.2"
