"""The short way of a command says and does just what the long one does; any doubt goes long."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator, Iterator

import pytest
from aiohttp import web

from server.connections import Door, Guard
from server.precedence import Precedence
from server.short import Handler, Ways, Whole, plain
from tests.server.process import Hall, free_port


def request(path: str, body: str = "", *more: str, method: str = "POST", length: str = "") -> bytes:
    """Return a plain request; ``more`` are further lines of its head."""
    size = length or str(len(body))
    lines = [f"{method} {path} HTTP/1.1", "Host: hall", *more, f"Content-Length: {size}", "", body]
    return "\r\n".join(lines).encode()


class Link:
    """One connection that stays open."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.rest = b""

    def send(self, *parts: bytes) -> None:
        """Send parts one after the other, each a packet of its own."""
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in parts:
            self.socket.sendall(part)

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body of the next answer."""
        while b"\r\n\r\n" not in self.rest:
            self._more()
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        size = int(headers.get("Content-Length", "0"))
        while len(self.rest) < size:
            self._more()
        body, self.rest = self.rest[:size], self.rest[size:]
        return int(first.split()[1]), headers, body

    def ended(self) -> bool:
        """Whether the server closes, having said nothing more."""
        return not self.rest and self.socket.recv(65536) == b""

    def _more(self) -> None:
        part = self.socket.recv(65536)
        assert part, "the server closed in the middle of an answer"
        self.rest += part


@pytest.fixture
def link(hall: Hall) -> Iterator[Link]:
    """A connection that aiohttp has answered once, so that the short way is open."""
    made = Link(hall.server.port)
    made.send(b"GET /healthz HTTP/1.1\r\nHost: hall\r\n\r\n")
    assert made.answer()[0] == 200
    yield made
    made.socket.close()


@pytest.fixture
def login(hall: Hall) -> str:
    """The line of a head that says who asks."""
    return f"Authorization: Bearer {hall.token('staff')}"


TAKE = '{"service":"A"}'


def _like(answer: tuple[int, dict[str, str], bytes]) -> object:
    """Return an answer without what differs from ticket to ticket."""
    status, headers, body = answer
    said = re.sub(r'"(id|label|issued_at|tracking_url|ahead|estimate)":("[^"]*"|\{[^}]*\}|\d+)',
                  r'"\1":"-"', body.decode())  # fmt: skip
    return status, {key for key in headers if key != "Date"}, said


@pytest.mark.parametrize(
    ("path", "body", "more"),
    [
        ("/api/tickets", TAKE, ()),
        ("/api/tickets", '{"service":"A","people":2}', ()),
        ("/api/tickets", '{"service":"nothing"}', ("Accept-Language: id",)),
        ("/api/tickets", '{"service":"A","service":"B"}', ()),
        ("/api/tickets", '{"service":', ()),
        ("/api/tickets", TAKE, ("Idempotency-Key: ",)),
        ("/api/tickets", TAKE, (f"Idempotency-Key: {'k' * 201}",)),
        ("/api/counters/99/call-next", "", ()),
        ("/api/counters/1/start", "", ()),
        ("/api/counters/1/nothing", "", ()),
        ("/api/tickets/nobody/return", "", ()),
    ],
)
def test_both_ways_say_the_same(
    link: Link, login: str, path: str, body: str, more: tuple[str, ...]
) -> None:
    # the same head with two spaces before a value is for aiohttp's parser
    long = [f"{name}:  {value}" for name, _, value in (each.partition(": ") for each in more)]
    link.send(request(path, body, login, *more))
    short = link.answer()
    link.send(request(path, body, login.replace(": ", ":  "), *long))
    assert _like(link.answer()) == _like(short)


def test_who_is_not_known_or_may_not_is_told_so_on_the_short_way(link: Link, hall: Hall) -> None:
    display = hall.token("display")
    link.send(request("/api/tickets", TAKE))
    assert link.answer()[0] == 401
    link.send(request("/api/tickets", TAKE, "Authorization: Bearer nobody"))
    assert link.answer()[0] == 401
    link.send(request("/api/tickets", TAKE, f"Authorization: Bearer {display}"))
    assert link.answer()[0] == 403


def test_a_key_is_done_once_whichever_way_it_comes(link: Link, login: str) -> None:
    key = "Idempotency-Key: once-and-twice"
    link.send(request("/api/tickets", TAKE, login, key))
    first = link.answer()
    link.send(request("/api/tickets", TAKE, login, key.replace(": ", ":   ")))
    assert link.answer()[2] == first[2]


def test_many_requests_in_one_packet_are_answered_in_their_order(link: Link, login: str) -> None:
    numbers = []
    wanted = [request("/api/tickets", TAKE, login) for _ in range(6)]
    link.send(b"".join(wanted[:3]), wanted[3], wanted[4], wanted[5])
    for _ in wanted:
        status, _headers, body = link.answer()
        assert status == 201
        numbers.append(int(json.loads(body)["label"][1:]))
    assert numbers == list(range(numbers[0], numbers[0] + 6))


def test_requests_that_come_while_one_is_answered_wait_for_it(link: Link, login: str) -> None:
    asked = [request("/api/tickets", TAKE, login), b"GET /healthz HTTP/1.1\r\nHost: hall\r\n\r\n"]
    link.send(*asked, *asked, asked[0][:40], asked[0][40:])
    assert [link.answer()[0] for _ in range(5)] == [201, 200, 201, 200, 201]


def test_a_body_that_comes_after_its_answer_is_never_taken_for_a_request(
    link: Link, login: str
) -> None:
    inner = request("/api/tickets", TAKE, login)
    outer = request("/api/counters/1/press", inner.decode())
    link.send(outer[: -len(inner)])
    assert link.answer()[0] == 401  # told before its body was there
    link.send(inner)
    link.send(b"GET /healthz HTTP/1.1\r\nHost: hall\r\n\r\n")
    status, _headers, body = link.answer()
    assert (status, b"label" in body) == (200, False)


def test_who_wants_the_connection_to_end_gets_an_answer_and_its_end(link: Link, login: str) -> None:
    link.send(request("/api/tickets", TAKE, login, "Connection: close"))
    assert link.answer()[0] == 201
    assert link.ended()


@pytest.fixture
async def small() -> AsyncIterator[int]:
    """Serve a handler that says how its request came; return the port."""

    async def how(asked: web.Request) -> web.Response:
        body = await asked.text()
        way = "short" if isinstance(asked.content, Whole) else "long"
        return web.json_response([way, asked.match_info.get("counter"), body])

    async def admit(asked: web.Request, handler: Handler) -> web.StreamResponse:
        return await handler(asked)

    app = web.Application()
    ways = Ways(app, admit)
    for path, short in {
        "/api/tickets": True, "/api/counters/{counter}/start": True, "/api/other": False,
        "/api/counters/report": False, "/api/counters/{counter}": True,
    }.items():  # fmt: skip
        ways.add(path, how, app.router.add_post(path, how), short=short)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    guard = Guard(1000, lambda _: False, lambda: 0, Precedence())
    await Door(runner, "127.0.0.1", port, guard, ways).start()
    yield port
    await runner.cleanup()


@pytest.mark.parametrize(
    ("path", "way", "counter"),
    [
        ("/api/tickets", "short", None),
        ("/api/counters/7/start", "short", "7"),
        ("/api/counters/7", "short", "7"),
        ("/api/other", "long", None),
        ("/api/counters/report", "long", None),
        ("/api/tickets?as=kiosk", "long", None),
    ],
)
async def test_a_plain_command_goes_the_short_way_once_its_connection_rests(
    small: int, path: str, way: str, counter: str | None
) -> None:
    def talk() -> list[object]:
        link = Link(small)
        said = []
        for _ in range(3):
            link.send(request(path, "x=1"))
            said.append(json.loads(link.answer()[2]))
        link.send(request(path, "x=1") * 2)
        said += [json.loads(link.answer()[2])[0] for _ in range(2)]
        link.send(request(path, "x=1"))
        said.append(json.loads(link.answer()[2])[0])
        link.socket.close()
        return said[1:]

    # two in one packet go long, and from then on it is not known where the parser stands
    seen = await asyncio.to_thread(talk)
    assert seen == [[way, counter, "x=1"], [way, counter, "x=1"], "long", "long", "long"]


@pytest.mark.parametrize("path", ["/api/counters//start", "/api/counters/7/8/start", "/api/x"])
async def test_an_address_that_is_no_commands_goes_the_long_way(small: int, path: str) -> None:
    def talk() -> int:
        link = Link(small)
        link.send(request(path))
        status = link.answer()[0]
        link.socket.close()
        return status

    assert await asyncio.to_thread(talk) == 404


PLAIN = request("/api/tickets", TAKE, "Accept: */*")


def test_a_plain_request_is_read_to_its_last_byte() -> None:
    found = plain(PLAIN)
    assert found is not None
    assert (found.path, found.body) == ("/api/tickets", TAKE.encode())
    assert found.headers["ACCEPT"] == "*/*"


@pytest.mark.parametrize(
    "doubtful",
    [
        PLAIN[:-1],
        PLAIN + b" ",
        PLAIN + PLAIN,
        PLAIN.replace(b"\r\n", b"\n"),
        PLAIN.replace(b"Host: hall\r\n", b""),
        PLAIN.replace(b"Host: hall", b"Host: hall\r\nHost: other"),
        PLAIN.replace(b"Accept: */*", b"Accept: */*\r\n folded"),
        PLAIN.replace(b"Accept: */*", b"Accept : */*"),
        PLAIN.replace(b"Accept: */*", b"Accept: \xc3\xa9"),
        PLAIN.replace(b"Accept: */*", b"Accept: a\x00b"),
        PLAIN.replace(b"Accept: */*", b"Transfer-Encoding: chunked"),
        PLAIN.replace(b"Accept: */*", b"Content-Encoding: gzip"),
        PLAIN.replace(b"Accept: */*", b"Expect: 100-continue"),
        PLAIN.replace(b"Accept: */*", b"Upgrade: websocket"),
        PLAIN.replace(b"Accept: */*", b"Connection: close"),
        PLAIN.replace(b"Accept: */*", b"Content-Length: 15"),
        PLAIN.replace(b"Content-Length: 15", b"Content-Length: +15"),
        PLAIN.replace(b"Content-Length: 15", b"Content-Length: 0x0f"),
        PLAIN.replace(b"Content-Length: 15", b"Content-Length: 15, 15"),
        PLAIN.replace(b"HTTP/1.1", b"HTTP/1.0"),
        PLAIN.replace(b"/api/tickets", b"/api/tickets?as=kiosk"),
        PLAIN.replace(b"/api/tickets", b"/api/%74ickets"),
        PLAIN.replace(b"/api/tickets", b"http://hall/api/tickets"),
        PLAIN.replace(b"POST", b"post"),
        PLAIN.replace(b"*/*", b"x" * 9000),
    ],
)  # fmt: skip
def test_whatever_is_doubtful_goes_the_long_way(doubtful: bytes) -> None:
    assert plain(doubtful) is None
