"""Settings that leave as a file and come back lose nothing, and overwrite nobody's newer change."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from server.branches import described, read_office
from server.domain.office import Office
from server.editing.saving import full
from server.editing.written import as_written, base_of, file_head, toml
from tests.server.process import Server, office_toml
from tests.server.setup.office import settings_of

DEMO = Path(__file__).parents[3] / "server" / "demo"
ODD = "Kantor \"Ujung\" \\ 'Ω' # 🙂"


def offices() -> list[Office]:
    templates = ("three", "mpp", "samsat", "puskesmas")
    found = [described(settings_of(name) | {"code": name}) for name in templates]
    found += [read_office(DEMO / name) for name in ("office.toml", "office-all.toml")]
    odd = settings_of("mpp") | {
        "code": "odd", "name": ODD, "zone_label": "W I T A", "languages": ["en", "id"],
        "paper": {"foot": {"en": 'Thank you.\nAll of it is "free".'}},
        "special_days": [
            {"first": "2026-02-18", "last": "2026-03-19", "names": {"id": "Ramadan"},
             "periods": [{"days": [1, 2], "opens": "08:00", "closes": "15:00"}],
             "services": ["A"]},
        ],
    }  # fmt: skip
    return [*found, described(odd)]


@pytest.mark.parametrize("office", offices(), ids=lambda each: str(each.code))
def test_a_file_of_the_settings_brings_every_setting_back(office: Office) -> None:
    text = toml(as_written(office), file_head(7, office.code))
    assert described(tomllib.loads(text)) == office
    assert described(full(office)) == office
    assert base_of(text) == 7
    assert "= {}" not in text  # what counts without being written is not written


def added(server: Server, file: Path, *words: str) -> str:
    done = server.ramah("branch", "add", str(file), *words)
    return done.stdout if done.returncode == 0 else done.stderr


def test_a_file_does_not_undo_what_was_changed_on_the_pages(tmp_path: Path) -> None:
    server, file = Server(tmp_path / "data"), tmp_path / "office.toml"
    file.write_text(office_toml("hall"), "utf-8")
    assert "settings version 1" in added(server, file)
    taken = server.ramah("branch", "export").stdout
    changed = taken.replace('name = "Kantor hall"', 'name = "Balai Kota"')
    with server.database() as db:  # as a page saves it
        db.execute("UPDATE deeds SET place = '127.0.0.1' WHERE what = 'configured'")
    file.write_text(changed, "utf-8")
    assert "settings version 2" in added(server, file)
    with server.database() as db:
        db.execute("UPDATE deeds SET place = '127.0.0.1' WHERE what = 'configured'")
    # the same older file with another change: the page's stays beside it
    file.write_text(taken.replace('"Layanan A"', '"Surat"'), "utf-8")
    assert "settings version 3" in added(server, file)
    now = server.ramah("branch", "export").stdout
    assert '"Balai Kota"' in now
    assert '"Surat"' in now
    file.write_text(taken.replace('name = "Kantor hall"', 'name = "Lain"'), "utf-8")
    refused = added(server, file)
    assert "Name of the office: Kantor hall → Balai Kota" in refused
    assert "--replace" in refused
    assert '"Balai Kota"' in server.ramah("branch", "export").stdout
    assert "settings version 4" in added(server, file, "--replace")
    assert '"Lain"' in server.ramah("branch", "export").stdout
