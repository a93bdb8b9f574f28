"""A hall is copied while it works and comes back whole: numbers, pictures and voices."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sqlite3
import stat
import sys
import tarfile
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from server.cli import main
from server.cli.restore import _free
from server.storage.database import connect
from tests.server.lobby.test_media_api import added, picture
from tests.server.process import Server, office_toml


async def filled(server: Server) -> tuple[str, bytes]:
    """Take a number and put something on the shelf; return its address and bytes."""
    async with server.client("kiosk") as kiosk, server.client("manager") as manager:
        await kiosk.take()
        photo = await added(manager, picture(), "foto.jpg")
        await manager.post("/api/playlists", {"name": "lobby", "items": [{"media": photo["id"]}]})
        address = f"/api/media/{photo['id']}/file"
        shown = await manager.get(address)
        assert shown.status == 200
        return address, shown.body


def beside(saved: Path) -> list[str]:
    """Return what is left of writing a backup."""
    return [path.name for path in saved.parent.glob(f"{saved.stem}*")]


async def test_all_that_cannot_be_made_again_comes_back_on_another_machine(
    server: Server, tmp_path: Path
) -> None:
    address, content = await filled(server)
    clip = server.data / "voices" / "packs" / "ibu-sari-1a2b" / "id" / "number.wav"
    clip.parent.mkdir(parents=True)
    clip.write_bytes(b"RIFF-sound")
    (server.data / "media" / "half.part").write_bytes(b"an upload under way")
    events = server.last_event()
    saved = tmp_path / "monday.tar"
    made = server.ramah("backup", str(saved))
    assert (made.returncode, made.stderr) == (0, "")
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert beside(saved) == ["monday.tar"]
    with Server(tmp_path / "new") as other:
        back = other.ramah("restore", str(saved))
        assert (back.returncode, back.stderr) == (0, "")
        found = {str(path.relative_to(other.data)) for path in other.data.rglob("*.*")}
        assert "media/half.part" not in found
        assert (other.data / clip.relative_to(server.data)).read_bytes() == b"RIFF-sound"
        other.start()
        assert other.last_event() == events
        async with other.client("manager") as manager, other.client("kiosk") as kiosk:
            assert (await manager.get(address)).body == content
            assert (await manager.get("/api/playlists")).json["playlists"][0]["name"] == "lobby"
            assert (await kiosk.take())["label"] == "A002"


async def test_what_was_there_is_kept_aside_and_only_when_asked(
    server: Server, tmp_path: Path
) -> None:
    saved = tmp_path / "monday.tar"
    at_backup = server.last_event()
    assert server.ramah("backup", str(saved)).returncode == 0
    again = server.ramah("backup", str(saved))
    assert (again.returncode, "exists already" in again.stderr) == (1, True)
    await filled(server)
    running = server.ramah("restore", str(saved), "--replace")
    assert (running.returncode, "already uses" in running.stderr) == (1, True)
    server.stop()
    kept = server.ramah("restore", str(saved))
    assert (kept.returncode, "--replace" in kept.stderr) == (1, True)
    assert server.last_event() > at_backup
    assert server.ramah("restore", str(saved), "--replace").returncode == 0
    assert server.last_event() == at_backup + 1, "it goes on behind the number that was given"
    (aside,) = server.data.glob("before-restore-*")
    assert sorted(path.name for path in aside.iterdir()) == ["media", "ramah.db"]
    assert not list(server.data.glob("*.part"))
    server.start()
    async with server.client("kiosk") as kiosk:
        assert (await kiosk.take())["label"] == "A002"  # somebody has A001 on paper


def archive(path: Path, **files: bytes) -> Path:
    """Write an archive; ``/`` in names is written ``__``."""
    with tarfile.open(path, "w") as made:
        for name, content in files.items():
            entry = tarfile.TarInfo(name.replace("__", "/").replace("DB", "ramah.db"))
            entry.size = len(content)
            made.addfile(entry, io.BytesIO(content))
    return path


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"media__a.jpg": b"x"},
        {"DB": b"no database at all"},
        {"DB": b""},
        {"DB": b"", "..__outside": b"x"},
        {"DB": b"", "media__..__..__outside": b"x"},
        {"DB": b"", "server.lock": b"x"},
    ],
)
def test_what_is_no_backup_changes_nothing(tmp_path: Path, files: dict[str, bytes]) -> None:
    with Server(tmp_path / "data") as server:
        server.add_branch(office_toml("hall"))
        before = (server.data / "ramah.db").read_bytes()
        wrong = archive(tmp_path / "wrong.tar", **files)
        refused = server.ramah("restore", str(wrong), "--replace")
        assert (refused.returncode, "(file)" in refused.stderr) == (1, True), refused.stderr
        assert (server.data / "ramah.db").read_bytes() == before
        assert not list(tmp_path.rglob("*outside*"))
        assert not list(server.data.glob("*restore*"))


def test_a_hall_that_was_brought_back_begins_another_history(tmp_path: Path) -> None:
    with Server(tmp_path / "data") as server:
        server.add_branch(office_toml())
        select = "SELECT history FROM branches"
        ((before,),) = server.query(select)
        assert len(before) == 16
        file = tmp_path / "b.tar"
        assert server.ramah("backup", str(file)).returncode == 0
        assert server.query(select) == [(before,)]
        done = server.ramah("restore", str(file), "--replace")
        assert done.returncode == 0, done.stderr
        ((after,),) = server.query(select)
        assert len(after) == 16
        assert after != before


STEPS = {"os.rename", "os.link", "os.remove", "os.mkdir", "shutil.rmtree", "shutil.copytree"}


def restore_killed_at(step: int, data: Path, saved: Path) -> bool:
    """Run a restore in a process that ends without a word at this step; return whether it did."""
    child = os.fork()
    if child == 0:
        left = step

        def step_done(event: str, _args: tuple[object, ...]) -> None:
            nonlocal left
            if event in STEPS:
                left -= 1
                if left < 0:
                    os._exit(9)

        sys.addaudithook(step_done)
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):  # noqa: PTH123
            os._exit(main(["restore", str(saved), "--replace", "--data", str(data)]))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def test_a_restore_cut_anywhere_leaves_one_of_the_two_halls_whole(tmp_path: Path) -> None:
    with Server(tmp_path / "whole") as server:
        server.add_branch(office_toml("hall"))
        (server.data / "media").mkdir()
        (server.data / "media" / "old.jpg").write_bytes(b"old")
        saved = tmp_path / "b.tar"
        assert server.ramah("backup", str(saved)).returncode == 0
        (server.data / "media" / "old.jpg").unlink()
        (server.data / "media" / "new.jpg").write_bytes(b"new")
        server.add_branch(office_toml("hall", services="AB"))  # an event more than the backup has
        for step in count():
            data = tmp_path / f"cut{step}"
            shutil.copytree(server.data, data)
            cut = restore_killed_at(step, data, saved)
            with closing(connect(data)) as db:
                assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                (seq,) = db.execute("SELECT seq FROM branches").fetchone()
            picture = {1: "old.jpg", 2: "new.jpg"}[seq]
            assert (data / "media" / picture).exists(), step
            if seq == 1:
                (aside,) = data.glob("before-restore-*[0-9]")
                with closing(sqlite3.connect(aside / "ramah.db")) as db:
                    assert db.execute("SELECT seq FROM branches").fetchone() == (2,)
                assert (aside / "media" / "new.jpg").read_bytes() == b"new"
            if not cut:
                assert seq == 1
                assert not (data / "media" / "new.jpg").exists()
                break
        assert step > 8


def test_a_restore_says_what_came_after_the_backup(tmp_path: Path) -> None:
    with Server(tmp_path / "data") as server:
        server.add_branch(office_toml("hall"))
        saved = tmp_path / "b.tar"
        assert server.ramah("backup", str(saved)).returncode == 0
        assert "CAREFUL" not in server.ramah("restore", str(saved), "--replace").stdout
        server.add_branch(office_toml("hall", services="AB"))
        told = server.ramah("restore", str(saved), "--replace").stdout
        assert "CAREFUL: 1 events after this backup are not in it" in told
        assert "city" not in told
        server.ramah("city", "join", "https://kota.example", stdin="token\n")
        linked = tmp_path / "linked.tar"
        assert server.ramah("backup", str(linked)).returncode == 0
        told = server.ramah("restore", str(linked), "--replace").stdout
        assert "only when its technician lets it in (ramah city again CODE" in told


def test_two_restores_within_a_second_keep_both_halls(tmp_path: Path) -> None:
    taken = tmp_path / "before-restore-20261128-081500"
    taken.mkdir()
    assert _free(taken).name == "before-restore-20261128-081500-2"
    _free(taken).mkdir()
    assert _free(taken).name == "before-restore-20261128-081500-3"
