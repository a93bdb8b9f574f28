"""Textbook formulas of waiting lines: what the simulator is held against, and first guesses.

Erlang C: people come at random (rate ``a`` offered load in busy desks), nobody leaves. Erlang A:
each leaves after an exponential patience. A. K. Erlang 1917; C. Palm 1957; A. Mandelbaum and
S. Zeltyn, "The Palm/Erlang-A queue" (2005).
"""

from __future__ import annotations

import math

import msgspec

_ENOUGH = 1e-15


def delayed(desks: int, load: float) -> float:
    """Return the share of people who wait at all (Erlang C); 1 when the desks cannot keep up.

    Args:
        desks: how many serve.
        load: arrivals a minute times minutes of service.
    """
    if load >= desks:
        return 1.0
    blocked = 1.0
    for each in range(1, desks + 1):
        blocked = load * blocked / (each + load * blocked)
    return blocked / (1 - load / desks * (1 - blocked))


def mean_wait(desks: int, load: float, service: float) -> float:
    """Return the mean wait, in the unit of ``service``; infinite when desks cannot keep up."""
    if load >= desks:
        return math.inf
    return delayed(desks, load) * service / (desks - load)


def within(desks: int, load: float, service: float, limit: float) -> float:
    """Return the share of people who wait no longer than ``limit``."""
    if load >= desks:
        return 0.0
    return 1 - delayed(desks, load) * math.exp(-(desks - load) * limit / service)


def desks_for(load: float, service: float, limit: float, share: float) -> int:
    """Return the fewest desks at which ``share`` of the people wait no longer than ``limit``."""
    desks = max(1, math.floor(load) + 1)
    while within(desks, load, service, limit) < share:
        desks += 1
    return desks


class Impatient(msgspec.Struct, frozen=True):
    """What Erlang A gives: the share who leave, the share who wait, the mean wait of all."""

    leave: float
    delayed: float
    mean_wait: float


def impatient(desks: int, load: float, service: float, patience: float) -> Impatient:
    """Return Erlang A, by summing the steady states of its birth and death process.

    ``patience`` and ``mean_wait`` are in the unit of ``service``.
    """
    rate, serves, leaves = load / service, 1 / service, 1 / patience
    states = [1.0]
    while len(states) <= desks or states[-1] > _ENOUGH * sum(states):
        n = len(states)
        out = min(n, desks) * serves + max(0, n - desks) * leaves
        states.append(states[-1] * rate / out)
    whole = sum(states)
    in_line = sum((n - desks) * p for n, p in enumerate(states) if n > desks) / whole
    waits = sum(states[desks:]) / whole
    return Impatient(in_line * leaves / rate, waits, in_line / rate)
