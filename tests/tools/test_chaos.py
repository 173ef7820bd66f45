"""The short form of `make chaos`: some faults of every sort around the real service, and nobody misses a call."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tools.chaos import Campaign, preload, run, table
from tools.chaos_faults import MACHINE

SOME = (
    "kill -9 at a commit", "kill -9 around a send", "kill -9 by the receiver, mid-request", "receiver answers 500",
    "receiver resets", "database locked", "full disk", "clock a day forward and back", "`advisor poll` beside it, or killed",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("daemons", [1, 2])
def test_nothing_is_lost_and_nothing_comes_twice_without_saying_so(tmp_path: Path, daemons: int) -> None:
    seed = random.SystemRandom().randrange(10**6)
    rng = random.Random(seed)
    kinds = rng.sample(SOME, 3)
    found = run(Campaign(tmp_path, rng, daemons=daemons), 0, 0, lambda line: None, kinds)
    assert found.good, f"seed {seed}\n{table([found])}\n" + "\n".join([*found.details, *found.unexpected])


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_machine_whose_clock_is_put_tells_every_call_in_time(tmp_path: Path) -> None:
    library = preload(tmp_path)
    if library is None:
        pytest.skip("needs a C compiler, for a clock that can be put")
    seed = random.SystemRandom().randrange(10**6)
    rng = random.Random(seed)
    kinds = rng.sample(sorted(MACHINE), 2)
    found = run(Campaign(tmp_path, rng, preload=library), 0, 0, lambda line: None, kinds)
    assert found.good, f"seed {seed}\n{table([found])}\n" + "\n".join([*found.details, *found.unexpected])
