"""What the pages are made of reaches a browser once, small, and never out of date."""

from __future__ import annotations

import gzip
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from posixpath import normpath

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from aiohttp import web as http

import counter.routes
import display.routes
import kiosk.routes
import manager.routes
import web.pages
from web.extract import ROOT, messages
from web.files import KINDS, Files
from web.pages import ROOMS

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGES = ("/", "/kiosk", "/display", "/counter", "/counter/supervisor", "/manager", "/kiosk/paper",
         "/display/setup", "/display/voices", "/t/abcdefgh")  # fmt: skip
IMPORTED = r"""(?m)^(?:import|\} from|import .* from) ?['"](.+)['"];$"""
GZIP = {"Accept-Encoding": "gzip"}


class Pages:
    """All rooms' pages, with nothing behind them."""

    def __init__(self, base: str) -> None:
        self._base = base

    def url(self, path: str) -> str:
        return self._base + path


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def pages() -> AsyncIterator[Pages]:
    app = http.Application()
    web.pages.setup(app, "1")
    for room in (kiosk.routes, display.routes, counter.routes, manager.routes):
        room.setup(app)
    runner = http.AppRunner(app)
    await runner.setup()
    await http.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    yield Pages(f"http://{host}:{port}")
    await runner.cleanup()


def _named(html: str) -> list[str]:
    """Return every file of ours that a page names."""
    return re.findall(r'(?:href|src)="(/[^"]+\.[a-z]+)"', html)


@pytest.mark.parametrize("page", PAGES)
async def test_what_a_page_names_is_kept_for_ever(pages: Pages, page: str) -> None:
    async with ClientSession() as client:
        async with client.get(pages.url(page)) as answer:
            named = _named(await answer.text())
            assert answer.headers["Cache-Control"] == "no-store"
        assert named
        for address in named:
            async with client.get(pages.url(address), headers=GZIP) as answer:
                await answer.read()
                assert answer.status == 200, address
                assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
                assert answer.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("page", [page for page in PAGES if page != "/"])
async def test_a_page_names_every_module_of_its_start_before_it_is_needed(
    pages: Pages, page: str
) -> None:
    async with ClientSession() as client:
        async with client.get(pages.url(page)) as answer:
            html = await answer.text()
        told = re.findall(r'<link rel="modulepreload" href="([^"]+)"', html)
        [script] = re.findall(r'<script type="module" src="([^"]+)"', html)
        assert told[0] == script
        asked, ahead = set(), [script]
        while ahead:
            address = ahead.pop()
            if address in asked:
                continue
            asked.add(address)
            async with client.get(pages.url(address)) as answer:
                code = await answer.text()
            for found in re.findall(IMPORTED, code):
                assert found.startswith("../"), "a module finds its neighbours under its own build"
                ahead.append(normpath(f"{address}/../{found}"))
        assert asked == set(told)


async def test_a_file_is_packed_for_who_can_unpack_it(pages: Pages) -> None:
    async with ClientSession(auto_decompress=False) as client:

        async def body(encodings: str) -> tuple[bytes, str]:
            headers = {"Accept-Encoding": encodings}
            async with client.get(pages.url("/kiosk/page.js"), headers=headers) as answer:
                assert answer.headers["Vary"] == "Accept-Encoding"
                return await answer.read(), answer.headers.get("Content-Encoding", "")

        plain, none = await body("identity")
        packed, how = await body("br, GZIP;q=0.5")
        assert (none, how) == ("", "gzip")
        assert gzip.decompress(packed) == plain
        assert len(packed) < len(plain) / 2
        assert (await body("gzip;q=0, br"))[1] == ""
        assert (await body("gzip;q=0.0"))[1] == ""


async def test_each_form_of_a_file_has_its_own_tag(pages: Pages) -> None:
    async with ClientSession() as client:
        url = pages.url("/kiosk/page.js")
        async with client.get(url, headers=GZIP) as packed:
            first = packed.headers["ETag"]
        async with client.get(url, headers={"Accept-Encoding": "identity"}) as plain:
            assert plain.headers["ETag"] != first
        async with client.get(url, headers=GZIP | {"If-None-Match": first}) as again:
            assert again.status == 304


