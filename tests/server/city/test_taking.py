"""Any order of arrival ends with the same city: each office's log once, whole, event by event."""

from __future__ import annotations

import gzip
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from server.branches import TECHNICIAN
from server.city import files, parts, taking
from server.city.parts import Event, Head, event_of
from server.domain import issuing
from server.domain.errors import Conflict, DomainError, Invalid, Refused
from server.domain.issuing import NewTicket
from server.storage.database import connect, transaction
from server.storage.ids import Ids
from server.storage.queries import boxes, offices
from server.storage.writer import run_alone
from tests.server.rehearsal import PROJECTED, Rehearsal, office, on, table
from tests.server.storage.test_replay import busy_days

pytestmark = pytest.mark.both_stores
Log = tuple[Head, list[Event]]


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Log]:
    """Three days of two offices, as they are sent."""
    made = {}
    for seed, code in enumerate(("melati", "anggrek"), 1):
        with Rehearsal(office(code=code)) as hall:
            busy_days(hall, seed)
            path = tmp_path_factory.mktemp(code) / "log"
            head = files.head(hall.db, hall.branches[0], "1")
            files.write(hall.db, hall.branches[0], head, 0, path)
            with gzip.open(path) as file:
                head, events = parts.read(file)
                made[code] = head, list(events)
    return made


@pytest.fixture
def city(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect(tmp_path)) as db:
        for code in ("melati", "anggrek"):
            admit(db, code)
        yield db


def admit(db: sqlite3.Connection, code: str) -> int:
    branch = offices.add_branch(db, code)
    boxes.admit(db, branch)
    return branch


def take(db: sqlite3.Connection, code: str, head: Head, events: list[Event]) -> taking.Stand:
    branch = offices.add_branch(db, code)
    return run_alone(db, branch, TECHNICIAN, Ids(), partial(taking.take, head=head, events=events))


def whole(db: sqlite3.Connection) -> dict[str, list[Any]]:
    names = (*PROJECTED, "events", "events_ahead")
    branches = [tuple(each)[1:5] for each in offices.branches(db)]
    rows = {f"{name} {branch}": table(db, name, branch) for name in names for branch in (1, 2)}
    return {"branches": branches, **rows}


