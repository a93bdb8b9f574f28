"""Owns the only import of python-escpos: a press that turns lines and pictures into bytes.

The library is used as a byte renderer and nothing else. Importing it has side effects (a
pickle of its printer list, a log handler on the root logger); both are kept in check here.
"""

from __future__ import annotations

import contextlib
import copy
import importlib
import logging
import os
import stat
import struct
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, Literal

from PIL import Image

from printer.fonts import Fonts
from printer.profile import Fitted
from printer.raster import raster_bytes, safe

PICKLE_DIR = "ESCPOS_CAPABILITIES_PICKLE_DIR"
_ESC = b"\x1b"
_GS = b"\x1d"
_USA = _ESC + b"R\x00"
"""International set 0: the 95 ASCII signs as themselves, whatever the printer was set to."""
_DEFAULT_SPACING = _ESC + b"2"
_NO_KANJI = b"\x1c."
_MOST_CODE = 400
_ECC_M = 1
"""The library's name of error correction M."""
_MAX_GAP = 255
_DOUBLED = 3
"""Mode of ``GS v 0`` in which each dot is printed twice as wide and high."""
_MOST_ROWS = 960
"""Of one picture; printers with little memory take no higher ones."""
_TEAR_LINES = 4

_NOT_USED = ("cups", "usb", "serial", "win32print", "win32api", "pywintypes")
"""Libraries of connections, which python-escpos would import; ours are in ``printer.transport``."""

Size = Literal["normal", "tall", "double"]
SIZES: dict[Size, tuple[int, int]] = {"normal": (1, 1), "tall": (1, 2), "double": (2, 2)}


class Press:
    """Makes sheets to print on; shared by all printers of a process.

    Args:
        cache: private folder for the library's pickle. Created with mode 0700; the library
            un-pickles from it, so a folder of another user is refused.
        fonts: where letters for pictures come from.

    Attributes:
        lock: hold it while drawing; a font cannot be used by two threads at once.
    """

    def __init__(self, cache: Path, fonts: Fonts | None = None) -> None:
        self.fonts = fonts or Fonts()
        self.lock = threading.RLock()
        self._cache = cache
        self._modules: tuple[Any, Any] | None = None

    def load(self) -> None:
        """Import the library now (60 ms, the first time 160 ms) instead of at the first ticket.

        Raises:
            PermissionError: the cache folder belongs to somebody else.
        """
        with self.lock:
            if self._modules is None:
                self._modules = _import(self._cache)

    def sheet(self, paper: Fitted) -> Sheet:
        """Return an empty sheet for this printer and its paper."""
        self.load()
        assert self._modules is not None  # noqa: S101  # load() has just set it
        printer, capabilities = self._modules
        return Sheet(printer.Dummy(profile=_profile(capabilities, paper)), paper)


def codeable(text: str) -> bool:
    """Tell whether a printer may be given ``text`` to make a QR code of.

    Short and printable ASCII: so neither it nor its length can hold a real-time command.
    """
    return len(text) <= _MOST_CODE and text.isascii() and text.isprintable()


