"""What machine and disk refuse is told in words that say what to do, and the command ends."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from server.cli import main
from server.cli.serve import check_folder
from server.cli.trouble import in_words
from server.storage.database import DATABASE, connect
from tests.server.process import RAMAH, ROOT, Server, free_port, office_toml

NOBODY = pwd.getpwnam("nobody").pw_uid


def refused(data: Path, *words: str) -> str:
    """Run a command that cannot be done; return what it says, in one line, by itself and soon."""
    told = subprocess.run(
        [*RAMAH, *words, "--data", str(data)], cwd=ROOT, capture_output=True, text=True,
        timeout=60, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert told.returncode == 1, told
    assert "Traceback" not in told.stderr
    lines = told.stderr.splitlines()
    assert len(lines) == 1, told.stderr
    assert lines[0].startswith("ramah: ")
    return lines[0]


def serve(data: Path) -> str:
    return refused(data, "serve", "--port", str(free_port()))


def a_file_instead(data: Path) -> None:
    data.write_text("a file")


def no_database(data: Path) -> None:
    data.mkdir()
    (data / DATABASE).write_bytes(b"something else, and long enough for a page" * 100)


def a_folder_instead(data: Path) -> None:
    (data / DATABASE).mkdir(parents=True)


def a_lock_that_is_a_folder(data: Path) -> None:
    (data / "server.lock").mkdir(parents=True)


def pictures_in_a_file(data: Path) -> None:
    connect(data).close()
    (data / "media").write_text("a file")


def damaged(data: Path) -> None:
    connect(data).close()
    size = (data / DATABASE).stat().st_size
    with (data / DATABASE).open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))


def newer(data: Path) -> None:
    with closing(connect(data)) as db:
        db.execute("PRAGMA user_version = 999")


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (a_file_instead, "a folder is needed, and there is a file of this name"),
        (no_database, "this is no database of Ramah"),
        (a_folder_instead, "a file is needed, and there is a folder of this name"),
        (a_lock_that_is_a_folder, "server.lock: a file is needed"),
        (pictures_in_a_file, "media: a folder is needed"),
        (damaged, "the database is damaged; ramah restore brings a backup back"),
        (newer, "The database has version 999"),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_a_folder_that_cannot_be_served_is_told_in_words(
    tmp_path: Path, harm: Callable[[Path], None], words: str
) -> None:
    data = tmp_path / "data"
    harm(data)
    assert words in serve(data)


@pytest.mark.parametrize("version", [0, 7])
def test_another_programs_database_is_left_alone(
    tmp_path: Path, version: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(tmp_path / DATABASE)) as db:
        db.execute("CREATE TABLE tickets (title)")
        db.execute(f"PRAGMA user_version = {version}")
        db.commit()
    assert "another program's" in serve(tmp_path)
    for words in (["branch", "list"], ["doctor"]):
        assert main([*words, "--data", str(tmp_path)]) == 1
        assert "another program's" in capsys.readouterr().err
    with closing(sqlite3.connect(tmp_path / DATABASE)) as db:
        assert db.execute("SELECT name FROM sqlite_master").fetchall() == [("tickets",)]


def said_as(user: int, data: Path) -> str:
    """Return what a start says to another user; in a fork, as that user may not have our Python."""
    check_folder(data)  # loads all it needs
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setuid(user)
            check_folder(data)
        except OSError as error:
            os.write(theirs, str(in_words(error, data)).encode())
        finally:
            os._exit(0)
    os.close(theirs)
    with open(ours, "rb") as told:  # noqa: PTH123 - a pipe
        os.waitpid(child, 0)
        return told.read().decode()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_what_belongs_to_somebody_else_is_told_with_both_names(tmp_path: Path) -> None:
    """As after one command that was run with sudo."""
    for folder in (tmp_path, *list(tmp_path.parents)[:-1]):
        if folder.stat().st_mode & 0o777 == 0o700:
            folder.chmod(0o755)
    data = tmp_path / "data"
    connect(data).close()
    data.chmod(0o777)
    (data / DATABASE).chmod(0o644)
    line = said_as(NOBODY, data)
    assert f"{DATABASE}: nobody may not write there, it belongs to root" in line
    assert "run it as the server's user" in line
    (data / DATABASE).chmod(0o666)
    assert said_as(NOBODY, data) == ""
    (data / "media").mkdir()
    assert "media: nobody may not write there" in said_as(NOBODY, data)
    data.chmod(0o755)
    assert f"{data}: nobody may not write there" in said_as(NOBODY, data)


def test_an_address_that_cannot_be_listened_on_says_what_to_do(tmp_path: Path) -> None:
    with Server(tmp_path / "data") as server, socket.socket() as other:
        server.add_branch(office_toml("hall"))
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        taken = refused(server.data, "serve", "--port", port)
        assert f"127.0.0.1:{port}: another program listens there" in taken
        elsewhere = refused(server.data, "serve", "--host", "192.0.2.77")
        assert "this machine has no such address" in elsewhere
        nowhere = refused(server.data, "serve", "--host", "no such name")
        assert "there is no machine of this name" in nowhere


def test_a_database_that_another_program_keeps_locked_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(tmp_path).close()
    monkeypatch.setattr("server.storage.dialect.BUSY_MS", 50)
    with closing(sqlite3.connect(tmp_path / DATABASE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert main(["branch", "list", "--data", str(tmp_path)]) == 1
    assert "another program keeps the database locked" in capsys.readouterr().err


def test_a_full_disk_is_told_by_its_name(tmp_path: Path) -> None:
    """By a limit on the size of files, which works for every user."""
    data = tmp_path / "data"
    told = subprocess.run(
        ["sh", "-c", 'ulimit -f 40; exec "$@"', "sh", *RAMAH, "branch", "add",
         str(office_file(tmp_path)), "--data", str(data)],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert told.returncode == 1
    assert "Traceback" not in told.stderr
    assert f"ramah: {data / DATABASE}: the disk" in told.stderr


def office_file(folder: Path) -> Path:
    file = folder / "office.toml"
    file.write_text(office_toml("hall"), "utf-8")
    return file


def test_no_backup_is_written_where_there_is_no_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, missing = tmp_path / "data", tmp_path / "usb" / "monday.tar"
    connect(data).close()
    assert main(["backup", str(missing), "--data", str(data)]) == 1
    assert "there is no such folder or file" in capsys.readouterr().err
    assert not missing.parent.exists()
    shutil.rmtree(data)


def test_words_are_found_inside_a_group_of_errors(tmp_path: Path) -> None:
    found = in_words(ExceptionGroup("x", [ValueError("y"), OSError(28, "No space")]), tmp_path)
    assert "the disk is full" in str(found)
    assert in_words(ValueError("y"), tmp_path) is None


def test_what_the_machine_refuses_is_said_whole_in_the_technicians_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(connect(tmp_path)):
        pass
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        told = refused(tmp_path, "serve", "--port", port, "--lang", "id")
    assert "program lain sudah memakai port itu" in told
    wanted = ["printer", "add", "x", "tcp://h:99999", "--data", str(tmp_path), "--lang", "id"]
    assert main(wanted) == 1
    assert "Port berupa angka dari 1 sampai 65535." in capsys.readouterr().err
