"""``ramah city`` and ``ramah log``: what cannot be is refused in words, and nothing is lost."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.domain.day import local
from tests.server.process import Server, daytime_zone, office_toml

CITY = "http://127.0.0.1:9"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path / "office") as server:
        server.add_branch(office_toml("hall"))
        yield server


@pytest.fixture
def city(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path / "city") as server:
        yield server


def refused(server: Server, *words: str, stdin: str = "") -> str:
    done = server.ramah(*words, stdin=stdin)
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    return done.stderr


def told(server: Server, *words: str, stdin: str = "") -> str:
    done = server.ramah(*words, stdin=stdin)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_link_goes_by_a_line_that_nobody_reads_along(office: Server) -> None:
    for url in ("http://kota.example", "ftp://127.0.0.1", "https://a:b@kota.example", "http://[",
                "https://kota.example/?a=1", "https://"):  # fmt: skip
        assert "url" in refused(office, "city", "join", url, stdin="token\n"), url
    assert "token" in refused(office, "city", "join", "https://kota.example", stdin="\n")
    assert "no city" in told(office, "city", "link")
    for words in ([CITY], ["http://kota.example", "--plain"], ["https://kota.example/ramah/"]):
        told(office, "city", "join", *words, stdin="token\n")
    link = told(office, "city", "link")
    assert "https://kota.example/ramah\tnever reached\t1 events to send" in link
    assert "token" not in link
    told(office, "city", "leave")
    assert "no city" in refused(office, "city", "leave")


def test_a_stick_carries_a_log_and_the_city_puts_an_old_one_aside(
    office: Server, city: Server, tmp_path: Path
) -> None:
    stick = tmp_path / "hall.ramahlog"
    assert "events 1 to 1" in told(office, "log", "export", str(stick))
    assert "exists" in refused(office, "log", "export", str(stick))
    assert "event 1" in refused(office, "log", "export", str(tmp_path / "x"), "--after", "2")
    assert "16" in refused(city, "city", "admit", "kelurahan melati")
    token = told(city, "city", "admit", "melati").strip()
    assert "empty" in refused(city, "log", "export", str(tmp_path / "y"), "--branch", "melati")
    assert "at event 1, 1 of them new" in told(
        city, "log", "import", str(stick), "--branch", "melati"
    )
    assert "0 of them new" in told(city, "log", "import", str(stick), "--branch", "melati")
    assert "own server" in refused(
        city, "city", "join", CITY, "--branch", "melati", stdin=f"{token}\n"
    )
    copy = tmp_path / "copy.ramahlog"
    told(city, "log", "export", str(copy), "--branch", "melati")
    assert told(city, "city", "admit", "melati").strip() != token  # the old one ends
    assert "old-logs" in told(city, "city", "again", "melati")
    (kept,) = (city.data / "old-logs").iterdir()
    assert kept.stat().st_mode & 0o077 == 0
    for file in (kept, copy):
        assert "at event 1" in told(city, "log", "import", str(file), "--branch", "melati")
    assert "All well." in told(city, "doctor")
    with city.database() as db:
        db.execute("UPDATE boxes SET heard_at = heard_at - 2 * 86400000")
    ((heard,),) = city.query("SELECT heard_at FROM boxes")
    there = f"{local(heard, daytime_zone()):%Y-%m-%d %H:%M}"  # by the office's own clock
    assert f"has not come since {there}" in city.ramah("doctor").stdout
    assert "this server itself" in refused(office, "city", "again", "hall")


def test_a_list_that_somebody_reads_the_head_of_ends_without_a_word(city: Server) -> None:
    for code in ("melati", "mawar"):
        told(city, "city", "admit", code)
    command = [sys.executable, "-m", "server.cli", "city", "boxes", "--data", str(city.data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        listing.stdout.close()
        assert listing.stderr.read() == b""


def test_an_old_log_is_put_aside_only_while_the_city_s_server_rests(city: Server) -> None:
    told(city, "city", "admit", "melati")
    city.start()
    assert "already uses" in refused(city, "city", "again", "melati")
