"""Dates as publishers write them: certain, a day, or none."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.model import Dating
from advisor.read.dates import parse_date

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("Tue, 28 Apr 2026 10:15:00 GMT", at(2026, 4, 28, 10, 15)),
        ("Tue, 28 Apr 2026 10:15:00 +0200", at(2026, 4, 28, 8, 15)),
        ("28 Apr 26 10:15 Z", at(2026, 4, 28, 10, 15)),
        ("Tue, 28 Apr 2026 10:15:00 AEST", at(2026, 4, 28, 0, 15)),
        ("Tue, 28 Apr 2026 10:15:00 AEDT", at(2026, 4, 27, 23, 15)),
        ("Tue, 28 Apr 2026 10:15:00 ACST", at(2026, 4, 28, 0, 45)),
        ("Tue, 28 Apr 2026 10:15:00 EST", at(2026, 4, 28, 15, 15)),
        ("Tue, 28 Apr 2026 10:15:00 +0000 (UTC)", at(2026, 4, 28, 10, 15)),
        ("Tuesday, 28-Apr-26 10:15:00 GMT", at(2026, 4, 28, 10, 15)),
        ("2026-04-28T10:15:00Z", at(2026, 4, 28, 10, 15)),
        ("2026-04-28T10:15:00.123456+05:30", at(2026, 4, 28, 4, 45)),
        ("2026-04-28 10:15 -0400", at(2026, 4, 28, 14, 15)),
        ("20260428T101500Z", at(2026, 4, 28, 10, 15)),
        ("April 28, 2026 3:07 pm EDT", at(2026, 4, 28, 19, 7)),
        ("  Tue,\n 28  Sept 2021 10:15:60 UTC ", at(2021, 9, 28, 10, 15, 59)),
    ],
)
def test_a_moment_with_a_zone_is_exact(raw, moment):
    assert parse_date(raw, NOW) == (moment, Dating.EXACT)


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("Tue, 28 Apr 2026", at(2026, 4, 28)),
        ("2026-04-28", at(2026, 4, 28)),
        ("28.04.2026", at(2026, 4, 28)),
        ("April 28, 2026", at(2026, 4, 28)),
        ("2016/6/29 15:07:41", at(2016, 6, 29, 15, 7, 41)),
        ("2026-04-28T10:15:00", at(2026, 4, 28, 10, 15)),
        ("Tue, 28 Apr 2026 10:15:00 IST", at(2026, 4, 28, 10, 15)),  # India, Israel or Ireland
        ("Mon Nov 23 10:00:00 2026", at(2026, 11, 23, 10)),
        ("2026-11-24", at(2026, 11, 24)),  # already tomorrow in the Pacific
    ],
)
def test_without_a_sure_time_it_is_a_day(raw, moment):
    assert parse_date(raw, NOW) == (moment, Dating.DAY)


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "",
        "yesterday",
        "mardi 28 avril 2026",
        "28 avr. 2026 10:15",
        "04/05/2026",
        "4/28/2026 3:07:41 PM",
        "2026-04",
        "2026-02-30",
        "2026-13-01T00:00:00Z",
        "9999-12-31T23:59:59-14:00",
        "Tue, 28 Apr 2026 25:15:00 GMT",
        "Tue, 28 Apr 2026 10:15:00 +9900",
        "1745835300",
        "28 Aprilis 2026",
    ],
)
def test_what_is_unsure_or_impossible_is_undated(raw):
    assert parse_date(raw, NOW) == (None, Dating.UNDATED)


@pytest.mark.parametrize("raw", ["2026-11-23T16:01:00Z", "2027-01-01", "Tue, 28 Apr 2226 10:15:00 GMT"])
def test_what_is_still_to_come_is_told_as_that_and_not_used(raw):
    assert parse_date(raw, NOW) == (None, Dating.FUTURE)


@pytest.mark.parametrize("raw", ["1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"])
def test_zero_dates_are_told_as_that_and_not_used(raw):
    assert parse_date(raw, NOW) == (None, Dating.ANCIENT)


def test_a_clock_that_is_a_little_ahead_is_believed():
    assert parse_date("2026-11-23T15:59:00Z", NOW)[1] is Dating.EXACT


@given(
    st.text(max_size=60) | st.from_regex(r"[0-9]{1,4}[-/. ][A-Za-z0-9]{1,9}[-/. ][0-9]{1,5}[T ]?[0-9:.]{0,12}.{0,6}")
)
def test_no_text_raises_and_no_date_lies_far_ahead(raw):
    moment, dating = parse_date(raw, NOW)
    assert (moment is None) == (not dating.known)
    assert moment is None or moment <= NOW + timedelta(hours=15)


@given(st.integers(0, 1_000_000_000))
def test_what_we_write_in_iso_8601_we_read(seconds):
    moment = at(1992, 1, 1) + timedelta(seconds=seconds)
    assert parse_date(moment.isoformat(), NOW) == (moment, Dating.EXACT)


@given(
    st.sampled_from(["Tue, ", "Xxx, ", "tue, ", ""]), st.integers(0, 32), st.sampled_from(["Apr", "feb", "Foo"]),
    st.sampled_from(["0001", "1970", "2026", "2027"]), st.integers(0, 25), st.integers(0, 61),
    st.sampled_from(["GMT", "UTC", "+0000", "+0100", "EST", "-0000", "gmt"]),
)  # fmt: skip
def test_spacing_changes_no_date(weekday, day, month, year, hour, second, zone):
    usual = f"{weekday}{day:02} {month} {year} {hour:02}:15:{second:02} {zone}"
    assert parse_date(usual, NOW) == parse_date(usual.replace(" ", "  "), NOW)
