"""After a restore no number comes twice: the hall goes on behind the papers in people's hands."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from server.cli.numbers import last_numbers
from server.domain import closing as days
from server.domain import events, issuing
from server.domain.errors import Invalid
from server.domain.issuing import NewTicket
from server.storage.database import ASIDE, DATABASE
from tests.server.process import Server, office_toml
from tests.server.rehearsal import CLOCK, KIOSK, Rehearsal, on


async def taken(server: Server, *services: str) -> list[str]:
    """Take numbers; return their labels."""
    async with server.client("kiosk") as kiosk:
        answers: list[dict[str, Any]] = [await kiosk.take(each) for each in services]
    return [str(each["label"]) for each in answers]


async def test_a_hall_that_came_back_goes_on_behind_the_last_numbers_that_were_given(
    tmp_path: Path,
) -> None:
    saved = tmp_path / "b.tar"
    with Server(tmp_path / "data") as server:
        server.add_branch(office_toml("hall"))
        server.start()
        assert await taken(server, "A", "A", "B") == ["A001", "A002", "B001"]
        assert server.ramah("backup", str(saved)).returncode == 0
        await taken(server, "A", "A", "C")
        server.stop()
        told = server.ramah("restore", str(saved), "--replace").stdout
        assert "3 events after this backup are not in it" in told
        assert "Numbers go on behind A004" in told
        assert "Numbers go on behind C001" in told
        assert "B001" not in told
        server.start()
        assert await taken(server, "A", "B", "C") == ["A005", "B002", "C002"]
        server.stop()
        # the same backup once more: what the hall between them gave counts too
        assert "behind A005" in server.ramah("restore", str(saved), "--replace").stdout
        server.start()
        assert await taken(server, "A", "C") == ["A006", "C003"]
        server.kill()
        server.start()
        assert await taken(server, "A") == ["A007"]


async def test_on_a_new_machine_a_person_says_the_last_numbers(tmp_path: Path) -> None:
    saved = tmp_path / "b.tar"
    with Server(tmp_path / "data") as old:
        old.add_branch(office_toml("hall"))
        old.add_branch(office_toml("east"))
        assert old.ramah("backup", str(saved)).returncode == 0
    with Server(tmp_path / "new") as server:
        several = server.ramah("restore", str(saved), "--resume-after", "A=57")
        assert (several.returncode, "east" in several.stderr) == (1, True)
        wrong = server.ramah(
            "restore", str(saved), "--resume-after", "A=57,Z=1", "--branch", "hall"
        )
        assert (wrong.returncode, "begin with A, B, C" in wrong.stderr) == (1, True)
        assert not (server.data / DATABASE).exists(), "all or nothing"
        told = server.ramah(
            "restore", str(saved), "--resume-after", "A=57,B012", "--branch", "hall"
        )
        assert (told.returncode, told.stderr) == (0, "")
        assert "behind A057" in told.stdout
        server.start()
        assert await taken(server, "A", "B", "C") == ["A058", "B013", "C001"]
        # somebody finds one more paper while the hall is open
        later = server.ramah("numbers", "A=60", "C1", "--branch", "hall")
        assert later.stdout.splitlines() == [f"Numbers go on behind A060 on {today(server)}."]
        assert await taken(server, "A", "C") == ["A061", "C002"]
        late = server.ramah("numbers", "a=7", "A=60", "--branch", "hall")
        assert (late.returncode, "further on already" in late.stdout) == (0, True)


async def test_a_number_longer_than_those_on_paper_is_asked_about_before_it_is_taken(
    tmp_path: Path,
) -> None:
    """A slip would make the numbers of the whole day six digits long, and there is no way back."""
    saved = tmp_path / "b.tar"
    with Server(tmp_path / "data") as server:
        server.add_branch(office_toml("hall"))
        assert server.ramah("backup", str(saved)).returncode == 0
        server.start()
        await taken(server, "A")
        for words in (
            ["numbers", "B=5", "A=999999"], ["numbers", "A=1000"],
            ["restore", str(saved), "--resume-after", "A=5700", "--replace"],
        ):  # fmt: skip
            if words[0] == "restore":
                server.stop()
            refused = server.ramah(*words)
            assert refused.returncode == 1
            assert "more digits than the numbers here, such as A001" in refused.stderr
            assert "--more-digits" in refused.stderr
        server.start()
        assert await taken(server, "A", "B") == ["A002", "B001"], "nothing of it was taken"
        assert server.ramah("numbers", "A=999", "C=0999").returncode == 0
        assert await taken(server, "A", "C") == ["A1000", "C1000"]
        assert server.ramah("numbers", "A=1057").returncode == 0, "they are that long by now"
        assert server.ramah("numbers", "B=12345", "--more-digits").returncode == 0
        assert await taken(server, "A", "B") == ["A1058", "B12346"]


def today(server: Server) -> str:
    """Return the last day on which a number was given."""
    return str(server.query("SELECT MAX(day) FROM tickets")[0][0])


async def test_without_the_old_hall_the_restore_warns_of_numbers_given_again(
    tmp_path: Path,
) -> None:
    saved = tmp_path / "b.tar"
    with Server(tmp_path / "data") as server:
        server.add_branch(office_toml("hall"))
        assert server.ramah("backup", str(saved)).returncode == 0
        (server.data / DATABASE).write_bytes(b"the disk made nonsense of it" * 500)
        told = server.ramah("restore", str(saved), "--replace")
        assert told.returncode == 0, told.stderr
        assert "ramah numbers A=57 B=12" in told.stdout


async def test_a_hall_that_an_old_restore_put_aside_is_named_and_comes_back(
    tmp_path: Path,
) -> None:
    with Server(tmp_path / "data") as server:
        server.add_branch(office_toml("hall"))
        server.start()
        await taken(server, "A", "A")
        server.kill()  # its last commits are in the write-ahead log only
        aside = server.data / f"{ASIDE}20261128-081500"
        aside.mkdir()
        (server.data / DATABASE).rename(aside / DATABASE)  # and here the power went
        for words in (["serve"], ["branch", "add", str(server.data) + ".office.toml"]):
            refused = server.ramah(*words)
            assert refused.returncode == 1
            assert f"ramah restore {aside}" in refused.stderr, refused.stderr
        doctor = server.ramah("doctor")
        assert (doctor.returncode, f"ramah restore {aside}" in doctor.stdout + doctor.stderr) == (
            1, True,
        )  # fmt: skip
        back = server.ramah("restore", str(aside))
        assert back.returncode == 0, back.stderr
        server.start()
        assert await taken(server, "A") == ["A003"]
        server.stop()
        shutil.rmtree(aside)


def test_a_number_on_paper_is_not_carried_over_to_somebody_else() -> None:
    with Rehearsal(at="2026-03-02 23:50") as hall:
        placed = hall.do(on(issuing.issue, NewTicket("A")), KIOSK)
        hall.minutes(20)
        hall.do(on(_resumed, "2026-03-03", 5), CLOCK)
        hall.end_day()
        back = hall.do(days.take_back)
        assert back.left == [placed.ticket.label]
        assert hall.do(on(issuing.issue, NewTicket("A")), KIOSK).ticket.label == "A006"


def _resumed(tx: Any, day: str, number: int) -> None:  # noqa: ANN401
    tx.append(events.NumbersResumed(day, "A", number))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("A=57,B=12", {"A": 57, "B": 12}),
        ("A057", {"A": 57}),
        (" A = 7 , KTP001,", {"A": 7, "KTP": 1}),
        ("É=1", {"É": 1}),
        ("A=9,B=1,A=7", {"A": 9, "B": 1}),
        ("A1=57,K2 = 3", {"A1": 57, "K2": 3}),
    ],
)
def test_last_numbers_are_read_as_people_write_them(text: str, numbers: dict[str, int]) -> None:
    assert last_numbers(text) == numbers


@pytest.mark.parametrize(
    "text", ["", ",", "57", "A", "A=", "A=0", "A=-1", "A=9999999", "=5", "A=x"]
)
def test_what_is_no_last_number_is_refused_in_words(text: str) -> None:
    with pytest.raises(Invalid, match="such as A=57"):
        last_numbers(text)
