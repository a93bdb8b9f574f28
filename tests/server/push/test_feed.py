"""The event socket: a snapshot, then every event once, in order, to everybody."""

from __future__ import annotations

import asyncio
import json
import socket as sockets
from collections.abc import Iterator
from contextlib import AsyncExitStack

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import InvalidStatus

from server.clock import wall_clock
from server.domain import issuing
from server.domain.events import AnyEvent
from server.domain.issuing import NewTicket
from server.storage.published import public_message
from server.storage.transaction import SqliteTx
from tests.server.api.client import Client
from tests.server.api.test_health import metrics
from tests.server.process import Hall, Server, daytime_zone
from tests.server.push.listening import Message, ended, events_up_to, first
from tests.server.rehearsal import KIOSK, Rehearsal, office
from tests.server.waiting import soon

COUNTERS = range(1, 13)


async def visitors(kiosk: Client, number: int) -> None:
    """One kiosk gives numbers, one after another."""
    for _ in range(number):
        await kiosk.post("/api/tickets", {"service": "A"}, check=False)


async def desk(staff: Client, counter: int, rounds: int) -> None:
    """One counter calls, starts and finishes, over and over."""
    for _ in range(rounds):
        for act in ("call-next", "recall", "start", "finish"):
            await staff.at(counter, act, check=False)


async def hammer(kiosk: Client, staff: Client, rounds: int) -> None:
    """16 kiosks and 12 counters at once."""
    async with asyncio.TaskGroup() as group:
        for _ in range(16):
            group.create_task(visitors(kiosk, rounds))
        for counter in COUNTERS:
            group.create_task(desk(staff, counter, rounds))


async def opened(staff: Client) -> None:
    """Open all counters."""
    for counter in COUNTERS:
        await staff.do(counter, "open")


def as_stored(hall: Hall, after: int) -> list[Message]:
    """Return what the screens should have got, from the database."""
    rows = hall.query("SELECT seq, at, data FROM events WHERE branch = ? AND seq > ? ORDER BY seq",
                      after)  # fmt: skip
    return [
        json.loads(public_message(seq, at, msgspec.json.decode(data, type=AnyEvent)))
        for seq, at, data in rows
    ]


async def test_every_screen_gets_every_event_in_order_while_the_hall_is_busy(
    hall: Hall, kiosk: Client, staff: Client, display: Client
) -> None:
    await opened(staff)
    async with AsyncExitStack() as stack:
        listeners = [await stack.enter_async_context(display.socket()) for _ in range(3)]
        starts = [(await first(each))["seq"] for each in listeners]
        async with asyncio.TaskGroup() as group:
            group.create_task(hammer(kiosk, staff, 10))
            for _ in range(5):  # screens that are switched on in the middle of it
                late = await stack.enter_async_context(display.socket())
                starts.append((await first(late))["seq"])
                listeners.append(late)
        last = hall.last_event()
        assert last > 200
        for start, each in zip(starts, listeners, strict=True):
            got = await events_up_to(each, last) if start < last else []
            assert got == as_stored(hall, start)


async def test_a_screen_that_comes_back_gets_exactly_what_it_missed(
    hall: Hall, kiosk: Client, display: Client
) -> None:
    async with display.socket() as socket:
        await first(socket)
        await kiosk.take()
        seen = (await events_up_to(socket, hall.last_event()))[-1]["seq"]
    for _ in range(5):
        await kiosk.take()
    async with display.socket(since=seen) as socket:
        await kiosk.take()
        got = await events_up_to(socket, hall.last_event())
    assert got == as_stored(hall, seen)
    assert len(got) == 6


async def test_a_screen_that_missed_nothing_gets_nothing_twice(
    hall: Hall, kiosk: Client, display: Client
) -> None:
    await kiosk.take()
    async with display.socket(since=hall.last_event()) as socket:
        ticket = await kiosk.take()
        message = await first(socket)
    assert (message["type"], message["label"]) == ("event", ticket["label"])


