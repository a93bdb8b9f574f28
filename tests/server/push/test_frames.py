"""Frames of screens: read as RFC 6455 says, however the network cuts them; the rest is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame as Sent
from websockets.frames import Opcode

from server.push.frames import (
    PROTOCOL_ERROR,
    TEXT,
    TOO_BIG,
    Broken,
    Frame,
    read_frame,
    text_frame,
)

MOST = 70_000
PAYLOADS = st.one_of(st.binary(max_size=130), st.sampled_from([b"x" * 65_535, b"y" * 65_536]))


def masked(payload: bytes, opcode: Opcode = Opcode.TEXT, *, final: bool = True) -> bytes:
    """Return what a browser sends, as an independent library writes it."""
    return Sent(opcode, payload, fin=final).serialize(mask=True)


def read_all(data: bytes) -> tuple[list[Frame], bytes]:
    frames, at = [], 0
    while (frame := read_frame(data, MOST, at)) is not None:
        frames.append(frame)
        at += frame.size
    return frames, data[at:]


@given(st.lists(PAYLOADS, max_size=4), st.integers(0, 200))
def test_frames_are_read_whatever_their_size_and_however_they_are_cut(
    payloads: list[bytes], left: int
) -> None:
    wire = b"".join(masked(each) for each in payloads)
    cut = max(0, len(wire) - left)
    frames, rest = read_all(wire[:cut])
    more, end = read_all(rest + wire[cut:])
    assert [each.payload for each in frames + more] == payloads
    assert end == b""
    assert all((each.opcode, each.final) == (TEXT, True) for each in frames + more)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
def test_what_the_server_writes_is_what_it_reads(size: int) -> None:
    """The same bytes, but for the mask that only clients use."""
    payload = b"a" * size
    assert text_frame(payload) == Sent(Opcode.TEXT, payload).serialize(mask=False)


@pytest.mark.parametrize(
    ("wire", "code"),
    [
        (text_frame(b"no mask"), PROTOCOL_ERROR),
        (bytes((0xC1, 0x80)) + bytes(4), PROTOCOL_ERROR),  # a reserved bit
        (bytes((0x09, 0x80)) + bytes(4), PROTOCOL_ERROR),  # a ping in parts
        (masked(b"p" * 125, Opcode.PING).replace(b"\xfd", b"\xfe", 1), PROTOCOL_ERROR),
        (masked(b"x" * (MOST + 1))[:10], TOO_BIG),  # known from its head alone
    ],
)
def test_what_breaks_the_rules_is_refused(wire: bytes, code: int) -> None:
    with pytest.raises(Broken) as broken:
        read_frame(wire, MOST)
    assert broken.value.code == code
