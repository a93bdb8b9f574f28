"""What watches the server: liveness, readiness, metrics."""

from __future__ import annotations

import asyncio
import shutil

from prometheus_client.parser import text_string_to_metric_families

from tests.server.api.client import Client
from tests.server.process import Hall, Server, free_port
from tests.server.waiting import soon


async def metrics(client: Client) -> dict[str, float]:
    """Return every sample by name and labels."""
    answer = await client.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain")
    return {
        sample.name + "".join(f"[{key}={value}]" for key, value in sample.labels.items()): (
            sample.value
        )
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_the_server_says_that_it_lives_and_can_write(visitor: Client) -> None:
    assert (await visitor.get("/healthz")).json["status"] == "ok"
    assert (await visitor.get("/readyz")).json["status"] == "ready"


async def test_prometheus_counts_every_event_by_its_kind(staff: Client) -> None:
    before = await metrics(staff)
    await staff.do(1, "open")
    for _ in range(3):
        await staff.take()
    await staff.do(1, "call-next")
    after = await metrics(staff)
    grown = {
        kind: after[f"ramah_events_total[kind={kind}]"]
        - before.get(f"ramah_events_total[kind={kind}]", 0)
        for kind in ("issued", "called", "counter_changed")
    }
    assert grown == {"issued": 3, "called": 1, "counter_changed": 1}


async def test_prometheus_sees_the_connected_screens(hall: Hall, display: Client) -> None:
    before = (await metrics(display))["ramah_sockets"]
    async with display.socket() as one, display.socket() as two:
        await one.recv()
        await two.recv()
        assert (await metrics(display))["ramah_sockets"] == before + 2
    assert hall.last_event() == 1


async def test_every_metric_is_named_and_typed_as_prometheus_asks(server: Server) -> None:
    server.ramah("printer", "add", "lobi", f"tcp://127.0.0.1:{free_port()}")
    async with server.client("staff") as staff:

        async def printer_known() -> bool:
            return any(name.startswith("ramah_printer_trouble[") for name in await metrics(staff))

        await soon(printer_known, "the printer was asked")
        text = (await staff.get("/metrics")).text
        families = [each for each in text_string_to_metric_families(text)
                    if each.name.startswith("ramah_")]  # fmt: skip
        assert families
        for family in families:
            assert family.documentation.endswith("."), family.name
            assert family.type in {"counter", "gauge"}, family.name
            ours = {sample.name for sample in family.samples}
            if family.type == "counter":
                assert all(each.endswith("_total") for each in ours), family.name
            else:
                assert not any(each.endswith(("_total", "_count")) for each in ours), family.name
        found = await metrics(staff)
        assert found["ramah_printer_trouble[branch=hall][printer=lobi]"] == 1
        assert found["ramah_printer_state[branch=hall][printer=lobi][state=refused]"] == 1
        assert "ramah_sockets_dropped_total" in found


async def test_what_keeps_failing_makes_the_server_not_ready_and_is_named(
    server: Server,
) -> None:
    server.ramah("printer", "add", "lobi", f"tcp://127.0.0.1:{free_port()}")
    async with server.client() as visitor:
        assert (await visitor.get("/readyz")).json["status"] == "ready"
        cache = server.data / "printer-cache"
        await asyncio.to_thread(server.stop)
        shutil.rmtree(cache, ignore_errors=True)
        elsewhere = server.data.with_name("elsewhere")
        elsewhere.mkdir()
        cache.symlink_to(elsewhere)  # the renderer's private folder is no folder of ours
        await asyncio.to_thread(server.start)

        async def named() -> bool:
            answer = await visitor.get("/readyz", check=False)
            return answer.status == 503 and "drawing papers" in answer.text

        await soon(named, "readiness names what fails")
        cache.unlink()

        async def ready() -> bool:
            return bool((await visitor.get("/readyz", check=False)).status == 200)

        await soon(ready, "and is well again by itself")
