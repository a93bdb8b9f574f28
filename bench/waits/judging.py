"""Plays days, lets the model and every rule guess each wait, and says how right they were."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random

import msgspec

from bench.waits.marks import Guess
from bench.waits.rules import RULES, WORK_AHEAD, Fitted, Seen, Watcher, means_of
from bench.waits.world import Asked, Past, Shift, Taken, play
from server.demo import profile
from server.demo.simulator import Habits
from server.domain.foretold import Range
from server.domain.office import Office, Service
from server.domain.quoting import said
from server.domain.states import Priority
from server.domain.tx import Tx
from server.plan.foretell import MODEL, foretell
from server.plan.judged import Judged, tails
from server.plan.learned import DAYS, Learned, learn
from server.plan.situation import situation_of

Guesses = dict[str, list[Guess]]
"""What each way guessed, all in the order of the numbers."""
WAYS = (*RULES, WORK_AHEAD, MODEL)


class World(msgspec.Struct, frozen=True):
    """An office as it really is.

    Attributes:
        office: with the times that services really take.
        told: the services as the settings tell them.
        per_day: visitors on a usual day.
        habits: of its visitors.
        lunch: minutes by which everybody rests later.
        seed: another one, other people.
    """

    office: Office
    told: Sequence[Service]
    per_day: int
    habits: Habits
    lunch: int
    seed: str

    def count(self, day: str) -> int:
        """Return how many come on a day."""
        random = Random(f"{self.seed}/volume/{day}")
        return profile.volume(date.fromisoformat(day), self.per_day, random)

    def play(
        self, day: str, shift: Shift = "usual", asked: Asked | None = None
    ) -> tuple[list[Taken], Past]:
        """Play one day."""
        return play(
            self.office, day, self.count(day), f"{self.seed}/{day}", shift, self.lunch, asked,
            self.habits,
        )  # fmt: skip

    def past(self, days: Sequence[str]) -> Past:
        """Return the log of usual days."""
        whole = Past([], [], {})
        for day in days:
            whole.add(self.play(day)[1])
        return whole

    def fitted(self, days: Sequence[str], past: Past) -> tuple[Fitted, dict[str, float]]:
        """Return the ranges of the simple rules, learned from days before."""
        means = means_of(past)
        seen: list[Seen] = []
        for day in days:
            watcher = Watcher(means)
            self.play(day, asked=watcher.asked)
            seen += watcher.seen
        return Fitted(seen), means


class Foreteller:
    """Works the wait of each newcomer of one day out, as the process beside a hall does."""

    def __init__(self, learned: Learned) -> None:
        self._learned = learned
        self._told: list[tuple[Taken, Range | None]] = []

    def asked(self, tx: Tx, taken: Taken, today: Past) -> None:
        """Work out one wait."""
        ended = [each for each in today.turns if each.ended_at]
        found = situation_of(tx, self._learned, today.sessions, ended)
        assert found is not None
        right = tails(self._judged(tx), self._learned.lengths)
        waits = foretell(found, self._learned, Random(taken.ticket), tails=right)
        cls = Priority(taken.priority)
        ahead = found.ahead[taken.service, cls]
        self._told.append((taken, waits.newcomer(taken.service, cls, ahead)))

    def _judged(self, tx: Tx) -> list[Judged]:
        found = []
        for taken, told in self._told:
            wait = tx.hall.visits[taken.ticket].turns[0].wait_ms
            if wait is not None and told is not None:
                words = said(told)
                found.append(Judged(
                    tx.day, 0, taken.at, taken.service, taken.priority, MODEL, wait / 60_000,
                    words.low_minutes, words.high_minutes, told.middle,
                ))  # fmt: skip
        return found

    def guesses(self) -> list[Range | None]:
        """Return what was worked out, in the order of the numbers."""
        return [told for _, told in self._told]


def judge(
    world: World, days: Sequence[str], shift: Shift, past: Past, fitted: Fitted,
    means: dict[str, float],
) -> Guesses:  # fmt: skip
    """Return what every way guessed on some days."""
    found: Guesses = {way: [] for way in WAYS}
    for day in days:
        known = past.before(day, DAYS)
        learned = learn(world.told, day, known.turns, known.sessions, known.began)
        watcher, model = Watcher(means), Foreteller(learned)

        def asked(
            tx: Tx, taken: Taken, today: Past, watcher: Watcher = watcher,
            model: Foreteller = model,
        ) -> None:  # fmt: skip
            watcher.asked(tx, taken, today)
            model.asked(tx, taken, today)

        world.play(day, shift, asked)
        for seen, told in zip(watcher.seen, model.guesses(), strict=True):
            wait = seen.taken.wait
            if wait is None:
                continue
            ranges = {rule: fitted.guess(rule, seen) for rule in RULES}
            ranges |= {WORK_AHEAD: seen.formula, MODEL: told}
            for way, range_ in ranges.items():
                words = None if range_ is None else said(range_)
                low, high = (words.low_minutes, words.high_minutes) if words else (0, 0)
                found[way].append(Guess(seen.taken.service, seen.hour, wait, range_, low, high))
    return found


def unseen(office: Office, seed: str) -> World:
    """Return an office whose times and visitors nobody told the model of, drawn by ``seed``."""
    random = Random(seed)
    services = [
        msgspec.structs.replace(
            each, typical_minutes=each.typical_minutes * random.uniform(0.7, 1.4),
            spread=random.uniform(0.4, 1.0),
        )
        for each in office.services
    ]  # fmt: skip
    habits = Habits(
        priority=random.uniform(0.03, 0.2), no_show=random.uniform(0.02, 0.12),
        transfer=random.uniform(0.0, 0.1), hold=random.uniform(0.0, 0.05),
    )  # fmt: skip
    return World(
        msgspec.structs.replace(office, services=services), office.services,
        round(225 * random.uniform(0.9, 1.15)), habits, random.randrange(-20, 25), seed,
    )  # fmt: skip
