"""The part of the country a call is about, and whom it is for; each with the words that say so."""

from __future__ import annotations

import pytest

from advisor.config.knowledge import knowledge
from advisor.detect import Detector
from advisor.model import Advisory, Article


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(knowledge())


def only(detector: Detector, title: str, text: str = "") -> Advisory:
    (answer,) = detector.detect(Article(title, text))
    return answer


@pytest.mark.parametrize(
    ("title", "area"),
    [
        ("Canada has told its citizens to leave northern Mali", "northern Mali"),
        ("Britain tells citizens in the north of Mali to leave the country", "north of Mali"),
        ("UK advises against all travel to eastern and southern parts of Chad", "eastern and southern parts of Chad"),
        ("UK tells Britons to leave areas within 25 km of the border with Libya in Chad", "within 25 km of the border with Libya"),
        ("France advises against all travel to the Red Sea governorates of Egypt", "Red Sea governorates of Egypt"),
        ("UK tells citizens to leave Cabo Delgado province in Mozambique", "Cabo Delgado province in Mozambique"),
        ("La France déconseille tout voyage dans le nord du Mali", "nord du Mali"),
        ("Великобритания призвала граждан покинуть северные районы Мали", "северные районы Мали"),
        ("Auswärtiges Amt warnt vor Reisen in den Norden Malis", "Norden Malis"),
        ("中国公民尽快撤离缅甸北部", "缅甸北部"),
        # no part of the country that is left
        ("Finland advises against all travel to Syria", None),
        ("Germany urges citizens to leave Lebanon after attacks in northern Israel", None),
        ("Australia urges citizens to leave Iran, saying the northern border remains open", None),
        ("Belgium closes its embassy in northern Mali", None),
    ],
)  # fmt: skip
def test_the_part_of_the_country_is_what_stands_at_the_place_that_is_left(
    title: str, area: str | None, detector: Detector
) -> None:
    answer = only(detector, title)
    assert answer.area == area
    assert answer.quote("area") == area


@pytest.mark.parametrize(
    ("title", "audience"),
    [
        ("Norway urges its citizens to leave Ethiopia", "citizens"),
        ("US orders departure of non-emergency embassy staff and their families from Niger", "non-emergency staff, families"),
        ("India asks students to leave Ukraine immediately", "students"),
        ("Ireland urges its citizens, including dual nationals, to leave Lebanon", "citizens, dual nationals"),
        ("Dutch embassy in Baghdad sends some staff and their families home", "part of the staff, families"),
        ("Greece withdraws its diplomats from Yemen", "diplomatic staff"),
        ("Finland advises against all travel to Syria", None),
    ],
)  # fmt: skip
def test_the_audience_names_every_group_that_is_called(title: str, audience: str | None, detector: Detector) -> None:
    answer = only(detector, title)
    assert answer.audience == audience
    assert (answer.quote("audience") is None) == (audience is None)


def test_a_headline_that_leaves_the_part_out_does_not_hide_it(detector: Detector) -> None:
    text = "The Canadian foreign ministry urged its citizens to leave northern Mali on Friday."
    assert only(detector, "Canada tells citizens: leave Mali now", text).area == "northern Mali"
