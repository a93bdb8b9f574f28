"""Owns the message catalogs: reads the .po files, translates, and hands them to the browser.

A message id is the English sentence itself; places are written ``{name}``. To add a language,
add ``web/locale/LANG/ramah.po``; no code changes.
"""

from __future__ import annotations

import gettext
import hashlib
import re
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from babel import Locale

LOCALES = Path(__file__).resolve().parent / "locale"
DEFAULT_LANGUAGE = "id"
WORDS_CACHE = "words-cache"
"""Folder of a data folder in which what was read stays for the next start."""

_LANGUAGE_NAME = re.compile(r'^"Language-Name: ([^"\\]{1,40})\\n"$', re.MULTILINE)
_FULL_NAMES = {"Indonesia": "Bahasa Indonesia"}
_PLACE = re.compile(r"\{(\w+)\}")
_READ: dict[tuple[Path, int], Catalog] = {}
"""What was read in this process, by file and when it changed."""
_MOST_READ = 32
_SAMPLES = 1_100
"""Counts looked at to match a catalog's plural forms with the browser's plural categories."""


class Catalog(msgspec.Struct, frozen=True, array_like=True):
    """One language: plain messages, and plural messages as a list of forms.

    Attributes:
        plural: which form a number takes, as the .po file says it.
        script: the same for the browser, as JSON.
    """

    language: str
    name: str
    direction: str
    messages: dict[str, str]
    plurals: dict[str, tuple[str, ...]]
    plural: str
    script: bytes

    def form(self, n: int) -> int:
        """Return which form of a plural message is for ``n``."""
        return _rule(self.plural)(n)

    @classmethod
    def read(cls, path: Path) -> Catalog:
        """Read one .po file; its folder names the language.

        Raises:
            ValueError: the file has a plural rule or a language that is not understood.
        """
        from babel.messages.pofile import read_po  # noqa: PLC0415 - with its data 6 MB

        from web.locales import direction_of, locale_of  # noqa: PLC0415 - the same

        language = path.parent.name
        with path.open("rb") as file:
            found = read_po(file, locale=language)
        messages: dict[str, str] = {}
        plurals: dict[str, tuple[str, ...]] = {}
        for message in found:
            if not message.id or message.fuzzy:
                continue
            if isinstance(message.id, (tuple, list)):
                forms = tuple(message.string or ())
                if all(forms):
                    plurals[message.id[0]] = forms
            elif message.string:
                messages[message.id] = str(message.string)
        by_category = _forms_by_category(locale_of(language), _rule(found.plural_expr))
        shipped: dict[str, str | dict[str, str]] = dict(messages)
        for msgid, texts in plurals.items():
            shipped[msgid] = {
                category: texts[index]
                for category, index in by_category.items()
                if index < len(texts)
            }
        direction = direction_of(language)
        script = msgspec.json.encode(
            {"language": language, "direction": direction, "messages": shipped}, order="sorted"
        )
        name = _own_name(path.read_text("utf-8"), language)
        return cls(language, name, direction, messages, plurals, found.plural_expr, script)


@cache
def _rule(plural: str) -> Callable[[int], int]:
    return gettext.c2py(plural)


class Catalogs:
    """All languages there are. Immutable after loading; safe to share between tasks."""

    def __init__(self, catalogs: Mapping[str, Catalog]) -> None:
        self._catalogs = dict(catalogs)

    @classmethod
    def load(cls, root: Path = LOCALES, kept: Path | None = None) -> Catalogs:
        """Read every ``LANG/ramah.po`` under ``root``; one that has not changed is not read again.

        ``kept``: a folder where what was read stays for the next start.

        Raises:
            OSError, ValueError: one cannot be read.
        """
        paths = sorted(root.glob("*/ramah.po"))
        found = [_read(path, kept) for path in paths]
        return cls({catalog.language: catalog for catalog in found})

    @staticmethod
    def known(root: Path = LOCALES) -> list[str]:
        """Return the languages with a catalog, without reading them; the default first."""
        found = [path.parent.name for path in root.glob("*/ramah.po")]
        return sorted(found, key=lambda lang: (lang != DEFAULT_LANGUAGE, lang))

    @property
    def languages(self) -> list[str]:
        """The languages with a catalog, the default first."""
        return sorted(self._catalogs, key=lambda lang: (lang != DEFAULT_LANGUAGE, lang))

    def own_name(self, lang: str) -> str:
        """Return what the speakers of a language call it; its code where nobody has told.

        The catalog's own header ``Language-Name`` goes first: locale data lack languages of halls.
        """
        catalog = self._catalogs.get(lang)
        return catalog.name if catalog else lang

    def direction(self, lang: str) -> str:
        """Return ``ltr`` or ``rtl``."""
        catalog = self._catalogs.get(lang)
        return catalog.direction if catalog else "ltr"

    def translate(self, lang: str, msgid: str, **params: object) -> str:
        """Return the message in ``lang``, or the English sentence when there is none.

        A place without a value stays as it is, so a wrong translation never breaks a page.
        """
        catalog = self._catalogs.get(lang)
        text = catalog.messages.get(msgid, msgid) if catalog else msgid
        return _filled(text, params)

    def ngettext(self, lang: str, one: str, many: str, n: int, **params: object) -> str:
        """Return the form of a plural message for ``n``; ``{n}`` in it is the count."""
        catalog = self._catalogs.get(lang)
        forms = catalog.plurals.get(one) if catalog else None
        if catalog and forms:
            index = catalog.form(n)
            text = forms[index] if index < len(forms) else forms[-1]
        else:
            text = one if n == 1 else many
        return _filled(text, {"n": n, **params})

    def digest(self) -> bytes:
        """Return what changes when any word changes."""
        scripts = sorted((lang, each.script) for lang, each in self._catalogs.items())
        return hashlib.sha256(repr(scripts).encode()).digest()

    def script_catalog(self, lang: str, said: Collection[str] | None = None) -> bytes | None:
        """Return the catalog as JSON for the browser, None for an unknown language.

        Args:
            lang: which one.
            said: the only messages that matter to who asks; None for all.

        Plural messages come as one text per CLDR category (``one``, ``other``, ...), which is
        what ``Intl.PluralRules`` answers, so no rule has to be evaluated there.
        """
        catalog = self._catalogs.get(lang)
        if catalog is None or said is None:
            return catalog.script if catalog else None
        whole = msgspec.json.decode(catalog.script)
        whole["messages"] = {key: text for key, text in whole["messages"].items() if key in said}
        return msgspec.json.encode(whole, order="sorted")


