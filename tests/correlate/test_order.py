"""The order of arrival does not matter."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.correlate import Policy
from advisor.model import Alert, Report, Severity
from tests.correlate.conftest import START, Story, call

CALLS = ["leave", "evacuation", "staff_departure", "do_not_travel", "shelter"]
TEXTS = ["", *("20:" + "".join(f"{family * 100 + n:08x}" for n in range(20)) for family in range(3))]


@st.composite
def reports(draw: st.DrawFn, kinds: list[str] = CALLS, days: int = 9) -> list[Report]:
    """Different articles about one pair, all within one episode."""
    return [
        call(
            draw(st.sampled_from(["bbc", "ap", "afp", "tass", "mfa"])),
            draw(st.sampled_from(kinds)),
            draw(st.sampled_from([str(severity) for severity in Severity])),
            article=f"a{number}",
            official=draw(st.booleans()),
            hours=draw(st.integers(0, days * 24)),
            digest=draw(st.sampled_from(TEXTS)),
            official_severity=draw(st.sampled_from([None, Severity.MODERATE, Severity.EXTREME])),
            area=draw(st.sampled_from([None, "the north", "the south"])),
            deadline=draw(st.sampled_from([None, "by Friday", "now"])),
        )
        for number in range(draw(st.integers(1, 7)))
    ]


def played(order: list[Report], *, at_once: bool = False) -> list[Alert]:
    story = Story()
    now = START + timedelta(days=9)
    if at_once:
        story.hears(*order, now=now)
    else:
        for report in order:
            story.hears(report, now=now)
    return sorted(story.alerts.values(), key=lambda alert: alert.opened_at)


def state(alert: Alert) -> tuple[object, ...]:
    return (
        alert.severity,
        alert.official_severity,
        alert.reported_severity,
        alert.acts,
        alert.publishers,
        alert.opened_at,
        alert.last_seen,
        alert.closed_by,
    )


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_any_order_of_calls_ends_with_the_same_alert(data: st.DataObject) -> None:
    first = data.draw(reports())
    other = data.draw(st.permutations(first))
    (one,), (two,), (three,) = played(first), played(list(other)), played(first, at_once=True)
    assert state(one) == state(two) == state(three)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_any_order_with_easings_agrees_on_what_stands(data: st.DataObject) -> None:
    """Whether a later call continues an episode or opens the next may differ; what holds now may not."""
    drawn = data.draw(reports(kinds=["leave", "evacuation", "easing"]))
    first = [replace(report, digest="") for report in drawn]  # reprints after an easing depend on the easing
    other = data.draw(st.permutations(first))
    open_now = [
        [(alert.severity, [a for a in alert.acts if a.kind != "easing"]) for alert in alerts if not alert.closed_at]
        for alerts in (played(first), played(list(other)))
    ]
    assert open_now[0] == open_now[1]


@given(reports())
@settings(max_examples=50, deadline=None)
def test_hearing_everything_twice_tells_nothing_new(found: list[Report]) -> None:
    story = Story()
    now = START + timedelta(days=9)
    story.hears(*found, now=now)
    told, alert = len(story.told), story.alert
    story.hears(*found, now=now)
    assert len(story.told) == told
    assert state(story.alert) == state(alert)


@given(reports())
@settings(max_examples=50, deadline=None)
def test_every_change_explains_itself(found: list[Report]) -> None:
    story = Story()
    for report in found:
        story.hears(report, policy=Policy())
    assert all(change.detail for change in story.changes)
