"""The QR on the wall over HTTP: visitors tell, paired phones check and mend, managers look on."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from tests.server.api.client import Client
from tests.server.comfort.places import TOML
from tests.server.process import Hall, Server, office_toml


@pytest.fixture
def tidy(shared: Server, hall: Hall) -> Hall:
    """A branch with a toilet and seats that are looked at."""
    shared.add_branch(office_toml(hall.code) + TOML)
    return hall


async def doors(hall: Hall) -> dict[str, str]:
    """Return the last part of the address of each place."""
    async with hall.client("manager") as manager:
        found = (await manager.post("/api/comfort/doors", {})).json["doors"]
    return {each["place"]: each["url"].rsplit("/", 1)[1] for each in found}


def picture(form: str = "JPEG", size: tuple[int, int] = (2400, 1800)) -> bytes:
    image = Image.new("RGB", size, "teal")
    exif = Image.Exif()
    exif[0x9286] = "secret place"
    made = io.BytesIO()
    image.save(made, form, exif=exif)
    return made.getvalue()


async def paired(hall: Hall, phone: Client, name: str = "Pak Joko") -> dict[str, Any]:
    async with hall.client("manager") as manager:
        code = (await manager.post("/api/comfort/phones", {"name": name})).json["code"]
    origin = {"Origin": hall.server.url}
    answer = await phone.post("/api/pair", {"code": code}, headers=origin)
    assert answer.status == 200, answer.text
    assert (answer.json["role"], answer.json["name"]) == ("care", name)
    return {"Ramah-As": "care", **origin}


async def test_a_visitor_tells_without_a_name_and_sees_that_somebody_is_on_it(tidy: Hall) -> None:
    door = f"/api/comfort/at/{(await doors(tidy))['toilet']}"
    async with tidy.client() as visitor, tidy.client("care") as phone:
        english = {"Accept-Language": "en"}
        shown = (await visitor.get(door, headers=english)).json
        assert shown["name"] == "Toilets"
        assert [each["name"] for each in shown["items"]] == ["No soap", "Floor wet"]
        told = await visitor.post(f"{door}/tell", {"item": "soap", "said": "Sejak\u00a0pagi"})
        assert [each["state"] for each in told.json["items"]] == ["open", None]
        assert (await visitor.get(f"{door}/checker")).status == 401
        (fault,) = (await phone.get(f"{door}/checker")).json["faults"]
        assert fault["notes"][0]["said"] == "Sejak pagi"
        begun = await phone.post(f"/api/comfort/faults/{fault['id']}/begin", {})
        assert (begun.json["state"], begun.json["on_it"]) == ("working", "care")
        async with tidy.client("display") as screen:
            (cared,) = (await screen.get("/api/queue")).json["cared"]
            assert cared["names"] == {"id": "Toilet", "en": "Toilets"}
            await phone.post(f"/api/comfort/faults/{fault['id']}/mend", {"action": "Diisi"})
            assert (await screen.get("/api/queue")).json["cared"] == []
        assert [e["state"] for e in (await visitor.get(door)).json["items"]] == [None, None]
        assert "Sejak" not in str(tidy.events())
        unknown = await visitor.post(f"{door}/tell", {"item": "x"})
        assert unknown.status == 422
        assert (await visitor.get("/api/comfort/at/none")).problem == "unknown-place"


async def test_who_tells_too_often_waits_a_little_and_the_words_are_kind(tidy: Hall) -> None:
    door = f"/api/comfort/at/{(await doors(tidy))['toilet']}"
    async with tidy.client() as visitor:
        answers = [await visitor.post(f"{door}/tell", {"item": "soap"}) for _ in range(13)]
        assert {each.status for each in answers[:12]} == {200}
        assert (answers[12].status, answers[12].problem) == (429, "told-often")
        assert answers[12].headers["Retry-After"]
    assert [event["kind"] for _, event in tidy.events()].count("fault_reported") == 1


async def test_a_paired_phone_may_check_and_mend_and_nothing_else(tidy: Hall) -> None:
    at = await doors(tidy)
    async with tidy.client() as phone, tidy.client("manager") as manager:
        mine = await paired(tidy, phone)
        all_well = await phone.post(f"/api/comfort/at/{at['seats']}/check", {}, headers=mine)
        assert all_well.json == {"faults": []}
        checked = await phone.post(
            f"/api/comfort/at/{at['toilet']}/check", {"faults": ["floor"], "said": "Bocor"},
            headers=mine, key="one-touch",
        )  # fmt: skip
        again = await phone.post(
            f"/api/comfort/at/{at['toilet']}/check", {"faults": ["floor"], "said": "Bocor"},
            headers=mine, key="one-touch",
        )  # fmt: skip
        assert again.json == checked.json, "sent again over a bad line, it is one check"
        now = (await manager.get("/api/comfort")).json
        (seats,) = [each for each in now["rounds"] if each["place"] == "seats"]
        assert [each["state"] for each in seats["slots"]] == ["done"]
        assert [each["item_name"] for each in now["open"]] == ["Lantai basah"]
        for path in ("/api/queue", "/api/comfort", "/api/session", "/api/log"):
            assert (await phone.get(path, headers=mine)).status == 403
        (listed,) = (await manager.get("/api/comfort/phones")).json["phones"]
        assert (await manager.delete(f"/api/comfort/phones/{listed['id']}")).status == 204
        over = await phone.post(f"/api/comfort/at/{at['seats']}/check", {}, headers=mine)
        assert over.status == 401
        assert (await manager.delete(f"/api/comfort/phones/{listed['id']}")).status == 404
        assert [event["kind"] for _, event in tidy.events()].count("comfort_checked") == 2


@pytest.mark.filterwarnings("ignore:Sending a large body")
async def test_a_photo_is_kept_small_without_its_place_and_only_for_those_who_act(
    tidy: Hall,
) -> None:
    door = f"/api/comfort/at/{(await doors(tidy))['toilet']}"
    other = Hall(tidy.server, f"{tidy.code}-b")
    folder = tidy.server.data / "photos" / str(tidy.number)
    jpeg = {"Content-Type": "image/jpeg"}
    async with tidy.client("care") as phone, tidy.client() as visitor:
        (fault,) = (await phone.post(f"{door}/check", {"faults": ["soap"]})).json["faults"]
        path = f"/api/comfort/faults/{fault['id']}/photo"
        assert (await visitor.post(path, raw=picture(), headers=jpeg)).status == 401
        for broken in (b"", b"no picture", picture()[:2000], b"\0" * 2000):
            refused = await phone.post(path, raw=broken, headers=jpeg)
            assert (refused.status, refused.problem) == (422, "invalid"), refused.text
            assert "video" not in refused.text
        heic = await phone.post(path, raw=b"\0\0\0\x18ftypheic" + b"\0" * 200, headers=jpeg)
        assert "HEIC" in heic.json["detail"]
        assert "video" not in heic.json["detail"]
        large = await phone.post(path, raw=b"\xff" * 12_000_001, headers=jpeg)
        assert (large.status, large.problem) == (413, "too-large")
        assert list(folder.iterdir()) == []
        kept = await phone.post(path, raw=picture("PNG"), headers=jpeg)
        assert kept.status == 201
        (photo,) = [each["photo"] for each in kept.json["notes"] if each["photo"]]
        (file,) = folder.iterdir()
        assert file.stat().st_size < 100_000
        with Image.open(file) as image:
            assert (image.format, max(image.size), dict(image.getexif())) == ("JPEG", 1280, {})
        seen = await phone.get(photo)
        assert (seen.status, seen.headers["Content-Type"]) == (200, "image/jpeg")
        assert "sandbox" in seen.headers["Content-Security-Policy"]
        assert seen.headers["Cache-Control"] == "private, no-store"
        async with other.client("manager") as stranger:
            assert (await stranger.get(photo)).status == 404
        for role, status in (("display", 403), ("kiosk", 403), ("manager", 200)):
            async with tidy.client(role) as one:
                assert (await one.get(photo)).status == status
        async with tidy.client("manager") as manager:
            await manager.post(f"/api/comfort/faults/{fault['id']}/black-out", {})
        assert (await phone.get(photo)).status == 404


async def test_a_bomb_of_a_picture_costs_the_server_nothing(tidy: Hall) -> None:
    door = f"/api/comfort/at/{(await doors(tidy))['toilet']}"
    made = io.BytesIO()
    Image.new("1", (11_000, 11_000)).save(made, "PNG")
    async with tidy.client("care") as phone:
        (fault,) = (await phone.post(f"{door}/check", {"faults": ["soap"]})).json["faults"]
        path = f"/api/comfort/faults/{fault['id']}/photo"
        refused = await phone.post(path, raw=made.getvalue(), headers={"Content-Type": "image/png"})
        assert refused.status == 422
        assert "piksel" in refused.json["detail"]


async def test_a_new_qr_ends_the_old_one_and_another_offices_is_not_ours(tidy: Hall) -> None:
    at = await doors(tidy)
    assert await doors(tidy) == at
    async with tidy.client("manager") as manager, tidy.client() as visitor:
        renewed = await manager.post("/api/comfort/doors/toilet/renew", {})
        new = renewed.json["url"].rsplit("/", 1)[1]
        old = await visitor.get(f"/api/comfort/at/{at['toilet']}")
        assert (old.status, old.problem) == (404, "unknown-place")
        assert (await visitor.get(f"/api/comfort/at/{new}")).status == 200
        assert (await manager.post("/api/comfort/doors/none/renew", {})).status == 404
    other = Hall(tidy.server, f"{tidy.code}-b", office_toml(f"{tidy.code}-b") + TOML)
    async with other.client("care") as stranger:
        refused = await stranger.post(f"/api/comfort/at/{new}/check", {})
        assert (refused.status, refused.problem) == (403, "not-allowed")


async def test_a_manager_hands_faults_and_missed_checks_on_and_the_list_of_deeds_says_so(
    tidy: Hall,
) -> None:
    door = f"/api/comfort/at/{(await doors(tidy))['toilet']}"
    login = tidy.person("joko")
    ((user,),) = tidy.server.query("SELECT id FROM users WHERE login = ?", login)
    with tidy.server.database() as db:
        db.execute(
            "INSERT INTO comfort_days (branch, day, place, due, done) "
            "VALUES (?, '2026-03-02', 'seats', 2, 1)", (tidy.number,),
        )  # fmt: skip
    async with tidy.client("manager") as manager, tidy.client("care") as phone:
        (fault,) = (await phone.post(f"{door}/check", {"faults": ["soap"]})).json["faults"]
        one = f"/api/comfort/faults/{fault['id']}"
        given = (await manager.post(f"{one}/assign", {"person": user})).json
        assert (given["state"], given["owner"]) == ("seen", "Joko." + tidy.code)
        assert (await manager.post(f"{one}/assign", {"person": "x"})).problem == "unknown-person"
        missed = "/api/comfort/missed/2026-03-02/seats"
        assert (await manager.post(f"{missed}/read", {})).json["read"] == "manager"
        await manager.post(f"{missed}/assign", {"person": user})
        done = (await manager.post(f"{missed}/act", {"action": "Jadwal diganti."})).json
        assert (done["action"], done["place_name"]) == ("Jadwal diganti.", "Kursi tunggu")
        nothing = await manager.post("/api/comfort/missed/2026-03-03/seats/read", {})
        assert (nothing.status, nothing.problem) == (404, "unknown-check")
        assert (await phone.post(f"{one}/assign", {"person": user})).status == 403
        texts = [each["text"] for each in (await manager.get("/api/deeds")).json["deeds"]]
        assert any("Kursi tunggu, 2026-03-02" in each for each in texts)


async def test_no_sheet_is_made_of_an_address_that_only_this_machine_opens(tidy: Hall) -> None:
    async with tidy.client("manager") as manager:
        refused = await manager.get("/api/comfort/sheets")
        assert (refused.status, refused.problem) == (409, "no-address")
        assert (await manager.get("/api/comfort")).json["sheets"] is False
        assert not any("sheets" in each["what"] for each in
                       (await manager.get("/api/deeds")).json["deeds"])  # fmt: skip


async def test_the_sheets_are_pages_for_walls_and_only_managers_take_them(tidy: Hall) -> None:
    reached = office_toml(tidy.code, more='public_url = "https://hall.example"')
    tidy.server.add_branch(reached + TOML)
    async with tidy.client("manager") as manager, tidy.client("staff") as staff:
        assert (await manager.get("/api/comfort")).json["sheets"] is True
        both = await manager.get("/api/comfort/sheets")
        assert both.body.startswith(b"%PDF")
        assert both.body.count(b"/Type/Page\n") + both.body.count(b"/Type /Page\n") in {0, 2}
        one = await manager.get("/api/comfort/sheets?place=seats&size=a6&language=en")
        assert len(one.body) < len(both.body)
        assert (await manager.get("/api/comfort/sheets?place=none")).status == 404
        assert (await manager.get("/api/comfort/sheets?size=a3")).status == 422
        assert (await staff.get("/api/comfort/sheets")).status == 403
