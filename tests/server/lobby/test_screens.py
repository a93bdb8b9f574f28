"""Who speaks in a room, and what a screen's report is worth."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.lobby.screens import ONLINE_MS, ScreenReport, Screens, Shows, Sound

NOW = 1_700_000_000_000
HEARD, MUTE = ScreenReport("on", NOW), ScreenReport("off", NOW)


def parts(screens: Screens, now: int = NOW) -> dict[str, str]:
    return {device: screens.role(device, now) for device in screens.seen}


def test_the_first_screen_that_can_be_heard_speaks_and_goes_on() -> None:
    screens = Screens()
    assert screens.take("b", 1, Shows(), MUTE, NOW).sound == "voice"  # nobody else can
    assert screens.take("c", 1, Shows(), HEARD, NOW).sound == "voice"
    assert screens.take("a", 1, Shows(), HEARD, NOW).sound == "off"
    assert parts(screens) == {"b": "off", "c": "voice", "a": "off"}


def test_another_takes_over_when_the_speaker_is_gone_or_silent() -> None:
    screens = Screens()
    screens.take("a", 1, Shows(), HEARD, NOW)
    screens.take("b", 1, Shows(), HEARD, NOW)
    later = NOW + ONLINE_MS + 1
    assert screens.take("b", 1, Shows(), HEARD, later).sound == "voice"
    assert screens.take("a", 1, Shows(), HEARD, later).sound == "off"  # back, but not needed
    screens.take("b", 1, Shows(), MUTE, later)
    assert parts(screens, later) == {"a": "voice", "b": "off"}


def test_rooms_and_branches_do_not_silence_each_other() -> None:
    screens = Screens()
    screens.take("a", 1, Shows(zone="atas"), HEARD, NOW)
    screens.take("b", 1, Shows(zone="bawah"), HEARD, NOW)
    screens.take("c", 2, Shows(zone="atas"), HEARD, NOW)
    assert set(parts(screens).values()) == {"voice"}


def test_the_manager_decides_who_speaks() -> None:
    screens = Screens()
    screens.take("a", 1, Shows(), HEARD, NOW)
    screens.take("b", 1, Shows(sound="voice"), HEARD, NOW)
    screens.take("c", 1, Shows(sound="chime"), HEARD, NOW)
    assert parts(screens) == {"a": "off", "b": "voice", "c": "chime"}


REPORTS = st.tuples(
    st.sampled_from("abcd"), st.sampled_from(["on", "off", "none"]), st.integers(0, 40_000)
)


@given(st.lists(REPORTS, min_size=1, max_size=40))
def test_never_two_voices_in_a_room_and_one_if_any_can(
    reports: list[tuple[str, Sound, int]],
) -> None:
    screens, now = Screens(), NOW
    for device, sound, passed in reports:
        now += passed
        screens.take(device, 1, Shows(), ScreenReport(sound, now), now)
        online = [each for each in screens.seen if screens.online(each, now)]
        speaking = [each for each in online if screens.role(each, now) == "voice"]
        assert len(speaking) == 1
        heard = [each for each in online if screens.seen[each].report.sound == "on"]
        assert not heard or speaking[0] in heard


def test_a_screen_that_is_long_gone_is_forgotten() -> None:
    screens = Screens()
    for number in range(50):
        screens.take(f"old{number}", 1, Shows(), HEARD, NOW)
    screens.take("new", 1, Shows(), HEARD, NOW + 86_400_001)
    assert list(screens.seen) == ["new"]


def test_a_change_is_told_to_every_screen() -> None:
    screens = Screens()
    first = screens.take("a", 1, Shows(), HEARD, NOW).revision
    assert screens.take("a", 1, Shows(), HEARD, NOW).revision == first
    screens.changed()
    assert screens.take("a", 1, Shows(), HEARD, NOW).revision != first


@pytest.mark.parametrize("field", ["services", "counters"])
def test_a_new_screen_shows_everything(field: str) -> None:
    assert getattr(Shows(), field) == []