@pytest.mark.parametrize("ahead", [1, 1000, 10**15])
async def test_a_screen_that_knows_the_future_gets_a_snapshot(
    hall: Hall, kiosk: Client, display: Client, ahead: int
) -> None:
    """As after a restored backup: the screen has seen events that are gone."""
    await kiosk.take()
    async with display.socket(since=hall.last_event() + ahead) as socket:
        message = await first(socket)
        assert (message["type"], message["seq"]) == ("snapshot", hall.last_event())
        await kiosk.take()
        assert (await first(socket))["seq"] == hall.last_event()


async def test_the_snapshot_holds_the_hall_as_of_its_event(
    hall: Hall, kiosk: Client, staff: Client, display: Client
) -> None:
    await staff.do(1, "open")
    await kiosk.take()
    await kiosk.take()
    await staff.do(1, "call-next")
    async with display.socket() as socket:
        told = await first(socket)
    assert told["seq"] == hall.last_event()
    assert told["counters"][0]["current"]["label"] == "A001"
    assert [each["waiting"] for each in told["services"]] == [1, 0, 0]
    asked = (await display.get("/api/queue")).json
    for changing in ("at",):
        told.pop(changing)
        asked.pop(changing)
    assert told == asked


async def test_the_server_says_that_it_lives(hall: Hall, display: Client) -> None:
    async with display.socket() as socket:
        while json.loads(await socket.recv()) != {"type": "heartbeat", "seq": hall.last_event()}:
            pass


async def test_no_screen_ever_learns_a_key_or_a_name(
    hall: Hall, kiosk: Client, staff: Client, display: Client
) -> None:
    """Tracking keys, tokens, logins, reasons and notes stay where they belong."""
    async with display.socket() as socket:
        start = await socket.recv()
        await staff.do(1, "open")
        ticket = await kiosk.take()
        await staff.do(1, "call", {"ticket": ticket["id"], "reason": "rahasia-alasan"})
        await staff.do(1, "start")
        await staff.do(1, "hold", {"reason": "rahasia-tunda"})
        await staff.post(f"/api/tickets/{ticket['id']}/return")
        await staff.do(1, "call-next")
        await staff.do(1, "transfer", {"service": "B", "note": "rahasia-catatan"})
        await staff.do(1, "break", {"reason": "rahasia-istirahat"})
        got = await events_up_to(socket, hall.last_event())
    told = str(start) + json.dumps(got)
    assert ticket["tracking_url"].rpartition("/")[2] not in told
    for secret in ("rahasia", "token", "staff", "user:", "tracking", "ramah_", "quote"):
        assert secret not in told, secret


async def test_a_branch_hears_nothing_of_another(
    hall: Hall, other: Hall, kiosk: Client, display: Client
) -> None:
    async with other.client("kiosk") as there, display.socket() as socket:
        await first(socket)
        for _ in range(3):
            await there.take("B")
        mine = await kiosk.take("A")
        got = await events_up_to(socket, hall.last_event())
    assert [each["label"] for each in got] == [mine["label"]]


async def test_a_socket_needs_a_token(visitor: Client) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with visitor.socket():
            pass
    assert refused.value.response.status_code == 401


async def test_what_a_screen_shouts_disturbs_nobody(
    hall: Hall, kiosk: Client, display: Client
) -> None:
    async with display.socket() as loud, display.socket() as quiet:
        await first(loud)
        await first(quiet)
        for said in ("", "{", "null", '{"type":"order"}', '{"type":"shown","seq":"x"}', "\x00" * 50,
                     '{"type":"shown","seq":-1}', "[" * 2000):  # fmt: skip
            await loud.send(said)
        await loud.send(b"\xff\x00binary")
        await kiosk.take()
        assert (await events_up_to(quiet, hall.last_event()))[-1]["kind"] == "issued"
        assert (await events_up_to(loud, hall.last_event()))[-1]["kind"] == "issued"


async def test_a_message_that_is_too_large_ends_only_its_own_socket(
    hall: Hall, kiosk: Client, display: Client
) -> None:
    async with display.socket() as loud, display.socket() as quiet:
        await first(loud)
        await first(quiet)
        await loud.send("x" * 100_000)
        await ended(loud)
        await kiosk.take()
        assert await events_up_to(quiet, hall.last_event())


