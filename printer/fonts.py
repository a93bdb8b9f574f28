"""Owns the search for letters: which font file on this machine can draw which characters.

Pillow takes no second font for a sign that the first one lacks; it draws a box. So a font is
chosen per line, and where no single one covers a line, per stretch of characters.
"""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont, features

Font = ImageFont.FreeTypeFont

BUILT_IN = Path("built-in")
"""Stands for the Latin font that comes with Pillow."""

_FAVOURITES = (
    "LiberationSans-Bold",
    "Arimo-Bold",
    "Arial Bold",
    "arialbd",
    "NotoSans-Bold",
    "Roboto-Bold",
    "FreeSansBold",
    "DejaVuSans-Bold",
)
"""For Latin, first to last: narrow bold letters, which make the largest number."""

_UNFIT = ("italic", "oblique", "emoji", "color", "condensed", "mono", "symbols", "signwriting")
_SUFFIXES = {".ttf", ".otf", ".ttc", ".otc"}
_PROBE_SIZE = 24
_UNASSIGNED = "\U0010fffe"
"""Never a character, so every font answers with its box for missing ones."""
_MOST_FILES = 5_000
_MOST_KNOWN = 50_000
"""Answers kept in memory; a few megabytes at most."""
_SHAPED = {"R", "AL"}
_SHAPED_BLOCKS = (
    "ARABIC", "BENGALI", "DEVANAGARI", "GUJARATI", "GURMUKHI", "HEBREW", "JAVANESE", "BALINESE",
    "KANNADA", "KHMER", "LAO", "MALAYALAM", "MYANMAR", "ORIYA", "SINHALA", "SUNDANESE", "SYRIAC",
    "TAMIL", "TELUGU", "THAI", "TIBETAN",
)  # fmt: skip


