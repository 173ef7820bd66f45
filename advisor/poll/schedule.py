"""When a source is asked next: pure arithmetic on its interval, its state and what its server asked for.

Every source has a fixed place within its interval (its phase, from a hash of its id), so a restart neither
bunches the sources nor shifts them; a small jitter, from the same hash, keeps them off the exact beat.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from advisor.model import SourceState

LONGEST_RETRY_AFTER = timedelta(days=1)
LONGEST_FRESH = timedelta(hours=1)  # a silly Cache-Control must not silence an alarm
LONGEST_BACK_OFF = timedelta(hours=1)
LONGEST_BACK_OFF_DEAD = timedelta(hours=6)  # never off: what is gone today may be back tomorrow
REFRESH_EVERY = timedelta(hours=6)  # a whole answer, whatever its server says about changes
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_JITTER = 0.05  # of the interval


def phase_of(source_id: str) -> float:
    """The place of a source within its interval, from 0 to less than 1; the same for ever."""
    return int.from_bytes(sha256(source_id.encode()).digest()[:6], "big") / 2**48


def next_poll(
    source_every: timedelta,
    now: datetime,
    *,
    state: SourceState,
    failures_in_a_row: int = 0,
    fresh_for: timedelta | None = None,
    retry_after: timedelta | None = None,
    phase: float = 0.0,
) -> datetime:
    """When to ask again, always after `now`.

    `fresh_for` (Cache-Control, Expires or the feed's ttl, whichever is longer) and `retry_after` are lower
    bounds, capped; `failures_in_a_row` counts the present one, 0 after a success.
    """
    if failures_in_a_row > 0:
        due = now + _back_off(source_every, state, failures_in_a_row) * (1 + phase * 2 * _JITTER)
    else:
        due = _slot(source_every, now, phase)
    if fresh_for is not None:
        due = max(due, now + min(fresh_for, LONGEST_FRESH))
    if retry_after is not None:
        due = max(due, now + min(retry_after, LONGEST_RETRY_AFTER))
    return due


def refresh_due(last_good: datetime | None, now: datetime, phase: float = 0.0) -> bool:
    """Whether to ask without conditions: a server that says "not modified" for ever must not silence a source."""
    begin = _EPOCH + REFRESH_EVERY * phase
    return last_good is None or (now - begin) // REFRESH_EVERY != (last_good - begin) // REFRESH_EVERY


def _slot(every: timedelta, now: datetime, phase: float) -> datetime:
    """The first place of this source that is at least half an interval away."""
    number = (now + every / 2 - _EPOCH - every * phase) // every + 1
    wobble = (phase * 1009 + number * 0.6180339887) % 1 - 0.5
    return _EPOCH + every * (number + phase + wobble * 2 * _JITTER)


def _back_off(every: timedelta, state: SourceState, failures: int) -> timedelta:
    """The interval, doubled with each further failure up to a cap that is never below the interval."""
    cap = LONGEST_BACK_OFF_DEAD if state is SourceState.DEAD else LONGEST_BACK_OFF
    return min(every * (1 << min(failures - 1, 20)), max(cap, every))