def _read(path: Path, kept: Path | None) -> Catalog:
    read = path, path.stat().st_mtime_ns
    known = _READ.get(read)
    if known is None:
        if len(_READ) >= _MOST_READ:
            _READ.clear()
        known = _READ[read] = Catalog.read(path) if kept is None else _kept(path, kept)
    return known


def _kept(path: Path, folder: Path) -> Catalog:
    """Return what an earlier start read of a .po file, or read it and keep that."""
    # the program is part of the name: another version may read or keep something else
    content = hashlib.sha256(Path(__file__).read_bytes() + path.read_bytes()).hexdigest()
    place = folder / f"{path.parent.name}-{content[:32]}"
    with suppress(OSError, msgspec.DecodeError):
        return msgspec.msgpack.decode(place.read_bytes(), type=Catalog)
    made = Catalog.read(path)
    with suppress(OSError):  # a full disk; the next start reads it again
        _keep(place, msgspec.msgpack.encode(made))
    return made


def _keep(place: Path, content: bytes) -> None:
    """Write a file whole or not at all, and let go of those of other versions."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = place.with_suffix(".new")
    new.write_bytes(content)
    new.replace(place)
    language = place.name.rpartition("-")[0]
    for old in place.parent.glob(f"{language}-*"):
        if old != place and old.name.rpartition("-")[0] == language:
            old.unlink()


def own_name(catalog: str) -> str | None:
    """Return what the speakers call the language, as the head of a .po file says."""
    told = _LANGUAGE_NAME.search(catalog)
    return None if told is None else told[1]


def _own_name(catalog: str, language: str) -> str:
    told = own_name(catalog)
    if told is not None:
        return told
    from web.locales import has_data, locale_of  # noqa: PLC0415 - as above

    if not has_data(language):
        return language  # web.extract asks for the header
    locale = locale_of(language)
    known = locale.get_display_name(str(locale)) or str(locale)
    return _FULL_NAMES.get(known, known[:1].upper() + known[1:])


def _forms_by_category(locale: Locale, form: Callable[[int], int]) -> dict[str, int]:
    """Return which gettext form each CLDR plural category of a language uses."""
    found: dict[str, int] = {}
    for n in range(_SAMPLES):
        found.setdefault(locale.plural_form(n), form(n))
    found.setdefault("other", max(found.values()))
    return found


def _filled(text: str, params: Mapping[str, object]) -> str:
    if not params:
        return text
    return _PLACE.sub(lambda place: str(params.get(place[1], place[0])), text)


def negotiate(header: str, offered: Sequence[str]) -> str:
    """Return the offered language that an ``Accept-Language`` header (RFC 9110 12.5.4) prefers.

    The first one when nothing fits.
    """
    return _preferred(header[:200], tuple(offered)) if header else offered[0]


@lru_cache(maxsize=512)
def _preferred(header: str, offered: tuple[str, ...]) -> str:
    wanted: list[tuple[float, str]] = []
    for part in header.split(","):
        tag, _, rest = part.strip().partition(";")
        try:
            weight = float(rest.partition("q=")[2] or 1)
        except ValueError:
            weight = 0.001  # nonsense: rather this one than none that is asked for
        if weight > 0:
            wanted.append((-weight, tag.strip().lower()))
    for _, tag in sorted(wanted, key=lambda each: each[0]):
        for language in offered:
            if language.lower() in {tag, tag.partition("-")[0]}:
                return language
    return offered[0]
