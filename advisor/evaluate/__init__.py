"""Answers scored against labels: what was detected (`detection`), and how it was gathered (`gathering`)."""

from advisor.evaluate.detection import Labelled, Scores, Tally, described, labelled, score
from advisor.evaluate.gathering import Gathering, Happened, Oracle, gathered, happened
from advisor.evaluate.gathering import described as gathering_described

__all__ = [
    "Gathering", "Happened", "Labelled", "Oracle", "Scores", "Tally", "described", "gathered",
    "gathering_described", "happened", "labelled", "score",
]  # fmt: skip
