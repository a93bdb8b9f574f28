"""Owns the guides in other languages: one English source each, said in each language's words.

``python -m web.guides`` (or ``make docs``) reads ``docs/GUIDE.md`` and the catalog
``docs/LANG/GUIDE.po``, adds new paragraphs to the catalog and writes ``docs/LANG/GUIDE.md``.
A message is one heading, paragraph, list entry, table cell or comment in an example. What stands
between single stars is a label of a screen, in English also in a catalog's translation; the guide
shows it as the screens of that language do.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from web.i18n import LOCALES

DOCS = Path(__file__).resolve().parent.parent / "docs"
GUIDES = ("host", "staff", "manager", "installer", "technician")
LABEL = re.compile(r"(?<![*\w])\*(?!\*)([^*]+)(?<!\*)\*(?![*\w])")

_FENCE = re.compile(r"```")
_HEADING = re.compile(r"(#+ )(.*)")
_ENTRY = re.compile(r"(- |\d+\. )(.*)")
_COMMENT = re.compile(r"(.*?(?:^|\s)# )(\S.*)")
_CELLS = re.compile(r"(?<!\\)\|")
_CODE = re.compile(r"`[^`]*`")
_LINK = re.compile(r"\]\((?![a-z]+:|/|#)([^)]*)\)")

Say = Callable[[str], str]


def labels(text: str) -> list[str]:
    """Return the labels of screens that a paragraph quotes."""
    return [" ".join(found.split()) for found in LABEL.findall(_CODE.sub("", text))]


def rendered(source: str, say: Say) -> str:
    """Return a guide with each of its messages as ``say`` tells it."""
    return "".join(f"{line}\n" for line in _lines(source.splitlines(), say)).rstrip("\n") + "\n"


def messages(source: str) -> list[str]:
    """Return what there is to translate in a guide, in order, each once.

    A key, a label or a command alone is no message.
    """
    found: list[str] = []

    def keep(message: str) -> str:
        if re.search(r"[A-Za-z]{2}", LABEL.sub("", _CODE.sub("", message))):
            found.append(message)
        return message

    rendered(source, keep)
    return list(dict.fromkeys(found))


def _lines(lines: list[str], say: Say) -> Iterator[str]:
    code = False
    start = ""
    held: list[str] = []
    for line in [*lines, ""]:
        fence = _FENCE.match(line.strip()) is not None
        heading = None if code else _HEADING.fullmatch(line)
        entry = None if code else _ENTRY.fullmatch(line)
        alone = code or fence or heading or entry or line.startswith("|") or not line.strip()
        if alone and held:
            yield start + say(" ".join(held))
            held, start = [], ""
        if fence:
            code = not code
            yield line
        elif code:
            comment = _COMMENT.fullmatch(line)
            yield comment[1] + say(comment[2]) if comment else line
        elif heading:
            yield heading[1] + say(heading[2])
        elif entry:
            start, held = entry[1], [entry[2].strip()]
        elif line.startswith("|"):
            yield _row(line, say)
        elif not line.strip():
            yield ""
        elif not held and line[0] == " ":
            start, held = line[: len(line) - len(line.lstrip())], [line.strip()]
        else:
            held.append(line.strip())


def _row(line: str, say: Say) -> str:
    cells = [say(cell.strip()) for cell in _CELLS.split(line)[1:-1]]
    return "| " + " | ".join(cells) + " |"


def known(path: Path, language: str) -> dict[str, str]:
    """Return a catalog as a plain table; an absent one is empty."""
    if not path.exists():
        return {}
    with path.open("rb") as file:
        catalog = read_po(file, locale=language)
    return {_first(each.id): _first(each.string) for each in catalog if each.id}


def _first(text: object) -> str:
    return str(text[0] if isinstance(text, (tuple, list)) else text or "")


def translated(guide: str, language: str, docs: Path = DOCS, locales: Path = LOCALES) -> str:
    """Return a guide in a language; a paragraph nobody translated stays English.

    Raises:
        KeyError: a label that no screen has.
    """
    words = known(docs / language / f"{guide}.po", language)
    screens = known(locales / language / "ramah.po", language)

    def say(message: str) -> str:
        parts = re.split(r"(`[^`]*`)", words.get(message) or message)
        text = "".join(
            part if part.startswith("`") else LABEL.sub(lambda m: f"*{screens[m[1]]}*", part)
            for part in parts
        )
        return _LINK.sub(lambda m: f"]({_moved(m[1])})", text)

    source = (docs / f"{guide}.md").read_text("utf-8")
    note = f"<!-- Made by `make docs` from ../{guide}.md and {guide}.po; change those. -->\n"
    return note + rendered(source, say)


def _moved(address: str) -> str:
    """Return a link of a guide as it is called from the folder of a language."""
    name = address.partition("#")[0].removesuffix(".md")
    return address if name in GUIDES or name.startswith("../") else "../" + address


def update(docs: Path = DOCS, locales: Path = LOCALES) -> list[str]:
    """Write all catalogs and guides; return what is not translated yet."""
    missing = []
    for folder in sorted(path.parent for path in docs.glob("*/host.po")):
        language = folder.name
        for guide in GUIDES:
            words = known(folder / f"{guide}.po", language)
            catalog = Catalog(locale=language, fuzzy=False)
            for message in messages((docs / f"{guide}.md").read_text("utf-8")):
                catalog.add(message, words.get(message, ""))
                if not words.get(message):
                    missing.append(f"{language}/{guide}: {message}")
            (folder / f"{guide}.po").write_text(_written(catalog, guide), encoding="utf-8")
            text = translated(guide, language, docs, locales)
            (folder / f"{guide}.md").write_text(text, encoding="utf-8")
    return missing


def _written(catalog: Catalog, guide: str) -> str:
    out = io.BytesIO()
    write_po(out, catalog, width=0, no_location=True, omit_header=True)
    head = f"""# The guide docs/{guide}.md. Labels of screens stay English, between single stars.
msgid ""
msgstr ""
"Language: {catalog.locale}\\n"
"Content-Type: text/plain; charset=utf-8\\n"

"""
    return head + out.getvalue().decode()


if __name__ == "__main__":
    for line in update():
        print("not yet translated:", line, file=sys.stderr)  # noqa: T201 - it speaks by printing
