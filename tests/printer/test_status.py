from __future__ import annotations

import pytest

from printer.errors import PrintError
from printer.status import CAUSE, PAPER, PRINTER, Replies, check

FINE = 0x12


def sorted_out(data: bytes) -> tuple[list[int], list[int]]:
    replies = Replies()
    for byte in data:
        replies.feed(bytes((byte,)))
    return list(replies.real_time), list(replies.ordered)


def test_an_answer_is_found_behind_a_status_message_nobody_asked_for() -> None:
    asb = bytes((0x10, 0x00, 0x00, 0x0F))
    assert sorted_out(asb + bytes((0x12,))) == ([0x12], [])
    assert sorted_out(asb + bytes((0x00,))) == ([], [0x00])
    assert sorted_out(asb[:2] + b"\x16" + asb[2:] + b"\x0c") == ([0x16], [0x0C])


def test_flow_control_and_noise_are_no_answers() -> None:
    assert sorted_out(b"\x11\x13\xff\x91") == ([], [])


def test_a_printer_that_is_well_passes() -> None:
    check({PRINTER: FINE, CAUSE: FINE, PAPER: FINE})
    check({})
    check({PAPER: 0x1E})  # the roll is near its end: it still prints


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ({PRINTER: 0x1A, PAPER: 0x72}, "paper_out"),
        ({PRINTER: 0x1A, CAUSE: 0x32}, "paper_out"),
        ({PRINTER: 0x1A, CAUSE: 0x16, PAPER: 0x72}, "cover_open"),
        ({PRINTER: 0x1A}, "offline"),
        ({PRINTER: 0x12, CAUSE: 0x52}, "offline"),
    ],
)
def test_trouble_is_named(answers: dict[int, int], kind: str) -> None:
    with pytest.raises(PrintError) as caught:
        check(answers, unsure=True)
    assert caught.value.kind == kind
    assert caught.value.unsure
