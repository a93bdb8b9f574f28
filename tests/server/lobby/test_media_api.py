"""The shelf over HTTP: uploads are looked into, files come in ranges, playlists stay whole."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.server.api.client import Client
from tests.server.process import Server
from tests.server.uploads.test_check import mp4


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (640, 360), "orange").save(made, "JPEG")
    return made.getvalue()


async def added(manager: Client, content: bytes, name: str) -> dict[str, object]:
    answer = await manager.post(f"/api/media?name={name}", raw=content)
    assert answer.status == 201, answer.text
    made: dict[str, object] = answer.json
    return made


async def test_what_goes_up_is_played_in_ranges_and_leaves_without_a_trace(server: Server) -> None:
    async with server.client("manager") as manager, server.client("display") as screen:
        film = await added(manager, mp4(), "film.exe")
        photo = await added(manager, picture(), "foto.txt")
        assert (film["type"], photo["type"]) == ("video/mp4", "image/jpeg")
        items = [{"media": film["id"], "starts": "08:00", "ends": "12:00"}, {"media": photo["id"]}]
        kept = await manager.post("/api/playlists", {"name": "lobby", "items": items})
        assert kept.status == 204
        play = (await screen.get("/api/displays/mine")).json["play"]
        assert [each["kind"] for each in play] == ["video", "image"]
        part = await screen.get(play[0]["url"], headers={"Range": "bytes=4-7"}, check=False)
        assert (part.status, part.body) == (206, b"ftyp")
        assert part.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in part.headers["Content-Security-Policy"]
        gone = await manager.delete(f"/api/media/{film['id']}")
        assert gone.status == 204
        assert len((await screen.get("/api/displays/mine")).json["play"]) == 1
        assert (await screen.get(play[0]["url"])).status == 404
        assert len(list((server.data / "media").iterdir())) == 1


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"\x89PNG\r\n\x1a\n" + bytes(100)])
async def test_what_is_no_media_is_refused_and_leaves_no_file(
    server: Server, content: bytes
) -> None:
    async with server.client("manager") as manager:
        answer = await manager.post("/api/media?name=x.png", raw=content)
        assert (answer.status, answer.json["field"]) == (422, "body")
        assert (await manager.get("/api/media")).json["media"] == []
        assert list((server.data / "media").iterdir()) == []


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/api/playlists", {"name": "x", "items": [{"media": "nothing"}]}, "media"),
        ("/api/media/slides", {"name": "x", "text": "a\u202eb"}, "text"),
        ("/api/displays/code", {"name": ""}, "name"),
        ("/api/voice", {"voice": {"quiet": [{"starts": "12:00", "ends": "11:00"}]}}, "voice.quiet"),
        ("/api/voice", {"voice": {"languages": ["xx"]}}, "voice.languages"),
        ("/api/voice", {"voice": {"pack": "nobody"}}, "pack"),
        ("/api/displays/nothing", {"counters": [1]}, "display"),
    ],
)
async def test_wrong_wishes_are_named(
    server: Server, path: str, body: dict[str, object], field: str
) -> None:
    async with server.client("manager") as manager:
        before = server.last_event()
        answer = await manager.post(path, body)
        assert answer.status in {404, 422}
        assert answer.json["field"] == field
        assert server.last_event() == before


async def test_the_voice_is_a_setting_with_a_version(server: Server) -> None:
    async with server.client("manager") as manager:
        before = server.last_event()
        wish = {"voice": {"style": "natural", "languages": ["id", "en"]}}
        assert (await manager.post("/api/voice", wish)).status == 204
        assert (await manager.post("/api/voice", wish)).status == 204  # the same writes nothing
        assert server.last_event() == before + 1
        told = (await manager.get("/api/voice")).json
        assert list(told["languages"]) == ["id", "en"]
        said = (await manager.get("/api/voice/spoken?label=A012&counter=3&kind=recall")).json
        assert said["words"] == (
            "Panggilan ulang Nomor antrean a dua belas Silakan menuju ke loket tiga"
        )
