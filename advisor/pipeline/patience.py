"""What the database refuses is tried again, after pauses that grow: soon for an alarm, seldom for a full disk."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from advisor.errors import StoreError

log = logging.getLogger(__name__)

T = TypeVar("T")

_FIRST, LONGEST = 0.5, 8.0  # seconds between tries
_FOR = 120.0  # seconds of trying, within the lease of a delivery


def patiently(act: Callable[[], T], what: str, ending: Callable[[], bool] = lambda: False) -> T:
    """What `act` returns, which may be done twice; StoreError when it has failed for two minutes, or at the end."""
    until, pause = time.monotonic() + _FOR, _FIRST
    while True:
        try:
            return act()
        except StoreError as error:
            if time.monotonic() > until or ending():
                raise
            log.warning("store-fault %s %s; tried again in %.1f s", what, error, pause)
        time.sleep(pause)
        pause = min(2 * pause, LONGEST)


@dataclass(slots=True)
class Rest:
    """The pause of a loop after faults in a row. For one thread at a time."""

    _pause: float = 0.0
    _until: float = 0.0  # monotonic

    @property
    def over(self) -> bool:
        return time.monotonic() >= self._until

    def take(self) -> None:
        """It failed: longer than the last time."""
        self._pause = min(2 * self._pause, LONGEST) if self._pause else _FIRST
        self._until = time.monotonic() + self._pause

    def end(self) -> None:
        """It went well."""
        self._pause = self._until = 0.0


__all__ = ["LONGEST", "Rest", "patiently"]
