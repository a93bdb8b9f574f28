"""Slow lines and late answers: one paper is one paper, and who answers late is not mute.

The lines are as slow as real ones; the limit is short, so that a paper takes longer than it. What
must not run out stays seconds away from its end, so that a busy machine changes nothing.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import closing
from pathlib import Path

import pytest

from printer.agents import Agents, AgentTransport, Connection
from printer.device import DeviceTransport
from printer.errors import PrintError
from printer.file import FileTransport
from printer.pace import Pace
from printer.tcp import TcpTransport
from tests.printer.fake_printer import OFFLINE, ONLINE, PAPER_END, FakePrinter, well
from tests.printer.slow_box import SlowBox
from tests.printer.test_device import Cable
from tests.server.waiting import soon

PAPER = b"\x1b@" + bytes(range(32, 127)) * 25 + b"\n"
"""2.4 kB: two and a half seconds at 9600 baud."""
LIMIT_S = 1.2
SMALLEST = 2048
"""The least room that a system gives a connection."""


def to(box: SlowBox | FakePrinter, **times: float) -> TcpTransport:
    return TcpTransport("127.0.0.1", box.port, **({"confirm_s": 0.3} | times))


@pytest.mark.parametrize("room", [SMALLEST, None], ids=["small box", "box that takes all at once"])
async def test_a_paper_that_takes_longer_than_the_limit_is_confirmed(room: int | None) -> None:
    async with SlowBox(answers=well(), room=room).listening() as box:
        assert await to(box).send(PAPER, timeout=LIMIT_S) == "confirmed"
        assert box.papers == PAPER


@pytest.mark.parametrize("room", [SMALLEST, None], ids=["small box", "box that takes all at once"])
async def test_a_mute_printer_behind_a_slow_line_gets_each_paper_once(room: int | None) -> None:
    async with SlowBox(rate=1600.0, room=room).listening() as box:
        way = to(box, status_s=0.2)
        for _ in range(2):
            assert await way.send(PAPER, timeout=LIMIT_S) == "unverified"
        await soon(lambda: len(box.papers) >= 2 * len(PAPER), "both papers came")
        assert box.papers == PAPER * 2


async def test_a_printer_that_does_not_confirm_may_still_be_slow() -> None:
    async with SlowBox(answers=well(), done=False).listening() as box:
        assert await to(box).send(PAPER, timeout=LIMIT_S) == "unverified"
        assert box.papers == PAPER


async def test_a_line_that_stands_still_is_given_up_and_the_paper_may_exist() -> None:
    async with SlowBox(answers=well(), room=SMALLEST, stops_after=400).listening() as box:
        with pytest.raises(PrintError) as caught:
            await to(box).send(PAPER * 20, timeout=0.2)
        assert (caught.value.kind, caught.value.unsure) == ("timeout", True)


@pytest.mark.parametrize(("late_s", "looked"), [(0.45, True), (1.5, False)])
async def test_a_late_answer_keeps_the_paper_of_an_empty_printer_back(
    late_s: float, *, looked: bool
) -> None:
    async with Late(late_s, well() | {1: OFFLINE, 4: PAPER_END}).listening() as printer:
        way = to(printer)
        with pytest.raises(PrintError) as caught:
            await (way.look(timeout=15) if looked else way.send(PAPER, timeout=15))
        assert (caught.value.kind, caught.value.unsure) == ("paper_out", False)
        assert printer.papers == []


async def test_who_ever_answered_is_not_mute_and_its_paper_waits() -> None:
    async with FakePrinter(answers=well()).listening() as printer:
        way = to(printer, status_s=1.0)
        assert await way.send(PAPER, timeout=3) == "confirmed"
        printer.answers = {}
        with pytest.raises(PrintError) as caught:
            await way.send(PAPER, timeout=3)
        assert (caught.value.kind, caught.value.unsure) == ("timeout", False)
        assert printer.papers == [PAPER]


class Behind(FakePrinter):
    """Answers about its state only once it has bytes of the paper."""

    def _answer(self, got: bytes, _: bytes, writer: asyncio.StreamWriter) -> None:
        if len(got) > 3 and got[:2] == b"\x10\x04" and self.answers:
            writer.write(bytes((self.answers[got[2]],)))


async def test_an_answer_that_comes_after_all_waiting_still_counts() -> None:
    async with Behind(answers=well() | {1: OFFLINE}).listening() as printer:
        way = to(printer, status_s=0.1)
        for kind, unsure in (("offline", True), ("timeout", False)):  # too late to hold it back
            with pytest.raises(PrintError) as caught:
                await way.send(PAPER, timeout=3)
            assert (caught.value.kind, caught.value.unsure) == (kind, unsure)
        assert printer.papers == [PAPER]


async def test_who_answered_too_late_is_given_more_time() -> None:
    async with Behind(answers=well()).listening() as printer:
        way = to(printer, status_s=0.2)
        await way.send(PAPER, timeout=3)
        printer.answers = None
        began = len(printer.jobs)
        async with Late(0.5, well() | {4: PAPER_END}).listening() as late:
            way.port = late.port
            with pytest.raises(PrintError) as caught:
                await way.send(PAPER, timeout=3)
            assert (caught.value.kind, caught.value.unsure) == ("paper_out", False)
            assert late.papers == []
        assert len(printer.jobs) == began


async def test_a_look_tells_an_answer_from_silence() -> None:
    async with FakePrinter(answers=well()).listening() as printer:
        assert await to(printer).look(timeout=5) is True
    async with FakePrinter().listening() as printer:
        assert await to(printer, status_s=0.2).look(timeout=5) is False


class Late(FakePrinter):
    """Gives its first answer so many seconds late, and the others at once."""

    def __init__(self, seconds: float, answers: dict[int, int]) -> None:
        super().__init__(answers=answers)
        self.seconds = seconds

    def _answer(self, got: bytes, data: bytes, writer: asyncio.StreamWriter) -> None:
        asyncio.get_running_loop().call_later(self.seconds, super()._answer, got, data, writer)
        self.seconds = 0


# ---- cables


class SlowCable(Cable):
    """A serial line: what was written stays in the near end's queue until the line has passed it.

    A pseudo terminal has no speed, so the far end reads as slowly as the line is.
    """

    rate = 960.0
    free_at = 0.0

    def read(self) -> None:
        loop = asyncio.get_running_loop()
        loop.remove_reader(self.far)
        data = os.read(self.far, 48)
        # By the line's own time: a busy machine makes it no slower than it is.
        self.free_at = max(self.free_at, loop.time() - 0.5) + len(data) / self.rate
        loop.call_at(self.free_at, self._passed, data)

    def _passed(self, data: bytes) -> None:
        self.got += data
        for question in (1, 2, 4):
            if self.answers and self.got.endswith(bytes((0x10, 0x04, question))):
                os.write(self.far, bytes((self.answers[question],)))
                del self.got[-3:]
        if self.answers and self.done and self.got.endswith(b"\x1dr\x01"):
            os.write(self.far, b"\x00")
        asyncio.get_running_loop().add_reader(self.far, self.read)


async def test_a_serial_paper_may_take_as_long_as_its_line_needs() -> None:
    async with SlowCable(well()).plugged_in() as cable:
        way = DeviceTransport(lambda: cable.node, rate=SlowCable.rate, confirm_s=1.0)
        assert await way.send(PAPER, timeout=LIMIT_S) == "confirmed"
        assert bytes(cable.got) == PAPER + b"\x1dr\x01"


async def test_a_cable_without_a_known_speed_counts_from_the_last_progress() -> None:
    async with SlowCable(well()).plugged_in() as cable:
        way = DeviceTransport(lambda: cable.node, confirm_s=1.0)
        assert await way.send(PAPER, timeout=LIMIT_S) == "confirmed"


class BehindCable(Cable):
    """Says that a paper is done a moment after it was asked about its state again."""

    def read(self) -> None:
        data = os.read(self.far, 65536)
        asked = self.got.endswith(b"\x1dr\x01")
        self.got += data
        if self.answers and data[:2] == b"\x10\x04":
            os.write(self.far, bytes((self.answers[data[2]],)))
            if asked:
                asyncio.get_running_loop().call_later(0.1, os.write, self.far, b"\x00")


async def test_a_word_right_behind_the_answer_confirms_even_the_first_paper() -> None:
    async with BehindCable(well()).plugged_in() as cable:
        way = DeviceTransport(lambda: cable.node, confirm_s=0.1)
        assert await way.send(PAPER, timeout=15) == "confirmed"


class LateCable(Cable):
    """Gives its first answer so many seconds late; with ``None`` once the paper came."""

    late_s: float | None = 0.8

    def read(self) -> None:
        data = os.read(self.far, 65536)
        self.got += data
        if self.answers is None or self.got[:2] != b"\x10\x04":
            return
        answer = bytes((self.answers[self.got[2]],))
        if self.late_s is not None:
            asyncio.get_running_loop().call_later(self.late_s, os.write, self.far, answer)
            self.late_s = 0
        elif len(self.got) > 3:
            os.write(self.far, answer)
        else:
            return
        self.got.clear()


@pytest.mark.parametrize(("late_s", "looked"), [(0.45, True), (1.5, False)])
async def test_a_late_answer_on_a_cable_keeps_the_paper_back(
    late_s: float, *, looked: bool
) -> None:
    async with LateCable(well() | {4: PAPER_END}).plugged_in() as cable:
        cable.late_s = late_s
        way = DeviceTransport(lambda: cable.node)
        with pytest.raises(PrintError) as caught:
            await (way.look(timeout=15) if looked else way.send(PAPER, timeout=15))
        assert (caught.value.kind, caught.value.unsure) == ("paper_out", False)
        assert PAPER not in bytes(cable.got)


async def test_an_answer_on_a_cable_that_comes_after_all_waiting_still_counts() -> None:
    async with LateCable(well() | {1: OFFLINE}).plugged_in() as cable:
        cable.late_s = None
        way = DeviceTransport(lambda: cable.node, status_s=0.1)
        with pytest.raises(PrintError) as caught:
            await way.send(PAPER, timeout=3)
        assert (caught.value.kind, caught.value.unsure) == ("offline", True)
        cable.answers = None
        with pytest.raises(PrintError) as caught:
            await way.send(b"second", timeout=3)
        assert (caught.value.kind, caught.value.unsure) == ("timeout", False)
        assert b"second" not in bytes(cable.got)


async def test_an_answer_that_lies_on_the_cable_since_the_last_paper_counts_too() -> None:
    async with Cable(None).plugged_in() as cable:
        way = DeviceTransport(lambda: cable.node, status_s=0.1)
        assert await way.send(b"first", timeout=3) == "unverified"
        os.write(cable.far, bytes((ONLINE,)))
        with pytest.raises(PrintError) as caught:
            await way.send(b"second", timeout=3)
        assert (caught.value.kind, caught.value.unsure) == ("timeout", False)
        cable.answers = well()
        assert await way.send(b"third", timeout=3) == "confirmed"


async def test_a_cable_that_ever_answered_is_not_mute() -> None:
    async with Cable(well()).plugged_in() as cable:
        way = DeviceTransport(lambda: cable.node, status_s=1.0)
        assert await way.send(b"paper", timeout=3) == "confirmed"
        cable.answers = None
        with pytest.raises(PrintError) as caught:
            await way.send(b"second", timeout=3)
        assert (caught.value.kind, caught.value.unsure) == ("timeout", False)
        assert b"second" not in bytes(cable.got)


async def test_a_slow_pipe_counts_from_the_last_progress(tmp_path: Path) -> None:
    pipe = tmp_path / "lp0"
    os.mkfifo(pipe)
    got = bytearray()
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    job = PAPER * 100  # more than a pipe holds, and longer than the limit

    async def take() -> None:
        while len(got) < len(job):
            got.extend(os.read(reader, 8192))
            await asyncio.sleep(0.1)

    async with asyncio.TaskGroup() as group:
        group.create_task(take())
        assert await FileTransport(pipe).send(job, timeout=LIMIT_S) == "unverified"
    os.close(reader)
    assert bytes(got) == job


# ---- print agents


async def test_an_agent_at_work_is_not_silent() -> None:
    agents = Agents()
    sent: list[bytes | str] = []

    async def send(message: bytes | str) -> None:
        sent.append(message)

    connection = Connection(send)
    agents.join("hall/front", connection)
    way = AgentTransport(agents, "hall/front")
    job = bytes(18_000)
    with closing(Clock()) as clock:
        async with asyncio.TaskGroup() as group:
            paper = group.create_task(way.send(job, timeout=15))
            for _ in range(5):
                await a_moment()
                clock.pass_by(45)
                connection.heard('{"type":"working","id":1}')
            await a_moment()
            assert not paper.done()
            connection.heard('{"type":"done","id":1,"result":"confirmed"}')
        assert paper.result() == "confirmed"

        async def silent() -> PrintError:
            with pytest.raises(PrintError) as caught:
                await way.send(job, timeout=15)
            return caught.value

        async with asyncio.TaskGroup() as group:
            task = group.create_task(silent())
            await a_moment()
            clock.pass_by(60)
        assert (task.result().kind, task.result().unsure) == ("timeout", True)


async def a_moment() -> None:
    """Let everything go on that does not wait for time."""
    for _ in range(20):
        await asyncio.sleep(0)


def test_nothing_moves_for_ever() -> None:
    pace = Pace(15.0, 18_000)
    with closing(Clock()) as clock:
        for _ in range(2000):
            clock.pass_by(1.0)
            pace.moved()
    assert clock.now > pace.ends_at


class Clock:
    """The monotonic clock, turned by hand."""

    def __init__(self) -> None:
        self._patch = pytest.MonkeyPatch()
        import time  # noqa: PLC0415

        self.now = time.monotonic()
        self._patch.setattr("printer.pace.time.monotonic", lambda: self.now)

    def pass_by(self, seconds: float) -> None:
        self.now += seconds

    def close(self) -> None:
        self._patch.undo()
