"""What one event is, and what is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from advisor.correlate import decide, retract
from advisor.model import Kind, MissionStatus, Reason, Severity
from tests.correlate.conftest import START, Story, call

OPENED, ESCALATED, WIDENED, EASED = Reason.OPENED, Reason.ESCALATED, Reason.WIDENED, Reason.EASED
REOPENED, CORROBORATED, NOTHING_NEW = Reason.REOPENED, Reason.CORROBORATED, Reason.NOTHING_NEW


def test_the_first_call_opens_an_alert_with_a_short_name(story: Story) -> None:
    (change,) = story.hears(call())
    assert (change.reason, change.told, change.late, change.situation) == (OPENED, True, False, False)
    assert change.alert.id.startswith("RU-SY-")
    assert len(change.alert.id) == len("RU-SY-7f3a")
    assert change.detail == "RU about SY: leave (severe)."


def test_five_articles_of_one_statement_are_one_alert_and_one_push(story: Story) -> None:
    wire = "10:" + "".join(f"{value:08x}" for value in range(10))
    story.hears(call("afp", official_severity="moderate", digest=wire, means=("commercial flights",)))
    story.hears(call("moscow-times", hours=1, official_severity="moderate", digest=wire))
    story.hears(call("epoch", hours=2, official_severity="moderate"))
    story.hears(call("ft", hours=3, means=("commercial flights",), mission_status=MissionStatus.WORKING_NORMALLY))
    story.hears(call("upi", hours=4, severity="extreme"))
    assert len(story.alerts) == 1
    assert story.told == [OPENED]
    assert (len(story.alert.reports), len(story.alert.publishers)) == (5, 4)
    assert story.alert.mission_status is MissionStatus.WORKING_NORMALLY
    assert (story.alert.reported_severity, story.alert.official_severity) == (
        Severity.SEVERE,
        Severity.MODERATE,
    )


def test_one_family_alone_gives_its_own_level_and_a_second_one_the_common_level(story: Story) -> None:
    story.hears(call("tabloid", severity="extreme"))
    assert story.alert.severity is Severity.EXTREME
    story.hears(call("bbc", severity="severe", hours=1))
    assert story.alert.severity is Severity.SEVERE
    assert story.told == [OPENED], "falling is never pushed"
    assert "Weaker than thought" in story.changes[-1].detail


def test_the_official_wording_counts_although_papers_write_less(story: Story) -> None:
    story.hears(call("bbc", severity="moderate"), call("ap", severity="moderate"))
    story.hears(call("embassy", severity="extreme", official=True, hours=1))
    assert story.told == [OPENED, ESCALATED]
    assert story.alert.severity is Severity.EXTREME


def test_one_paper_shouting_louder_than_two_others_does_not_escalate(story: Story) -> None:
    story.hears(call("bbc"), call("ap"))
    story.hears(call("tabloid", severity="extreme", hours=1))
    assert story.reasons == [OPENED, CORROBORATED]
    story.hears(call("lemonde", severity="extreme", hours=2))
    assert story.told == [OPENED, ESCALATED]


def test_copies_of_one_wire_text_are_one_voice(story: Story) -> None:
    wire = "10:" + "".join(f"{value:08x}" for value in range(10))
    story.hears(call("bbc"))
    for n in range(5):
        story.hears(call(f"paper-{n}", severity="extreme", digest=wire, hours=n))
    assert story.told == [OPENED]
    assert len(story.alert.publishers) == 2
    assert story.reasons == [OPENED, CORROBORATED, *[NOTHING_NEW] * 4]


def test_the_same_level_again_is_corroborated_once_per_family_and_then_nothing_new(story: Story) -> None:
    story.hears(call("bbc"))
    story.hears(call("ap", hours=1))
    story.hears(call("ap", hours=2, article="ap-2"))
    assert story.reasons == [OPENED, CORROBORATED, NOTHING_NEW]


def test_two_acts_in_one_pass_are_one_push(story: Story) -> None:
    story.hears(call(article="a"), call(article="a", kind="staff_departure"))
    assert story.told == [OPENED]
    assert story.alert.kinds == (Kind.LEAVE, Kind.STAFF_DEPARTURE)


@pytest.mark.parametrize("kind", ["staff_departure", "evacuation", "mission_closure", "shelter"])
def test_a_new_kind_of_act_widens_even_from_one_paper(story: Story, kind: str) -> None:
    story.hears(call())
    story.hears(call(kind=kind, severity="moderate", hours=3))
    assert story.told == [OPENED, WIDENED]


def test_a_travel_level_beside_a_told_call_to_leave_rings_only_from_the_issuer(story: Story) -> None:
    story.hears(call())
    story.hears(call("ap", kind="do_not_travel", severity="moderate", hours=1))
    assert story.told == [OPENED]
    story.hears(call("mfa", kind="do_not_travel", severity="moderate", hours=2, official=True))
    assert story.told == [OPENED, WIDENED]


def test_a_travel_level_beside_a_staff_departure_rings_when_two_papers_have_it(story: Story) -> None:
    story.hears(call(kind="staff_departure"))
    story.hears(call("ap", kind="do_not_travel", severity="moderate", hours=1))
    assert story.told == [OPENED]
    story.hears(call("upi", kind="do_not_travel", severity="moderate", hours=2))
    assert story.told == [OPENED, WIDENED]


def test_an_ordinary_way_out_is_no_news_but_a_charter_of_the_state_is(story: Story) -> None:
    story.hears(call())
    story.hears(call("ap", means=("commercial flights",), hours=1))
    story.hears(call("upi", means=("commercial flights",), hours=1))
    story.hears(call("ft", means=("charter flight",), hours=2))
    assert story.told == [OPENED], "one paper alone"
    story.hears(call("dpa", means=("charter flight",), hours=3))
    assert story.told == [OPENED, WIDENED]
    assert "charter flight" in story.changes[-1].detail


def test_a_deadline_counts_when_the_issuer_or_two_papers_name_it(story: Story) -> None:
    story.hears(call())
    story.hears(call("ap", deadline="by Friday", hours=1))
    assert story.told == [OPENED]
    story.hears(call("mfa", deadline="within 48 hours", hours=2, official=True))
    assert story.told == [OPENED, WIDENED]
    story.hears(call("mfa", deadline="within 24 hours", hours=9, official=True))
    assert story.told == [OPENED, WIDENED, WIDENED]
    assert "told before: within 48 hours" in story.changes[-1].detail


def test_from_a_part_to_the_whole_country_is_widened(story: Story) -> None:
    story.hears(call("mfa", official=True, area="the north"))
    story.hears(call("tabloid", hours=1))
    assert story.told == [OPENED], "a headline leaves the part out"
    story.hears(call("mfa", official=True, hours=5))
    assert story.told == [OPENED, WIDENED]
    assert "whole country" in story.changes[-1].detail


def test_another_government_is_another_alert(story: Story) -> None:
    story.hears(call(article="a"), call(article="a", pair="US-SY"))
    assert sorted(a.issuer for a in story.alerts.values()) == ["RU", "US"]
    assert story.told == [OPENED, OPENED]


def test_an_article_that_only_recalls_is_no_event(story: Story) -> None:
    assert story.hears(call(current=False)) == []


# --- easing ---------------------------------------------------------------------------------------------


def test_the_issuers_easing_closes_the_alert_and_is_told_once(story: Story) -> None:
    story.hears(call())
    story.hears(call(kind="easing", severity="minor", days=2))
    story.hears(call("ap", kind="easing", severity="minor", days=2, hours=1))
    assert story.told == [OPENED, EASED]
    assert story.alert.closed_by == "eased"
    assert story.alert.kinds == (Kind.LEAVE, Kind.EASING)


def test_an_easing_beside_a_standing_level_keeps_the_alert_open(story: Story) -> None:
    story.hears(call(kind="staff_departure"))
    eased = {"article": "lifted", "days": 3}
    story.hears(
        call(kind="easing", severity="minor", **eased),
        call(kind="do_not_travel", severity="moderate", **eased),
    )
    assert story.told == [OPENED, EASED]
    assert story.alert.closed_at is None
    assert story.alert.severity is Severity.MODERATE
    story.hears(call("ap", kind="do_not_travel", severity="moderate", days=3, hours=2))
    assert story.told == [OPENED, EASED], "what stands is known"
    story.hears(call(kind="staff_departure", days=4))
    assert story.told == [OPENED, EASED, WIDENED]


def test_a_lower_level_reported_after_the_easing_is_what_remains_not_a_new_call(story: Story) -> None:
    story.hears(call())
    story.hears(call(kind="easing", severity="minor", days=1))
    story.hears(call("ap", kind="do_not_travel", severity="moderate", days=1, hours=1))
    assert story.told == [OPENED, EASED]
    story.hears(call("ap", days=2))
    assert story.told == [OPENED, EASED, ESCALATED]


def test_an_article_published_before_the_easing_does_not_reopen(story: Story) -> None:
    story.hears(call())
    story.hears(call(kind="easing", severity="minor", days=2))
    story.hears(call("late", days=1), now=START + timedelta(days=2, hours=2))
    story.hears(call("later", kind="evacuation", severity="extreme", days=1), now=START + timedelta(days=2, hours=3))
    assert story.told == [OPENED, EASED]
    assert len(story.alerts) == 1
    assert story.alert.closed_by == "eased"


def test_a_paper_that_prints_its_article_again_after_the_easing_does_not_reopen(story: Story) -> None:
    text = "10:" + "".join(f"{value:08x}" for value in range(10))
    story.hears(call("bbc", article="x", digest=text))
    story.hears(call(kind="easing", severity="minor", days=2))
    story.hears(call("bbc", article="x", digest=text, days=3))
    story.hears(call("bbc", article="y", digest=text, days=3))
    assert story.told == [OPENED, EASED]


def test_an_easing_that_arrives_late_does_not_close_what_was_called_after_it(story: Story) -> None:
    story.hears(call(days=0))
    story.hears(call(kind="evacuation", severity="extreme", days=3))
    story.hears(call(kind="easing", severity="minor", days=1), now=START + timedelta(days=3, hours=1))
    assert story.alert.closed_at is None
    assert Reason.EASED not in story.told
    assert Kind.EVACUATION in story.alert.kinds


def test_a_new_call_after_the_easing_reopens_as_another_alert(story: Story) -> None:
    story.hears(call())
    story.hears(call(kind="easing", severity="minor", days=2))
    story.hears(call(days=4))
    assert story.told == [OPENED, EASED, REOPENED]
    assert len(story.alerts) == 2


def test_an_easing_of_an_unknown_call_is_recorded_from_the_press_and_told_from_the_issuer(
    story: Story,
) -> None:
    story.hears(call(kind="easing", severity="minor"))
    story.hears(call("bbc", kind="easing", severity="minor", hours=3))
    assert story.told == []
    assert story.reasons == [EASED, NOTHING_NEW]
    assert len(story.alerts) == 1
    official = Story()
    official.hears(call("mfa", kind="easing", severity="minor", official=True))
    assert official.told == [EASED]


def test_an_easing_within_a_year_of_a_silent_end_is_told(story: Story) -> None:
    story.hears(call())
    story.hears(call(kind="easing", severity="minor", days=200))
    assert story.told == [OPENED, EASED]
    assert story.alert.closed_by == "eased"


# --- silence --------------------------------------------------------------------------------------------


def test_ten_days_of_silence_end_the_episode_without_a_word(story: Story) -> None:
    story.hears(call(kind="leave"))
    story.hears(call(kind="leave", days=11))
    assert story.reasons == [OPENED, Reason.CLOSED, REOPENED] or story.reasons == [
        OPENED,
        REOPENED,
        Reason.CLOSED,
    ]
    assert story.told == [OPENED, REOPENED]


def test_reports_within_ten_days_of_each_other_keep_the_episode(story: Story) -> None:
    for days in (0, 9, 18, 27):
        story.hears(call(days=days))
    assert len(story.alerts) == 1
    assert story.told == [OPENED]


@pytest.mark.parametrize("days", [11, 400, 2000])
def test_a_held_level_repeated_is_nothing_new_also_after_years(story: Story, days: int) -> None:
    story.hears(call("us-state", kind="do_not_travel", severity="moderate", official=True))
    story.hears(call("us-state", kind="do_not_travel", severity="moderate", official=True, days=days))
    story.hears(call("ap", kind="do_not_travel", severity="moderate", days=days, hours=1))
    assert story.told == [OPENED]
    assert len(story.alerts) == 1


def test_a_repeated_level_after_silence_does_not_hide_the_call_that_follows(story: Story) -> None:
    story.hears(call("us", article="a"), call("us", "do_not_travel", "moderate", article="a"))
    story.hears(call("ap", "do_not_travel", "moderate", days=500))
    assert story.alert.closed_by == "silence"
    story.hears(call("us", days=501, article="b"))
    assert story.told == [OPENED, REOPENED]


def test_a_level_repeated_beside_a_new_call_stays_with_it(story: Story) -> None:
    story.hears(call("us", "do_not_travel", "moderate", official=True))
    later = {"official": True, "days": 90, "article": "b"}
    story.hears(call("us", "do_not_travel", "moderate", **later), call("us", "staff_departure", **later))
    assert story.told == [OPENED, REOPENED]
    assert story.alert.kinds == (Kind.STAFF_DEPARTURE, Kind.DO_NOT_TRAVEL)


def test_the_same_standing_text_is_nothing_new_after_years(story: Story) -> None:
    text = "10:" + "".join(f"{value:08x}" for value in range(10))
    changed = "10:" + "".join(f"{value:08x}" for value in range(90, 100))
    story.hears(call("us-state", official=True, article="mali", digest=text))
    story.hears(call("us-state", official=True, article="mali", digest=changed, days=500))
    story.hears(call("us-state", official=True, article="mali-new-guid", digest=changed, days=700))
    assert story.told == [OPENED]


def test_a_higher_level_after_silence_reopens(story: Story) -> None:
    story.hears(call("us-state", kind="reconsider_travel", severity="minor", official=True))
    story.hears(call("us-state", kind="do_not_travel", severity="moderate", official=True, days=90))
    assert story.told == [OPENED, REOPENED]


def test_a_late_article_of_an_episode_long_past_opens_nothing_loud(story: Story) -> None:
    story.hears(call(days=30))
    story.hears(call(days=1), now=START + timedelta(days=30, hours=1))
    assert story.told == [OPENED]
    assert [a.closed_by for a in story.alerts.values()] == [None, "silence"]


# --- age, outage, first sight ---------------------------------------------------------------------------


def test_an_old_article_is_recorded_and_says_why_it_is_not_told(story: Story) -> None:
    (change,) = story.hears(call(), now=START + timedelta(days=3))
    assert (change.reason, change.told) == (OPENED, False)
    assert "published 3 days ago" in change.detail
    story.hears(call("ap", days=3), now=START + timedelta(days=3))
    assert story.told == [OPENED], "told when a fresh article brings it"


def test_an_old_act_recorded_in_silence_does_not_ring_through_the_next_repetition(story: Story) -> None:
    story.hears(call(days=5))
    story.hears(call("ap", kind="evacuation", severity="extreme", days=1), now=START + timedelta(days=5, hours=1))
    story.hears(call("upi", days=5, hours=2))
    assert story.told == [OPENED]


def test_after_an_outage_what_was_missed_is_told_and_marked_late(story: Story) -> None:
    now = START + timedelta(days=5)
    (change,) = story.hears(call(), now=now, last_good=START - timedelta(hours=1))
    assert (change.told, change.late) == (True, True)


def test_the_future_of_a_wrong_clock_is_now(story: Story) -> None:
    (change,) = story.hears(call(days=30), now=START)
    assert change.told
    assert change.alert.last_seen == START


def test_a_single_current_call_at_first_sight_keeps_its_normal_form(story: Story) -> None:
    (change,) = story.hears(call(), baseline=True)
    assert (change.told, change.situation) == (True, False)


def test_standing_calls_at_first_sight_are_one_situation_and_a_current_one_rings_beside_it(
    story: Story,
) -> None:
    levels = [
        call("us", "do_not_travel", "moderate", pair=f"US-{code}", official=True, days=-300, article=code)
        for code in ("AF", "ML", "SY")
    ]
    changes = story.hears(*levels, call("us", pair="US-LB", official=True), baseline=True)
    assert [(c.alert.destination, c.told, c.situation) for c in changes] == [
        ("AF", True, True),
        ("ML", True, True),
        ("SY", True, True),
        ("LB", True, False),
    ]


def test_several_current_calls_at_first_sight_are_one_situation(story: Story) -> None:
    changes = story.hears(call(), call(pair="US-SY"), baseline=True)
    assert all(change.situation for change in changes)


def test_old_press_calls_at_first_sight_are_not_standing(story: Story) -> None:
    (change,) = story.hears(call(), baseline=True, now=START + timedelta(days=40))
    assert not change.told


# --- changed texts, retractions, identity ---------------------------------------------------------------


def test_a_changed_text_that_says_more_counts_from_now(story: Story) -> None:
    story.hears(call("us", official=True, article="page", digest="1:00000001"))
    now = START + timedelta(days=6)
    story.hears(call("us", "leave", "extreme", official=True, article="page", digest="1:00000002"), now=now)
    assert story.told == [OPENED, ESCALATED]


def test_a_retracted_alarm_is_not_rung_again_by_one_more_paper(story: Story) -> None:
    story.hears(call())
    change = retract(story.alert, "a film", START + timedelta(hours=2))
    assert (change.reason, change.told, change.detail) == (Reason.RETRACTED, True, "False alarm: a film")
    story.alerts[change.alert.id] = change.alert
    story.hears(call("ap", hours=1))
    story.hears(call("ap", hours=3))
    assert story.told == [OPENED]
    story.hears(call("upi", hours=4))
    assert story.told == [OPENED, REOPENED]


def test_names_grow_when_the_short_one_is_taken(story: Story) -> None:
    short = decide([call()], [], START)[0].alert.id
    longer = decide([call()], [], START, taken={short})[0].alert.id
    assert longer.startswith(short)
    assert len(longer) == len(short) + 1


def test_papers_that_leave_the_part_out_do_not_make_it_the_whole_country(story: Story) -> None:
    story.hears(call(area="the north"))
    story.hears(call("ap", hours=1), call("afp", hours=2))
    assert story.told == [OPENED]
    assert story.alert.acts[0].area == "the north"


def test_the_issuers_wider_audience_is_news_and_a_narrower_wording_is_none(story: Story) -> None:
    story.hears(call("mfa", official=True, audience="citizens"))
    story.hears(call("mfa", official=True, audience="citizens, families", hours=3))
    assert story.told == [OPENED, WIDENED]
    story.hears(call("mfa", official=True, audience="citizens", hours=6))
    assert story.told == [OPENED, WIDENED]
