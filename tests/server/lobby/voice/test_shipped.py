"""The voice that ships: whole, short, and small enough to come with the program."""

from __future__ import annotations

from server.lobby.voice.routes import SHIPPED_CLIPS, shipped_clips
from server.lobby.voice.tables import load_tables


def test_the_shipped_voice_has_every_clip_of_its_table() -> None:
    clips = shipped_clips()
    for language, table in load_tables().items():
        assert clips[language] == sorted(table.clips())


def test_clips_are_ogg_opus_and_small() -> None:
    files = list(SHIPPED_CLIPS.glob("*/*.ogg"))
    assert sum(path.stat().st_size for path in files) < 500_000
    for path in files:
        head = path.read_bytes()[:64]
        assert head.startswith(b"OggS"), path
        assert b"OpusHead" in head, path
        assert path.stat().st_size < 12_000, path
