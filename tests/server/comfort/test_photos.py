"""Photos on the disk: what nothing names any more is deleted, what is on its way in is not."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

import pytest
from PIL import Image

from server.comfort import photos
from server.comfort.photos import PART_S, Photos
from server.domain.errors import Invalid


def jpeg() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(made, "JPEG")
    return made.getvalue()


def test_a_photo_that_was_erased_leaves_the_disk_and_no_other_branchs_does(tmp_path: Path) -> None:
    shelf = Photos(tmp_path)
    gone, kept = shelf.keep(1, "a", jpeg()), shelf.keep(1, "b", jpeg())
    others = shelf.keep(2, "a", jpeg())
    for path in tmp_path.rglob("*.jpg"):
        os.utime(path, (0, time.time() - PART_S - 1))
    new = shelf.keep(1, "c", jpeg())
    for _ in range(2):
        shelf.sweep(1, {kept})
    assert not shelf.path(1, gone).exists()
    assert shelf.path(1, kept).exists()
    assert shelf.path(1, new).exists(), "its row may be written in a moment"
    assert shelf.path(2, others).exists()
    shelf.sweep(3, set())


def test_there_is_an_end_to_photos_and_nothing_half_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Photos(tmp_path)
    with pytest.raises(Invalid):
        shelf.keep(1, "broken", jpeg()[:300])
    assert list(tmp_path.rglob("*.*")) == []
    monkeypatch.setattr(photos, "MOST", 1)
    shelf.keep(1, "a", jpeg())
    with pytest.raises(Invalid):
        shelf.keep(1, "b", jpeg())
