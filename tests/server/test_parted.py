"""Papers of branches that come to a server: a copy of what was half-way elsewhere, once."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from server.fleet.looks import Looks
from server.parted import Parted
from server.push.hub import Hub
from server.storage.database import connect
from server.storage.owners import Owners
from tests.printer.decoder import decode
from tests.printer.fake_printer import FakePrinter, well
from tests.server.test_spooling import Hall, hall, hanging_printer
from tests.server.waiting import soon


class Part(Owners):
    """Has nothing until it is given something."""

    now = 0

    def term(self, branch: int) -> int:
        del branch
        return self.now


async def parted(here: Hall) -> Part:
    part = here.store.owners = Part()
    Parted(here.store, here.spool, await Looks.open(here.store), Hub(), {})
    await here.spool.reloaded()
    return part


async def test_a_paper_that_is_under_way_here_when_its_branch_is_told_to_have_come_is_no_copy(
    tmp_path: Path,
) -> None:
    """Printers are read whenever something changes, also just before."""
    async with hanging_printer() as stuck, hall(tmp_path, ("depan", stuck, None)) as here:
        part = await parted(here)
        await here.take()
        part.now = 1
        here.spool.reload()

        async def under_way() -> bool:
            return await here.rows("SELECT state FROM print_jobs") == [("printing",)]

        await soon(under_way, "the paper is under way")
        await part.on_taken([here.branch])
        await here.spool.reloaded()
        anew = "SELECT 1 FROM events WHERE json_extract(data, '$.error') = 'restart'"
        assert await here.rows(anew) == []


async def test_what_was_half_way_at_another_server_comes_out_as_a_copy_each_time(
    tmp_path: Path,
) -> None:
    async with (
        FakePrinter(answers=well()).listening() as printer,
        hall(tmp_path, ("depan", printer.url, None)) as here,
    ):
        part = await parted(here)
        for term in (1, 2):
            await here.take()
            with closing(connect(tmp_path)) as other:
                other.execute("UPDATE print_jobs SET state = 'printing' WHERE state = 'queued'")
            part.now = term
            await part.on_taken([here.branch])
            await here.all_printed(term)
            part.now = 0
            await part.on_left([here.branch])
            await here.spool.reloaded()
        assert ["CETAK ULANG" in decode(each).text for each in printer.papers] == [True, True]
