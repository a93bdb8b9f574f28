"""What names a service or an agency goes with it: retyped letter by letter, or taken away."""

from __future__ import annotations

from typing import Any

import msgspec

from server.editing.schema import form
from server.mistakes import in_english
from tests.manager.node import in_node

TYPED = """
const { Named } = await load('/manager/settings/named.js');
const { settings, form, of, steps } = given;
const named = new Named(settings, form, of);
for (const [index, code] of steps) {
  if (code === null) {
    named.end(settings[of].splice(index, 1)[0]);
  } else {
    settings[of][index].code = code;
    named.write();
  }
}
return settings;
"""


def after(of: str, *steps: tuple[int, str | None]) -> dict[str, Any]:
    """Return the settings after codes of a list were typed, or an entry was taken away."""
    settings = {
        "services": [{"code": "A", "agency": "dukcapil"}, {"code": "B", "agency": None}],
        "agencies": [{"code": "dukcapil"}],
        "counters": [
            {"number": 1, "services": ["A"], "weights": {"A": 2}},
            {"number": 2, "services": ["B", "A"], "weights": {"B": 3}},
        ],
        "special_days": [
            {"first": "2026-12-24", "services": ["B"]},
            {"first": "2026-12-25", "services": []},
            {"first": "2026-12-31", "services": ["A", "B"]},
        ],
    }
    shape = msgspec.to_builtins(form(in_english))
    given = {"settings": settings, "form": shape, "of": of, "steps": steps}
    made: dict[str, Any] = in_node(TYPED, given)
    return made


def test_a_letter_typed_over_that_of_another_service_takes_no_counter_from_it() -> None:
    typed = after("services", (1, ""), (1, "A"), (1, "AK"))
    assert [each["services"] for each in typed["counters"]] == [["A"], ["AK", "A"]]
    assert [each["weights"] for each in typed["counters"]] == [{"A": 2}, {"AK": 3}]
    assert [each["services"] for each in typed["special_days"]] == [["AK"], [], ["A", "AK"]]


def test_nothing_names_a_service_that_is_taken_away() -> None:
    left = after("services", (1, None))
    assert [each["services"] for each in left["counters"]] == [["A"], ["A"]]
    assert left["counters"][1]["weights"] == {}
    # a day that was for this service alone must not become one for all
    days = [(each["first"], each["services"]) for each in left["special_days"]]
    assert days == [("2026-12-25", []), ("2026-12-31", ["A"])]


def test_services_go_with_their_agency() -> None:
    assert [each["agency"] for each in after("agencies", (0, "duk"))["services"]] == ["duk", None]
    assert [each["agency"] for each in after("agencies", (0, None))["services"]] == [None, None]
