"""Days that are proposed for the calendar: holidays of a country, and files from elsewhere."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from typing import Any

import pytest

from server.branches import described
from server.domain.errors import Invalid
from server.domain.office import Office
from server.editing.calendar import ical, table
from server.editing.calendar.national import countries, country_of, national, ramadan
from server.editing.calendar.pieces import proposals
from server.editing.calendar.proposed import ProposedDays
from server.editing.calendar.week import week
from server.mistakes import in_english

TODAY, UNTIL = date(2026, 11, 30), date(2027, 12, 31)
HEAD: dict[str, Any] = {
    "code": "hall", "name": "Kantor", "zone": "Asia/Makassar", "languages": ["id", "en"],
    "services": [
        {"code": "A", "names": {"id": "Surat"}},
        {"code": "B", "names": {"id": "Kasir"}, "hours": {"periods": [
            {"days": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "12:00", "last_ticket": "11:30"},
        ]}},
        {"code": "C", "names": {"id": "Legalisasi"}},
    ],
    "counters": [{"number": 1, "services": ["A", "B", "C"]}],
    "hours": {"periods": [
        {"days": [1, 2, 3, 4, 5], "opens": "08:00", "closes": "12:00", "tickets_from": "07:30"},
        {"days": [1, 2, 3, 4], "opens": "13:00", "closes": "15:00", "last_ticket": "14:30"},
    ]},
}  # fmt: skip
OFFICE = described(HEAD)

# SKB 3 Menteri 1497/2/5 of 2025, for 2026
HOLIDAYS = [
    "01-01", "01-16", "02-17", "03-19", "03-21", "03-22", "04-03", "04-05", "05-01", "05-14",
    "05-27", "05-31", "06-01", "06-16", "08-17", "08-25", "12-25",
]  # fmt: skip
LEAVE = ["02-16", "03-18", "03-20", "03-23", "03-24", "05-15", "05-28", "12-24"]


def test_the_holidays_and_collective_leave_of_2026_are_those_of_the_decree() -> None:
    days, leave = national("ID", 2026, ["id", "en"])
    assert leave
    assert [each.first[5:] for each in days if each.kind == "holiday"] == HOLIDAYS
    assert [each.first[5:] for each in days if each.kind == "leave"] == LEAVE
    assert not any(each.estimated for each in days)
    (eid,) = [each for each in days if each.first == "2026-03-21"]
    assert eid.names == {"id": "Hari Raya Idul Fitri", "en": "Eid al-Fitr"}


def test_reckoned_days_are_marked_and_a_year_without_decided_leave_says_so() -> None:
    days, leave = national("ID", 2028, ["id", "en"])
    assert not leave
    reckoned = {each.first: each.names for each in days if each.estimated}
    assert reckoned["2028-02-27"] == {"id": "Hari Raya Idul Fitri", "en": "Eid al-Fitr"}
    assert "2028-08-17" not in reckoned
    (fasting,) = ramadan(2026, ["id"])
    assert (fasting.first, fasting.last, fasting.estimated) == ("2026-02-19", "2026-03-20", True)
    assert [each.first for each in ramadan(2033, ["id"])] == ["2032-12-04", "2033-11-23"]


def test_the_ramadan_hours_are_the_32_hours_30_of_the_rule() -> None:
    (fasting,) = ramadan(2027, ["jv"])
    assert fasting.names["id"] == "Jam Ramadan"  # in a language that has no words for it yet
    special = {"first": fasting.first, "last": fasting.last, "periods": [
        {"days": each.days, "opens": each.opens, "closes": each.closes} for each in fasting.periods
    ]}  # fmt: skip
    (line,) = week(described(HEAD | {"special_days": [special]}), date(2027, 2, 15))
    assert line.services == ["A", "B", "C"]
    minutes = [
        (int(each.closes[:2]) - int(each.opens[:2])) * 60
        + int(each.closes[3:])
        - int(each.opens[3:])
        for one in line.days
        for each in one.periods
    ]
    assert sum(minutes) == 32 * 60 + 30


def test_holidays_are_named_in_a_language_of_the_office_wherever_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable in ("LANG", "LC_ALL", "LANGUAGE"):
        monkeypatch.setenv(variable, "th_TH.UTF-8")  # the package would go by the machine's
    (first, *_), _leave = national("ID", 2027, ["jv"])
    assert first.names == {"jv": "Tahun Baru Masehi"}
    zones = ("Asia/Makassar", "Europe/Berlin", "America/St_Johns", "Etc/UTC")
    assert [country_of(each) for each in zones] == ["ID", "DE", "CA", ""]
    assert {"ID": "Indonesia", "DE": "Jerman"}.items() <= {
        each.code: each.name for each in countries("id")
    }.items()
    for country in ("SG", "MY", "BN", "EG", "US"):  # each marks reckoned days in its own way
        days = national(country, 2029, ["en"]).days
        assert not [each for each in days if "estimated" in str(each.names)]


def test_a_running_server_has_no_holidays_in_it() -> None:
    program = (
        "import sys, server.app, server.running; "
        "print({'holidays', 'icalendar', 'dateutil'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "set()"


def calendar(*events: str, office: Office = OFFICE) -> list[ProposedDays]:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//x//ID"]
    for number, event in enumerate(events):
        more = [] if "UID:" in event else [f"UID:{number}"]
        lines += ["BEGIN:VEVENT", *more, *event.split(), "END:VEVENT"]
    text = "\r\n".join([*lines, "END:VCALENDAR", ""])
    return proposals(office, ical.entries(text, office.zone, TODAY, UNTIL))


def short(days: list[ProposedDays]) -> list[str]:
    return [
        " ".join([
            each.first, *([each.last] if each.last else []), *each.names.values(),
            *(f"{one.opens}-{one.closes}" for one in each.periods), *each.services,
        ])
        for each in days
    ]  # fmt: skip


def test_whole_days_of_a_calendar_are_closed_and_those_that_are_over_are_left_out() -> None:
    found = calendar(
        "DTSTART;VALUE=DATE:20270101 DTEND;VALUE=DATE:20270102 SUMMARY:Libur",
        "DTSTART;VALUE=DATE:20270104 SUMMARY:Sehari",  # without an end it is one day
        "DTSTART;VALUE=DATE:20270308 DTEND;VALUE=DATE:20270313 SUMMARY:Lebaran",
        "DTSTART;VALUE=DATE:20270308 SUMMARY:Nyepi TRANSP:TRANSPARENT",
        "DTSTART;VALUE=DATE:20260101 SUMMARY:Lama",
        "DTSTART;VALUE=DATE:20270201 SUMMARY:Batal STATUS:CANCELLED",
    )
    assert short(found) == [
        "2027-01-01 Libur", "2027-01-04 Sehari", "2027-03-08 2027-03-12 Lebaran, Nyepi",
    ]  # fmt: skip


def test_hours_of_a_calendar_are_taken_out_of_each_services_own_hours() -> None:
    found = calendar(
        "DTSTART:20270104T100000 DTEND:20270104T133000 SUMMARY:Rapat",  # a Monday
        "DTSTART:20270105T160000 DTEND:20270105T180000 SUMMARY:Sore",  # nobody was open then
        "DTSTART:20270106T000000Z DTEND:20270106T030000Z SUMMARY:UTC",  # 08:00 to 11:00 here
        "DTSTART;TZID=America/St_Johns:20270106T230000 DTEND;TZID=America/St_Johns:20270106T233000"
        " SUMMARY:Jauh",  # 10:30 to 11:00 of the next day here
    )
    assert short(found) == [
        "2027-01-04 Rapat 08:00-10:00 13:30-15:00 A C", "2027-01-04 Rapat 09:00-10:00 B",
        "2027-01-06 UTC 11:00-12:00 13:00-15:00 A C", "2027-01-06 UTC 11:00-12:00 B",
        "2027-01-07 Jauh 08:00-10:30 11:00-12:00 13:00-15:00 A C",
        "2027-01-07 Jauh 09:00-10:30 11:00-12:00 B",
    ]  # fmt: skip
    first = found[0].periods
    assert [(each.tickets_from, each.last_ticket) for each in first] == [
        ("07:30", None), (None, "14:30"),
    ]  # fmt: skip
    described(HEAD | {"special_days": [
        {"first": each.first, "services": each.services, "periods": [
            {name: value for name in one.__struct_fields__ if (value := getattr(one, name))}
            for one in each.periods
        ]} for each in found
    ]})  # they are settings that hang together  # fmt: skip


def test_a_service_without_hours_is_open_around_an_entry_and_nights_are_two_days() -> None:
    always = described({key: value for key, value in HEAD.items() if key != "hours"} | {
        "services": [{"code": "A", "names": {"id": "Surat"}}],
        "counters": [{"number": 1, "services": ["A"]}],
    })  # fmt: skip
    found = calendar("DTSTART:20270104T220000 DTEND:20270105T060000 SUMMARY:X", office=always)
    assert short(found) == ["2027-01-04 X 00:00-22:00", "2027-01-05 X 06:00-24:00"]


def test_entries_repeat_by_their_rule_but_for_days_left_out_or_moved() -> None:
    found = calendar(
        "UID:1 DTSTART:20270104T130000 DTEND:20270104T150000 RRULE:FREQ=WEEKLY;COUNT=4"
        " EXDATE:20270111T130000 SUMMARY:Apel",
        "UID:1 RECURRENCE-ID:20270118T130000 DTSTART:20270119T130000 DTEND:20270119T150000"
        " SUMMARY:Pindah",
        "UID:2 DTSTART;VALUE=DATE:20200817 RRULE:FREQ=YEARLY SUMMARY:Merdeka",
        "UID:3 DTSTART;VALUE=DATE:20261225 RRULE:FREQ=DAILY;UNTIL=20261227 SUMMARY:Natal",
        "UID:4 DTSTART;VALUE=DATE:20270226 RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=2 SUMMARY:Senam"
        " RDATE;VALUE=DATE:20270402",
    )
    told = [each.split() for each in short(found)]
    assert [f"{each[0]} {each[1]}" for each in told if each[-1] != "B"] == [
        "2026-12-25 Natal", "2026-12-26 Natal", "2026-12-27 Natal",
        "2027-01-04 Apel", "2027-01-19 Pindah", "2027-01-25 Apel",
        "2027-02-26 Senam", "2027-03-26 Senam", "2027-04-02 Senam", "2027-08-17 Merdeka",
    ]  # fmt: skip


def test_a_weekly_entry_stays_at_its_hour_when_the_clocks_change() -> None:
    office = described(HEAD | {"zone": "Europe/Berlin"})
    found = calendar(
        "DTSTART;TZID=Europe/Berlin:20270315T130000 DTEND;TZID=Europe/Berlin:20270315T140000"
        " RRULE:FREQ=WEEKLY;UNTIL=20270405T110000Z SUMMARY:X",
        "DTSTART;TZID=Asia/Makassar:20270316T160000 DTEND;TZID=Asia/Makassar:20270316T170000"
        " RRULE:FREQ=WEEKLY;COUNT=3 SUMMARY:Y",  # where clocks do not change: 09:00, then 10:00
        office=office,
    )
    assert [each for each in short(found) if each.endswith("A C")] == [
        "2027-03-15 X 08:00-12:00 14:00-15:00 A C",
        "2027-03-16 Y 08:00-09:00 10:00-12:00 13:00-15:00 A C",
        "2027-03-22 X 08:00-12:00 14:00-15:00 A C",
        "2027-03-23 Y 08:00-09:00 10:00-12:00 13:00-15:00 A C",
        "2027-03-29 X 08:00-12:00 14:00-15:00 A C",
        "2027-03-30 Y 08:00-10:00 11:00-12:00 13:00-15:00 A C",
        "2027-04-05 X 08:00-12:00 14:00-15:00 A C",
    ]


def words(error: Invalid) -> str:
    return in_english(error.message, **error.params)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("DTSTART:2027xx", "The entry at line 4 cannot be read: DTSTART is not understood."),
        ("SUMMARY:X", "line 4 cannot be read: it has no day, or ends before it begins."),
        ("DTSTART:20270105T100000 DTEND:20270104T100000", "line 4"),
        ("DTSTART;TZID=Pulau/Jauh:20270105T100000", "nobody knows the time zone 'Pulau/Jauh'"),
        ("DTSTART:20270105T100000 RRULE:FREQ=HOURLY", "it repeats by the hour"),
        ("DTSTART:20270105T100000 RRULE:FREQ=DAILY;BYMINUTE=1,2", "it repeats by the hour"),
        ("DTSTART:20270105T100000 RRULE:FREQ=DAILY;INTERVAL=0", "RRULE is not understood"),
        ("DTSTART:20270105T100000 RRULE:FREQ=DAILY;COUNT=x", "RRULE is not understood"),
        # a Tuesday with a rule for Mondays
        ("DTSTART:20270105T100000 RRULE:FREQ=WEEKLY;BYDAY=MO", "its first day is none of its own"),
        ("DTSTART;VALUE=DATE:19000101 RRULE:FREQ=DAILY", "is too far away"),
        ("UID:1 RECURRENCE-ID;RANGE=THISANDFUTURE:20270105T100000 DTSTART:20270105T100000",
         "changes all that follow"),
    ],
)  # fmt: skip
def test_an_entry_that_is_not_understood_is_told_by_its_line(event: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        calendar(event)
    assert said in words(refused.value)


@pytest.mark.parametrize(
    "text", ["BEGIN:VCALENDAR\nfoo\nEND:VCALENDAR", "BEGIN:VCALENDAR\n", "BEGIN:X"]
)
def test_a_file_that_is_no_calendar_is_refused_in_words(text: str) -> None:
    assert ical.is_calendar(text)
    with pytest.raises(Invalid, match="no calendar file"):
        ical.entries(text, "Asia/Makassar", TODAY, UNTIL)


def test_a_rule_that_never_comes_ends_and_too_many_rules_are_refused() -> None:
    never = "DTSTART:20270105T100000 RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=1"
    with pytest.raises(Invalid, match="cannot be read"):
        calendar(never)
    with pytest.raises(Invalid, match="may repeat"):
        calendar(*["DTSTART;VALUE=DATE:20000101 RRULE:FREQ=DAILY"] * 101)


TABLE = """\ufefftanggal;sampai;nama;buka;tutup;nomor terakhir;layanan
2026-12-24;;Setengah hari;8.00;11:30;11:00;
25/12/2026;;Natal;;;;
8-3-2027;12.03.2027;"Lebaran; cuti bersama";;;;
2027-04-01;;Kas tutup buku;09:00;10:00;;B

