"""Backups in a store that speaks S3: brought there, restored from there, and what can go wrong."""

from __future__ import annotations

import errno
import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from server.backups import archive, planning
from server.backups.buckets import Bucket, Opened, check
from server.cli import main
from server.domain.errors import Invalid, Refused
from server.domain.issuing import NewTicket, issue
from server.storage.queries import backups
from tests.bucket_store import BucketStore, CutLine, Refusing, certified
from tests.server.rehearsal import KIOSK, Rehearsal, office, on

Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Rehearsal]:
    """A hall in a folder, with a number that was given."""
    with Rehearsal(office(), data=tmp_path / "data") as made:
        made.do(on(issue, NewTicket("A")), KIOSK)
        yield made


def ramah(hall: Rehearsal, *words: str) -> int:
    return main(["backups", *words, "--data", str(hall.data)])


def plan(
    hall: Rehearsal, store: BucketStore, patch: Patch, place: str, *words: str, url: str = "",
    key: str = "", secret: str | None = None,
) -> int:  # fmt: skip
    """Plan backups in a place of the store, as somebody who types the secret."""
    patch.setattr("sys.stdin", io.StringIO((store.secret if secret is None else secret) + "\n"))
    return ramah(
        hall, "plan", f"s3://hall/{place}", "--endpoint", url or store.url, "--access-key",
        key or store.access_key, *words,
    )  # fmt: skip


def restore(store: BucketStore, patch: Patch, address: str, data: Path, *words: str) -> int:
    patch.setattr("sys.stdin", io.StringIO(store.secret + "\n"))
    return main([
        "restore", address, "--endpoint", store.url, "--access-key", store.access_key, "--data",
        str(data), *words,
    ])  # fmt: skip


def names(store: BucketStore, place: str) -> list[str]:
    return [each.name for each in store.at(place).names()]


def tickets(data: Path) -> int:
    with closing(sqlite3.connect(data / "ramah.db")) as db:
        return int(db.execute("SELECT COUNT(*) FROM tickets").fetchone()[0])


def test_one_is_brought_there_restored_from_there_and_only_so_many_of_ones_own_stay(
    hall: Rehearsal, store: BucketStore, monkeypatch: Patch, capsys: Capture, tmp_path: Path
) -> None:
    assert plan(hall, store, monkeypatch, "one/two", "--keep", "2") == 0
    assert names(store, "one/two") == [], "what was tried is gone"
    owner = backups.plan(hall.db).owner  # type: ignore[union-attr]
    small = tmp_path / "small"
    small.write_bytes(b"x")
    others = ["holiday.tar", "ramah-20200101-120000-0badcafe.tar"]
    mine = [f"ramah-202001{day}-120000-{owner}.tar" for day in ("01", "02", "03")]
    for name in (*others, *mine):
        store.at("one/two").put(small, name)
    assert ramah(hall, "now") == 0
    told = capsys.readouterr().out
    assert "s3://hall/one/two" in told
    assert "restored to check it" in told
    (made,) = backups.made(hall.db)
    assert (made.error, names(store, "one/two")) == (
        "",
        [made.file, mine[2], *sorted(others)[::-1]],
    )
    assert ramah(hall, "list") == 0
    assert capsys.readouterr().out.split() == [made.file, mine[2]]
    assert restore(store, monkeypatch, "s3://hall/one/two", tmp_path / "new") == 1
    said = capsys.readouterr().err
    assert "Several servers keep backups there." in said
    assert f"{made.file}, {others[1]}" in said, "whose is wanted, nobody guesses"
    named = f"s3://hall/one/two/{made.file}"
    assert restore(store, monkeypatch, named, tmp_path / "other") == 0
    assert tickets(tmp_path / "other") == 1
    assert restore(store, monkeypatch, "s3://hall/nothing", tmp_path / "third") == 1
    assert restore(store, monkeypatch, named.replace("ramah-2", "ramah-1"), tmp_path / "third") == 1
    assert "There is no such backup." in capsys.readouterr().err
    assert not list(hall.data.glob("trial-*"))


def test_a_restored_hall_leaves_the_files_of_the_machine_it_replaces_alone(
    hall: Rehearsal, store: BucketStore, monkeypatch: Patch, capsys: Capture, tmp_path: Path
) -> None:
    assert plan(hall, store, monkeypatch, "twins", "--keep", "1") == 0
    assert ramah(hall, "now") == 0
    (first,) = names(store, "twins")
    assert restore(store, monkeypatch, "s3://hall/twins", tmp_path / "new") == 0
    assert main(["backups", "now", "--data", str(tmp_path / "new")]) == 1, "it has no secret of it"
    assert "secrets.key" in capsys.readouterr().out
    (tmp_path / "new" / "secrets.key").write_bytes((hall.data / "secrets.key").read_bytes())
    assert main(["backups", "now", "--data", str(tmp_path / "new")]) == 0
    assert set(names(store, "twins")) > {first}
    assert ramah(hall, "now") == 0
    assert len(names(store, "twins")) == 2, "each keeps one of its own"


