"""Every kind of office that the set-up offers is an office, in both languages."""

from __future__ import annotations

import pytest

from server.branches import described
from server.domain.office import Office
from server.setup.draft import code_of
from server.setup.templates import NAMES, templates
from tests.server.setup.office import settings_of

FULL = [name for name in NAMES if name != "empty"]


def office_of(name: str) -> Office:
    return described(settings_of(name) | {"code": "kantor"})


@pytest.mark.parametrize("name", FULL)
def test_a_template_with_a_name_and_a_zone_is_an_office(name: str) -> None:
    office = office_of(name)
    offered = {code for counter in office.counters for code in counter.services}
    assert {each.code for each in office.services} == offered  # nobody waits for no counter
    assert all(office.hours_of(each) is not None for each in office.services)


def test_what_visitors_read_is_there_in_both_languages() -> None:
    for each in templates():
        for names in (each.names, each.about):
            assert set(names) == {"id", "en"}
    for name in FULL:
        for service in office_of(name).services:
            assert set(service.names) == {"id", "en"}, (name, service.code)
            lists = service.requirements
            assert not lists or len(lists["id"]) == len(lists["en"]), (name, service.code)


def test_no_letter_can_be_read_as_a_digit() -> None:
    letters = {each.prefix for name in FULL for each in office_of(name).services}
    assert not letters & {"I", "O", "Q"}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Kelurahan Damai", "kelurahan"),
        ("Samsat", "samsat-2"),
        ("Bürgeramt Köln", "burgeramt"),
        ("役所", "office"),
        ("Dinaskependudukandanpencatatansipil", "dinaskependud"),
    ],
)
def test_an_office_gets_a_short_name_that_no_other_has(name: str, code: str) -> None:
    assert code_of(name, ["samsat"]) == code
    office = described(settings_of("three") | {"name": name, "code": code_of(name, ["samsat"])})
    assert office.code == code
