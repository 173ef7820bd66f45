"""A text that no longer says what was told from it: taken back at its source, and said again.

The report stays in the archive and counts no longer beside others. People hear of it when nobody else says so, and hear
again when somebody does; each once an episode, so that a page that flickers does not ring for ever. It is no all-clear.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import datetime

from advisor.correlate import words
from advisor.correlate.episodes import as_of
from advisor.correlate.policy import Policy
from advisor.model import Alert, AlertChange, Kind, Reason, Report

GONE, BACK = 1, 2  # what people were told last of this episode, see `Alert.taken_back`


def unsaid(alert: Alert, articles: Container[str], now: datetime, policy: Policy | None = None) -> AlertChange | None:
    """What it changes that `articles` no longer call; None when that was known or nothing stands any more."""
    if as_of(alert, now, policy).closed_at is not None:
        return None
    gone = [report for report in alert.reports if report.article_id in articles and _stands(report)]
    if not gone:
        return None
    marked = {(report.article_id, report.advisory.kind) for report in gone}
    reports = tuple(
        replace(report, unsaid_at=now) if (report.article_id, report.advisory.kind) in marked else report
        for report in alert.reports
    )
    told = alert.told_severity is not None and alert.taken_back == 0 and not any(map(_stands, reports))
    after = replace(alert, reports=reports, taken_back=GONE if told else alert.taken_back)
    reason = Reason.CORRECTED if told else Reason.NOTHING_NEW
    return AlertChange(now, reason, after, alert, words.unsaid(gone), told=told)


def said_again(before: Alert, calls: Sequence[Report]) -> bool:
    """Whether people were told that the words are gone, and here they are."""
    return before.taken_back == GONE and bool(calls)


def _stands(report: Report) -> bool:
    return report.unsaid_at is None and report.advisory.kind is not Kind.EASING