def test_a_sealed_one_is_opened_to_check_it_and_by_its_key_alone_afterwards(
    hall: Rehearsal, store: BucketStore, monkeypatch: Patch, capsys: Capture, tmp_path: Path
) -> None:
    assert ramah(hall, "key", str(tmp_path / "key.txt")) == 0
    public = capsys.readouterr().out.split()[-1]
    assert plan(hall, store, monkeypatch, "sealed", "--key", public) == 0
    assert ramah(hall, "now") == 0
    (name,) = names(store, "sealed")
    assert name.endswith(".tar.age")
    store.at("sealed").fetch(name, tmp_path / "fetched")
    assert b"SQLite format 3" not in (tmp_path / "fetched").read_bytes()
    new = tmp_path / "new"
    assert restore(store, monkeypatch, "s3://hall/sealed", new) == 1
    assert restore(
        store, monkeypatch, "s3://hall/sealed", new, "--key", str(tmp_path / "key.txt")
    ) == 0  # fmt: skip
    assert tickets(new) == 1
    # the key of secrets came along: the new machine can go on with its backups
    assert main(["backups", "now", "--data", str(new)]) == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"secret": "wrong"}, "The store does not know this access key"),
        ({"key": "NOBODY"}, "The store does not know this access key"),
        ({"url": "http://127.0.0.1:9"}, "The store cannot be reached."),
        ({"url": "http://192.0.2.1"}, "By http everybody on the way could read the backup."),
        ({"url": "https://name:word@s3.example"}, "Leave name and password out of the address."),
        ({"url": "s3.example"}, "Give the store's address"),
        ({"url": "https://h%zz:9"}, "Give the store's address"),
        ({"url": "https://a<b>"}, "Give the store's address"),
        ({"place": "a b"}, "This is no name in a store"),
        ({"place": "a//b"}, "This is no name in a store"),
        ({"place": "../b"}, "This is no name in a store"),
    ],
)
def test_what_does_not_work_is_told_in_words_and_nothing_is_planned(
    hall: Rehearsal, store: BucketStore, monkeypatch: Patch, capsys: Capture,
    change: dict[str, str], said: str,
) -> None:  # fmt: skip
    place = change.pop("place", "tried")
    assert plan(hall, store, monkeypatch, place, **change) == 1
    assert said in capsys.readouterr().err
    assert backups.plan(hall.db) is None


def test_a_bucket_that_is_not_there_and_a_key_without_a_name_are_told(
    hall: Rehearsal, store: BucketStore, monkeypatch: Patch, capsys: Capture
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(store.secret + "\n"))
    words = ["plan", "s3://nowhere/x", "--endpoint", store.url]
    assert ramah(hall, *words) == 1
    assert "--access-key" in capsys.readouterr().err
    assert ramah(hall, *words, "--access-key", store.access_key) == 1
    assert "There is no such bucket in the store." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (403, "RequestTimeTooSkewed", "clock and this machine's differ"),
        (403, "AccessDenied", "does not let this access key do that"),
        (400, "XMinioStorageFull", "The store is full."),
        (301, "PermanentRedirect", "another region"),
        (418, "SomethingElse", "The store did not take it."),
    ],
)
def test_what_a_store_refuses_for_is_said_in_our_words(
    hall: Rehearsal, store: BucketStore, monkeypatch: Patch, capsys: Capture,
    status: int, code: str, said: str,
) -> None:  # fmt: skip
    door = Refusing(status, code)
    try:
        assert plan(hall, store, monkeypatch, "refused", url=door.url) == 1
    finally:
        door.close()
    assert said in capsys.readouterr().err


def test_a_name_before_an_address_is_no_other_host_and_no_number(
    hall: Rehearsal, store: BucketStore, monkeypatch: Patch, capsys: Capture
) -> None:
    assert plan(hall, store, monkeypatch, "x", "--hosted") == 1
    assert "Give the store's address" in capsys.readouterr().err
    for name in ("elsewhere.example/x", "a@b"):
        bucket = Bucket(name, "KEY", endpoint="http://localhost:9", hosted=True)
        with pytest.raises(Invalid, match="no name in a store"):
            check(bucket, sealed=False)


def test_where_the_library_gives_up_who_asked_goes_on() -> None:
    odd = Bucket("hall", "KEY", endpoint="https://1", hosted=True)  # hall.1 is no host, it finds
    with pytest.raises(Refused, match="cannot be reached"):
        Opened(odd, "secret").try_it()


def test_what_was_tried_is_removed_also_where_it_cannot_be_read(
    hall: Rehearsal, store: BucketStore, monkeypatch: Patch, capsys: Capture
) -> None:
    door = Refusing(403, "AccessDenied", taken=frozenset({"PUT", "DELETE"}))
    try:
        assert plan(hall, store, monkeypatch, "tried", url=door.url) == 1
    finally:
        door.close()
    assert "does not let this access key do that" in capsys.readouterr().err
    put, got, gone = door.asked
    assert [put[0], got[0], gone[0]] == ["PUT", "GET", "DELETE"]
    assert gone[1] == put[1]


