"""``ramah user``: which services a person can serve, and a second step that is taken off."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from server.auth import registry
from server.branches import configure
from server.cli import main
from server.storage.database import connect, migrate
from server.storage.queries import factors
from tests.server.rehearsal import office


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A branch with services A, B and C, and one person."""
    with closing(connect(tmp_path)) as db:
        migrate(db)
        branch, _ = configure(db, office())
        registry.create_user(
            db, branch, registry.NewPerson("sari", "Ibu Sari", "staff"), "senyum-pagi", "u1", 0
        )
    return tmp_path


def skills(data: Path, login: str, services: str) -> int:
    return main(["user", "skills", login, services, "--data", str(data)])


def kept(data: Path) -> list[str] | None:
    with closing(connect(data)) as db:
        (told,) = db.execute("SELECT skills FROM users").fetchone()
    return None if told is None else json.loads(told)


def test_skills_are_kept_in_the_order_of_the_office_and_taken_off_again(data: Path) -> None:
    assert skills(data, "sari", "B, A") == 0
    assert kept(data) == ["A", "B"]
    assert skills(data, "sari", "all") == 0
    assert kept(data) is None


def test_a_service_that_the_branch_has_not_is_named_and_nothing_is_kept(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert skills(data, "sari", "A,X,yy") != 0
    assert "no service X, yy; it has A, B, C" in capsys.readouterr().err
    assert kept(data) is None


@pytest.mark.parametrize("services", ["", ","])
def test_a_person_serves_something(data: Path, services: str) -> None:
    assert skills(data, "sari", services) != 0
    assert kept(data) is None


def test_an_unknown_login_is_told(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert skills(data, "budi", "A") != 0
    assert "budi" in capsys.readouterr().err


def test_who_lost_the_phone_gets_in_by_the_password_alone(data: Path) -> None:
    with closing(connect(data)) as db:
        factors.put(db, "u1", "ABCDEFGH")
        begun = factors.factor(db, "u1")
        assert begun is not None
        factors.confirm(db, begun, 1, 1)
    off = ["user", "second-step-off", "sari", "--data", str(data)]
    assert main(off) == 0
    with closing(connect(data)) as db:
        assert not factors.counts(db, "u1")
    assert main(off) == 1, "there is none any more"
