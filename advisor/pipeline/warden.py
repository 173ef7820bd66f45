"""What the operator must hear, grouped, once, and again when it is over; and who hears when a receiver is dead.

With an operator's receiver, readers never get these messages; it is told of everything but its own failure, which is
told to the others.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from advisor.clock import Clock
from advisor.deliver.routes import fallbacks
from advisor.model import Attempt, Delivery, Loudness, Outcome, Route, Severity, Source, SourceState
from advisor.pipeline.sender import EXPIRES
from advisor.poll import shown
from advisor.store import DeliveryState, SourceRow, Store

log = logging.getLogger(__name__)

_BAD_FOR = timedelta(minutes=20)  # a hiccup is no message
_BAD_TIMES = 3
_DEAF_FOR = timedelta(minutes=5)
_MANY = 5  # from so many on, one message names them all


@dataclass(frozen=True, slots=True)
class Warden:
    """Looks after sources and receivers; run every minute."""

    store: Store
    sources: Mapping[str, Source]
    receivers: Sequence[str]
    operators: Sequence[str]
    routes: Sequence[Route]
    clock: Clock

    def look(self) -> None:
        """One round: sources and receivers gone bad or recovered, deliveries given up, fallbacks due."""
        now = self.clock()
        self._sources(now)
        self._given_up(now)
        self._receivers(now)
        self._fallbacks(now)

    def gave_up(self, delivery: Delivery, attempt: Attempt) -> None:
        """A message that will not be tried again: the operator hears, by another receiver than the one that failed."""
        alerts = [change.alert.id for change in delivery.changes]
        if not self._tell_given_up(delivery.id, delivery.receiver, alerts, attempt.sentence):
            log.critical("undeliverable delivery=%d receiver=%s %s", delivery.id, delivery.receiver, attempt.sentence)

    def _tell_given_up(self, number: int, receiver: str, alerts: Sequence[str], sentence: str) -> bool:
        """False where there is nobody to tell: dead receivers would tell each other of their deaths without end."""
        told = self._operators_but(receiver)
        if not told or (not alerts and receiver not in self.operators):
            return False
        text = (
            f"receiver {receiver} did not get {', '.join(alerts) or 'a message about the service'}\n{sentence}\n"
            f"See `advisor deliveries`; `advisor deliveries --resend {number}` tries again."
        )
        self.store.owe_operator(text, f"delivery:{number}", self.clock(), told, severity=Severity.SEVERE)
        return True

    def _operators_but(self, receiver: str) -> list[str]:
        named = [name for name in self.operators if name != receiver]
        return named or [name for name in self.receivers if name != receiver]

    def _sources(self, now: datetime) -> None:
        rows = [row for row in self.store.sources() if row.id in self.sources]
        bad = [row for row in rows if _is_bad(row, now)]
        well = [row for row in rows if row.failures == 0 and row.last_good is not None and not _is_bad(row, now)]
        matters = self.store.matters()
        for row in (row for row in well if f"source:{row.id}" in matters):
            self.store.clear_operator(f"source:{row.id}", now, f"source {row.id} is read again\n{shown(row.url)}")
        if len(bad) >= _MANY:
            lines = [f"{row.id}: {row.state}, {row.sentence}" for row in bad]
            text = f"{len(bad)} of {len(rows)} sources cannot be read\n" + "\n".join(lines[:40])
            self.store.owe_operator(text, "sources:many", now, self._operators_but(""), severity=Severity.SEVERE)
            return
        if not bad and "sources:many" in matters:
            self.store.clear_operator("sources:many", now, "all sources are read again")
        for row in bad:
            good = f"last good {row.last_good:%Y-%m-%d %H:%M} UTC" if row.last_good else "never read yet"
            what = f"source {row.id} {_trouble(row)}\n{row.state}: {row.sentence}"
            text = f"{what}\n{good}, {row.failures} failures\n{shown(row.url)}"
            self.store.owe_operator(text, f"source:{row.id}", now, self._operators_but(""))

    def _given_up(self, now: datetime) -> None:
        """What ended undelivered and was not told, because a kill came in between."""
        for row in self.store.given_up(now - EXPIRES):
            self._tell_given_up(row.id, row.receiver, row.alerts, row.attempts[-1].sentence if row.attempts else "")

    def _receivers(self, now: datetime) -> None:
        """A receiver that has failed for minutes, long before its messages are given up; and its recovery."""
        matters = self.store.matters()
        for row in self.store.receivers():
            key = f"receiver:{row.name}"
            if row.failing_since is None or row.name not in self.receivers:
                if key in matters:
                    self.store.clear_operator(key, now, f"receiver {row.name} takes messages again")
            elif row.owed and row.last_attempt and row.failures >= _BAD_TIMES and now - row.failing_since >= _DEAF_FOR:
                text = (
                    f"receiver {row.name} has taken nothing since {row.failing_since:%Y-%m-%d %H:%M} UTC\n"
                    f"{row.last_attempt.sentence}\n{row.owed} messages wait; they are tried again for a day."
                )
                told = self._operators_but(row.name)
                self.store.owe_operator(text, key, now, told, severity=Severity.SEVERE)

    def _fallbacks(self, now: datetime) -> None:
        """Hand on what a route's receivers did not get in time."""
        if not any(route.fallback for route in self.routes):
            return
        waiting = [
            *self.store.deliveries(state=DeliveryState.OWED),
            *self.store.deliveries(state=DeliveryState.REFUSED, limit=200),
        ]
        for row in waiting:
            if now - row.created_at > EXPIRES and row.state is not DeliveryState.OWED:
                continue  # refused long ago: no news to a fallback that was added since
            if not row.attempts or all(attempt.outcome is Outcome.DELIVERED for attempt in row.attempts):
                continue
            for name in row.alerts:
                alert = self.store.alert(name)
                for route in fallbacks(alert, row.receiver, self.routes) if alert else ():
                    if now - row.created_at >= route.after:
                        for receiver in route.fallback:
                            self.store.hand_on(row.id, receiver, Loudness.WAKE, now)


def _is_bad(row: SourceRow, now: datetime) -> bool:
    if row.state is SourceState.SUSPECT:  # what is held back must be looked at by a person, and soon
        return True
    return row.failures >= _BAD_TIMES and now - row.state_since >= _BAD_FOR


def _trouble(row: SourceRow) -> str:
    return "is read, but not believed" if row.state is SourceState.SUSPECT else "cannot be read"
