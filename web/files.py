"""Owns the pages' static files: in memory, packed once, under addresses that keep their meaning.

An address holds the build, a hash over all files: ``/static/BUILD/kiosk/page.js``. What it answers
can be kept for ever by a browser or a proxy; after an update the pages name another build. The
plain address ``/kiosk/page.js`` answers the same, asked for again each time.

Modules name each other as ``/web/dom.js`` in the sources; sent out, that reads ``../web/dom.js``,
so that a module finds its neighbours under the build it came from itself.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

KINDS = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
}
"""What is text: read into memory and packed. Everything else is sent from the disk."""

LOOK_S = 5.0
_MOST_JOINED = 100
_SMALL = 200
"""Bytes below which packing costs more than it saves."""

_MODULE = re.compile(r"""(?P<sign>['"])(?P<up>/)(?P<path>[a-z]+/[\w./-]+\.js)(?P=sign)""")
_IMPORTED = re.compile(r"(?:\bfrom|\bimport\s*\(?)\s*$")
"""What stands before the name of a module that is imported; looked for behind it, for names are
rare and words are many: all scripts are read at each start."""
_LONGEST_WORD = 40
_COMMENT = re.compile(r"(?m)^[ \t]*/\*(?:[^*]|\*(?!/))*\*/[ \t]*$")
_SHEET_COMMENT = re.compile(
    r"""(?P<kept>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|/\*.*?\*/""", re.DOTALL
)
_TEXT = r"""'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*\""""
_SAID = re.compile(rf"(?:tn?|sayIn)\(\s*({_TEXT})")
_IN_A_NAME = re.compile(r"[\w.$]")
_DRAWN = re.compile(r"(?m)^ +'?(?P<name>[a-z-]+)'?: '(?P<lines>M[^'\\\n]+)',$")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)")


@dataclass(frozen=True)
class File:
    """One text as it is sent."""

    body: bytes
    kind: str

    @cached_property
    def tag(self) -> str:
        """What tells this content from any other."""
        return hashlib.sha256(self.body).hexdigest()[:20]

    @cached_property
    def packed(self) -> bytes | None:
        """The content as gzip, made when first asked for; None when that is not worth it."""
        if len(self.body) < _SMALL:
            return None
        return gzip.compress(self.body, 9, mtime=0)


@dataclass(frozen=True)
class Tree:
    """All files of one moment; immutable.

    Attributes:
        texts: ``room/name`` -> what is in memory.
        others: ``room/name`` -> where on the disk: sounds, pictures.
        links: a module -> the modules it imports when it starts.
        later: a module -> those it imports when they are needed.
        said: a module -> the messages it says.
        build: short hash over everything, catalogs too.
    """

    texts: Mapping[str, File]
    others: Mapping[str, Path]
    links: Mapping[str, tuple[str, ...]]
    later: Mapping[str, tuple[str, ...]]
    said: Mapping[str, frozenset[str]]
    build: str
    _joined: dict[tuple[str, ...], File] = field(default_factory=dict)
    _drawings: dict[str, dict[str, str]] = field(default_factory=dict)

    def modules(self, script: str) -> list[str]:
        """Return a script and all it needs to start, the script first, each once."""
        return _reached(script, lambda name: self.links.get(name, ()))

    def words(self, script: str) -> set[str]:
        """Return the messages that a page with this script can ever say."""
        all_links = _reached(
            script, lambda name: (*self.links.get(name, ()), *self.later.get(name, ()))
        )
        return set().union(*(self.said.get(name, frozenset()) for name in all_links))

    def drawings(self, script: str) -> dict[str, str]:
        """Return the lines of the drawings that a module holds, by their names.

        What the server writes into a page is drawn with the lines its script draws with.
        """
        if script not in self._drawings:
            source = self.texts[script].body.decode()
            self._drawings[script] = {m["name"]: m["lines"] for m in _DRAWN.finditer(source)}
        return self._drawings[script]

    def joined(self, names: tuple[str, ...]) -> File | None:
        """Return style sheets one behind the other as one file; None when one is not there."""
        if names not in self._joined:
            sheets = [self.texts.get(name) for name in names]
            if not all(sheet and sheet.kind == KINDS[".css"] for sheet in sheets):
                return None
            file = File(b"\n".join(s.body for s in sheets if s), KINDS[".css"])
            if len(self._joined) >= _MOST_JOINED:  # only somebody who tries orders comes so far
                return file
            self._joined[names] = file
        return self._joined[names]


class Files:
    """The static files of all rooms, looked at again when a page is asked for."""

    def __init__(self, folders: Mapping[str, Path], salt: bytes = b"") -> None:
        """Read everything.

        Args:
            folders: room -> its folder of static files.
            salt: what the build also depends on, such as the catalogs.
        """
        self._folders = folders
        self._salt = salt
        self._stamp = self._stamps()
        self._looked = time.monotonic()
        self._tree = self._read()

    @property
    def tree(self) -> Tree:
        """What was read last."""
        return self._tree

    def look(self) -> Tree:
        """Return the files as they are now; the disk is asked every few seconds at most."""
        if time.monotonic() - self._looked > LOOK_S:
            self._looked = time.monotonic()
            stamp = self._stamps()
            if stamp != self._stamp:
                self._tree = self._read()
                self._stamp = stamp
        return self._tree

    def _paths(self) -> Iterator[tuple[str, Path]]:
        for room, folder in self._folders.items():
            for path in sorted(each.path for each in _inside(folder)):
                yield f"{room}/{path[len(str(folder)) + 1 :]}", Path(path)

    def _stamps(self) -> list[tuple[str, int, int]]:
        """Return what tells whether anything changed; cheap, for counters wait meanwhile."""
        found: list[tuple[str, int, int]] = []
        for folder in self._folders.values():
            for each in _inside(folder):
                stat = each.stat()
                found.append((each.path, stat.st_mtime_ns, stat.st_size))
        return sorted(found)

    def _read(self) -> Tree:
        texts: dict[str, File] = {}
        others: dict[str, Path] = {}
        links: dict[str, tuple[str, ...]] = {}
        later: dict[str, tuple[str, ...]] = {}
        said: dict[str, frozenset[str]] = {}
        build = hashlib.sha256(self._salt)
        for name, path in self._paths():
            kind = KINDS.get(path.suffix)
            if kind is None:
                others[name] = path
                build.update(f"{name} {path.stat().st_size}".encode())
                continue
            body = path.read_bytes()
            if path.suffix == ".js":
                source = body.decode()
                # comments that fill their lines stay at home; the lines keep their numbers
                code = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), source)
                imported = list(_imported(code))
                links[name], later[name] = _linked(code, imported)
                said[name] = frozenset(_said(code))
                body = _related(code, imported, "../" * name.count("/")).encode()
            elif path.suffix == ".css":
                body = _bare(body.decode()).encode()
            texts[name] = File(body, kind)
            build.update(name.encode() + b"\0" + body)
        return Tree(texts, others, links, later, said, build.hexdigest()[:12])


