"""Reports and stored alerts in, changes and their reasons out: the one place that decides what is told.

    reports -> dated -> distributed over episodes -> read as a set -> compared with what was told

Pure: the same arguments give the same changes. Knows nothing about receivers; routing is delivery's.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from advisor.correlate import words
from advisor.correlate.compare import news
from advisor.correlate.episodes import Episode, close_older, dated, distribute, gather
from advisor.correlate.policy import Policy
from advisor.correlate.reading import LEVELS
from advisor.correlate.unsaid import BACK, said_again
from advisor.model import Act, Alert, AlertChange, Kind, Reason, Report, Severity, kind_order


@dataclass(frozen=True, slots=True)
class _Pass:
    """What holds for one call of `decide`."""

    now: datetime
    policy: Policy
    last_good: datetime | None
    baseline: bool
    taken: Container[str]

    def fresh(self, report: Report) -> bool:
        """Young enough to tell; age counts from the source's last successful check."""
        since = min(self.last_good or self.now, self.now)
        return report.at >= since - self.policy.max_age

    def recent(self, report: Report) -> bool:
        return report.at >= self.now - self.policy.max_age

    def tellable(self, report: Report) -> bool:
        return self.fresh(report) or (self.baseline and self._stands(report))

    def _stands(self, report: Report) -> bool:
        """Whether a call found at first sight may still hold although it is old."""
        age = self.now - report.at
        if report.official:
            return report.advisory.kind in LEVELS or age <= self.policy.standing
        return age <= self.policy.silence


def decide(
    reports: Sequence[Report],
    alerts: Sequence[Alert],
    now: datetime,
    *,
    policy: Policy | None = None,
    last_good: datetime | None = None,
    baseline: bool = False,
    taken: Container[str] = frozenset(),
) -> list[AlertChange]:
    """What `reports` change: at most one change per episode, told or only recorded.

    `alerts` are the stored ones of the (issuer, destination) pairs in `reports`: the open one and the most
    recent closed one. `last_good` is the source's last successful check before this one (None: age counts
    from `now`); `baseline` says that the source is read for the first time; `taken` holds alert ids in use.
    """
    this = _Pass(now, policy or Policy(), last_good, baseline, taken)
    pairs = dict.fromkeys((r.advisory.issuer, r.advisory.destination) for r in reports if r.advisory.current)
    changes = [change for pair in pairs for change in _pair(pair, reports, alerts, this)]
    return _as_situation(changes, this) if baseline else changes


def _pair(
    pair: tuple[str, str], reports: Sequence[Report], alerts: Sequence[Alert], this: _Pass
) -> Iterable[AlertChange]:
    mine = [alert for alert in alerts if (alert.issuer, alert.destination) == pair]
    current = [
        dated(report, mine, this.now)
        for report in reports
        if report.advisory.current and (report.advisory.issuer, report.advisory.destination) == pair
    ]
    episodes = distribute(current, mine, this.policy)
    given: set[str] = set()

    def taken(name: str) -> bool:
        if name in this.taken or name in given or any(alert.id == name for alert in mine):
            return True
        given.add(name)
        return False

    gathered = [
        gather(episode, this.policy, taken) if episode.added or episode.before is None else episode.before
        for episode in episodes
    ]
    earlier: Alert | None = None
    for episode, alert in zip(episodes, close_older(gathered, this.policy), strict=True):
        if episode.added:
            yield _change(episode, alert, earlier, this)
        elif episode.before is not None and alert != episode.before:
            yield AlertChange(this.now, Reason.CLOSED, alert, episode.before, words.closed(alert), told=False)
        earlier = alert


def _change(episode: Episode, alert: Alert, earlier: Alert | None, this: _Pass) -> AlertChange:
    """The one change of an episode, with its reason, and told unless something holds it back."""
    fresh = [report for report in episode.added if this.tellable(report)]
    reason, detail = _reason(episode, alert, earlier, fresh)
    told, why = reason.told, ""
    if told and not fresh:
        told, why = False, words.too_old(episode.added, this.now)
    elif told and reason is Reason.EASED and not _worth_easing(episode, this):
        told, why = False, "Recorded only: no call of this government was known."
    elif told and alert.closed_by == "retracted":
        told, why = False, "Recorded only: withdrawn as a false alarm."
    late = told and not any(this.recent(report) for report in fresh)
    after = _remember(episode, alert, reason, told=told)
    return AlertChange(
        at=this.now,
        reason=reason,
        alert=after,
        before=episode.before,
        detail=f"{detail} {why}".strip(),
        late=late and not this.baseline,
        told=told,
    )


