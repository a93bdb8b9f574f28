"""The manager changes the office on a page: every setting, told in words before it counts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from server.reference import settings
from tests.counter.staff import staff_page
from tests.counter.test_more import axe
from tests.kiosk.test_accessible import CHECK, RULES
from tests.server.process import Hall, office_toml
from tests.server.waiting import soon

pytestmark = pytest.mark.asyncio(loop_scope="session")
SECTIONS = "[data-section]"
IN_FORM = CHECK.replace("axe.run(document,", "axe.run('[data-part=form]',")
"""The parts differ in their form alone; the page around it is looked at once."""
PATHS = """() => [...document.querySelectorAll('ramah-settings [data-path]')]
    .map((each) => each.dataset.path)"""


COVERED = """() => {
    const focus = document.activeElement, box = focus.getBoundingClientRect();
    const seen = [0.1, 0.5, 0.9].some((x) => [0.1, 0.5, 0.9].some((y) => {
        const top = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
        return top && (focus.contains(top) || (top.contains(focus) && top.tagName === 'LABEL'));
    }));
    return seen || !box.width || focus === document.body ? '' : focus.outerHTML;
}"""
"""What has the focus and lies wholly under something else (WCAG 2.4.11)."""


async def covered(page: Page, key: str, times: int) -> list[str]:
    """Go on by a key; return what had the focus and could not be seen."""
    found = []
    for _ in range(times):
        await page.keyboard.press(key)
        found.append(await page.evaluate(COVERED))
    return [each for each in found if each]


async def nothing_covers_what_is_typed(page: Page, field: Locator, told: str) -> None:
    """Type something again on a phone, then go through the form by keys on a large screen."""
    await page.set_viewport_size({"width": 360, "height": 640})
    await field.fill("")
    await field.fill("4")
    await expect(page.locator("[data-part=save]")).to_contain_text(told)

    async def in_sight() -> bool:
        return not await page.evaluate(COVERED)

    await soon(in_sight, "the field that is typed in can be seen")
    await page.set_viewport_size({"width": 1366, "height": 768})
    # neither the bar above nor what is told below covers what the keys go to
    assert await covered(page, "Tab", 40) + await covered(page, "Shift+Tab", 60) == []


async def part(page: Page, name: str) -> None:
    await page.locator(f"[data-section={name}]").click()


async def test_every_setting_has_a_field_on_some_part_of_the_page(
    hall: Hall, browser: Browser
) -> None:
    # one of each is enough: axe looks at every field of every entry
    hall.server.add_branch(office_toml(hall.code, services="A", counters=1))
    hall.person("dewi", "manager")
    shown: set[str] = set()
    async with staff_page(browser, hall, "/manager#settings", who="dewi") as page:
        await expect(page.locator(SECTIONS).first).to_be_visible()
        wrong = await axe(page)
        for name in await page.locator(SECTIONS).evaluate_all(
            "(all) => all.map((each) => each.dataset.section)"
        ):
            await part(page, name)
            form = page.locator("[data-part=form]")
            if name == "calendar":
                await form.get_by_label("Untuk layanan tanpa jam sendiri").check()
            for add in await form.get_by_role("button", name=re.compile("^Tambah ke")).all():
                await add.click()
            opened = form.locator("details:not([open]) > summary")
            for _ in range(min(2, await opened.count())):
                await opened.first.click()
            if name == "comfort":
                await form.get_by_role("button", name="Tambah ke Yang diperiksa").click()
            if name == "services":
                await form.get_by_label("Tanpa ini: jam kantor").last.check()
                await form.get_by_role("button", name="Tambah ke Hasil").last.click()
            for add in await form.get_by_role("button", name="Tambah waktu").all():
                await add.click()
            shown |= set(await page.evaluate(PATHS))
            wrong += await page.evaluate(IN_FORM, RULES)
    fields = {re.sub(r"\[\d+\]", "", each) for each in shown}
    missing = {
        each
        for each in set(settings.paths()) - settings.GIVEN
        if not any(one == each or one.startswith(f"{each}.") for one in fields)
    }
    assert missing == set()
    assert wrong == []


async def it_is_planned_for_a_week(page: Page, begun: str, ended: str) -> None:
    """Plan what is typed from a time on, and until when."""
    await page.get_by_role("button", name="Mulai waktu tertentu").click()
    dialog = page.get_by_role("dialog")
    year = int(await page.evaluate("() => String(new Date().getFullYear())"))
    await dialog.get_by_label("Hari dan jam").fill(f"{year + 1}-01-04T07:30")
    until = dialog.get_by_label("Sampai kapan")
    await until.fill(f"{year + 1}-01-04T07:30")
    await dialog.get_by_role("button", name="Rencanakan").click()
    await expect(dialog).to_contain_text("harus sesudah waktu mulai")
    await until.fill(f"{year + 1}-01-08T15:00")
    await dialog.get_by_role("button", name="Rencanakan").click()
    planned = page.locator("[data-part=planned]")
    for words in ("07.30", begun, "15.00; setelah itu", "Kembali seperti semula", ended):
        await expect(planned).to_contain_text(words)


async def a_planned_change_is_taken_up_again(page: Page, words: str) -> None:
    """Show it in the form, to be corrected and planned anew, and take it back."""
    save, planned = (page.locator(f"[data-part={name}]") for name in ("save", "planned"))
    await page.reload()
    await planned.get_by_role("button", name="Tampilkan di formulir").click()
    await expect(save).to_contain_text(words)
    await planned.get_by_role("button", name="Tarik keduanya").click()
    await expect(planned).to_be_hidden()
    await expect(save).to_contain_text(words)


async def what_was_typed_is_left_only_when_it_is_meant(page: Page) -> None:
    """Touch the button by mistake, then for good."""
    save, dialog = page.locator("[data-part=save]"), page.get_by_role("dialog")
    for answer in ("Lanjut mengisi", "Buang isian ini"):
        await expect(save).to_contain_text("Dihapus: Layanan C")
        await save.get_by_role("button", name="Biarkan semuanya").click()
        await dialog.get_by_role("button", name=answer).click()
    await expect(save).to_be_hidden()


async def two_windows_show_each_other_what_was_typed(page: Page) -> None:
    """Type in two windows of one person: both drafts are there until one is chosen."""
    other = await page.context.new_page()
    await other.goto(page.url)
    fields, saves = [], []
    for each in (page, other):
        await part(each, "rules")
        fields.append(each.get_by_label("Yang terlewat boleh kembali"))
        saves.append(each.locator("[data-part=save]"))
    for field, save, minutes in zip(fields, saves, ("41", "42"), strict=True):
        async with field.page.expect_response("**/api/settings/draft"):
            await field.fill(minutes)
        await expect(save).to_contain_text(f"→ {minutes}")
    save = saves[1]
    await expect(save).to_contain_text("Ada dua isian")
    await expect(save.get_by_role("button", name="Simpan, berlaku")).to_be_disabled()
    await save.get_by_role("button", name="Lihat yang lain").click()
    await expect(save).to_contain_text("→ 41")
    assert await axe(other) == []
    await save.get_by_role("button", name="Kembali ke isian saya").click()
    await expect(save).to_contain_text("→ 42")
    await save.get_by_role("button", name="Pakai yang ini").click()
    await expect(save.get_by_role("button", name="Simpan, berlaku")).to_be_enabled()
    await other.reload()
    await expect(saves[1]).to_contain_text("→ 42")
    await other.close()
    await page.reload()  # and here it is the draft now


async def test_a_change_is_read_in_words_saved_and_taken_back(hall: Hall, browser: Browser) -> None:
    hall.person("dewi", "manager")
    async with staff_page(browser, hall, "/manager#settings", who="dewi") as page:
        await part(page, "services")
        await page.locator(".setting-entry").last.locator("summary").click()
        await page.get_by_role("button", name="Hapus C").click()
        save = page.locator("[data-part=save]")
        await expect(save).to_contain_text("Dihapus: Layanan C (Layanan C)")
        await expect(save.locator(".error")).to_have_count(0)
        await what_was_typed_is_left_only_when_it_is_meant(page)
        await part(page, "counters")
        await page.locator(".setting-entry").last.locator("summary").click()
        await page.get_by_role("button", name="Hapus Loket 12").click()
        await expect(save).to_contain_text("Layanan A: 12 → 11 loket")
        await part(page, "rules")
        field = page.get_by_label("Prioritas: paling banyak satu dari")
        await field.fill("0")
        await expect(page.locator("[data-path='rules.priority_cap'] .error")).to_contain_text(
            "antara 1 dan 100, bukan 0"
        )
        now = save.get_by_role("button", name="Simpan, berlaku sekarang")
        await expect(now).to_be_disabled()
        await field.fill("4")
        await expect(save).to_contain_text("Prioritas: paling banyak satu dari: 3 → 4")
        await nothing_covers_what_is_typed(page, field, "3 → 4")
        await page.reload()  # what was typed is a draft
        await expect(save).to_contain_text("3 → 4")
        await now.click()
        await expect(save).to_be_hidden()
        await page.get_by_text("Yang pernah diubah, dan cara kembali").click()
        versions = page.locator(".setting-version")
        await expect(versions).to_have_count(2)
        await expect(versions.first).to_contain_text("Dewi")
        await expect(versions.first).to_contain_text("Dihapus: Loket 12")
        await page.get_by_role("button", name="Kembali ke ini").click()
        await expect(save).to_contain_text("Baru: Loket 12")
        await part(page, "rules")
        await field.fill("7")
        await expect(save).to_contain_text("→ 7")
        for answer, told in (("Lanjut mengisi", "→ 7"), ("Ya, ganti", "4 → 3")):
            await page.get_by_role("button", name="Kembali ke ini").click()
            await page.get_by_role("dialog").get_by_role("button", name=answer).click()
            await expect(save).to_contain_text(told)
        await expect(save).to_contain_text("Baru: Loket 12")
        await it_is_planned_for_a_week(page, "Baru: Loket 12", "Dihapus: Loket 12")
        assert await axe(page) == []
        await a_planned_change_is_taken_up_again(page, "Baru: Loket 12")
        await two_windows_show_each_other_what_was_typed(page)
        await expect(save).to_contain_text("→ 42")
    kinds = [event for _, event in hall.events() if event["kind"] == "configured"]
    assert len(kinds) == 2
    assert len(kinds[-1]["office"]["counters"]) == 11


async def test_a_newer_change_of_another_manager_is_shown(hall: Hall, browser: Browser) -> None:
    hall.person("dewi", "manager")
    async with staff_page(browser, hall, "/manager#settings", who="dewi") as page:
        name = page.get_by_label("Nama kantor")
        await expect(name).to_have_value(f"Kantor {hall.code}")
        hall.server.add_branch(
            f'code = "{hall.code}"\nname = "Balai Kota"\nzone = "Etc/UTC"\n'
            '[[services]]\ncode = "A"\nnames = { id = "A" }\n'
            '[[counters]]\nnumber = 1\nservices = ["A"]\n'
        )
        await name.fill("Kantor Wali Kota")
        save = page.locator("[data-part=save]")
        await expect(save).to_contain_text("Ada yang mengubah hal yang sama")
        await expect(save).to_contain_text("Balai Kota")
        await expect(save.get_by_role("button", name="Simpan, berlaku")).to_be_disabled()
        await save.get_by_role("button", name="Pakai perubahan saya").click()
        await save.get_by_role("button", name="Simpan, berlaku").click()
        await expect(save).to_be_hidden()
    newest = [event["office"]["name"] for _, event in hall.events() if "office" in event][-1]
    assert newest == "Kantor Wali Kota"


async def test_last_words_of_several_lines_stay_so_and_what_is_typed_is_told_before_it_is_saved(
    hall: Hall, browser: Browser
) -> None:
    hall.person("dewi", "manager")
    async with staff_page(browser, hall, "/manager#settings", who="dewi") as page:
        await part(page, "paper")
        words = page.locator("[data-path='paper.foot.id'] textarea")
        save = page.locator("[data-part=save]")
        now = save.get_by_role("button", name="Simpan, berlaku sekarang")
        await words.fill("Terima kasih.\nLayanan ini gratis.")
        await expect(now).to_be_enabled()
        # the button waits for the server's answer to every letter, so it never saves one untold
        await page.route("**/api/settings/check", lambda route: route.abort())
        await words.press("End")
        await words.press("!")
        await expect(now).to_be_disabled()
        await page.unroute("**/api/settings/check")
        await expect(now).to_be_enabled()
        await now.click()
        await expect(save).to_be_hidden()
    newest = [event["office"]["paper"] for _, event in hall.events() if "office" in event][-1]
    assert newest["foot"] == {"id": "Terima kasih.\nLayanan ini gratis.!"}


async def test_holidays_and_a_brought_table_are_chosen_seen_in_the_week_and_saved(
    hall: Hall, browser: Browser, tmp_path: Path
) -> None:
    zone = 'zone = "Asia/Makassar"'
    toml = re.sub('zone = ".*"', zone, office_toml(hall.code, services="AB", counters=1))
    hall.server.add_branch(toml)
    hall.person("dewi", "manager")
    async with staff_page(browser, hall, "/manager#settings", who="dewi") as page:
        await part(page, "calendar")
        await page.get_by_role("button", name="Hari libur dan jam Ramadan…").press("Enter")
        proposed = page.locator("[data-part=proposed]")
        await expect(proposed.get_by_label("Negara")).to_have_value("ID")
        year = str(int(await proposed.get_by_label("Tahun").input_value()) + 1)
        await proposed.get_by_label("Tahun").select_option(year)
        merdeka = proposed.get_by_role("listitem").filter(has_text="Kemerdekaan")
        await expect(merdeka).to_contain_text(f"17 Agu {year}")
        await expect(merdeka.get_by_role("checkbox")).to_be_checked()
        # what is reckoned, and the shorter hours, are chosen by a person
        ramadan = proposed.get_by_role("listitem").filter(has_text="Jam Ramadan")
        await expect(ramadan).to_contain_text("perkiraan")
        await expect(ramadan.get_by_role("checkbox")).not_to_be_checked()
        wrong = await axe(page)
        await ramadan.get_by_role("checkbox").press("Space")
        await proposed.get_by_role("button", name=re.compile("^Ambil")).press("Enter")
        await expect(proposed).to_be_hidden()
        save = page.locator("[data-part=save]")
        await expect(save).to_contain_text("Hari Kemerdekaan Republik Indonesia")

        await page.locator("[data-part=day]").fill(f"{year}-08-17")
        week = page.get_by_role("table").filter(has_text="Semua layanan")
        day = week.get_by_role("row").filter(has_text="17 Agu")
        await expect(day).to_contain_text("Tutup")
        await expect(day).to_contain_text("Hari Kemerdekaan Republik Indonesia")

        table = tmp_path / "hari.csv"
        table.write_text(f"tanggal;nama;buka;tutup;layanan\n18/8/{year};Rapat;08:00;99:00;B\n")
        chosen = page.locator("ramah-settings-days input[type=file]")
        await chosen.set_input_files(table)
        problem = page.locator("ramah-settings-days [data-part=problem]")
        await expect(problem).to_contain_text("Baris 2 tidak dapat dibaca: '99:00' bukan waktu")
        table.write_text(f"tanggal;nama;buka;tutup;layanan\n18/8/{year};Rapat;08:00;10:00;B\n")
        await chosen.set_input_files(table)
        await proposed.get_by_role("button", name="Ambil 1").click()
        only_b = page.get_by_role("table").filter(has_text="B Layanan B")
        await expect(only_b.get_by_role("row").filter(has_text="18 Agu")).to_contain_text(
            "08.00–10.00"
        )
        await page.set_viewport_size({"width": 360, "height": 740})
        wrong += await axe(page)
        assert await page.evaluate("() => document.documentElement.scrollWidth") <= 360
        await save.get_by_role("button", name="Simpan, berlaku sekarang").click()
        await expect(save).to_be_hidden()
    assert wrong == []
    kept = [event["office"] for _, event in hall.events() if "office" in event][-1]["special_days"]
    (own,) = [each for each in kept if each["first"] == f"{year}-08-18"]
    assert (own["services"], own["names"]) == (["B"], {"id": "Rapat"})
    assert any(each["names"].get("id") == "Jam Ramadan" for each in kept)


async def test_kiosk_ticket_and_lobby_are_seen_with_what_is_typed_before_it_is_saved(
    hall: Hall, browser: Browser
) -> None:
    hall.server.add_branch(office_toml(hall.code, services="AB", counters=2))
    hall.person("dewi", "manager")
    async with staff_page(browser, hall, "/manager#settings", who="dewi") as page:
        await page.locator("ramah-settings-preview summary").press("Enter")
        kiosk = page.frame_locator("iframe[data-screen=kiosk]")
        lobby = page.frame_locator("iframe[data-screen=display]")
        await expect(kiosk.locator("#office")).to_have_text(f"Kantor {hall.code}")
        await page.locator("[data-path=name] input").fill("Balai Kota Baru")
        await expect(kiosk.locator("#office")).to_have_text("Balai Kota Baru")
        await expect(lobby.locator("#office")).to_have_text("Balai Kota Baru")
        await expect(kiosk.locator("kiosk-priority")).to_be_visible()
        drawn = await page.wait_for_function(
            "() => document.querySelector('[data-part=slip]').naturalWidth"  # 0 until it is there
        )
        wide = await drawn.json_value()
        await part(page, "paper")
        await page.locator("[data-path='paper.width_mm'] select").select_option("58")
        narrower = (
            "(wide) => 0 < document.querySelector('[data-part=slip]').naturalWidth"
            " && document.querySelector('[data-part=slip]').naturalWidth < wide"
        )
        await page.wait_for_function(narrower, arg=wide)
        await part(page, "services")
        await page.get_by_role("button", name="Tambah ke Layanan").click()
        await expect(page.locator("[data-path='services[2].code'] input")).to_be_focused()
        await page.keyboard.type("K")
        await page.locator("[data-path='services[2].names.id'] input").fill("Kartu Pencari Kerja")
        await expect(kiosk.locator("kiosk-services")).to_contain_text("Kartu Pencari Kerja")
        # a picture of the kiosk gives no numbers, whatever is done to it
        frame = next(each for each in page.frames if "/kiosk/preview" in each.url)
        refused = "() => fetch('/api/services').then(() => 'reached', () => 'refused')"
        assert await frame.evaluate(refused) == "refused"
        assert await axe(page) == []
        await page.set_viewport_size({"width": 360, "height": 740})
        assert await page.evaluate("() => document.documentElement.scrollWidth") <= 360
    assert [event["office"]["name"] for _, event in hall.events() if "office" in event][-1] == (
        f"Kantor {hall.code}"
    )