# ------------------------------------------------------------------ shown and voiced


async def acks(hall: Hall, number: int) -> list[tuple[object, ...]]:
    """Wait for so many acknowledgements and return (event, kind) of each."""

    def stored() -> list[tuple[object, ...]]:
        return hall.query("SELECT seq, kind FROM display_acks WHERE branch = ? ORDER BY seq, kind")

    await soon(lambda: len(stored()) >= number, f"{number} acknowledgements are stored", 20)
    return stored()


async def test_a_call_that_was_shown_and_voiced_is_noted_once_for_each_display(
    hall: Hall, staff: Client, display: Client
) -> None:
    await staff.do(1, "open")
    await staff.take()
    async with display.socket() as socket, staff.socket() as desk_page:
        await first(socket)
        await staff.do(1, "call-next")
        call = (await events_up_to(socket, hall.last_event()))[-1]
        assert call["kind"] == "called"
        for _ in range(3):
            for kind in ("shown", "voiced"):
                await socket.send(json.dumps({"type": kind, "seq": call["seq"]}))
            await desk_page.send(json.dumps({"type": "shown", "seq": call["seq"]}))
        assert await acks(hall, 2) == [(call["seq"], "shown"), (call["seq"], "voiced")]
        async with hall.client("display") as second, second.socket() as other_screen:
            await other_screen.send(json.dumps({"type": "shown", "seq": call["seq"]}))
            assert len(await acks(hall, 3)) == 3


async def test_what_a_screen_tells_late_is_noted_at_the_time_it_was_seen(
    hall: Hall, display: Client
) -> None:
    async with display.socket() as socket:
        await first(socket)
        for said in (
            {"type": "shown", "seq": 5, "ago": 60_000},
            {"type": "voiced", "seq": 5},
            {"type": "shown", "seq": 6, "ago": -1},
            {"type": "shown", "seq": 7, "ago": 10**9},
        ):
            await socket.send(json.dumps(said))
        assert await acks(hall, 2) == [(5, "shown"), (5, "voiced")]
    shown, voiced = (
        at for (at,) in hall.query("SELECT at FROM display_acks WHERE branch = ? ORDER BY kind")
    )
    assert 60_000 <= int(str(voiced)) - int(str(shown)) < 90_000


async def test_a_screen_gone_mad_does_not_cost_the_others_their_acknowledgements(
    hall: Hall, display: Client
) -> None:
    async with display.socket() as mad, display.socket() as good:
        await first(mad)
        await first(good)
        await mad.send(json.dumps({"type": "shown", "seq": 10**30}))
        await good.send(json.dumps({"type": "shown", "seq": 1}))
        assert (1, "shown") in await acks(hall, 1)


# ------------------------------------------------------------------ slow, late, restarted


async def shake_hands(hall: Hall, token: str) -> sockets.socket:
    """Open an event socket that will never be read: a stuck tablet."""
    stuck = sockets.socket()
    stuck.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    stuck.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(stuck, ("127.0.0.1", hall.server.port))
    await loop.sock_sendall(
        stuck,
        f"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nAuthorization: Bearer {token}\r\n"
        "\r\n".encode(),
    )
    return stuck


async def test_a_screen_that_never_reads_is_given_up_and_delays_nobody(
    hall: Hall, staff: Client, display: Client
) -> None:
    sent_away = (await metrics(staff))["ramah_sockets_dropped_total"]
    stuck = await shake_hands(hall, hall.token("display"))
    try:
        async with display.socket() as good:
            start = (await first(good))["seq"]
            listening = (await metrics(staff))["ramah_sockets"]

            async def loud(service: str) -> None:
                for number in range(100):
                    notice = f"{number:03d}" + "😀" * 190
                    await staff.post(f"/api/services/{service}/pause", {"notice": notice},
                                     check=False)  # fmt: skip

            async def given_up() -> bool:
                await asyncio.gather(*(loud(each) for each in "ABC" * 4))
                await events_up_to(good, hall.last_event())
                return (await metrics(staff))["ramah_sockets_dropped_total"] > sent_away

            before = start
            async with asyncio.timeout(100):
                while not await given_up():
                    assert hall.last_event() > before, "events go on"
                    before = hall.last_event()
            assert (await metrics(staff))["ramah_sockets"] <= listening
    finally:
        stuck.close()


