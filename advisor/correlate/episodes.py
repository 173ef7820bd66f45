"""Which episode a report belongs to, by its publication time and never by its arrival.

An episode is one alert with the reports that came for it. It ends on an easing or after silence; what was
published before its end belongs to it even when it arrives later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from itertools import pairwise

from advisor.correlate.families import alike, name
from advisor.correlate.policy import Policy
from advisor.correlate.reading import LEVELS, Reading, read, standing_calls, trusted
from advisor.model import Alert, AnyKind, Kind, Report

_EASED, _SILENT, _RETRACTED = "eased", "silence", "retracted"


@dataclass(slots=True)
class Episode:
    """The alert as stored (None: opened now), and the reports it holds by now."""

    before: Alert | None
    reports: dict[tuple[str, AnyKind], Report]
    added: list[Report] = field(default_factory=list)

    @property
    def opened_at(self) -> datetime:
        """The first call; an easing opens only what holds nothing else."""
        calls = [report.at for key, report in self.reports.items() if key[1] is not Kind.EASING]
        return min(calls or [report.at for report in self.reports.values()])

    @property
    def last_seen(self) -> datetime:
        return max(report.at for report in self.reports.values())

    @property
    def reading(self) -> Reading:
        return read(list(self.reports.values()))

    @property
    def over_at(self) -> datetime | None:
        """When an easing ended it; None while a call stands."""
        standing, eased_at = standing_calls(list(self.reports.values()))
        return None if standing else eased_at

    def silent_at(self, policy: Policy) -> datetime | None:
        """When silence ended it, although repetitions were added later; None while none did."""
        if self.before and self.before.closed_by == _SILENT:
            return self.before.closed_at
        times = sorted(report.at for key, report in self.reports.items() if key[1] is not Kind.EASING)
        gaps = (one for one, other in pairwise(times) if other - one > policy.silence)
        first = next(gaps, None)
        return first + policy.silence if first else None

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
    for report in sorted(reports, key=_turn):
        episodes.sort(key=_age)
        home = next((e for e in _candidates(report, episodes) if _belongs(report, e, policy)), None)
        if home is None:
            home = Episode(None, {})
            episodes.append(home)
        home.add(report)
    return sorted(episodes, key=_age)


def _candidates(report: Report, episodes: Sequence[Episode]) -> list[Episode]:
    """Newest first. A call from before an easing never belongs to what was called after it."""
    if report.advisory.kind is Kind.EASING:
        return list(reversed(episodes))
    lifted = [over for episode in episodes if (over := episode.over_at) is not None and over >= report.at]
    return [e for e in reversed(episodes) if e.over_at or not any(over <= e.opened_at for over in lifted)]


def close_older(alerts: Sequence[Alert], policy: Policy) -> list[Alert]:
    """`alerts` of one pair, oldest first, with at most the newest open one still open."""
    still_open = [alert for alert in alerts if alert.closed_at is None]
    newest = max(still_open, key=lambda alert: (alert.opened_at, alert.last_seen), default=None)

    def superseded(alert: Alert) -> bool:
        return any(later.opened_at > alert.last_seen + policy.silence for later in alerts)

    return [
        silenced(alert, policy) if alert.closed_at is None and (alert is not newest or superseded(alert)) else alert
        for alert in alerts
    ]


def silenced(alert: Alert, policy: Policy) -> Alert:
    return replace(alert, closed_at=alert.last_seen + policy.silence, closed_by=_SILENT)


def as_of(alert: Alert, now: datetime, policy: Policy | None = None) -> Alert:
    """The alert as it is at `now`: silence closes it without anyone writing that down."""
    policy = policy or Policy()
    over = alert.closed_at is None and alert.last_seen + policy.silence < now
    return silenced(alert, policy) if over else alert


def gather(episode: Episode, policy: Policy, taken: Callable[[str], bool]) -> Alert:
    """The alert that the episode's reports make, with what was told carried over."""
    reading, before = episode.reading, episode.before
    reports = tuple(sorted(episode.reports.values(), key=lambda r: (r.at, r.article_id, r.advisory.kind)))
    first = reports[0]
    closed_at, closed_by = _end(before, reading, episode.silent_at(policy))
    return Alert(
        id=before.id if before else _identity(first, taken),
        issuer=first.advisory.issuer,
        destination=first.advisory.destination,
        opened_at=episode.opened_at,
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
        taken_back=before.taken_back if before else 0,
    )


