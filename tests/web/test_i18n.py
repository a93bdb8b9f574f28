from __future__ import annotations

import json
from pathlib import Path

import pytest

from web.i18n import Catalogs, negotiate

POLISH = r"""
msgid ""
msgstr ""
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\n"

msgid "{n} person"
msgid_plural "{n} people"
msgstr[0] "{n} osoba"
msgstr[1] "{n} osoby"
msgstr[2] "{n} osób"
"""  # noqa: E501 - the rule as gettext knows it


@pytest.fixture(scope="module")
def catalogs() -> Catalogs:
    return Catalogs.load()


def test_indonesian_comes_first(catalogs: Catalogs) -> None:
    assert catalogs.languages[0] == "id"
    assert "en" in catalogs.languages


def test_an_unknown_message_stays_english(catalogs: Catalogs) -> None:
    assert catalogs.translate("id", "Nobody said this {x}", x=1) == "Nobody said this 1"
    assert catalogs.translate("xx", "Take a number") == "Take a number"


def test_a_place_without_a_value_stays(catalogs: Catalogs) -> None:
    assert catalogs.translate("en", "Counter {number}", other=1) == "Counter {number}"


def test_places_cannot_reach_into_values(catalogs: Catalogs) -> None:
    assert catalogs.translate("en", "{n.__class__}", n=1) == "{n.__class__}"


@pytest.mark.parametrize(("n", "text"), [(1, "1 person waiting"), (3, "3 people waiting")])
def test_plural_forms(catalogs: Catalogs, n: int, text: str) -> None:
    assert catalogs.ngettext("en", "{n} person waiting", "{n} people waiting", n) == text
    indonesian = catalogs.ngettext("id", "{n} person waiting", "{n} people waiting", n)
    assert indonesian == f"{n} orang menunggu"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "id"),
        ("en-GB,en;q=0.9", "en"),
        ("de, en;q=0.5, id;q=0.8", "id"),
        ("fr;q=x, *;q=0.5", "id"),
        ("en;q=0", "id"),
    ],
)
def test_negotiation(header: str, language: str) -> None:
    assert negotiate(header, ["id", "en"]) == language


def test_a_branch_chooses_its_own_default() -> None:
    assert negotiate("de", ["en", "id"]) == "en"


def test_the_browser_gets_plural_texts_by_category(tmp_path: Path) -> None:
    (tmp_path / "pl").mkdir()
    (tmp_path / "pl" / "ramah.po").write_text(POLISH, encoding="utf-8")
    script = Catalogs.load(tmp_path).script_catalog("pl")
    assert script is not None
    assert json.loads(script)["messages"]["{n} person"] == {
        "one": "{n} osoba",
        "few": "{n} osoby",
        "many": "{n} osób",
        "other": "{n} osób",
    }
