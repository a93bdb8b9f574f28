"""A hall whose printers hang on a print service: real cupsd, IPP printer, server and agent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.printer.cups_lab import CupsLab, IppPrinter, cups_lab
from tests.printer.decoder import decode
from tests.printer.fake_printer import FakePrinter, free_port, well
from tests.printer.test_agent import agent, printed
from tests.server.process import Server
from tests.server.test_spooling import hall
from tests.server.waiting import soon

RAW_PORT = free_port()


@pytest.fixture(scope="module")
def lab() -> Iterator[CupsLab]:
    with cups_lab() as made:
        made.raw_queue("struk", RAW_PORT)
        yield made


@pytest.fixture(scope="module")
def desk(lab: CupsLab) -> IppPrinter:
    return lab.driverless_queue("meja")


@pytest.fixture(autouse=True)
def our_service(lab: CupsLab, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a technician points a machine at a print service."""
    monkeypatch.setenv("CUPS_SERVER", lab.where)


@asynccontextmanager
async def receipt_printer() -> AsyncIterator[FakePrinter]:
    async with FakePrinter(port=RAW_PORT).listening() as printer:
        yield printer


async def test_an_office_printer_prints_the_tickets_of_a_hall(
    tmp_path: Path, desk: IppPrinter
) -> None:
    before = len(desk.papers)
    async with hall(tmp_path, ("meja", "cups:meja", None)) as here:
        for _ in range(2):
            await here.take()
        await here.all_printed(2)
        assert here.kinds["print_failed"] == 0
        assert len(desk.papers) == before + 2


async def test_a_second_printer_takes_over_from_a_queue_whose_printer_is_off(
    tmp_path: Path, lab: CupsLab
) -> None:
    async with (
        FakePrinter(answers=well()).listening() as other,
        hall(tmp_path, ("struk", "cups:struk", None), ("lain", other.url, None)) as here,
    ):
        label = await here.take()
        await here.all_printed(1)
        assert label in decode(other.papers[0]).text
        assert list(here.spool.troubles().values()) == ["offline"]
        async with receipt_printer() as late:  # switched on: the paper from elsewhere stays one
            assert await asyncio.to_thread(lab.jobs) == []
            assert late.papers == []
        assert len(other.papers) == 1


async def test_a_queue_behind_an_agent_gets_pictures_too(
    server: Server, lab: CupsLab, desk: IppPrinter
) -> None:
    before = len(desk.papers)
    token = server.token("agent", name="front")
    assert server.ramah("printer", "add", "depan", "agent:front").returncode == 0
    async with server.client("kiosk") as kiosk, server.client("manager") as manager:
        with agent(server, token, "cups:meja"):
            await kiosk.take()
            await soon(lambda: printed(server) == 1, "the paper came")
            assert len(desk.papers) == before + 1
            await asyncio.to_thread(lab.run, "cupsdisable", "meja")
            try:
                await kiosk.take()

                async def state() -> str:
                    return str((await manager.get("/api/printers")).json["printers"][0]["state"])

                async def paused() -> bool:
                    return await state() == "paused"

                await soon(paused, "the manager reads that the queue is stopped")
            finally:
                await asyncio.to_thread(lab.run, "cupsenable", "meja")
            await soon(lambda: printed(server) == 2, "the second paper came")
            assert len(desk.papers) == before + 2


async def test_no_old_paper_comes_late_from_a_queue_behind_an_agent(
    server: Server, lab: CupsLab
) -> None:
    """Its number was given back, once while the agent lived and once while it was killed."""
    token = server.token("agent", name="front")
    assert server.ramah("printer", "add", "depan", "agent:front").returncode == 0
    agent_of = (server, token, "cups:struk")

    async def waits() -> bool:
        return len(await asyncio.to_thread(lab.jobs)) == 1

    async def empty() -> bool:
        return await asyncio.to_thread(lab.jobs) == []

    async with server.client("kiosk") as kiosk:
        with agent(*agent_of) as process:  # the printer is off
            given = await kiosk.take()
            await soon(waits, "the paper waits in the queue")
            assert (await kiosk.delete(f"/api/tickets/{given['id']}")).status == 200
            await soon(empty, "it is taken back")
            given = await kiosk.take()
            await soon(waits, "the next paper waits in the queue")
            process.kill()
        assert await waits(), "nobody could take it back"
        assert (await kiosk.delete(f"/api/tickets/{given['id']}")).status == 200
        with agent(*agent_of):
            await soon(empty, "it is taken back by who comes next")
            async with receipt_printer() as late:
                given = await kiosk.take()
                await soon(lambda: printed(server) == 1, "the next paper came")
                assert [given["label"] in decode(each).text for each in late.papers] == [True]


@pytest.mark.usefixtures("desk")
def test_a_queue_that_does_not_exist_is_refused_when_it_is_added(
    server: Server, lab: CupsLab
) -> None:
    done = server.ramah("printer", "add", "depan", "cups:mejo")
    assert done.returncode != 0
    assert "mejo" in done.stderr
    assert "meja" in done.stderr  # what there is
    done = server.ramah("printer", "add", "depan", "cups:meja")
    assert done.returncode == 0, done.stderr
    assert "picture" in done.stdout
    lab.run("cupsreject", "struk")
    try:
        done = server.ramah("printer", "add", "struk", "cups:struk")
        assert done.returncode == 0
        assert "takes no papers" in done.stdout
    finally:
        lab.run("cupsaccept", "struk")
