"""The technician's sheet is the present one, and one sheet of paper: two pages in each language."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest
from playwright.async_api import Browser
from pypdf import PdfReader

from web.sheet import FIRST, SHEET, sheets

PAGES = sheets()


def heads(file: Path) -> list[str]:
    """Return the headings of the guide that a sheet was made from."""
    lines = file.with_suffix(".md").read_text("utf-8").splitlines()
    return [each[3:] for each in lines if each.startswith("## ")]


@pytest.mark.parametrize("file", PAGES, ids=lambda each: each.parent.name)
def test_it_is_the_present_one(file: Path) -> None:
    assert file.read_text("utf-8") == PAGES[file], "run `make docs`"


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("file", PAGES, ids=lambda each: each.parent.name)
async def test_it_prints_on_two_pages_with_its_pictures(file: Path, browser: Browser) -> None:
    page = await browser.new_page()
    await page.goto(file.as_uri())
    seen = "[...document.images].every((each) => each.naturalWidth > 0) && document.images.length"
    assert await page.evaluate(seen) == 4
    printed = PdfReader(io.BytesIO(await page.pdf(prefer_css_page_size=True)))
    assert len(printed.pages) == 2
    first, second = (each.extract_text() for each in printed.pages)
    known = await asyncio.to_thread(heads, file)
    assert [each in first for each in known] == [True] * FIRST + [False] * (len(known) - FIRST)
    assert all(each in second for each in known[FIRST:])


def test_there_is_one_in_each_language_of_the_guides() -> None:
    assert [each.name for each in PAGES] == [f"{SHEET}.html"] * 2
