"""Quiet hours and digests, on the receiver's own clock."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from advisor.deliver.timetable import digest_at, quiet_until
from advisor.model import Loudness, Receiver

NIGHT = Receiver("phone", "json://x", "Europe/Berlin", quiet=(time(22), time(7)))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-01-15T20:59", None),
        ("2026-01-15T21:00", "2026-01-16T06:00"),  # 22:00 in Berlin
        ("2026-01-16T03:00", "2026-01-16T06:00"),
        ("2026-01-16T06:00", None),
        ("2026-03-28T23:00", "2026-03-29T05:00"),  # the night in which the clocks go forward is an hour shorter
        ("2026-10-24T22:00", "2026-10-25T06:00"),  # and in autumn an hour longer
    ],
)
def test_the_night_holds_what_does_not_wake(now: str, until: str | None) -> None:
    assert quiet_until(NIGHT, Loudness.NOTIFY, at(now)) == (at(until) if until else None)


def test_what_wakes_is_held_by_no_night_and_a_receiver_without_one_by_nothing() -> None:
    midnight = at("2026-01-16T00:00")
    assert quiet_until(NIGHT, Loudness.WAKE, midnight) is None
    assert quiet_until(Receiver("phone", "json://x"), Loudness.NOTIFY, midnight) is None


def test_a_window_within_one_day() -> None:
    lunch = Receiver("phone", "json://x", quiet=(time(12), time(13, 30)))
    assert quiet_until(lunch, Loudness.NOTIFY, at("2026-01-16T12:30")) == at("2026-01-16T13:30")
    assert quiet_until(lunch, Loudness.NOTIFY, at("2026-01-16T14:00")) is None


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-01-15T06:59", "2026-01-15T07:00"),  # 08:00 in Berlin
        ("2026-01-15T07:00", "2026-01-16T07:00"),
        ("2026-03-28T12:00", "2026-03-29T06:00"),
        ("2026-10-24T12:00", "2026-10-25T07:00"),
    ],
)
def test_a_digest_comes_at_its_time_of_day_there(now: str, due: str) -> None:
    assert digest_at(Receiver("mail", "json://x", "Europe/Berlin"), at(now)) == at(due)


def test_a_time_that_the_clock_leaves_out_comes_all_the_same() -> None:
    early = Receiver("mail", "json://x", "Europe/Berlin", digest=time(2, 30))
    assert digest_at(early, at("2026-03-28T12:00")).date() == at("2026-03-29T00:00").date()
