"""Owns finding every message in the sources, and keeping the catalogs in step.

``python -m web.extract`` adds new messages to the catalogs (still to be translated) and keeps the
files sorted; with ``--prune`` it also takes out those nobody says any more. Found are

- ``t("...")``, ``tn("...", "...")`` and ``sayIn("...", lang)`` in JavaScript,
- ``_("...")`` and ``ngettext("...", "...", n)`` in templates,
- in Python ``_("...")``, ``say("...")``, ``translate(lang, "...")``,
  ``ngettext(lang, "...", "...")`` and the
  first sentence of every domain error.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_javascript
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from web.i18n import LOCALES, own_name
from web.locales import has_data

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("web", "kiosk", "display", "counter", "manager", "server", "printer")
SOURCE_LANGUAGE = "en"
"""Messages are English sentences, so this catalog holds nothing but plural forms."""

Message = str | tuple[str, str]

_JS_CALLS = {"t": (1,), "tn": (1, 2), "sayIn": (1,)}
_JS_TEXT = r"""'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*\""""
_JS_INNER = re.compile(
    rf"(?<![\w.$])(?P<name>tn?)\(\s*(?P<one>{_JS_TEXT})(?:\s*,\s*(?P<many>{_JS_TEXT}))?"
)
_TEMPLATE_CALLS = {"_": (1,), "gettext": (1,), "ngettext": (1, 2)}
_PYTHON_CALLS = {"_": 0, "say": 0, "translate": 1}
_ROOT_ERROR = "DomainError"
_PLURAL_FORMS = {"id": "nplurals=1; plural=0;"}
"""Rules of languages that Babel does not know; other catalogs keep the rule they came with."""


def messages(root: Path = ROOT) -> set[Message]:
    """Return every message said anywhere; a plural one as a pair."""
    found: set[Message] = set()
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.js")):
            with path.open("rb") as file:
                found.update(_babel(extract_javascript(file, _JS_CALLS, [], {})))
            found.update(_inner(path.read_text(encoding="utf-8")))
        for path in sorted((root / room).rglob("*.html")):
            with path.open("rb") as file:
                found.update(_template(file))
    trees = [
        ast.parse(path.read_text(encoding="utf-8"))
        for room in ROOMS
        for path in sorted((root / room).rglob("*.py"))
    ]
    errors = _error_names(trees)
    for tree in trees:
        found.update(_python(tree, errors))
    return found


def update(root: Path = ROOT, locales: Path = LOCALES, *, prune: bool = False) -> list[str]:
    """Bring all catalogs in step with the sources; return the messages without a translation."""
    wanted = messages(root)
    plurals = {message[0] for message in wanted if isinstance(message, tuple)}
    wanted = {message for message in wanted if message not in plurals}
    missing: list[str] = []
    for path in sorted(locales.glob("*/ramah.po")):
        language = path.parent.name
        with path.open("rb") as file:
            old = read_po(file, locale=language)
        new = Catalog(locale=language, fuzzy=False)
        forms = _PLURAL_FORMS.get(language, old.plural_forms)
        new.mime_headers = [("Plural-Forms", forms)]
        said = set()
        for message in wanted:
            key = message[0] if isinstance(message, tuple) else message
            said.add(key)
            if language == SOURCE_LANGUAGE:
                if isinstance(message, tuple):
                    new.add(message, message)
                continue
            known = old.get(key)
            count = new.num_plurals if isinstance(message, tuple) else 0
            text = _translation(known.string if known else None, count)
            if not text:
                missing.append(f"{language}: {key}")
            new.add(message, text or (("",) if isinstance(message, tuple) else ""))
        for known in old:
            key = known.id[0] if isinstance(known.id, (tuple, list)) else known.id
            if key and key not in said and not prune:
                new.add(known.id, known.string or "")
        name = own_name(path.read_text("utf-8"))
        path.write_text(_written(new, language, name), encoding="utf-8")
    return missing


