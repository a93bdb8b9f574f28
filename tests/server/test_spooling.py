"""Paper from the real store to printers that fail: nothing silently missing, copies marked."""

from __future__ import annotations

import asyncio
import os
import random
import socket
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from printer import pauses, worker
from printer.agents import Agents
from printer.escpos_bytes import Press
from printer.spool import Spool
from server import spooling
from server.auth.registry import put_printer
from server.branches import configure
from server.clock import Clock, wall_clock
from server.domain.issuing import NewTicket, issue
from server.domain.tx import Actor
from server.spooling import make_spool
from server.storage.database import connect
from server.storage.ids import Ids
from server.storage.published import Published
from server.storage.store import Store
from tests.printer.decoder import decode
from tests.printer.fake_printer import PAPER_END, FakePrinter, free_port, well
from tests.server.process import daytime_zone
from tests.server.rehearsal import KIOSK, office
from web.i18n import Catalogs

CATALOGS = Catalogs.load()
FRONT = Actor("token:k2", "kiosk", "front")


@pytest.fixture(autouse=True)
def fast_back_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same steps, 500 times faster, so that outages pass in a test's time."""
    faster = tuple(seconds / 500 for seconds in pauses.BACK_OFF_S)
    monkeypatch.setattr(pauses, "BACK_OFF_S", faster)
    monkeypatch.setattr(worker, "_HURRY_S", worker._HURRY_S / 500)  # noqa: SLF001


@dataclass
class Hall:
    """A real store with printers and a spool at work."""

    store: Store
    spool: Spool
    branch: int
    data: Path
    kinds: Counter[str] = field(default_factory=Counter)

    async def take(self, actor: Actor = KIOSK) -> str:
        request = NewTicket("A")
        placed = await self.store.transact(self.branch, actor, lambda tx: issue(tx, request))
        return placed.ticket.label

    async def rows(self, sql: str) -> list[tuple[object, ...]]:
        return await self.store.read(lambda db: db.execute(sql).fetchall())

    async def all_printed(self, count: int, seconds: float = 60) -> None:
        async with asyncio.timeout(seconds):
            while await self.rows(  # noqa: ASYNC110 - rows set no event
                "SELECT COUNT(*) FROM print_jobs WHERE state = 'printed'"
            ) != [(count,)]:
                await asyncio.sleep(0.02)

    async def printed_in_order(self) -> list[object]:
        kind, label = "json_extract(data, '$.kind')", "json_extract(data, '$.label')"
        sql = f"SELECT {label} FROM events WHERE {kind} = 'printed' ORDER BY seq"  # noqa: S608
        return [row[0] for row in await self.rows(sql)]


@asynccontextmanager
async def hall(
    data: Path, *printers: tuple[str, str, str | None] | tuple[str, str, str, str]
) -> AsyncIterator[Hall]:
    """Run a hall with these printers: name, address, kiosk, perhaps what it can do."""
    with closing(connect(data)) as db:
        branch, _ = configure(db, office(zone=daytime_zone()))
        for number, (name, url, kiosk, *profile) in enumerate(printers):
            now = wall_clock() + number
            put_printer(db, branch, name, url, kiosk, Ids().new(now), now, *profile)
    store = await Store.open(data)
    spool = make_spool(
        store, CATALOGS, lambda: "http://192.0.2.1:8080", Agents(), Press(data / "press")
    )
    made = Hall(store, spool, branch, data)

    def publish(events: list[Published]) -> None:
        for event in events:
            made.kinds[event.kind] += 1
            if event.printer is not None:
                spool.notify(event.printer)

    store.on_events = publish
    async with asyncio.TaskGroup() as group:
        group.create_task(spool.run())
        try:
            yield made
        finally:
            await spool.stop()
            await store.close()


class Moody(FakePrinter):
    """Fails one connection in five, in a way drawn by lot."""

    def __init__(self) -> None:
        super().__init__(answers=well())
        self.lot = random.Random(7)
        self.failed = 0

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.take = None
        self.answers = well()
        if self.lot.random() < 0.2:
            self.failed += 1
            match self.lot.randrange(3):
                case 0:
                    writer.transport.abort()
                    return
                case 1:
                    self.take = self.lot.randrange(10, 900)
                case _:
                    self.answers = well() | {4: PAPER_END}
        await super()._talk(reader, writer)


