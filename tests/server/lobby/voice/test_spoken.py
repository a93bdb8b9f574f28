"""What is said for a call: the vectors of the field, and every number against another program."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from server.domain.errors import Invalid
from server.lobby.voice.spoken import Kind, Said, Style, in_words, place_of, say_number, spoken
from server.lobby.voice.tables import SHIPPED, load_tables, read_table

TABLES = load_tables()
INDONESIAN, ENGLISH = TABLES["id"], TABLES["en"]

VECTORS = {
    0: "nol", 1: "satu", 9: "sembilan", 10: "sepuluh", 11: "sebelas", 12: "dua belas",
    19: "sembilan belas", 20: "dua puluh", 100: "seratus", 101: "seratus satu",
    110: "seratus sepuluh", 111: "seratus sebelas", 119: "seratus sembilan belas",
    123: "seratus dua puluh tiga", 200: "dua ratus",
    999: "sembilan ratus sembilan puluh sembilan", 1000: "seribu", 1011: "seribu sebelas",
    2001: "dua ribu satu",
}  # fmt: skip


def sentence(call: Said, language: str = "id", style: Style = "digits") -> str:
    table = TABLES[language]
    return in_words(spoken(call, table, style), table)


@pytest.mark.parametrize(("number", "words"), VECTORS.items())
def test_indonesian_numbers_of_the_field(number: int, words: str) -> None:
    assert in_words(say_number(number, INDONESIAN), INDONESIAN) == words


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_number_is_said_as_another_program_says_it(language: str) -> None:
    table = TABLES[language]
    for number in range(10_000):
        words = num2words(number, lang=language).replace(",", "").replace("-", " ")
        assert in_words(say_number(number, table), table) == words, number


@pytest.mark.parametrize(
    ("kind", "before"),
    [("call", ""), ("recall", "Panggilan ulang "), ("last", "Panggilan terakhir ")],
)
def test_calls_repeats_and_last_calls(kind: Kind, before: str) -> None:
    call = Said("A001", 3, kind)
    assert sentence(call) == before + "Nomor antrean a nol nol satu Silakan menuju ke loket tiga"
    clips = ["number", "A", "0", "0", "1", "proceed", "counter", "3"]
    assert spoken(call, INDONESIAN) == ([] if kind == "call" else [kind]) + clips


def test_the_english_call() -> None:
    expected = "Ticket number A zero zero one Please proceed to counter three"
    assert sentence(Said("A001", 3), "en") == expected
    assert sentence(Said("A101", 12, "last"), "en", "natural") == (
        "Last call Ticket number A one hundred and one Please proceed to counter twelve"
    )


@pytest.mark.parametrize(
    ("label", "prefix", "digits", "natural"),
    [
        ("A001", "A", "a nol nol satu", "a satu"),
        ("A123", "", "a satu dua tiga", "a seratus dua puluh tiga"),
        ("A1000", "A", "a satu nol nol nol", "a seribu"),
        ("K2015", "K2", "ka dua nol satu lima", "ka dua lima belas"),
        ("CS-016", "CS", "ce es nol satu enam", "ce es nol satu enam"),
        ("A000", "A", "a nol nol nol", "a nol"),
        ("017", "", "nol satu tujuh", "tujuh belas"),
        ("A001", "B", "a nol nol satu", "a satu"),
    ],
)
def test_labels(label: str, prefix: str, digits: str, natural: str) -> None:
    for style, words in (("digits", digits), ("natural", natural)):
        said = sentence(
            Said(label, 1, prefix=prefix), style="natural" if style == "natural" else "digits"
        )
        assert said == f"Nomor antrean {words} Silakan menuju ke loket satu"


def test_the_place_is_known_by_the_first_word_of_its_name() -> None:
    assert place_of("Ruang Perekaman", INDONESIAN) == "room"
    assert place_of("KASIR 2", INDONESIAN) == "cashier"
    assert place_of("Pojok ASI", INDONESIAN) == "counter"
    assert sentence(Said("R007", 2, place="Poli Gigi")).endswith("ke poli dua")


def test_the_agency_is_a_clip_of_the_office() -> None:
    assert spoken(Said("A001", 4, agency="disnaker"), INDONESIAN)[-1] == "agency.disnaker"


@given(
    label=st.from_regex(r"[A-Z][A-Z0-9]{0,2}[0-9]{1,6}", fullmatch=True),
    counter=st.integers(1, 9999),
    kind=st.sampled_from(["call", "recall", "last"]),
    language=st.sampled_from(sorted(TABLES)),
    style=st.sampled_from(["digits", "natural"]),
)
def test_every_clip_that_is_asked_for_exists(
    label: str, counter: int, kind: Kind, language: str, style: Style
) -> None:
    table = TABLES[language]
    clips = spoken(Said(label, counter, kind), table, style)
    assert set(clips) <= table.clips().keys()
    assert len(clips) < 40


def test_a_language_is_one_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    data = tmp_path_factory.mktemp("data")
    folder = data / "voices" / "languages"
    folder.mkdir(parents=True)
    text = (SHIPPED / "id.toml").read_text("utf-8")
    text = text.replace('language = "id"', 'language = "bjn"').replace("Nomor antrean", "Nomor")
    text = text.replace('"proceed", "{place}"', '"{place}"')
    (folder / "bjn.toml").write_text(text, "utf-8")
    table = load_tables(data)["bjn"]
    assert in_words(spoken(Said("B002", 1), table), table) == "Nomor be nol nol dua loket satu"


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [('7 = "tujuh"', "", "7"), ('thousand = "ribu"', "", "thousand"),
     ('last = "Panggilan terakhir"', "", "last"), ('"{counter}", ', "", "counter"),
     ("[letters]", "[letters", "does not fit")],
)  # fmt: skip
def test_a_table_that_lacks_something_names_it(
    tmp_path_factory: pytest.TempPathFactory, old: str, new: str, named: str
) -> None:
    text = (SHIPPED / "id.toml").read_text("utf-8")
    assert old in text
    path = tmp_path_factory.mktemp("tables") / "xx.toml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(Invalid, match=named):
        read_table(path)
