"""When sources are asked again."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.model import SourceState
from advisor.poll import next_poll, phase_of, refresh_due

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVERY = timedelta(minutes=5)
FRESH = SourceState.FRESH


def test_a_source_keeps_its_place_in_the_interval_through_restarts():
    phase = phase_of("gb-fcdo")
    first = next_poll(EVERY, NOW, state=FRESH, phase=phase)
    assert first == next_poll(EVERY, NOW + timedelta(seconds=3), state=FRESH, phase=phase)
    assert phase_of("gb-fcdo") == phase


def test_sources_are_spread_over_the_interval():
    due = [next_poll(EVERY, NOW, state=FRESH, phase=phase_of(f"source-{n}")) for n in range(200)]
    tenths = {int((moment - NOW) / (EVERY / 10)) for moment in due}
    assert len(tenths) >= 9


@given(
    st.integers(0, 600_000_000).map(lambda seconds: NOW + timedelta(seconds=seconds)),
    st.timedeltas(timedelta(seconds=5), timedelta(days=7)),
    st.floats(0, 0.999999),
)
def test_a_healthy_source_is_asked_once_an_interval(now, every, phase):
    gap = next_poll(every, now, state=FRESH, phase=phase) - now
    assert every * 0.4 <= gap <= every * 1.6


def test_over_a_long_time_the_interval_holds():
    now, phase, polls = NOW, phase_of("x"), 0
    while now < NOW + timedelta(days=1):
        now, polls = next_poll(EVERY, now, state=FRESH, phase=phase), polls + 1
    assert 280 <= polls <= 296


@pytest.mark.parametrize(
    ("fresh_for", "retry_after", "least"),
    [
        (timedelta(minutes=20), None, timedelta(minutes=20)),
        (timedelta(days=30), None, timedelta(hours=1)),
        (None, timedelta(hours=3), timedelta(hours=3)),
        (None, timedelta(days=300), timedelta(days=1)),
    ],
)
def test_what_the_server_asks_for_is_a_capped_lower_bound(fresh_for, retry_after, least):
    due = next_poll(EVERY, NOW, state=FRESH, fresh_for=fresh_for, retry_after=retry_after)
    assert due == NOW + least


@pytest.mark.parametrize(
    ("failures", "state", "delay"),
    [
        (1, SourceState.UNREACHABLE, timedelta(minutes=5)),
        (2, SourceState.UNREACHABLE, timedelta(minutes=10)),
        (3, SourceState.BLOCKED, timedelta(minutes=20)),
        (9, SourceState.UNREACHABLE, timedelta(hours=1)),
        (10_000, SourceState.UNREACHABLE, timedelta(hours=1)),
        (9, SourceState.DEAD, timedelta(hours=6)),
        (10_000, SourceState.DEAD, timedelta(hours=6)),
    ],
)
def test_failures_back_off_up_to_a_cap_and_never_stop(failures, state, delay):
    assert next_poll(EVERY, NOW, state=state, failures_in_a_row=failures) == NOW + delay


def test_a_daily_source_that_fails_is_not_asked_more_often_than_daily():
    day = timedelta(days=1)
    assert next_poll(day, NOW, state=SourceState.UNREACHABLE, failures_in_a_row=5) >= NOW + day


def test_a_whole_answer_is_asked_for_four_times_a_day_at_the_sources_own_hour() -> None:
    begin = datetime(2026, 3, 1, tzinfo=UTC)
    for phase in (0.0, 0.3, 0.99):
        polls = [begin + timedelta(minutes=5 * number) for number in range(4 * 288)]
        due = [late for early, late in pairwise(polls) if refresh_due(early, late, phase)]
        assert len(due) in {15, 16}
    assert refresh_due(None, begin)
    assert refresh_due(begin, begin + timedelta(days=3), 0.5)
    assert refresh_due(begin, begin - timedelta(days=3), 0.5)
