"""The settings of an office: a mistake is refused and named, before it reaches a visitor."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server.branches import read_office, wrong
from server.demo.seed import OFFICE
from server.domain.checks import completed
from server.domain.errors import Invalid, NotFound
from server.domain.office import Office
from server.settings import plain
from tests.server.rehearsal import office


def settings() -> dict[str, Any]:
    """Return settings without a mistake."""
    return {
        "code": "hall",
        "name": "Kantor",
        "zone": "Asia/Makassar",
        "languages": ["id", "en"],
        "agencies": [{"code": "dinas", "names": {"id": "Dinas"}}],
        "services": [
            {"code": "A", "names": {"id": "Satu"}, "agency": "dinas"},
            {"code": "B", "names": {"id": "Dua"}},
        ],
        "counters": [{"number": 1, "services": ["A"]}, {"number": 2, "services": ["A", "B"]}],
        "rules": {},
        "paper": {},
    }


def toml(value: object) -> str:
    """Return a value as TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}" = {toml(each)}' for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml(each) for each in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, int | float) else '"' + str(value) + '"'


def read(tmp_path: Path, values: dict[str, Any]) -> Office:
    """Read settings as the technician gives them, from a file."""
    file = tmp_path / "office.toml"
    file.write_text("\n".join(f"{key} = {toml(value)}" for key, value in values.items()), "utf-8")
    return read_office(file)


def hours(**period: object) -> dict[str, Any]:
    """Return opening hours with one period."""
    return {"periods": [{"days": [1], "opens": "08:00", "closes": "15:00"} | period]}


Mistake = Callable[[dict[str, Any]], object]
MISTAKES: list[tuple[str, Mistake, str]] = [
    ("a zone nobody knows", lambda s: s.update(zone="Asia/Balikpapan"), "zone"),
    ("a zone that is a path", lambda s: s.update(zone="../../etc/passwd"), "zone"),
    ("no services", lambda s: s.update(services=[], counters=[]), "services"),
    ("no languages", lambda s: s.update(languages=[]), "languages"),
    ("a code twice", lambda s: s["services"].append(s["services"][0]), "services.code"),
    ("a prefix twice", lambda s: s["services"][1].update(prefix="A"), "services.prefix"),
    (
        "prefixes whose numbers read alike",
        lambda s: s["services"][1].update(prefix="A1"),
        "services.prefix",
    ),
    ("a counter twice", lambda s: s["counters"].append(s["counters"][0]), "counters.number"),
    (
        "a counter for a service that is not there",
        lambda s: s["counters"][0]["services"].append("X"),
        "counters.services",
    ),
    ("a field nobody knows", lambda s: s.update(lenguages=["id"]), "lenguages"),
    ("a rule nobody knows", lambda s: s["rules"].update(prio=3), "prio"),
    ("a policy nobody knows", lambda s: s["rules"].update(policy="wild"), "rules.policy"),
    ("a cap of nothing", lambda s: s["rules"].update(priority_cap=0), "rules.priority_cap"),
    ("a day start at 25:00", lambda s: s["rules"].update(day_start="25:00"), "rules.day_start"),
    ("a negative grace", lambda s: s["rules"].update(grace_minutes=-1), "rules.grace_minutes"),
    ("numbers of no digits", lambda s: s["rules"].update(number_width=0), "rules.number_width"),
    ("paper of 70 mm", lambda s: s["paper"].update(width_mm=70), "paper.width_mm"),
    ("a counter 0", lambda s: s["counters"][0].update(number=0), "].number"),
    ("a small prefix", lambda s: s["services"][0].update(prefix="a"), "].prefix"),
    ("a code with a space", lambda s: s["services"][0].update(code="A B"), "].code"),
    (
        "a service without names",
        lambda s: s["services"][0].pop("names"),
        "names",
    ),
    (
        "service that takes no time",
        lambda s: s["services"][0].update(typical_minutes=0),
        "].typical_minutes",
    ),
    (
        "hours at 8 o'clock",
        lambda s: s["services"][0].update(hours=hours(opens="8:00")),
        "opens",
    ),
    (
        "an eighth weekday",
        lambda s: s["services"][0].update(hours=hours(days=[8])),
        "days",
    ),
    (
        "hours that end before they begin",
        lambda s: s["services"][0].update(hours=hours(opens="15:00", closes="08:00")),
        "closes",
    ),
    (
        "a last ticket after closing",
        lambda s: s["services"][0].update(hours=hours(last_ticket="16:00")),
        "last_ticket",
    ),
    (
        "a holiday that is no date",
        lambda s: s["services"][0].update(hours=hours() | {"closed_dates": ["17-08-2026"]}),
        "closed_dates",
    ),
    *(
        (
            f"a holiday written as {day}",
            lambda s, day=day: s["services"][0].update(hours=hours() | {"closed_dates": [day]}),
            "closed_dates",
        )
        for day in ("20261225", "2026-W52-5", "2026W525")
    ),
    ("a name of nothing", lambda s: s.update(name="  "), "name"),
    ("a name turned round", lambda s: s.update(name="Kan\u202etor"), "name"),
    (
        "a service's name with a letter nobody sees",
        lambda s: s["services"][0]["names"].update(id="Sa\ufefftu"),
        "names",
    ),
    (
        "a language nobody sees",
        lambda s: s["services"][0]["names"].update({"\u202e": "x"}),
        "names",
    ),
    ("last words turned round", lambda s: s["paper"].update(foot={"id": "\u202e"}), "paper.foot"),
    ("last words without end", lambda s: s["paper"].update(foot={"id": "x" * 301}), "paper.foot"),
    ("a part printed twice", lambda s: s["paper"].update(lines=["qr", "qr"]), "paper.lines"),
    ("a logo that is none", lambda s: s["paper"].update(logo="data:image/png;base64,eA=="), "logo"),
    (
        "two special days of a service on one day",
        lambda s: s.update(
            special_days=[
                {"first": "2026-12-24", "services": ["A"]},
                {"first": "2026-12-24"},
            ]
        ),
        "special_days.first",
    ),
    ("an agency nobody named", lambda s: s["services"][0].update(agency="dinsa"), "agency"),
]


