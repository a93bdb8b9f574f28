"""Strangers in numbers: they cost the hall nothing and shut nobody out."""

from __future__ import annotations

import asyncio
import gzip
import random
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from server.admission import Full, Lane
from server.api.quotes import AT_ONCE, EVERY_S, Quotes
from server.connections import EACH_ADDRESS
from server.contract import ROUTES
from server.domain.events import Quote
from tests.server.api.client import Client
from tests.server.process import Hall, Server, office_toml

FEW = 300
"""Descriptors of the server in these tests; half a house of silent connections fills them."""


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Server]:
    """A server that may open few descriptors."""
    with Server(tmp_path / "data") as server:
        server.program = ["sh", "-c", f'ulimit -n {FEW}; exec "$@"', "sh", sys.executable, "-m",
                          "server.cli"]  # fmt: skip
        server.add_branch(office_toml("hall"))
        server.start()
        yield server


def knock(server: Server, words: bytes = b"") -> socket.socket:
    link = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    link.sendall(words)
    return link


def end(link: socket.socket) -> bytes:
    """Return what the server says until it closes."""
    said = b""
    try:
        while part := link.recv(65536):
            said += part
    except ConnectionResetError:
        pass
    return said


@pytest.mark.parametrize("words", [b"", b"GET /healthz HTT", b"GET / HTTP/1.1\r\nHost: x\r\n"])
async def test_more_silent_connections_than_descriptors_keep_no_member_of_staff_out(
    small: Server, words: bytes
) -> None:
    with ExitStack() as stack:
        for _ in range(2 * FEW):
            stack.enter_context(knock(small, words))
        for _ in range(3):
            async with small.client("staff") as staff:
                assert (await staff.get("/api/services")).status == 200
                assert (await staff.at(1, "open")).status == 200
    assert "Traceback" not in small.stderr()


async def test_screens_stay_while_strangers_fill_the_house(small: Server) -> None:
    async with (
        small.client("display") as display, small.client("staff") as staff,
        display.socket() as feed,
    ):  # fmt: skip
        await feed.recv()
        with ExitStack() as stack:
            for _ in range(2 * FEW):
                stack.enter_context(knock(small))
            await staff.do(1, "open")
            async with asyncio.timeout(60):
                while "counter_changed" not in str(await feed.recv()):
                    pass


def test_who_says_nothing_or_half_a_head_or_half_a_body_is_let_go(shared: Server) -> None:
    body = b"POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{"
    with (
        knock(shared) as silent, knock(shared, b"GET /healthz HTT") as half,
        knock(shared, body) as started,
    ):  # fmt: skip
        assert end(silent) == b""
        assert end(half).startswith(b"HTTP/1.1 408 ")
        assert end(started).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    "way", [b"Content-Length: 50\r\n\r\n{", b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
            b"Content-Length: 70000\r\n\r\n{"],
    ids=["half", "chunked", "large"],
)  # fmt: skip
async def test_half_bodies_of_one_stranger_keep_no_other_stranger_waiting(
    shared: Server, way: bytes
) -> None:
    with ExitStack() as stack:
        for _ in range(20):
            body = b"POST /api/session HTTP/1.1\r\nHost: x\r\n" + way
            stack.enter_context(knock(shared, body))
        async with shared.client() as other, asyncio.timeout(8):
            assert (await other.get("/healthz")).status == 200
            known = {"login": "nobody", "password": "x"}
            assert (await other.post("/api/session", known)).status == 401


def test_requests_that_come_in_crumbs_are_answered_like_any_other(shared: Server) -> None:
    body = b'{"login": "nobody", "password": "x"}'
    head = b"POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
    asked = head + body
    with knock(shared) as link:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(len(asked)):
            link.sendall(asked[at : at + 1])
            time.sleep(0.001)
        link.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        said = end(link)
    assert said.startswith(b"HTTP/1.1 401 "), said
    assert said.count(b"HTTP/1.1 200 ") == 1


@pytest.mark.parametrize(
    "words",
    [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"HELO hall\r\n", b"get / HTTP/1.1\r\n"],
)
def test_what_is_no_http_is_refused_at_its_first_bytes(shared: Server, words: bytes) -> None:
    with knock(shared, words) as link:
        assert b" 400 " in end(link)[:20]


def test_a_head_without_end_is_refused(shared: Server) -> None:
    with knock(shared, b"GET / HTTP/1.1\r\nX: " + b"x" * 20_000) as link:
        assert b" 400 " in end(link)[:20]


