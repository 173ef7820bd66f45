"""What response headers say about time: when to ask again, how long an answer holds, the server's clock."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_LONGEST = timedelta(days=365)


def http_date(value: str | None) -> datetime | None:
    """An HTTP date (RFC 9110, section 5.6.7) as aware UTC; None if it is none."""
    try:
        parsed = parsedate_to_datetime(value or "")
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Retry-After as seconds or as a date (RFC 9110, section 10.2.3), never negative."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return _seconds(value)
    if (moment := http_date(value)) is None:
        return None
    return min(max(moment - (http_date(headers.get("date")) or now), timedelta(0)), _LONGEST)


def fresh_for(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long the answer may be held (RFC 9111, section 4.2): max-age less Age, else Expires less Date."""
    control = headers.get("cache-control", "").lower()
    if re.search(r"\bno-(?:store|cache)\b", control):
        return None
    if found := re.search(r"\bmax-age\s*=\s*\"?(\d+)", control):
        age = headers.get("age", "").strip()
        held = _seconds(found[1]) - (_seconds(age) if age.isascii() and age.isdigit() else timedelta(0))
    elif (expires := http_date(headers.get("expires"))) is not None:
        held = expires - (http_date(headers.get("date")) or now)
    else:
        return None
    return min(held, _LONGEST) if held > timedelta(0) else None


def _seconds(digits: str) -> timedelta:
    return min(timedelta(seconds=int(digits[:9])), _LONGEST)