def _translation(
    known: str | tuple[str, ...] | list[str] | None, forms: int
) -> str | tuple[str, ...] | None:
    """Return what is already translated, with all ``forms`` of a plural; 0 means no plural."""
    if not forms:
        return known if isinstance(known, str) and known else None
    texts = tuple(known)[:forms] if isinstance(known, (tuple, list)) else ()
    return texts if len(texts) == forms and all(texts) else None


def _written(catalog: Catalog, language: str, name: str | None = None) -> str:
    """Return a sorted .po file with the header lines that matter, so that changes merge well."""
    out = io.BytesIO()
    write_po(out, catalog, width=0, sort_output=True, no_location=True, omit_header=True)
    named = f'"Language-Name: {name}\\n"\n' if name else ""
    header = f"""# Ramah: the words of screens, paper and problems. See web/extract.py.
msgid ""
msgstr ""
"Language: {language}\\n"
{named}"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {catalog.plural_forms}\\n"

"""
    lines = out.getvalue().decode().splitlines(keepends=True)
    return header + "".join(line for line in lines if not line.startswith("#, "))


def _inner(source: str) -> Iterator[Message]:
    """Yield what Babel passes over: a call of ``t`` or ``tn`` among the arguments of another."""
    for call in _JS_INNER.finditer(source):
        one, many = (call[each] and ast.literal_eval(call[each]) for each in ("one", "many"))
        if call["name"] == "t":
            yield one
        elif many:
            yield (one, many)


def _babel(found: Iterable[tuple[object, object, object, object]]) -> Iterator[Message]:
    for _line, function, argument, _comments in found:
        one, many = (argument, None) if isinstance(argument, str) else _pair(argument)
        if not one:
            continue
        if many and function in {"tn", "ngettext"}:
            yield (one, many)
        else:
            yield one


def _pair(argument: object) -> tuple[str | None, str | None]:
    texts = list(argument) if isinstance(argument, (tuple, list)) else [argument]
    strings = [text if isinstance(text, str) else None for text in [*texts, None][:2]]
    return strings[0], strings[1]


def _template(file: BinaryIO) -> Iterator[Message]:
    options = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
    return _babel(babel_extract(file, list(_TEMPLATE_CALLS), [], options))


def _python(tree: ast.Module, errors: set[str]) -> Iterator[Message]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = _name(node.func)
        if name == "ngettext":
            pair = [_text(argument) for argument in node.args[1:3]]
            if len(pair) == 2 and pair[0] and pair[1]:  # noqa: PLR2004 - one and many
                yield (pair[0], pair[1])
            continue
        place = 0 if name in errors else _PYTHON_CALLS.get(name)
        if place is not None and len(node.args) > place:
            text = _text(node.args[place])
            if text:
                yield text


def _error_names(trees: Iterable[ast.Module]) -> set[str]:
    """Return the domain error and all classes that descend from it."""
    bases: dict[str, set[str]] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):  # rooms may have classes of the same name
                bases.setdefault(node.name, set()).update(map(_name, node.bases))
    names = {_ROOT_ERROR}
    while more := {name for name, parents in bases.items() if parents & names} - names:
        names |= more
    return names


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


def _text(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


def warnings(locales: Path = LOCALES) -> list[str]:
    """Return what a translator should know of languages that locale data lack."""
    found = []
    for path in sorted(locales.glob("*/ramah.po")):
        language = path.parent.name
        if has_data(language):
            continue
        found.append(
            f"{language}: no locale data; numbers and dates are written the Indonesian way"
        )
        if own_name(path.read_text("utf-8")) is None:
            found.append(f"{language}: write its own name into the head: Language-Name: ...")
    return found


if __name__ == "__main__":
    for line in warnings():
        print(line, file=sys.stderr)  # noqa: T201 - a helper speaks by printing
    for line in update(prune="--prune" in sys.argv):
        print("not yet translated:", line)  # noqa: T201 - a helper speaks by printing
