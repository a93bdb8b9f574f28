"""Each guide is there in Indonesian too, whole and current, with the labels of the screens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from web.guides import DOCS, GUIDES, known, labels, messages, rendered, translated, update
from web.i18n import LOCALES

SCREENS = known(LOCALES / "id" / "ramah.po", "id")
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


@pytest.fixture(params=GUIDES)
def guide(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def english(guide: str) -> str:
    return (DOCS / f"{guide}.md").read_text("utf-8")


def test_no_paragraph_is_left_in_english(guide: str) -> None:
    words = known(DOCS / "id" / f"{guide}.po", "id")
    missing = [message for message in messages(english(guide)) if not words.get(message)]
    assert not missing, "run `make docs`, then translate in docs/id/*.po"


def test_no_old_paragraph_is_left_in_the_catalog(guide: str) -> None:
    assert set(known(DOCS / "id" / f"{guide}.po", "id")) <= set(messages(english(guide)))


def test_the_indonesian_guide_is_the_present_one(guide: str) -> None:
    written = (DOCS / "id" / f"{guide}.md").read_text("utf-8")
    assert written == translated(guide, "id"), "run `make docs`"


def test_every_label_in_a_guide_stands_on_a_screen(guide: str) -> None:
    unknown = [label for label in labels(english(guide)) if label not in SCREENS]
    assert not unknown, "a label between stars is the English sentence of web/locale"


def test_the_indonesian_guide_quotes_the_same_labels_in_indonesian(guide: str) -> None:
    for source, said in known(DOCS / "id" / f"{guide}.po", "id").items():
        assert sorted(labels(said)) == sorted(labels(source)), source
    shown = set(labels(translated(guide, "id")))
    assert shown <= {SCREENS[label] for label in labels(english(guide))}


def test_commands_and_settings_are_the_same_in_both_languages(guide: str) -> None:
    code = re.compile(r"`([^`]+)`")
    for source, said in known(DOCS / "id" / f"{guide}.po", "id").items():
        assert set(code.findall(source)) == set(code.findall(said)), source


def test_every_link_of_both_guides_leads_somewhere(guide: str) -> None:
    for page in (DOCS / f"{guide}.md", DOCS / "id" / f"{guide}.md"):
        broken = [
            link for link in LINK.findall(page.read_text("utf-8"))
            if not (page.parent / link).exists()
        ]  # fmt: skip
        assert not broken, page


def test_lists_tables_and_examples_keep_their_shape() -> None:
    source = (
        "# Head\n\nOne *Undo* here,\nand on.\n\n- first\n  goes on\n1. second\n\n"
        "| A1 | b |\n| --- | --- |\n| `xy` | two words |\n\n"
        "```sh\nrun it   # a note\n```\n  more\n"
    )
    said = rendered(source, str.upper)
    assert said == (
        "# HEAD\n\nONE *UNDO* HERE, AND ON.\n\n- FIRST GOES ON\n1. SECOND\n\n"
        "| A1 | B |\n| --- | --- |\n| `XY` | TWO WORDS |\n\n"
        "```sh\nrun it   # A NOTE\n```\n  MORE\n"
    )
    told = ["Head", "One *Undo* here, and on.", "first goes on", "second"]
    assert messages(source) == [*told, "two words", "a note", "more"]


def test_a_new_paragraph_is_asked_for_and_known_ones_are_kept(tmp_path: Path) -> None:
    (tmp_path / "id").mkdir()
    for name in GUIDES:
        (tmp_path / f"{name}.md").write_text("Good day.\n\nPress *Undo*.\n", encoding="utf-8")
        (tmp_path / "id" / f"{name}.po").write_text(
            'msgid "Good day."\nmsgstr "Selamat siang."\n', encoding="utf-8"
        )
    missing = update(tmp_path)
    assert missing == [f"id/{name}: Press *Undo*." for name in GUIDES]
    written = (tmp_path / "id" / "host.md").read_text("utf-8")
    assert "Selamat siang." in written
    assert "Press *Urungkan*." in written
