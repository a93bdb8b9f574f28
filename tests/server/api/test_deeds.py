"""Who changed or looked at what: the list a manager reads, with who, when, what and from where."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

from server.api.deedwords import ROLES, WORDS
from server.storage import database
from server.storage.queries.deeds import KEPT_DAYS
from tests.server.api.client import Client
from tests.server.api.test_feedback import served, token_of
from tests.server.process import PASSWORD, Hall, Server, office_toml
from tests.server.waiting import soon

ENGLISH = {"Accept-Language": "en"}


async def deeds(manager: Client, query: str = "", language: str = "en") -> list[dict[str, Any]]:
    """Return the list as the manager's page reads it."""
    answer = await manager.get(f"/api/deeds{query}", headers={"Accept-Language": language})
    found: list[dict[str, Any]] = answer.json["deeds"]
    return found


async def logged_in(client: Client, hall: Hall, name: str, role: str = "staff") -> str:
    """Add a person and log in; return the login."""
    login = hall.person(name, role)
    await client.post("/api/session", {"login": login, "password": PASSWORD}, check=True)
    return login


async def test_a_log_in_a_changed_password_and_a_log_out_are_kept_with_the_address(
    hall: Hall, visitor: Client, manager: Client
) -> None:
    await logged_in(visitor, hall, "sari")
    change = {"old": PASSWORD, "new": "kursi biru di teras"}
    assert (await visitor.post("/api/session/password", change)).status == 204
    await visitor.delete("/api/session")
    found = await deeds(manager)
    told = [(each["text"], each["role"], each["place"]) for each in found[:3]]
    assert told == [
        ("Logged out", "staff", "127.0.0.1"),
        ("Changed the own password", "staff", "127.0.0.1"),
        ("Logged in", "staff", "127.0.0.1"),
    ]
    assert {each["name"] for each in found[:3]} == {f"Sari.{hall.code}"}
    assert "kursi" not in str(found)


async def test_changes_of_the_settings_say_which_part_and_who(hall: Hall, visitor: Client) -> None:
    await logged_in(visitor, hall, "dewi", "manager")
    await visitor.post("/api/printers/paper", {"paper": {"foot": {"id": "Terima kasih"}}})
    await visitor.post("/api/voice", {"voice": {"times": 1}})
    found = [each for each in await deeds(visitor) if each["what"] == "configured"]
    assert [each["text"] for each in found] == [
        "Changed the settings (version 3): voice",
        "Changed the settings (version 2): paper",
        "Changed the settings (version 1)",
    ]
    assert [each["place"] for each in found] == ["127.0.0.1", "127.0.0.1", "command line"]


async def test_files_and_figures_that_somebody_took_are_kept(
    hall: Hall, visitor: Client, manager: Client
) -> None:
    await logged_in(visitor, hall, "dewi", "manager")
    day = (await visitor.get("/api/totals")).json["day"]
    survey = await visitor.get(f"/api/survey/file?from={day}&to={day}&form=csv", check=False)
    assert survey.status == 200
    await visitor.get("/api/log?format=csv")
    await visitor.get("/api/log?format=xlsx", check=False)
    await visitor.get(f"/api/log?from={day}&to={day}&format=json")  # what the page itself shows
    people = (await visitor.get("/api/people")).json["people"]
    look = {"person": people[0]["id"], "first": day, "last": day}
    await visitor.post("/api/reports/person", look)
    found = await deeds(manager)
    assert [each["text"] for each in found[:4]] == [
        f"Looked at the figures of {people[0]['name']}, {day} to {day}",
        f"Took the log as a file: {day} to {day} (xlsx)",
        f"Took the log as a file: {day} to {day} (csv)",
        f"Took the survey's answers as a file: {day} to {day} (csv)",
    ]


async def test_lines_for_the_hall_pauses_and_second_papers_are_kept(
    hall: Hall, visitor: Client
) -> None:
    await logged_in(visitor, hall, "dewi", "manager")
    await visitor.post("/api/notice", {"notice": "Parkir lewat timur"})
    await visitor.delete("/api/notice")
    await visitor.post("/api/services/A/pause", {"notice": "Listrik padam"})
    await visitor.post("/api/services/A/resume", {})
    found = [each["text"] for each in await deeds(visitor)]
    assert found[:4] == [
        "Resumed Service A",
        "Paused Service A: Listrik padam",
        "Took the line off all displays",
        "Put a line on all displays: Parkir lewat timur",
    ]


