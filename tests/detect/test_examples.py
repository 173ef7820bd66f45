"""The project's own labelled sentences, language by language: floors that may rise and never fall."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from advisor.cli.lines import article_of
from advisor.config.knowledge import knowledge
from advisor.detect import Detector
from advisor.evaluate import labelled, score

FOLDER = Path(__file__).parent / "examples"
FLOORS: dict[str, tuple[float, float]] = json.loads((FOLDER / "floors.json").read_text())


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(knowledge())


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.jsonl")), ids=lambda file: file.stem)
def test_detection_stays_above_the_floor_of_each_language(file: Path, detector: Detector) -> None:
    fields = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    items = [item for line in fields if (item := labelled(line, article_of(line))) is not None]
    assert len(items) >= 10
    assert any(not item.current for item in items), "hard negatives belong to every language"
    scores = score(items, detector.detect)
    document, triple = FLOORS[file.stem]
    assert scores.document.f1 >= document, scores.errors
    assert scores.triple.f1 >= triple, scores.errors


def test_every_language_has_examples() -> None:
    assert {file.stem for file in FOLDER.glob("*.jsonl")} == set(knowledge().lexicons)
