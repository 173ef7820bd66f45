"""Which episode a report belongs to, by its publication time and never by its arrival.

An episode is one alert with the reports that came for it. It ends on an easing or after silence; what was
published before its end belongs to it even when it arrives later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

from advisor.correlate.families import alike, name
from advisor.correlate.policy import Policy
from advisor.correlate.reading import LEVELS, Reading, read, trusted
from advisor.model import Alert, Kind, Report

_EASED, _SILENT, _RETRACTED = "eased", "silence", "retracted"


@dataclass(slots=True)
class Episode:
    """The alert as stored (None: opened now), and the reports it holds by now."""

    before: Alert | None
    reports: dict[tuple[str, Kind], Report]
    added: list[Report] = field(default_factory=list)

    @property
    def opened_at(self) -> datetime:
        return min(report.at for report in self.reports.values())

    @property
    def last_seen(self) -> datetime:
        return max(report.at for report in self.reports.values())

    @property
    def reading(self) -> Reading:
        return read(list(self.reports.values()))

    @property
    def retracted_at(self) -> datetime | None:
        stored = self.before
        return stored.closed_at if stored and stored.closed_by == _RETRACTED else None

    def add(self, report: Report) -> None:
        self.reports[(report.article_id, report.advisory.kind)] = report
        self.added.append(report)


def distribute(reports: Sequence[Report], alerts: Sequence[Alert], policy: Policy) -> list[Episode]:
    """The episodes of one (issuer, destination) pair after `reports`, oldest first."""
    episodes = [Episode(alert, {_key(report): report for report in alert.reports}) for alert in alerts]
    for report in sorted(reports, key=lambda r: (r.at, r.advisory.kind is not Kind.EASING, r.article_id)):
        episodes.sort(key=lambda episode: episode.opened_at)
        home = next((e for e in reversed(episodes) if _belongs(report, e, policy)), None)
        if home is None:
            home = Episode(None, {})
            episodes.append(home)
        home.add(report)
    return sorted(episodes, key=lambda episode: episode.opened_at)


def close_older(episodes: Sequence[Episode], alerts: Sequence[Alert], policy: Policy) -> list[Alert]:
    """`alerts` (one per episode, oldest first) with every open one but the newest closed by silence."""
    last = len(episodes) - 1
    return [
        alert if alert.closed_at or index == last else silenced(alert, policy)
        for index, alert in enumerate(alerts)
    ]


def silenced(alert: Alert, policy: Policy) -> Alert:
    return replace(alert, closed_at=alert.last_seen + policy.silence, closed_by=_SILENT)


def as_of(alert: Alert, now: datetime, policy: Policy | None = None) -> Alert:
    """The alert as it is at `now`: silence closes it without anyone writing that down."""
    policy = policy or Policy()
    over = alert.closed_at is None and alert.last_seen + policy.silence < now
    return silenced(alert, policy) if over else alert


def gather(episode: Episode, taken: Callable[[str], bool]) -> Alert:
    """The alert that the episode's reports make, with what was told carried over."""
    reading, before = episode.reading, episode.before
    reports = tuple(sorted(episode.reports.values(), key=lambda r: (r.at, r.article_id, r.advisory.kind)))
    first = reports[0]
    closed_at, closed_by = _end(before, reading)
    return Alert(
        id=before.id if before else _identity(first, taken),
        issuer=first.advisory.issuer,
        destination=first.advisory.destination,
        opened_at=first.at,
        last_seen=reports[-1].at,
        severity=reading.severity,
        acts=reading.acts,
        reports=reports,
        official_severity=reading.official,
        reported_severity=reading.reported,
        mission_status=reading.mission_status,
        closed_at=closed_at,
        closed_by=closed_by,
        told_severity=before.told_severity if before else None,
        acknowledged_by=before.acknowledged_by if before else None,
        told_acts=before.told_acts if before else (),
        families=reading.families,
    )


def _end(before: Alert | None, reading: Reading) -> tuple[datetime | None, str | None]:
    """When and why the episode is over: retracted for good, eased as the reports say, silent as stored."""
    if before and before.closed_by == _RETRACTED:
        return before.closed_at, before.closed_by
    if reading.over:
        return reading.eased_at, _EASED
    if before and before.closed_by == _SILENT:
        return before.closed_at, before.closed_by
    return None, None