async def test_screens_codes_and_what_plays_are_kept(hall: Hall, manager: Client) -> None:
    code = (await manager.post("/api/displays/code", {"name": "Lobi"})).json["code"]
    async with hall.client() as screen:
        assert (await screen.post("/api/pair", {"code": code})).status == 200
    (lobby,) = (await manager.get("/api/displays")).json["displays"]
    slide = await manager.post("/api/media/slides", {"name": "Salam", "text": "Selamat datang"})
    await manager.delete(f"/api/media/{slide.json['id']}")
    await manager.delete(f"/api/displays/{lobby['id']}")
    found = await deeds(manager)
    assert [each["text"] for each in found[:5]] == [
        "Ended a key: Lobi",
        "Took something off the shelf for the screens: Salam",
        "Put something on the shelf for the screens: Salam",
        "A device was paired: Lobi (display)",
        "Made a pairing code: Lobi (display)",
    ]
    assert found[3]["place"] == "127.0.0.1"


async def test_what_the_command_line_did_is_in_the_same_list(server: Server) -> None:
    words = ("user", "add", "sari", "--name", "Ibu Sari", "--role", "staff")
    assert server.ramah(*words, stdin="kursi biru di teras\n").returncode == 0
    assert server.ramah("token", "create", "--role", "kiosk", "--name", "pintu").returncode == 0
    assert server.ramah("token", "revoke", "pintu").returncode == 0
    assert server.ramah("export", str(server.data.parent / "log.csv")).returncode == 0
    async with server.client("manager") as manager:
        found = await deeds(manager, language="id")
    assert [each["text"] for each in found[1:4]] == [
        "Mengakhiri kunci: pintu",
        "Membuat kunci: pintu (kios)",
        "Menambah orang: Ibu Sari (petugas)",
    ]
    assert found[0]["text"].startswith("Mengunduh catatan: ")
    assert {each["place"] for each in found[:4]} == {"baris perintah"}


async def test_the_list_is_narrowed_by_day_and_person_and_turned_page_by_page(
    hall: Hall, visitor: Client, manager: Client
) -> None:
    await logged_in(visitor, hall, "sari")
    for _ in range(101):
        await manager.get("/api/log?format=csv")
    first = (await manager.get("/api/deeds")).json
    assert len(first["deeds"]) == 100
    second = (await manager.get(f"/api/deeds?cursor={first['next']}")).json
    assert second["next"] is None
    whole = [*first["deeds"], *second["deeds"]]
    assert [each["at"] for each in whole] == sorted((each["at"] for each in whole), reverse=True)
    assert sum(each["what"] == "log_taken" for each in whole) == 101
    sari = next(each for each in first["people"] if each["name"].startswith("Sari"))
    assert [each["what"] for each in await deeds(manager, f"?person={sari['actor']}")] == ["login"]
    assert await deeds(manager, "?from=2020-01-01&to=2020-01-01") == []
    refused = await manager.get("/api/deeds?from=2026-02-30", check=False)
    assert refused.status == 422


async def test_the_file_opens_in_a_spreadsheet_and_nothing_in_it_is_a_formula(
    hall: Hall, manager: Client
) -> None:
    async with Client(hall.server.url, hall.token("manager", "=1+1")) as odd:
        await odd.post("/api/notice", {"notice": '=HYPERLINK("x";"y")'})
    answer = await manager.get("/api/deeds?format=csv", headers={"Accept-Language": "id"})
    assert answer.body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:5] == ["Waktu", "Siapa", "Peran", "Apa", "Dari mana"]
    assert rows[0][5:] == ["Nomor dalam rantai", "Sidik (hash)"]
    assert [int(row[5]) for row in rows[1:]] == list(range(1, len(rows)))
    assert all(re.fullmatch("[0-9a-f]{64}", row[6]) for row in rows[1:])
    assert rows[-2][1:4] == [
        "'=1+1", "pimpinan", 'Menampilkan kalimat di semua layar: =HYPERLINK("x";"y")',
    ]  # fmt: skip
    assert rows[-1][3].startswith("Mengunduh daftar ini: ")
    assert all(cell[:1] not in {"=", "+", "-", "@"} for row in rows for cell in row)
    taken = (await deeds(manager))[0]
    assert taken["what"] == "deeds_taken"
    assert (await manager.get("/api/deeds?format=xlsx")).json["field"] == "format"


async def test_only_managers_read_it_and_only_of_their_own_office(
    hall: Hall, other: Hall, staff: Client, kiosk: Client, visitor: Client
) -> None:
    for client, status in ((staff, 403), (kiosk, 403), (visitor, 401)):
        assert (await client.get("/api/deeds", check=False)).status == status
    async with other.client("manager") as elsewhere:
        await elsewhere.post("/api/notice", {"notice": "Rahasia kantor lain"})
    async with hall.client("manager") as manager:
        assert "Rahasia" not in str(await deeds(manager))


