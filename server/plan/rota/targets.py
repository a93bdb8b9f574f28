"""What a plan promises: so many per cent within so many minutes, of all or of one service."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from server.domain.office import Office


class Target(msgspec.Struct, frozen=True):
    """So many per cent of people are called within so many minutes."""

    share: int
    minutes: int


class Targets(msgspec.Struct, frozen=True):
    """What is promised: to ``usual`` services all together, and to each that has its ``own``."""

    usual: Target
    own: dict[str, Target] = {}

    def of(self, service: str) -> Target:
        """Return the target of a service."""
        return self.own.get(service, self.usual)

    def harder(self, points: int) -> Targets:
        """Return targets that are so many per cent higher, at most 99."""

        def more(each: Target) -> Target:
            return Target(min(99, each.share + points), each.minutes)

        return Targets(more(self.usual), {code: more(each) for code, each in self.own.items()})


def targets_of(
    office: Office, usual: Target, own: Mapping[str, Target] | None = None
) -> Targets:  # fmt: skip
    """Return what plans of an office promise; ``own`` goes before what its settings say."""
    said = {
        each.code: Target(each.target_share, each.target_minutes)
        for each in office.services if each.target_share
    }  # fmt: skip
    return Targets(usual, said | dict(own or {}))
