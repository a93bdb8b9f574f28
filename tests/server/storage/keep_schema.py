"""Owns the dumps of earlier schemas; run as a module, it adds the present one.

``python -m tests.server.storage.keep_schema`` is to be run before a migration is added to what
offices may have by now. The two days are those that ``test_earlier.py`` tells of.
"""

from __future__ import annotations

import io
import lzma
import sys
import tarfile
from functools import partial
from pathlib import Path

from server.domain import calling, desks, issuing, serving
from server.domain.issuing import NewTicket
from server.domain.tx import Actor
from server.reports.rollups import due, write_at_once
from server.storage import dialect
from tests.server.rehearsal import KIOSK, Rehearsal, office, on

SCHEMAS = Path(__file__).with_name("before") / "schemas.tar.xz"
READER = Actor("reader", "system")


def dumps() -> dict[int, str]:
    """Return the dumps by the number of their schema; so alike that one archive packs them best."""
    with tarfile.open(fileobj=io.BytesIO(lzma.decompress(SCHEMAS.read_bytes()))) as archive:
        found = {}
        for member in archive:
            file = archive.extractfile(member)
            assert file is not None
            found[int(member.name[:4])] = file.read().decode()
    return found


def keep(found: dict[int, str]) -> None:
    """Write the dumps."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for version, dump in sorted(found.items()):
            member = tarfile.TarInfo(f"{version:04}.sql")
            member.size = len(dump.encode())
            archive.addfile(member, io.BytesIO(dump.encode()))
    preset = 9 | lzma.PRESET_EXTREME
    SCHEMAS.write_bytes(lzma.compress(packed.getvalue(), preset=preset))


def present() -> tuple[int, str]:
    """Play the two days with this program; return its schema and the dump."""
    services = [{"code": each, "names": {"id": f"Layanan {each}"}} for each in "AB"]
    counters = [{"number": each, "services": ["A", "B"]} for each in (1, 2, 3)]
    with Rehearsal(office(services=services, counters=counters), at="2026-03-02 08:00") as hall:
        _play(hall, today=False)
        hall.minutes(24 * 60)
        hall.end_day()
        for day in hall.do(due, READER):
            hall.do(partial(write_at_once, day=day), READER)
        _play(hall, today=True)
        version = dialect.version(hall.db)
        dump = "\n".join(hall.db.iterdump())
    return version, f"{dump}\nPRAGMA user_version = {version};\n"


def _play(hall: Rehearsal, *, today: bool) -> None:
    """Eight numbers; who is served, missed, sent on and cancelled. Today two are at counters."""
    do = hall.do
    for counter in "123":
        do(on(desks.open_counter, counter))
    given = [do(on(issuing.issue, NewTicket(each)), KIOSK) for each in "AAAAAABB"]

    def serve(counter: str) -> None:
        do(on(calling.call_next, counter))
        do(on(serving.start, counter))

    serve("1")
    do(on(serving.finish, "1"))
    do(on(calling.call_next, "2"))
    do(on(calling.no_show, "2"))
    serve("1")
    do(on(serving.finish, "1"))
    serve("3")
    do(on(serving.transfer, "3", to_service="B"))
    do(on(issuing.cancel, given[4].ticket.id), KIOSK)
    serve("1")
    if today:
        do(on(calling.call_next, "2"))
    else:
        do(on(serving.finish, "1"))


if __name__ == "__main__":
    number, text = present()
    keep(dumps() | {number: text})
    print(f"{SCHEMAS.name} has schema {number} now", file=sys.stderr)  # noqa: T201 - its answer
