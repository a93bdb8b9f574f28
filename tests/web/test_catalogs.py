"""Every sentence has its Indonesian words, and no words are left over."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from web.extract import messages, update
from web.i18n import LOCALES

PLACES = re.compile(r"\{\w+\}")


ROOT = Path(__file__).parents[2]


def others() -> re.Pattern[str]:
    """Return the second words for what has one already, as docs/languages.md lists them."""
    table = (ROOT / "docs" / "languages.md").read_text("utf-8").splitlines()
    cells = [line.split("|")[3] for line in table if line.startswith("| ")]
    words = [word for cell in cells for word in re.findall(r"\*([^*]+)\*", cell)]
    assert {"karcis", "tiket"} <= set(words)
    return re.compile(
        rf"(?<![\w/-])(?<!printer )(?:{'|'.join(words)})(?:nya)?(?![\w/-])", re.IGNORECASE
    )


def indonesian(place: str) -> list[str]:
    """Return what people read or hear in Indonesian there, text by text."""
    if place == "screens":
        return [text for texts in catalog("id").values() for text in texts]
    if place == "voice":
        return [(ROOT / "server/lobby/voice/languages/id.toml").read_text("utf-8")]
    if place == "example":
        lines = (ROOT / "server/demo/office-all.toml").read_text("utf-8").splitlines()
        return [line.rpartition(" / ")[2] for line in lines if " / " in line]
    files = (ROOT / "docs" / "id").glob("*.md" if place == "guides" else "*.html")
    return [
        line
        for file in files
        for line in re.sub(r"`[^`]*`", "", file.read_text("utf-8")).splitlines()
    ]


def catalog(language: str) -> dict[str, list[str]]:
    with (LOCALES / language / "ramah.po").open("rb") as file:
        found = read_po(file, locale=language)
    return {
        message.id if isinstance(message.id, str) else message.id[0]: (
            [message.string] if isinstance(message.string, str) else list(message.string or ())
        )
        for message in found
        if message.id
    }


@pytest.fixture(scope="module")
def said() -> dict[str, str]:
    """All messages in the sources: id -> the fullest English text of it."""
    return {
        (message if isinstance(message, str) else message[0]): (
            message if isinstance(message, str) else message[1]
        )
        for message in messages()
    }


def test_every_message_is_translated_to_indonesian(said: dict[str, str]) -> None:
    words = catalog("id")
    missing = sorted(msgid for msgid in said if not all(words.get(msgid, [""])))
    assert not missing, "run `python -m web.extract`, then translate in web/locale/id/ramah.po"


def test_no_translation_is_left_over(said: dict[str, str]) -> None:
    for language in ("id", "en"):
        stale = sorted(set(catalog(language)) - set(said))
        assert not stale, f"{language}: run `python -m web.extract --prune`"


def test_translations_keep_their_places(said: dict[str, str]) -> None:
    wrong = {
        msgid: text
        for msgid, texts in catalog("id").items()
        for text in texts
        if not set(PLACES.findall(text)) <= set(PLACES.findall(said.get(msgid, text))) | {"{n}"}
    }
    assert not wrong


def test_the_indonesian_tone_is_polite() -> None:
    texts = " ".join(text for texts in catalog("id").values() for text in texts)
    assert not re.search(r"\b(kamu|kau|Anda salah)\b", texts)
    assert "!!" not in texts


@pytest.mark.parametrize("place", ["screens", "voice", "example", "guides", "sheet"])
def test_one_thing_has_one_indonesian_word(place: str) -> None:
    refused = others()
    wrong = [
        f"{found[0]}: {text[:90]}" for text in indonesian(place) for found in refused.finditer(text)
    ]
    assert not wrong, "docs/languages.md, One word for one thing"


def test_new_messages_are_added_and_known_words_kept(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "page.js").write_text("t('Hello'); tn('{n} cup', '{n} cups', 2);")
    (tmp_path / "locale" / "id").mkdir(parents=True)
    po = tmp_path / "locale" / "id" / "ramah.po"
    po.write_text(
        'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
        'msgid "Hello"\nmsgstr "Halo"\n\nmsgid "Old"\nmsgstr "Lama"\n',
        encoding="utf-8",
    )
    assert update(tmp_path, tmp_path / "locale", prune=True) == ["id: {n} cup"]
    text = po.read_text(encoding="utf-8")
    assert 'msgstr "Halo"' in text
    assert 'msgid_plural "{n} cups"' in text
    assert "Lama" not in text


def test_a_sentence_inside_another_and_the_words_of_every_error_are_found(tmp_path: Path) -> None:
    (tmp_path / "counter").mkdir()
    (tmp_path / "counter" / "page.js").write_text(
        "t('On a break: {who}.', { who: far.map((n) => t('counter {n}', { n })) }); at('no');"
    )
    (tmp_path / "server").mkdir()
    (tmp_path / "server" / "errors.py").write_text(
        "class DomainError(Exception): ...\nclass Refused(DomainError): ...\n"
        "raise Refused('Please wait.')\n"
    )
    (tmp_path / "printer").mkdir()
    (tmp_path / "printer" / "other.py").write_text("class Refused(Exception): ...\n")
    assert messages(tmp_path) == {"On a break: {who}.", "counter {n}", "Please wait."}
