"""The published contract: valid, complete, and kept by every real answer."""

from __future__ import annotations

import gzip
import io
import json
import re
import time
import wave
import zipfile
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from openapi_spec_validator import validate
from PIL import Image

from server.app import Config, build
from server.auth import registry, totp
from server.city.devices import pack
from server.city.parts import head_of, lines
from server.contract import ROUTES
from server.domain.events import DayClosed
from server.domain.tx import Actor
from server.fleet.listing import DeviceNow
from server.plan.rota.book import next_week
from server.satisfaction.method import method
from server.storage.database import connect
from server.storage.ids import Ids
from server.storage.queries import backups, boxes
from server.storage.queries.backups import Plan
from server.storage.writer import run_alone
from tests.server.advised import advised
from tests.server.api.client import Client, contract, operation_of
from tests.server.comfort.places import TOML
from tests.server.process import PASSWORD, Hall, office_toml
from tests.server.waiting import soon


def test_the_document_is_valid_openapi() -> None:
    validate(contract())


async def test_the_server_gives_the_document_it_was_made_from(visitor: Client) -> None:
    told = (await visitor.get("/api/openapi.json", check=False)).json
    assert told["paths"] == contract()["paths"]
    assert told["openapi"].startswith("3.1")


async def test_the_document_describes_itself_truly(visitor: Client) -> None:
    await visitor.get("/api/openapi.json")


async def test_the_document_knows_the_log_as_csv(manager: Client) -> None:
    await manager.get("/api/log?format=csv")


def test_every_route_that_is_served_is_in_the_document(tmp_path: Path) -> None:
    app = build(Config(tmp_path))
    served = {
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None and route.resource.canonical.startswith("/api/")
    }
    documented = {
        (method.upper(), path)
        for path, item in contract()["paths"].items()
        for method in item
        if path.startswith("/api/")
    }
    assert served == documented


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [
        operation["operationId"]
        for item in contract()["paths"].values()
        for operation in item.values()
    ]
    assert len(names) == len(set(names)) == len(ROUTES)


SAME_AGAIN = {
    "/api/backups/key",  # its answer is a secret
    "/api/backups/plan",
    "/api/city/devices",  # the newest takes the place of the one before
    "/api/city/people",  # as well; the login is taken then
    "/api/city/people/{person}",
    "/api/city/people/{person}/invitation",
    "/api/city/halls",  # its answer is a secret; the hall is there then
    "/api/city/halls/{code}/wishes",  # the newest takes the place of one that waits
    "/api/city/halls/{code}/wishes/{wish}",  # it is gone then
    "/api/city/versions",  # the same again is no news
    "/api/city/log",  # what is here already changes nothing
    "/api/city/package",  # as well
    "/api/city/prepared/{code}",  # as well
    "/api/city/prepared/{code}/check",  # a question
    "/api/city/prepared/{code}/voices",  # two of a kind do no harm
    "/api/city/prepared/{code}/voices/{pack}",  # it is gone then
    "/api/voice/city/{pack}",  # two of a kind do no harm
    "/api/city/prepared/{code}/people",  # the same person takes the place of the one before
    "/api/city/prepared/{code}/people/{login}",  # it is gone then
    "/api/printers/{printer}/test",
    "/api/people/{person}/password",  # the answer is kept nowhere: it is a secret
    "/api/devices/code",  # as well
    "/api/devices/look",  # a question; a code must not stand in an address
    "/api/people",  # as well; the login is taken then, and another invitation is made
    "/api/people/{person}/invitation",
    "/api/people/{person}",
    "/api/people/{person}/factor",
    "/api/factor/begin",
    "/api/factor/codes",
    "/api/factor/confirm",
    "/api/factor/end",
    "/api/passkeys",
    "/api/passkeys/begin",
    "/api/passkeys/{passkey}/end",
    "/api/logins",
    "/api/logins/{login}",
    "/api/settings/check",  # a question
    "/api/rota/try",  # as well
    "/api/rota/make",  # what is being made goes on
    "/api/rota/stop",
    "/api/settings/file",
    "/api/settings/days",  # a question, as the next
    "/api/settings/week",
    "/api/displays/report",
    "/api/words/read",  # a question; its token must not stand in an address
    "/api/media",
    "/api/comfort/faults/{fault}/photo",
    "/api/pulse",  # once a month; a kept answer would tell whose it is
    "/api/voice/packs",
    "/api/voice/packs/import",
    "/api/voice/packs/{pack}",
    "/api/voice/packs/{pack}/{language}/{clip}",
}
"""A repeat does the same again, or gives a second file that the manager sees and removes."""


