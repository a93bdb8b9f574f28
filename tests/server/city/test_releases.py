"""The city says which version an office's server may take; the office learns it and tells it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from server.city.releases import FAILED, failed
from server.cli.release import program
from server.domain.versions import newer
from tests.server.api.client import Client
from tests.server.city.test_link import admitted, join
from tests.server.process import Hall, Server, office_toml
from tests.server.waiting import soon

NEXT = "9.2.0"


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[tuple[Server, Server]]:
    """The city's server, and an office's that is linked to it."""
    with ExitStack() as stack:
        city, office = (stack.enter_context(Server(tmp_path / each)) for each in ("city", "melati"))
        token = admitted(city, "melati")
        city.start()
        office.add_branch(office_toml("melati", counters=2))
        office.start()
        join(office, city.url, token)
        yield city, office


async def test_an_office_learns_which_version_it_may_take(servers: tuple[Server, Server]) -> None:
    city, office = servers
    async with city.client("city", "melati") as dewi, office.client("manager", "melati") as manager:

        async def wanted(version: str) -> None:
            async def learnt() -> bool:
                return office.ramah("city", "wanted").stdout.strip() == version

            for act in ("open", "close"):  # so that it comes at once
                assert (await manager.post(f"/api/counters/1/{act}")).status == 200
            await soon(learnt, f"the office may take {version!r}")

        async def said(version: str) -> None:
            body = {"version": version, "halls": ["melati"]}
            told = await dewi.post("/api/city/versions", body)
            assert (told.status, told.json["halls"][0]["may"]) == (200, version)

        none = office.ramah("city", "wanted")
        assert (none.returncode, none.stdout) == (1, "")
        await said(NEXT)
        await wanted(NEXT)
        assert (
            f"the city lets this server take {NEXT} (since 20"
            in office.ramah("city", "link").stdout
        )
        assert f"the city lets this server take {NEXT}" in office.ramah("doctor").stdout
        await said("")
        await wanted("")
        await said(NEXT)
        await wanted(NEXT)
        with city.database() as db:  # as after a backup of before that word was brought back
            db.execute("DELETE FROM releases")
        await wanted("")
        await said(program())

        async def took() -> bool:
            (hall,) = (await dewi.get("/api/city/versions")).json["halls"]
            return bool(hall["has"] == hall["may"] == program() and hall["took_at"])

        await soon(took, "the city sees that the office has it")
        assert office.ramah("city", "wanted").returncode == 1, "it runs already"
        await said("0.0.1")
        for act in ("open", "close"):
            await manager.post(f"/api/counters/1/{act}")

        async def kept() -> bool:
            return office.query("SELECT version FROM releases") == [("0.0.1",)]

        await soon(kept, "the office learnt of an older one")
        assert office.ramah("city", "wanted").returncode == 1, "never an older one"


async def test_the_city_sees_which_version_did_not_work_at_an_office(
    servers: tuple[Server, Server],
) -> None:
    city, office = servers
    async with city.client("city", "melati") as dewi, office.client("manager", "melati") as manager:

        async def fails(version: str, *, bad: bool) -> None:
            async def seen() -> bool:
                (hall,) = (await dewi.get("/api/city/versions")).json["halls"]
                return bool((hall["may"], hall["failed"]) == (version, bad))

            for act in ("open", "close"):
                assert (await manager.post(f"/api/counters/1/{act}")).status == 200
            await soon(seen, f"the city sees of {version}: failed {bad}")

        async def said(version: str) -> None:
            await dewi.post("/api/city/versions", {"version": version, "halls": ["melati"]})

        (office.data / FAILED).write_text(f"{NEXT}, 2026-11-29 20.10: not ready after 60 s\n")
        await said(NEXT)
        await fails(NEXT, bad=True)
        await said("9.3.0")
        await fails("9.3.0", bad=False)
        await said(f"{NEXT}.0")
        await fails(f"{NEXT}.0", bad=True)
        (office.data / FAILED).unlink()
        await fails(f"{NEXT}.0", bad=False)


def test_what_failed_is_told_by_its_version_alone(tmp_path: Path) -> None:
    assert failed(tmp_path) == ""
    for words, version in (
        ("9.2.0, 2026-11-29 20.10: not ready", "9.2.0"), ("9.2.0: x", "9.2.0"), ("", ""),
        ("rm -rf /", ""), ("\x00" * 200, ""), ("9." * 60, ""),
    ):  # fmt: skip
        (tmp_path / FAILED).write_text(words)
        assert failed(tmp_path) == version, words
    (tmp_path / FAILED).unlink()
    (tmp_path / FAILED).mkdir()
    assert failed(tmp_path) == ""


async def test_a_hall_that_serves_does_not_rest(server: Server) -> None:
    rests = server.ramah("city", "rests")
    assert (rests.returncode, rests.stdout) == (0, "")
    async with server.client("kiosk") as kiosk, server.client("staff") as desk:
        await kiosk.take()
        assert "1 people wait" in server.ramah("city", "rests").stdout
        await desk.post("/api/counters/1/open")
        for act in ("call-next", "start", "finish"):
            await desk.at(1, act)
        assert server.ramah("city", "rests").returncode == 1, "a counter is open"
        await desk.post("/api/counters/1/close")
        assert server.ramah("city", "rests").returncode == 0


async def test_a_doctor_tells_of_a_renewal_that_failed(server: Server) -> None:
    (server.data / FAILED).write_text("1.2.0 did not answer\n")
    done = server.ramah("doctor")
    assert "wrong  new versions\n       1.2.0 did not answer" in done.stdout


async def test_only_halls_with_a_server_of_their_own_are_let(hall: Hall) -> None:
    code = f"melati-{hall.number}"
    hall.server.ramah("city", "admit", code)
    async with Client(hall.server.url, hall.server.token("city", code)) as dewi:
        for version, halls, status in (
            ("1.2.0", [hall.code], 404), ("1.2.0", ["nobody"], 404), ("1.2", [code], 200),
            ("v1.2", [code], 422), ("1", [code], 422), ("1.2; reboot", [code], 422),
            ("../1.2", [code], 422), ("\u0661.\u0662", [code], 422), ("1.2.0\n", [code], 422),
            ("1.2.0", [], 422),
        ):  # fmt: skip
            told = await dewi.post("/api/city/versions", {"version": version, "halls": halls})
            assert told.status == status, (version, halls)
        found = {
            each["code"]: each for each in (await dewi.get("/api/city/versions")).json["halls"]
        }
        assert (found[code]["may"], found[code]["has"], found[code]["took_at"]) == ("1.2", "", None)
        assert hall.code not in found


@pytest.mark.parametrize(
    ("version", "than", "is_newer"),
    [
        ("1.2.0", "1.1.9", True), ("1.10", "1.9.9", True), ("1.2", "1.2.0", False),
        ("1.2.0", "1.2.0", False), ("1.1", "1.2", False), ("", "0", False), ("1.2", "0", True),
        ("x", "0", False),
    ],
)  # fmt: skip
def test_versions_are_compared_number_by_number(version: str, than: str, *, is_newer: bool) -> None:
    assert newer(version, than) is is_newer
