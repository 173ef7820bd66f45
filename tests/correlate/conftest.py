"""A small workshop: reports in one line, and decisions passed on from one call to the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from advisor.correlate import decide
from advisor.model import Advisory, Alert, AlertChange, Evidence, Kind, Reason, Report, Severity

START = datetime(2024, 12, 6, 12, 0, tzinfo=UTC)
Call = Callable[..., Report]


def call(
    publisher: str = "bbc",
    kind: str = "leave",
    severity: str = "severe",
    *,
    pair: str = "RU-SY",
    article: str | None = None,
    official: bool = False,
    at: datetime = START,
    hours: float = 0,
    days: float = 0,
    digest: str = "",
    **fields: Any,
) -> Report:
    """One report; `hours` and `days` count from the start of the story."""
    issuer, destination = pair.split("-")
    at += timedelta(hours=hours, days=days)
    evidence = (Evidence("issuer", "Russian Embassy", 0, 15, "office"),)
    if isinstance(fields.get("official_severity"), str):
        fields["official_severity"] = Severity.of(fields["official_severity"])
    advisory = Advisory(issuer, destination, Kind(kind), Severity.of(severity), evidence, **fields)
    name = article or f"{publisher}-{at:%m%d%H%M}"
    return Report(advisory, name, publisher, publisher, official, at, title=kind, digest=digest)


@dataclass
class Story:
    """Plays reports in and keeps the alerts the way the store does."""

    alerts: dict[str, Alert] = field(default_factory=dict)
    changes: list[AlertChange] = field(default_factory=list)

    def relevant(self, reports: Sequence[Report]) -> list[Alert]:
        """The open alert and the most recent closed one of each pair."""
        found: list[Alert] = []
        for pair in {(r.advisory.issuer, r.advisory.destination) for r in reports}:
            mine = [a for a in self.alerts.values() if (a.issuer, a.destination) == pair]
            found += [a for a in mine if a.closed_at is None]
            closed = [a for a in mine if a.closed_at is not None]
            found += sorted(closed, key=lambda a: a.closed_at or START)[-1:]
        return found

    def hears(self, *reports: Report, now: datetime | None = None, **how: Any) -> list[AlertChange]:
        now = now or max(report.at for report in reports)
        changes = decide(reports, self.relevant(reports), now, taken=set(self.alerts), **how)
        for change in changes:
            self.alerts[change.alert.id] = change.alert
        open_pairs = [(a.issuer, a.destination) for a in self.alerts.values() if a.closed_at is None]
        assert len(open_pairs) == len(set(open_pairs)), "two open alerts of one pair"
        self.changes += changes
        return changes

    @property
    def told(self) -> list[Reason]:
        return [change.reason for change in self.changes if change.told]

    @property
    def reasons(self) -> list[Reason]:
        return [change.reason for change in self.changes]

    @property
    def alert(self) -> Alert:
        return self.changes[-1].alert


@pytest.fixture
def story() -> Story:
    return Story()
