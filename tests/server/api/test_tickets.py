"""The calls about tickets, over HTTP: take, look at, give back, come back, track."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from websockets.asyncio.client import connect

from tests.server.api.client import Client
from tests.server.process import Hall, daytime_zone, office_toml
from tests.server.waiting import soon


def token_of(ticket: dict[str, str]) -> str:
    """Return the visitor's own key of a ticket."""
    return ticket["tracking_url"].rpartition("/")[2]


async def test_numbers_of_a_service_follow_one_another(kiosk: Client) -> None:
    labels = [(await kiosk.take(each))["label"] for each in "AABA"]
    assert labels == ["A001", "A002", "B001", "A003"]


async def test_kiosks_that_touch_at_once_get_numbers_without_gap_or_repeat(
    kiosk: Client,
) -> None:
    tickets = await asyncio.gather(*(kiosk.take() for _ in range(100)))
    assert sorted(each["label"] for each in tickets) == [f"A{n:03d}" for n in range(1, 101)]
    assert len({each["id"] for each in tickets}) == 100


async def test_a_ticket_tells_how_many_are_ahead(kiosk: Client, staff: Client) -> None:
    """Served and called ones are not ahead (seen otherwise in another system)."""
    await staff.do(1, "open")
    for _ in range(3):
        await kiosk.take()
    await staff.do(1, "call-next")
    last = await kiosk.take()
    assert last["ahead"] == 2
    first_in_line = await kiosk.take(priority="priority")
    assert first_in_line["ahead"] == 2
    looked = (await kiosk.get(f"/api/tickets/{last['id']}")).json
    assert looked["ahead"] == 2, "who came later does not count"


async def test_without_an_open_counter_no_wait_is_promised(kiosk: Client, staff: Client) -> None:
    await kiosk.take()
    assert (await kiosk.take())["estimate"] is None
    await staff.do(1, "open")
    estimate = (await kiosk.take())["estimate"]
    assert 0 < estimate["low_minutes"] < estimate["high_minutes"]


async def test_a_paused_service_refuses_kindly_and_says_so_beforehand(
    hall: Hall, kiosk: Client, staff: Client
) -> None:
    await staff.post("/api/services/A/pause", {"notice": "Listrik padam, 10 menit."})
    (service,) = [
        each for each in (await kiosk.get("/api/services")).json["services"] if each["code"] == "A"
    ]
    assert (service["open"], service["paused"]) == (False, True)
    assert service["notice"] == "Listrik padam, 10 menit."
    before = hall.last_event()
    answer = await kiosk.post("/api/tickets", {"service": "A"})
    assert (answer.status, answer.problem, answer.json["field"]) == (
        409,
        "service-paused",
        "service",
    )
    assert "Listrik padam" in answer.json["detail"]
    assert hall.last_event() == before


async def test_a_closed_service_refuses_and_tells_the_next_opening(shared_hours: Hall) -> None:
    async with shared_hours.client("kiosk") as kiosk:
        before = shared_hours.last_event()
        answer = await kiosk.post("/api/tickets", {"service": "A"})
        assert (answer.status, answer.problem) == (409, "service-closed")
        assert answer.json["field"] == "service"
        assert answer.json["next_opening"]
        assert shared_hours.last_event() == before
        told = (await kiosk.get("/api/services")).json["services"]
        assert [each["open"] for each in told] == [False, True]
        assert told[0]["next_opening"]


@pytest.fixture
def shared_hours(hall: Hall) -> Hall:
    """A branch whose service A is open for one minute in the night."""
    hours = 'hours = { periods = [{ days = [1,2,3,4,5,6,7], opens = "02:00", closes = "02:01" }] }'
    toml = office_toml(hall.code + "h", services="AB")
    toml = toml.replace('code = "A"\n', f'code = "A"\n{hours}\n')
    return Hall(hall.server, hall.code + "h", toml)


async def test_a_number_given_back_is_not_called(kiosk: Client, staff: Client) -> None:
    first, second = await kiosk.take(), await kiosk.take()
    given_back = await kiosk.delete(f"/api/tickets/{first['id']}")
    assert given_back.json["state"] == "cancelled"
    await staff.do(1, "open")
    assert (await staff.do(1, "call-next"))["id"] == second["id"]
    again = await kiosk.delete(f"/api/tickets/{first['id']}")
    assert (again.status, again.problem) == (409, "impossible-transition")


