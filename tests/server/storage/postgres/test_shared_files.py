"""Pictures, voices and photos with several servers: in folders that they share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.storage.address import ADDRESS
from tests.postgres import PostgresServer
from tests.server.api.client import Client
from tests.server.api.test_branches import clip
from tests.server.api.test_hostile_files import picture
from tests.server.process import Server, office_toml
from tests.server.waiting import soon

FOLDERS = ("media", "voices", "photos")


@pytest.fixture
def pair(tmp_path: Path, postgres: PostgresServer) -> Iterator[tuple[Server, Server]]:
    """Two servers of one store that share the folders of their files."""
    one = Server(postgres.give(tmp_path / "one"))
    two = Server(tmp_path / "two", "--store", (one.data / ADDRESS).read_text().strip())
    with one, two:
        one.add_branch(office_toml("hall"))
        for folder in FOLDERS:
            (tmp_path / folder).mkdir()
            for each in (one, two):
                (each.data / folder).symlink_to(tmp_path / folder)
        yield one, two


async def test_what_came_to_one_server_is_shown_and_heard_from_the_other_when_that_one_died(
    pair: tuple[Server, Server],
) -> None:
    one, two = pair
    one.start()
    two.start()
    key = one.token("manager")
    card = {"person": "Ibu Sari", "consent": "Boleh dipakai.", "agreed_on": "2026-11-02"}
    async with Client(one.url, key) as here, Client(two.url, key) as there:
        medium = (await here.post("/api/media?name=Poster", raw=picture("PNG"))).json["id"]
        pack = (await there.post("/api/voice/packs", card)).json["id"]
        spoken = f"/api/voice/packs/{pack}/id/counter"
        assert (await here.post(spoken, raw=clip())).status == 204
        files = (f"/api/media/{medium}/file", spoken)
        for dies, stays in ((one, there), (two, here)):
            dies.kill()

            async def all_here(stays: Client = stays) -> bool:
                return [(await stays.get(each)).status for each in files] == [200, 200]

            await soon(all_here, "the other one has them")
            dies.start()
        assert (await here.delete(f"/api/media/{medium}")).status == 204
        assert list((two.data / "media").iterdir()) == []


async def test_a_server_that_starts_leaves_uploads_alone_that_come_to_another_one(
    pair: tuple[Server, Server],
) -> None:
    one, two = pair
    (one.data / "media" / "0123.part").write_bytes(b"on its way")
    two.start()
    assert (one.data / "media" / "0123.part").exists()


async def test_the_doctor_tells_files_that_are_not_in_this_servers_folder(
    pair: tuple[Server, Server],
) -> None:
    one, two = pair
    one.start()
    async with one.client("manager") as manager:
        await manager.post("/api/media?name=Poster", raw=picture("PNG"))
    assert one.ramah("doctor").stdout.endswith("All well.\n")
    (two.data / ADDRESS).write_text((one.data / ADDRESS).read_text())
    assert two.ramah("doctor").stdout.endswith("All well.\n")
    (two.data / "media").unlink()  # not mounted there
    told = two.ramah("doctor")
    assert told.returncode == 1
    assert "all servers of a store share that folder" in told.stdout
