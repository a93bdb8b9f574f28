"""The staff's own voices on disk: consent first, whole files only, nothing outside the folder."""

from __future__ import annotations

import io
import wave
import zipfile
from pathlib import Path

import msgspec
import pytest

from server.domain.errors import Invalid, NotFound
from server.lobby.voice.packs import MAX_SECONDS, Card, Packs, check_wave

CARD = Card("Ibu Sari", "Saya setuju.", "2026-01-02")


def sound(seconds: float = 0.5, rate: int = 24_000, channels: int = 1, width: int = 2) -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(b"\1" * int(seconds * rate) * channels * width)
    return made.getvalue()


@pytest.fixture
def packs(tmp_path: Path) -> Packs:
    return Packs(tmp_path)


def zipped(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            # no time of its own: the same tests are collected whenever one looks
            archive.writestr(zipfile.ZipInfo(name.replace("__", "/")), content)
    return made.getvalue()


def test_a_voice_travels_as_one_file(packs: Packs) -> None:
    pack = packs.create(CARD)
    packs.put(pack.id, "id", "number", sound())
    packs.put(pack.id, "id", "A", sound(0.3))
    copy = packs.take_in(packs.export(pack.id), wanted=pack.id)
    assert copy.id != pack.id, "a voice that is there stays as it is"
    assert copy.id != pack.id
    assert (copy.card, copy.clips) == (CARD, {"id": ["A", "number"]})
    assert packs.clip(copy.id, "id", "A").read_bytes() == sound(0.3)
    packs.remove(pack.id)
    assert [each.id for each in packs.all()] == [copy.id]


@pytest.mark.parametrize("card", [Card("", "Ya", "2026-01-02"), Card("Sari", " ", "2026-01-02")])
def test_without_a_name_and_consent_there_is_no_voice(packs: Packs, card: Card) -> None:
    with pytest.raises(Invalid):
        packs.create(card)
    with pytest.raises(Invalid):
        packs.take_in(zipped(**{"pack.json": msgspec.json.encode(card)}))
    assert packs.all() == []


@pytest.mark.parametrize(
    "wrong",
    [b"", b"RIFF", b"OggS" * 20, sound()[:-4], sound(0.01), sound(MAX_SECONDS + 1),
     sound(channels=2), sound(width=1), sound(rate=8000), b"x" * 2_000_000],
)  # fmt: skip
def test_a_sound_that_does_not_fit_leaves_the_old_one(packs: Packs, wrong: bytes) -> None:
    pack = packs.create(CARD)
    packs.put(pack.id, "id", "A", sound())
    with pytest.raises(Invalid) as error:
        packs.put(pack.id, "id", "A", wrong)
    assert error.value.field == "body"
    assert packs.clip(pack.id, "id", "A").read_bytes() == sound()


@pytest.mark.parametrize("name", ["../x", "..", "a/b", "", ".hidden", "x" * 60, "a\0b"])
def test_no_name_leads_out_of_the_folder(packs: Packs, name: str) -> None:
    pack = packs.create(CARD)
    for where in ((name, "id", "A"), (pack.id, name, "A"), (pack.id, "id", name)):
        with pytest.raises(NotFound):
            packs.put(*where, sound())
        with pytest.raises(NotFound):
            packs.clip(*where)


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\3\4", zipped(x=b""), zipped(**{"pack.json": b"{}"}),
     zipped(**{"pack.json": msgspec.json.encode(CARD), "..__evil.wav": sound()}),
     zipped(**{"pack.json": msgspec.json.encode(CARD), "id__run.sh": b"echo"}),
     zipped(**{"pack.json": msgspec.json.encode(CARD), "id__A.wav": b"no sound"}),
     zipped(**{"pack.json": msgspec.json.encode(CARD), "id__A.wav": sound(), "id__B.wav": b""})],
)  # fmt: skip
def test_a_wrong_file_is_taken_in_not_even_in_part(packs: Packs, content: bytes) -> None:
    with pytest.raises(Invalid):
        packs.take_in(content)
    assert packs.all() == []


def test_a_file_that_swells_is_refused(packs: Packs) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("pack.json", msgspec.json.encode(CARD))
        archive.writestr("id/A.wav", bytes(80_000_000))
    with pytest.raises(Invalid, match="too large"):
        packs.take_in(made.getvalue())


def test_the_length_of_a_clip_is_measured() -> None:
    assert check_wave(sound(1.5)) == 1.5


def test_half_a_voice_is_never_there(packs: Packs, tmp_path: Path) -> None:
    made = packs.create(CARD, "hall")
    for clip in ("number", "counter"):
        packs.put(made.id, "id", clip, sound())
    file = packs.export(made.id)
    packs.remove(made.id)

    class PowerCut(BaseException):
        pass

    def cut(*_: object) -> None:
        raise PowerCut

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Packs, "put", cut)
        with pytest.raises(PowerCut):
            packs.take_in(file, "hall")
    assert packs.all() == []
    again = Packs(tmp_path)
    again.sweep()
    assert list((tmp_path / "voices" / "coming").iterdir()) == []
    assert again.take_in(file, "hall", made.id).id == made.id
