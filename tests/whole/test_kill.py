"""kill -9 anywhere, start again: the message arrives, and twice only when nobody can know whether it did."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.whole.dying import POINTS
from tests.whole.test_path import CALL, TEXT, now
from tests.whole.world import World


def one_pass(file: Path, when: str, point: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "tests.whole.dying", str(file), when, point], timeout=60, check=False
    ).returncode


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_any_point_the_push_arrives_after_the_restart(
    world: World, tmp_path: Path, when: str, point: str
) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    file = world.settings(tmp_path, "/courier/feed.xml")
    assert one_pass(file, when, point) == -9
    assert one_pass(file, "none", "") == 0
    assert one_pass(file, "none", "") == 0
    ambiguous = (when, point) in {("after", "send"), ("before", "finish_attempt")}
    assert len(world.pushes) == (2 if ambiguous else 1)
    if ambiguous:  # the same alert, and it says that it may be the second time
        (_, _, first), (_, _, second) = world.pushes
        assert second.startswith(first)
        assert "may have reached you before" in second
