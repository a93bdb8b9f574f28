"""The city's page in a real browser: all halls on one page, and a number found in any of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import msgspec
import pytest
from playwright.async_api import Browser, Locator, Page, expect

from server.branches import TECHNICIAN
from server.city import files
from server.clock import wall_clock
from server.fleet.listing import DeviceNow
from server.storage.database import connect
from server.storage.queries import boxes, offices
from tests.counter.staff import numbers, staff_page
from tests.counter.test_more import axe
from tests.server.process import Hall, Server, office_toml
from tests.server.rehearsal import Rehearsal, office
from tests.server.storage.test_replay import busy_days

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """A city with a hall of its own and three days of an office whose line is cut since."""
    folder = tmp_path_factory.mktemp("city")
    with Rehearsal(office(code="melati", name="Kelurahan Melati")) as box:
        busy_days(box, 1)
        head = files.head(box.db, box.branches[0], "0.1")
        files.write(box.db, box.branches[0], head, 0, folder / "log")
    with Server(folder / "data") as server:
        server.add_branch(office_toml("hall"))
        with closing(connect(server.data)) as db:
            branch = offices.add_branch(db, "melati")
            boxes.admit(db, branch)
            boxes.admit(db, offices.add_branch(db, "mawar"))
            files.take(db, branch, TECHNICIAN, folder / "log")
            told = msgspec.json.encode([DARK, WELL]).decode()
            boxes.put_devices(db, branch, told, wall_clock() - 600_000)
            db.execute("UPDATE boxes SET heard_at = heard_at - 600000 WHERE branch = ?", (branch,))
        server.start()
        yield Hall(server, "hall")


DARK = DeviceNow(
    "d1", "display", "Lobi utama", online=False, error="TypeError: layar", lacks=True,
    seen_at="2026-03-02T08:00:00.000Z",
)  # fmt: skip
WELL = DeviceNow("d2", "kiosk", "Kios pintu", online=True, version="0.0.9", skew_s=300.0)


COLOUR = "it => getComputedStyle(it).color"
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


async def whole_page(page: Page) -> None:
    await expect(page.locator(".city-hall")).to_have_count(3)
    await expect(page.locator(".slices").first).to_be_visible()


async def shown(city: Hall, page: Page, change: str) -> None:
    with city.server.database() as db:
        db.execute(change)
    await page.locator("ramah-city-halls").evaluate("it => it.load()")


async def each_part_is_reached_from_the_top(page: Page) -> None:
    """A page of many halls is long."""
    parts = page.get_by_role("navigation", name="Bagian halaman ini").get_by_role("link")
    await expect(parts).to_have_count(6)  # nobody can be invited for an agency here
    await parts.filter(has_text="Versi baru").press("Enter")
    await expect(page.get_by_role("heading", name="Versi baru")).to_be_in_viewport()


async def a_long_wait_stands_first_and_in_colour(city: Hall, page: Page, hall: Locator) -> None:
    """People who wait go before a line that is cut."""
    back = "UPDATE turns SET eligible_at = eligible_at {} 7200000 WHERE branch = 1"
    await shown(city, page, back.format("-"))
    late = hall.locator(".over-target")
    await expect(late).to_contain_text("2 j")
    assert await late.evaluate(COLOUR) != await hall.locator("dd").first.evaluate(COLOUR)
    await expect(page.locator(".city-hall").first).to_contain_text("Kantor hall")
    await shown(city, page, back.format("+"))


async def a_wrong_clock_is_told_while_its_office_is_heard(
    city: Hall, page: Page, hall: Locator
) -> None:
    came = "UPDATE boxes SET clock_ms = -75000, heard_at = {} WHERE heard_at > 0"
    await shown(city, page, came.format(wall_clock()))
    await expect(hall).to_contain_text("Jamnya terlambat 1 mnt 15 dtk")
    await shown(city, page, came.format(wall_clock() - 600_000))
    await expect(hall).not_to_contain_text("Jamnya")


async def test_all_halls_stand_on_one_page_and_old_news_is_told_as_old(
    city: Hall, browser: Browser
) -> None:
    city.person("dewi", "city")
    await numbers(city, "A", "A", "B")
    async with staff_page(browser, city, "/city", who="dewi") as page:
        await whole_page(page)
        cards = page.locator(".city-hall")
        own, silent, new = (cards.filter(has_text=each) for each in ("hall", "melati", "mawar"))
        await expect(own).to_contain_text("Terhubung")
        await expect(own.locator("dd").first).to_have_text("3")
        await each_part_is_reached_from_the_top(page)
        await expect(silent).to_contain_text("Sambungan terputus sejak")
        await a_wrong_clock_is_told_while_its_office_is_heard(city, page, silent)
        await shown(city, page, "UPDATE boxes SET refused = 'other-log' WHERE heard_at > 0")
        await expect(silent).to_contain_text("Kiriman tidak diterima sejak")
        await expect(silent).to_contain_text("seperti setelah pemulihan cadangan")
        sums = page.locator("ramah-city-halls [data-part=sums]")
        await expect(sums).to_contain_text("1 terputus")
        await a_long_wait_stands_first_and_in_colour(city, page, own)
        await expect(cards.first).to_contain_text("Kelurahan Melati")  # who needs help stands first
        await expect(new).to_contain_text("Belum pernah terhubung")
        await numbers(city, "A")
        await expect(own.locator("dd").first).to_have_text("4")
        devices = page.locator("ramah-city-devices")
        await expect(devices.locator(".device", has_text="Lobi utama")).to_contain_text("layar")
        await expect(devices.locator(".device", has_text="Kios pintu")).to_have_count(0)
        await expect(devices.locator(".device-head", has_text="Melati")).to_contain_text("keadaan")
        await devices.get_by_role("checkbox").press("Space")
        kiosk = devices.locator(".device", has_text="Kios pintu")
        await expect(kiosk).to_contain_text("versi 0.0.9, belum yang terbaru")
        await expect(kiosk).to_contain_text("jamnya lebih cepat 5 menit")
        await page.get_by_label("Nomor di kertas").fill("a002")
        await page.keyboard.press("Enter")
        found = page.locator("[data-part=found] li")
        await expect(found).to_have_count(1)
        await expect(found).to_contain_text("menunggu")
        await page.get_by_label("Nomor di kertas").fill("Z999")
        await page.get_by_role("button", name="Cari", exact=True).click()
        await expect(page.locator("[data-part=found]")).to_contain_text("tidak ada")
        assert await axe(page) == []
        await page.set_viewport_size({"width": 360, "height": 740})
        await page.get_by_role("button", name="EN English").click()
        await whole_page(page)
        await expect(page.get_by_role("heading", name="Find a number")).to_be_visible()
        await page.locator("[data-kind=custom]").click()
        await page.get_by_label("From", exact=True).fill("2026-03-01")
        await page.get_by_label("To", exact=True).fill("2026-03-31")
        await expect(page.locator(".slices").first).to_contain_text("Kelurahan Melati")
        assert await axe(page) == []
        assert await page.evaluate(WIDER) <= 0


async def test_a_device_of_a_hall_is_acted_on_and_what_came_of_it_is_shown(
    city: Hall, browser: Browser
) -> None:
    city.person("wati", "city")
    city.token("display", "Ruang tunggu")
    async with staff_page(browser, city, "/city", who="wati") as page:
        await whole_page(page)
        devices = page.locator("ramah-city-devices")
        await devices.get_by_role("checkbox").press("Space")
        lobby = devices.locator(".device", has_text="Lobi utama")
        await lobby.get_by_role("button", name="Muat ulang").click()
        wishes = devices.get_by_role("list", name="Permintaan untuk perangkat di Kelurahan Melati")
        await expect(wishes).to_contain_text("Muat ulang halaman Lobi utama · Wati")
        await expect(wishes).to_contain_text("menunggu server kantor")
        await expect(lobby.get_by_role("button", name="Muat ulang")).to_be_focused()
        await lobby.get_by_role("button", name="Sambungkan ulang").click()
        dialog = page.locator("dialog")
        await expect(dialog).to_contain_text("di Kelurahan Melati mengetik kode itu")
        assert await axe(page) == []
        await dialog.get_by_role("button", name="Putuskan").click()
        await expect(wishes.locator("li")).to_have_count(2)
        await wishes.get_by_role("button", name="Sambungkan ulang Lobi utama").click()
        await expect(wishes.locator("li")).to_have_count(1)
        own = devices.locator(".device", has_text="Ruang tunggu")
        await own.get_by_role("button", name="Ganti nama").click()
        await dialog.get_by_label("Nama").fill("Ruang tunggu lantai 2")
        await page.keyboard.press("Enter")
        await expect(devices).to_contain_text("selesai pukul")
        await expect(own.locator("b")).to_have_text("Ruang tunggu lantai 2")
        assert await axe(page) == []
        for width in (1366, 360):
            await page.set_viewport_size({"width": width, "height": 740})
            assert await page.evaluate(WIDER) <= 0


async def test_a_version_goes_to_the_halls_that_are_chosen(city: Hall, browser: Browser) -> None:
    city.person("tuti", "city")
    async with staff_page(browser, city, "/city", who="tuti") as page:
        versions = page.locator("ramah-city-versions")
        melati = versions.locator(".care-item", has_text="Kelurahan Melati")
        await expect(melati).to_contain_text("memakai 0.1")
        await expect(versions.locator(".care-item")).to_have_count(2)
        give = versions.get_by_role("button", name="Izinkan memakai")
        await give.click()
        await expect(versions).to_contain_text("Pilih kantornya dulu.")
        await melati.get_by_role("checkbox").press("Space")
        await versions.get_by_role("button", name="Semua kantor").press("Enter")
        await expect(versions.get_by_role("checkbox", checked=True)).to_have_count(2)
        await versions.get_by_role("button", name="Tidak satu pun").press("Enter")
        await melati.get_by_role("checkbox").press("Space")
        await versions.get_by_role("textbox", name="Versi").fill("besok")
        await give.click()
        await expect(versions).to_contain_text("Ketik nomor versi")
        await versions.get_by_role("textbox", name="Versi").fill("9.2.0")
        await expect(versions).to_contain_text("Perbarui server kota lebih dulu")
        assert await axe(page) == []
        for width in (1366, 360):
            await page.set_viewport_size({"width": width, "height": 740})
            assert await page.evaluate(WIDER) <= 0
        await versions.get_by_role("button", name="Izinkan memakai 9.2.0").click()
        await expect(versions).to_contain_text("1 kantor boleh memakai 9.2.0.")
        await expect(melati).to_contain_text("boleh memakai 9.2.0 sejak")
        await expect(melati.get_by_role("checkbox")).not_to_be_checked()
        await expect(versions.locator("[data-part=failed]")).to_be_hidden()
        with city.server.database() as db:
            db.execute("UPDATE releases SET failed = '9.2.0'")
        await versions.evaluate("it => it.load()")
        await expect(melati).to_contain_text("tidak berjalan baik di sana")
        await expect(versions).to_contain_text("9.2.0 tidak berjalan baik di: Kelurahan Melati.")
        mawar = versions.locator(".care-item", has_text="mawar")
        await expect(mawar).to_have_text("mawarbelum pernah terhubung")
        await melati.get_by_role("checkbox").press("Space")
        await versions.get_by_role("button", name="Cabut izinnya").click()
        await expect(melati).not_to_contain_text("boleh memakai")


async def test_a_new_hall_is_founded_with_another_as_its_template(
    city: Hall, browser: Browser
) -> None:
    city.person("rina", "city")
    async with staff_page(browser, city, "/city", who="rina") as page:
        await page.get_by_role("button", name="Kantor baru").click()
        await page.get_by_label("Nama, seperti dibaca pengunjung").fill("Kelurahan Kenanga")
        await expect(page.get_by_label("Nama pendek, untuk selamanya")).to_have_value(
            "kelurahan-kenang"
        )
        await page.get_by_label("Nama pendek, untuk selamanya").fill("hall")
        await page.get_by_label("Dengan pengaturan dari").select_option("hall")
        await page.get_by_label("Siapa yang mengelolanya").fill("Ibu Ani")
        assert await axe(page) == []
        await page.keyboard.press("Enter")
        await expect(page.locator("dialog")).to_contain_text("sudah ada")
        await page.get_by_label("Nama pendek, untuk selamanya").fill("kenanga")
        await page.get_by_role("button", name="Buat kantor").click()
        await expect(page.locator("dialog")).to_contain_text("Undangan untuk Ibu Ani")
        await page.get_by_role("button", name="Sudah saya serahkan").click()
        await expect(page.locator(".city-hall", has_text="Kelurahan Kenanga")).to_be_visible()


async def test_somebody_of_one_hall_is_shown_the_way_back(city: Hall, browser: Browser) -> None:
    city.person("budi", "manager")
    async with staff_page(browser, city, "/city", who="budi") as page:
        await page.get_by_role("link", name="Ke halaman saya").click()
        await expect(page).to_have_url(f"{city.server.url}/manager")
    async with city.client("manager") as manager:
        assert (await manager.get("/api/city/halls")).status == 403
        people = (await manager.get("/api/people")).json["people"]
        assert "city" not in {each["role"] for each in people}


async def test_nobody_acts_in_a_hall_that_its_own_server_runs(city: Hall) -> None:
    async with city.server.client("manager", "melati") as manager:
        answer = await manager.post("/api/notice", {"notice": "halo"})
        assert (answer.status, answer.problem) == (409, "run-elsewhere")
        assert (await manager.get("/api/queue")).status == 200


async def test_an_agencys_people_see_their_halls_under_its_name_and_found_none(
    hall: Hall, browser: Browser
) -> None:
    agency = f"Dinas {hall.code}"
    hall.server.add_branch(office_toml(hall.code, more=f'agency = "{agency}"\n'))
    hall.person("rina", "agency", agency)
    await numbers(hall, "A")
    async with staff_page(browser, hall, "/city", who="rina") as page:
        await expect(page.locator(".city-hall h3")).to_contain_text([f"Kantor {hall.code}"])
        await expect(page.locator(".place")).to_contain_text(f"Kantor {agency}")
        await expect(page.locator(".slices", has_text="Kepuasan per instansi")).to_be_visible()
        await expect(page.get_by_role("button", name="Kantor baru")).to_be_hidden()
        await page.goto(f"{hall.server.url}/manager")
        await page.get_by_role("link", name="Ke halaman saya").click()
        await page.wait_for_url(f"{hall.server.url}/city")


async def test_somebody_of_an_agency_is_invited_on_the_citys_page_by_keys_alone(
    shared: Server, browser: Browser
) -> None:
    code = "of-an-agency"
    hall = Hall(shared, code, office_toml(code, more='agency = "Dinas Melati"\n'))
    hall.person("kota", "city")
    async with staff_page(browser, hall, "/city", who="kota") as page:
        await page.set_viewport_size({"width": 360, "height": 740})
        await page.get_by_role("button", name="Undang seseorang dari instansi").press("Enter")
        await expect(page.locator("dialog input").first).to_be_focused()
        await page.keyboard.type("Ibu Rina")
        await expect(page.locator("#reader-login")).to_have_value("rina")
        await page.locator("#reader-login").fill(f"rina.{code}")
        await page.locator("#reader-agency").select_option("Dinas Melati")
        found = await axe(page)
        await page.locator("dialog button[type=submit]").press("Enter")
        await expect(page.locator("[data-part=code]")).to_be_visible()
        await page.locator("dialog button[type=submit]").press("Enter")
        name = await page.locator(".place b").evaluate(
            "it => [it.scrollWidth - it.clientWidth, getComputedStyle(it).textOverflow]"
        )
        assert name == [0, "clip"], "the page's name is read whole on a phone"
        row = page.locator(f"[data-login='rina.{code}']")
        await expect(row).to_contain_text("Dinas Melati")
        found += await axe(page)
        assert await page.evaluate("document.documentElement.scrollWidth") == 360
        await row.get_by_role("button", name="Tutup akses Ibu Rina").press("Enter")
        await page.locator("dialog button[type=submit]").press("Enter")
        await expect(row).to_have_count(0)
    assert found == []
