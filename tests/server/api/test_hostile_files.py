"""Damaged and monstrous files: refused in words, never a fault of the server, nothing left over."""

from __future__ import annotations

import io
import os
import random
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from server.domain.errors import Invalid
from server.lobby.voice.packs import Packs
from server.storage.address import address_of
from server.uploads.apart import CHILD, settled
from server.uploads.claims import check_claim, claim
from tests.server.api.client import Client
from tests.server.lobby.voice.test_packs import CARD, sound
from tests.server.process import Server
from tests.server.uploads.test_check import mp4
from tests.server.waiting import until

SEED = 20261128
DAMAGED_EACH = 60


def picture(form: str, size: tuple[int, int] = (64, 48)) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, "teal").save(made, form)
    return made.getvalue()


def archive(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as written:
        written.writestr("pack.json", msgspec.json.encode(CARD))
        for name, content in files.items():
            written.writestr(name, content)
    return made.getvalue()


VOICE = archive({"id/number.wav": sound(0.1), "id/A.wav": sound(0.1)})
CORPUS = {
    "png": picture("PNG"), "jpeg": picture("JPEG"), "webp": picture("WEBP"), "mp4": mp4(),
    "bmp": picture("BMP", (550, 550)), "gif": picture("GIF"), "tiff": picture("TIFF"),
    "eps": picture("EPS"), "voice": VOICE, "wave": sound(0.1),
}  # fmt: skip


def damaged(content: bytes, luck: random.Random) -> bytes:
    """Return the file as a bad stick or a bad person hands it over."""
    broken = bytearray(content)
    for _ in range(luck.randint(1, 8)):
        broken[luck.randrange(len(broken))] = luck.randrange(256)
    start = luck.randrange(len(broken))
    match luck.randrange(4):
        case 0:
            del broken[start:]
        case 1:
            del broken[start : start + luck.randint(1, 30)]
        case 2:
            broken[start:start] = luck.randbytes(luck.randint(1, 30))
    return bytes(broken)


def test_no_damaged_voice_is_anything_but_refused(tmp_path: Path) -> None:
    luck = random.Random(SEED)
    packs, refused = Packs(tmp_path), 0
    for _ in range(6 * DAMAGED_EACH):
        try:
            packs.remove(packs.take_in(damaged(VOICE, luck)).id)
        except Invalid:
            refused += 1
    assert refused > DAMAGED_EACH
    assert packs.all() == []
    assert list(tmp_path.glob("voices/packs/*")) == []


@pytest.mark.parametrize(
    "content",
    [
        archive({"id/number\n.wav": sound(0.1)}),
        archive({"id\n/number.wav": sound(0.1)}),
        archive({"id/../../x.wav": sound(0.1)}),
        archive({"/etc/passwd": b"x"}),
        archive({"id/\udcff.wav".encode("utf-8", "replace").decode(): sound(0.1)}),
        archive({f"id/{'a' * 400}.wav": sound(0.1)}),
        archive({"id/A.wav": sound(0.1)}, zipfile.ZIP_LZMA),
        archive({"id/A.wav": sound(0.1)}, zipfile.ZIP_BZIP2),
        archive({"id/A.wav": bytes(70_000_000)}),
        b"PK\x05\x06" + bytes(18),
        b"",
    ],
)
def test_a_voice_with_odd_names_or_packing_is_refused_whole(tmp_path: Path, content: bytes) -> None:
    packs = Packs(tmp_path)
    with pytest.raises(Invalid):
        packs.take_in(content)
    assert packs.all() == []


@pytest.fixture
def pictures() -> Iterator[None]:
    yield
    CHILD.close()


HUGE = {"PNG": (10_000, 6_000), "JPEG": (10_000, 6_100), "WEBP": (12_001, 10)}


@pytest.mark.parametrize("form", HUGE)
def test_a_picture_that_calls_itself_monstrous_is_refused_by_its_head_alone(
    tmp_path: Path, form: str
) -> None:
    file = tmp_path / "bomb.part"
    Image.new("L", HUGE[form]).save(file, form)
    with pytest.raises(Invalid, match="pixels"):
        check_claim(file)


def test_a_progressive_photo_may_have_fewer_pixels_than_a_plain_one(tmp_path: Path) -> None:
    file = tmp_path / "photo.part"
    for form, more in (("JPEG", {}), ("JPEG", {"progressive": True}), ("PNG", {})):
        Image.new("L", (6_000, 5_000)).save(file, form, **more)
        if form == "JPEG" and not more:
            check_claim(file)
        else:
            with pytest.raises(Invalid, match="pixels"):
                check_claim(file)


@pytest.mark.parametrize("lossless", [True, False])
def test_every_head_tells_the_size_that_the_reader_of_pictures_finds(
    tmp_path: Path, lossless: bool
) -> None:
    file = tmp_path / "photo.part"
    made = Image.new("RGBA" if lossless else "RGB", (1_203, 4_005), "teal")
    for more in ({}, {"exif": b"Exif\0\0MM\0*"}):  # WebP with more in it has another head
        made.save(file, "WEBP", lossless=lossless, **more)
        with file.open("rb") as opened:
            assert claim(opened)[:2] == (1_203, 4_005)
    made.convert("RGB").save(file, "JPEG", comment=b"x" * 60_000)
    with file.open("rb") as opened:
        assert claim(opened)[:2] == (1_203, 4_005)


@pytest.mark.usefixtures("pictures")
def test_a_head_that_lies_is_found_out_by_who_looks_further(
    tmp_path: Path,
) -> None:
    file = tmp_path / "bomb.part"
    Image.new("L", (5_100, 5_000)).save(file, "PNG")
    whole = file.read_bytes()
    file.write_bytes(whole[:16] + struct.pack(">II", 100, 100) + whole[24:])
    check_claim(file)
    with pytest.raises(Invalid):
        settled(file)


@pytest.mark.usefixtures("pictures")
def test_a_cameras_photo_of_fifty_megapixels_becomes_one_for_the_screen(
    tmp_path: Path,
) -> None:
    file = tmp_path / "photo.part"
    Image.new("RGB", (8_660, 5_773), "teal").save(file, "JPEG")
    found = settled(file)
    assert (found.width, found.height) == (3240, 2160)


async def test_every_reader_of_the_server_refuses_damaged_files_in_words(server: Server) -> None:
    """One server, every door that takes a file, every kind of file, each damaged at random."""
    luck = random.Random(SEED)
    async with server.client("manager") as manager:
        made = await manager.post(
            "/api/voice/packs", {"person": "Sari", "consent": "Ya", "agreed_on": "2026-01-02"}
        )
        clip = f"/api/voice/packs/{made.json['id']}/id/A"
        doors = ["/api/voice/packs/import", clip, "/api/media?name=x"]
        for content in CORPUS.values():
            for door in doors:
                times = 2 if "media" in door else 6  # each picture has a process of its own
                for _ in range(times):
                    answer = await manager.post(door, raw=damaged(content, luck))
                    assert answer.status in {201, 204, 422}, (door, answer.status, answer.text)
                    if answer.status == 422:
                        assert answer.json["detail"]
    assert list((server.data / "media").glob("*.part")) == []
    assert "Traceback" not in server.stderr()


async def test_halves_of_uploads_that_a_crash_left_are_gone_after_the_start(
    server: Server,
) -> None:
    async with server.client("manager") as manager:
        await manager.post("/api/media?name=x", raw=picture("PNG"))
    server.kill()
    half = server.data / "media" / "0123.part"
    half.write_bytes(b"half")
    if address_of(server.data) is not None:
        os.utime(half, (0, 0))  # a newer one may be under way at another server
    server.start()
    until(lambda: not half.exists(), "the half is gone")
    assert len(list((server.data / "media").iterdir())) == 1


async def test_a_look_of_the_ticket_with_any_picture_is_drawn_or_refused(manager: Client) -> None:
    """Also a large BMP: it is no format that is read here."""
    import base64  # noqa: PLC0415 - only here

    luck = random.Random(SEED)
    paper = (await manager.get("/api/printers/paper")).json["paper"]
    for name, content in CORPUS.items():
        for body in (content, damaged(content, luck)):
            logo = f"data:image/{name};base64,{base64.b64encode(body).decode()}"
            if len(logo) > 60_000:
                continue
            for door in ("/api/printers/preview.png", "/api/printers/paper"):
                answer = await manager.post(door, {"paper": paper | {"logo": logo}})
                assert answer.status in {200, 413, 422}, (door, name, answer.text)
