"""The sentences that explain a change to people; delivery writes its own messages from the values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from advisor.model import Act, Alert, Kind, Report, government


def act(item: Act) -> str:
    return f"{str(item.kind).replace('_', ' ').replace('-', ' ')} ({item.severity})"


def calls(alert: Alert) -> str:
    return ", ".join(act(item) for item in alert.acts if item.kind is not Kind.EASING)


def pair(alert: Alert) -> str:
    return f"{alert.issuer} about {alert.destination}" if government(alert.issuer) else alert.destination


def opened(alert: Alert) -> str:
    return f"{pair(alert)}: {calls(alert)}."


def escalated(before: Alert, alert: Alert) -> str:
    return f"{pair(alert)}: now {alert.severity}, {before.told_severity} before. {calls(alert)}."


def new_acts(alert: Alert, added: Sequence[Act]) -> str:
    return f"{pair(alert)}: also {', '.join(act(item) for item in added)}."


def eased(alert: Alert) -> str:
    if alert.closed_at is not None or not calls(alert):
        return f"{pair(alert)}: lifted or lowered."
    return f"{pair(alert)}: lifted or lowered in part; what stands: {calls(alert)}."


def closed(alert: Alert) -> str:
    return f"No report since {alert.last_seen:%d %b %Y}; this is no all-clear."


def weaker(before: Alert, alert: Alert) -> str:
    """A remark on a fall, which is never pushed."""
    if alert.severity < before.severity:
        return f"Weaker than thought: {alert.severity}, not {before.severity}."
    return ""


def too_old(reports: Sequence[Report], now: datetime) -> str:
    newest = max(report.at for report in reports)
    hours = int((now - newest).total_seconds() // 3600)
    age = f"{hours} hours" if hours < 72 else f"{hours // 24} days"
    return f"Recorded only: published {age} ago."


def unsaid(reports: Sequence[Report]) -> str:
    names = publishers(sorted({report.publisher or report.source_id for report in reports}))
    return f"{names} changed or removed the text: it no longer says so."


def said_again(reports: Sequence[Report]) -> str:
    names = publishers(sorted({report.publisher or report.source_id for report in reports}))
    return f"{names} says so again, after the words had been taken back."


def publishers(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
