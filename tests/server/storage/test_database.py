"""The file: one server at a time, never a newer one, migrations in order and whole."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from server.storage import database
from server.storage.database import DATABASE, NewerDatabase, connect, migrate, migrations
from tests.server.process import Server, free_port, office_toml


def version(path: Path) -> int:
    """Return the version of a database file."""
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def test_a_second_server_on_the_same_folder_is_refused_and_told_which_process_has_it(
    server: Server,
) -> None:
    assert server.process is not None
    run = server.ramah("serve", "--port", str(free_port()))
    assert run.returncode == 1
    assert f"process {server.process.pid}" in run.stderr
    assert str(server.data) in run.stderr
    assert "Traceback" not in run.stderr


def test_after_a_power_cut_the_folder_is_free_again(server: Server) -> None:
    server.kill()
    server.start()


def test_the_command_line_works_beside_the_server(server: Server) -> None:
    run = server.ramah("branch", "list")
    assert (run.returncode, run.stdout) == (0, "hall\tsettings version 1\n")


def test_a_database_of_a_newer_program_is_refused_and_not_touched(tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    server.add_branch(office_toml())
    path = server.data / DATABASE
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("PRAGMA user_version = 9999")
    before = path.read_bytes()
    for words in (["serve", "--port", str(free_port())], ["branch", "list"], ["token", "list"]):
        run = server.ramah(*words)
        assert run.returncode == 1
        assert "9999" in run.stderr
        assert "newer Ramah" in run.stderr
        assert "Traceback" not in run.stderr
    assert version(path) == 9999
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
    assert path.read_bytes()[100:] == before[100:]


def test_migrations_are_read_in_the_order_of_their_numbers_and_no_number_is_used_twice() -> None:
    numbers = [number for number, _ in migrations()]
    assert numbers[0] == 1
    assert numbers == sorted(set(numbers))


def test_a_fresh_database_has_the_newest_version_and_is_nobody_elses(tmp_path: Path) -> None:
    connect(tmp_path).close()
    assert version(tmp_path / DATABASE) == migrations()[-1][0]
    assert stat.S_IMODE((tmp_path / DATABASE).stat().st_mode) == 0o600


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(tmp_path).close()
    known = migrations()
    newest = known[-1][0]
    broken = "CREATE TABLE one (a TEXT);\nCREATE TABLE two (b TEXT);\nCREATE TABLE one (c TEXT);\n"
    monkeypatch.setattr(database, "migrations", lambda: [*known, (newest + 1, broken)])
    with pytest.raises(sqlite3.OperationalError):
        connect(tmp_path)
    assert version(tmp_path / DATABASE) == newest
    with closing(sqlite3.connect(tmp_path / DATABASE)) as db:
        assert (
            db.execute("SELECT name FROM sqlite_master WHERE name IN ('one', 'two')").fetchall()
            == []
        )


def test_a_migration_may_hold_triggers_and_semicolons_in_texts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(tmp_path).close()
    known = migrations()
    more = """
    -- a comment; with a semicolon
    CREATE TABLE words (a TEXT DEFAULT 'x;y');
    CREATE TRIGGER twice AFTER INSERT ON words BEGIN
        UPDATE words SET a = a || ';';
    END;
    """
    monkeypatch.setattr(database, "migrations", lambda: [*known, (known[-1][0] + 1, more)])
    with closing(connect(tmp_path)) as db:
        db.execute("INSERT INTO words DEFAULT VALUES")
        assert db.execute("SELECT a FROM words").fetchall() == [("x;y;",)]
        migrate(db)  # again: nothing to do
    monkeypatch.undo()
    with pytest.raises(NewerDatabase):
        connect(tmp_path)