def test_settings_without_a_mistake_are_taken(tmp_path: Path) -> None:
    assert read(tmp_path, settings()).services[0].prefix == "A"


@pytest.mark.parametrize(
    ("mistake", "named"),
    [each[1:] for each in MISTAKES],
    ids=[each[0].replace(" ", "-") for each in MISTAKES],
)
def test_a_mistake_in_the_settings_names_its_field(
    tmp_path: Path, mistake: Mistake, named: str
) -> None:
    wrong = settings()
    mistake(wrong)
    with pytest.raises(Invalid) as invalid:
        read(tmp_path, wrong)
    assert named in f"{invalid.value.field} {invalid.value}"


@pytest.mark.parametrize("letter", ["\t", "\n", "\u202e", "\ufeff"])
def test_every_text_of_the_settings_is_seen_whole_and_the_last_words_may_have_lines(
    letter: str,
) -> None:
    def texts(value: Any, path: str) -> list[str]:  # noqa: ANN401 - any part of the settings
        if isinstance(value, dict):
            return [each for name, one in value.items() for each in texts(one, f"{path}.{name}")]
        if isinstance(value, list):
            return [each for n, one in enumerate(value) for each in texts(one, f"{path}[{n}]")]
        return [path] if isinstance(value, str) else []

    whole: Any = plain(tomllib.loads(OFFICE.with_name("office-all.toml").read_text("utf-8")))
    paths = texts(whole, "")
    assert len(paths) > 100
    for path in paths:
        raw = deepcopy(whole)
        *way, last = re.findall(r"\[\d+\]|[^.\[\]]+", path)
        place: Any = raw
        for step in way:
            place = place[int(step[1:-1])] if step[0] == "[" else place[step]
        key: Any = int(last[1:-1]) if last[0] == "[" else last
        place[key] += letter
        told = wrong(raw)
        if letter == "\n" and path.startswith(".paper.foot"):
            assert told == [], path
        else:
            assert told, path


def test_a_file_that_is_not_toml_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "office.toml"
    file.write_text("[[services", "utf-8")
    with pytest.raises(Invalid, match="not valid TOML"):
        read_office(file)


def test_the_demo_office_is_a_good_example() -> None:
    demo = read_office(OFFICE)
    assert len(demo.services) == 7
    assert len(demo.counters) == 12
    assert demo.zone_label == "WITA"


def test_ids_stay_when_the_same_settings_are_read_again() -> None:
    first, again = office(), office()
    assert first == again
    assert completed(first) == first


def test_ids_of_another_branch_are_other_ids() -> None:
    here, there = office(), office(code="there")
    assert not {each.id for each in here.counters} & {each.id for each in there.counters}
    assert not {each.id for each in here.services} & {each.id for each in there.services}


def test_a_counter_is_found_by_its_id_and_by_its_number() -> None:
    hall = office()
    second = hall.counters[1]
    assert hall.counter("2") == hall.counter(second.id) == second


@pytest.mark.parametrize("key", ["5", "02", "2 ", "", "٢", "-2", "x" * 500])
def test_what_is_no_counter_is_not_found(key: str) -> None:
    with pytest.raises(NotFound) as unknown:
        office().counter(key)
    assert unknown.value.field == "counter"
    assert len(str(unknown.value)) < 200


def test_settings_survive_the_log() -> None:
    hall = office(public_url="https://antrean.example")
    assert msgspec.json.decode(msgspec.json.encode(hall), type=Office) == hall


def test_prefixes_may_begin_alike_where_numbers_never_grow_longer(tmp_path: Path) -> None:
    alike = settings()
    alike["services"][1].update(prefix="A1")
    alike["rules"].update(number_width=3, number_wrap=999)
    assert read(tmp_path, alike).services[1].prefix == "A1"


def test_a_prefix_of_more_letters_reads_apart(tmp_path: Path) -> None:
    for prefix in ("AB", "A0", "B1"):
        apart = settings()
        apart["services"][1].update(prefix=prefix)
        assert read(tmp_path, apart).services[1].prefix == prefix
