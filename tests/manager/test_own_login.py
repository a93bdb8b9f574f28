"""One's own log-in: the second step, set up where the office asks for it, and used."""

from __future__ import annotations

import time

import pytest
from playwright.async_api import Browser, expect

from server.auth import totp
from tests.counter.staff import log_in, staff_page, take_seat
from tests.counter.test_more import axe
from tests.server.api.sso import CLIENT, SECRET, sso
from tests.server.process import PASSWORD, Hall, Server, office_toml

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_manager_sets_the_second_step_up_and_comes_back_with_it_by_keys_alone(
    shared: Server, browser: Browser
) -> None:
    hall = Hall(
        shared, "two-steps", office_toml("two-steps", more="[logins]\nsecond_step = 'managers'")
    )
    hall.person("dewi", "manager")
    async with staff_page(browser, hall, "/manager") as page:
        await log_in(page, hall, "dewi")
        await expect(page.get_by_role("button", name="Siapkan aplikasi")).to_be_focused()
        found = await axe(page)
        await page.keyboard.press("Enter")
        await expect(page.locator("#factor-password")).to_be_focused()
        await page.keyboard.type(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.locator("#factor-code")).to_be_focused()
        found += await axe(page)
        secret = (await page.locator(".factor-key").inner_text()).replace(" ", "")
        await page.keyboard.type("123456")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("belum cocok")
        await page.locator("#factor-code").fill(totp.code_at(secret, int(time.time() // 30)))
        await page.keyboard.press("Enter")
        codes = page.locator(".factor-codes li")
        await expect(codes).to_have_count(10)
        found += await axe(page)
        code = await codes.first.inner_text()
        await page.get_by_role("button", name="Sudah saya simpan").click()
        await expect(page.locator("[data-part=day-name]")).to_contain_text("Hari ini")

        await page.locator("button.person-button").click()
        dialog = page.get_by_role("dialog")
        await expect(dialog).to_contain_text("Masih ada 10 kode cadangan")
        found += await axe(page)
        await page.get_by_role("button", name="Kode cadangan baru").press("Enter")
        await expect(page.locator("#factor-password")).to_be_focused()
        await page.keyboard.type(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(codes).to_have_count(10)
        assert code not in await codes.all_inner_texts()
        code = await codes.first.inner_text()
        found += await axe(page)
        await page.get_by_role("button", name="Sudah saya simpan").press("Enter")
        await expect(dialog).to_contain_text("Masih ada 10 kode cadangan")
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Keluar").click()
        await log_in(page, hall, "dewi")
        await expect(page.locator("#login-code")).to_be_focused()
        await page.keyboard.type("000000")
        await page.keyboard.press("Enter")
        await expect(page.locator("[data-part=problem]")).to_contain_text("belum cocok")
        found += await axe(page)
        await page.locator("#login-code").fill(code)
        await page.keyboard.press("Enter")
        await expect(page.locator("[data-part=day-name]")).to_contain_text("Hari ini")
    assert found == []


async def test_a_passkey_is_set_up_lets_in_and_is_ended(hall: Hall, browser: Browser) -> None:
    hall.person("dewi", "manager")
    async with staff_page(browser, hall, "/manager") as page:
        await page.goto(hall.server.url.replace("127.0.0.1", "localhost") + "/manager")
        device = await page.context.new_cdp_session(page)
        await device.send("WebAuthn.enable")
        kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                "hasUserVerification": True, "isUserVerified": True}  # fmt: skip
        made = await device.send("WebAuthn.addVirtualAuthenticator", {"options": kind})
        await log_in(page, hall, "dewi")
        await page.locator("button.person-button").click()
        await page.get_by_role("button", name="Siapkan kunci sandi").click()
        await page.locator("#passkey-name").fill("HP saya")
        await page.locator("#factor-password").fill(PASSWORD)
        found = await axe(page)
        await page.keyboard.press("Enter")
        await expect(page.locator(".factor-codes li")).to_have_count(10)
        await page.get_by_role("button", name="Sudah saya simpan").click()
        mine = page.locator("[data-passkey]")
        await expect(mine).to_contain_text("HP saya")
        await expect(mine).to_contain_text("belum pernah dipakai")
        found += await axe(page)
        await page.keyboard.press("Escape")

        await page.get_by_role("button", name="Keluar").click()
        asked = {"authenticatorId": made["authenticatorId"], "enabled": False}
        await device.send("WebAuthn.setAutomaticPresenceSimulation", asked)  # nobody touches it
        await log_in(page, hall, "dewi")
        await expect(page.locator("[data-part=key]")).to_be_focused()
        await expect(page.locator("#login-code")).to_be_visible()
        found += await axe(page)
        await device.send("WebAuthn.setAutomaticPresenceSimulation", asked | {"enabled": True})
        await page.locator("[data-part=key]").click()
        await expect(page.locator("[data-part=day-name]")).to_contain_text("Hari ini")

        await page.locator("button.person-button").click()
        await expect(mine).to_contain_text("terakhir dipakai")
        await mine.get_by_role("button").click()
        await page.locator("#factor-password").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("dialog")).to_contain_text("Siapkan aplikasi")
        await expect(mine).to_have_count(0)
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Keluar").click()
        await log_in(page, hall, "dewi")
        await expect(page.locator("[data-part=day-name]")).to_contain_text("Hari ini")
    assert found == []


async def test_a_counter_that_nobody_touches_is_locked_and_opened_by_the_own_pin(
    shared: Server, browser: Browser
) -> None:
    hall = Hall(shared, "untouched", office_toml("untouched", more="[logins]\nidle_minutes = 5"))
    hall.person("sari")
    async with staff_page(browser, hall) as page:
        await page.clock.install()
        await log_in(page, hall, "sari")
        await take_seat(page)
        await page.locator("button.person-button").click()
        await page.get_by_role("button", name="Pilih PIN").click()
        await page.locator("#pin-password").fill(PASSWORD)
        await page.locator("#pin-new").fill("1234")
        await page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog")
        await expect(dialog).to_contain_text("paling dulu ditebak")
        found = await axe(page)
        await page.locator("#pin-new").fill("4071")
        await page.keyboard.press("Enter")
        await dialog.get_by_role("button", name="Baik").click()
        await dialog.get_by_role("button", name="Tutup").click()

        await page.clock.run_for(5 * 60_000 + 2_000)
        await expect(page.locator("#lock-secret")).to_be_focused()
        found += await axe(page)
        await page.reload()
        await page.locator("#lock-secret").fill("9999")
        await page.keyboard.press("Enter")
        await expect(page.locator("[data-part=problem]")).to_contain_text("Sisa percobaan: 4")
        await page.locator("#lock-secret").fill("4071")
        await page.keyboard.press("Enter")
        await expect(page.locator("ramah-current")).to_be_visible()
    assert found == []


async def test_somebody_logs_in_by_the_offices_own_provider_on_another_site(
    shared: Server, browser: Browser
) -> None:
    toml = office_toml("by-sso", more=f'public_url = "{shared.url}"')
    hall = Hall(shared, "by-sso", toml)
    async with sso("localhost") as provider, staff_page(browser, hall, "/manager") as page:
        words = ["provider", "set", provider.issuer, "--client-id", CLIENT, "--name", "Akun Kota"]
        role = ["--role", "kepala=manager", "--branch", hall.code]
        assert shared.ramah(*words, *role, stdin=f"{SECRET}\n").returncode == 0
        await page.reload()
        link = page.locator("a[href*='branch=by-sso&']")
        await expect(link).to_have_text("Masuk dengan Akun Kota")
        await link.click()
        await expect(page.locator("[data-part=problem]")).to_contain_text("belum punya tugas")
        found = await axe(page)
        provider.person = {"name": "Ibu Dewi", "roles": ["kepala"]}
        await link.click()
        await expect(page.locator(".person-name")).to_have_text("Ibu Dewi")
        await expect(page.locator("[data-part=day-name]")).to_contain_text("Hari ini")
    assert shared.ramah("provider", "remove", "--branch", hall.code).returncode == 0
    assert found == []


async def test_who_opens_a_page_of_other_tasks_is_led_to_the_own(
    hall: Hall, browser: Browser
) -> None:
    for name, role, page_of_others, own in (
        ("putri", "host", "/counter", "/host"),
        ("sari", "staff", "/counter/supervisor", "/counter"),
    ):
        hall.person(name, role)
        async with staff_page(browser, hall, page_of_others, who=name) as page:
            await page.get_by_role("link", name="Ke halaman saya").click()
            await page.wait_for_url(hall.server.url + own)
            await expect(page.locator("#app")).not_to_have_attribute("data-view", "elsewhere")
