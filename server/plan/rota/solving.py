"""The shifts of a day, chosen by HiGHS: enough counters for each service, few hours, fair loads.

Whole numbers are only which shift each officer has. How a counter divides a half hour among its
services may be any part of it, as it is with people who take turns.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec

import msgspec

from server.plan.rota.shapes import Option
from server.plan.rota.trial import Seating

SHORT, ALONE, NOBODY = 100.0, 60.0, 40.0
"""What a missing half hour costs, one below the least presence, and a service without anybody."""
UNWISHED = 4.0
GAP, NEAR = 0.04, 4.0
"""Near enough to the best: a part of its cost, or so many half hours; trying shifts goes on."""
SOLVE_S = 6.0
ROUGH, PATIENT_S = 0.2, 90.0
"""How far from the best is no plan at all, and how long a first one may take to come nearer: where
other work leaves little of the processor, a second is over before the search has begun."""


class NoSolver(ImportError):
    """The solver is not installed: ``pip install 'ramah[plan]'``."""


class Need(msgspec.Struct, frozen=True):
    """What a day's shifts have to give.

    Attributes:
        work: counters by service and half hour.
        least: officers at any time.
        prices: what a half hour of an officer costs, 1 for one who has worked nothing yet.
    """

    opens: int
    closes: int
    work: Mapping[str, Sequence[float]]
    least: int
    prices: Mapping[str, float]


def there() -> bool:
    """Return whether the solver is installed."""
    return find_spec("highspy") is not None


class _Model:
    """Rows and columns as they are found; then handed over in one piece."""

    def __init__(self) -> None:
        self.costs: list[float] = []
        self.upper: list[float] = []
        self.whole: list[bool] = []
        self.starts: list[int] = [0]
        self.columns: list[int] = []
        self.values: list[float] = []
        self.lows: list[float] = []
        self.highs: list[float] = []

    def column(self, cost: float, upper: float, *, whole: bool = False) -> int:
        self.costs.append(cost)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.costs) - 1

    def row(self, low: float, high: float, terms: Sequence[tuple[int, float]]) -> None:
        for column, value in terms:
            self.columns.append(column)
            self.values.append(value)
        self.starts.append(len(self.columns))
        self.lows.append(low)
        self.highs.append(high)


def solve(
    options: Mapping[str, Sequence[Option]], need: Need, limit_s: float = SOLVE_S,
    patient_s: float = 0.0,
) -> list[Seating]:  # fmt: skip
    """Return the shifts that serve the need best.

    Args:
        options: shifts that each officer could have.
        need: what they have to give.
        limit_s: seconds that pass.
        patient_s: so many more while what is found is far from the best.

    Raises:
        NoSolver: it is not installed.
    """
    model, chosen = _Model(), list[tuple[int, Option]]()
    for officer, its in options.items():
        price = need.prices.get(officer, 1.0)
        columns = []
        for option in its:
            cost = option.shift.slots * price + UNWISHED * option.unwished
            columns.append(model.column(cost, 1.0, whole=True))
            chosen.append((columns[-1], option))
        model.row(0, 1, [(column, 1.0) for column in columns])
    for slot in range(need.opens, need.closes):
        _half_hour(model, chosen, need, slot)
    picked = _highs(model, limit_s, patient_s)
    return [
        Seating(option.shift, tuple(sorted(option.services)))
        for column, option in chosen if picked[column] > 0.5  # noqa: PLR2004 - 0 or 1
    ]  # fmt: skip


def _half_hour(model: _Model, chosen: Sequence[tuple[int, Option]], need: Need, slot: int) -> None:
    """Say what the counters of a half hour can give."""
    at_work: dict[int, list[tuple[int, frozenset[str]]]] = defaultdict(list)
    for column, option in chosen:
        if option.shift.works(slot):
            at_work[option.shift.counter].append((column, option.services))
    gives: dict[str, list[int]] = defaultdict(list)
    for its in at_work.values():
        offered = sorted(set().union(*(services for _, services in its)))
        parts = []
        for code in offered:
            if not need.work.get(code, [0.0] * (slot + 1))[slot]:
                continue
            part = model.column(0, 1.0)
            parts.append(part)
            gives[code].append(part)
            if any(code not in services for _, services in its):
                able = [(column, -1.0) for column, services in its if code in services]
                model.row(-1e30, 0, [(part, 1.0), *able])
        there = [(column, -1.0) for column, _ in its]
        model.row(-1e30, 0, [*((part, 1.0) for part in parts), *there])
        model.row(0, 1, [(column, 1.0) for column, _ in its])  # one seat
    for code, work in need.work.items():
        if work[slot]:
            short = model.column(SHORT, 1e30)
            model.row(work[slot], 1e30, [(short, 1.0), *((part, 1.0) for part in gives[code])])
            nobody = model.column(NOBODY, 1.0)
            able = [
                (column, 1.0) for its in at_work.values() for column, services in its
                if code in services
            ]  # fmt: skip
            model.row(1, 1e30, [(nobody, 1.0), *able])
    alone = model.column(ALONE, 1e30)
    everybody = [(column, 1.0) for its in at_work.values() for column, _ in its]
    model.row(need.least, 1e30, [(alone, 1.0), *everybody])


@contextmanager
def _quiet() -> Iterator[None]:
    """Turn standard output away: HiGHS 1.16 tells its name there even when told to be silent."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
        with suppress(OSError, AttributeError, TypeError):
            ctypes.CDLL(None).fflush(None)  # it is C that holds the lines back
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _highs(model: _Model, limit_s: float, patient_s: float) -> Sequence[float]:
    if not there():
        raise NoSolver
    import highspy  # noqa: PLC0415 - an extra; 0.3 s and 30 MB that only a plan needs
    import numpy as np  # noqa: PLC0415

    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(model.costs), len(model.lows)
    lp.col_cost_ = np.array(model.costs)
    lp.col_lower_ = np.zeros(len(model.costs))
    lp.col_upper_ = np.array(model.upper)
    lp.row_lower_ = np.array(model.lows)
    lp.row_upper_ = np.array(model.highs)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.array(model.starts)
    lp.a_matrix_.index_ = np.array(model.columns)
    lp.a_matrix_.value_ = np.array(model.values)
    kinds = highspy.HighsVarType
    lp.integrality_ = [kinds.kInteger if each else kinds.kContinuous for each in model.whole]
    with _quiet():
        solver = highspy.Highs()  # type: ignore[no-untyped-call]
        for name, value in {
            "output_flag": False, "threads": 1, "mip_rel_gap": GAP, "mip_abs_gap": NEAR,
        }.items():  # fmt: skip
            solver.setOptionValue(name, value)
        solver.passModel(lp)
        while True:
            solver.setOptionValue("time_limit", solver.getRunTime() + limit_s)
            solver.run()
            if solver.getInfo().mip_gap <= ROUGH or patient_s <= 0:
                break
            patient_s -= limit_s
            limit_s *= 2  # what it knows it keeps, but it begins its search anew
    found = solver.getSolution().col_value
    return list(found) if len(found) == len(model.costs) else [0.0] * len(model.costs)
