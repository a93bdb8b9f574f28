"""The fronts of the lines in memory: short and long ones are called in their order."""

from __future__ import annotations

import pytest

from server.domain import calling, desks, issuing
from server.domain.issuing import NewTicket
from server.domain.states import Priority
from server.storage.fronts import LONGEST, READ_AHEAD
from tests.server.rehearsal import Rehearsal, on


def issue(hall: Rehearsal, count: int) -> list[str]:
    return [hall.do(on(issuing.issue, NewTicket("A"))).ticket.label for _ in range(count)]


def call(hall: Rehearsal, count: int) -> list[str]:
    labels = []
    for _ in range(count):
        called = hall.do(on(calling.call_next, "1"))
        assert called is not None
        labels.append(called[0].label)
        hall.do(on(calling.no_show, "1"))
    return labels


@pytest.mark.parametrize(
    ("before", "known", "after"),
    [(0, True, LONGEST + 5), (READ_AHEAD, True, 3), (READ_AHEAD + 1, True, 3), (3, True, LONGEST),
     (2 * READ_AHEAD, False, 1)],
)  # fmt: skip
def test_a_line_of_any_length_is_called_in_order(before: int, after: int, *, known: bool) -> None:
    """``before`` wait when the line is first looked at (``known``), ``after`` come behind them."""
    with Rehearsal() as hall:
        hall.do(on(desks.open_counter, "1"))
        labels = issue(hall, before)
        if known:
            hall.do(lambda tx: tx.head("A", Priority.REGULAR))
        labels += issue(hall, after)
        assert call(hall, len(labels)) == labels
        assert hall.do(on(calling.call_next, "1")) is None
