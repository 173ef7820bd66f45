"""Around one alert: which other governments speak about the country, and what an operator may undo."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from advisor.correlate.policy import Policy
from advisor.model import Alert, AlertChange, Kind, Reason, government


def others(
    alerts: Iterable[Alert],
    destination: str,
    now: datetime,
    *,
    issuer: str | None = None,
    window: timedelta | None = None,
) -> tuple[str, ...]:
    """Issuers whose call about `destination` opened within `window` (48 h), the earliest first.

    "Third government in 48 h (after US, GB)" when two others come back. `issuer` is left out; retracted
    alerts and mere easings do not count.
    """
    since = now - (window or Policy().neighbours)
    found = sorted(
        (alert.opened_at, alert.issuer)
        for alert in alerts
        if alert.destination == destination
        and alert.issuer != issuer
        and government(alert.issuer)
        and since <= alert.opened_at <= now
        and alert.closed_by != "retracted"
        and any(kind is not Kind.EASING for kind in alert.kinds)
    )
    return tuple(dict.fromkeys(name for _, name in found))


def retract(alert: Alert, why: str, now: datetime) -> AlertChange:
    """A false alarm, said by a person: closes the alert; told to those who were told."""
    after = replace(alert, closed_at=now, closed_by="retracted")
    return AlertChange(now, Reason.RETRACTED, after, alert, detail=f"False alarm: {why}")


def correct(alert: Alert, why: str, now: datetime) -> AlertChange:
    """Something told was wrong though the call itself stands, said by a person."""
    return AlertChange(now, Reason.CORRECTED, alert, alert, detail=why)
