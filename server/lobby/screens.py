"""Owns what the lobby screens are told and what they report: settings, health, who speaks.

Reports live in memory: after a restart every screen reports again within seconds. In each room
("zone") one screen speaks, so that two screens never say the same call out of step.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Annotated, Literal

import msgspec

from server.api.requests import Request
from server.domain.day import Millis
from server.domain.texts import PRINTABLE, Code
from server.domain.voice import Percent

ONLINE_MS = 25_000
"""A screen reports every ten seconds; two lost reports are forgiven."""
FORGOTTEN_MS = 86_400_000

Sound = Literal["on", "off", "none"]
Role = Literal["voice", "chime", "off"]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=PRINTABLE)]
Pixels = Annotated[int, msgspec.Meta(ge=0, le=20_000)]


class Shows(Request, frozen=True):
    """What one screen shows and whether it is heard.

    Attributes:
        services: codes; empty for all.
        counters: numbers; empty for all.
        sound: ``auto`` lets one screen of the zone speak; or always ``voice``, ``chime``, ``off``.
        zone: the room it hangs in.
        playlist: what plays beside the calls; ``""`` for nothing.
        media_volume: loudness of videos, percent.
    """

    services: Annotated[list[Code], msgspec.Meta(max_length=200)] = msgspec.field(
        default_factory=list
    )
    counters: Annotated[list[int], msgspec.Meta(max_length=200)] = msgspec.field(
        default_factory=list
    )
    sound: Literal["auto", "voice", "chime", "off"] = "auto"
    zone: Annotated[str, msgspec.Meta(max_length=40, pattern=PRINTABLE)] = ""
    playlist: Annotated[str, msgspec.Meta(max_length=40, pattern=PRINTABLE)] = "lobby"
    media_volume: Percent = 30


class ScreenReport(Request, frozen=True):
    """How a screen is.

    Attributes:
        sound: whether its browser lets it sound.
        clock: its own clock, ms since 1970, to see how wrong it is.
        frame_at: when it last drew, ms by its own clock.
        seq: the last event it has.
        waiting: calls that wait to be announced on it.
        memory_mb: memory its page uses, if the browser tells; 0 if not.
    """

    sound: Sound
    clock: Annotated[int, msgspec.Meta(ge=0, le=10**14)]
    frame_at: Annotated[int, msgspec.Meta(ge=0, le=10**14)] = 0
    seq: Annotated[int, msgspec.Meta(ge=0)] = 0
    version: Annotated[str, msgspec.Meta(max_length=40, pattern=PRINTABLE)] = ""
    width: Pixels = 0
    height: Pixels = 0
    waiting: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    memory_mb: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 0


class Told(msgspec.Struct, frozen=True):
    """What a screen is to do: its part in the sound, and whether there is something new."""

    sound: Role
    revision: str


@dataclass
class Seen:
    """The last report of a screen, and when it came."""

    at: Millis
    report: ScreenReport
    shows: Shows
    branch: int


@dataclass
class Screens:
    """Every screen that reported since the start; forgotten after a day of silence."""

    seen: dict[str, Seen] = field(default_factory=dict)
    speakers: dict[tuple[int, str], str] = field(default_factory=dict)
    _changes: int = 0
    _start: int = field(default_factory=lambda: int(time.time()))

    @property
    def revision(self) -> str:
        """Changes whenever a screen has something to fetch anew."""
        return f"{self._start}.{self._changes}"

    def changed(self) -> None:
        """Note that settings, media or voices are not as they were."""
        self._changes += 1

    def take(
        self, device: str, branch: int, shows: Shows, report: ScreenReport, now: Millis
    ) -> Told:
        """Take a report and answer with what the screen is to do."""
        self.seen[device] = Seen(now, report, shows, branch)
        for gone in [key for key, each in self.seen.items() if now - each.at > FORGOTTEN_MS]:
            del self.seen[gone]
        return Told(self.role(device, now), self.revision)

    def online(self, device: str, now: Millis) -> bool:
        """Whether a screen reported a moment ago."""
        seen = self.seen.get(device)
        return seen is not None and now - seen.at <= ONLINE_MS

    def role(self, device: str, now: Millis) -> Role:
        """Return a screen's part in the sound of its room."""
        seen = self.seen[device]
        if seen.shows.sound != "auto":
            return seen.shows.sound
        return "voice" if self._speaker(seen.branch, seen.shows.zone, now) == device else "off"

    def expected(self, device: str, branch: int, shows: Shows, now: Millis) -> Role:
        """Return a screen's part whether or not it has reported: it may not be able to.

        Who cannot report speaks only where nobody else of the room does.
        """
        if device in self.seen and self.online(device, now):
            return self.role(device, now)
        if shows.sound != "auto":
            return shows.sound
        others = [
            each
            for other, each in self.seen.items()
            if other != device and each.branch == branch and each.shows.zone == shows.zone
            and self.online(other, now)
        ]  # fmt: skip
        heard = [e for e in others if e.shows.sound == "voice" or e.report.sound == "on"]
        return "off" if heard else "voice"

    def _speaker(self, branch: int, zone: str, now: Millis) -> str | None:
        """Return the screen that speaks in a room: who did, while it can; else the next that can.

        A screen told to speak always makes the others of its room silent.
        """
        here = {
            device: each
            for device, each in self.seen.items()
            if each.branch == branch and each.shows.zone == zone and self.online(device, now)
        }
        if any(each.shows.sound == "voice" for each in here.values()):
            return None
        able = [d for d, each in here.items() if each.shows.sound == "auto"]
        able = [d for d in able if here[d].report.sound != "none"] or able  # a board of LEDs
        heard = [d for d in able if here[d].report.sound == "on"]
        known = self.speakers.get((branch, zone))
        candidates = heard or able
        if known not in candidates:
            known = min(candidates, default=None)
            if known is None:
                self.speakers.pop((branch, zone), None)
            else:
                self.speakers[branch, zone] = known
        return known
