"""Two people change the settings at once: both changes count, or both are shown."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis.strategies import lists, sampled_from

from server.branches import described
from server.editing.merging import changes, merged
from server.editing.saving import full
from server.editing.told import told
from server.mistakes import in_english
from tests.server.setup.office import settings_of

BASE = full(described(settings_of("kelurahan") | {"code": "kantor"}))


def edited(change: str) -> dict[str, Any]:
    """Return the settings after a change that is written as Python."""
    s = deepcopy(BASE)
    exec(change, {"s": s})  # noqa: S102 - the changes of this file
    return s


def words(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    return told(old, new, in_english, "en")


def test_what_changes_is_told_in_words() -> None:
    new = edited(
        "s['counters'].append({**s['counters'][0], 'number': 3, 'services': ['A']})\n"
        "s['rules']['priority_cap'] = 4\n"
        "s['paper']['cutter'] = False\n"
        "s['services'][1]['target_minutes'] = 30\n"
        "s['services'][1]['names']['en'] = 'Weddings'\n"
        "s['hours']['periods'][0]['opens'] = '07:45'\n"
        "s['services'].pop(2)\n"
        "[each['services'].remove('C') for each in s['counters'] if 'C' in each['services']]"
    )
    assert words(BASE, new)[:-1] == [
        "Letters: 2 → 3 counters",
        "Service B (Weddings), Name (en): Marriage Papers → Weddings",
        "Service B (Weddings), Promised wait, minutes: 20 → 30",
        "Gone: Service C (Certified Copies)",
        "New: Counter 3",
        "Priority: at most one call in: 3 → 4",
        "The printer cuts the paper itself: yes → no",
    ]
    assert words(BASE, new)[-1].startswith("Times: Mon, Tue, Wed, Thu 08:00-15:00, Fri 08:00-")
    assert words(BASE, BASE) == []


def test_counters_that_swap_their_services_are_told_though_no_number_changes() -> None:
    one, two = (f"s['counters'][{each}]['services'] = " for each in (0, 1))
    before = edited(f"{one}['A', 'C']\n{two}['B', 'C']")
    swapped = edited(f"{one}['B', 'C']\n{two}['A', 'C']")
    assert words(before, swapped) == [
        "Counter 1, Services here: A, C → B, C",
        "Counter 2, Services here: B, C → A, C",
    ]
    with_more = edited(f"{one}['B', 'C']\n{two}['A']")
    assert words(before, with_more)[0] == "Certified Copies: 2 → 1 counters"
    assert "Counter 1, Services here: A, C → B, C" in words(before, with_more)


@given(*[lists(sampled_from("ABC"), unique=True) for _each in range(4)])
def test_whatever_differs_between_counters_is_told(
    a: list[str], b: list[str], c: list[str], d: list[str]
) -> None:
    old, new = deepcopy(BASE), deepcopy(BASE)
    for raw, offers in ((old, (a, b)), (new, (c, d))):
        for counter, services in zip(raw["counters"], offers, strict=False):
            counter["services"] = services
    assert bool(words(old, new)) == (old != new)


def test_changes_of_different_things_go_together() -> None:
    mine = edited("s['services'][0]['names']['en'] = 'Papers'\ns['rules']['policy'] = 'target'")
    theirs = edited(
        "s['services'].insert(0, {**s['services'][0], 'code': 'Z'})\n"
        "s['rules']['priority_cap'] = 5\n"
        "s['counters'][0]['services'].append('Z')"
    )
    both = merged(BASE, mine, theirs)
    assert both.conflicts == []
    assert [each["code"] for each in both.settings["services"]] == ["Z", "A", "B", "C", "L"]
    assert both.settings["services"][1]["names"]["en"] == "Papers"
    rules = both.settings["rules"]
    assert (rules["policy"], rules["priority_cap"]) == ("target", 5)
    assert described(both.settings).rules.priority_cap == 5


def test_the_same_thing_changed_twice_is_shown_and_theirs_stays() -> None:
    mine = edited("s['name'] = 'Mine'\ns['rules']['policy'] = 'target'")
    theirs = edited("s['name'] = 'Theirs'")
    both = merged(BASE, mine, theirs)
    assert [(a.path, a.new, b.new) for a, b in both.conflicts] == [(("name",), "Mine", "Theirs")]
    assert both.settings["name"] == "Theirs"
    assert merged(BASE, mine, edited("s['name'] = 'Mine'")).conflicts == []  # both the same


def test_who_removes_what_another_changes_is_told() -> None:
    removing = edited("s['counters'].pop()")
    changing = edited("s['counters'][1]['names'] = {'id': 'Kasir'}")
    assert len(merged(BASE, removing, changing).conflicts) == 1
    assert len(merged(BASE, changing, removing).conflicts) == 1


def test_another_order_of_the_services_is_a_change_of_its_own() -> None:
    mine = edited("s['services'].reverse()")
    assert words(BASE, mine) == ["Services: another order"]
    both = merged(BASE, mine, edited("s['services'][0]['quota'] = 9"))
    assert [each["code"] for each in both.settings["services"]] == ["L", "C", "B", "A"]
    assert both.settings["services"][3]["quota"] == 9
    assert changes(BASE, BASE) == []
