"""Owns how many open counters of a made-up day offer which services, as the told wait needs it."""

from __future__ import annotations

from collections.abc import Sequence

from server.demo.cast import Desk
from server.domain.states import CounterState

Set = tuple[str, ...]


class Offers:
    """Counts open counters by the set of services they offer; each change counts one set anew."""

    def __init__(self, desks: Sequence[Desk]) -> None:
        self._desks: dict[Set, list[tuple[int, Desk]]] = {}
        for place, desk in enumerate(sorted(desks, key=lambda each: each.key)):
            self._desks.setdefault(desk.offered, []).append((place, desk))
        self._open: dict[Set, tuple[int, int]] = {}
        self._of: dict[str, dict[Set, int]] = {}

    def changed(self, desk: Desk) -> None:
        """Count the set of a counter that opened, paused or closed."""
        places = [at for at, each in self._desks[desk.offered] if each.state is CounterState.OPEN]
        if places:
            self._open[desk.offered] = (places[0], len(places))
        else:
            self._open.pop(desk.offered, None)
        self._of.clear()

    def of(self, service: str) -> dict[Set, int]:
        """Return how many open counters offer each set with this service, in order of their ids."""
        known = self._of.get(service)
        if known is None:
            found = sorted(
                (first, offered, count)
                for offered, (first, count) in self._open.items()
                if service in offered
            )
            known = self._of[service] = {offered: count for _, offered, count in found}
        return known
