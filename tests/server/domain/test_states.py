"""The states of a turn: the table of the design, word for word."""

from __future__ import annotations

from itertools import product

import pytest

from server.domain.errors import Conflict
from server.domain.states import AT_COUNTER, TRANSITIONS, TurnState, check_transition

DESIGN = """
waiting -> called
called -> serving
serving -> done
called -> no_show
called -> waiting
waiting -> held
called -> held
serving -> held
held -> waiting
serving -> transferred
called -> transferred
waiting -> transferred
waiting -> cancelled
held -> cancelled
no_show -> waiting
waiting -> expired
held -> expired
called -> closed
serving -> closed
"""
"""Section 3 of the design, one arrow a line."""


def arrows() -> set[tuple[str, str]]:
    """Return the allowed changes as (from, to)."""
    pairs = [line.split(" -> ") for line in DESIGN.strip().splitlines()]
    return {(was, to) for was, to in pairs}


def test_the_table_is_the_one_of_the_design() -> None:
    assert {(was, to) for was, targets in TRANSITIONS.items() for to in targets} == arrows()


def test_every_state_has_its_row() -> None:
    assert set(TRANSITIONS) == set(TurnState)


@pytest.mark.parametrize(("was", "to"), list(product(TurnState, TurnState)))
def test_an_impossible_change_is_a_conflict_that_names_both_states(
    was: TurnState, to: TurnState
) -> None:
    if (was, to) in arrows():
        check_transition("A001", was, to)
        return
    with pytest.raises(Conflict) as conflict:
        check_transition("A001", was, to)
    assert conflict.value.params["state"] == was.value
    assert conflict.value.params["wanted"] == to.value
    for word in ("A001", f"'{was}'", f"'{to}'"):
        assert word in str(conflict.value)


def test_a_ticket_is_at_a_counter_when_it_is_called_or_served() -> None:
    assert {TurnState.CALLED, TurnState.SERVING} == AT_COUNTER