def test_a_server_that_stops_ends_who_said_half_a_head(small: Server) -> None:
    with knock(small) as silent, knock(small, b"GET / HT") as half:
        assert small.stop() == 0
        assert end(silent) == end(half) == b""
    assert "stopped_uncleanly" not in small.stderr()


def test_nonsense_is_answered_without_telling_what_we_are_made_of(shared: Server) -> None:
    with knock(shared, b"\x16\x03\x01 nonsense\r\n\r\n") as link:
        said = end(link).lower()
    assert said.startswith(b"http/1.")
    assert b" 400 " in said[:20]
    assert b"aiohttp" not in said
    assert b"python" not in said
    assert b"nosniff" in said
    assert b"no-store" in said


def _odd_heads(luck: random.Random) -> list[bytes]:
    """Return headers as no browser sends them."""
    raw = bytes(luck.randrange(128, 256) for _ in range(luck.randint(1, 12)))
    return [
        b"Authorization: Bearer " + raw, b"Authorization: " + raw, b"Cookie: ramah_session=" + raw,
        b"Cookie: " + raw + b"=1", b"Accept-Language: " + raw, b"Accept-Language: id;q=zz,,;;",
        b"Idempotency-Key: " + raw, b"Content-Encoding: gzip", b"Content-Encoding: " + raw,
        b"If-None-Match: " + raw, b"Range: bytes=9-1", b"Range: " + raw, b"Origin: " + raw,
        b"Origin: http://[", b"X-Forwarded-For: " + raw, b"Ramah-As: " + raw,
        b"Content-Type: " + raw, b"Accept-Encoding: " + raw, b"Sec-Fetch-Site: " + raw,
        b"If-Modified-Since: " + raw, b"Upgrade: websocket\r\nConnection: Upgrade",
        b"Sec-WebSocket-Key: " + raw, b"Host: " + raw, b"User-Agent: " + raw,
    ]  # fmt: skip


PLACES = [
    "%00",
    "a" * 400,
    "%ff%fe",
    "..%2f..%2fetc%2fpasswd",
    "%0d%0aX:1",
    "\u2603".encode().hex(),
]


def test_no_odd_header_or_address_on_any_route_is_a_fault_of_ours(hall: Hall) -> None:
    """Every route and page, as a stranger and with a token; one connection for each request."""
    luck = random.Random(17)
    tokens = [b"", b"Authorization: Bearer " + hall.token("manager").encode() + b"\r\n"]
    pages = ["/", "/kiosk", "/display", "/counter", "/manager", "/t/", "/static/", "/web/",
             "/web/catalog/"]  # fmt: skip
    asked: list[tuple[str, str, bytes]] = []
    for route in ROUTES:
        for head in luck.sample(_odd_heads(luck), 5):
            place = luck.choice(PLACES)
            path = "/".join(
                place if each.startswith("{") else each for each in route.path.split("/")
            )
            asked.append((route.method, path, head))
    asked += [("GET", page, head) for page in pages for head in _odd_heads(luck)]
    asked += [("GET", page.rstrip("/") + "/" + place + end, b"Accept: */*")
              for page in pages for place in PLACES for end in ("", ".js")]  # fmt: skip
    before = len(hall.server.stderr())
    for method, path, head in asked:
        mine = luck.choice(tokens)
        body = b"{}" if method == "POST" else b""
        words = (
            f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n".encode()
            + mine + head + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        )  # fmt: skip
        if head.startswith(b"Upgrade"):
            words = words.replace(b"Connection: close\r\n", b"")
            continue
        with knock(hall.server, words) as link:
            status = end(link)[9:12]
        assert status[:1] in b"234" or status == b"503", (method, path, head, status)
        assert status != b"", (method, path, head)
    assert "Traceback" not in hall.server.stderr()[before:]


async def test_a_header_that_is_no_text_is_refused_in_words_on_pages_too(shared: Server) -> None:
    for path in ("/", "/kiosk", "/api/services", "/web/catalog/id.json"):
        head = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: ".encode()
        with knock(shared, head + b"a=\xff\r\n\r\n") as link:
            said = end(link)
        assert said.startswith(b"HTTP/1.1 400 "), path
        assert b"malformed-header" in said


