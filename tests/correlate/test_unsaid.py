"""A text that no longer says what was told from it, and says it again."""

from __future__ import annotations

from datetime import timedelta

from advisor.correlate import unsaid
from advisor.model import Reason
from tests.correlate.conftest import START, Story, call

HOUR = timedelta(hours=1)


def gone(story: Story, *articles: str, hours: float = 1) -> Reason | None:
    """The source is seen without its words; the reason if people are told."""
    change = unsaid(story.alert, set(articles), START + hours * HOUR)
    if change is None:
        return None
    story.alerts[change.alert.id] = change.alert
    story.changes.append(change)
    return change.reason if change.told else None


def test_the_only_source_that_takes_its_words_back_is_told_as_that(story: Story) -> None:
    story.hears(call("bbc", article="a"))
    assert gone(story, "a") is Reason.CORRECTED
    assert "bbc changed or removed the text" in story.changes[-1].detail
    assert story.alert.closed_at is None


def test_it_is_no_news_while_another_source_says_so(story: Story) -> None:
    story.hears(call("bbc", article="a"), call("upi", article="b"))
    assert gone(story, "a") is None
    assert "bbc" in story.changes[-1].detail
    assert gone(story, "b") is Reason.CORRECTED


def test_what_was_never_told_is_not_taken_back_aloud(story: Story) -> None:
    story.hears(call("bbc", article="a", days=-9), now=START)
    assert gone(story, "a") is None


def test_words_that_come_back_are_told_once_more_and_then_never_again(story: Story) -> None:
    story.hears(call("bbc", article="a"))
    for hours in (1, 3, 5):
        gone(story, "a", hours=hours)
        story.hears(call("bbc", article="a"), now=START + (hours + 1) * HOUR)
    assert story.told == [Reason.OPENED, Reason.CORRECTED, Reason.CORRECTED]


def test_another_source_that_says_so_after_the_words_were_gone_is_told(story: Story) -> None:
    story.hears(call("bbc", article="a"))
    gone(story, "a")
    (change,) = story.hears(call("upi", article="b", hours=2))
    assert (change.reason, change.told) == (Reason.CORRECTED, True)
    assert "upi says so again" in change.detail


def test_a_publisher_who_took_it_back_counts_no_longer_as_a_voice(story: Story) -> None:
    story.hears(call("bbc", severity="extreme", article="a"), call("upi", severity="extreme", article="b"))
    gone(story, "a")
    story.hears(call("afp", severity="severe", article="c", hours=2))
    assert story.alert.publishers == {"upi", "afp"}


def test_what_is_over_is_not_taken_back(story: Story) -> None:
    story.hears(call("ru", article="a", official=True))
    story.hears(call("ru", "easing", "minor", article="b", official=True, hours=5))
    assert gone(story, "a", hours=6) is None
