"""The city's list of devices: what offices tell of theirs, when, and how old that is."""

from __future__ import annotations

import gzip
import json
from typing import Any

import msgspec
import pytest

from server.city import devices
from server.domain.errors import Invalid
from server.fleet.listing import DeviceNow
from server.shipping import (
    CHANGED_SECONDS,
    DEVICES_SECONDS,
    EVERY_SECONDS,
    OLD_CITY_SECONDS,
    Devices,
)
from tests.server.api.client import Client
from tests.server.process import Hall

WELL = DeviceNow("d1", "kiosk", "Kios depan", online=True, version="0.1.0", up_at="2026-03-02")
DARK = DeviceNow(
    "d2", "display", "Lobi", online=False, error="TypeError: x", lacks=True, seen_at="2026-03-01"
)
EMPTY = DeviceNow("d3", "printer", "Struk", online=True, paper="out", state="paper_out", lacks=True)
ALL = [WELL, DARK, EMPTY]
GZIP = {"Content-Type": "application/gzip"}


def office(hall: Hall, code: str) -> tuple[Client, Client]:
    """Return an office's server that the city of this hall's server let in, and a reader."""
    token = hall.server.ramah("city", "admit", code).stdout.strip()
    url = hall.server.url
    return Client(url, token), Client(url, hall.server.token("city", code))


async def seen(reader: Client, code: str, query: str = "") -> dict[str, Any]:
    answer = await reader.get(f"/api/city/devices{query}")
    assert answer.status == 200
    (found,) = (each for each in answer.json["halls"] if each["code"] == code)
    return dict(found)


async def test_the_city_shows_who_needs_somebody_and_all_when_asked(hall: Hall) -> None:
    code = f"melati-{hall.number}"
    box, reader = office(hall, code)
    async with box, reader:
        before = await seen(reader, code)
        assert (before["told"], before["late"], before["known"]) == (None, False, 0)
        sent = await box.post("/api/city/devices", raw=devices.pack(ALL), headers=GZIP)
        assert sent.status == 204
        now = await seen(reader, code, "?language=id")
        assert [each["name"] for each in now["devices"]] == ["Lobi", "Struk"]
        assert (now["known"], now["online"]) == (3, 2)
        assert "Kertas habis" in now["devices"][1]["words"]
        every = await seen(reader, code, "?all=1")
        assert [each["name"] for each in every["devices"]] == ["Lobi", "Struk", "Kios depan"]
        await box.post("/api/city/devices", raw=devices.pack([WELL]), headers=GZIP)
        assert (await seen(reader, code))["devices"] == [], "the newest report counts"
        own = await seen(reader, hall.code)
        assert (own["late"], own["known"]) == (False, 0)
        with hall.server.database() as db:
            db.execute("UPDATE box_devices SET at = at - ?", (devices.LATE_MS + 1,))
        assert (await seen(reader, code))["late"] is True


async def test_an_office_tells_of_its_own_devices_alone(hall: Hall) -> None:
    code, other = f"melati-{hall.number}", f"mawar-{hall.number}"
    box, reader = office(hall, code)
    stranger, _ = office(hall, other)
    async with box, reader, stranger:
        await box.post("/api/city/devices", raw=devices.pack([DARK]), headers=GZIP)
        await stranger.post("/api/city/devices", raw=devices.pack([]), headers=GZIP)
        assert (await seen(reader, code))["known"] == 1
        assert (await seen(reader, other))["known"] == 0


def packed(told: object) -> bytes:
    return gzip.compress(json.dumps(told).encode())


@pytest.mark.parametrize(
    "wrong",
    [
        b"", b"{}", gzip.compress(b"["), packed([{"id": "1"}]), packed([{}] * 2),
        packed([{"id": "1", "kind": "kiosk", "name": "x" * 81, "online": True}]),
        packed([{"id": "1", "kind": "kiosk", "name": "a\nb", "online": True}]),
        packed([{"id": "1", "kind": "admin", "name": "a", "online": True}]),
        packed([msgspec.to_builtins(WELL)] * (devices.MOST + 1)),
        gzip.compress(b" " * (devices.MOST_PLAIN + 1)), devices.pack(ALL)[:-9],
        devices.pack(ALL) + b"x",
    ],
    ids=lambda _each: "",
)  # fmt: skip
def test_a_report_that_no_office_sends_is_refused(wrong: bytes) -> None:
    with pytest.raises(Invalid):
        devices.unpack(wrong)


def test_a_report_of_very_many_devices_keeps_those_that_need_somebody() -> None:
    many = [msgspec.structs.replace(WELL, id=f"k{n}") for n in range(devices.MOST)]
    told = devices.unpack(devices.pack([*many, DARK, EMPTY]))
    assert (len(told), told[:2]) == (devices.MOST, [DARK, EMPTY])


class Office:
    """Devices as they are, and a clock, both set by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.devices = [WELL]

    async def found(self, _branch: int) -> list[DeviceNow]:
        return self.devices

    def clock(self) -> float:
        return self.now


async def test_the_city_is_told_of_changes_within_a_minute_and_else_now_and_then() -> None:
    office = Office()
    telling = Devices(office.found, office.clock)
    assert await telling.due(1) == devices.pack([WELL])
    telling.answered(204)
    assert await telling.due(1) is None, "asked again at once"
    office.now += CHANGED_SECONDS
    office.devices = [msgspec.structs.replace(WELL, seen_at="2026-03-02T09:00", skew_s=0.3)]
    assert await telling.due(1) is None, "time alone went on"
    office.now += CHANGED_SECONDS
    office.devices = [msgspec.structs.replace(WELL, online=False)]
    assert await telling.due(1), "a device went dark"
    office.now += CHANGED_SECONDS
    assert await telling.due(1), "what did not arrive is told again"
    telling.answered(204)
    office.now += DEVICES_SECONDS - 1
    assert await telling.due(1) is None
    office.now += CHANGED_SECONDS
    assert await telling.due(1), "so that the city knows that this is still so"


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_city_that_is_busy_is_told_again_when_the_box_comes_next(status: int) -> None:
    office = Office()
    telling = Devices(office.found, office.clock)
    await telling.due(1)
    telling.answered(status)
    assert await telling.due(1) is None
    office.now += EVERY_SECONDS
    assert await telling.due(1)
    telling.lost()
    assert await telling.due(1) is None
    office.now += EVERY_SECONDS
    assert await telling.due(1), "and so when the line broke"


async def test_a_city_that_knows_no_such_report_is_left_in_peace() -> None:
    office = Office()
    telling = Devices(office.found, office.clock)
    await telling.due(1)
    telling.answered(404)
    office.now += OLD_CITY_SECONDS - 1
    assert await telling.due(1) is None
    office.now += 1
    assert await telling.due(1)
