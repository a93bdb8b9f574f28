"""The kiosk for every visitor: each step, by finger, by keys and by ear, in every state."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from server.lobby.voice.sentences import clip_of
from tests.kiosk.test_page import SIZES, opened
from tests.server.process import PASSWORD, Server
from tests.web.stub_hall import StubHall, service

pytestmark = pytest.mark.asyncio(loop_scope="session")

BRING = {"id": ["KTP asli", "Kartu Keluarga"], "en": ["Original ID card", "Family card"]}
AGENCIES: list[dict[str, Any]] = [
    {"code": "capil", "name": "Disdukcapil", "names": {"id": "Disdukcapil"}},
    {"code": "izin", "name": "DPMPTSP", "names": {"id": "DPMPTSP"}},
]


def with_papers(hall: StubHall) -> None:
    hall.services[0]["requirements"] = BRING


def large(hall: StubHall) -> None:
    """80 services of two offices."""
    hall.agencies = AGENCIES
    hall.services = [
        service(
            f"{'AB'[number % 2]}{number}", f"Layanan {number}", number % 5,
            agency=AGENCIES[number % 2]["code"],
        )
        for number in range(79)
    ]  # fmt: skip
    hall.services.append(service("S", "Surat Keterangan Miskin", 0, agency="capil"))


HEARD = """
window.heard = [];
window.Audio = class extends EventTarget {
    constructor(address) { super(); this.address = address; }
    async play() {
        window.heard.push(this.address);
        setTimeout(() => this.dispatchEvent(new Event("ended")));
    }
    pause() { this.dispatchEvent(new Event("pause")); }
};
"""
"""A loudspeaker that notes what it plays."""


async def test_what_to_bring_going_first_and_people_are_asked_on_one_screen(
    stub_hall: StubHall, browser: Browser
) -> None:
    with_papers(stub_hall)
    page = await opened(await browser.new_page(), stub_hall)
    await page.locator("[data-code=A] button").click()
    ask = page.locator("kiosk-ask dialog")
    await expect(ask).to_contain_text("Sudah membawa syaratnya?")
    await expect(ask).to_contain_text("Kartu Keluarga")
    await ask.get_by_role("button", name="Kembali").click()
    await expect(ask).to_be_hidden()
    assert stub_hall.wishes == []

    await page.locator("[data-code=A] button").click()  # two touches for the usual case
    await ask.get_by_role("button", name="Ambil nomor").click()
    await expect(page.locator("kiosk-ticket .label")).to_have_text("A001")
    await page.get_by_role("button", name="Selesai").click()

    await page.locator("[data-code=A] button").click()
    await ask.get_by_role("button", name="Butuh didahulukan").click()
    await ask.get_by_role("button", name="Tambah satu orang").click()
    await ask.get_by_role("button", name="Tambah satu orang").click()
    await ask.get_by_role("button", name="Kurangi satu orang").click()
    await ask.get_by_role("button", name="Ambil nomor").click()
    await expect(page.locator("kiosk-ticket .label")).to_have_text("A002")
    told = [(wish["priority"], wish["people"]) for wish in stub_hall.wishes]
    assert told == [("regular", 1), ("priority", 2)]


@pytest.mark.parametrize(("language", "whom"), [("id", "Lansia, ibu hamil"), ("en", "Senior, exp")])
async def test_going_first_is_offered_by_naming_first_whom_it_is_for(
    stub_hall: StubHall, browser: Browser, language: str, whom: str
) -> None:
    with_papers(stub_hall)
    page = await opened(await browser.new_page(), stub_hall)
    if language == "en":
        await page.get_by_role("button", name="English").first.click()
    offered = page.locator("kiosk-priority button")
    begins = re.compile(f"^{whom}")
    await expect(offered).to_have_text(begins)
    await page.locator("[data-code=A] button").click()
    asked = page.locator("kiosk-ask [aria-pressed]")
    await expect(asked).to_have_text(begins)


async def test_a_hall_of_80_services_asks_for_the_office_and_finds_by_word(
    stub_hall: StubHall, browser: Browser
) -> None:
    large(stub_hall)
    page = await browser.new_page()
    await page.goto(stub_hall.url("/kiosk"))
    await page.locator("[data-agency=izin]").click()
    await expect(page.locator("kiosk-service")).to_have_count(39)
    await page.get_by_role("button", name="Semua instansi").click()
    await expect(page.locator("[data-agency=capil]")).to_be_visible()

    await page.get_by_role("button", name="Cari layanan").click()
    for key in "MISKIN":
        await page.get_by_role("button", name=key, exact=True).click()
    await expect(page.locator("kiosk-search .found")).to_have_text("1 layanan cocok")
    await page.locator("kiosk-service button:visible").click()
    await expect(page.locator("kiosk-ticket .label")).to_have_text("S001")
    await page.get_by_role("button", name="Selesai").click()
    await expect(page.locator("[data-agency=capil]")).to_be_visible()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": "quota", "next_opening": "2030-01-07T00:00:00Z"}, "sudah habis"),
        ({"reason": "quota"}, "hari kerja berikutnya"),
        ({"reason": "last_ticket"}, "yang menunggu tetap kami layani"),
        ({"reason": "paused", "paused": True, "notice": "Gangguan sistem."}, "Gangguan sistem."),
        ({"reason": "closed", "next_opening": "2030-01-07T00:00:00Z"}, "08.00\u00a0WITA"),
    ],
)
async def test_no_button_is_dead(
    stub_hall: StubHall, changes: dict[str, Any], words: str, browser: Browser
) -> None:
    stub_hall.services[0] |= {"open": False, **changes}
    page = await opened(await browser.new_page(), stub_hall)
    await page.locator("[data-code=A] button").click()
    await expect(page.locator("dialog[open]")).to_contain_text(words)
    await expect(page.locator("dialog[open] kiosk-help")).to_be_visible()
    assert stub_hall.wishes == []


async def test_staff_are_called_until_somebody_has_come(
    stub_hall: StubHall, browser: Browser
) -> None:
    page = await opened(await browser.new_page(), stub_hall)
    button = page.locator(".settings kiosk-help button")
    await button.click()
    await expect(button).to_contain_text("Petugas sudah dipanggil")
    await button.click()  # "somebody is here"
    await expect(button).to_contain_text("Panggil petugas")
    assert stub_hall.calls_for_help == ["/api/help", "/api/help/h1/here"]
    await page.keyboard.press("F1")
    await expect(button).to_contain_text("Petugas sudah dipanggil")
    await stub_hall.emit("help_taken", help="h1", place="Kios", seconds=9.0)
    await expect(button).to_contain_text("Petugas sedang menuju ke sini")


async def test_a_blind_visitor_takes_a_number_by_keys_and_ear(
    stub_hall: StubHall, browser: Browser
) -> None:
    with_papers(stub_hall)
    page = await opened(await browser.new_page(), stub_hall)
    spoken = page.locator("kiosk-speech .spoken")
    await page.keyboard.press("F2")
    await expect(spoken).to_contain_text("Panduan suara menyala")
    await page.keyboard.press("a")
    await expect(spoken).to_contain_text("KTP-el, 4 orang menunggu")
    await page.keyboard.press("ArrowRight")
    await expect(spoken).to_contain_text("Kartu Keluarga & Pindah Datang")
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("Enter")
    await expect(spoken).to_contain_text("Sudah membawa syaratnya? KTP asli, Kartu Keluarga")
    await page.keyboard.press("Escape")
    await expect(page.locator("kiosk-ask dialog")).to_be_hidden()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await expect(spoken).to_contain_text("A 0 0 1")
    await expect(spoken).to_contain_text("Ada 4 orang di depan Anda, kira-kira 15–25 menit")
    await page.keyboard.press("Escape")
    await expect(page.locator("kiosk-services")).to_be_visible()
    await page.keyboard.press("F7")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await page.keyboard.press("F3")
    await expect(page.locator("html")).to_have_attribute("data-contrast", "high")


@pytest.mark.parametrize("ends", ["synthesis-failed", ""])
async def test_a_voice_of_the_browser_that_does_not_speak_gives_way_to_the_clips(
    stub_hall: StubHall, browser: Browser, ends: str
) -> None:
    """As with a list of voices but no program behind it, or a voice that needs the internet."""
    page = await browser.new_page()
    await page.clock.install()
    await page.add_init_script(HEARD)
    await page.add_init_script(
        """(() => {
        window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
        const speechSynthesis = {
            speaking: false, getVoices: () => [{lang: 'in_ID'}], cancel() {},
            speak: (said) => ENDS && setTimeout(() => said.onerror({error: ENDS}), 10),
        };
        Object.defineProperty(window, 'speechSynthesis', {value: speechSynthesis});
    })()""".replace("ENDS", repr(ends))
    )
    await opened(page, stub_hall)
    source = "document.querySelector('kiosk-speech').source"
    assert await page.evaluate(source) == "browser"
    await page.keyboard.press("F2")
    await page.clock.run_for(5_000)
    await page.wait_for_function("() => window.heard.length > 0")
    assert await page.evaluate(source) == "clips"


async def test_without_a_voice_in_the_browser_the_halls_clips_say_whole_sentences(
    stub_hall: StubHall, browser: Browser
) -> None:
    page = await browser.new_page()
    await page.add_init_script(HEARD)
    await opened(page, stub_hall)
    assert await page.evaluate("speechSynthesis.getVoices().length") == 0

    async def heard(*clips: str) -> None:
        addresses = [
            f"/display/kiosk-voice/{clip[:3]}{clip_of(clip[3:].strip())}.ogg" if " " in clip
            else f"/display/voices/{clip}.ogg"
            for clip in clips
        ]  # fmt: skip
        # a clip of the sentence before may still have begun
        await page.wait_for_function(
            "(clips) => window.heard.join(' ').includes(clips.join(' '))", arg=addresses
        )
        await page.evaluate("window.heard.splice(0)")

    await page.keyboard.press("F2")
    await page.wait_for_function("() => window.heard.length > 0")  # how it is used
    await page.evaluate("window.heard.splice(0)")
    await page.keyboard.press("b")
    await heard("id/B", "id/Belum ada antrean")
    await page.keyboard.press("Enter")
    await heard(
        "id/Nomor Anda",
        "id/B",
        "id/0",
        "id/0",
        "id/1",
        "id/Ada ",
        "id/4",
        "id/orang di depan Anda",
        "id/kira-kira ",
    )
    await page.evaluate("window.heard.splice(0)")
    await page.keyboard.press("Escape")
    await page.keyboard.press("F7")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await page.keyboard.press("F2")  # speech went with the visitor before
    await page.wait_for_function("() => window.heard.length > 0")
    await page.evaluate("window.heard.splice(0)")
    await page.keyboard.press("b")
    await heard("en/B")


async def test_a_visitors_choices_go_only_after_a_warning_that_can_be_put_off(
    stub_hall: StubHall, browser: Browser
) -> None:
    with_papers(stub_hall)
    page = await browser.new_page()
    await page.clock.install()
    await opened(page, stub_hall)
    await page.locator("kiosk-priority button").click()
    await page.locator("[data-code=A] button").click()
    await page.clock.run_for(46_000)
    warning = page.locator("kiosk-idle dialog")
    await expect(warning).to_contain_text("Masih di sini?")
    await page.clock.run_for(10_000)
    await warning.get_by_role("button").click()
    await expect(warning).to_be_hidden()
    await expect(page.locator("kiosk-ask dialog")).to_be_visible()
    await page.clock.run_for(46_000)
    await page.clock.run_for(21_000)
    await expect(page.locator("dialog[open]")).to_have_count(0)
    await expect(page.locator("kiosk-priority button")).to_have_attribute("aria-pressed", "false")


async def test_paper_trouble_is_told_as_it_is(stub_hall: StubHall, browser: Browser) -> None:
    page = await opened(await browser.new_page(), stub_hall)
    await page.locator("[data-code=A] button").click()
    state = page.locator(".paper-state")
    await page.get_by_role("button", name="Cetak lagi").click()
    await expect(state).to_contain_text("bertanda cetak ulang")
    await stub_hall.emit("print_failed", ticket="A001", label="A001", error="paper_out")
    await expect(state).to_contain_text("Kertas habis")
    await stub_hall.emit("print_moved", ticket="A001", label="A001", place="Belakang")
    await expect(state).to_contain_text('printer "Belakang"')


async def test_there_is_no_way_out_of_the_page(stub_hall: StubHall, browser: Browser) -> None:
    page = await opened(await browser.new_page(), stub_hall)
    await page.evaluate("window.stays = true")
    for key in ("F5", "Control+r", "Control+p", "Control+Equal", "Alt+ArrowLeft", "F11"):
        await page.keyboard.press(key)
    await page.locator("[data-code=A] button").click(button="right")
    assert await page.evaluate("window.stays && window.visualViewport.scale === 1")
    assert await page.locator("a[href]").count() == 0


async def test_every_dialog_fits_and_every_button_is_big(
    stub_hall: StubHall, browser: Browser
) -> None:
    with_papers(stub_hall)
    for width, height in SIZES:
        page = await browser.new_page(viewport={"width": width, "height": height})
        await opened(page, stub_hall)
        for opener in ("[data-code=A] button", "[data-code=C] button", "kiosk-options button"):
            await page.locator(opener).first.click()
            dialog = page.locator("dialog[open]")
            for one in [dialog, *await dialog.locator("button:visible").all()]:
                box = await one.bounding_box()
                assert box is not None
                assert min(box["width"], box["height"]) >= 76, (opener, width)
                assert box["y"] >= 0, (opener, width)
                assert box["y"] + box["height"] <= height + 1, (opener, width)
            await page.keyboard.press("Escape")
        await page.close()


@pytest.mark.soak
async def test_eight_hours_of_visitors_leave_nothing_behind(
    stub_hall: StubHall, browser: Browser
) -> None:
    """Run 20 visits over eight hours of the page's clock, each with a lost link."""
    with_papers(stub_hall)
    page = await browser.new_page()
    await page.clock.install()
    await opened(page, stub_hall)
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Performance.enable")

    async def measured() -> dict[str, float]:
        for _ in range(2):
            await devtools.send("HeapProfiler.collectGarbage")
        found = (await devtools.send("Performance.getMetrics"))["metrics"]
        return {each["name"]: each["value"] for each in found}

    before: dict[str, float] = {}
    for visit in range(20):
        if visit == 5:
            before = await measured()
        await page.clock.fast_forward(8 * 3_600_000 // 20)
        await stub_hall.blink()  # a touch before would be told "we are reconnecting"
        await expect(page.locator("ramah-link")).to_be_hidden()
        await expect(page.locator("[data-code=A] button")).to_have_attribute(
            "aria-disabled", "false"
        )
        await page.locator("[data-code=A] button").click()
        await page.locator("kiosk-ask .ask-end > .button:last-child").click()
        await expect(page.locator("kiosk-ticket .label")).to_be_visible()
        await page.locator("kiosk-ticket .ticket-end button").first.click()
    after = await measured()
    assert len(stub_hall.wishes) == 20
    assert after["Nodes"] < before["Nodes"] + 28
    assert after["JSEventListeners"] < before["JSEventListeners"] + 10
    assert after["JSHeapUsedSize"] < before["JSHeapUsedSize"] + 700_000


async def test_a_manager_sees_each_change_of_the_ticket_at_once(
    server: Server, browser: Browser
) -> None:
    server.person("dewi", "manager")
    page = await browser.new_page()
    await page.goto(server.url + "/kiosk/paper")
    await expect(page.get_by_role("alert")).to_contain_text("Mohon masuk dahulu")
    await expect(page.locator("#form")).to_be_hidden()
    login = {"login": "dewi", "password": PASSWORD}
    answer = await page.request.post(server.url + "/api/session", data=login)
    assert answer.ok
    await page.reload()
    picture = page.locator("#preview")
    await expect(picture).to_have_attribute("src", re.compile("^data:image/png"))
    before = await picture.get_attribute("src")
    await page.get_by_label("Kode untuk ponsel", exact=True).uncheck()
    await expect(picture).not_to_have_attribute("src", str(before))
    settings = await page.locator("#toml").input_value()
    assert '"number"' in settings
    assert '"qr"' not in settings

    await expect(page.locator("#saved")).to_have_text("Belum disimpan.")
    await page.locator("textarea[lang=en]").fill("Thank you.")
    await page.get_by_role("button", name="Simpan untuk semua kertas nomor").click()
    await expect(page.locator("#saved")).to_contain_text("Tersimpan.")
    await page.reload()
    await expect(page.get_by_label("Kode untuk ponsel", exact=True)).not_to_be_checked()
    await expect(page.locator("textarea[lang=en]")).to_have_value("Thank you.")
    await expect(page.locator("#saved")).to_have_text("")
    actor, body = server.query("SELECT actor, data FROM events ORDER BY seq DESC LIMIT 1")[0]
    assert actor.startswith("user:")  # who did it stands in the log
    assert '"Thank you."' in body


async def test_a_manager_sees_the_ticket_as_each_printer_prints_it(
    server: Server, browser: Browser
) -> None:
    server.person("dewi", "manager")
    for name, url, profile in (
        ("lobi", "serial:/dev/ttyS9?baud=9600", "epson"),
        ("saku", "tcp://127.0.0.1:9", "portable"),
    ):
        told = server.ramah("printer", "add", name, url, "--profile", profile)
        assert told.returncode == 0, told.stderr
    page = await browser.new_page()
    login = {"login": "dewi", "password": PASSWORD}
    assert (await page.request.post(server.url + "/api/session", data=login)).ok
    await page.goto(server.url + "/kiosk/paper")
    words, picture = page.locator("#printer-told"), page.locator("#preview")
    await expect(page.get_by_label("Seperti dicetak oleh")).to_have_value(
        re.compile("[0-9a-f]{32}")
    )
    await expect(words).to_contain_text(re.compile("[0-9]{3} bita, 0,[0-9] detik"))
    lean = await picture.get_attribute("src")
    await page.get_by_label("Seperti dicetak oleh").select_option("saku (portable)")
    await expect(words).to_contain_text("kertas 58 mm, apa pun pilihan di samping")
    await page.get_by_label("Seperti dicetak oleh").select_option("profile:raster")
    await expect(words).to_contain_text(re.compile("[0-9]{2}[.][0-9]{3} bita"))
    await expect(picture).not_to_have_attribute("src", str(lean))
    await page.set_viewport_size({"width": 360, "height": 740})
    assert await page.locator("figcaption[role]").count() == 0  # a caption takes no other role
    small = "each => each.map((it) => it.getBoundingClientRect().height).filter((h) => h < 43)"
    assert await page.locator(".ways a, fieldset label").evaluate_all(small) == []


async def test_many_offices_stand_in_two_columns_on_a_tall_screen(
    stub_hall: StubHall, browser: Browser
) -> None:
    names = [f"Instansi {number}" for number in range(10)]
    stub_hall.agencies = [{"code": f"i{n}", "name": each, "names": {"id": each}}
                          for n, each in enumerate(names)]  # fmt: skip
    stub_hall.services = [
        service(f"{chr(65 + n)}", f"Layanan {n}", 1, agency=f"i{n % 10}") for n in range(24)
    ]
    page = await browser.new_page(viewport={"width": 1080, "height": 1920})
    await page.goto(stub_hall.url("/kiosk"))
    first = await page.locator("[data-agency=i0]").bounding_box()
    second = await page.locator("[data-agency=i1]").bounding_box()
    assert first is not None
    assert second is not None
    assert first["y"] == second["y"]
    assert first["x"] < second["x"]