def take(tx: SqliteTx) -> None:
    """Take a number."""
    issuing.issue(tx, NewTicket("A"))


def append_events(server: Server, number: int) -> None:
    """Append events as another process beside the server does."""
    with Rehearsal(office(zone=daytime_zone()), data=server.data) as beside:
        beside.now = wall_clock()  # today, or the server would close that day when it starts
        for start in range(0, number, 200):
            beside.batch([(beside.branches[0], KIOSK, take)] * min(200, number - start))


LONG = 9000
"""More events than a server keeps in memory or reads back for one screen."""


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that has just started on a long log."""
    with Server(tmp_path_factory.mktemp("long") / "data") as server:
        append_events(server, LONG)
        server.start()
        yield server


async def test_who_missed_thousands_of_events_gets_each_of_them(long: Server) -> None:
    """From the log, as the server has just started."""
    last = long.last_event()
    async with long.client("display") as display, display.socket(since=last - 3500) as socket:
        got = await events_up_to(socket, last)
    assert [each["seq"] for each in got] == list(range(last - 3499, last + 1))


async def test_who_missed_too_much_gets_a_snapshot_instead(long: Server) -> None:
    async with long.client("display") as display, display.socket(since=3) as socket:
        message = await first(socket)
    assert (message["type"], message["seq"]) == ("snapshot", long.last_event())


async def test_who_missed_thousands_while_the_server_ran_gets_each_of_them(long: Server) -> None:
    """From memory: the events came in beside the server, which has sent them on since."""
    before = long.last_event()
    async with long.client("display") as display:
        await asyncio.to_thread(append_events, long, 3500)
        last = long.last_event()

        async def caught_up() -> bool:
            return bool((await display.get("/api/queue")).json["seq"] == last)

        await soon(caught_up, "the server has seen the events")
        async with display.socket(since=last) as socket:  # the feed has them when this one has
            await first_beat(socket, last)
        async with display.socket(since=before) as socket:
            got = await events_up_to(socket, last)
    assert [each["seq"] for each in got] == list(range(before + 1, last + 1))


async def first_beat(socket: ClientConnection, last: int) -> None:
    """Wait until the server tells that ``last`` was sent to everybody."""
    while json.loads(await socket.recv()).get("seq", 0) < last:
        pass


async def test_after_a_restart_a_screen_goes_on_where_it_was(server: Server) -> None:
    hall = Hall(server, "hall")
    async with server.client("kiosk") as kiosk, server.client("display") as display:
        async with display.socket() as socket:
            seen = (await first(socket))["seq"]
            await kiosk.take()
            await kiosk.take()
            seen = (await events_up_to(socket, hall.last_event()))[-1]["seq"]
            assert await asyncio.to_thread(server.stop) == 0
            assert await ended(socket) == 1001, "going away, come back"
        await asyncio.to_thread(server.start)
        for _ in range(3):
            await kiosk.take()
        async with display.socket(since=seen) as socket:
            got = await events_up_to(socket, hall.last_event())
        assert got == as_stored(hall, seen)
        assert [each["label"] for each in got] == ["A003", "A004", "A005"]


async def test_after_a_power_cut_a_screen_goes_on_where_it_was(server: Server) -> None:
    hall = Hall(server, "hall")
    async with server.client("kiosk") as kiosk, server.client("display") as display:
        async with display.socket() as socket:
            seen = (await first(socket))["seq"]
            await asyncio.to_thread(server.kill)
            await ended(socket)
        await asyncio.to_thread(server.start)
        await kiosk.take()
        async with display.socket(since=seen) as socket:
            assert await events_up_to(socket, hall.last_event()) == as_stored(hall, seen)
