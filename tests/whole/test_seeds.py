"""The five articles that ship with Advisor: one event, one alert, one push, in whatever order they come."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from advisor.config.documents import load
from advisor.config.knowledge import knowledge
from advisor.detect import Detector
from advisor.model import Advisory, Article, Kind, MissionStatus, Reason, Severity
from advisor.read.boilerplate import clean
from advisor.replay import Past, replay
from advisor.resources import shipped


class Ready:
    """Answers read once: what is permuted is the order of arrival, not the reading."""

    def __init__(self, answers: dict[str, list[Advisory]]) -> None:
        self._answers = answers

    def detect(self, article: Article) -> list[Advisory]:
        return self._answers[article.keys[0]]


def _text(name: str) -> str:
    return clean(Path(shipped("seeds") / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def seeds() -> list[Past]:
    entries = load(shipped("seeds/manifest.yaml")).data["publishers"]
    return [
        Past(
            item["file"],
            Article(item["title"], _text(item["file"]), publisher=entry["id"], source_id=entry["id"]),
            datetime.fromisoformat(item["published"]),
        )
        for entry in entries
        for item in entry["articles"]
    ]  # fmt: skip


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(knowledge())


def test_each_says_that_russia_calls_its_people_out_of_syria_and_nothing_else(
    seeds: list[Past], detector: Detector
) -> None:
    for seed in seeds:
        (answer,) = detector.detect(seed.article)
        assert (answer.issuer, answer.destination, answer.kind) == ("RU", "SY", Kind.LEAVE), seed.id
        assert answer.severity >= Severity.SEVERE
        assert "commercial flights" in answer.means


def test_the_official_wording_is_weaker_than_the_reporters_verb(seeds: list[Past], detector: Detector) -> None:
    answers = [detector.detect(seed.article)[0] for seed in seeds]
    official = {str(answer.official_severity) for answer in answers if answer.official_severity is not None}
    assert official == {"moderate"}
    assert any(answer.mission_status is MissionStatus.WORKING_NORMALLY for answer in answers)


def test_every_quote_stands_where_its_offsets_say(seeds: list[Past], detector: Detector) -> None:
    for seed in seeds:
        whole = f"{seed.article.title}\n{seed.article.text}"
        for answer in detector.detect(seed.article):
            assert {"issuer", "destination", "kind"} <= {proof.field for proof in answer.evidence}
            for proof in answer.evidence:
                assert whole[proof.start : proof.end] == proof.quote


def test_in_all_120_orders_they_are_one_alert_and_one_push_of_the_same_severity(
    seeds: list[Past], detector: Detector
) -> None:
    start = datetime(2024, 12, 6, 14, tzinfo=UTC)
    ready = Ready({seed.id: detector.detect(seed.article) for seed in seeds})
    ends = set()
    for order in itertools.permutations(seeds):
        timed = [Past(seed.id, seed.article, start + timedelta(minutes=10 * at)) for at, seed in enumerate(order)]
        changes = list(replay(timed, ready))  # type: ignore[arg-type]
        assert [change.reason for change in changes if change.told] == [Reason.OPENED]
        last = changes[-1].alert
        ends.add((last.issuer, last.destination, last.severity, last.official_severity, len(last.publishers)))
    assert ends == {("RU", "SY", Severity.SEVERE, Severity.MODERATE, 4)}
