"""Where threads of a running server may run: the two busy ones together, the others anywhere."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.server.process import Server


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells and keeps cores")
def test_the_two_busy_threads_share_one_core_and_the_readers_keep_all(shared: Server) -> None:
    assert shared.process is not None
    tasks = Path(f"/proc/{shared.process.pid}/task")
    cores = {int(each.name): os.sched_getaffinity(int(each.name)) for each in tasks.iterdir()}
    everywhere = os.sched_getaffinity(0)
    one = cores[shared.process.pid]
    assert len(one) == 1
    assert one <= everywhere
    if len(everywhere) > 1:
        kept = [each for each in cores.values() if each == one]
        assert len(kept) == 2  # the loop and the writer
        assert [each for each in cores.values() if each == everywhere]
