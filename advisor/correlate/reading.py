"""What a set of reports says together: severity, acts, families. Never how they arrived.

Everything here is a function of the set, so the same reports in any order read the same. An easing
divides the set: what was called before it no longer stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from advisor.correlate.families import families, name
from advisor.model import Act, AnyKind, Kind, MissionStatus, Report, Severity, kind_order

LEVELS = frozenset({Kind.DO_NOT_TRAVEL, Kind.RECONSIDER_TRAVEL})  # held for years, unlike calls


@dataclass(frozen=True, slots=True)
class Reading:
    """The reports of one episode, read together."""

    severity: Severity
    official: Severity | None
    reported: Severity | None
    acts: tuple[Act, ...]
    families: tuple[tuple[str, ...], ...]
    mission_status: MissionStatus | None
    eased_at: datetime | None  # the issuer's latest easing
    over: bool  # eased, and no call stands after it


def read(reports: Sequence[Report]) -> Reading:
    """All `reports` of one episode (at least one) as one statement. What was taken back counts if nothing else does."""
    reports = [report for report in reports if report.unsaid_at is None] or reports
    standing, eased_at = standing_calls(reports)
    calls = [report for report in reports if report.advisory.kind is not Kind.EASING]
    easings = [report for report in reports if report.advisory.kind is Kind.EASING]
    basis = standing or calls or easings  # what is over is remembered as it was
    groups = families(basis)
    official, reported = official_severity(basis), _reported(basis, groups)
    return Reading(
        severity=max(level for level in (official, reported) if level is not None),
        official=official,
        reported=reported,
        acts=acts([*basis, *easings], groups),
        families=groups,
        mission_status=_latest_status(standing or reports),
        eased_at=eased_at,
        over=bool(easings) and not standing,
    )


def standing_calls(reports: Sequence[Report]) -> tuple[list[Report], datetime | None]:
    """The calls that no easing has lifted: later ones, and those named beside the easing itself."""
    easings = [report for report in reports if report.advisory.kind is Kind.EASING]
    calls = [report for report in reports if report.advisory.kind is not Kind.EASING]
    if not easings:
        return calls, None
    eased_at = max(report.at for report in easings)
    beside = {report.article_id for report in easings if report.at == eased_at}
    standing = [r for r in calls if r.at > eased_at or (r.at == eased_at and r.article_id in beside)]
    return standing, eased_at


def wording(report: Report) -> Severity | None:
    """The issuer's own wording, as its own source says it or another quotes it."""
    quoted = report.advisory.official_severity
    if not report.official:
        return quoted
    return max(report.advisory.severity, quoted or report.advisory.severity)


def official_severity(reports: Iterable[Report]) -> Severity | None:
    return max((level for report in reports if (level := wording(report)) is not None), default=None)


def _reported(reports: Sequence[Report], groups: tuple[tuple[str, ...], ...]) -> Severity | None:
    """The strongest level that two independent families reach or exceed; one family's own, if alone."""
    family = {publisher: index for index, members in enumerate(groups) for publisher in members}
    strongest: dict[int, Severity] = {}
    for report in reports:
        index = family.get(name(report), -1)
        strongest[index] = max(report.advisory.severity, strongest.get(index, Severity.MINOR))
    ordered = sorted(strongest.values(), reverse=True)
    return ordered[min(1, len(ordered) - 1)] if ordered else None


def trusted(reports: Sequence[Report]) -> bool:
    """Whether the issuer itself or two independent families say so."""
    return any(report.official for report in reports) or len(families(reports)) > 1


def acts(reports: Sequence[Report], groups: tuple[tuple[str, ...], ...]) -> tuple[Act, ...]:
    """One act per kind, in the order of the kinds."""
    by_kind: dict[AnyKind, list[Report]] = {}
    for report in reports:
        by_kind.setdefault(report.advisory.kind, []).append(report)
    return tuple(_act(kind, by_kind[kind], groups) for kind in sorted(by_kind, key=kind_order))


def _act(kind: AnyKind, reports: Sequence[Report], groups: tuple[tuple[str, ...], ...]) -> Act:
    official, reported = official_severity(reports), _reported(reports, groups)
    ordered = sorted(reports, key=_by_authority)
    return Act(
        kind=kind,
        severity=max(level for level in (official, reported) if level is not None),
        official_severity=official,
        area=_area(reports),
        audience=next((r.advisory.audience for r in ordered if r.advisory.audience), None),
        deadline=next((r.advisory.deadline for r in ordered if r.advisory.deadline), None),
        means=tuple(sorted({means for report in reports for means in report.advisory.means})),
    )


def _by_authority(report: Report) -> tuple[object, ...]:
    """The issuer's latest words first, then the first to report."""
    moment = report.at.timestamp()
    return (not report.official, -moment if report.official else moment, report.article_id)


def _area(reports: Sequence[Report]) -> str | None:
    """The part of the country, or None for the whole (or not stated).

    A report that names no part widens to the whole only where the issuer itself says so: headlines leave the
    part out, and papers copy headlines.
    """
    parts = [report for report in sorted(reports, key=_by_authority) if report.advisory.area]
    whole = [report for report in reports if not report.advisory.area]
    if not parts or any(report.official for report in whole):
        return None
    return parts[0].advisory.area


def _latest_status(reports: Sequence[Report]) -> MissionStatus | None:
    known = [report for report in reports if report.advisory.mission_status]
    last = max(known, key=lambda report: (report.official, report.at, report.article_id), default=None)
    return last.advisory.mission_status if last else None
