"""Whose clock is wrong: ours against those of the servers that we read.

One server may be wrong; when several agree with each other and not with us, we are. What they say then counts for the
age of news, and the operator hears it.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from datetime import datetime, timedelta

WRONG = timedelta(minutes=5)  # a clock off by less is right enough
_AGREE = timedelta(minutes=10)
_LASTS = 3600.0  # seconds for which a server's word counts
_MOST = 500  # servers remembered
_ENOUGH = 2  # servers that agree


class Clocks:
    """What servers' clocks said lately. Thread-safe."""

    def __init__(self) -> None:
        self._said: OrderedDict[str, tuple[float, timedelta]] = OrderedDict()
        self._lock = threading.Lock()

    def note(self, host: str, ours: datetime, theirs: datetime) -> None:
        """One answer of a server with its date."""
        with self._lock:
            self._said.pop(host, None)
            self._said[host] = time.monotonic(), ours - theirs
            while len(self._said) > _MOST:
                self._said.popitem(last=False)

    def ahead(self) -> timedelta | None:
        """How far our clock is ahead of theirs (behind: negative), zero when it is right; None: nobody knows.

        Believed when most servers heard of late, and at least two, are within some minutes of each other.
        """
        with self._lock:
            since = time.monotonic() - _LASTS
            lately = [skew for at, skew in self._said.values() if at >= since]
        if len(lately) < _ENOUGH:
            return None
        middle = sorted(lately)[len(lately) // 2]
        agreeing = [skew for skew in lately if abs(skew - middle) <= _AGREE]
        if len(agreeing) < _ENOUGH or 2 * len(agreeing) <= len(lately):
            return None
        return middle if abs(middle) >= WRONG else timedelta()
