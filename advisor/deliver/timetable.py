"""When a receiver may be told: quiet hours, and the time of its digest, on the receiver's own clock. Pure.

A day's switch of daylight saving time moves nothing but the wall clock: times are reckoned there and given in UTC.
A time that the switch leaves out comes with the hour that follows; one that it brings twice counts the first time.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from advisor.model import Loudness, Receiver

_DAY = timedelta(days=1)


def quiet_until(receiver: Receiver, loudness: Loudness, now: datetime) -> datetime | None:
    """When what does not wake may go out; None: at once."""
    if receiver.quiet is None or loudness is Loudness.WAKE:
        return None
    begins, ends = receiver.quiet
    here = now.astimezone(ZoneInfo(receiver.timezone))
    clock = here.time()
    quiet = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    return _next(ends, here) if quiet else None


def digest_at(receiver: Receiver, now: datetime) -> datetime:
    """The next time of the receiver's digest."""
    return _next(receiver.digest, now.astimezone(ZoneInfo(receiver.timezone)))


def _next(at: time, here: datetime) -> datetime:
    """The next moment after `here` when the clock there shows `at`."""
    day = here.date()
    moments = (datetime.combine(day + ahead * _DAY, at, here.tzinfo).astimezone(UTC) for ahead in range(3))
    return next(moment for moment in moments if moment > here)