def _end(before: Alert | None, reading: Reading, silent: datetime | None) -> tuple[datetime | None, str | None]:
    """When and why the episode is over: retracted for good, eased as the reports say, or silent."""
    if before and before.closed_by == _RETRACTED:
        return before.closed_at, before.closed_by
    if reading.over:
        return reading.eased_at, _EASED
    return silent, _SILENT if silent else None


def dated(report: Report, alerts: Sequence[Alert], now: datetime) -> Report:
    """The report with the time that counts: never the future; a text known before keeps its first date.

    A changed text that says more than before says so since now, whatever date its page carries; an
    issuer's changed page speaks anew.
    """
    report = replace(report, at=min(report.at, now))
    known = [old for alert in alerts for old in alert.reports]
    same = [old for old in known if old.article_id == report.article_id]
    if any(old.unsaid_at for old in same):  # taken back, and said anew
        return replace(report, at=now)
    changed = bool(same) and all(old.digest != report.digest for old in same)
    if changed and report.official:
        newest = max(old.at for old in same)
        return replace(report, at=report.at if report.at > newest else now)
    for old in same:
        if _repeats(report, old):
            return replace(report, at=old.at)
    if changed:
        return replace(report, at=now)
    over = [old for alert in alerts if alert.closed_at for old in alert.reports]
    copies = [old for old in over if _reprint(report, old)]
    return replace(report, at=min([report.at, *(old.at for old in copies)]))


def repetition(report: Report, alert: Alert) -> bool:
    """Whether a report after an episode's silent end only repeats it: a held level, or the same text."""
    act = next((act for act in alert.acts if act.kind == report.advisory.kind), None)
    if act is None or report.moved or report.advisory.severity > act.severity:
        return False
    mine = [old for old in alert.reports if old.advisory.kind == report.advisory.kind]
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
    if (over := episode.over_at) is not None:
        return at <= over or _remains(report, episode, over, policy)
    silent = episode.silent_at(policy)
    if at <= (silent or last + policy.silence):
        return True
    return episode.before is not None and repetition(report, episode.before)


def _turn(report: Report) -> tuple[object, ...]:
    """Easings before what stands beside them, calls before the levels that come with them."""
    kind = report.advisory.kind
    return report.at, kind is not Kind.EASING, kind in LEVELS, report.article_id


def _age(episode: Episode) -> tuple[datetime, datetime]:
    return episode.opened_at, episode.last_seen


def _remains(report: Report, episode: Episode, over: datetime, policy: Policy) -> bool:
    """What stands after an easing: calls named beside it, and a lower level reported soon after it."""
    if (report.article_id, Kind.EASING) in episode.reports and report.at <= over:
        return True
    if report.advisory.kind not in LEVELS or report.at > over + policy.silence:
        return False
    return report.advisory.severity < episode.reading.severity


def _confirmed(report: Report, episode: Episode, retracted: datetime, policy: Policy) -> bool:
    """Whether a call after a retraction is more than one more copy of the false alarm."""
    later = [old for old in episode.reports.values() if old.at > retracted]
    return report.at > retracted + policy.silence or trusted([*later, report])


def _repeats(report: Report, old: Report) -> bool:
    same = old.advisory.kind == report.advisory.kind
    return same and report.advisory.severity <= old.advisory.severity


def _reprint(report: Report, old: Report) -> bool:
    """A paper that prints its own article again under another identity."""
    same = not report.official and name(old) == name(report)
    return same and _repeats(report, old) and alike(report.digest, old.digest)


def _key(report: Report) -> tuple[str, AnyKind]:
    return report.article_id, report.advisory.kind


def _identity(first: Report, taken: Callable[[str], bool]) -> str:
    """`RU-SY-7f3a`: a hash of the episode's opening, as long as it must be to be the only one."""
    pair = f"{first.advisory.issuer}-{first.advisory.destination}"
    full = sha256(f"{pair} {first.at.isoformat()} {first.article_id}".encode()).hexdigest()
    return next(name for size in range(4, 65) if not taken(name := f"{pair}-{full[:size]}"))
