"""The tool that takes phrases out of a lexicon and asks the examples again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "mutate_lexicon.py"


def mutate(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(TOOL), *words], capture_output=True, text=True, timeout=110, check=False)


@pytest.mark.slow
def test_a_phrase_is_guarded_by_the_examples_that_change_without_it() -> None:
    done = mutate("en", "--category", "shelter", "--json")
    assert done.returncode == 0, done.stderr
    found = {item["phrase"]: item for item in map(json.loads, done.stdout.splitlines())}
    assert {item["category"] for item in found.values()} == {"shelter"}
    assert "shelter-in-place:match:1" in found["shelter in place"]["guards"]  # the rule's own example needs its phrase
    assert all(not item["guards"] for item in found.values() if item["fate"] != "guarded")


@pytest.mark.slow
def test_a_sample_names_its_seed_and_the_seed_gives_the_same_sample() -> None:
    first, again = mutate("da", "--sample", "8", "--seed", "7"), mutate("da", "--sample", "8", "--seed", "7")
    assert "8 phrases by --seed 7" in first.stderr
    assert first.stdout == again.stdout
    assert "da: 8 phrases, " in first.stderr


def test_a_language_without_lexicon_is_named() -> None:
    done = mutate("xx")
    assert done.returncode == 2
    assert "no lexicon of 'xx'" in done.stderr