def _inside(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Yield the files below a folder whose names have an ending."""
    folders = [str(folder)] if folder.is_dir() else []
    while folders:
        with os.scandir(folders.pop()) as inside:
            for each in inside:
                if each.is_dir():
                    folders.append(each.path)
                elif "." in each.name and each.is_file():
                    yield each


def _imported(code: str) -> Iterator[re.Match[str]]:
    """Yield the names of our own modules that a script imports, in its order."""
    for found in _MODULE.finditer(code):
        if _IMPORTED.search(code, max(0, found.start() - _LONGEST_WORD), found.start()):
            yield found


def _linked(
    code: str, imported: Iterable[re.Match[str]]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the modules that are imported at the start, and those when they are needed."""
    now: dict[str, None] = {}
    later: dict[str, None] = {}
    for found in imported:
        called = code[: found.start()].rstrip().endswith("(")
        (later if called else now)[found["path"]] = None
    return tuple(now), tuple(later)


def _said(code: str) -> Iterator[str]:
    """Yield the messages that a script says."""
    for found in _SAID.finditer(code):
        if not _IN_A_NAME.match(code, found.start() - 1, found.start()):
            yield _plain(found[1])


def _bare(sheet: str) -> str:
    """Return a style sheet without its comments, each rule in its line still."""
    return _SHEET_COMMENT.sub(lambda found: found["kept"] or "\n" * found[0].count("\n"), sheet)


def _related(code: str, imported: Iterable[re.Match[str]], up: str) -> str:
    """Return a script whose imports are told from its own folder."""
    parts: list[str] = []
    at = 0
    for found in imported:
        parts += code[at : found.start("up")], up
        at = found.end("up")
    return "".join((*parts, code[at:]))


def _plain(literal: str) -> str:
    """Return what a JavaScript string literal says."""
    return _ESCAPE.sub(
        lambda m: chr(int(m[1][1:], 16)) if m[1][0] == "u" and len(m[1]) > 1
        else {"n": "\n", "t": "\t"}.get(m[1], m[1]),
        literal[1:-1],
    )  # fmt: skip


def _reached(start: str, links: Callable[[str], Iterable[str]]) -> list[str]:
    """Return what can be reached, the start first and the rest in the order it is needed."""
    found: dict[str, None] = {}
    ahead = [start]
    while ahead:
        name = ahead.pop()
        if name not in found:
            found[name] = None
            ahead.extend(reversed(tuple(links(name))))
    return list(found)