@pytest.fixture
def quick_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: 3,000 commits shall not wear out a disk."""
    memory = Path("/dev/shm")  # noqa: S108 - only a place for a private folder
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


def small_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Print the label and the mark only: 1,000 whole tickets would take this test a minute."""
    monkeypatch.setattr(
        spooling, "render", lambda ticket, _words, _press: _slip(ticket.label, ticket.copy)
    )


def _slip(label: str, copy: int) -> bytes:
    return f"[{label}{' CETAK ULANG' if copy else ''}]".encode() + b"." * 900 + b"\x00"


async def test_1000_tickets_through_a_printer_that_fails_one_time_in_five(
    quick_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_paper(monkeypatch)
    async with (
        Moody().listening() as printer,
        hall(quick_folder, ("depan", printer.url, None)) as here,
    ):
        wanted = await asyncio.gather(*[here.take() for _ in range(1000)])
        await here.all_printed(1000, seconds=100)
        assert isinstance(printer, Moody)
        assert printer.failed > 150
        whole = [paper for paper in printer.papers if paper.endswith(b"\x00")]
        slips = [paper[1 : paper.index(b"]")].decode() for paper in whole]
        first = Counter(slip for slip in slips if " " not in slip)
        copies = {slip.partition(" ")[0] for slip in slips if " " in slip}
        assert set(first) | copies == set(wanted)  # every ticket came out
        assert set(first.values()) == {1}  # and never twice without a mark
        attempts = await here.rows("SELECT SUM(attempts) FROM print_jobs")
        assert attempts == [(here.kinds["printed"] + here.kinds["print_failed"],)]


async def test_a_second_printer_takes_over_and_gives_back(tmp_path: Path) -> None:
    async with (
        FakePrinter(answers=well() | {4: PAPER_END}).listening() as empty,
        FakePrinter(answers=well()).listening() as other,
        hall(tmp_path, ("depan", empty.url, None), ("belakang", other.url, None)) as here,
    ):
        labels = [await here.take() for _ in range(3)]
        await here.all_printed(3)
        assert [decode(paper).text.count(label) > 0 for paper, label in
                zip(other.papers, labels, strict=True)] == [True] * 3  # fmt: skip
        assert not any("CETAK ULANG" in decode(paper).text for paper in other.papers)
        assert here.kinds["print_moved"] == 3
        assert list(here.spool.troubles().values()) == ["paper_out"]
        empty.answers = well()
        here.spool.retry()
        async with asyncio.timeout(5):
            while here.spool.troubles():  # noqa: ASYNC110 - trouble sets no event
                await asyncio.sleep(0.01)
        await here.take()
        await here.all_printed(4)
        assert len(empty.papers) == 1


async def test_only_printers_of_the_same_kiosk_or_for_all_stand_in(tmp_path: Path) -> None:
    gone = f"tcp://127.0.0.1:{free_port()}"
    async with (
        FakePrinter(answers=well()).listening() as elsewhere,
        FakePrinter(answers=well()).listening() as same,
        hall(
            tmp_path, ("a", gone, "front"), ("b", elsewhere.url, "back"), ("c", same.url, "front")
        ) as here,
    ):
        await here.take(FRONT)
        await here.all_printed(1)
        assert (len(elsewhere.papers), len(same.papers)) == (0, 1)


async def test_a_printer_that_hangs_delays_no_other(tmp_path: Path) -> None:
    async with (
        FakePrinter(answers=well()).listening() as other,
        hanging_printer() as stuck,
        hall(tmp_path, ("a", stuck, "front"), ("b", other.url, "kiosk-1")) as here,
    ):
        await here.take(FRONT)
        under_way = "SELECT COUNT(*) FROM print_jobs WHERE state = 'printing'"
        async with asyncio.timeout(10):
            while await here.rows(under_way) != [(1,)]:  # noqa: ASYNC110 - rows set no event
                await asyncio.sleep(0.01)
        others = [await here.take(KIOSK) for _ in range(5)]
        await here.all_printed(5)
        assert await here.printed_in_order() == others


@asynccontextmanager
async def hanging_printer() -> AsyncIterator[str]:
    """The address of a printer that does not even take a connection."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        address = server.getsockname()
        with closing(socket.create_connection(address)):  # its whole waiting room
            yield f"tcp://127.0.0.1:{address[1]}"


async def test_the_paper_speaks_the_visitors_language(tmp_path: Path) -> None:
    async with (
        FakePrinter(answers=well()).listening() as printer,
        hall(tmp_path, ("depan", printer.url, None)) as here,
    ):
        await here.take()
        english = NewTicket("A", language="en")
        await here.store.transact(here.branch, KIOSK, partial(_issue, english))
        await here.all_printed(2)
        first, second = (decode(paper).text for paper in printer.papers)
        assert "Anda di urutan pertama" in first
        assert "Loket belum buka. Anda kami panggil begitu dibuka." in " ".join(first.split())
        assert "Anda berikutnya" not in first
        assert "1 person ahead of you" in second


async def test_an_appointment_before_its_time_is_never_told_that_it_is_next(
    tmp_path: Path,
) -> None:
    staff = Actor("user:sari", "staff")
    async with (
        FakePrinter(answers=well()).listening() as printer,
        hall(tmp_path, ("depan", printer.url, None)) as here,
    ):
        due = wall_clock() // 60_000 * 60_000 + 20 * 60_000
        later = NewTicket("A", due=due)
        await here.store.transact(here.branch, staff, partial(_issue, later))
        await here.all_printed(1)
        text = " ".join(decode(printer.papers[0]).text.split())
        zone = ZoneInfo(daytime_zone())
        clock = f"{datetime.fromtimestamp(due / 1000, zone):%H.%M}"
        assert f"Janji Anda pukul {clock}" in text
        assert f"Belum giliran Anda. Nomor ini dipanggil mulai pukul {clock}." in text
        assert "Anda berikutnya" not in text


async def test_each_printer_gets_the_layout_that_it_can_print(tmp_path: Path) -> None:
    async with (
        FakePrinter(answers=well()).listening() as old,
        FakePrinter(answers=well()).listening() as able,
        hall(
            tmp_path, ("a", old.url, "front"), ("b", able.url, "kiosk-1", "epson,width=58")
        ) as here,
    ):
        await here.take(FRONT)
        await here.take(KIOSK)
        await here.all_printed(2)
        drawn, lean = decode(old.papers[0]), decode(able.papers[0])
        assert (len(drawn.codes), len(lean.codes)) == (0, 1)
        assert lean.codes[0].words.startswith("http://192.0.2.1:8080/t/")
        assert 10 * len(able.papers[0]) < len(old.papers[0])


@pytest.mark.parametrize(
    ("base", "followed"),
    [
        ("http://192.168.1.10:8080", True),
        ("https://antrean.example", True),
        ("http://[fd00::1]:8080", True),
        ("http://127.0.0.1:8080", False),
        ("http://[::1]:8080", False),
        ("http://localhost:8080", False),
        ("http://0.0.0.0:8080", False),
        ("", False),
    ],
)
def test_a_code_stands_on_paper_only_when_a_phone_could_follow_it(
    base: str, followed: bool
) -> None:
    assert spooling.tracking(base, "token") == (f"{base}/t/token" if followed else "")


def _issue(request: NewTicket, tx: object) -> None:
    issue(tx, request)  # type: ignore[arg-type]


async def test_a_stopped_process_leaves_a_marked_copy(tmp_path: Path) -> None:
    async with (
        FakePrinter(answers=well()).listening() as printer,
        hall(tmp_path, ("depan", f"tcp://127.0.0.1:{free_port()}", None)) as here,
    ):
        await here.take()
    with closing(connect(tmp_path)) as db:
        db.execute("UPDATE print_jobs SET state = 'printing'")
    async with (
        printer.listening(),
        hall(tmp_path, ("depan", printer.url, None)) as here,
    ):
        await here.all_printed(1)
        assert "CETAK ULANG" in decode(printer.papers[0]).text


async def test_a_clock_set_back_an_hour_delays_no_paper_in_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pauses, "BACK_OFF_S", (0.5,))
    folder = tmp_path / "share"  # nobody can ask a folder whether it is well again
    async with hall(tmp_path, ("depan", f"file:{folder}/papers", None)) as here:
        await here.take()
        async with asyncio.timeout(20):
            while here.kinds["print_failed"] < 1:  # noqa: ASYNC110 - counts set no event
                await asyncio.sleep(0.01)
        here.store.clock = Clock(lambda: wall_clock() - 3_600_000)
        await asyncio.to_thread(folder.mkdir)
        await here.all_printed(1)