def font_dirs() -> list[Path]:
    """Return the folders where this system keeps fonts, those that exist."""
    home = Path.home()
    if sys.platform == "win32":
        places = [Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"]
    elif sys.platform == "darwin":
        places = [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"]
    else:
        places = [
            Path("/usr/share/fonts"),
            Path("/usr/local/share/fonts"),
            home / ".local/share/fonts",
            home / ".fonts",
        ]
    return [place for place in places if place.is_dir()]


class Fonts:
    """The fonts of this machine. Reads the folders once, at the first need. Not thread-safe.

    Without any font file Pillow's built-in Latin one is used, so a number can always be drawn.

    Args:
        dirs: folders to search; default: where the system keeps them.
    """

    def __init__(self, dirs: Sequence[Path] | None = None) -> None:
        self._dirs = dirs
        self._files: list[Path] | None = None
        self._favourites: list[Path] | None = None
        self._covers: dict[tuple[Path, str], bool] = {}
        self._box: dict[Path, bytes | None] = {}
        self._choice: dict[str, Path | None] = {}
        self._open = lru_cache(maxsize=64)(_opened)

    def number_font(self, size: int) -> tuple[Font, bool]:
        """Return the font of the giant number and whether it is bold by itself."""
        path = next(iter(self._bold()), BUILT_IN)
        return self._open(path, size), path != BUILT_IN

    def runs(self, text: str, size: int) -> list[tuple[str, Font]]:
        """Split one line into stretches that a single font can draw, in visual order.

        Characters that no font can draw are missing from the result.
        """
        whole = self._covering(text)
        if whole is not None:
            return [(text, self._open(whole, size))]
        found: list[tuple[str, Path]] = []
        for character in text:
            if character.isspace() or unicodedata.combining(character):
                if found:
                    found[-1] = (found[-1][0] + character, found[-1][1])
                continue
            if found and self._has(found[-1][1], character):
                path = found[-1][1]
            else:
                chosen = self._choose(character)
                if chosen is None:
                    continue
                path = chosen
            if found and found[-1][1] == path:
                found[-1] = (found[-1][0] + character, path)
            else:
                found.append((character, path))
        if right_to_left(text):
            found.reverse()
        return [(part, self._open(path, size)) for part, path in found]

    def covers(self, text: str) -> bool:
        """Tell whether every visible character can be drawn by some font."""
        return all(character.isspace() or self._choose(character) for character in text)

    def _covering(self, text: str) -> Path | None:
        """Return one font for the whole line, if a likely one has everything."""
        visible = {character for character in text if not character.isspace()}
        tried: list[Path] = [*self._bold(), BUILT_IN]
        for character in visible:
            chosen = self._choose(character)
            if chosen is None:
                return None
            if chosen not in tried:
                tried.append(chosen)
        for path in tried:
            if all(self._has(path, character) for character in visible):
                return path
        return None

    def _choose(self, character: str) -> Path | None:
        if character not in self._choice:
            self._choice[character] = self._search(character)
        return self._choice[character]

    def _search(self, character: str) -> Path | None:
        if _needs_shaping(character) and not features.check("raqm"):
            return None
        for path in [*self._bold(), BUILT_IN]:
            if self._has(path, character):
                return path
        for path in self._likely(character):
            if self._has(path, character):
                return path
        return None

    def _has(self, path: Path, character: str) -> bool:
        key = (path, character)
        if key not in self._covers:
            if len(self._covers) > _MOST_KNOWN:
                self._covers.clear()
            self._covers[key] = self._look(path, character)
        return self._covers[key]

    def _look(self, path: Path, character: str) -> bool:
        """Compare the drawn character with the box that the font draws for missing ones."""
        try:
            font = self._open(path, _PROBE_SIZE)
            if path not in self._box:
                self._box[path] = _ink(font, _UNASSIGNED)
            ink = _ink(font, character)
        except (OSError, ValueError):
            return False
        if character in "\u200c\u200d":
            return True
        return ink is not None and ink != self._box[path]

    def _bold(self) -> list[Path]:
        if self._favourites is None:
            by_stem = {path.stem: path for path in reversed(self._all())}
            self._favourites = [by_stem[stem] for stem in _FAVOURITES if stem in by_stem]
        return self._favourites

    def _likely(self, character: str) -> list[Path]:
        """Return all fit files, those named after the character's script first."""
        script = unicodedata.name(character, "").split(" ")[0].lower()

        def rank(path: Path) -> tuple[bool, bool, bool, str]:
            stem = path.stem.lower()
            return (
                not (script and script in stem),
                "sans" not in stem,
                "bold" not in stem,
                stem,
            )

        return sorted(self._all(), key=rank)

    def _all(self) -> list[Path]:
        if self._files is None:
            self._files = sorted(_font_files(font_dirs() if self._dirs is None else self._dirs))
        return self._files


def right_to_left(text: str) -> bool:
    """Tell whether the first letter with a direction runs to the left."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in {"L", *_SHAPED}:
            return direction in _SHAPED
    return False


def _needs_shaping(character: str) -> bool:
    return unicodedata.name(character, "").startswith(_SHAPED_BLOCKS)


def _font_files(dirs: Sequence[Path]) -> Iterator[Path]:
    seen = 0
    for place in dirs:
        for folder, _, names in os.walk(place):
            for name in names:
                path = Path(folder, name)
                if path.suffix.lower() not in _SUFFIXES:
                    continue
                if any(word in path.stem.lower() for word in _UNFIT):
                    continue
                seen += 1
                if seen > _MOST_FILES:
                    return
                yield path


def _opened(path: Path, size: int) -> Font:
    if path == BUILT_IN:
        font = ImageFont.load_default(size)
        if not isinstance(font, ImageFont.FreeTypeFont):
            raise OSError("Pillow was built without FreeType; it cannot draw letters.")
        return font
    return ImageFont.truetype(str(path), size)


def _ink(font: Font, character: str) -> bytes | None:
    """Return what the character looks like, ``None`` when nothing is seen."""
    mask = font.getmask(character, mode="1")
    pixels = bytes(mask)
    return repr(mask.size).encode() + pixels if any(pixels) else None
