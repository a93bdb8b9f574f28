"""A settings file is refused in words: every mistake, by name, in the reader's language."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from server.branches import read_office
from server.domain.errors import Invalid
from server.domain.hours import OpenStatus, open_status
from server.lobby.voice.tables import load_tables
from server.mistakes import Mistakes, in_english
from tests.server.process import Server, office_toml
from web.i18n import Catalogs

HEAD = 'code = "hall"\nname = "Kantor"\nzone = "Asia/Makassar"\n'
SERVICE = '[[services]]\ncode = "A"\nnames = { id = "Administrasi" }\n'
COUNTER = '[[counters]]\nnumber = 3\nservices = ["A"]\n'
PERIOD = '[[services.hours.periods]]\ndays = [1]\nopens = "08:00"\ncloses = "15:00"\n'
A = "Service A (Administrasi): "


def told(tmp_path: Path, toml: str, language: str = "en") -> list[str]:
    """Return what is said of these settings."""
    file = tmp_path / "office.toml"
    file.write_text(toml, "utf-8")
    with pytest.raises(Invalid) as refused:
        read_office(file, sorted(load_tables()))
    say = in_english if language == "en" else partial(Catalogs.load().translate, language)
    if isinstance(refused.value, Mistakes):
        return refused.value.lines(say)
    return [say(refused.value.message, **refused.value.params)]


def hours(line: str) -> str:
    name = line.split(" ", maxsplit=1)[0]
    kept = "".join(f"{each}\n" for each in PERIOD.splitlines() if not each.startswith(name))
    return f"{HEAD}{SERVICE}{kept}{line}\n{COUNTER}"


def service(line: str) -> str:
    return f"{HEAD}{SERVICE}{line}\n{COUNTER}"


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        (
            service("typical_minute = 10"),
            A + "There is no setting 'typical_minute'. Did you mean 'typical_minutes'?",
        ),
        (service('picture = "healt"'), A + "'healt' is no picture. Did you mean 'health'?"),
        (service("quota = -1"), A + "'quota' is at least 0, not -1."),
        (
            service('target_minutes = "15"'),
            A + "'target_minutes' is a number without quotation marks, not '15'.",
        ),
        (
            service("target_minutes = 15.5"),
            A + "'target_minutes' is a whole number, not '15.5'.",
        ),
        (
            service("typical_minutes = 0"),
            A + "'typical_minutes' is more than 0 and at most 600, not 0.",
        ),
        (hours('opens = "7.30"'), A + "'7.30' is no time here: write \"07:30\"."),
        (hours('opens = "7:30"'), A + "'7:30' is no time here: write \"07:30\"."),
        (hours("opens = 8"), A + "'8' is no time of the day; write it like \"07:30\"."),
        (hours('opens = "pagi"'), A + "'pagi' is no time of the day; write it like \"07:30\"."),
        (
            hours('days = ["Senin"]'),
            A + "Days are numbers, 1 Monday to 7 Sunday: write 1 for 'Senin'.",
        ),
        (
            hours('days = ["Jum\'at"]'),
            A + "Days are numbers, 1 Monday to 7 Sunday: write 5 for 'Jum'at'.",
        ),
        (
            hours('days = ["friday"]'),
            A + "Days are numbers, 1 Monday to 7 Sunday: write 5 for 'friday'.",
        ),
        (hours("days = []"), A + "'days' is empty: write at least one day, 1 Monday to 7 Sunday."),
        (
            HEAD + 'languages = ["id", "id"]\n' + SERVICE + COUNTER,
            "'id' is used more than once.",
        ),
        (hours("days = [0]"), A + "Days are numbers, 1 Monday to 7 Sunday; '0' is none."),
        (
            HEAD + 'languages = ["id", "xx"]\n' + SERVICE + COUNTER,
            "There is no language 'xx'. Ramah speaks: id, en (docs/languages.md).",
        ),
        (
            HEAD + SERVICE + COUNTER + '[rules]\npolicy = "fare"\n',
            "[rules]: 'fare' is no policy. Did you mean 'fair'?",
        ),
        (
            HEAD + SERVICE + COUNTER + '[paper]\ncutter = "yes"\n',
            "[paper]: 'cutter' is true or false, not 'yes'.",
        ),
        (
            HEAD + SERVICE + COUNTER + "[paper]\nwidth_mm = 70\n",
            "[paper]: '70' is no width_mm. There is: 58, 80.",
        ),
        (
            HEAD + SERVICE + '[[counters]]\nnumber = 3\nservices = "A"\n',
            "Counter 3: 'services' is a list: write it in square brackets.",
        ),
        (
            HEAD + SERVICE + COUNTER + 'rules = "fair"\n',
            (
                "Counter 3: There is no setting 'rules' here. "
                "There is: number, services, names, id, weights."
            ),
        ),
        ('rules = "fair"\n' + HEAD + SERVICE + COUNTER,
         "'rules' has settings of its own: write it as a block."),
        (HEAD + '[[services]]\ncode = "A"\nnames = "Pajak"\n' + COUNTER,
         ("Service A: 'names' has a value for each language, "
          'such as { id = "...", en = "..." }.')),
        (HEAD + '[[services]]\ncode = "A"\n' + COUNTER, "Service A: 'names' is missing."),
        (HEAD.replace("Asia/Makassar", "asia/jakarta ") + SERVICE + COUNTER,
         "There is no time zone 'asia/jakarta '. Did you mean 'Asia/Jakarta'?"),
        (HEAD.replace("Asia/Makassar", "WITA") + SERVICE + COUNTER,
         "There is no time zone 'WITA'. Did you mean 'Asia/Makassar'?"),
        (HEAD.replace("Asia/Makassar", "localtime") + SERVICE + COUNTER,
         "There is no time zone 'localtime'."),
        (HEAD + SERVICE.replace('{ id = "Administrasi" }', "{}") + COUNTER,
         "Service A: It needs a name: without one, people would read nothing."),
        (HEAD + SERVICE.replace("Administrasi", " ") + COUNTER,
         "Service A: It needs a name: without one, people would read nothing."),
        (HEAD + SERVICE.replace('"Administrasi"', '"Administrasi", en = ""') + COUNTER,
         "Service A (Administrasi): 'en' is empty: people would read nothing."),
        (service("typical_minutes = nan"),
         A + "'typical_minutes' is a number without quotation marks, not 'nan'."),
        ('closed_dates = ["25/12/2026"]\n' + HEAD + SERVICE + COUNTER,
         "'25/12/2026' is no date like 2026-12-25."),
        (HEAD + SERVICE + COUNTER + PERIOD.replace("services.", "").replace("15:00", "07:00"),
         "The hours of the office do not follow one another."),
        (HEAD.replace('name = "Kantor"', "name = 7") + SERVICE + COUNTER,
         "'name' is a text in quotation marks, not 7."),
        (HEAD + SERVICE + COUNTER + '[rules]\nday_start = "24:00"\n',
         "[rules]: '24:00' cannot stand here: the last minute of a day is 23:59."),
        (hours('closes = "24:30"'),
         A + "'24:30' cannot stand here: the last minute of a day is 23:59."),
        (HEAD + SERVICE + COUNTER.replace("[[counters]]", "[counters]"),
         "There may be several of 'counters': write [[counters]] above each."),
        (HEAD + SERVICE + PERIOD.replace("[[", "[").replace("]]", "]") + COUNTER,
         A + "There may be several of 'periods': write [[services.hours.periods]] above each."),
        (HEAD + SERVICE + COUNTER + "weights = 2\n",
         "Counter 3: 'weights' has a value for each service, such as { A = 2, B = 1 }."),
        (HEAD + SERVICE + SERVICE.replace('"A"', '"B"\nprefix = "A"') + COUNTER,
         "Two services would have 'A' before their numbers; choose another letter."),
        (HEAD + SERVICE + COUNTER + '[[special_days]]\nfirst = "2026-12-25"\npercent = 5\n',
         ("[[special_days]] #1: There is no setting 'percent' here. "
          "There is: first, last, names, periods, services.")),
        (HEAD + SERVICE.replace("id =", "ID =") + COUNTER,
         A + "There is no language 'ID'. Ramah speaks: id, en (docs/languages.md)."),
        (HEAD + SERVICE + COUNTER + '[voice]\nlanguages = ["id", "xx"]\n',
         "No voice speaks 'xx'. There is: en, id (docs/voice.md)."),
    ],
)  # fmt: skip
def test_each_mistake_is_said_as_a_person_would(tmp_path: Path, toml: str, words: str) -> None:
    assert told(tmp_path, toml) == [words]


def test_a_code_that_cannot_stand_before_numbers_is_called_a_code(tmp_path: Path) -> None:
    wrong = HEAD + SERVICE.replace('"A"', '"f"') + COUNTER.replace('"A"', '"f"')
    (line,) = told(tmp_path, wrong)
    assert line.startswith("Service f (Administrasi): The code 'f' would stand before the numbers")
    assert line.endswith('prefix = "F".')
    (line,) = told(tmp_path, wrong.replace('code = "f"', 'code = "f"\nprefix = "f"'))
    assert "'f' cannot stand before a number" in line
    file = tmp_path / "office.toml"
    file.write_text(wrong.replace('code = "f"', 'code = "f"\nprefix = "F"'), "utf-8")
    assert read_office(file).services[0].prefix == "F"


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    wrong = (
        HEAD + SERVICE + "typical_minute = 10\nquota = -1\n"
        + PERIOD.replace("08:00", "8.00").replace("[1]", '["Senin", "Selasa"]')
        + COUNTER.replace("services", "servces")
    )  # fmt: skip
    assert told(tmp_path, wrong) == [
        A + "There is no setting 'typical_minute'. Did you mean 'typical_minutes'?",
        A + "'quota' is at least 0, not -1.",
        A + "Days are numbers, 1 Monday to 7 Sunday: write 1 for 'Senin'.",
        A + "Days are numbers, 1 Monday to 7 Sunday: write 2 for 'Selasa'.",
        A + "'8.00' is no time here: write \"08:00\".",
        "Counter 3: There is no setting 'servces'. Did you mean 'services'?",
    ]


def test_what_does_not_hang_together_is_told_all_at_once_too(tmp_path: Path) -> None:
    wrong = (
        HEAD.replace("Asia/Makassar", "Asia/Balikpapan") + SERVICE + 'agency = "dinsa"\n'
        + PERIOD.replace("15:00", "07:00") + COUNTER.replace('["A"]', '["B"]')
    )  # fmt: skip
    assert told(tmp_path, wrong) == [
        "There is no time zone 'Asia/Balikpapan'.",
        "Service A names the agency 'dinsa', which is not listed.",
        "The hours of service A do not follow one another.",
        "Counter 3 offers 'B', which is no service here.",
    ]


def test_what_has_the_wrong_form_hides_nothing_that_does_not_hang_together(tmp_path: Path) -> None:
    wrong = (
        'closed_dates = ["20261225"]\n' + HEAD + SERVICE + "typical_minute = 10\n"
        + PERIOD.replace("08:00", "8.00")
        + PERIOD.replace("15:00", "07:00") + COUNTER.replace('["A"]', '["A", "B"]')
        + '[[seasons]]\nfirst = "2026-W52-5"\nlast = "2027-01-01"\nnames = { id = "Ujian" }\n'
        + "percent = 5\n"
    )  # fmt: skip
    assert told(tmp_path, wrong) == [
        A + "There is no setting 'typical_minute'. Did you mean 'typical_minutes'?",
        A + "'8.00' is no time here: write \"08:00\".",
        "[[seasons]] #1: 'percent' is from 10 to 300, not 5.",
        "'20261225' is no date like 2026-12-25.",
        "'2026-W52-5' is no date like 2026-12-25.",
        "The hours of service A do not follow one another.",
        "Counter 3 offers 'B', which is no service here.",
    ]


def test_a_list_that_is_misspelt_makes_no_other_mistakes(tmp_path: Path) -> None:
    agency = '[[agencie]]\ncode = "dinsos"\nnames = { id = "Dinsos" }\n'
    assert told(tmp_path, HEAD + SERVICE + 'agency = "dinsos"\n' + COUNTER + agency) == [
        "There is no setting 'agencie'. Did you mean 'agencies'?"
    ]


def test_what_an_editor_or_toml_itself_writes_otherwise_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "office.toml"
    dates = (
        PERIOD.replace('"08:00"', "08:00:00") + "[services.hours]\nclosed_dates = [2026-12-25]\n"
    )
    file.write_text("\ufeff" + HEAD + SERVICE + dates + COUNTER, "utf-8")
    kept = read_office(file).services[0].hours
    assert kept is not None
    assert (kept.periods[0].opens, kept.closed_dates) == ("08:00", ["2026-12-25"])


def test_hours_and_holidays_are_told_once_for_the_whole_office(tmp_path: Path) -> None:
    file = tmp_path / "office.toml"
    own = SERVICE.replace('"A"', '"B"') + PERIOD.replace("08:00", "09:00")
    own += '[services.hours]\nclosed_dates = ["2026-12-24"]\n'
    days = 'closed_dates = ["2026-12-25"]\n'
    file.write_text(
        days + HEAD + SERVICE + own + COUNTER + PERIOD.replace("services.", ""), "utf-8"
    )
    office = read_office(file)
    a, b = (office.hours_of(each) for each in office.services)
    assert a is not None
    assert b is not None
    assert (a.weekly.periods[0].opens, a.closed_dates) == ("08:00", frozenset({"2026-12-25"}))
    assert b.weekly.periods[0].opens == "09:00"
    assert sorted(b.closed_dates) == ["2026-12-24", "2026-12-25"]
    file.write_text(days + HEAD + SERVICE + COUNTER, "utf-8")
    holiday, next_day = datetime(2026, 12, 25, 12, tzinfo=UTC), datetime(2026, 12, 26, tzinfo=UTC)
    office = read_office(file)
    always = office.hours_of(office.services[0])
    closed = open_status(always, holiday)
    assert (closed.tickets, closed.next_opening) == (False, next_day)
    assert open_status(always, next_day) == OpenStatus(tickets=True, until=None)
    eve = open_status(always, datetime(2026, 12, 20, 23, 50, tzinfo=UTC))
    assert (eve.tickets, eve.until) == (True, datetime(2026, 12, 25, tzinfo=UTC))


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_a_file_in_another_encoding_is_called_that(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "office.toml"
    file.write_text(HEAD + "# Büro\n" + SERVICE + COUNTER, encoding)
    with pytest.raises(Invalid, match="not written in UTF-8"):
        read_office(file)


def test_a_line_that_is_no_toml_is_shown(tmp_path: Path) -> None:
    (line,) = told(tmp_path, HEAD + "[[services]]\ncode = A\n")
    assert "line 5 cannot be read: code = A" in line


def test_a_file_of_mistakes_is_not_told_without_end(tmp_path: Path) -> None:
    lines = told(tmp_path, HEAD + SERVICE + COUNTER + "".join(f"x{n} = 1\n" for n in range(99)))
    assert lines[-1] == "And 69 more."


@pytest.mark.parametrize(
    ("words", "environment"),
    [
        (["--lang", "id"], {}),
        ([], {"LC_ALL": "id_ID.UTF-8"}),
        ([], {"LC_ALL": "", "LANG": "id_ID"}),
    ],
    ids=["asked", "locale", "lang"],
)
def test_the_command_speaks_the_technicians_language(
    tmp_path: Path, words: list[str], environment: dict[str, str]
) -> None:
    file = tmp_path / "office.toml"
    file.write_text(service("typical_minute = 10\nquota = -1"), "utf-8")
    with Server(tmp_path / "data") as server:
        server.environment = environment
        refused = server.ramah("branch", "add", str(file), *words)
        assert refused.returncode == 1
        assert refused.stderr.splitlines() == [
            (
                "ramah: Layanan A (Administrasi): Tidak ada pengaturan 'typical_minute'. "
                "Maksud Anda 'typical_minutes'?"
            ),
            "ramah: Layanan A (Administrasi): 'quota' paling sedikit 0, bukan -1.",
        ]
        server.add_branch(office_toml("hall"))
        refused = server.ramah("user", "password", "nobody", *words, stdin="tiga-kucing\n")
        assert "Nama pengguna 'nobody' tidak ada." in refused.stderr


@pytest.mark.parametrize(
    "url",
    ["foo", "antrean.go.id", "ftp://antrean.example", "http://", "http://a b", "https://me:x@a.example",
     "http://antrean.example:99999", "https://antrean.example/?q=1"],
)  # fmt: skip
def test_an_address_that_no_phone_could_open_is_refused(tmp_path: Path, url: str) -> None:
    toml = f'public_url = "{url}"\n{HEAD}{SERVICE}{COUNTER}'
    [line] = told(tmp_path, toml)
    assert line.startswith(f"'{url}' is no address that a phone can open.")
    assert "utuh" in told(tmp_path, toml, "id")[0]


def test_a_slash_behind_the_address_of_phones_is_not_doubled(tmp_path: Path) -> None:
    file = tmp_path / "office.toml"
    file.write_text(f'public_url = "https://antrean.example/kota/"\n{HEAD}{SERVICE}{COUNTER}')
    assert read_office(file).public_url == "https://antrean.example/kota"