async def test_a_missed_number_comes_back_and_stands_at_no_counter(staff: Client) -> None:
    ticket = await staff.take()
    await staff.do(1, "open")
    await staff.do(1, "call-next")
    await staff.do(1, "no-show")
    back = await staff.post(f"/api/tickets/{ticket['id']}/return")
    assert (back.json["state"], back.json["counter"]) == ("waiting", None)
    tracked = (await staff.get(f"/api/track/{token_of(ticket)}")).json
    assert (tracked["state"], tracked["counter"]) == ("waiting", None)


async def test_staff_see_who_waits_who_rests_and_who_was_missed(staff: Client) -> None:
    await staff.do(1, "open")
    waiting, held, missed = [await staff.take() for _ in range(3)]
    for ticket, act in ((held, "hold"), (missed, "no-show")):
        await staff.do(1, "call", {"ticket": ticket["id"], "reason": "coba"})
        await staff.do(1, act)
    for state, ticket in (("waiting", waiting), ("held", held), ("no_show", missed)):
        told = (await staff.get(f"/api/tickets?state={state}")).json
        assert [each["id"] for each in told["tickets"]] == [ticket["id"]]
        assert told["more"] is False


async def test_a_phone_follows_the_ticket_with_nothing_but_its_own_key(
    kiosk: Client, staff: Client, visitor: Client
) -> None:
    await kiosk.take()
    ticket = await kiosk.take()
    path = f"/api/track/{token_of(ticket)}"
    told = (await visitor.get(path)).json
    assert (told["label"], told["state"], told["ahead"]) == ("A002", "waiting", 1)
    await staff.do(4, "open")
    await staff.do(4, "call", {"ticket": ticket["id"], "reason": "coba"})
    told = (await visitor.get(path)).json
    assert (told["state"], told["counter"]["number"], told["ahead"]) == ("called", 4, 0)
    for secret in (ticket["id"], "token", "staff", "priority"):
        assert secret not in (await visitor.get(path)).text


@pytest.mark.parametrize("token", ["x", "0" * 30, "a" * 500, "' OR 1=1 --"])
async def test_a_guessed_key_finds_no_ticket(visitor: Client, token: str) -> None:
    answer = await visitor.get(f"/api/track/{token}")
    assert (answer.status, answer.problem) == (404, "unknown-token")


async def test_an_address_that_no_store_can_hold_is_nowhere(visitor: Client) -> None:
    answer = await visitor.get("/api/track/%00")
    assert (answer.status, answer.problem) == (404, "not-found")


async def test_the_wait_told_on_the_phone_is_kept_once_and_not_for_each_look(
    hall: Hall, kiosk: Client, staff: Client, visitor: Client
) -> None:
    await staff.do(1, "open")
    ticket = await kiosk.take()
    for _ in range(5):
        await visitor.get(f"/api/track/{token_of(ticket)}")
    select = "SELECT ticket, channel, ahead FROM told_waits WHERE branch = ?"
    await soon(lambda: hall.server.query(select, hall.number), "it is written down")
    assert hall.server.query(select, hall.number) == [(ticket["id"], "phone", 0)]
    assert [event["kind"] for _, event in hall.events()][-1] == "issued"


@pytest.mark.parametrize("address", ["", "http://localhost:8080", "http://127.0.0.1:8080"])
async def test_no_code_leads_to_an_address_of_this_machine_alone(hall: Hall, address: str) -> None:
    if address:
        await hall.known_as(address)
    async with hall.client("kiosk") as kiosk, hall.client("staff") as staff:
        ticket = await kiosk.take()
        assert ticket["followable"] is False
        for each in (kiosk, staff):
            answer = await each.get(f"/api/tickets/{ticket['id']}/qr.svg")
            assert (answer.status, answer.problem) == (409, "no-address")


async def test_the_qr_leads_to_the_tickets_own_page(hall: Hall, kiosk: Client) -> None:
    """Read by another reader than the writer: the picture is drawn and scanned."""
    import re  # noqa: PLC0415 - only here

    import zxingcpp  # noqa: PLC0415
    from PIL import Image  # noqa: PLC0415

    await hall.known_as("https://antrean.example")
    ticket = await kiosk.take()
    assert ticket["followable"] is True
    svg = (await kiosk.get(f"/api/tickets/{ticket['id']}/qr.svg")).text
    found = re.search(r'viewBox="0 0 (\d+) ', svg)
    assert found
    size = int(found[1])
    picture = Image.new("L", (size, size), 255)
    for x, y in re.findall(r"M(\d+) (\d+)h1v1", svg):
        picture.putpixel((int(x), int(y)), 0)
    big = picture.resize((size * 6, size * 6), Image.Resampling.NEAREST)
    (code,) = zxingcpp.read_barcodes(big)
    assert code.text == ticket["tracking_url"]
    assert code.text.startswith("https://antrean.example/t/")


