"""The fault-injecting server: what its table says in a few rounds of the real service."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.faults import FAULTS, Row, run, table

SLOW = {"slow-headers", "slow-body", "hang", "not-http", "endless-body", "50-megabytes"}


@pytest.mark.slow
def test_every_fault_is_shown_with_a_sentence_told_to_the_operator_and_recovered_from(tmp_path: Path) -> None:
    rows, neighbour = run([fault for fault in FAULTS if fault.name not in SLOW or fault.name == "slow-body"], tmp_path)
    assert neighbour
    assert [row.fault.name for row in rows if not row.is_right] == [], table(rows)


def test_a_fault_that_is_not_recovered_from_or_told_is_marked_as_wrong() -> None:
    fault = FAULTS[0]
    right = Row(fault, fault.shows[0], "words", True, "fresh", True, True)
    assert right.is_right
    assert not Row(fault, "fresh", "", True, "fresh", True, True).is_right
    assert not Row(fault, fault.shows[0], "words", False, "fresh", True, True).is_right
    assert not Row(fault, fault.shows[0], "words", True, fault.shows[0], True, True).is_right
    assert "LOST" in table([Row(fault, fault.shows[0], "words", True, "fresh", True, called=False)])
