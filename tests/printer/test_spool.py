from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from printer import pauses, worker
from printer import spool as spool_module
from printer.layout import TicketPaper
from printer.pauses import back_off_s
from printer.spool import Job, PrinterRow, Spool, SpoolStore
from printer.tcp import TcpTransport
from printer.transport import Transport, parse_url
from tests.printer.fake_printer import OFFLINE, PAPER_END, FakePrinter, free_port, well
from tests.printer.memory_spool import MemorySpool, job_of, now, render


@pytest.fixture(autouse=True)
def fast_back_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same steps, 50 times faster, so that outages pass in a test's time."""
    faster = tuple(seconds / 50 for seconds in pauses.BACK_OFF_S)
    monkeypatch.setattr(pauses, "BACK_OFF_S", faster)
    monkeypatch.setattr(worker, "_HURRY_S", worker._HURRY_S / 50)  # noqa: SLF001
    monkeypatch.setattr(pauses, "STORE_RETRY_S", 0.05)


def quick(url: str) -> Transport:
    way = parse_url(url)
    if isinstance(way, TcpTransport):
        return TcpTransport(way.host, way.port, connect_s=0.5, status_s=0.4, confirm_s=0.4)
    return way


@contextlib.asynccontextmanager
async def running(store: SpoolStore, **settings: float) -> AsyncIterator[Spool]:
    spool = Spool(store, render, connect=quick, **({"timeout_s": 3.0} | settings))  # type: ignore[arg-type]
    async with asyncio.TaskGroup() as group:
        group.create_task(spool.run())
        await asyncio.sleep(0.02)
        try:
            yield spool
        finally:
            await spool.stop()
    names = [task.get_name() for task in asyncio.all_tasks()]
    assert not [name for name in names if name.startswith("printer ")]


async def until(happened: Callable[[], bool], seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not happened():  # noqa: ASYNC110  # looks at rows and sockets, which set no event
            await asyncio.sleep(0.005)


def row(printer: FakePrinter, key: str = "p1") -> PrinterRow:
    return PrinterRow(key, key, printer.url)


async def test_jobs_come_out_in_order_without_a_mark() -> None:
    async with FakePrinter(answers=well()).listening() as printer:
        store = MemorySpool(row(printer))
        async with running(store) as spool:
            for label in ("A001", "A002", "A003"):
                store.add("p1", label)
            spool.notify("p1")
            await until(lambda: store.state("A003") == "printed")
        assert printer.papers == [job_of("A001"), job_of("A002"), job_of("A003")]
        assert spool.troubles() == {}


async def test_jobs_that_waited_before_the_start_are_printed() -> None:
    async with FakePrinter().listening() as printer:
        store = MemorySpool(row(printer))
        store.add("p1", "A001")
        async with running(store):
            await until(lambda: store.state("A001") == "printed")


async def test_a_notified_job_does_not_wait_for_the_next_look_at_the_store() -> None:
    async with FakePrinter().listening() as printer:
        store = MemorySpool(row(printer))
        async with running(store) as spool:
            store.add("p1", "A001")
            spool.notify("p1")
            await until(lambda: store.state("A001") == "printed")
            store.add("p1", "A002")
            spool.notify("p1")
            await until(lambda: store.state("A002") == "printed")


async def test_a_printer_that_comes_back_gets_what_it_missed() -> None:
    printer = FakePrinter(answers=well(), port=free_port())
    store = MemorySpool(row(printer))
    job = store.add("p1", "A001")
    async with running(store) as spool:
        await until(lambda: len(job.errors) >= 3)
        assert set(job.errors) == {"refused"}
        assert spool.troubles() == {"p1": "refused"}
        async with printer.listening():
            await until(lambda: job.state == "printed")
            await until(lambda: spool.troubles() == {})
    assert printer.papers == [job_of("A001")]


async def test_paper_that_is_refilled_ends_the_trouble() -> None:
    async with FakePrinter(answers={1: OFFLINE, 4: PAPER_END}).listening() as printer:
        store = MemorySpool(row(printer))
        job = store.add("p1", "A001")
        async with running(store):
            await until(lambda: len(job.errors) >= 2)
            assert set(job.errors) == {"paper_out"}
            printer.answers = well()
            await until(lambda: job.state == "printed")
        assert printer.papers == [job_of("A001")]


async def test_papers_come_as_soon_as_somebody_has_refilled_the_printer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pauses, "BACK_OFF_S", (3600.0,))
    monkeypatch.setattr(worker, "_TROUBLE_LOOK_S", 0.05)
    async with FakePrinter(answers={1: OFFLINE, 4: PAPER_END}).listening() as printer:
        store = MemorySpool(row(printer))
        first = store.add("p1", "A001")
        async with running(store) as spool:
            await until(lambda: first.errors == ["paper_out"])
            second = store.add("p1", "A002")
            spool.notify("p1")
            await until(lambda: second.errors == ["paper_out"])
            assert (first.attempt, second.attempt) == (1, 1)  # nobody insists
            printer.answers = well()
            await until(lambda: second.state == "printed")
        assert printer.papers == [job_of("A001"), job_of("A002")]


