"""An office's clock beside the city's: measured when they talk, told where people look."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest
from aiohttp import ClientSession

from server.auth.vault import Vault
from server.branches import configure
from server.city.clocks import KEPT_S, LONGEST_S, WRONG_MS, Apart, wrong_s
from server.clock import wall_clock
from server.shipping import _Sender
from server.storage.database import connect
from server.storage.queries import boxes
from server.storage.queries.secrets import place
from server.storage.store import Store
from tests.server.api.client import Client
from tests.server.city.test_shipping import none, nothing
from tests.server.process import Hall, Server
from tests.server.rehearsal import office

CITY = 1_772_409_600_000


class Talk:
    """The office's clocks, set by hand: the wall's is ``apart`` from the city's."""

    def __init__(self, apart: int) -> None:
        self.steady = 0.0
        self.apart = apart
        self.measured = Apart(lambda: CITY + round(self.steady * 1000) + self.apart, self.clock)

    def clock(self) -> float:
        return self.steady

    def talk(self, there: float, back: float) -> int | None:
        """Ask the city, which answers at once; return what is known then."""
        began = self.measured.begin()
        self.steady += there
        city = CITY + round(self.steady * 1000)
        self.steady += back
        self.measured.answered(began, city)
        return self.measured.ahead()


@pytest.mark.parametrize("apart", [0, 75_000, -75_000])
def test_half_of_the_way_there_and_back_is_taken_off(apart: int) -> None:
    office = Talk(apart)
    assert office.measured.ahead() is None
    assert office.talk(0.3, 0.3) == apart
    assert office.talk(2.0, 1.0) == apart - 500, "wrong by the half of what the ways differ by"


def test_a_slow_talk_says_nothing_and_an_old_result_is_told_no_more() -> None:
    office = Talk(75_000)
    assert office.talk(LONGEST_S, 0.1) is None
    assert office.talk(0.1, 0.1) == 75_000
    office.apart = 0
    assert office.talk(LONGEST_S, 0.1) == 75_000, "the last good one stays for a while"
    office.steady += KEPT_S
    assert office.measured.ahead() is None
    office.measured.answered(office.measured.begin(), 0)
    assert office.measured.ahead() is None, "a city that is older does not say its time"


def test_no_slow_talk_by_itself_makes_a_clock_wrong() -> None:
    assert LONGEST_S / 2 * 1000 < WRONG_MS
    assert [wrong_s(each) for each in (None, 0, WRONG_MS - 1, WRONG_MS, -75_400)] == [
        0, 0, 0, 10, -75
    ]  # fmt: skip


async def test_a_wrong_clock_of_an_office_is_told_on_the_city_s_pages_and_in_its_metrics(
    hall: Hall, tmp_path: Path
) -> None:
    code = f"melati-{hall.number}"
    token = hall.server.ramah("city", "admit", code).stdout.strip()
    vault = Vault(tmp_path)
    with closing(connect(tmp_path)) as db:
        branch, _ = configure(db, office())
        sealed = vault.seal(db, token, place("city_links", branch))
        boxes.join(db, branch, hall.server.url, sealed)
        (link,) = boxes.links(db)
    fast = 75_000
    store = await Store.open(tmp_path, clock=lambda: wall_clock() + fast)
    async with (
        ClientSession() as session,
        Client(hall.server.url, hall.server.token("city", code)) as reader,
    ):
        sender = _Sender(store, session, link, "1", none, vault, nothing, str)

        async def talk() -> tuple[int, str]:
            seq = await sender._ask()  # noqa: SLF001 - one talk, without its pauses
            await sender._send(seq, anew=True)  # noqa: SLF001
            await sender._note(seq, None)  # noqa: SLF001
            halls = (await reader.get("/api/city/halls")).json["halls"]
            (clock,) = [each["link"]["clock_s"] for each in halls if each["code"] == code]
            return clock, (await reader.get("/metrics")).text

        metric = rf'ramah_box_clock_offset_seconds{{branch="{code}"}} (\S+)'
        told, metrics = await talk()
        assert abs(told - fast / 1000) <= 1
        (figure,) = re.findall(metric, metrics)
        assert abs(float(figure) - fast / 1000) <= 1
        assert re.search(rf"{code}: the clock of its server is 7\d s ahead of this one's",
                         hall.server.ramah("doctor").stdout)  # fmt: skip
        assert re.search(rf"{code}\t.*its clock was 7\d s ahead",
                         hall.server.ramah("city", "boxes").stdout)  # fmt: skip
        mine = Server(tmp_path)
        assert re.search(
            r"well\tthis clock is 7\d s ahead of the city's", mine.ramah("city", "link").stdout
        )
        assert re.search(
            r"the clock here is 7\d s ahead of the city's", mine.ramah("doctor").stdout
        )
        fast = 0  # somebody set it
        told, metrics = await talk()
        assert told == 0
        assert abs(float(re.findall(metric, metrics)[0])) < 1
        with hall.server.database() as db:
            db.execute(
                "UPDATE boxes SET clock_ms = 75000, heard_at = heard_at - 3600000 "
                "WHERE branch = (SELECT id FROM branches WHERE code = ?)",
                (code,),
            )
        assert not re.findall(metric, (await reader.get("/metrics")).text), "nobody knows it now"
    await store.close()
