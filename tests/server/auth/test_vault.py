"""Secrets that the server has to know: sealed by a key that no copy of the database holds."""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest

from server.auth.vault import KEY, Locked, Vault
from server.auth.vaulting import settle
from server.cli import main
from server.storage.database import connect, transaction
from server.storage.queries import secrets
from tests.server.api.test_second_step import App, log_in, set_up, shown
from tests.server.process import PASSWORD, Server, office_toml

Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch


def test_a_secret_opens_in_its_own_place_on_its_own_machine_only(tmp_path: Path) -> None:
    vault, other = Vault(tmp_path), Vault(tmp_path / "other")
    with closing(connect(tmp_path)) as db:
        sealed = vault.seal(db, "rahasia", "webhooks:1")
        assert "rahasia" not in sealed
        assert vault.seal(db, "rahasia", "webhooks:1") != sealed, "equal ones cannot be told"
        assert Vault(tmp_path).open(sealed, "webhooks:1") == "rahasia"
        for who, text, place in (
            (vault, sealed, "webhooks:2"), (vault, sealed[:-8] + "AAAAAAA=", "webhooks:1"),
            (vault, "sealed:1:nonsense", "webhooks:1"), (other, sealed, "webhooks:1"),
        ):  # fmt: skip
            with pytest.raises(Locked):
                who.open(text, place)
    assert (tmp_path / KEY).stat().st_mode & 0o177 == 0


def test_a_machine_with_another_key_seals_nothing_beside_the_first(tmp_path: Path) -> None:
    with closing(connect(tmp_path)) as db:
        Vault(tmp_path).seal(db, "rahasia", "webhooks:1")
        (tmp_path / KEY).unlink()
        with pytest.raises(Locked):
            Vault(tmp_path).seal(db, "lain", "webhooks:2")
        assert not (tmp_path / KEY).exists()


def test_a_key_that_cannot_be_read_shuts_secrets_and_not_the_hall(
    tmp_path: Path, capsys: Capture
) -> None:
    texts = plain_hall(tmp_path)
    (tmp_path / KEY).mkdir()  # as one of another user, which root could read
    settle(tmp_path, Vault(tmp_path))
    with closing(connect(tmp_path)) as db:
        assert {each.text for each in secrets.all_secrets(db)} == set(texts.values())
        with pytest.raises(Locked):
            Vault(tmp_path).seal(db, "rahasia", "webhooks:1")
        assert secrets.check(db) is None
    (tmp_path / KEY).rmdir()
    settle(tmp_path, Vault(tmp_path))
    (tmp_path / KEY).rename(tmp_path / "away")
    (tmp_path / KEY).write_text("c2hvcnQ=\n")
    assert main(["secrets", "check", "--data", str(tmp_path)]) == 1
    assert "missing, or another machine's" in capsys.readouterr().out


def test_of_two_servers_that_begin_at_once_with_a_key_each_one_seals(
    tmp_path: Path, monkeypatch: Patch
) -> None:
    (tmp_path / "other").mkdir()
    with closing(connect(tmp_path)) as db:
        sealed = Vault(tmp_path).seal(db, "rahasia", "webhooks:1")
        known = secrets.check
        seen = iter([None])  # the other one looked before the first had written
        monkeypatch.setattr(secrets, "check", lambda db: next(seen, known(db)))
        with pytest.raises(Locked):
            Vault(tmp_path / "other").seal(db, "lain", "webhooks:2")
        assert Vault(tmp_path).open(sealed, "webhooks:1") == "rahasia"
        assert Vault(tmp_path).fits(db)


