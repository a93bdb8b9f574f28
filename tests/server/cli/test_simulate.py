"""``ramah simulate`` prints every policy beside the others, for every class of visitor."""

from __future__ import annotations

import re

import pytest

from server.cli import main
from server.demo.memory import GROUPS
from server.domain.policies import POLICIES


def test_every_policy_is_a_row_and_every_class_a_column_of_waits(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["simulate", "--visitors", "260", "--seed", "4"]) == 0
    lines = capsys.readouterr().out.splitlines()
    (head,) = (line for line in lines if line.startswith("policy"))
    assert head.split()[1:] == list(GROUPS)
    rows = {line.split()[0]: line for line in lines if line.split()[:1] and "/" in line}
    for policy in POLICIES:
        waits = re.findall(r"([\d.]+) / ([\d.]+) / ([\d.]+)", rows[policy])
        assert len(waits) == len(GROUPS)
        for p50, p90, longest in waits:
            assert float(p50) <= float(p90) <= float(longest) + 0.5
    assert len({rows[policy].split(None, 1)[1] for policy in POLICIES}) > 1
