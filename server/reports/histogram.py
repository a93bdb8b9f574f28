"""Owns the mergeable histogram of durations: log-linear buckets, an error that is known.

Below 6.4 s a bucket is 0.1 s wide; above, each doubling is cut into 32 buckets. A percentile is
told as its bucket's middle, so it differs from the exact one (nearest rank) by at most 1/64
(1.5625 %), or by 0.05 s when it is shorter than 3.2 s. The idea is that of HdrHistogram.

A histogram is one big integer with a 32-bit lane for each bucket: adding two integers adds all
lanes at once, and that is what makes a year's report fast.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator

UNIT_MS = 100
BUCKETS = 512
LONGEST = (1 << 20) - 1
"""Units; 29 hours. Longer durations are counted in the last bucket."""
MAX_ERROR = 1 / 64
SHORT_ERROR_MS = UNIT_MS / 2

FEW = 5
"""Histograms with at most so many bits set are kept lane by lane: smaller and faster."""
SPARSE = b"\x01"
"""First byte of those; compressed lanes begin with another one (zlib)."""
_PAIR = struct.Struct("<HI").pack
_PAIRS = struct.Struct("<HI").iter_unpack

_LANE_BITS = 32
_LANE_MASK = (1 << _LANE_BITS) - 1
_UNPACK = struct.Struct(f"<{BUCKETS}I").unpack
_UNPACK_BYTES = BUCKETS * _LANE_BITS // 8
_LINEAR = 64
_LANES = [1 << _LANE_BITS * each for each in range(BUCKETS)]
_ONE = [SPARSE + _PAIR(bucket, 1) for bucket in range(BUCKETS)]
"""How a single duration is kept: most cells hold no more."""
_ONE_BUCKET = {kept: bucket for bucket, kept in enumerate(_ONE)}

Histogram = int
"""Lanes of counts; ``0`` is empty, ``+`` merges. A lane holds up to four thousand million."""
UNLIKE_ANY: Histogram = -1
"""Stands for one that cannot be read; equal to no other."""


class Unreadable(ValueError):
    """Bytes that are no kept histogram: the file was damaged."""


def bucket_of(duration_ms: int) -> int:
    """Return the bucket of a duration (milliseconds, not negative)."""
    units = min(duration_ms // UNIT_MS, LONGEST)
    if units < _LINEAR:
        return units
    shift = units.bit_length() - 6
    return 32 * shift + (units >> shift)


def bounds_ms(bucket: int) -> tuple[int, int]:
    """Return the first millisecond of a bucket and the first after it."""
    if bucket < _LINEAR:
        return bucket * UNIT_MS, (bucket + 1) * UNIT_MS
    shift = bucket // 32 - 1
    low = (bucket - 32 * shift) << shift
    return low * UNIT_MS, (low + (1 << shift)) * UNIT_MS


def lane(duration_ms: int) -> Histogram:
    """Return the histogram of one duration."""
    return _LANES[bucket_of(duration_ms)]


def encode(lanes: Histogram) -> bytes:
    """Return the bytes a histogram is kept as; empty for an empty one.

    A few durations are kept as ``SPARSE`` and then bucket and count of each, many as the
    lanes, compressed. A small window is enough for two kilobytes, and setting up the large one
    that zlib takes by itself costs twenty times what the packing does.
    """
    if not lanes:
        return b""
    bucket = (lanes.bit_length() - 1) // _LANE_BITS
    if lanes == _LANES[bucket]:
        return _ONE[bucket]
    if lanes.bit_count() <= FEW:
        kept = SPARSE
        while lanes:  # from the longest down, so that what is left gets shorter
            bucket = (lanes.bit_length() - 1) // _LANE_BITS
            count = lanes >> bucket * _LANE_BITS
            lanes -= count << bucket * _LANE_BITS
            kept += _PAIR(bucket, count)
        return kept
    packer = zlib.compressobj(1, zlib.DEFLATED, 12, 4)
    packed = packer.compress(lanes.to_bytes(-(-lanes.bit_length() // 8), "little"))
    return packed + packer.flush()


def decode(kept: bytes) -> Histogram:
    """Return the histogram that ``encode`` made ``kept`` from.

    Raises:
        Unreadable: ``encode`` made no such bytes.
    """
    if not kept:
        return 0
    try:
        if kept[:1] != SPARSE:
            return int.from_bytes(zlib.decompress(kept), "little")
        bucket = _ONE_BUCKET.get(kept)
        if bucket is not None:
            return _LANES[bucket]
        lanes = 0
        for bucket, count in _PAIRS(kept[1:]):
            lanes += _LANES[bucket] if count == 1 else count * _LANES[bucket]
    except (IndexError, struct.error, zlib.error) as error:
        raise Unreadable from error
    return lanes


def counts(lanes: Histogram) -> Iterator[tuple[int, int]]:
    """Yield (bucket, count) of the buckets that hold something, shortest first."""
    for bucket, count in enumerate(_UNPACK(lanes.to_bytes(_UNPACK_BYTES, "little"))):
        if count:
            yield bucket, count


def rank(count: int, share: float) -> int:
    """Return which of ``count`` ordered values is the percentile, from 1 (nearest rank)."""
    return max(1, -(-count * round(share * 1000) // 1000))


def percentiles_s(lanes: Histogram, shares: Iterable[float], longest_ms: int) -> list[float | None]:
    """Return the percentiles by nearest rank, in seconds; ``None`` each for no durations.

    Args:
        lanes: the durations.
        shares: ascending, 0 to 1.
        longest_ms: the longest duration, which no percentile is told to pass.
    """
    filled = list(counts(lanes))
    total = sum(count for _, count in filled)
    wanted = list(shares)
    if not total:
        return [None for _ in wanted]
    told: list[float | None] = []
    seen, place = 0, iter(filled)
    bucket = -1
    for share in wanted:
        place_of = rank(total, share)
        while seen < place_of:
            bucket, count = next(place)
            seen += count
        low, end = bounds_ms(bucket)
        told.append(min((low + end) / 2, max(longest_ms, low)) / 1000)
    return told
