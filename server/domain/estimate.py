"""Owns the wait range that visitors are told: honest, or not told at all."""

from __future__ import annotations

import math
from collections.abc import Mapping

import msgspec

from server.domain.office import Service

MODEL = "work-ahead-1"
"""Name of this model; kept with every quote so that its hits can be counted later."""

_Z80 = 0.8416
"""80th percentile of the standard normal distribution."""


class Estimate(msgspec.Struct, frozen=True):
    """A wait range in whole minutes: about the median and the 80th percentile."""

    low_minutes: int
    high_minutes: int


def estimate_wait(
    service: Service,
    ahead: int,
    work: Mapping[str, float],
    offers: Mapping[tuple[str, ...], int],
) -> Estimate | None:
    """Return the wait range for a newcomer, ``None`` when nobody is there to serve.

    A counter that serves several services is shared between them by the work that waits,
    as "oldest first" does. With ``a`` people ahead, service time mean ``S`` and coefficient
    of variation ``v``, and capacity ``c`` counters, the work ahead is about normal with mean
    ``a*S/c`` and standard deviation ``sqrt(a)*S*v/c``; told are its median and 80th percentile.

    Args:
        service: what the newcomer queues for.
        ahead: people called before the newcomer.
        work: minutes of work that wait, per service code.
        offers: how many counters where somebody is offer this set of service codes.
    """
    own = work.get(service.code, 0.0) + service.typical_minutes
    capacity = 0.0
    for offered, counters in offers.items():
        if service.code in offered:
            total = service.typical_minutes + sum([work.get(code, 0.0) for code in offered])
            capacity += counters * own / total
    if capacity <= 0:
        return None
    middle = ahead * service.typical_minutes / capacity
    late = middle + _Z80 * math.sqrt(ahead) * service.typical_minutes * service.spread / capacity
    low = _rounded(middle, up=False)
    return Estimate(low, max(_rounded(late, up=True), low + (1 if ahead else 0)))


def _rounded(minutes: float, *, up: bool) -> int:
    """Round to what people say: whole minutes up to ten, then steps of five."""
    step = 1 if minutes <= 10 else 5  # noqa: PLR2004
    whole = math.ceil(minutes / step) if up else math.floor(minutes / step)
    return int(whole * step)
