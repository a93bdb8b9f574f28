"""The print agent: real servers, a real socket, printers that fail; nothing lost, copies marked."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.printer.decoder import decode
from tests.printer.fake_printer import PAPER_END, FakePrinter, well
from tests.printer.slow_box import SlowBox
from tests.server.process import RAMAH, ROOT, Server
from tests.server.waiting import soon
from tests.web.browser import until


@contextmanager
def agent(
    server: Server, token: str, printer: str, *more: str
) -> Iterator[subprocess.Popen[bytes]]:
    words = ["print-agent", "--server", server.url, "--printer", printer, *more]
    process = subprocess.Popen(
        [*RAMAH, *words], cwd=ROOT, env={**os.environ, "RAMAH_TOKEN": token},
        stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            assert process.wait(10) in {0, 1, -signal.SIGKILL, -signal.SIGTERM}
        finally:
            process.kill()
            assert process.stderr is not None
            process.stderr.close()


def printed(server: Server) -> int:
    return int(server.query("SELECT COUNT(*) FROM print_jobs WHERE state = 'printed'")[0][0])


async def test_papers_reach_a_printer_behind_an_agent_and_survive_restarts(server: Server) -> None:
    token = server.token("agent", name="front")
    assert server.ramah("printer", "add", "depan", "agent:front").returncode == 0
    async with (
        FakePrinter(answers=well()).listening() as printer,
        server.client("kiosk") as kiosk,
        server.client("manager") as manager,
    ):
        await kiosk.take()  # before any agent is there
        with agent(server, token, printer.url):
            await until(lambda: len(printer.papers) == 1)
            await kiosk.take()
            await until(lambda: printed(server) == 2)
            await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.start)
            await kiosk.take()
            await until(lambda: len(printer.papers) == 3)
            printer.answers = well() | {4: PAPER_END}
            await kiosk.take()

            async def state() -> str:
                return str((await manager.get("/api/printers")).json["printers"][0]["state"])

            async with asyncio.timeout(10):
                while await state() != "paper_out":  # noqa: ASYNC110 - a state has no event here
                    await asyncio.sleep(0.1)
            answer = (await manager.get("/api/printers", headers={"Accept-Language": "id"})).json
            assert answer["printers"][0]["kind"] == "agent"
            assert "Kertas habis" in answer["printers"][0]["words"]
            printer.answers = well()
            await until(lambda: len(printer.papers) == 4)
    assert [decode(paper).text.count("CETAK ULANG") for paper in printer.papers] == [0, 0, 0, 0]


async def test_only_an_agents_token_opens_the_agents_socket(server: Server) -> None:
    with agent(server, server.token("kiosk"), "file:/dev/null") as process:
        assert await asyncio.to_thread(process.wait, 60) == 1
    async with server.client("agent") as nosy:
        for path in ("/api/queue", "/api/services", "/api/printers", "/api/help"):
            assert (await nosy.get(path)).status == 403


async def test_an_agent_killed_in_the_middle_of_a_paper_leaves_a_marked_copy(
    server: Server,
) -> None:
    token = server.token("agent", name="front")
    server.ramah("printer", "add", "depan", "agent:front")
    async with (
        FakePrinter(answers=well(), done=None).listening() as printer,
        server.client("kiosk") as kiosk,
    ):
        with agent(server, token, printer.url) as process:
            await kiosk.take()
            await until(lambda: printer.begun == 1)
            process.kill()
        printer.done = 0x00
        with agent(server, token, printer.url):
            await until(lambda: len(printer.papers) >= 2)
    assert "CETAK ULANG" in decode(printer.papers[-1]).text


async def test_an_agent_that_is_gone_is_told_at_once(server: Server) -> None:
    token = server.token("agent", name="front")
    server.ramah("printer", "add", "depan", "agent:front")
    async with (
        FakePrinter(answers=well()).listening() as printer,
        server.client("manager") as manager,
    ):

        async def state() -> str:
            return str((await manager.get("/api/printers")).json["printers"][0]["state"])

        async def ready() -> bool:
            return await state() == "ok"

        async def gone() -> bool:
            return await state() == "offline"

        with agent(server, token, printer.url) as process:
            await soon(ready, "the printer beside the kiosk is well")
            process.kill()
            # far below the minute after which the server looks by itself
            await soon(gone, "the manager reads that the agent is gone", 20)


async def test_a_slow_printer_behind_an_agent_prints_one_paper(server: Server) -> None:
    token = server.token("agent", name="front")
    server.ramah("printer", "add", "depan", "agent:front")
    async with SlowBox(rate=1000.0, answers=well()).listening() as box, server.client("kiosk") as k:
        with agent(server, token, box.url):
            await k.take()
            await soon(lambda: printed(server) == 1, "the paper came")
    assert server.query("SELECT copy FROM print_jobs") == [(0,)]
    assert "CETAK ULANG" not in decode(box.papers).text


async def test_an_agent_without_a_key_shows_a_code_and_keeps_the_key_it_is_given(
    server: Server, tmp_path: Path
) -> None:
    file = tmp_path / "state" / "agent.key"
    keep = ("--keep", str(file))
    async with (
        FakePrinter(answers=well()).listening() as printer,
        server.client("kiosk") as kiosk,
        server.client("manager") as manager,
    ):
        with agent(server, "", printer.url, *keep) as process:
            body = {"code": await shown_code(process), "role": "agent", "name": "depan"}
            assert (await manager.post("/api/devices/let-in", body)).status == 201
            await kiosk.take()
            await until(lambda: len(printer.papers) == 1)
        assert file.stat().st_mode & 0o777 == 0o600
        with agent(server, "", printer.url, *keep) as process:
            await kiosk.take()
            await until(lambda: len(printer.papers) == 2)
            devices = (await manager.get("/api/devices")).json["devices"]
            (device,) = (each["id"] for each in devices if each["kind"] == "agent")
            assert (await manager.delete(f"/api/devices/{device}")).status == 204
            again = await shown_code(process)
            assert again != body["code"], "its key was ended: it asks to be let in again"
            assert not file.exists()


async def shown_code(process: subprocess.Popen[bytes]) -> str:
    """Read what the agent says until it shows a code."""
    assert process.stderr is not None
    while words := (await asyncio.to_thread(process.stderr.readline)).decode():
        if found := re.search(r"under Devices: (\w{3} \w{3})$", words.strip()):
            return found[1]
    raise AssertionError("the agent ended")
