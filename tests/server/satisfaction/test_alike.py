"""Words that may be of one hand: found wherever the ten minutes begin, whatever is between."""

from __future__ import annotations

from server.satisfaction.alike import Alike, alike
from server.storage.queries.feedback import Given

MINUTE = 60_000


def word(
    minute: float, face: int = 4, *, channel: str = "tablet", counter: int = 1, after_s: float = 40
) -> Given:
    """Return a word that was given at a tablet, a kiosk or on a phone."""
    device = "" if channel == "phone" else f"token:{channel}"
    at = int(minute * MINUTE)
    return Given(
        f"{channel}{counter}{minute}", at, channel, device, device, counter, face,
        int(after_s * 1000),
    )  # fmt: skip


def test_five_equal_words_are_found_across_the_clock_s_ten_minutes() -> None:
    (told,) = alike([word(each) for each in (8, 9, 9.5, 11, 12)])
    assert told == Alike(8 * MINUTE, "tablet", "token:tablet", 1, 5, 4, 0)


def test_one_other_face_between_them_hides_nothing() -> None:
    (told,) = alike([word(1), word(2), word(3, face=1), word(4), word(5), word(6)])
    assert (told.n, told.face) == (5, 4)


def test_four_equal_words_or_five_in_more_than_ten_minutes_are_ordinary() -> None:
    assert alike([word(each) for each in (1, 2, 3, 4)]) == []
    assert alike([word(each) for each in (0, 2.6, 5.2, 7.8, 10.1)]) == []
    assert alike([word(2, counter=each) for each in range(1, 6)]) == []


def test_papers_read_one_behind_the_other_at_a_kiosk_are_of_several_counters() -> None:
    (told,) = alike([word(each, channel="kiosk", counter=each) for each in range(1, 6)])
    assert (told.n, told.counter, told.device) == (5, None, "token:kiosk")
    assert alike([word(each, channel="phone", counter=each) for each in range(1, 6)]) == []


def test_three_words_within_three_seconds_after_the_service_are_found_whatever_they_say() -> None:
    hasty = [word(1, 4, after_s=1), word(2, 3, after_s=2.9), word(3, 4, after_s=0.5)]
    (told,) = alike([*hasty, word(4, 4)])
    assert (told.n, told.face, told.hasty) == (3, None, 3)
    assert alike([word(1, after_s=1), word(2, after_s=1), word(3, after_s=3)]) == []


def test_equal_and_hasty_words_are_told_once() -> None:
    (told,) = alike([word(each, after_s=1) for each in range(6)])
    assert (told.n, told.face, told.hasty) == (6, 4, 6)


def test_a_long_row_of_equal_words_is_told_ten_minutes_by_ten_minutes() -> None:
    told = alike([word(each) for each in range(30)])
    assert [(each.at // MINUTE, each.n) for each in told] == [(22, 8), (11, 11), (0, 11)]