def test_every_call_that_may_be_repeated_says_so() -> None:
    for route in ROUTES:
        operation = operation_of(route.method, route.path)
        assert operation is not None
        names = [each["name"] for each in operation.get("parameters", [])]
        assert ("Idempotency-Key" in names) == route.idempotent
        by_a_person = route.path.startswith(("/api/session", "/api/voice", "/api/printers/preview"))
        if route.path in SAME_AGAIN:
            continue
        if route.method in {"POST", "DELETE"} and route.roles and not by_a_person:
            assert route.idempotent, f"{route.path} cannot be repeated safely"


def _sound() -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(24_000)
        file.writeframes(b"\1\2" * 12_000)
    return made.getvalue()


async def _log_ins(person: Diary, hall: Hall) -> None:
    """Somebody is invited, sets a second step up, and is helped and locked out."""
    own = {"password": "kursi biru di teras"}
    async with hall.client() as one, hall.client() as two:
        chief, guest = Diary(one), Diary(two)
        login, theirs = hall.person("agus", "admin"), f"rini.{hall.code}"
        await chief.send("POST", "/api/session", {"login": login, "password": PASSWORD})
        body = {"login": theirs, "name": "Rini", "role": "manager"}
        rini = (await chief.send("POST", "/api/people", body))["person"]
        path, whose = f"/api/people/{rini}", f"?person={rini}"
        code = {"code": (await chief.send("POST", f"{path}/invitation"))["code"]}
        await guest.send("POST", "/api/invitation", code)
        await guest.send("POST", "/api/invitation/take", code | own)
        for last in (False, True):
            secret = (await guest.send("POST", "/api/factor/begin", own))["secret"]
            shown = totp.code_at(secret, int(time.time() // 30))
            await guest.send("POST", "/api/factor/confirm", {"code": shown})
            await guest.send("GET", "/api/factor")
            await guest.send("POST", "/api/factor/codes", own)
            if not last:
                await guest.send("POST", "/api/factor/end", own)
        await chief.send("DELETE", f"{path}/factor")
        await guest.send("POST", "/api/session", {"login": theirs} | own)
        await chief.send("POST", path, {"name": "Ibu Rini", "role": "manager"})
        (there,) = (await chief.send("GET", f"/api/logins{whose}"))["logins"]
        await chief.send("DELETE", f"/api/logins/{there['id']}{whose}")
        await chief.send("DELETE", "/api/logins")
        await chief.send("GET", "/api/oidc")
        await chief.send("POST", "/api/session/here")
        await chief.send("POST", "/api/session/pin", {"password": PASSWORD, "pin": "4071"})
        await chief.send("POST", "/api/session/lock")
        await chief.send("GET", "/api/session/lock")
        await chief.send("POST", "/api/session/unlock", {"pin": "4071"})
        await chief.send("DELETE", "/api/session/pin")
        await chief.send("DELETE", path)
        person.done |= chief.done | guest.done


async def _a_city(person: Diary, hall: Hall) -> None:
    """Let an office with a server of its own send its log, and somebody of the city read it."""
    code = f"box-{hall.number}"
    done = hall.server.ramah("city", "admit", code)
    async with (
        Client(hall.server.url, done.stdout.strip()) as box,
        Client(hall.server.url, hall.server.token("city", code)) as reader,
    ):
        city = Diary(box, reader)
        await city.send("GET", "/api/city/log")
        with closing(connect(hall.server.data)) as db:
            head = head_of(db, "hall", "a-history", 0, "1")
        await city.send("POST", "/api/city/log", raw=gzip.compress(next(lines(head, []))))
        await city.send("POST", "/api/city/devices", raw=pack([]))
        await city.send("POST", "/api/city/package", {"had": 0})
        await _a_preparation(city, hall)
        await _a_voice_of_the_city(city, hall, code, done.stdout.strip())
        for path in (
            "devices",
            "halls",
            "report?from=2026-03-02&to=2026-03-03",
            "satisfaction?from=2026-03-02&to=2026-03-03",
            "tickets?label=A001",
            "versions",
        ):
            await city.send("GET", f"/api/city/{path}")
        told = pack([DeviceNow("d1", "kiosk", "Kios", online=True)])
        await city.send("POST", "/api/city/devices", raw=told)
        wish = {"device": "d1", "act": "reload"}
        made = (await city.send("POST", f"/api/city/halls/{code}/wishes", wish))["id"]
        await city.send("DELETE", f"/api/city/halls/{code}/wishes/{made}")
        await city.send("POST", "/api/city/versions", {"version": "1.2.0", "halls": [code]})
        founded = {"code": f"new-{hall.number}", "name": "Baru", "like": hall.code, "person": "Ani"}
        agency = {"agency": f"Dinas {hall.code}"}
        await city.send("POST", "/api/city/halls", founded | {"login": f"new.{hall.code}"} | agency)
        person.done |= city.done
    async with hall.client() as one:
        chief = Diary(one)
        login = {"login": hall.person("kota", "city"), "password": PASSWORD}
        await chief.send("POST", "/api/session", login)
        rina = {"login": f"rina.{hall.code}", "name": "Rina"} | agency
        path = (await chief.send("POST", "/api/city/people", rina))["person"]
        await chief.send("POST", f"/api/city/people/{path}/invitation")
        await chief.send("GET", "/api/city/people")
        await chief.send("DELETE", f"/api/city/people/{path}")
        person.done |= chief.done


async def _a_voice_of_the_city(city: Diary, hall: Hall, code: str, token: str) -> None:
    """Let a hall fetch a voice as if it were that office; its log is refused there."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("pack.json", '{"person":"Sari","consent":"Ya","agreed_on":"2026-01-02"}')
        archive.writestr("id/number.wav", _sound())
    path = f"/api/city/prepared/{code}/voices"
    pack = (await city.send("POST", path, raw=file.getvalue()))["id"]
    await city.send("GET", path)
    await city.send("GET", "/api/city/package/voices")
    await city.send("GET", f"/api/city/package/voices/{pack}")
    with hall.server.database() as db:
        boxes.join(db, hall.number, hall.server.url, token)
    async with hall.client("manager") as manager:
        office = Diary(manager)
        await office.send("GET", "/api/voice/city")
        await office.send("POST", f"/api/voice/city/{pack}")
        city.done |= office.done
    with hall.server.database() as db:
        boxes.leave(db, hall.number)
    await city.send("DELETE", f"{path}/{pack}")


async def _a_preparation(city: Diary, hall: Hall) -> None:
    """Let the city prepare somebody for a hall, which puts it aside; then it is taken back."""
    path = f"/api/city/prepared/{hall.code}"
    await city.send("GET", "/api/city/prepared")
    known = await city.send("GET", path)
    edit = {"settings": known["settings"], "base": known["base"], "halls": [hall.code]}
    await city.send("POST", f"{path}/check", edit)
    await city.send("POST", path, edit)
    sari = {"login": f"sari.{hall.number}", "name": "Sari", "role": "staff"}
    await city.send("POST", f"{path}/people", {"people": [sari]})
    async with hall.client("manager") as manager:
        office = Diary(manager)
        version = (await office.send("GET", "/api/settings/prepared"))["version"]
        await office.send("POST", "/api/settings/prepared/aside", {"version": version})
        city.done |= office.done
    await city.send("GET", f"{path}/file")
    await city.send("DELETE", f"{path}/people/{sari['login']}")
    await city.send("DELETE", path)
    hall.token("display", "Lobi kota")
    async with hall.client("manager") as manager:
        known = (await manager.get("/api/devices")).json["devices"]
    device = next(each["id"] for each in known if each["name"] == "Lobi kota")
    wish = {"device": device, "act": "rename", "name": "Lobi dalam"}
    await city.send("POST", f"/api/city/halls/{hall.code}/wishes", wish)


async def _voices_and_screens(day: Diary, hall: Hall) -> None:
    """Give every call of the lobby its good answer."""
    await day.send("GET", "/api/voice")
    await day.send("GET", "/api/voice/spoken?label=A001&counter=3&kind=last")
    card = {"person": "Sari", "consent": "Ya", "agreed_on": "2026-01-02"}
    pack = "/api/voice/packs/" + (await day.send("POST", "/api/voice/packs", card))["id"]
    await day.send("POST", pack + "/id/number", raw=_sound())
    await day.send("GET", pack + "/id/number")
    saved = await day.send("GET", pack + "/export")
    await day.send("POST", "/api/voice/packs/import", raw=saved.body)
    await day.send("DELETE", pack + "/id/number")
    await day.send("GET", "/api/voice/packs")
    await day.send("POST", "/api/voice", {"voice": {"times": 1}})
    await day.send("DELETE", pack)
    await day.send("POST", "/api/displays/code", {"name": "Lobi"})
    slide = {"name": "Halo", "text": "Selamat datang"}
    text = (await day.send("POST", "/api/media/slides", slide))["id"]
    drawn = io.BytesIO()
    Image.new("RGB", (64, 36), "teal").save(drawn, "PNG")
    picture = await day.send("POST", "/api/media?name=teal.png", raw=drawn.getvalue())
    await day.send("GET", "/api/media")
    await day.send("GET", f"/api/media/{picture['id']}/file")
    items = [{"media": each} for each in (text, picture["id"])]
    await day.send("POST", "/api/playlists", {"name": "lobby", "items": items})
    await day.send("GET", "/api/playlists")
    async with hall.client("display") as screen:
        lobby = Diary(screen)
        await lobby.send("POST", "/api/displays/report", {"sound": "on", "clock": 1})
        mine = await lobby.send("GET", "/api/displays/mine")
        day.done |= lobby.done
    await day.send("GET", "/api/displays")
    await day.send("POST", "/api/displays/" + mine["id"], {"counters": [1]})
    await day.send("DELETE", "/api/displays/" + mine["id"])
    await day.send("DELETE", f"/api/media/{picture['id']}")


async def _satisfaction(day: Diary, token: str) -> None:
    """Say how it was, answer the survey, and let the manager see to both."""
    track = f"/api/track/{token}"
    await day.send("GET", f"{track}/feedback")
    await day.send("POST", f"{track}/feedback", {"face": 1, "said": "lama"})
    await day.send("GET", f"{track}/survey")
    marks = {each.key: 3 for each in method("skm-2017").elements}
    await day.send("POST", f"{track}/survey", {"marks": marks})
    await day.send("GET", "/api/thanks")
    word = (await day.send("GET", "/api/feedback"))["words"][0]["id"]
    await day.send("GET", "/api/morning")
    people = (await day.send("GET", "/api/people"))["people"]
    await day.send("POST", f"/api/feedback/{word}/read")
    await day.send("POST", f"/api/feedback/{word}/assign", {"person": people[0]["id"]})
    await day.send("POST", f"/api/feedback/{word}/act", {"action": "Loket dibuka."})
    await day.send("POST", f"{track}/helped", {"helped": True})
    await day.send("POST", f"/api/feedback/{word}/black-out")
    today = (await day.send("GET", "/api/queue"))["day"]
    await day.send("GET", "/api/survey")
    await day.send("GET", "/api/survey/file")
    await day.send("GET", "/api/survey/form")
    await day.send("GET", "/api/survey/paper")
    paper = {"day": today, "service": "A", "marks": marks, "said": "Kursi kurang."}
    await day.send("POST", "/api/survey/answers", paper)
    sentence = (await day.send("GET", "/api/survey"))["said"][0]["id"]
    await day.send("POST", f"/api/survey/said/{sentence}/black-out")
    plan = {"element": "waktu", "plan": "Membuka loket.", "due": today}
    made = (await day.send("POST", "/api/survey/plans", plan))["plans"][0]["id"]
    await day.send("POST", f"/api/survey/plans/{made}/end", {"result": "Selesai."})
    span = {"first": today, "last": today}
    told = await day.send("POST", "/api/survey/published", span)
    await day.send("GET", "/api/survey/published")
    await day.send("GET", "/api" + told["page"])
    await day.send("GET", "/api/evidence")
    await day.send("POST", f"/api/survey/published/{told['results'][0]['id']}/withdraw")


async def _privacy(day: Diary, hall: Hall) -> None:
    """Ask what is kept, and have a visit of long ago forgotten."""
    old = "2020-01-02"
    with hall.server.database() as db:
        db.execute("INSERT INTO days (branch, day, closed_at) VALUES (?, ?, 1)", (hall.number, old))
        db.execute(
            "INSERT INTO tickets (id, branch, day, prefix, number, label, service, priority, "
            "language, people, channel, token, issued_at, eligible_at, leg) VALUES "
            "(:id, :branch, :day, 'A', 1, 'A001', 'A', 'regular', 'id', 1, 'kiosk', :id, 1, 1, 1)",
            {"id": f"old-{hall.number}", "branch": hall.number, "day": old},
        )
    with hall.server.database() as db:  # in a folder that is not there: none is made
        backups.set_plan(db, Plan("/nowhere", "19:00", 3, "", 1, 0))
    await day.send("GET", "/api/backups")
    await day.send("GET", "/api/tls")
    async with hall.client("admin") as admin:
        chief = Diary(admin)
        await chief.send("POST", "/api/backups", {})
        await chief.send("POST", "/api/backups/key", {})
        day.done |= chief.done
    with hall.server.database() as db:
        backups.end_plan(db)
    await day.send("GET", "/api/privacy")
    await day.send("GET", f"/api/privacy/visit?day={old}&label=A001")
    await day.send("POST", "/api/privacy/forget", {"day": old, "label": "A001"})


async def _words_at_devices(day: Diary, hall: Hall) -> None:
    """Pair a tablet, and say how it was there and at the kiosk."""
    await day.send("POST", "/api/tablets/code", {"counter": 1, "name": "Loket satu"})
    tickets = []
    for _ in range(2):
        tickets.append(await day.send("POST", "/api/tickets", {"service": "A"}))
        for act in ("call-next", "start", "finish"):
            await day.send("POST", f"/api/counters/1/{act}")
    here, there = tickets
    token = there["tracking_url"].rpartition("/")[2]
    await day.send("POST", "/api/words/read", {"token": token})
    await day.send("POST", "/api/words", {"token": token, "face": 4})
    async with hall.client("tablet") as device:
        tablet = Diary(device)
        await tablet.send("POST", "/api/counters/1/word", {"ticket": here["id"], "face": 3})
        day.done |= tablet.done
    known = (await day.send("GET", "/api/tablets"))["tablets"][0]["id"]
    await day.send("DELETE", f"/api/tablets/{known}")


async def _settings(day: Diary) -> None:
    """Change the settings, plan a change and take it back, and have them as a file."""
    now = await day.send("GET", "/api/settings")
    mine = {"settings": now["settings"], "base": now["version"]}
    for path in ("check", "draft"):
        await day.send("POST", f"/api/settings/{path}", mine)
    await day.send("DELETE", "/api/settings/draft")
    await day.send("POST", "/api/settings", mine)
    year = int((await day.send("GET", "/api/queue"))["day"][:4])
    planned = await day.send("POST", "/api/settings", mine | {"at": f"{year + 1}-01-04T07:30"})
    ended = {"at": f"{year + 1}-01-04T07:30", "until": f"{year + 1}-01-08T15:00"}
    await day.send("POST", "/api/settings", mine | ended)
    await day.send("GET", "/api/settings")
    await day.send("GET", f"/api/settings/planned/{planned['planned']}")
    await day.send("DELETE", f"/api/settings/planned/{planned['planned']}")
    whole = json.loads(now["settings"])
    rolled = json.dumps(whole | {"rules": whole["rules"] | {"numbers": "roll"}})
    kept = await day.send("POST", "/api/settings", mine | {"settings": rolled})
    await day.send("POST", "/api/services/A/roll", {"number": 900})
    await day.send("POST", "/api/settings", mine | {"base": kept["version"]})
    await day.send("GET", "/api/settings/history")
    await day.send("GET", f"/api/settings/versions/{now['version']}")
    await day.send("GET", "/api/settings/file")
    await day.send("POST", "/api/settings/file", {"file": 'name = "x"'})
    await day.send("GET", "/api/settings/holidays?country=ID&year=2027")
    whole = {"settings": now["settings"]}
    await day.send("POST", "/api/settings/days", whole | {"file": "2099-12-25,Natal"})
    await day.send("POST", "/api/settings/week", whole)
    await day.send("GET", "/api/setup")
    await day.send("POST", "/api/devices/code", {"role": "kiosk", "name": "Pintu"})
    await day.send("GET", "/api/devices/first-steps")
    await day.send("POST", "/api/devices/open-today", {"sure": True})


async def _comfort(day: Diary, hall: Hall) -> None:
    """Tell of a fault, look at places, and let the manager see to both."""
    reached = office_toml(hall.code, more='public_url = "http://192.0.2.1:8080"')
    hall.server.add_branch(reached + TOML)
    doors = (await day.send("POST", "/api/comfort/doors"))["doors"]
    at = "/api/comfort/at/" + doors[0]["url"].rpartition("/")[2]
    await day.send("GET", at)
    await day.send("POST", f"{at}/tell", {"item": "soap", "said": "habis"})
    await day.send("POST", f"{at}/check", {"faults": ["floor"]})
    first, _second = (await day.send("GET", f"{at}/checker"))["faults"]
    fault = f"/api/comfort/faults/{first['id']}"
    drawn = io.BytesIO()
    Image.new("RGB", (64, 36), "teal").save(drawn, "JPEG")
    kept = await day.send("POST", f"{fault}/photo", raw=drawn.getvalue())
    await day.send("GET", kept["notes"][-1]["photo"])
    people = (await day.send("GET", "/api/people"))["people"]
    await day.send("POST", f"{fault}/assign", {"person": people[0]["id"]})
    for step in ("seen", "begin", "mend", "black-out"):
        await day.send("POST", f"{fault}/{step}")
    with hall.server.database() as db:
        row = (hall.number, "2026-03-02", "toilet", 3, 1)
        db.execute("INSERT INTO comfort_days (branch, day, place, due, done) VALUES "
                   "(?, ?, ?, ?, ?)", row)  # fmt: skip
    missed = "/api/comfort/missed/2026-03-02/toilet"
    await day.send("POST", f"{missed}/read")
    await day.send("POST", f"{missed}/assign", {"person": people[0]["id"]})
    await day.send("POST", f"{missed}/act", {"action": "Jadwal diganti."})
    await day.send("GET", "/api/comfort")
    await day.send("GET", "/api/comfort/sheets")
    await day.send("POST", "/api/comfort/doors/toilet/renew")
    code = (await day.send("POST", "/api/comfort/phones", {"name": "Joko"}))["code"]
    async with hall.client() as phone:
        await Diary(phone).send("POST", "/api/pair", {"code": code})
    (paired,) = (await day.send("GET", "/api/comfort/phones"))["phones"]
    await day.send("DELETE", f"/api/comfort/phones/{paired['id']}")


async def _devices(day: Diary, hall: Hall) -> None:
    """Let a kiosk in by its code, look after it, and end it."""
    async with hall.client() as box:
        kiosk = Diary(box)
        code = (await kiosk.send("POST", "/api/devices/ask", {"kind": "kiosk"}))["code"]
        await day.send("GET", "/api/devices/waiting")
        await day.send("POST", "/api/devices/look", {"code": code})
        body = {"code": code, "role": "kiosk", "name": "Kios pintu"}
        device = (await day.send("POST", "/api/devices/let-in", body))["id"]
        await kiosk.send("POST", "/api/devices/wait", {})
        day.done |= kiosk.done
    await day.send("GET", "/api/devices")
    await day.send("POST", f"/api/devices/{device}/rename", {"name": "Kios depan"})
    await day.send("POST", f"/api/devices/{device}/reload", {})
    await day.send("DELETE", f"/api/devices/{device}")


async def _rota(day: Diary, hall: Hall) -> None:
    """Plan a week, and let two officers exchange its shifts."""
    logins = [hall.person("rina"), hall.person("tono")]
    told = await day.send("GET", "/api/rota/rules")
    await day.send("POST", "/api/rota/rules", {"version": 0, "rules": told["rules"]})
    week = next_week((await day.send("GET", "/api/queue"))["day"])
    await day.send("POST", "/api/rota/make", {"week": week})
    await day.send("GET", "/api/rota/making")
    await day.send("POST", "/api/rota/stop", {"keep": False})
    keys = {each["name"]: each["key"] for each in told["rules"]["officers"]}
    shifts = [
        {"officer": keys[login.capitalize()], "counter": n, "start": 16, "end": 24}
        for n, login in enumerate(logins, 1)
    ]
    await day.send("POST", "/api/rota/try", {"day": week, "shifts": shifts})
    days = [{"day": week, "shifts": shifts}]
    await day.send("POST", "/api/rota", {"week": week, "version": 0, "days": days})
    await day.send("GET", "/api/rota")
    await day.send("GET", "/api/rota/file")
    await day.send("GET", "/api/rota/hindsight")
    await day.send("GET", "/api/rota/hindsight/file")
    for step in ("withdraw", "accept", "refuse"):
        async with hall.client() as one, hall.client() as other:
            officers = [Diary(one), Diary(other)]
            for officer, login in zip(officers, logins, strict=True):
                body = {"login": login, "password": PASSWORD}
                await officer.send("POST", "/api/session", body)
            swaps = (await officers[0].send("POST", "/api/rota/swaps", {"day": week}))["swaps"]
            path = f"/api/rota/swaps/{next(each['id'] for each in swaps if each['own'])}"
            if step == "withdraw":
                await officers[0].send("POST", f"{path}/withdraw")
                await officers[0].send("GET", "/api/rota/mine")
                await officers[0].send("GET", "/api/rota/mine.ics")
            else:
                await officers[1].send("POST", f"{path}/take")
                await day.send("GET", "/api/rota/swaps")
                await day.send("POST", f"{path}/{step}")
            day.done |= officers[0].done | officers[1].done


async def _officers(day: Diary, hall: Hall) -> None:
    """Answer an advice and a quiet call, and the month's questions."""
    advice = advised(hall)
    await day.send("GET", "/api/advice")
    await day.send("POST", f"/api/advice/{advice}/answer", {"answer": "declined"})
    await day.send("GET", "/api/advice/log")
    call = await day.send("POST", "/api/counters/1/quiet-call")
    await day.send("GET", "/api/quiet-calls")
    await day.send("POST", f"/api/quiet-calls/{call['id']}/going")
    await day.send("POST", f"/api/quiet-calls/{call['id']}/over", {"reason": "Sudah pulang."})
    async with hall.client() as browser:
        login = {"login": hall.person("wati"), "password": PASSWORD}
        officer = Diary(browser)
        await officer.send("POST", "/api/session", login)
        await officer.send("GET", "/api/officers/me")
        await officer.send("GET", "/api/pulse")
        marks = {"energy": 3, "support": 4, "respect": 4}
        await officer.send("POST", "/api/pulse", {"marks": marks})
        day.done |= officer.done
    await day.send("GET", "/api/pulse/report")


async def _corrections(
    day: Diary, take: Callable[..., Awaitable[Any]], at: Callable[[str], str]
) -> None:
    """Give every call that mends or sends on its good answer; the counter is free after."""
    sent = await take()
    await day.send("POST", f"/api/tickets/{sent['id']}/change", {"people": 2})
    await day.send("POST", f"/api/tickets/{sent['id']}/transfer", {"service": "B"})
    await day.send("POST", at("services"), {"services": ["A", "B"]})
    await day.send("GET", "/api/desk")
    await take()
    await day.send("POST", at("call-next"))
    await day.send("POST", at("start"))
    await day.send("POST", at("add-service"), {"service": "B"})
    await day.send("POST", at("undo"))
    await day.send("POST", at("release"), {"way": "queue"})
    await day.send("POST", at("press"), {"key": "next"})
    await day.send("POST", at("release"), {"way": "queue"})
    await day.send("POST", "/api/notice", {"notice": "Loket 1 istirahat sampai 13.00."})
    await day.send("DELETE", "/api/notice")


class Diary:
    """Sends requests and remembers which calls gave their good answer."""

    def __init__(self, *clients: Client) -> None:
        self.clients = clients
        self.done: set[tuple[str, str, int]] = set()

    async def send(
        self, method: str, path: str, body: object = None, raw: bytes | None = None
    ) -> Any:  # noqa: ANN401
        """Send with the first client that is allowed to; return the body."""
        for client in self.clients:
            known = path != "/api/openapi.json"
            answer = await client.send(method, path, body, raw=raw, check=known)
            if answer.status not in {401, 403}:
                break
        else:
            raise AssertionError(path)
        assert answer.status < 400, (path, answer.text)
        for route in ROUTES:
            pattern = re.sub(r"{\w+}", "[^/]+", route.path)
            if route.method == method and re.fullmatch(pattern, path.partition("?")[0]):
                self.done.add((method, route.path, answer.status))
                break
        is_json = answer.body and answer.headers["Content-Type"].startswith("application/json")
        return answer.json if is_json else answer


async def test_the_good_answer_of_every_call_fits_its_schema(  # noqa: PLR0915 - a whole day
    hall: Hall, staff: Client, kiosk: Client, manager: Client, visitor: Client
) -> None:
    """The client of these tests checks each answer it gets; here every call gives one."""
    run = hall.server.ramah("printer", "add", "p", "file:/dev/null", "--branch", hall.code)
    assert run.returncode == 0, run.stderr
    await hall.known_as("http://192.0.2.1:8080")  # without it there are no codes
    day = Diary(kiosk, staff, manager)

    def at(act: str) -> str:
        return f"/api/counters/1/{act}"

    async def take(service: str = "A") -> Any:  # noqa: ANN401
        return await day.send("POST", "/api/tickets", {"service": service})

    await day.send("POST", at("open"))
    await day.send("POST", at("call-next"))  # nobody waits
    ticket = await take()
    await day.send("POST", "/api/tickets/unseen", {"key": "never-came"})
    await day.send("GET", "/api/services")
    await day.send("GET", "/api/queue")
    await day.send("GET", f"/api/tickets/{ticket['id']}")
    await day.send("GET", f"/api/tickets/{ticket['id']}/qr.svg")
    await day.send("GET", "/api/track/" + ticket["tracking_url"].rpartition("/")[2])
    await day.send("POST", f"/api/tickets/{ticket['id']}/reprint")
    unwanted = await take("C")
    key = unwanted["tracking_url"].rpartition("/")[2]
    await day.send("POST", f"/api/track/{key}/cancel")
    await day.send("POST", at("call-next"))
    await day.send("GET", "/api/counters")
    await day.send("POST", at("recall"))
    await day.send("POST", at("start"))
    await day.send("GET", "/api/queue")
    await day.send("POST", at("finish"), {"outcome_code": "KTP"})
    hall.person("ani")
    await _satisfaction(day, ticket["tracking_url"].rpartition("/")[2])
    await _words_at_devices(day, hall)
    missed = await take()
    await day.send("POST", at("call"), {"ticket": missed["id"], "reason": "minta maaf"})
    await day.send("POST", at("no-show"))
    await day.send("GET", "/api/tickets?state=no_show")
    await day.send("POST", f"/api/tickets/{missed['id']}/return")
    await day.send("POST", at("call-next"))
    await day.send("POST", at("return"))
    await day.send("POST", at("call-next"))
    await day.send("POST", at("hold"), {"reason": "fotokopi", "minutes": 5})
    await day.send("GET", "/api/tickets?state=held")
    await day.send("DELETE", f"/api/tickets/{missed['id']}")
    await take()
    await day.send("POST", at("call-next"))
    await day.send("POST", at("transfer"), {"service": "B", "note": "lanjut"})
    await _corrections(day, take, at)
    await day.send("POST", at("break"), {"reason": "salat"})
    await day.send("POST", at("close"))
    await day.send("POST", "/api/services/C/pause", {"notice": "rapat"})
    await day.send("POST", "/api/tickets/unseen", {"key": "never-came"})
    await day.send("GET", "/api/services")
    await day.send("POST", "/api/services/C/resume")
    call = await day.send("POST", "/api/help")
    await day.send("GET", "/api/help")
    await day.send("POST", f"/api/help/{call['id']}/take")
    await day.send("POST", f"/api/help/{call['id']}/here")
    await day.send("POST", "/api/reception/count", {"what": "leaflet"})
    await day.send("POST", "/api/reception/door", {"people": 4})
    await day.send("POST", "/api/reception/door", {"seconds": 75.5})
    await day.send("GET", "/api/reception")
    printers = await day.send("GET", "/api/printers")
    page = f"/api/printers/{printers['printers'][0]['id']}/test"

    async def known() -> bool:
        answers = [await each.send("POST", page, check=False) for each in day.clients]
        return 409 not in {each.status for each in answers}

    await soon(known, "the printer was seen by what prints")
    await day.send("POST", page)
    await day.send("GET", "/api/printers/preview.png")
    await day.send("POST", "/api/printers/preview.png", {"paper": {"width_mm": 58}})
    await day.send("GET", "/api/printers/paper")
    await day.send("POST", "/api/printers/paper", {"paper": {"width_mm": 58}})
    await day.send("GET", "/api/log")
    await day.send("GET", "/api/log/count")
    await day.send("GET", "/api/log/choices")
    await day.send("GET", "/api/totals")
    await day.send("GET", "/api/clock")
    await day.send("POST", "/api/clock/confirm")
    with closing(connect(hall.server.data)) as db:
        branch = registry.branch_of(db, hall.code)
        actor = Actor("clock", "system")
        run_alone(db, branch, actor, Ids(), lambda tx: tx.append(DayClosed(day=tx.day)))
    await day.send("POST", "/api/day/reopen")
    await day.send("GET", "/api/equipment")
    await day.send("GET", "/api/waits")
    await day.send("GET", "/api/estimates")
    await day.send("GET", "/api/forecast")
    for path in (
        "log/columns",
        "reports?charts=1",
        "reports/paper",
        "kpis",
        "people",
        "alarms",
        "deeds",
    ):
        await day.send("GET", f"/api/{path}")
    for path in ("/healthz", "/readyz", "/metrics", "/api/openapi.json", "/api/docs"):
        await day.send("GET", path)
    await _privacy(day, hall)
    person = Diary(visitor)
    login = hall.person("sari")
    await person.send("POST", "/api/session", {"login": login, "password": PASSWORD})
    await person.send("GET", "/api/session")
    span = {"first": "2026-03-02", "last": "2026-03-03"}
    await person.send("POST", "/api/reports/person", span)
    change = {"old": PASSWORD, "new": "tiga kucing oranye"}
    await person.send("POST", "/api/session/password", change)
    async with hall.client() as boss:
        chief = Diary(boss)
        boss_login = {"login": hall.person("dewi", "manager"), "password": PASSWORD}
        await chief.send("POST", "/api/session", boss_login)
        people = (await chief.send("GET", "/api/people"))["people"]
        forgot = next(each["id"] for each in people if each["login"] == login)
        await chief.send("POST", f"/api/people/{forgot}/password")
        person.done |= chief.done
    await person.send("DELETE", "/api/session")
    await _log_ins(person, hall)
    await _a_city(person, hall)
    await _voices_and_screens(day, hall)
    await _settings(day)
    await _comfort(day, hall)
    await _officers(day, hall)
    await _devices(day, hall)
    await _rota(day, hall)
    code = hall.server.ramah(
        "token", "create", "--role", "display", "--code", "--branch", hall.code
    ).stdout.strip()
    await person.send("POST", "/api/pair", {"code": code})
    async with staff.socket() as socket:
        await socket.recv()
    expected = {(route.method, route.path, route.status) for route in ROUTES}
    expected.remove(("GET", "/api/events", 101))
    expected.remove(("GET", "/api/agent", 101))
    # they need a provider: tests/server/api/test_oidc.py, with the same client
    expected -= {each for each in expected if each[1].startswith("/api/oidc/")}
    # they need a browser that signs: tests/server/api/test_passkeys.py, with the same client
    expected -= {each for each in expected if "passkey" in each[1]}
    # only while there is no office: tests/server/setup, with the same client
    expected -= {each for each in expected if each[1].startswith("/api/setup/")}
    # only where one office has the server: tests/manager/test_backups_page.py, with the same client
    expected -= {("POST", f"/api/backups/{each}", 200) for each in ("plan", "end")}
    expected.add(("POST", "/api/counters/{counter}/call-next", 204))
    missing = expected - day.done - person.done
    assert not missing, sorted(missing)
    assert day.done | person.done == expected
