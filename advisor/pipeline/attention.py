"""Where the service looks closer: at the sources of governments and countries with an open call.

A call that only the press has is looked for at once in what its government publishes itself; while a call is fresh,
these sources and those about the country are asked more often. When a source asked for a pause, that holds.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from advisor.clock import Clock
from advisor.model import Alert, AlertChange, Reason, Source
from advisor.store import Store

log = logging.getLogger(__name__)

FRESH_FOR = timedelta(hours=24)  # since the last report
_TIMES = 3  # as often
_SHORTEST = timedelta(minutes=1)  # nothing is asked more often for this, unless it is anyway
_LOOK_EVERY = timedelta(minutes=1)  # between looks at the open calls
_RINGING = frozenset({Reason.OPENED, Reason.REOPENED, Reason.ESCALATED})


@dataclass(slots=True)
class Attention:
    """What is open now, looked up once a minute. Thread-safe."""

    store: Store
    sources: Mapping[str, Source]
    clock: Clock
    _looked: datetime | None = None
    _issuers: frozenset[str] = frozenset()
    _destinations: frozenset[str] = frozenset()
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def every(self, source: Source) -> timedelta:
        """The interval of a source now."""
        self._look()
        if source.official not in self._issuers and source.about not in self._destinations:
            return source.every
        return max(min(source.every, _SHORTEST), source.every / _TIMES)

    def turn_to(self, changes: Sequence[AlertChange], now: datetime) -> list[str]:
        """Let the official sources of calls that only the press has be polled at once; their ids."""
        issuers = {
            change.alert.issuer
            for change in changes
            if change.told and change.reason in _RINGING and change.alert.official_severity is None
        }
        wanted = [source.id for source in self.sources.values() if source.official in issuers]
        self._note([change.alert for change in changes if change.told], now)
        if not wanted:
            return []
        hastened = self.store.hasten(wanted, now, unless_since=now - _SHORTEST)
        log.info("hastened issuers=%s sources=%s", ",".join(sorted(issuers)), ",".join(hastened) or "none")
        return hastened

    def _note(self, told: Sequence[Alert], now: datetime) -> None:
        """What was just told is open until the next look says otherwise: no look for it while the next call waits."""
        open_now = [alert for alert in told if alert.closed_at is None and alert.last_seen >= now - FRESH_FOR]
        with self._lock:
            self._issuers |= {alert.issuer for alert in open_now}
            self._destinations |= {alert.destination for alert in open_now}

    def _look(self) -> None:
        with self._lock:
            now = self.clock()
            if self._looked is not None and abs(now - self._looked) < _LOOK_EVERY:
                return
            pairs = self.store.open_calls(now - FRESH_FOR)
            self._issuers = frozenset(issuer for issuer, _ in pairs)
            self._destinations = frozenset(destination for _, destination in pairs)
            self._looked = now
