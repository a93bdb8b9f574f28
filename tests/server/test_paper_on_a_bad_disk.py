"""Paper under way when nothing can be written, or when the power fails.

No number without a paper, no paper without a number; what nobody can know is marked.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.printer.decoder import decode
from tests.printer.fake_printer import FakePrinter, well
from tests.server.process import RAMAH, Server, office_toml
from tests.server.waiting import soon

ATTEMPTS = "SELECT state, attempts, copy FROM print_jobs ORDER BY id"
TOLD = (
    "SELECT data ->> 'kind', data ->> 'error', data ->> 'unsure' FROM events "
    "WHERE data ->> 'kind' IN ('printed', 'print_failed') ORDER BY seq"
)


class Held(FakePrinter):
    """Takes whole papers at once, and says that they came out only when it is let."""

    def __init__(self) -> None:
        super().__init__(answers=well())
        self.holds = True
        self.in_hand: list[asyncio.StreamWriter] = []

    def _answer(self, got: bytes, data: bytes, writer: asyncio.StreamWriter) -> None:
        if self.holds and data.endswith(b"\x1dr\x01"):
            self.in_hand.append(writer)
        elif not self.in_hand:
            super()._answer(got, data, writer)

    def let_go(self) -> None:
        """Say that all came out."""
        self.holds = False
        while self.in_hand:
            self.in_hand.pop().write(b"\x00")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Server]:
    """A server whose log does not go to the disk that will be full."""
    with Server(tmp_path / "data", piped=True) as server:
        server.add_branch(office_toml("hall"))
        server.start()
        yield server


@asynccontextmanager
async def one_paper_in_hand(server: Server) -> AsyncIterator[Held]:
    """Let the printer have A001 in its hands, and the disk be full before anybody knows more."""
    async with Held().listening() as printer, server.client("staff") as client:
        added = await asyncio.to_thread(
            server.ramah, "printer", "add", "lobi", printer.url, "--profile", "escpos"
        )
        assert added.returncode == 0, added.stderr
        await soon(lambda: printer.connections, "the printer was asked how it is")
        assert (await client.take())["label"] == "A001"
        await soon(lambda: printer.in_hand, "the printer has the paper of A001")
        server.limit_file_size(0)
        answer = await client.post("/api/tickets", {"service": "A"})
        assert (answer.status, answer.problem) == (503, "unavailable")
        assert answer.json["detail"]
        yield printer


def labels(printer: FakePrinter) -> list[tuple[str, bool]]:
    """Return the numbers that came on paper, and whether each was marked as a copy."""
    texts = [decode(each).text for each in printer.papers]
    return [
        (next(word for word in text.split() if word[1:].isdigit() and word[0] == "A"),
         "CETAK ULANG" in text)
        for text in texts
    ]  # fmt: skip


async def test_a_paper_that_came_out_on_a_full_disk_is_noted_when_there_is_room_and_comes_once(
    office: Server,
) -> None:
    async with one_paper_in_hand(office) as printer, office.client("staff") as client:
        printer.let_go()
        await soon(lambda: "spool_store_error" in office.stderr(), "it cannot be written down")
        assert office.query(ATTEMPTS) == [("printing", 0, 0)]
        await soon(lambda: printer.papers, "the paper is out")
        assert labels(printer) == [("A001", False)]  # and none for the number that was refused
        office.limit_file_size(None)
        await soon(lambda: office.query(ATTEMPTS)[0][0] == "printed", "it is written down now")
        assert (await client.take())["label"] == "A002"
        await soon(lambda: len(printer.papers) > 1, "the next paper came")
        await soon(lambda: office.query(ATTEMPTS)[-1][0] == "printed", "and is written down")
        assert labels(printer) == [("A001", False), ("A002", False)]
    assert office.stop() == 0


async def test_a_number_that_waits_for_its_paper_on_a_full_disk_gets_it_when_there_is_room(
    office: Server,
) -> None:
    async with one_paper_in_hand(office) as printer, office.client("staff") as client:
        office.limit_file_size(None)
        assert (await client.take())["label"] == "A002"  # queued behind the paper in hand
        office.limit_file_size(0)
        printer.let_go()
        await soon(lambda: "spool_store_error" in office.stderr(), "nothing can be written down")
        await soon(lambda: printer.papers, "the paper is out")
        assert labels(printer) == [("A001", False)]
        office.limit_file_size(None)
        await soon(lambda: len(printer.papers) > 1, "the waiting paper came")
        await soon(lambda: office.query(ATTEMPTS)[-1][0] == "printed", "and is written down")
        assert labels(printer) == [("A001", False), ("A002", False)]


@pytest.mark.parametrize("end", ["kill", "stop"])
async def test_who_ended_before_it_could_write_prints_a_marked_copy_once_and_says_unsure(
    office: Server, end: str
) -> None:
    async with one_paper_in_hand(office) as printer:
        printer.let_go()
        await soon(lambda: "spool_store_error" in office.stderr(), "it cannot be written down")
        before = office.last_event()
        await asyncio.to_thread(office.kill if end == "kill" else office.stop)
        office.start()
        await soon(lambda: len(printer.papers) > 1, "the paper came again")
        await soon(lambda: office.query(ATTEMPTS) == [("printed", 2, 1)], "and is written down")
        assert labels(printer) == [("A001", False), ("A001", True)]
        assert office.query(TOLD) == [("print_failed", "restart", 1), ("printed", None, None)]
        async with office.client("staff") as client, client.socket(since=before) as socket:
            told = [json.loads(await socket.recv())]
            while told[-1]["kind"] != "printed":
                told.append(json.loads(await socket.recv()))
        assert told[0]["kind"] == "print_failed"
        follows = before  # what is not for staff leaves a gap that the next event names
        for each in told:
            assert each.get("after", each["seq"] - 1) == follows
            follows = each["seq"]


async def test_a_start_on_a_full_disk_ends_with_words_and_loses_no_paper(office: Server) -> None:
    async with one_paper_in_hand(office) as printer:
        printer.let_go()
        await asyncio.to_thread(office.kill)
        words = ["prlimit", "--fsize=0:", *RAMAH, "serve", "--data", str(office.data)]
        run = await asyncio.to_thread(
            subprocess.run, [*words, "--port", str(office.port)],
            check=False, capture_output=True, text=True, timeout=60, cwd=Path.cwd(),
        )  # fmt: skip
        assert run.returncode == 1
        assert "Traceback" not in run.stderr
        assert "ramah: " in run.stderr
        assert len(printer.papers) == 1
        office.start()
        await soon(lambda: len(printer.papers) > 1, "the paper came again")
        assert labels(printer) == [("A001", False), ("A001", True)]


async def test_a_paper_in_the_hands_of_a_silent_printer_keeps_no_stop_from_being_clean(
    office: Server,
) -> None:
    async with Held().listening() as printer, office.client("staff") as client:
        added = await asyncio.to_thread(office.ramah, "printer", "add", "lobi", printer.url)
        assert added.returncode == 0, added.stderr
        await client.take()
        await soon(lambda: printer.in_hand, "the printer has the paper of A001")
        assert await asyncio.to_thread(office.stop) == 0
    assert "stopped_uncleanly" not in office.stderr()