def dated(report: Report, alerts: Sequence[Alert], now: datetime) -> Report:
    """The report with the time that counts: never the future; a text known before keeps its first date.

    A changed text that says more than before says so since now, whatever date its page carries; an
    issuer's changed page speaks anew.
    """
    report = replace(report, at=min(report.at, now))
    known = [old for alert in alerts for old in alert.reports]
    same = [old for old in known if old.article_id == report.article_id]
    changed = bool(same) and all(old.digest != report.digest for old in same)
    if changed and report.official:
        newest = max(old.at for old in same)
        return replace(report, at=report.at if report.at > newest else now)
    for old in same:
        if _repeats(report, old):
            return replace(report, at=old.at)
    if changed:
        return replace(report, at=now)
    copies = [old for old in known if _reprint(report, old)]
    return replace(report, at=min([report.at, *(old.at for old in copies)]))


def repetition(report: Report, alert: Alert) -> bool:
    """Whether a report after an episode's silent end only repeats it: a held level, or the same text."""
    act = next((act for act in alert.acts if act.kind is report.advisory.kind), None)
    if act is None or report.advisory.severity > act.severity:
        return False
    mine = [old for old in alert.reports if old.advisory.kind is report.advisory.kind]
    known = alert.told_severity is not None or any(old.official for old in mine)
    if known and report.advisory.kind in LEVELS:
        return True
    return any(old.article_id == report.article_id or alike(old.digest, report.digest) for old in mine)


def _belongs(report: Report, episode: Episode, policy: Policy) -> bool:
    opened, last, at = episode.opened_at, episode.last_seen, report.at
    if at < opened - policy.silence:
        return False
    if report.advisory.kind is Kind.EASING:
        return at <= last + policy.memory or any(key[1] in LEVELS for key in episode.reports)
    if (retracted := episode.retracted_at) is not None:
        return at <= retracted or not _confirmed(report, episode, retracted, policy)
    reading = episode.reading
    if reading.over and reading.eased_at is not None:
        return at <= reading.eased_at or _remains(report, episode, reading, policy)
    if at <= last + policy.silence and not _silent(episode.before):
        return True
    closed_at = episode.before.closed_at if episode.before and _silent(episode.before) else None
    if closed_at is not None and at <= closed_at:
        return True
    return episode.before is not None and repetition(report, episode.before)


def _silent(alert: Alert | None) -> bool:
    return alert is not None and alert.closed_by == _SILENT


def _remains(report: Report, episode: Episode, reading: Reading, policy: Policy) -> bool:
    """What stands after an easing: calls named beside it, and a lower level reported soon after it."""
    eased = reading.eased_at or report.at
    beside = (report.article_id, Kind.EASING) in episode.reports and report.at <= eased
    lower = report.advisory.kind in LEVELS and report.advisory.severity < reading.severity
    return beside or (lower and report.at <= eased + policy.silence)


def _confirmed(report: Report, episode: Episode, retracted: datetime, policy: Policy) -> bool:
    """Whether a call after a retraction is more than one more copy of the false alarm."""
    later = [old for old in episode.reports.values() if old.at > retracted]
    return report.at > retracted + policy.silence or trusted([*later, report])


def _repeats(report: Report, old: Report) -> bool:
    same = old.advisory.kind is report.advisory.kind
    return same and report.advisory.severity <= old.advisory.severity


def _reprint(report: Report, old: Report) -> bool:
    """A paper that prints its own article again under another identity."""
    same = not report.official and name(old) == name(report)
    return same and _repeats(report, old) and alike(report.digest, old.digest)


def _key(report: Report) -> tuple[str, Kind]:
    return report.article_id, report.advisory.kind


def _identity(first: Report, taken: Callable[[str], bool]) -> str:
    """`RU-SY-7f3a`: a hash of the episode's opening, as long as it must be to be the only one."""
    pair = f"{first.advisory.issuer}-{first.advisory.destination}"
    full = sha256(f"{pair} {first.at.isoformat()} {first.article_id}".encode()).hexdigest()
    return next(name for size in range(4, 65) if not taken(name := f"{pair}-{full[:size]}"))
