"""The short form of `make fuzz`: damaged feeds end in states, and their neighbours are read."""

from __future__ import annotations

from tools.fuzz_feeds import fuzz


def test_damaged_feeds_neither_crash_nor_hang_nor_take_their_neighbours_along() -> None:
    ended = list(fuzz(300, seed=7))
    assert len(ended) == 300
    assert {state for state, body in ended if body} == set()
    assert {"fresh", "not-a-feed", "truncated"} <= {state for state, _ in ended}