async def test_a_printer_that_spoils_papers_is_not_hurried_by_its_own_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pauses, "BACK_OFF_S", (3600.0,))
    monkeypatch.setattr(worker, "_TROUBLE_LOOK_S", 0.05)
    async with FakePrinter(answers=well(), take=9 + 3).listening() as printer:
        store = MemorySpool(row(printer))
        job = store.add("p1", "A001")
        async with running(store) as spool:
            await until(lambda: job.errors == ["closed"])
            printer.take = None  # it says that all is well, as it did before
            spool.retry()
            await until(lambda: not spool.troubles())
            await asyncio.sleep(0.2)
            assert (job.state, job.attempt) == ("queued", 1)


async def test_a_paper_that_may_exist_comes_again_as_a_marked_copy() -> None:
    async with FakePrinter(answers=well(), take=9 + 3).listening() as printer:
        store = MemorySpool(row(printer))
        job = store.add("p1", "A001")
        async with running(store):
            await until(lambda: job.errors == ["closed"])
            printer.take = None
            await until(lambda: job.state == "printed")
        assert printer.papers[-1].startswith(b"\x1b@A001*")


async def test_a_printer_that_fails_amid_each_paper_spoils_three_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pauses, "SPOILT_S", 3600.0)
    async with FakePrinter(answers=well(), take=9 + 3).listening() as printer:
        store = MemorySpool(row(printer))
        job = store.add("p1", "A001")
        async with running(store) as spool:
            await until(lambda: len(job.errors) == 3)
            spool.retry()  # it says that all is well, as it did before each of them
            await asyncio.sleep(0.5)
            assert (job.errors, spool.troubles()) == (["closed"] * 3, {"p1": "closed"})
            printer.take = None
            job.waits = False
            store.add("p1", "A002")  # nobody else waits for it
            spool.notify("p1")
            await until(lambda: store.state("A002") == "printed")
            assert not spool.troubles()


async def test_a_failure_before_the_first_byte_makes_no_copy() -> None:
    async with FakePrinter(take=0).listening() as printer:
        store = MemorySpool(row(printer))
        job = store.add("p1", "A001")
        async with running(store):
            await until(lambda: len(job.errors) >= 2)
            printer.take = None
            await until(lambda: job.state == "printed")
        assert printer.papers == [job_of("A001")]


async def test_a_printer_that_hangs_delays_only_its_own_jobs() -> None:
    async with (
        FakePrinter(answers=well(), done=None, after_job={}).listening() as stuck,
        FakePrinter(answers=well()).listening() as fine,
    ):
        store = MemorySpool(row(stuck, "p1"), row(fine, "p2"))
        async with running(store) as spool:
            bad = store.add("p1", "A001")
            spool.notify("p1")
            await asyncio.sleep(0.05)
            for number in range(5):
                store.add("p2", f"B00{number}")
                spool.notify("p2")
            await until(lambda: all(store.state(f"B00{n}") == "printed" for n in range(5)))
            assert bad.state != "printed"


async def test_many_jobs_do_not_hammer_a_printer_that_is_gone() -> None:
    store = MemorySpool(PrinterRow("p1", "p1", f"tcp://127.0.0.1:{free_port()}"))
    for number in range(50):
        store.add("p1", f"A{number:03d}")
    async with running(store):
        await asyncio.sleep(0.5)
    attempts = sum(job.attempt for job in store.rows.values())
    assert 1 <= attempts <= 8


async def test_a_ticket_that_no_longer_waits_is_not_printed() -> None:
    printer = FakePrinter(answers=well(), port=free_port())
    store = MemorySpool(row(printer))
    job = store.add("p1", "A001")
    async with running(store):
        await until(lambda: len(job.errors) >= 1 and job.state == "queued")
        job.waits = False
        async with printer.listening():
            await until(lambda: job.state == "failed")
    assert printer.papers == []


async def test_an_attempt_after_the_last_moment_is_the_last() -> None:
    store = MemorySpool(PrinterRow("p1", "p1", f"tcp://127.0.0.1:{free_port()}"))
    job = store.add("p1", "A001")
    job.give_up_at = now() + 60
    async with running(store):
        await until(lambda: job.state == "failed")
    assert 1 <= len(job.errors) <= 4


