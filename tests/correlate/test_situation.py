"""Other governments in these days, and closing computed from now."""

from __future__ import annotations

from datetime import timedelta

from advisor.correlate import as_of, correct, others
from advisor.model import Reason
from tests.correlate.conftest import START, Story, call


def test_the_third_government_in_48_hours_hears_of_the_two_before(story: Story) -> None:
    story.hears(call(pair="FR-LB", days=-5))
    story.hears(call(pair="US-LB"))
    story.hears(call(pair="GB-LB", hours=5))
    story.hears(call(pair="GB-SY", hours=5))
    story.hears(call(pair="DE-LB", hours=9))
    now = START + timedelta(hours=9)
    assert others(story.alerts.values(), "LB", now, issuer="DE") == ("US", "GB")


def test_silence_closes_without_anyone_writing_it_down(story: Story) -> None:
    story.hears(call())
    assert as_of(story.alert, START + timedelta(days=9)).closed_at is None
    over = as_of(story.alert, START + timedelta(days=11))
    assert (over.closed_by, over.closed_at) == ("silence", START + timedelta(days=10))


def test_a_correction_by_hand_is_told(story: Story) -> None:
    story.hears(call())
    change = correct(story.alert, "the deadline is Friday", START)
    assert (change.reason, change.told, change.detail) == (Reason.CORRECTED, True, "the deadline is Friday")