def test_one_place_is_tried_at_once(
    hall: Rehearsal, store: BucketStore, monkeypatch: Patch, capsys: Capture
) -> None:
    with planning.TRYING:
        assert plan(hall, store, monkeypatch, "tried") == 1
    assert "A place is being tried already." in capsys.readouterr().err
    assert plan(hall, store, monkeypatch, "tried", secret="wrong") == 1
    assert plan(hall, store, monkeypatch, "tried") == 0


def test_the_one_just_made_stays_also_where_the_clock_was_ahead(
    hall: Rehearsal, store: BucketStore, monkeypatch: Patch, tmp_path: Path
) -> None:
    assert plan(hall, store, monkeypatch, "ahead", "--keep", "2") == 0
    owner = backups.plan(hall.db).owner  # type: ignore[union-attr]
    small = tmp_path / "small"
    small.write_bytes(b"x")
    ahead = [f"ramah-209901{day}-120000-{owner}.tar" for day in ("01", "02", "03")]
    for name in ahead:
        store.at("ahead").put(small, name)
    assert ramah(hall, "now") == 0
    (made,) = backups.made(hall.db)
    assert names(store, "ahead") == [ahead[2], made.file]


def test_a_file_that_grew_there_fills_no_disk_here(store: BucketStore, tmp_path: Path) -> None:
    large, back = tmp_path / "large", tmp_path / "back"
    large.write_bytes(bytes(4_000_000))
    store.at("grown").put(large, "large")
    with pytest.raises(Refused, match="does not come back as it was"):
        store.at("grown").fetch("large", back, 1_000_000)
    assert back.stat().st_size <= 1_000_000
    store.at("grown").fetch("large", back, 4_000_000)
    assert back.stat().st_size == 4_000_000


def test_a_line_that_is_cut_in_the_middle_leaves_the_last_good_one_and_the_next_try_succeeds(
    hall: Rehearsal, store: BucketStore, monkeypatch: Patch, capsys: Capture
) -> None:
    media = hall.data / "media"
    media.mkdir()
    (media / "film").write_bytes(bytes(range(256)) * 40_000)  # ten megabytes: several parts
    line = CutLine(store)
    try:
        assert plan(hall, store, monkeypatch, "cut", "--keep", "1", url=line.url) == 0
        assert ramah(hall, "now") == 0
        good = names(store, "cut")
        line.left = 7_000_000
        assert ramah(hall, "now") == 1
        assert "The store cannot be reached." in capsys.readouterr().out
        assert names(store, "cut") == good, "it is not taken for one, and the old one stays"
        assert not list(hall.data.glob("trial-*"))
        line.left = None
        assert ramah(hall, "now") == 0
        assert len(names(store, "cut")) == 1
        assert names(store, "cut") != good
    finally:
        line.close()


def test_where_this_machines_disk_is_full_nothing_is_sent(
    hall: Rehearsal, store: BucketStore, monkeypatch: Patch, capsys: Capture
) -> None:
    assert plan(hall, store, monkeypatch, "full") == 0

    def full(*_words: object, **_more: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(archive, "_pack", full)
    assert ramah(hall, "now") == 1
    assert "No space left on device" in capsys.readouterr().out
    assert names(store, "full") == []
    assert not list(hall.data.glob("trial-*"))


def test_a_store_with_a_certificate_of_its_own_making_is_believed_by_its_authority_only(
    hall: Rehearsal, tmp_path: Path, monkeypatch: Patch, capsys: Capture
) -> None:
    root, certificate = certified(tmp_path, "127.0.0.1")
    with BucketStore(tmp_path, certificate=certificate) as store:
        words = {"key": "ANY", "secret": "any"}
        assert plan(hall, store, monkeypatch, "x", **words) == 1
        assert "certificate is not known here" in capsys.readouterr().err
        assert plan(hall, store, monkeypatch, "x", "--ca", str(root), **words) == 1
        assert "There is no such bucket" in capsys.readouterr().err, "so far it came"


def test_the_secret_stands_nowhere_but_sealed(
    hall: Rehearsal, store: BucketStore, monkeypatch: Patch, capsys: Capture, tmp_path: Path
) -> None:
    assert plan(hall, store, monkeypatch, "quiet") == 0
    assert ramah(hall, "now") == 0
    said = "".join(capsys.readouterr())
    assert store.secret not in said + "\n".join(hall.db.iterdump())
    (name,) = names(store, "quiet")
    store.at("quiet").fetch(name, tmp_path / "fetched")
    assert store.secret.encode() not in (tmp_path / "fetched").read_bytes()
    key = hall.data / "secrets.key"
    assert key.stat().st_mode & 0o077 == 0
    assert key.read_bytes().strip() not in (tmp_path / "fetched").read_bytes()
    # the time is changed without the secret; a bucket of another store wants it again
    assert plan(hall, store, monkeypatch, "quiet", "--at", "20:00", secret="") == 0
    assert ramah(hall, "now") == 0
