"""Who is told of what, and how loudly."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest

from advisor.deliver.routes import fallbacks, owe
from advisor.model import Act, Alert, AlertChange, Kind, Loudness, Match, Party, Receiver, Route, Severity, Watch
from tests.deliver.samples import AT, alert, opened, report

PHONE = Route(("phone",))
WORLD = Watch()
TWO = (report(publisher="courier"), report(publisher="herald"))


def loudness(told: Alert, watch: Watch = WORLD, *routes: Route) -> Loudness | None:
    """How loudly the phone hears of it; None: not at all."""
    owed = owe([opened(told)], routes or (PHONE,), watch)
    return owed[0].loudness if owed else None


@pytest.mark.parametrize(
    ("reports", "heard"),
    [
        ((report(),), Loudness.NOTIFY),
        (TWO, Loudness.WAKE),
        ((report(official=True),), Loudness.WAKE),
    ],
)
def test_a_call_to_leave_wakes_when_official_or_told_by_two(reports, heard):
    assert loudness(alert(*reports)) is heard


def test_a_travel_level_never_wakes_by_itself():
    level = alert(report(official=True), acts=(Act(Kind.DO_NOT_TRAVEL, Severity.SEVERE),))
    assert loudness(level) is Loudness.NOTIFY


def test_a_route_may_say_how_loud_and_the_loudest_way_counts():
    quiet, loud = Route(("phone",), loudness=Loudness.DIGEST), Route(("phone",), loudness=Loudness.WAKE)
    assert loudness(alert(*TWO), WORLD, quiet) is Loudness.DIGEST
    assert loudness(alert(), WORLD, quiet, loud) is Loudness.WAKE


def test_what_is_not_watched_is_not_told_unless_the_government_is_ours():
    assert loudness(alert(), Watch(frozenset({"LB"}))) is None
    assert loudness(alert(), Watch(frozenset({"LB"}), frozenset({"RU"}))) is Loudness.NOTIFY


def test_a_call_about_a_country_where_people_of_ours_are_rings_though_the_country_is_not_watched():
    elsewhere = frozenset({"LB"})
    assert loudness(alert(), Watch(elsewhere, people=(Party("SY", 14),))) is not None
    assert loudness(alert(), Watch(elsewhere, people=(Party("IQ", 14),))) is None


def test_people_who_have_left_no_longer_count():
    gone = Party("SY", 14, until=AT - timedelta(minutes=1))
    assert loudness(alert(), Watch(frozenset({"LB"}), people=(gone,))) is None


@pytest.mark.parametrize(
    ("passports", "heard"),
    [((), Loudness.WAKE), (("RU", "DE"), Loudness.WAKE), (("DE",), Loudness.NOTIFY)],
)
def test_one_publisher_is_enough_to_wake_when_the_call_may_be_for_our_people(passports, heard):
    assert loudness(alert(), Watch(people=(Party("SY", 14, passports=frozenset(passports)),))) is heard


def test_what_one_government_says_about_many_countries_is_one_message():
    changes = [opened(replace(alert(), id=f"RU-{code}-1", destination=code)) for code in ("SY", "LB", "IQ")]
    (owed,) = owe(changes, [PHONE], WORLD)
    assert len(owed.changes) == 3


def test_two_governments_on_two_countries_are_two_messages():
    other = replace(alert(), id="US-LB-1", issuer="US", destination="LB")
    assert len(owe([opened(alert()), opened(other)], [PHONE], WORLD)) == 2


def test_a_change_that_people_are_not_told_owes_nothing():
    assert owe([replace(opened(alert()), told=False)], [PHONE], WORLD) == []


def test_a_silence_holds_what_it_matches_until_its_end_and_nothing_else():
    end = AT + timedelta(hours=2)
    held, free = ({1: (Match(destinations=frozenset({code})), end)} for code in ("SY", "LB"))
    assert owe([opened(alert())], [PHONE], WORLD, held)[0].not_before == end
    assert owe([opened(alert())], [PHONE], WORLD, free)[0].not_before is None


def test_a_fallback_stands_in_for_its_own_receiver_and_match():
    route = Route(("phone",), Match(destinations=frozenset({"SY"})), fallback=("mail",))
    assert fallbacks(alert(), "phone", [route]) == [route]
    assert fallbacks(alert(), "pager", [route]) == []
    assert fallbacks(replace(alert(), destination="LB"), "phone", [route]) == []


NEWS = timedelta(hours=6)
ROLL_UP = (Route(("phone",), roll_up=NEWS),)


def by(issuer: str, severity: Severity = Severity.SEVERE, *, told: bool = False) -> Alert:
    return alert(id=f"{issuer}-SY-1", issuer=issuer, severity=severity, told_severity=severity if told else None)


def test_a_digest_waits_for_the_time_of_its_receiver_and_holds_everything_together() -> None:
    receivers = {"phone": Receiver("phone", "json://x", digest=time(18))}
    changes = [opened(by("US")), opened(by("GB")), opened(replace(by("FR"), destination="ML"))]
    (owed,) = owe(changes, [Route(("phone",), loudness=Loudness.DIGEST)], WORLD, receivers=receivers)
    assert owed.not_before == AT.replace(hour=18, minute=0)
    assert len(owed.changes) == 3


def test_the_first_government_rings_at_once_and_the_next_joins_a_roll_up() -> None:
    (first,) = owe([opened(by("US"))], ROLL_UP, WORLD)
    assert (first.not_before, first.gathers) == (None, None)
    (second,) = owe([opened(by("GB"))], ROLL_UP, WORLD, known=[by("US", told=True)])
    assert (second.not_before, second.gathers, second.loudness) == (AT + NEWS, "about SY", Loudness.NOTIFY)


@pytest.mark.parametrize(
    ("change", "watch", "known"),
    [
        (opened(by("GB", Severity.EXTREME)), WORLD, by("US", told=True)),  # a step up
        (opened(by("GB")), Watch(mine=frozenset({"GB"})), by("US", told=True)),
        (opened(by("GB")), WORLD, by("US")),  # nobody was told
        (opened(by("GB")), WORLD, replace(by("US", told=True), opened_at=AT - timedelta(days=3))),
        (opened(by("GB")), WORLD, replace(by("US", told=True), destination="LB")),
        (opened(by("GB")), WORLD, replace(by("US", told=True), closed_by="retracted")),
    ],
)
def test_what_rings_at_once_although_others_may_wait(change: AlertChange, watch: Watch, known: Alert) -> None:
    (owed,) = owe([change], ROLL_UP, watch, known=[known])
    assert owed.gathers is None


def test_a_receiver_that_another_route_serves_at_once_waits_for_no_roll_up() -> None:
    (owed,) = owe([opened(by("GB"))], [*ROLL_UP, PHONE], WORLD, known=[by("US", told=True)])
    assert owed.not_before is None