def _reason(episode: Episode, alert: Alert, earlier: Alert | None, fresh: Sequence[Report]) -> tuple[Reason, str]:
    """Why the episode changed. Without `fresh` reports the reason is the same, but nobody is told."""
    before = episode.before
    calls = [r for r in fresh or episode.added if r.advisory.kind is not Kind.EASING]
    if before is None and calls and earlier and earlier.closed_by == "silence" and any(r.moved for r in calls):
        if alert.severity > earlier.severity:
            return Reason.ESCALATED, words.opened(alert)
        return Reason.WIDENED, words.opened(alert)
    if before is None and calls and alert.closed_by != "eased":
        return (Reason.REOPENED if earlier else Reason.OPENED), words.opened(alert)
    if before is None:
        return Reason.EASED, words.eased(alert)
    comparable = before.told_severity is not None and not (_closed(before) or _closed(alert))
    found = news(before, alert, calls) if comparable else None
    if found and found[0] is Reason.ESCALATED:
        return found
    if _eases(episode, alert):
        return Reason.EASED, words.eased(alert)
    if comparable and said_again(before, calls):
        return Reason.CORRECTED, words.said_again(calls)
    if _closed(before) or _closed(alert):
        remark = "What stands after the easing." if _only_remains(before, alert) else "The call had ended before."
        return _known(before, alert, remark)
    if before.told_severity is None and fresh and any(_stands(report, alert) for report in calls):
        return Reason.OPENED, words.opened(alert)
    return found or _known(before, alert, words.weaker(before, alert))


def _closed(alert: Alert) -> bool:
    return alert.closed_at is not None


def _stands(report: Report, alert: Alert) -> bool:
    return any(act.kind == report.advisory.kind for act in alert.acts)


def _eases(episode: Episode, alert: Alert) -> bool:
    """Whether an easing came that lifts something: not a repeated one, none overtaken by later calls."""
    easings = [report for report in episode.added if report.advisory.kind is Kind.EASING]
    if not easings:
        return False
    newest = max(easings, key=lambda report: report.at)
    before = episode.before
    if before and any(old.advisory.kind is Kind.EASING for old in before.reports):
        known = max(old.at for old in before.reports if old.advisory.kind is Kind.EASING)
        lifted = any(r.at > known for r in before.reports if r.advisory.kind is not Kind.EASING)
        if newest.at <= known or not (lifted or newest.moved) or before.closed_by == "eased":
            return False
    return alert.closed_by == "eased" or all(
        report.at <= newest.at for report in alert.reports if report.advisory.kind is not Kind.EASING
    )


def _worth_easing(episode: Episode, this: _Pass) -> bool:
    """Lifting is news to those who knew the call, or when the government itself says so (now)."""
    before = episode.before
    if before is not None and before.told_severity is not None:
        held = any(kind in LEVELS for kind in before.kinds)
        return held or before.last_seen >= this.now - this.policy.memory
    easings = [report for report in episode.added if report.advisory.kind is Kind.EASING]
    return not this.baseline and any(report.official for report in easings)


def _only_remains(before: Alert, alert: Alert) -> bool:
    return before.closed_by == "eased" and alert.closed_at is None


def _known(before: Alert, alert: Alert, remark: str) -> tuple[Reason, str]:
    more = sorted(alert.publishers - before.publishers)
    grown = len(alert.families) > len(before.families)
    if grown and more:
        return Reason.CORROBORATED, f"{words.publishers(more)} reports it too. {remark}".strip()
    return Reason.NOTHING_NEW, remark or "A repetition of what is known."


def _remember(episode: Episode, alert: Alert, reason: Reason, *, told: bool) -> Alert:
    """The alert with what people know after this change."""
    standing = tuple(act for act in alert.acts if act.kind is not Kind.EASING)
    before = episode.before
    if reason is Reason.EASED and alert.closed_at is None:
        known = alert.told_severity is not None or told
        return replace(alert, told_severity=alert.severity if known else None, told_acts=standing)
    if before is not None and _only_remains(before, alert) and alert.told_severity is not None:
        return replace(alert, told_severity=alert.severity, told_acts=standing)
    if not told or reason is Reason.EASED:
        return alert
    if reason is Reason.CORRECTED:
        alert = replace(alert, taken_back=BACK)
    return replace(
        alert,
        told_severity=max(alert.severity, alert.told_severity or Severity.MINOR),
        told_acts=_merge(alert.told_acts, standing),
    )


def _merge(old: tuple[Act, ...], new: tuple[Act, ...]) -> tuple[Act, ...]:
    acts = {act.kind: act for act in (*old, *new)}
    return tuple(acts[kind] for kind in sorted(acts, key=kind_order))


def _as_situation(changes: Sequence[AlertChange], this: _Pass) -> list[AlertChange]:
    """First sight of a source: one message for what stands, but a single call of now rings as itself."""
    recent = [c for c in changes if c.told and any(this.recent(report) for report in c.alert.reports)]
    alone = recent[0] if len(recent) == 1 else None
    return [replace(c, situation=c.told and c is not alone) for c in changes]
