"""What the server asks the process that makes rotas, and what it answers."""

from __future__ import annotations

from typing import Literal

import msgspec

from server.domain.day import Millis
from server.plan.rota.making import Progress
from server.plan.rota.regret import DayBack
from server.plan.rota.targets import Target, Targets
from server.plan.rota.values import Change, DayRota, Outlook, RotaRules, Shift


class MakeAsked(msgspec.Struct, frozen=True, tag="make"):
    """Begin with the seven days from ``week`` on; a rota in the making before is forgotten.

    ``own``: targets of single services instead of those that the settings say.
    """

    data: str
    branch: int
    week: str
    now: Millis
    rules: RotaRules
    own: dict[str, Target] = {}


class GoOnAsked(msgspec.Struct, frozen=True, tag="go on"):
    """Work for a second or so on what was begun."""


class TryAsked(msgspec.Struct, frozen=True, tag="try"):
    """Say what comes of a day's shifts, with changes and ``people`` per cent of the visitors."""

    data: str
    branch: int
    day: str
    now: Millis
    rules: RotaRules
    shifts: list[Shift]
    changes: list[Change] = []
    people: int = 100


class BackAsked(msgspec.Struct, frozen=True, tag="back"):
    """Say what became of a planned day; ``version``: of its plan."""

    data: str
    branch: int
    now: Millis
    rules: RotaRules
    targets: Targets
    plan: DayRota
    version: int


class Made(msgspec.Struct, frozen=True):
    """How far it is; ``trouble``: why nothing can be made.

    ``known``: days of the log that it is made from.
    """

    progress: Progress | None
    known: int = 0
    trouble: Literal["", "no-solver", "no-history", "nothing-begun"] = ""


class TriedDay(msgspec.Struct, frozen=True):
    """What comes of it; null on a day on which nobody is expected."""

    outcome: Outlook | None


class Became(msgspec.Struct, frozen=True):
    """What became of it; null where nothing was planned."""

    day: DayBack | None


Asked = MakeAsked | GoOnAsked | TryAsked | BackAsked