def test_a_key_that_is_brought_back_while_the_server_runs_opens_again(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with closing(connect(tmp_path)) as db:
        sealed = Vault(tmp_path).seal(db, "rahasia", "webhooks:1")
        right = (tmp_path / KEY).read_bytes()
        with closing(connect(tmp_path / "other")) as away:
            Vault(tmp_path / "other").seal(away, "lain", "webhooks:1")
        (tmp_path / KEY).write_bytes((tmp_path / "other" / KEY).read_bytes())
        running = Vault(tmp_path)
        with pytest.raises(Locked):
            running.open(sealed, "webhooks:1")
        (tmp_path / KEY).write_bytes(right)
        assert running.open(sealed, "webhooks:1") == "rahasia"
        (tmp_path / KEY).rename(tmp_path / "kept")
        with pytest.raises(Locked):
            running.open(sealed, "webhooks:2")
        assert running.open(sealed, "webhooks:1") == "rahasia", "what is known stays known"
        # and one that begins anew is the file's, not the one that is remembered
        assert main(["secrets", "renew", "--data", str(tmp_path)]) == 0
        new = running.seal(db, "baru", "webhooks:2")
        assert Vault(tmp_path).open(new, "webhooks:2") == "baru"
        (tmp_path / "kept").replace(tmp_path / KEY)
        assert running.open(new, "webhooks:2") == "baru"
        assert running.open(sealed, "webhooks:1") == "rahasia", "at the first try"


def test_a_key_that_others_may_read_is_told(tmp_path: Path, capsys: Capture) -> None:
    plain_hall(tmp_path)
    settle(tmp_path, Vault(tmp_path))
    assert main(["secrets", "check", "--data", str(tmp_path)]) == 0
    (tmp_path / KEY).chmod(0o640)
    assert main(["secrets", "check", "--data", str(tmp_path)]) == 1
    assert "others on this machine may read secrets.key" in capsys.readouterr().out


def test_a_key_from_a_stick_that_all_could_read_is_the_owners_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    plain_hall(data)
    settle(data, Vault(data))
    (data / KEY).chmod(0o644)
    assert main(["restore", str(data), "--data", str(tmp_path / "new")]) == 0
    assert (tmp_path / "new" / KEY).read_bytes() == (data / KEY).read_bytes()
    assert (tmp_path / "new" / KEY).stat().st_mode & 0o177 == 0


def test_two_processes_that_seal_first_make_one_key(tmp_path: Path) -> None:
    connect(tmp_path).close()
    made: list[str] = []

    def seal(number: int) -> None:
        with closing(connect(tmp_path)) as db, transaction(db):
            made.append(Vault(tmp_path).seal(db, f"s{number}", "webhooks:1"))

    threads = [Thread(target=seal, args=(number,)) for number in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    vault = Vault(tmp_path)
    assert {vault.open(each, "webhooks:1") for each in made} == {f"s{n}" for n in range(6)}
    assert [each.name for each in tmp_path.glob(f".{KEY}*")] == []


def plain_hall(data: Path) -> dict[str, str]:
    """Make the database of an older program, which kept secrets as they are."""
    texts = {table: f"PLAIN-{table}-IN-THE-FILE" for table in secrets.ROWS}
    with closing(connect(data)) as db, transaction(db):
        db.execute("INSERT INTO branches (code) VALUES ('hall')")
        db.execute(
            "INSERT INTO users (id, branch, login, name, role, password, created_at) "
            "VALUES ('u', 1, 'dewi', 'Dewi', 'manager', '', 0)"
        )
        db.execute("INSERT INTO second_factors (user, secret) VALUES ('u', ?)",
                   (texts["second_factors"],))  # fmt: skip
        db.execute(
            "INSERT INTO webhooks (id, branch, url, secret, kinds, seq, created_at) "
            "VALUES ('w', 1, 'http://127.0.0.1:9', ?, '[]', 0, 0)", (texts["webhooks"],),
        )  # fmt: skip
        db.execute(
            "INSERT INTO providers (branch, issuer, client_id, secret, name, role_claim, roles) "
            "VALUES (1, 'https://x', 'c', ?, 'X', 'roles', '{}')", (texts["providers"],),
        )  # fmt: skip
        db.execute("INSERT INTO city_links (branch, url, token) VALUES (1, 'https://x', ?)",
                   (texts["city_links"],))  # fmt: skip
    return texts


def test_what_an_older_program_kept_is_sealed_at_the_next_start_and_gone_from_the_file(
    tmp_path: Path,
) -> None:
    texts = plain_hall(tmp_path)
    settle(tmp_path, Vault(tmp_path))
    settle(tmp_path, Vault(tmp_path))
    content = b"".join(each.read_bytes() for each in tmp_path.glob("ramah.db*"))
    with closing(connect(tmp_path)) as db:
        kept = {each.table: each for each in secrets.all_secrets(db)}
    assert kept.keys() == texts.keys()
    vault = Vault(tmp_path)
    for table, text in texts.items():
        assert text.encode() not in content
        assert vault.open(kept[table].text, kept[table].place) == text


def test_every_column_that_is_called_a_secret_is_sealed_or_known_for_what_it_is(
    tmp_path: Path,
) -> None:
    columns: list[tuple[str, str]] = []
    with closing(connect(tmp_path)) as db:
        tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            columns += [(table, row[1]) for row in db.execute(f"PRAGMA table_info({table})")]
    sealed = {(table, column) for table, (_key, column) in secrets.ROWS.items()}
    elsewhere = {
        ("backup_plan", "secret"),  # sealed as it is planned
        ("tickets", "token"),  # the address of a visitor's page, until its day ends
        ("comfort_doors", "token"),  # stands as a QR on a wall
    }
    assert {each for each in columns if each[1] in {"secret", "token"}} == sealed | elsewhere


async def test_a_copied_database_gives_no_app_and_a_recovery_code_still_lets_in(
    tmp_path: Path,
) -> None:
    with Server(tmp_path / "data") as server:
        server.add_branch(office_toml("hall", more="[logins]\nsecond_step = 'managers'"))
        server.person("dewi", "manager")
        server.start()
        async with server.client() as dewi:
            await log_in(dewi, "dewi")
            app, codes = await set_up(dewi)
        with server.database() as db:
            assert app.secret not in "\n".join(db.iterdump())
        assert server.ramah("backup", str(tmp_path / "plain.tar")).returncode == 0
        server.kill()
    assert app.secret.encode() not in (tmp_path / "plain.tar").read_bytes()
    await _restored_elsewhere(tmp_path, app, codes[0])


async def _restored_elsewhere(tmp_path: Path, app: App, code: str) -> None:
    with Server(tmp_path / "new") as server:
        done = server.ramah("restore", str(tmp_path / "plain.tar"))
        assert "the key that secrets were sealed with is not on this machine" in done.stdout
        assert "people whose app's codes do not count: 1." in server.ramah("doctor").stdout
        server.start()
        async with server.client() as dewi:
            late = await log_in(dewi, "dewi", shown(app.secret, 1))
            assert (late.status, late.problem) == (409, "secret-locked")
            assert "secrets.key" in late.json["detail"]
            assert (await log_in(dewi, "dewi", code)).status == 200
            assert (await dewi.get("/api/factor")).json["locked"] is True
            await dewi.post("/api/factor/begin", {"password": PASSWORD})  # and the phone is away
            half = (await dewi.get("/api/factor")).json
            assert (half["on"], half["locked"]) == (True, True)
            async with server.client() as thief:
                assert (await log_in(thief, "dewi")).problem == "code-needed"
            again, _codes = await set_up(dewi)
            assert (await dewi.get("/api/factor")).json["locked"] is False
        async with server.client() as dewi:
            assert (await log_in(dewi, "dewi", shown(again.secret, 1))).status == 200
        assert server.ramah("secrets", "check").returncode == 0


async def test_an_encrypted_backup_brings_the_key_along(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    with Server(tmp_path / "data") as server:
        server.add_branch(office_toml("hall"))
        server.person("dewi", "manager")
        public = server.ramah("backups", "key", str(tmp_path / "key.txt")).stdout.split()[-1]
        server.ramah("backups", "plan", str(stick), "--key", public)
        server.start()
        async with server.client() as dewi:
            await log_in(dewi, "dewi")
            app, _codes = await set_up(dewi)
        assert server.ramah("backups", "now").returncode == 0
        server.kill()
    (sealed,) = stick.glob("*.age")
    with Server(tmp_path / "new") as server:
        done = server.ramah("restore", str(sealed), "--key", str(tmp_path / "key.txt"))
        assert (done.returncode, "CAREFUL: the key" in done.stdout) == (0, False)
        assert (server.data / KEY).stat().st_mode & 0o177 == 0
        server.start()
        async with server.client() as dewi:
            assert (await log_in(dewi, "dewi", shown(app.secret, 1))).status == 200


def test_a_key_that_is_lost_is_told_and_another_one_begins(
    tmp_path: Path, capsys: Capture, monkeypatch: Patch
) -> None:
    plain_hall(tmp_path)
    settle(tmp_path, Vault(tmp_path))
    (tmp_path / KEY).unlink()
    words = ["--data", str(tmp_path)]
    assert main(["secrets", "check", *words]) == 1
    told = capsys.readouterr().out
    for each in (
        "app's codes do not count: 1", "told of nothing: 1", "nobody logs in: 1", "to the city",
        "ramah secrets renew",
    ):  # fmt: skip
        assert each in told
    provider = ["provider", "set", "https://sso.example", "--client-id", "c", "--name", "SSO",
                "--role", "a=staff"]  # fmt: skip
    monkeypatch.setattr("sys.stdin", io.StringIO("rahasia\n"))
    assert main([*provider, *words]) == 1
    assert "secrets.key" in capsys.readouterr().err
    assert main(["secrets", "renew", *words]) == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("rahasia\n"))
    assert main([*provider, *words]) == 0
    with closing(sqlite3.connect(tmp_path / "ramah.db")) as db:
        sealed = db.execute("SELECT secret FROM providers").fetchone()[0]
    assert Vault(tmp_path).open(sealed, "providers:1") == "rahasia"
    assert main(["secrets", "renew", *words]) == 0
    assert "nothing was changed" in capsys.readouterr().out
