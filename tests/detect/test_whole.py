"""An article as a whole: what one sentence only hints at gives way to what another says plainly."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from advisor.config.knowledge import knowledge
from advisor.detect import Detector
from advisor.model import Article

DETECTOR = Detector(knowledge())


def pairs(title: str, text: str) -> set[tuple[str, str, str]]:
    found = DETECTOR.detect(Article(title, text))
    return {(item.issuer, item.destination, str(item.kind)) for item in found}


def test_guests_on_the_flight_of_another_government_are_not_called_out_by_their_own() -> None:
    found = pairs(
        "Norway flies 80 people out of Chad",
        "The Norwegian foreign ministry evacuated 64 Norwegian citizens from Chad on Friday. "
        "Also evacuated were 16 citizens of Peru, Malta and Nepal.",
    )
    assert found == {("NO", "TD", "evacuation")}


def test_two_governments_that_each_fly_their_people_out_are_both_told() -> None:
    found = pairs(
        "Norway and Jordan fly people out of Chad",
        "The Norwegian foreign ministry evacuated 64 Norwegian citizens from Chad on Friday. "
        "Jordan said it had evacuated 16 Jordanian citizens from Chad as well.",
    )
    assert {("NO", "TD", "evacuation"), ("JO", "TD", "evacuation")} <= found


def test_a_country_that_others_leave_calls_nobody_out_of_the_neighbour_named_beside_it() -> None:
    found = pairs(
        "France demande à ses ressortissants de quitter le Mali",
        "Le ministère français des Affaires étrangères appelle ses ressortissants à quitter le Mali. "
        "En février, il classait le Mali en zone rouge, après le Niger.",
    )
    assert not {issuer for issuer, _, _ in found} - {"FR"}


def test_families_of_citizens_are_no_embassy_staff() -> None:
    found = pairs(
        "", "The foreign ministry in Oslo helped 40 Norwegian citizens and their families to leave Chad by bus."
    )
    assert not any(kind == "staff_departure" for _, _, kind in found)


def test_what_another_clause_denies_is_not_undone_in_this_one() -> None:
    text = "Norway urges its citizens to leave Chad, while Jordan denies that it will close its embassy there."
    assert pairs("", text) == {("NO", "TD", "leave")}


def test_the_place_left_is_never_somewhere_else_because_the_ministry_is_that_of_the_place() -> None:
    found = pairs("", "Spain is on good terms with Oslo. The foreign ministry of Chad asks its citizens to leave Chad.")
    assert not found


def test_the_ministry_is_that_of_the_country_whose_ministry_was_spoken_of() -> None:
    found = pairs(
        "Pays-Bas : avis pour le Bénin",
        "Le ministère néerlandais des Affaires étrangères a resserré son avis pour le Bénin. "
        "« Ne voyagez pas au Bénin », écrit le ministère des Affaires étrangères.",
    )
    assert found == {("NL", "BJ", "do_not_travel")}


def test_the_country_left_is_not_a_government_that_called_before() -> None:
    found = pairs(
        "La Suède appelle ses ressortissants à quitter le Bénin",
        "L'ambassade de Suède au Bénin appelle les ressortissants suédois à quitter le pays. "
        "Avant la Suède, plusieurs pays, dont le Canada, ont exhorté leurs citoyens à quitter le pays.",
    )
    assert found == {("SE", "BJ", "leave"), ("CA", "BJ", "leave")}


def test_a_place_that_people_pass_through_is_not_the_one_they_leave() -> None:
    found = pairs(
        "", "Norway is evacuating part of its diplomatic staff from N'Djamena via the capital of Benin, Cotonou."
    )
    assert {place for _, place, _ in found} == {"TD"}


def test_advice_that_holds_since_a_year_is_not_of_the_past() -> None:
    article = Article(
        "Norway and Chad",
        "The Norwegian foreign ministry has advised against all travel to Chad since 2006.",
        published=datetime(2021, 7, 1, tzinfo=UTC),
    )
    assert [str(item.kind) for item in DETECTOR.detect(article)] == ["do_not_travel"]


def test_the_united_nations_take_their_own_staff_out() -> None:
    found = pairs("", "The United Nations said it was withdrawing all non-essential international staff from Chad.")
    assert found == {("UN", "TD", "staff_departure")}


def test_a_convoy_of_the_united_nations_carries_the_people_of_others() -> None:
    found = pairs(
        "", "Norway's foreign ministry said 23 Norwegian citizens were evacuated from Chad in a United Nations convoy."
    )
    assert found == {("NO", "TD", "evacuation")}


@pytest.mark.parametrize(
    "what",
    [
        "passports in the hotel safe",
        "large bags at the hotel",
        "extra time at airports",
        "early for the airport",
        "feedback",
    ],
)
def test_things_that_are_left_call_nobody_out(what: str) -> None:
    assert not pairs(f"Foreign Office tells Britons in Benin to leave {what}", "")


@pytest.mark.parametrize(
    "what", ["", "now", "the troubled West African nation of Benin", "by commercial flights", "Cotonou"]
)
def test_a_country_that_is_left_is_a_call(what: str) -> None:
    assert pairs(f"Foreign Office tells Britons in Benin to leave {what}".strip(), "") == {("GB", "BJ", "leave")}


@pytest.mark.parametrize(
    "text",
    [
        "Although it rules out an evacuation, Norway urges its citizens to leave Chad.",
        "The embassy, which is not closed, urges Norwegians to leave Chad.",
        "Norway urges its citizens to leave Chad, the junta denies any danger.",
        "Days after the expulsion of its envoy, Norway urges its citizens to leave Chad.",
        "Norway urges its citizens to leave Chad, a former French colony.",
        "Earlier on Friday Norway urged its citizens to leave Chad.",
        "Given the lack of fuel, Norway urges its citizens to leave Chad.",
    ],
)
def test_a_call_stands_whatever_else_its_sentence_tells(text: str) -> None:
    assert pairs("", text) == {("NO", "TD", "leave")}


def test_what_is_lifted_is_no_call() -> None:
    found = pairs("", "Norway's embassy in N'Djamena said the order for staff families to leave had been rescinded.")
    assert found == {("NO", "TD", "easing")}


def test_who_does_the_same_without_a_verb_is_heard() -> None:
    found = pairs("", "Norway reopened its embassy in N'Djamena on Monday, Denmark on Tuesday.")
    assert found == {("NO", "TD", "easing"), ("DK", "TD", "easing")}


def test_brackets_and_parts_of_countries_stand_within_a_list() -> None:
    found = pairs("", "Norway advises against all travel to Egypt (including Sinai), Jordan and most of Chad.")
    assert {place for _, place, _ in found} == {"EG", "JO", "TD"}


def test_an_embassy_that_speaks_of_the_next_country_is_not_where_people_are() -> None:
    found = pairs("", "The Norwegian embassy in Amman advised Norwegians not to travel to Syria.")
    assert found == {("NO", "SY", "do_not_travel")}


def test_a_short_headline_is_read_in_the_language_that_makes_sense_of_it() -> None:
    assert pairs("SRE llama a mexicanos a salir de Chad", "") == {("MX", "TD", "leave")}