async def test_without_a_printer_the_kiosk_is_told_so(kiosk: Client) -> None:
    ticket = await kiosk.take()
    assert ticket["print"]["state"] == "no_printer"
    answer = await kiosk.post(f"/api/tickets/{ticket['id']}/reprint")
    assert (answer.status, answer.problem) == (409, "no-printer")


async def test_an_appointment_is_told_its_time_and_not_called_before(
    kiosk: Client, staff: Client, visitor: Client
) -> None:
    now = datetime.now(ZoneInfo(daytime_zone()))
    end = now.replace(hour=23, minute=59, second=59, microsecond=0)
    made = await staff.post("/api/tickets", {"service": "A", "due": end.isoformat()})
    assert made.status == 201, made.text
    later = made.json
    assert (later["not_yet"], later["ahead"], later["estimate"]) == (True, 0, None)
    assert datetime.fromisoformat(later["due_at"]) == end
    phone = (await visitor.get(f"/api/track/{token_of(later)}")).json
    assert (phone["not_yet"], phone["due_at"]) == (True, later["due_at"])
    (line,) = (await staff.get("/api/tickets")).json["tickets"]
    assert (line["not_yet"], line["due_at"]) == (True, later["due_at"])
    walk_in = await kiosk.take()
    assert (walk_in["ahead"], walk_in["not_yet"], walk_in["due_at"]) == (0, False, None)
    await staff.do(1, "open")
    assert (await staff.do(1, "call-next"))["label"] == walk_in["label"]
    await staff.do(1, "no-show")
    assert (await staff.post("/api/counters/1/call-next")).status == 204
    service = (await kiosk.get("/api/services")).json["services"][0]
    assert (service["waiting"], service["later"]) == (0, 1)


async def test_a_number_of_another_history_is_not_taken_for_one_of_this(
    manager: Client, kiosk: Client
) -> None:
    await kiosk.take()
    history = (await kiosk.get("/api/queue")).json["history"]
    ours = (await manager.get(f"/api/log?after=1&history={history}")).json
    assert (ours["history"], len(ours["turns"])) == (history, 1)
    other = await manager.get("/api/log?after=1&history=0123456789abcdef")
    assert (other.status, other.problem) == (409, "other-history")
    async with kiosk.socket(since=1) as socket:
        assert json.loads(await socket.recv())["type"] == "event"
    async with connect(
        kiosk.url.replace("http", "ws", 1) + "/api/events?since=1&history=0123456789abcdef",
        additional_headers=kiosk.headers,
    ) as socket:
        told = json.loads(await socket.recv())
    assert (told["type"], told["history"]) == ("snapshot", history)


NOTE = "Kursi roda <b>& \"anak\"</b>; 'tolong' jemput di pintu ✓"


async def test_what_was_said_at_the_door_reaches_the_counter_and_no_screen(
    kiosk: Client, staff: Client, manager: Client, display: Client, visitor: Client
) -> None:
    """``note_for_counter``: for whoever calls, later counters too, and in the manager's log."""
    given = await kiosk.take("A", note_for_counter=NOTE)
    assert given["note_for_counter"] is None, "a kiosk shows nothing of it to who stands there"
    for screen in (kiosk, display):
        seen = [await screen.get("/api/queue"), await screen.get("/api/services")]
        assert not [each for each in seen if "Kursi" in each.text]
    assert "Kursi" not in (await visitor.get(f"/api/track/{token_of(given)}")).text
    await staff.do(1, "open")
    called = await staff.do(1, "call-next")
    assert called["note_for_counter"] == NOTE
    await staff.do(1, "start")
    moved = await staff.do(1, "transfer", {"service": "B", "note": "sudah difoto"})
    assert (moved["note_for_counter"], moved["note"]) == (NOTE, "sudah difoto")
    rows = (await manager.get("/api/log")).json["turns"]
    assert [each["note_for_counter"] for each in rows] == [NOTE, NOTE]
    told = (await manager.get("/api/log?format=csv")).text
    assert '"' + NOTE.replace('"', '""') + '"' in told
    for client, reads in ((display, False), (kiosk, False), (staff, True)):
        async with client.socket(since=0) as socket:
            events = [json.loads(await socket.recv()) for _ in range(2)]
        assert ("Kursi" in json.dumps(events, ensure_ascii=False)) is reads


@pytest.mark.parametrize("note", ["x" * 121, "", "   ", "satu\ndua", "\u202eterbalik"])
async def test_a_note_for_the_counter_is_one_short_line(kiosk: Client, note: str) -> None:
    answer = await kiosk.post("/api/tickets", {"service": "A", "note_for_counter": note})
    assert (answer.status, answer.json["field"]) == (422, "note_for_counter")
