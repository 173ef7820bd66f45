"""What repeats itself without end is read twenty times; everything else is read as it is, at the same offsets."""

from __future__ import annotations

import time

import pytest

from advisor.config.knowledge import knowledge
from advisor.detect import Detector
from advisor.detect.endless import without_endless
from advisor.model import Article

CALL = "France urges its citizens to leave Niger at once."
TABLE = "".join(
    f"{name} - Level {level}: do not travel. " for level in (1, 2, 3, 4) for name in map(str, range(1000, 1200))
)


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(knowledge())


@pytest.mark.parametrize("round_", ["citizens leave ", "使馆提醒公民撤离", ". ", "\n", "Bread is dear. "])
def test_what_stands_before_and_behind_an_endless_passage_stays_where_it_was(round_: str) -> None:
    text = f"{CALL} {round_ * 20_000}{CALL}"
    legible = without_endless(text)
    assert len(legible) == len(text)
    assert legible.startswith(CALL)
    assert legible.endswith(CALL)
    assert len(legible.split()) < 150


@pytest.mark.parametrize("text", ["", CALL, CALL * 30, TABLE], ids=["none", "short", "thirty times", "a table"])
def test_what_newsrooms_write_is_left_alone(text: str) -> None:
    assert without_endless(text) == text


def test_a_call_behind_an_endless_passage_is_answered_with_its_words(detector: Detector) -> None:
    text = f"{'Sign up for our newsletter! ' * 4000}\n{CALL}"
    (answer,) = detector.detect(Article("Notice", text))
    assert (answer.issuer, answer.destination) == ("FR", "NE")
    assert all(f"Notice\n{text}"[proof.start : proof.end] == proof.quote for proof in answer.evidence)


@pytest.mark.parametrize(
    "round_", ["France urges its citizens to leave Niger, ", "使馆提醒公民撤离", "citizens leave "]
)
def test_ten_times_as_much_of_the_same_takes_little_more_time(round_: str, detector: Detector) -> None:
    def seconds(length: int) -> float:
        began = time.process_time()
        detector.detect(Article("US urges citizens to leave Lebanon", round_ * (length // len(round_))))
        return time.process_time() - began

    seconds(1_000)
    assert min(seconds(100_000) for _ in range(2)) < 4 * min(seconds(9_900) for _ in range(2)) + 0.1


def test_a_hundred_thousand_spaces_among_characters_take_no_longer_than_words(detector: Detector) -> None:
    def seconds(filling: str) -> float:
        text = f"使馆{filling * 30_000}撤离"
        began = time.process_time()
        detector.worth_reading("使馆", text)
        return time.process_time() - began

    seconds(" ")
    assert seconds("\u3000,") < 5 * seconds("天气") + 0.1