async def test_a_ticket_that_cannot_be_drawn_fails_for_good_and_the_next_one_prints() -> None:
    def fussy(paper: TicketPaper) -> bytes:
        if paper.label == "A001":
            raise ValueError("no such paper")
        return render(paper)

    async with FakePrinter().listening() as printer:
        store = MemorySpool(row(printer))
        bad, good = store.add("p1", "A001"), store.add("p1", "A002")
        spool = Spool(store, fussy, connect=quick)
        async with asyncio.TaskGroup() as group:
            group.create_task(spool.run())
            await until(lambda: good.state == "printed")
            await spool.stop()
        assert (bad.state, bad.errors) == ("failed", ["layout"])


async def test_printers_are_added_changed_and_removed_while_it_runs() -> None:
    async with (
        FakePrinter().listening() as first,
        FakePrinter().listening() as second,
    ):
        store = MemorySpool()
        async with running(store) as spool:
            store.set_up = [row(first)]
            spool.reload()
            store.add("p1", "A001")
            await until(lambda: store.state("A001") == "printed")
            store.set_up = [PrinterRow("p1", "elsewhere", second.url)]
            spool.reload()
            await until(lambda: [each.name for each in spool.states()] == ["elsewhere"])
            store.add("p1", "A002")
            await until(lambda: store.state("A002") == "printed")
            store.set_up = []
            spool.reload()
            await until(lambda: spool.states() == [])
            job = store.add("p1", "A003")
            spool.notify("p1")
            await asyncio.sleep(0.05)
            assert job.state == "queued"
        assert (first.papers, second.papers) == ([job_of("A001")], [job_of("A002")])


async def test_an_address_that_is_not_understood_keeps_its_jobs(tmp_path: Path) -> None:
    store = MemorySpool(PrinterRow("p1", "p1", "carrier-pigeon:home"))
    job = store.add("p1", "A001")
    async with running(store) as spool:
        await until(lambda: job.errors[:1] == ["io"])
        store.set_up = [PrinterRow("p1", "p1", f"file:{tmp_path}")]
        spool.reload()
        await until(lambda: job.state == "printed")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [job_of("A001")]  # noqa: ASYNC240


async def test_a_store_that_fails_for_a_while_is_survived() -> None:
    async with FakePrinter().listening() as printer:
        store = MemorySpool(row(printer))
        store.broken = True
        store.add("p1", "A001")
        async with running(store) as spool:
            await asyncio.sleep(0.1)
            store.broken = False
            await until(lambda: store.state("A001") == "printed")
            store.broken = True
            store.add("p1", "A002")
            spool.notify("p1")
            await asyncio.sleep(0.1)
            store.broken = False
            await until(lambda: store.state("A002") == "printed")
        assert printer.papers == [job_of("A001"), job_of("A002")]


async def test_a_printed_paper_is_written_down_even_when_the_store_fails_just_then() -> None:
    class Forgetful(MemorySpool):
        misses = itertools.count()

        async def printed(self, job: Job) -> None:
            if next(self.misses) < 2:
                raise OSError("busy")
            await super().printed(job)

    async with FakePrinter().listening() as printer:
        store = Forgetful(row(printer))
        store.add("p1", "A001")
        async with running(store):
            await until(lambda: store.state("A001") == "printed")
        assert printer.papers == [job_of("A001")]


async def test_stop_lets_the_paper_on_its_way_finish() -> None:
    async with FakePrinter(answers=well(), done=None).listening() as printer:
        store = MemorySpool(row(printer))
        store.add("p1", "A001")
        async with running(store):
            await until(lambda: printer.open_now == 1)
        assert store.state("A001") == "printed"


async def test_a_paper_cut_off_by_the_stop_comes_as_a_copy_after_the_start() -> None:
    async with FakePrinter(answers=well(), done=None).listening() as printer:
        store = MemorySpool(row(printer))
        job = store.add("p1", "A001")
        slow = TcpTransport("127.0.0.1", printer.port, confirm_s=9)
        spool = Spool(store, render, connect=lambda _: slow, grace_s=0.05)
        async with asyncio.TaskGroup() as group:
            group.create_task(spool.run())
            await until(lambda: len(printer.arrivals) >= 4)
            await spool.stop()
        assert job.state == "printing"
        store.requeue()
        printer.done = 0
        async with running(store):
            await until(lambda: job.state == "printed")
        assert printer.papers == [job_of("A001"), job_of("A001", copy=1)]


async def test_cancelling_run_ends_all_its_tasks() -> None:
    async with FakePrinter().listening() as printer:
        store = MemorySpool(row(printer))
        spool = Spool(store, render, connect=quick)
        async with asyncio.TaskGroup() as group:
            task = group.create_task(spool.run())
            await asyncio.sleep(0.05)
            task.cancel()
        assert len(asyncio.all_tasks()) <= 3  # this test and the fake printer
        await spool.stop()


