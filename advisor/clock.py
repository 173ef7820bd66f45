"""The one place where the wall clock is read. Everything else receives `now` as an argument."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The current time, aware, UTC."""
    return datetime.now(UTC)


_STEP = 5.0  # seconds


def _ahead() -> float:
    return time.time() - time.monotonic()


@dataclass(slots=True)
class Steps:
    """Notices that the machine's clock is put, beside the one that nobody puts."""

    _before: float = field(default_factory=_ahead)

    def taken(self) -> float:
        """The seconds by which it was put since it last was; 0 while they are few."""
        by = _ahead() - self._before
        if abs(by) < _STEP:
            return 0.0
        self._before += by
        return by