2027-04-02;2027-04-08;Ujian;08:00;10:00;;A C
2027-04-02;2027-04-08;Ujian;11:00;12:00;;A, C
"""


def test_a_table_of_days_is_read_as_spreadsheets_save_it() -> None:
    found = table.days_of(TABLE, OFFICE)
    assert short(found) == [
        "2026-12-24 Setengah hari 08:00-11:30", "2026-12-25 Natal",
        "2027-03-08 2027-03-12 Lebaran; cuti bersama", "2027-04-01 Kas tutup buku 09:00-10:00 B",
        "2027-04-02 2027-04-08 Ujian 08:00-10:00 11:00-12:00 A C",
    ]  # fmt: skip
    assert found[0].periods[0].last_ticket == "11:00"
    assert found[4].periods[0].days == [1, 2, 3, 4, 5]  # no hours on days that have none
    assert short(table.days_of("2026-12-25,Natal\n", OFFICE)) == ["2026-12-25 Natal"]
    assert short(table.days_of("Name\tDate\nX\t2026-12-25\n", OFFICE)) == ["2026-12-25 X"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The table needs a first line with the names of its columns"),
        ("nama;hari apa\nNatal;25", "The table needs a first line"),
        ("date,name\n12/31/2026,x", "Line 2 cannot be read: '12/31/2026' is no date"),
        ("date,name\n\n2026-02-30,x", "Line 3 cannot be read: '2026-02-30' is no date"),
        ("date,until\n2026-12-25,2026-12-24", "Line 2 cannot be read: it ends before it begins."),
        ("date,opens,closes\n2026-12-24,8,12", "'8' is no time like 07:30"),
        ("date,opens,closes\n2026-12-24,08:00,", "'' is no time"),
        ("date,opens,closes\n2026-12-24,12:00,08:00", "its times do not follow one another"),
        ("date,services\n2026-12-24,Q", "'Q' is no service here"),
        ("date,name\n2026-12-24,\ufffd", "not written in UTF-8"),
    ],
)
def test_a_line_that_is_not_understood_is_told_by_its_number(text: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        table.days_of(text, OFFICE)
    assert said in words(refused.value)


def test_the_week_tells_each_day_with_what_makes_it_unlike_others() -> None:
    office = described(HEAD | {
        "zone": "Europe/Berlin", "closed_dates": ["2027-03-26"],
        "special_days": [
            {"first": "2027-03-22", "last": "2027-04-02", "names": {"id": "Ramadan"},
             "periods": [{"days": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "11:00"}]},
            {"first": "2027-03-24", "names": {"id": "Kas"}, "services": ["B"]},
        ],
    })  # fmt: skip
    both, cash = week(office, date(2027, 3, 22))
    assert (both.services, cash.services) == (["A", "C"], ["B"])
    told = [(each.day[8:], [one.opens for one in each.periods], each.names.get("id", ""))
            for each in cash.days]  # fmt: skip
    assert told == [
        ("22", ["09:00"], "Ramadan"), ("23", ["09:00"], "Ramadan"), ("24", [], "Kas"),
        ("25", ["09:00"], "Ramadan"), ("26", [], ""), ("27", [], "Ramadan"), ("28", [], "Ramadan"),
    ]  # fmt: skip
    assert [each.special for each in cash.days] == [True] * 7
    assert [each.hour_more for each in both.days] == [0] * 6 + [-60]
    (plain,) = week(
        described(HEAD | {"services": HEAD["services"][:1], "counters": []}), date(2027, 1, 4)
    )
    assert [each.special for each in plain.days] == [False] * 7
