"""`advisor explain`: a person sees what was found, by which words, and what stood in the way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from advisor.cli import main

FOUND = "Canada has told its citizens to leave northern Mali."
DENIED = "Italy has no plans to evacuate its citizens from Niger."


def test_each_answer_stands_with_its_words_and_each_failure_with_its_clause(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.txt"
    file.write_text(f"Two governments\n\n{FOUND} {DENIED}")
    assert main(["explain", str(file)]) == 0
    said = capsys.readouterr().out
    assert "→ CA → ML leave severe" in said
    assert "who “Canada”  where “Mali”  act “leave”  for whom “its citizens”  part “northern Mali”" in said
    assert "“evacuate” in “Italy has no plans to evacuate its citizens from Niger”" in said
    assert "evacuation-of-citizens   undone: negated: “no”" in said
    assert "leave-imperative" not in said, "further rules on words that fired are noise"
    assert main(["explain", str(file), "--all"]) == 0
    assert "leave-imperative" in capsys.readouterr().out


def test_json_lines_are_explained_one_by_one_and_a_bad_line_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps({"title": FOUND}) + "\nno json\n" + json.dumps({"title": DENIED}) + "\n")
    assert main(["explain", str(file)]) == 1
    shown = capsys.readouterr()
    assert "→ CA → ML leave severe" in shown.out
    assert "no advisory" in shown.out
    assert "line 2: is not JSON" in shown.err


def test_a_file_that_is_not_there_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "nowhere.txt"]) == 1
    assert "nowhere.txt: cannot be read" in capsys.readouterr().err


def test_on_a_terminal_the_words_are_coloured_in_the_text() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "advisor", "explain", "-"], input=f"{FOUND}\n\n{DENIED}", capture_output=True, text=True,
        env={**os.environ, "FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": "200"}, timeout=60, check=True,
    )  # fmt: skip
    text = done.stdout.split("language:")[0]
    assert "\x1b[1;34mCanada\x1b[0m" in text
    assert "\x1b[1;31mleave\x1b[0m" in text
    assert "\x1b[9;31mno\x1b[0m" in text, "what stood in the way is struck out"
    assert "what stood in the way" in text
