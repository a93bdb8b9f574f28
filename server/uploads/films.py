"""Owns looking into films: size, length and coding of an MP4, by ISO/IEC 14496-12 and -15.

Phones, cameras and programs write what browsers cannot play into files of the same name. What they
can is taken in, also in fragments as screen recorders and streams write it; what they cannot is
refused by its name, for a screen passes over it without a word.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from server.domain.errors import Invalid

MAX_BOXES = 50_000
"""Boxes looked at in a film; a film of two hours in fragments has some ten thousand."""
MAX_RUNS = 10_000
PLAYED = frozenset({b"avc1", b"avc3", b"vp08", b"vp09", b"av01"})
CODINGS = {
    b"hvc1": "H.265 (HEVC)", b"hev1": "H.265 (HEVC)", b"dvh1": "Dolby Vision",
    b"dvhe": "Dolby Vision", b"mp4v": "MPEG-4 Part 2 (DivX, Xvid)", b"s263": "H.263",
    b"jpeg": "Motion JPEG", b"mjpa": "Motion JPEG", b"apch": "ProRes", b"apcn": "ProRes",
    b"apcs": "ProRes", b"apco": "ProRes", b"ap4h": "ProRes", b"vvc1": "H.266 (VVC)",
    b"encv": "DRM",
}  # fmt: skip
_HEAD = struct.Struct(">I4s")


class NoFilm(Exception):
    """The file is damaged, or none."""


class Film(NamedTuple):
    """What a film says of itself; 0 seconds: it does not say how long it is."""

    width: int
    height: int
    seconds: float


class _Box(NamedTuple):
    name: bytes
    start: int
    end: int


class _Track:
    """What stands in the head of one track."""

    def __init__(self) -> None:
        self.number = self.width = self.height = 0
        self.scale = 1
        self.handler = self.coding = b""


def look_into(file: BinaryIO, size: int) -> Film:
    """Return what a film is.

    Raises:
        Invalid: no browser plays it. NoFilm: it is damaged.
    """
    try:
        return _Reader(file).film(size)
    except (struct.error, ValueError, ZeroDivisionError, IndexError, OverflowError) as error:
        raise NoFilm from error


class _Reader:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._looked = 0

    def film(self, size: int) -> Film:
        parts = list(self._boxes(0, size))
        moov = next((each for each in parts if each.name == b"moov"), None)
        if moov is None:
            raise NoFilm
        head = list(self._boxes(moov.start, moov.end))
        tracks = [self._track(each) for each in head if each.name == b"trak"]
        seen = [each for each in tracks if each.width and each.height]
        if not seen:
            raise NoFilm
        shown = max(seen, key=lambda each: each.width * each.height)
        if shown.coding not in PLAYED:
            raise _not_played(shown.coding)
        seconds = sum(_length(self._read(each, 32), 12) for each in head if each.name == b"mvhd")
        fragments = [each for each in parts if each.name == b"moof"]
        if seconds <= 0 and not fragments:
            raise NoFilm
        if seconds <= 0:
            steps = self._steps(head)
            step = steps.get(shown.number, 0)
            seconds = sum(self._ticks(each, shown.number, step) for each in fragments) / shown.scale
        return Film(shown.width, shown.height, round(seconds, 1))

    def _boxes(self, start: int, end: int) -> Iterator[_Box]:
        """Yield what a box holds; one that lies about its size ends the film."""
        while start + 8 <= end:
            self._looked += 1
            if self._looked > MAX_BOXES:
                raise ValueError("a film of far too many boxes")
            self._file.seek(start)
            size, name = _HEAD.unpack(self._file.read(8))
            content = start + 8
            if size == 1:
                (size,) = struct.unpack(">Q", self._file.read(8))
                content += 8
            if size == 0:
                size = end - start
            if size < content - start or start + size > end:
                raise ValueError(name)
            yield _Box(name, content, start + size)
            start += size

    def _read(self, box: _Box, most: int) -> bytes:
        self._file.seek(box.start)
        return self._file.read(min(most, box.end - box.start))

    def _track(self, trak: _Box) -> _Track:
        track = _Track()
        for box in self._within(trak, b"mdia", b"minf", b"stbl"):
            if box.name == b"tkhd":
                head = self._read(box, 104)
                (track.number,) = struct.unpack_from(">I", head, 20 if head[0] == 1 else 12)
                wide, high = struct.unpack(">II", head[-8:])
                track.width, track.height = wide >> 16, high >> 16
            elif box.name == b"mdhd":
                head = self._read(box, 32)
                (track.scale,) = struct.unpack_from(">I", head, 20 if head[0] == 1 else 12)
            elif box.name == b"stsd":
                track.coding = self._read(box, 16)[12:16]
        return track

    def _within(self, box: _Box, *through: bytes) -> Iterator[_Box]:
        """Yield the boxes in a box, and those in the ones it goes ``through``."""
        for each in self._boxes(box.start, box.end):
            yield each
            if each.name in through:
                yield from self._within(each, *through)

    def _steps(self, head: list[_Box]) -> dict[int, int]:
        """Return how long a picture stays where a fragment says nothing else, by track."""
        steps = {}
        for mvex in (each for each in head if each.name == b"mvex"):
            for box in self._boxes(mvex.start, mvex.end):
                if box.name == b"trex":
                    _, track, _, step = struct.unpack(">IIII", self._read(box, 16))
                    steps[track] = step
        return steps

    def _ticks(self, moof: _Box, track: int, step: int) -> int:
        """Return how long a track goes on in a fragment, in its own unit."""
        total, mine = 0, False
        for box in self._within(moof, b"traf"):
            if box.name == b"tfhd":
                head = self._read(box, 32)
                flags, number = struct.unpack_from(">II", head)
                mine = number == track
                if mine and flags & 0x8:
                    (step,) = struct.unpack_from(
                        ">I", head, 8 + 8 * (flags & 1) + 4 * (flags >> 1 & 1)
                    )
            elif box.name == b"trun" and mine:
                total += self._run(box, step)
        return total

    def _run(self, trun: _Box, step: int) -> int:
        flags, count = struct.unpack(">II", self._read(trun, 8))
        flags &= 0xFFFFFF
        if not flags & 0x100:
            return int(count * step)
        width = 4 * (flags >> 8 & 0xF).bit_count()
        first = 8 + 4 * (flags & 1) + 4 * (flags >> 2 & 1)
        if count > MAX_RUNS:
            raise ValueError("a fragment of far too many pictures")
        data = self._read(trun, first + count * width)[first:]
        return sum(each for (each,) in struct.iter_unpack(f">I{width - 4}x", data))


def _length(head: bytes, at: int) -> float:
    """Return the seconds that a head tells: its version, then unit and length."""
    if head[0] == 1:
        scale, duration = struct.unpack_from(">IQ", head, at + 8)
        endless = 0xFFFFFFFFFFFFFFFF
    else:
        scale, duration = struct.unpack_from(">II", head, at)
        endless = 0xFFFFFFFF
    return 0.0 if duration == endless else float(duration / scale)


def _not_played(coding: bytes) -> Invalid:
    name = CODINGS.get(coding) or coding.decode("ascii", "replace").strip("\0 ") or "?"
    return Invalid(
        "This film is coded as {coding}, which the screens' browsers do not play. Please save it "
        "as MP4 with H.264.",
        field="body", coding=name if name.isprintable() else "?",
    )  # fmt: skip