@pytest.mark.parametrize("seed", range(4))
def test_shuffled_and_repeated_parts_end_with_the_same_tables(
    logs: dict[str, Log], tmp_path: Path, seed: int
) -> None:
    """Also the same over PostgreSQL as in a file, where all came in order."""
    found = []
    for place in (tmp_path / "in-order", tmp_path):
        mixed = place == tmp_path
        with closing(connect(place)) as db:
            for code in logs:
                admit(db, code)
            sent = [
                (code, head, events[first : first + taking.AT_ONCE])
                for code, (head, events) in logs.items()
                for first in range(0, len(events), taking.AT_ONCE)
            ]
            if mixed:
                dice = random.Random(seed)
                sent += dice.sample(sent, len(sent) // 2)
                dice.shuffle(sent)
            for code, head, events in sent:
                take(db, code, head, events)
            for code in logs:
                go_on(db, code)
            found.append(whole(db))
    assert found[0] == found[1]
    for number, (_, events) in enumerate(logs.values(), 1):
        assert len(found[1][f"events {number}"]) == len(events)
        assert not found[1][f"events_ahead {number}"]


def go_on(db: sqlite3.Connection, code: str) -> None:
    branch = offices.add_branch(db, code)
    last = -1
    while (stand := run_alone(db, branch, TECHNICIAN, Ids(), taking.go_on)).seq != last:
        last = stand.seq


def test_the_city_holds_the_office_s_rows_to_the_byte(tmp_path: Path) -> None:
    with Rehearsal(office(code="melati")) as hall, closing(connect(tmp_path)) as db:
        busy_days(hall, 3)
        admit(db, "melati")
        path = tmp_path / "melati.ramahlog"
        head = files.head(hall.db, hall.branches[0], "1")
        files.write(hall.db, hall.branches[0], head, 0, path)
        assert path.stat().st_mode & 0o077 == 0  # it holds tracking tokens
        files.take(db, offices.add_branch(db, "melati"), TECHNICIAN, path)
        for name in (*PROJECTED, "events"):
            assert table(db, name, 1) == table(hall.db, name, 1), name


def test_only_what_is_missing_has_to_travel(logs: dict[str, Log], city: sqlite3.Connection) -> None:
    head, events = logs["melati"]
    assert take(city, "melati", head, events[10:20]).seq == 0
    stand = take(city, "melati", head, events[:10])
    assert (stand.seq, stand.ahead) == (20, 0)
    assert take(city, "melati", head, events[5:25]).seq == 25


def test_nothing_is_decided_in_the_city(logs: dict[str, Log], city: sqlite3.Connection) -> None:
    take(city, "melati", *logs["melati"])
    branch = offices.add_branch(city, "melati")
    before = whole(city)
    with pytest.raises(Conflict, match="its own server"):
        run_alone(city, branch, TECHNICIAN, Ids(), on(issuing.issue, NewTicket("A")))
    assert whole(city) == before


def test_another_history_is_refused_until_a_person_lets_it_in(
    logs: dict[str, Log], city: sqlite3.Connection
) -> None:
    head, events = logs["melati"]
    take(city, "melati", head, events[:200])
    take(city, "anggrek", *logs["anggrek"])
    before = whole(city)
    other = Head(head.form, head.code, "another", 300, head.schema)
    for sent in (events[:5], events[200:210], []):
        with pytest.raises(Conflict, match="another log"):
            take(city, "melati", other, sent)
    assert whole(city) == before
    with transaction(city):
        boxes.forget_log(city, offices.add_branch(city, "melati"))
    assert not table(city, "events", 1)
    assert table(city, "events", 2)
    assert take(city, "melati", other, events[:200]).seq == 200


def test_the_log_of_another_hall_is_never_taken_for_this_ones(
    logs: dict[str, Log], city: sqlite3.Connection
) -> None:
    """A stick or a token was mixed up: putting this hall's log aside would be the wrong advice."""
    head, events = logs["melati"]
    take(city, "melati", head, events[:50])
    take(city, "anggrek", *logs["anggrek"])
    before = whole(city)
    with pytest.raises(Conflict, match="This is the log of the hall 'melati', not of 'anggrek'"):
        take(city, "anggrek", head, events[:60])
    assert whole(city) == before
    with transaction(city):
        boxes.forget_log(city, offices.add_branch(city, "anggrek"))
    with pytest.raises(Conflict, match="'melati', not of 'anggrek'"):
        take(city, "anggrek", head, [])


def test_a_file_of_what_follows_an_event_shows_that_it_follows_that_one(tmp_path: Path) -> None:
    """An older copy of an office's data was put back by hand: its log has its old name."""
    with Rehearsal(office(code="melati")) as hall, closing(connect(tmp_path)) as db:
        branch, mine = admit(db, "melati"), hall.branches[0]
        copied = tmp_path / "copied"
        copied.mkdir()
        with closing(sqlite3.connect(copied / "ramah.db")) as copy:
            hall.db.backup(copy)
        for path, data, count in ((tmp_path / "1", hall.data, 2), (tmp_path / "2", copied, 4)):
            with Rehearsal(office(code="melati"), data=data) as one:
                for _ in range(count):
                    one.do(on(issuing.issue, NewTicket("A")), branch=mine)
                head = files.head(one.db, mine, "1")
                files.write(one.db, mine, head, 0 if count == 2 else 3, path)
        assert files.take(db, branch, TECHNICIAN, tmp_path / "1").seq == 3
        with pytest.raises(Conflict, match="Event 3 is another one"):
            files.take(db, branch, TECHNICIAN, tmp_path / "2")


def test_a_file_with_numbers_of_another_hall_is_refused_in_words(
    logs: dict[str, Log], city: sqlite3.Connection, tmp_path: Path
) -> None:
    """As of a restored office that was admitted anew, under another code."""
    head, events = logs["melati"]
    take(city, "melati", head, events)
    path = tmp_path / "log"
    restored = Head(head.form, head.code, "restored", head.newest, head.schema)
    path.write_bytes(packed(restored, events))
    with pytest.raises(Conflict, match="here already"):
        files.take(city, offices.add_branch(city, "anggrek"), TECHNICIAN, path)


def test_an_event_that_was_changed_on_its_way_is_refused(
    logs: dict[str, Log], city: sqlite3.Connection
) -> None:
    head, events = logs["melati"]
    take(city, "melati", head, events[:50])
    changed = boxes.Ahead(*events[10].kept[:2], "user:mallory", events[10].data)
    with pytest.raises(Conflict, match="Event 11"):
        take(city, "melati", head, [Event(event_of(changed), changed.data)])
    twice = events[20].kept._replace(seq=51)
    with pytest.raises(Conflict, match="Event 51"):  # it does not follow
        take(city, "melati", head, [Event(event_of(twice), twice.data)])
    assert take(city, "melati", head, events[50:60]).seq == 60


def test_a_newer_office_waits_for_the_city_s_update(
    logs: dict[str, Log], city: sqlite3.Connection
) -> None:
    head, events = logs["melati"]
    newer = Head(head.form, head.code, head.history, head.newest, head.schema + 1)
    with pytest.raises(Refused, match="Update the city"):
        take(city, "melati", newer, events[:5])
    assert take(city, "melati", head, events[:5]).seq == 5


def test_a_newer_office_is_told_as_one_before_an_event_is_read(logs: dict[str, Log]) -> None:
    """Its events may be of kinds that nobody knows here; they are not damaged."""
    head, events = logs["melati"]
    newer = Head(head.form, head.code, head.history, head.newest, head.schema + 1)
    plain = gzip.decompress(packed(newer, events[:3]))
    unheard = gzip.compress(plain.replace(b'"kind":"configured"', b'"kind":"unheard_of"'))
    with pytest.raises(Refused, match="Update the city"):
        parts.unpack(unheard)


def packed(head: Head, events: list[Event]) -> bytes:
    return gzip.compress(b"".join(parts.lines(head, [each.kept for each in events])), mtime=0)


def test_what_is_no_log_is_refused_in_words(logs: dict[str, Log]) -> None:
    head, events = logs["melati"]
    good = packed(head, events[:20])
    assert parts.unpack(good)[0] == head
    assert [each.kept for each in parts.unpack(good)[1]] == [each.kept for each in events[:20]]
    plain = gzip.decompress(good)
    for bad in (
        b"", b"x", good[:-9], good + b"x", good[:40] + b"\0" + good[41:],
        gzip.compress(b""), gzip.compress(b"{}\n"), gzip.compress(plain[:-1]),
        gzip.compress(plain + plain.splitlines(keepends=True)[-1]),  # an event twice
        gzip.compress(plain.replace(b'"kind":"configured"', b'"kind":"unheard_of"')),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            parts.unpack(bad)


def test_a_part_that_unpacks_to_too_much_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MOST_PLAIN", 1000)
    with pytest.raises(Invalid):
        parts.unpack(gzip.compress(b" " * 1001))


def test_a_damaged_file_gives_what_came_before_the_damage(
    logs: dict[str, Log], city: sqlite3.Connection, tmp_path: Path
) -> None:
    head, events = logs["melati"]
    path = tmp_path / "log"
    branch = offices.add_branch(city, "melati")
    path.write_bytes(packed(head, events)[:-20])
    with pytest.raises(DomainError):
        files.take(city, branch, TECHNICIAN, path)
    came = offices.branch(city, branch).seq
    assert 0 < came < len(events)
    path.write_bytes(packed(head, events))
    assert files.take(city, branch, TECHNICIAN, path).seq == len(events)
    path.write_text("not a log")
    with pytest.raises(Invalid, match="no log of Ramah"):
        files.take(city, branch, TECHNICIAN, path)