async def test_what_is_refused_is_no_deed(manager: Client) -> None:
    before = len(await deeds(manager))
    assert (await manager.post("/api/services/Z/pause", {"notice": "x"})).status == 404
    assert len(await deeds(manager)) == before


async def test_deeds_are_forgotten_after_two_years(server: Server) -> None:
    with server.database() as db:
        old = "UPDATE deeds SET at = at - ? WHERE what = 'configured'"
        assert db.execute(old, (KEPT_DAYS * 86_400_000 + 1000,)).rowcount == 1
    server.kill()
    server.start()
    await soon(
        lambda: server.query("SELECT count(*) FROM deeds WHERE what = 'configured'") == [(0,)],
        "the old deed is gone",
    )


def test_every_deed_that_is_written_has_a_sentence() -> None:
    root = Path(__file__).resolve().parents[3]
    sources = [*root.glob("server/**/*.py"), *root.glob("display/**/*.py")]
    text = "\n".join(path.read_text("utf-8") for path in sources)
    written = set(
        re.findall(r"(?:\.note|recorded)\((?:\w+, \w+, |\w+, args\.login, )?\"(\w+)\"", text)
    )
    assert {"login", "log_taken", "user_removed", "paired"} <= written
    assert written <= set(WORDS)
    assert {"staff", "manager", "admin", "kiosk", "display", "agent"} <= set(ROLES)


async def test_what_the_log_knows_of_the_time_before_is_in_the_list(tmp_path: Path) -> None:
    with Server(tmp_path / "data") as server:
        server.add_branch(office_toml("hall"))
        folder = Path(database.__file__).parent / "migrations"
        (script,), (chain,) = folder.glob("*_deeds.sql"), folder.glob("*_chain.sql")
        with server.database() as db:  # as an older program left it, then brought along
            db.execute("DROP TABLE deeds")
            db.execute("DROP TABLE deed_chains")
            db.execute("ALTER TABLE users DROP COLUMN given_until")
            db.executescript(script.read_text("utf-8") + chain.read_text("utf-8"))
        server.start()
        async with server.client("manager") as manager:
            (first,) = await deeds(manager, "?from=2020-01-01")
        assert (first["text"], first["place"]) == (
            "Changed the settings (version 1)",
            "command line",
        )


async def test_what_is_done_about_words_and_plans_is_kept_without_what_was_said(
    hall: Hall, visitor: Client
) -> None:
    await logged_in(visitor, hall, "dewi", "manager")
    sari = hall.person("sari")
    ticket = await served(hall)
    async with hall.client() as phone:
        said = {"face": 1, "said": "Pak Joko kasar.", "thanks": False}
        await phone.post(f"/api/track/{token_of(ticket)}/feedback", said)
    (word,) = (await visitor.get("/api/feedback")).json["words"]
    path = f"/api/feedback/{word['id']}"
    ((person,),) = hall.query("SELECT id FROM users WHERE branch = ? AND login = ?", sari)
    act = {"action": "Kami meminta maaf kepada beliau."}
    for _ in range(2):  # the same again is no other deed
        for step, body in (("read", {}), ("assign", {"person": person}), ("act", act),
                           ("black-out", {})):  # fmt: skip
            assert (await visitor.post(f"{path}/{step}", body)).status == 200
    day = (await visitor.get("/api/totals")).json["day"]
    plan = {"element": "waktu", "plan": "Loket kedua saat ramai", "due": day}
    made = await visitor.post("/api/survey/plans", plan)
    await visitor.post(f"/api/survey/plans/{made.json['plans'][0]['id']}/end",
                       {"result": "Sudah berjalan"})  # fmt: skip
    found = await deeds(visitor)
    assert [each["text"] for each in found[:6]] == [
        "Wrote what came of the plan for Time",
        f"Planned what to do about Time until {day}",
        f"Blacked out the sentence of {ticket['label']} of {day}",
        f"Wrote what was done about what {ticket['label']} of {day} said",
        f"Asked {sari.capitalize()} to see to what {ticket['label']} of {day} said",
        f"Read what {ticket['label']} of {day} said",
    ]
    assert {each["name"] for each in found[:6]} == {f"Dewi.{hall.code}"}
    kept = str(hall.query("SELECT about FROM deeds WHERE branch = ?"))
    for text in ("Joko", "maaf", "ramai", "berjalan"):
        assert text not in kept
