"""Owns the formula that stands in where no wait was worked out: people ahead x usual minutes."""

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
    """A wait range in whole minutes, as it is told; docs/estimates.md says what it promises."""

    low_minutes: int
    high_minutes: int


def estimate_wait(
    service: Service,
    ahead: int,
    work: Mapping[str, float],
    offers: Mapping[tuple[str, ...], int],
) -> Estimate | None:
    """Return the wait range for a newcomer, ``None`` when nobody is there to serve.

    Told are the median of ``work_ahead`` and its 80th percentile.
    """
    known = work_ahead(service, ahead, work, offers)
    if known is None:
        return None
    middle, spread = known
    low = _rounded(middle, up=False)
    high = _rounded(middle + _Z80 * spread, up=True)
    return Estimate(low, max(high, low + (1 if ahead else 0)))


def work_ahead(
    service: Service,
    ahead: int,
    work: Mapping[str, float],
    offers: Mapping[tuple[str, ...], int],
) -> tuple[float, float] | None:
    """Return mean and standard deviation of a newcomer's wait; ``None`` when nobody serves.

    A counter that serves several services is shared between them by the work that waits,
    as "oldest first" does. With ``a`` people ahead, service time mean ``S`` and coefficient
    of variation ``v``, and capacity ``c`` counters, the work ahead is about normal with mean
    ``a*S/c`` and standard deviation ``sqrt(a)*S*v/c``.

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
    return middle, math.sqrt(ahead) * service.typical_minutes * service.spread / capacity


def _rounded(minutes: float, *, up: bool) -> int:
    """Round to what people say: whole minutes up to ten, then steps of five."""
    step = 1 if minutes <= 10 else 5  # noqa: PLR2004
    whole = math.ceil(minutes / step) if up else math.floor(minutes / step)
    return int(whole * step)