async def test_the_contract_comes_packed_and_once(visitor: Client) -> None:
    first = await visitor.get("/api/openapi.json", headers={"Accept-Encoding": "gzip"})
    assert first.headers["Content-Encoding"] == "gzip"
    again = await visitor.get(
        "/api/openapi.json", headers={"If-None-Match": first.headers["ETag"]}, check=False
    )
    assert (again.status, again.body) == (304, b"")


async def test_hundreds_of_phones_that_look_leave_a_handful_of_told_waits(
    hall: Hall, kiosk: Client, staff: Client, visitor: Client
) -> None:
    await staff.do(1, "open")
    tickets = [await kiosk.take() for _ in range(60)]
    before = hall.last_event()
    for _ in range(3):
        await asyncio.gather(
            *(visitor.get("/api/track/" + each["tracking_url"].rpartition("/")[2])
              for each in tickets)
        )  # fmt: skip
        await staff.do(1, "call-next")
        await staff.do(1, "no-show")
    ((told,),) = hall.server.query("SELECT COUNT(*) FROM told_waits WHERE branch = ?", hall.number)
    assert 1 <= told <= AT_ONCE + 60 / EVERY_S
    kinds = {event["kind"] for _, event in hall.events(before)}
    assert kinds == {"called", "no_show"}, "screens hear nothing of phones that look"


def test_told_waits_are_sampled_by_the_clock_not_by_the_crowd() -> None:
    """The rule itself, with a clock of our own."""

    class Log:
        written = 0

        def note(self, *_: object) -> None:
            self.written += 1

    now, log = 1000.0, Log()
    quotes = Quotes(log, lambda: now)  # type: ignore[arg-type]  # only ``note`` is used
    for number in range(500):
        quotes.tell(1, f"t{number}", "phone", Quote(number, "m"))
    assert log.written == AT_ONCE
    quotes.tell(2, "other", "phone", Quote(1, "m"))
    assert log.written == AT_ONCE + 1  # another office has room of its own
    now += EVERY_S
    for number in range(500):
        quotes.tell(1, f"t{number}", "phone", Quote(number + 1, "m"))
    assert log.written == AT_ONCE + 2


async def test_a_flood_from_one_address_waits_in_a_line_of_its_own() -> None:
    lane, order = Lane(1), list[str]()

    async def ask(address: str) -> None:
        await lane.enter(address)
        order.append(address)
        await asyncio.sleep(0)
        lane.leave()

    async with asyncio.TaskGroup() as group:
        for _ in range(50):
            group.create_task(ask("flood"))
        await asyncio.sleep(0)
        group.create_task(ask("phone"))
    assert order.index("phone") <= 4
    assert len(order) == 51


async def test_who_would_wait_for_nothing_is_told_to_come_back() -> None:
    lane, full = Lane(0), 0
    async with asyncio.TaskGroup() as group:
        waiting = [group.create_task(lane.enter("flood")) for _ in range(600)]
        await asyncio.sleep(0)
        try:
            await lane.enter("flood")
        except Full:
            full += 1
        for each in waiting:
            each.cancel()
    assert full == 1


async def test_five_hundred_strangers_flat_out_are_put_off_and_no_counter_is(
    shared: Server, staff: Client, kiosk: Client
) -> None:
    """More than may wait at once; their requests are cheap, their number is not."""
    request = b"GET /api/track/nobody-knows-this HTTP/1.1\r\nHost: x\r\n\r\n"
    await staff.do(1, "open")
    with ExitStack() as stack:
        links = [stack.enter_context(knock(shared, request)) for _ in range(2 * EACH_ADDRESS)]
        for _ in range(20):
            await kiosk.take()
            assert (await staff.at(1, "call-next")).status == 200
            assert (await staff.at(1, "no-show")).status == 200
            for link in links:
                link.setblocking(False)
                try:
                    link.recv(65536)
                    link.sendall(request)
                except OSError:
                    pass
    assert "Traceback" not in shared.stderr()


@pytest.mark.parametrize("packing", ["gzip", "deflate", "br", "gzip, identity"])
async def test_a_rightly_packed_body_is_refused_with_a_true_sentence(
    visitor: Client, packing: str
) -> None:
    body = gzip.compress(b'{"login": "sari"}')
    answer = await visitor.send(
        "POST", "/api/session", raw=body, headers={"Content-Encoding": packing}, check=False
    )
    assert (answer.status, answer.problem) == (400, "malformed-body")
    assert "tanpa Content-Encoding" in answer.json["detail"]