async def test_a_printer_is_asked_as_soon_as_it_is_there_and_unknown_until_then() -> None:
    async with FakePrinter(answers=well(), done=0).listening() as printer:
        store = MemorySpool(row(printer))
        async with running(store, look_s=3600) as spool:
            await until(lambda: bool(spool.states()))
            await until(lambda: spool.states()[0].known)
            assert spool.states()[0].trouble == ""
        assert printer.papers == []


async def test_a_new_printer_whose_address_is_dead_is_not_called_ready() -> None:
    store = MemorySpool(PrinterRow("p1", "lobi", f"tcp://127.0.0.1:{free_port()}"))
    async with running(store, look_s=3600) as spool:
        await until(lambda: bool(spool.states()) and spool.states()[0].known)
        assert spool.states()[0].trouble == "refused"


async def test_stop_before_run_is_remembered() -> None:
    spool = Spool(MemorySpool(), render)
    await spool.stop()
    async with asyncio.timeout(1):
        await spool.run()


async def test_an_idle_spool_asks_the_store_seldom() -> None:
    async with FakePrinter().listening() as printer:
        store = MemorySpool(row(printer))
        async with running(store):
            await asyncio.sleep(0.3)
        assert store.claims <= 2


async def test_jobs_of_another_process_are_found_without_a_word() -> None:
    async with FakePrinter().listening() as printer:
        store = MemorySpool(row(printer))
        async with running(store, idle_s=0.05):
            store.add("p1", "A001")
            await until(lambda: store.state("A001") == "printed")


def test_back_off_grows_to_half_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pauses, "BACK_OFF_S", (1.0, 2.0, 5.0, 10.0, 30.0))
    for failures, base in [(0, 1), (1, 1), (2, 2), (3, 5), (4, 10), (5, 30), (6, 30), (900, 30)]:
        samples = [back_off_s(failures) for _ in range(50)]
        assert all(0.8 * base <= seconds <= 1.2 * base for seconds in samples)
        assert len(set(samples)) > 1


async def test_a_look_at_a_silent_printer_cures_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pauses, "BACK_OFF_S", (3600.0,))
    async with FakePrinter(answers=well(), done=None, after_job={}).listening() as printer:
        store = MemorySpool(row(printer))
        job = store.add("p1", "A001")
        async with running(store, look_s=0.05, timeout_s=0.1) as spool:
            await until(lambda: job.errors == ["timeout"])
            printer.answers, seen = None, printer.connections
            spool.retry()
            await until(lambda: printer.connections > seen)
            await asyncio.sleep(0.6)
            assert spool.troubles() == {"p1": "timeout"}
            printer.answers = well()
            spool.retry()
            await until(lambda: spool.troubles() == {})


async def test_a_mute_printer_that_was_off_is_well_as_soon_as_it_is_reached() -> None:
    printer = FakePrinter(port=free_port())
    store = MemorySpool(row(printer))
    async with running(store, look_s=0.05) as spool:
        await until(lambda: spool.troubles() == {"p1": "refused"})
        async with printer.listening():
            spool.retry()
            await until(lambda: spool.troubles() == {})


async def test_a_clock_set_back_an_hour_delays_no_paper() -> None:
    back = 0
    printer = FakePrinter(answers=well(), port=free_port())
    store = MemorySpool(row(printer))
    job = store.add("p1", "A001")
    spool = Spool(store, render, connect=quick, clock=lambda: now() - back, idle_s=0.2)
    async with asyncio.TaskGroup() as group:
        group.create_task(spool.run())
        await until(lambda: len(job.errors) >= 2 and job.state == "queued")
        job.due = now()
        back = 3_600_000
        store.clock = lambda: now() - back
        async with printer.listening():
            await until(lambda: job.state == "printed")
        await spool.stop()


async def test_papers_that_cannot_be_drawn_yet_wait_until_they_can(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(spool_module, "_OFTEN", 2)
    broken = True

    def prepare() -> None:
        if broken:
            raise ImportError("a folder of that name is in the way")

    def draw(paper: TicketPaper) -> bytes:
        prepare()
        return render(paper)

    async with FakePrinter(answers=well()).listening() as printer:
        store = MemorySpool(row(printer))
        spool = Spool(store, draw, connect=quick, prepare=prepare)
        async with asyncio.TaskGroup() as group:
            group.create_task(spool.run())
            await until(lambda: spool.failing() == ["drawing papers"])
            job = store.add("p1", "A001")
            spool.notify("p1")
            await until(lambda: "layout" in job.errors)
            broken = False
            await until(lambda: job.state == "printed")
            await until(lambda: spool.failing() == [])
            await spool.stop()
