"""When something was published, from the raw words: never a guess that could be wrong by a month.

A date that cannot be read for certain, cannot be true or lies in the future is "undated"; the article stays.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from advisor.model import Dating

Dated = tuple[datetime | None, Dating]
UNKNOWN: Dated = (None, Dating.UNDATED)

_AHEAD = timedelta(hours=1)  # clocks differ
_AHEAD_UNZONED = timedelta(hours=15)  # a day or a time without zone may be local time at UTC+14
_EARLIEST = 1990  # zero dates (1970-01-01, 0001-01-01) say nothing

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_FULL_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "sept", "october",
    "november", "december",
)  # fmt: skip
# Hours east of UTC. RFC 822, section 5.1 for the American ones; the rest are the usual unambiguous names.
# IST (India, Israel, Ireland) and the military letters (RFC 5322, section 4.3) are left out on purpose.
_ZONES: dict[str, float] = {
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "MEZ": 1,
    "MESZ": 2, "EET": 2, "EEST": 3, "MSK": 3, "TRT": 3, "IDT": 3, "EAT": 3, "CAT": 2, "WAT": 1, "SAST": 2,
    "PKT": 5, "NPT": 5.75, "ICT": 7, "WIB": 7, "HKT": 8, "SGT": 8, "PHT": 8, "AWST": 8, "JST": 9, "KST": 9,
    "ACST": 9.5, "ACDT": 10.5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "EST": -5, "EDT": -4,
    "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10,
    "AST": -4, "ADT": -3, "NST": -3.5, "NDT": -2.5, "BRT": -3, "ART": -3, "CLT": -4, "COT": -5, "PET": -5,
}  # fmt: skip

_TIME = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?m\.?)?"
    r"\s*\(?(?P<zone>z|(?:utc|gmt)?\s?[+-]\d{1,2}:?(?:\d{2})?|[a-z]{2,5})?\)?(?:\s*\([\w\s]+\))?"
)
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE | re.ASCII)
    for pattern in (
        # 2026-04-28T10:15:00Z, 2016/6/29 15:07:41, 2026-04-28
        rf"(?P<year>\d{{4}})(?P<s>[-/.])(?P<month>\d{{1,2}})(?P=s)(?P<day>\d{{1,2}})(?:(?:T|\s+|\s*,\s*){_TIME})?",
        # 20260428T101500Z, 20260428
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
        r"(?:T?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})(?P<zone>z|[+-]\d{2}:?\d{2})?)?",
        # 28 Apr 2026 10:15:00 AEDT (RFC 822, RFC 850, HTTP)
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s-]+(?P<name>[a-z]{{3,9}})\.?,?[\s-]+(?P<year>\d{{2,4}})"
        rf"(?:(?:\s*,\s*|\s+(?:at\s+)?|T){_TIME})?",
        # Apr 28, 2026 10:15 pm EST
        rf"(?P<name>[a-z]{{3,9}})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})"
        rf"(?:(?:\s*,\s*|\s+(?:at\s+|-\s+)?){_TIME})?",
        # Apr 28 10:15:00 2026 (asctime), with an optional zone before the year
        r"(?P<name>[a-z]{3,9})\s+(?P<day>\d{1,2})\s+(?P<hour>\d{1,2}):(?P<minute>\d{2}):(?P<second>\d{2})"
        r"(?:\s+(?P<zone>[a-z]{2,5}|[+-]\d{4}))?\s+(?P<year>\d{4})",
        # 28.04.2026 10:15
        rf"(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.(?P<year>\d{{4}})(?:\s*,?\s+{_TIME})?",
    )
)
_USUAL = re.compile(  # of nine feeds in ten: Tue, 28 Apr 2026 10:15:00 GMT
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(\d\d?) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) (?:GMT|UTC|\+0000)",
    re.ASCII,
)
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?\s*,?\s+", re.IGNORECASE)


def parse_date(raw: str | None, now: datetime) -> Dated:
    """The moment that `raw` names, as aware UTC, and how sure it is.

    DAY: without a time (then midnight UTC), or with a time whose zone is missing or ambiguous (then read as
    UTC). With None UNDATED: unreadable, ambiguous (04/05/2026), impossible; ANCIENT: before 1990; FUTURE: after `now`.
    """
    if not raw:
        return UNKNOWN
    if usual := _USUAL.fullmatch(raw):
        day, name, year, hour, minute, second = usual.groups()
        try:
            month = _MONTHS.get(name.lower(), 0)
            moment = datetime(int(year), month, int(day), int(hour), int(minute), min(int(second), 59), tzinfo=UTC)
        except ValueError:
            return UNKNOWN
        return _judged(moment, Dating.EXACT, now)
    text = _WEEKDAY.sub("", " ".join(raw[:120].split()))
    for pattern in _PATTERNS:
        if match := pattern.fullmatch(text):
            return _moment(match.groupdict(), now)
    return UNKNOWN


def _moment(parts: dict[str, str | None], now: datetime) -> Dated:
    try:
        zone = _zone(parts.get("zone"))
        hour = _hour(int(parts.get("hour") or 0), parts.get("half"))
        local = datetime(
            _year(parts["year"] or ""),
            _month(parts),
            int(parts["day"] or 0),
            hour,
            int(parts.get("minute") or 0),
            min(int(parts.get("second") or 0), 59),  # leap seconds
            tzinfo=zone or UTC,
        )
        moment = local.astimezone(UTC)
    except (ValueError, OverflowError):
        return UNKNOWN
    exact = parts.get("hour") is not None and zone is not None
    return _judged(moment, Dating.EXACT if exact else Dating.DAY, now)


def _judged(moment: datetime, dating: Dating, now: datetime) -> Dated:
    """A moment that can be true, or why it cannot."""
    if moment.year < _EARLIEST:
        return None, Dating.ANCIENT
    if moment > now and moment > now + (_AHEAD if dating is Dating.EXACT else _AHEAD_UNZONED):
        return None, Dating.FUTURE
    return moment, dating


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 2:  # RFC 5322, section 4.3
        return year + (2000 if year < 50 else 1900)
    return year


def _month(parts: dict[str, str | None]) -> int:
    if (name := (parts.get("name") or "").lower()) == "":
        return int(parts.get("month") or 0)
    if len(name) > 3 and name not in _FULL_MONTHS:
        raise ValueError(name)
    return _MONTHS.get(name[:3], 0)


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if half[0] in "pP" else 0)


def _zone(name: str | None) -> timezone | None:
    """The zone called `name`; None when there is none or its name means several."""
    if name is None:
        return None
    text = name.upper().replace(" ", "")
    if text not in {"UTC", "GMT"}:
        text = text.removeprefix("UTC").removeprefix("GMT")
    if text in _ZONES:
        return timezone(timedelta(hours=_ZONES[text]))
    if (found := re.fullmatch(r"([+-])(\d{1,2}):?(\d{2})?", text)) is None:
        return None
    hours, minutes = int(found[2]), int(found[3] or 0)
    if hours > 14 or minutes > 59:
        raise ValueError(name)
    if text in {"-0000", "-00:00"}:  # RFC 3339, section 4.3: the local zone is not known, the UTC time is
        return UTC
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(offset if found[1] == "+" else -offset)


def newest(dates: list[Dated]) -> Dated:
    """The latest of several readings; when none is sure, why."""
    known = [dated for dated in dates if dated[0] is not None]
    return max(known, key=lambda dated: dated[0] or datetime.min.replace(tzinfo=UTC), default=unsure(dates))


def first_sure(dates: list[Dated]) -> Dated:
    """The first of several readings that can be used; when none can, why."""
    return next((dated for dated in dates if dated[0] is not None), unsure(dates))


def unsure(dates: list[Dated]) -> Dated:
    """What is wrong with dates of which none can be used."""
    return next((dated for dated in dates if dated[0] is None and dated[1] is not Dating.UNDATED), UNKNOWN)
