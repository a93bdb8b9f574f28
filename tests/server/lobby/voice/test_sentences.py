"""The kiosk's spoken sentences: every piece of them lies ready as a clip."""

from __future__ import annotations

import msgspec
import pytest

from server.lobby.voice.sentences import FOLDER, LANGUAGES, MANIFEST, NUMBER, manifest, sentences
from web.i18n import Catalogs


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_told_by_clips_that_ship(language: str) -> None:
    catalogs = Catalogs.load()
    kept = msgspec.json.decode(
        (FOLDER / language / MANIFEST).read_bytes(), type=list[tuple[str, list[str]]]
    )
    assert kept == manifest(catalogs, language), "run: python -m server.lobby.voice.sentences"
    needed = {clip for _, clips in kept for clip in clips if clip != NUMBER}
    shipped = {path.stem for path in (FOLDER / language).glob("*.ogg")}
    assert shipped == needed


def test_the_sentences_are_in_their_language() -> None:
    catalogs = Catalogs.load()
    assert "Silakan duduk dengan nyaman." in sentences(catalogs, "id")
    assert not set(sentences(catalogs, "id")) & set(sentences(catalogs, "en"))
