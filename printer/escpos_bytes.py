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
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, Literal

from PIL import Image

from printer.fonts import Fonts
from printer.raster import safe

PICKLE_DIR = "ESCPOS_CAPABILITIES_PICKLE_DIR"
DOTS: dict[int, int] = {58: 384, 80: 576}
"""Printable dots per line at 203 dpi, by paper width in millimetres."""
COLUMNS: dict[int, int] = {58: 32, 80: 48}
"""Characters of 12 x 24 dots per line, by paper width in millimetres."""

_ESC = b"\x1b"
_USA = _ESC + b"R\x00"
"""International set 0: the 95 ASCII signs as themselves, whatever the printer was set to."""
_DEFAULT_SPACING = _ESC + b"2"
_MAX_GAP = 255
_TEAR_LINES = 4

Size = Literal["normal", "tall", "double"]
_SIZES: dict[Size, tuple[int, int]] = {"normal": (1, 1), "tall": (1, 2), "double": (2, 2)}


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

    def sheet(self, width_mm: int) -> Sheet:
        """Return an empty sheet for paper of 58 or 80 mm."""
        self.load()
        assert self._modules is not None  # noqa: S101  # load() has just set it
        printer, capabilities = self._modules
        return Sheet(printer.Dummy(profile=_profile(capabilities, width_mm)))


class Sheet:
    """One paper: what is put on it becomes bytes. Everything is centred.

    Text must be printable ASCII: these are the only signs that every printer shows alike.
    """

    def __init__(self, dummy: Any) -> None:  # noqa: ANN401  # the library has no types
        self._dummy = dummy
        dummy.hw("INIT")
        dummy._raw(_USA + _DEFAULT_SPACING)  # noqa: SLF001  # the library's way to send bytes
        dummy.set(align="center")

    def line(
        self, text: str, size: Size = "normal", *, bold: bool = False, inverse: bool = False
    ) -> None:
        """Print one line of text; ``inverse`` is white on black.

        Raises:
            ValueError: a sign is not printable ASCII.
        """
        if not (text.isascii() and text.isprintable()):
            raise ValueError(f"Only printable ASCII can leave as text, not {text!r}.")
        width, height = _SIZES[size]
        self._dummy.set(custom_size=True, width=width, height=height, bold=bold, invert=inverse)
        self._dummy.textln(text)

    def picture(self, picture: Image.Image) -> None:
        """Print a black-and-white picture, nudged where it would hold a printer command."""
        self._dummy.image(safe(picture), impl="bitImageRaster")

    def gap(self, dots: int) -> None:
        """Leave ``dots`` of paper empty (1/8 mm each; some models count in half dots)."""
        if dots > 0:
            raw = _ESC + b"J" + bytes((min(dots, _MAX_GAP),))
            self._dummy._raw(raw)  # noqa: SLF001

    def finish(self, *, cutter: bool) -> bytes:
        """Cut, or feed to the tear bar, and return all bytes of the sheet."""
        self._dummy.set(custom_size=True, width=1, height=1, bold=False, invert=False)
        if cutter:
            # A partial cut holds by a point, so the ticket does not fall to the floor.
            self._dummy.cut(mode="PART")
        else:
            self._dummy.print_and_feed(_TEAR_LINES)
        return bytes(self._dummy.output)


def _profile(capabilities: Any, width_mm: int) -> Any:  # noqa: ANN401
    """Return what the library must know of our paper; its own printer list has errors."""
    profile = capabilities.Profile(
        columns=COLUMNS[width_mm], features={"paperPartCut": True, "paperFullCut": True}
    )
    data = copy.deepcopy(type(profile).profile_data)
    data["media"] = {"width": {"mm": width_mm, "pixels": DOTS[width_mm]}, "dpi": 203}
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
    return importlib.import_module("escpos.printer"), importlib.import_module("escpos.capabilities")


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