class Sheet:
    """One paper: what is put on it becomes bytes. Everything is centred.

    Text must be in the printer's letters: printable ASCII, the only signs that every printer
    shows alike, and those of the code page that its profile names.
    """

    def __init__(self, dummy: Any, paper: Fitted) -> None:  # noqa: ANN401  # it has no types
        self._dummy = dummy
        self._paper = paper
        self._style = (1, 1, False, False)
        self._letters = paper.can.code_page or "ascii"
        dummy.hw("INIT")  # first: it also forgets code page and size
        self._raw(_USA + _DEFAULT_SPACING)
        if paper.can.kanji:
            self._raw(_NO_KANJI)
        if paper.can.code_page:
            self._raw(_ESC + b"t" + bytes((paper.can.code_page_number,)))
        if paper.can.smooth:
            self._raw(_GS + b"b\x01")
        dummy.set(align="center")

    def line(
        self, text: str, size: Size = "normal", *, bold: bool = False, inverse: bool = False
    ) -> None:
        """Print one line of text; ``inverse`` is white on black.

        Raises:
            ValueError: the printer has no letter for a sign.
        """
        self._put(text, (*SIZES[size], bold, inverse))

    def letters(self, text: str, wide: int, high: int) -> None:
        """Print a few large letters, so many times wider and higher than normal ones."""
        self._put(text, (wide, high, False, False))

    def _put(self, text: str, style: tuple[int, int, bool, bool]) -> None:
        try:
            data = text.encode(self._letters)
        except UnicodeEncodeError as error:
            raise ValueError(f"The printer has no letters for {text!r}.") from error
        if not text.isprintable():
            raise ValueError(f"Only printable signs can leave as text, not {text!r}.")
        self._styled(style)
        self._raw(data + b"\n")

    def _styled(self, style: tuple[int, int, bool, bool]) -> None:
        wide, high, bold, inverse = style
        was = self._style
        if style[:2] != was[:2]:
            self._raw(_GS + b"!" + bytes(((wide - 1) << 4 | (high - 1),)))
        if bold != was[2]:
            self._raw(_ESC + b"E" + bytes((bold,)))
        if inverse != was[3]:
            self._raw(_GS + b"B" + bytes((inverse,)))
        self._style = style

    def rule(self, columns: int) -> None:
        """Print a horizontal line by underlining; a printer that cannot leaves a gap."""
        self._styled((1, 1, False, False))
        self._raw(_ESC + b"-\x02" + b" " * columns + b"\n" + _ESC + b"-\x00")

    def code(self, text: str, module_dots: int) -> None:
        """Have the printer make a QR code, error correction M.

        The library sends these commands whatever its profile says, so whoever calls this must
        know that the printer has them.

        Raises:
            ValueError: the text is not short, printable ASCII.
        """
        if not codeable(text):
            raise ValueError("A printer's own QR code holds short, printable ASCII.")
        self._dummy.qr(text, ec=_ECC_M, size=module_dots, native=True)

    def picture(self, picture: Image.Image, times: Literal[1, 2] = 1) -> None:
        """Print a black-and-white picture, nudged where it would hold a printer command.

        With ``times`` 2 the printer makes each dot twice as wide and high.
        """
        sent = safe(picture)  # not by the library, which takes five times as long for it
        row = sent.width // 8
        data = raster_bytes(sent)
        for top in range(0, sent.height, _MOST_ROWS):
            rows = min(_MOST_ROWS, sent.height - top)
            head = _GS + b"v0" + bytes((_DOUBLED if times > 1 else 0,))
            self._raw(head + struct.pack("<HH", row, rows) + data[top * row : (top + rows) * row])

    def gap(self, dots: int) -> None:
        """Leave ``dots`` of paper empty (1/8 mm each; some models count in half dots)."""
        if dots > 0:
            self._raw(_ESC + b"J" + bytes((min(dots, _MAX_GAP),)))

    def finish(self) -> bytes:
        """Cut, or feed to the tear bar, and return all bytes of the sheet."""
        self._styled((1, 1, False, False))
        if self._paper.cut:
            # A partial cut holds by a point, so the ticket does not fall to the floor.
            self._dummy.cut(mode="PART")
        else:
            self._dummy.print_and_feed(_TEAR_LINES)
        return bytes(self._dummy.output)

    def _raw(self, data: bytes) -> None:
        self._dummy._raw(data)  # noqa: SLF001  # the library's way to send bytes


def _profile(capabilities: Any, paper: Fitted) -> Any:  # noqa: ANN401
    """Return what the library must know of our paper; its own printer list has errors."""
    profile = capabilities.Profile(
        columns=paper.columns, features={"paperPartCut": True, "paperFullCut": True}
    )
    data = copy.deepcopy(type(profile).profile_data)
    data["media"] = {"width": {"mm": paper.width_mm, "pixels": paper.dots}, "dpi": 203}
    profile.profile_data = data
    return profile


def _import(cache: Path) -> tuple[Any, Any]:
    private_dir(cache)
    root = logging.getLogger()
    handlers = list(root.handlers)
    before = os.environ.get(PICKLE_DIR)
    temp = tempfile.tempdir
    os.environ[PICKLE_DIR] = str(cache)
    # The library makes a temporary folder at every import, used or not, and never removes it.
    tempfile.tempdir = str(cache)
    try:
        try:
            return _import_modules()
        except Exception:  # a pickle cut short by a power failure raises nearly anything
            broken = list(cache.glob("*.capabilities.pickle"))
            if not broken:
                raise
            for path in broken:
                path.unlink(missing_ok=True)
            for name in [name for name in sys.modules if name.partition(".")[0] == "escpos"]:
                del sys.modules[name]
            return _import_modules()
    finally:
        tempfile.tempdir = temp
        for folder in cache.glob("tmp*/"):
            with contextlib.suppress(OSError):
                folder.rmdir()
        if before is None:
            del os.environ[PICKLE_DIR]
        else:
            os.environ[PICKLE_DIR] = before
        for handler in [handler for handler in root.handlers if handler not in handlers]:
            root.removeHandler(handler)


def _import_modules() -> tuple[Any, Any]:
    # It looks for what we never use of it, and takes any folder of that name where the program
    # was started for the library: a folder called "cups" ended all printing.
    kept = {name: sys.modules[name] for name in _NOT_USED if name in sys.modules}
    sys.modules.update(dict.fromkeys(_NOT_USED))  # type: ignore[arg-type]  # None: cannot be had
    try:
        return (
            importlib.import_module("escpos.printer"),
            importlib.import_module("escpos.capabilities"),
        )
    finally:
        for name in _NOT_USED:
            sys.modules.pop(name, None)
        sys.modules.update(kept)


def private_dir(path: Path) -> None:
    """Make sure that ``path`` is a folder that only we can write to.

    Raises:
        PermissionError: it belongs to another user, or is no folder.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or (
        hasattr(os, "geteuid") and status.st_uid != os.geteuid()
    ):
        raise PermissionError(f"'{path}' must be a folder of the user that runs this program.")
    if status.st_mode & 0o077:
        path.chmod(0o700)
