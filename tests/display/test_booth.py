"""Staff record their own voice, in a real browser with a made-up microphone, on a real server."""

from __future__ import annotations

import io
import math
import struct
import wave
import zipfile
from array import array
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.server.process import PASSWORD, Server
from tests.web.browser import WITH_SOUND, chromium

pytestmark = pytest.mark.asyncio(loop_scope="session")

RATE = 48_000


def tone(path: Path) -> Path:
    """Write what the made-up microphone hears over and over: half a second of a voice, silence."""
    samples = [
        0 if at > RATE // 2 else int(9000 * math.sin(at / RATE * 2 * math.pi * 220))
        for at in range(RATE * 3)
    ]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return path


async def logged_in(page: Page, server: Server, path: str, host: str = "127.0.0.1") -> None:
    await page.goto(server.url.replace("127.0.0.1", host) + path)
    await page.get_by_label("Nama pengguna").fill("dewi")
    await page.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Masuk", exact=True).click()


async def test_a_colleague_becomes_the_voice_of_the_hall(server: Server, tmp_path: Path) -> None:
    server.person("dewi", "manager")
    flags = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
             f"--use-file-for-fake-audio-capture={tone(tmp_path / 'mic.wav')}")  # fmt: skip
    async with chromium(WITH_SOUND, *flags) as browser:
        page = await browser.new_page()
        await logged_in(page, server, "/display/voices")
        begin = page.get_by_role("button", name="Mulai", exact=True)
        await page.get_by_label("Nama pemilik suara").fill("Ibu Sari")
        await begin.click()
        await expect(page.locator(".booth")).to_have_count(0)  # no recording without consent
        await page.locator(".consent input").check()
        await begin.click()
        await expect(page.locator(".booth .phrase")).to_have_text("Nomor antrean")
        needed = await page.locator(".phrases li").count()
        await page.get_by_role("button", name="Rekam", exact=True).click()
        await page.wait_for_function("() => document.querySelector('meter').value > 0.1")
        await page.wait_for_timeout(1500)  # a person speaks
        await page.get_by_role("button", name="Berhenti").click()
        await expect(page.locator(".stage .number")).to_have_text(f"1 dari {needed} kalimat")
        await page.get_by_role("button", name="Dengarkan satu panggilan utuh").click()
        await expect(page.locator(".told")).to_contain_text("Masih perlu direkam")
        await expect(page.locator(".told")).not_to_contain_text("Nomor antrean")
        await page.get_by_role("button", name="Selesai").click()
        await page.get_by_role("button", name="Pakai suara ini").click()
        await expect(page.locator(".told")).to_contain_text("beberapa detik")
        async with page.expect_download() as download:
            await page.get_by_role("link", name="Simpan sebagai berkas").click()
        saved = await (await download.value).path()
        with zipfile.ZipFile(saved) as archive:
            assert sorted(archive.namelist()) == ["id/number.wav", "pack.json"]
            sound = archive.read("id/number.wav")
        with wave.open(io.BytesIO(sound)) as file:
            assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 24_000)
            samples = array("h", file.readframes(file.getnframes()))
        for end in (samples[: 24_000 // 10], samples[-24_000 // 10 :]):
            assert max(end) > max(samples) / 20, "the silence before and after the voice is gone"
        page.on("dialog", lambda dialog: dialog.accept())
        await page.get_by_role("button", name="Hapus").click()
        await expect(page.locator(".voice")).to_have_count(1)
        await page.locator("input[type=file]").set_input_files(saved)
        await expect(page.locator(".voice b").last).to_have_text("Ibu Sari")
        assert not list((server.data / "voices" / "packs").glob("*/*.part"))


async def test_trimming_and_levels(server: Server, browser: Browser) -> None:
    page = await browser.new_page()
    await page.goto(server.url + "/")
    found = await page.evaluate("""async () => {
      const { trim, level, loudness } = await import('/display/wave.js');
      const rate = 24000;
      const voice = (share) => Float32Array.from({ length: rate * 3 }, (_, at) =>
        at > rate && at < rate * 2 ? share * Math.sin(at / 20) : 0.002 * Math.sin(at));
      const quiet = level(trim(voice(0.05), rate));
      const loud = level(trim(voice(0.9), rate));
      return {
        seconds: [quiet.length / rate, loud.length / rate],
        level: [loudness(quiet), loudness(loud)],
        silence: trim(new Float32Array(rate), rate).length,
        peak: loud.reduce((most, value) => Math.max(most, value), 0),
      };
    }""")
    for seconds in found["seconds"]:
        assert 1.0 <= seconds <= 1.15
    assert abs(found["level"][0] - found["level"][1]) < 0.02
    assert found["silence"] == 0
    assert found["peak"] <= 0.85


async def test_where_no_microphone_can_be_had_the_first_page_says_so_before_anybody_consents(
    server: Server, browser: Browser
) -> None:
    """Over plain http from another machine browsers give none; nothing else may be asked first."""
    server.person("dewi", "manager")
    page = await browser.new_page()
    await page.add_init_script("Object.defineProperty(window, 'isSecureContext', {value: false})")
    await logged_in(page, server, "/display/voices")
    begin = page.get_by_role("button", name="Mulai", exact=True)
    await expect(page.locator(".card .banner.warn")).to_contain_text("https")
    await expect(begin).to_be_disabled()
    await page.get_by_label("Nama pemilik suara").fill("Ibu Sari")
    await page.get_by_label("Nama pemilik suara").press("Enter")
    await expect(page.locator(".booth")).to_have_count(0)
    await page.close()