async def test_an_older_page_still_finds_its_files_and_keeps_none(pages: Pages) -> None:
    async with (
        ClientSession() as client,
        client.get(pages.url("/static/0123456789ab/kiosk/help.js")) as answer,
    ):
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "name",
    ["a%00b.js", "page.js%00", "x" * 400 + ".js", "%ff.js", "..%2f..%2fpages.py", "con%5c.js",
     "../routes.py"],
)  # fmt: skip
@pytest.mark.parametrize("before", ["/kiosk/", "/static/{build}/kiosk/", "/static/{build}/sheets/"])
async def test_a_name_that_is_no_file_is_not_found(pages: Pages, before: str, name: str) -> None:
    from yarl import URL  # noqa: PLC0415 - only here must the path stay as written

    async with ClientSession() as client:
        async with client.get(pages.url("/")) as page:
            build = (await page.text()).partition("/static/")[2][:12]
        at = pages.url("/").rstrip("/") + before.format(build=build) + name
        async with client.get(URL(at, encoded=True)) as answer:
            assert answer.status in {400, 404}


def _folder(tmp_path: Path) -> dict[str, Path]:
    room = tmp_path / "hall"
    room.mkdir()
    (room / "page.js").write_text(
        "/**\n * Says it's here.\n */\nimport { b } from '/hall/b.js';\n"
        "/** @type {number} */ (b).toFixed();\nimport('/hall/late.js');\nt('Hello');\n"
    )
    (room / "b.js").write_text("import '/hall/c.js';\nexport const b = 1;\n")
    (room / "c.js").write_text("tn('{n} cup', '{n} cups', 2);\n")
    (room / "late.js").write_text("t('It\\'s late');\n")
    (room / "a.css").write_text("a {}")
    (room / "bell.ogg").write_bytes(b"\0")
    return {"hall": room}


async def test_a_page_gets_the_words_of_its_own_modules_late_ones_too(tmp_path: Path) -> None:
    tree = Files(_folder(tmp_path)).tree
    assert tree.modules("hall/page.js") == ["hall/page.js", "hall/b.js", "hall/c.js"]
    assert tree.words("hall/page.js") == {"Hello", "{n} cup", "It's late"}
    assert tree.words("hall/b.js") == {"{n} cup"}


async def test_comments_stay_at_home_and_lines_keep_their_numbers(tmp_path: Path) -> None:
    folders = _folder(tmp_path)
    sent = Files(folders).tree.texts["hall/page.js"].body.decode()
    assert "Says" not in sent
    assert sent.splitlines()[3] == "import { b } from '../hall/b.js';"
    assert "/** @type {number} */ (b).toFixed();" in sent
    assert "import('../hall/late.js')" in sent


async def test_comments_of_a_style_sheet_stay_at_home_but_not_what_only_looks_like_one(
    tmp_path: Path,
) -> None:
    folders = _folder(tmp_path)
    (folders["hall"] / "a.css").write_text(
        '/* Owns a,\n * b. */\na { content: \'/* a */\'; }  /* why */\nb { content: "\\"/*"; } /**/'
    )
    sent = Files(folders).tree.texts["hall/a.css"].body.decode()
    assert [each.rstrip() for each in sent.split("\n")] == [
        "", "", "a { content: '/* a */'; }", r'b { content: "\"/*"; }',
    ]  # fmt: skip


async def test_a_changed_file_makes_another_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = _folder(tmp_path)
    files = Files(folders)
    first = files.look().build
    assert files.look().build == first
    assert Files(folders, b"other words").tree.build != first
    monkeypatch.setattr("web.files.LOOK_S", -1)
    (folders["hall"] / "a.css").write_text("a { color: red }")
    assert files.look().build != first


async def test_only_style_sheets_are_joined(tmp_path: Path) -> None:
    tree = Files(_folder(tmp_path)).tree
    assert tree.joined(("hall/a.css", "hall/a.css")) is not None
    assert tree.joined(("hall/a.css", "hall/none.css")) is None
    assert tree.joined(("hall/page.js",)) is None


async def test_no_word_of_the_pages_is_lost_when_each_gets_only_its_own(tmp_path: Path) -> None:
    files = Files({room: ROOT / room / "static" for room in ROOMS})
    scripts = [name for name in files.tree.texts if name.endswith(".js")]
    sent: set[str] = set().union(*(files.tree.words(name) for name in scripts))
    for room in ROOMS:
        shutil.copytree(ROOT / room / "static", tmp_path / room)
    said = {each if isinstance(each, str) else each[0] for each in messages(tmp_path)}
    assert len(said) > 100
    assert said <= sent


async def test_every_kind_of_text_has_a_type() -> None:
    static = [path for room in ROOMS for path in (ROOT / room / "static").rglob("*.*")]
    unknown = {path.suffix for path in static if path.is_file()} - set(KINDS)
    assert unknown <= {".ogg", ".png", ".wav", ".mp3", ".ico"}
