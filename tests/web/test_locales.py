"""Languages that locale data do not know: the program starts and writes with them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from server.reports import charts
from server.reports.paper import period_words
from web.extract import update, warnings
from web.i18n import Catalogs
from web.locales import direction_of, has_data, locale_of

UNKNOWN = ("ban", "bjn", "bug", "min", "ace", "mad")
CATALOG = """msgid ""
msgstr ""
"Language-Name: {name}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgid "Waiting"
msgstr "Nyantos"
"""


def test_catalogs_of_languages_without_locale_data_are_read_and_kept_up(tmp_path: Path) -> None:
    files = [tmp_path / each / "ramah.po" for each in UNKNOWN]
    for file in files:
        file.parent.mkdir()
        file.write_text(CATALOG.replace("{name}", "Basa Dhéwé"), "utf-8")
    catalogs, warned = Catalogs.load(tmp_path), warnings(tmp_path)
    for each in UNKNOWN:
        assert catalogs.translate(each, "Waiting") == "Nyantos"
        assert catalogs.direction(each) == "ltr"
        assert catalogs.script_catalog(each)
        assert any(line.startswith(f"{each}: no locale data") for line in warned)
    update(locales=tmp_path)
    again = Catalogs.load(tmp_path)
    for each, file in zip(UNKNOWN, files, strict=True):
        assert again.translate(each, "Waiting") == "Nyantos"
        assert "Basa Dhéwé" in file.read_text("utf-8")


@pytest.mark.parametrize("language", [*UNKNOWN, "xx", "ban-Latn-ID", "id_ID", "not a language", ""])
def test_numbers_and_dates_are_written_the_indonesian_way(language: str) -> None:
    assert charts.number(1234.5, language) == charts.number(1234.5, "id")
    assert charts.percent(0.123, language) == charts.percent(0.123, "id")
    assert charts.weekday(1, language) == "Senin"
    assert charts.day_name("2026-03-02", language) == "2 Mar"
    assert charts.clock(14, language) == charts.clock(14, "id")
    assert period_words(date(2026, 8, 3), date(2026, 8, 4), language) == "3–4 Agu 2026"


def test_languages_with_data_keep_their_own() -> None:
    assert charts.weekday(1, "en") == "Monday"
    assert [has_data(each) for each in ("jv", "su", "en-GB", "ban", "xx")] == [
        True, True, True, False, False,
    ]  # fmt: skip
    assert locale_of("su").language == "su"
    assert (direction_of("ace-Arab"), direction_of("ar"), direction_of("ace")) == (
        "rtl", "rtl", "ltr",
    )  # fmt: skip
