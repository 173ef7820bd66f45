"""The first line of a message: destination and act first, no severity word, no flag before them."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.deliver.countries import country
from advisor.model import Alert, AlertChange, AnyKind, Kind, Reason, Report, Severity, government, kind_order


def title_of(changes: Sequence[AlertChange], updates: int) -> str:
    """The title of a chat message; `updates` counts what this receiver was told before about these alerts."""
    where = places(changes).upper()
    if changes[0].situation:
        return f"SITUATION NOW, {where}: {headline(changes)}"
    update = f"UPDATE {updates}, " if updates else ""
    late = "LATE, " if changes[0].late else ""
    return f"{late}{update}{where}: {headline(changes)}"


def places(changes: Sequence[AlertChange]) -> str:
    """The destinations, at most four by name."""
    names = list(dict.fromkeys(country(change.alert.destination).name for change in changes))
    return ", ".join(names) if len(names) <= 4 else f"{', '.join(names[:3])} and {len(names) - 3} more"


def headline(changes: Sequence[AlertChange]) -> str:
    """Who does what, without the place."""
    change = changes[0]
    if change.reason is Reason.RETRACTED:
        return f"false alarm about {speaker(change.alert)}, withdrawn"
    also = dict.fromkeys(speaker(other.alert) for other in changes if other.alert.issuer != change.alert.issuer)
    more = f"; also {', '.join(also)}" if also else ""
    return f"{statement(change)}{more}"


def speaker(alert: Alert) -> str:
    """The government that speaks; where none does, what the operator's own rule is called."""
    return country(alert.issuer).name if government(alert.issuer) else act(alert, alert.acts[0].kind)


def statement(change: AlertChange) -> str:
    """Who does what; what no government says stands without a speaker."""
    if government(change.alert.issuer) is None:
        return acts(change)
    colon = "" if isinstance(_chosen(change)[0], Kind) else ":"
    return f"{country(change.alert.issuer).name}{colon} {acts(change)}"


def acts(change: AlertChange) -> str:
    """What is new first, then what stands beside it."""
    phrases = [act(change.alert, kind) for kind in _chosen(change)]
    return " and ".join([", ".join(phrases[:-1]), phrases[-1]]) if len(phrases) > 1 else phrases[0]


def _chosen(change: AlertChange) -> list[AnyKind]:
    """At most three kinds that say what it is about, the strongest first."""
    before = {act.kind: act.severity for act in change.before.acts} if change.before else {}
    new = [act.kind for act in change.alert.acts if act.kind not in before or act.severity > before[act.kind]]
    chosen = new if new and change.reason is not Reason.CORRECTED else list(change.alert.kinds)
    if change.reason is Reason.EASED:
        chosen = [kind for kind in chosen if kind is Kind.EASING] or chosen
    return sorted(chosen, key=lambda kind: (-_severity_of(change.alert, kind), kind_order(kind)))[:3]


def _severity_of(alert: Alert, kind: AnyKind) -> int:
    return max((int(act.severity) for act in alert.acts if act.kind == kind), default=0)


def act(alert: Alert, kind: AnyKind) -> str:
    """One act in words, by the official wording where it is known."""
    if not isinstance(kind, Kind):
        labels = (report.advisory.label for report in _of_kind(alert, kind))
        return next((label for label in labels if label), kind.replace("-", " "))
    said = next(it for it in alert.acts if it.kind == kind)
    manner = _manner(alert, kind)
    official = said.official_severity
    severity = official if official is not None else said.severity
    if kind is Kind.LEAVE:
        if severity <= Severity.MODERATE:
            return (
                "tells its citizens to consider leaving"
                if manner == "consider"
                else "reminds its citizens they can leave"
            )
        verb = {"order": "tells", "urge": "urges", "advise": "advises"}.get(manner or "", "tells")
        part = " part of the country" if said.area else ""
        return f"{verb} its citizens to leave{part}{' now' if severity is Severity.EXTREME else ''}"
    if kind is Kind.EVACUATION:
        return "evacuates its citizens" if severity is Severity.EXTREME else "will evacuate its citizens"
    if kind is Kind.STAFF_DEPARTURE:
        if severity is Severity.EXTREME:
            return "takes its embassy staff out"
        return (
            "lets embassy staff or families leave"
            if severity <= Severity.MODERATE
            else "takes part of its embassy staff or families out"
        )
    part = " to part of the country" if said.area else ""
    return {
        Kind.MISSION_CLOSURE: "closes, suspends or moves its mission",
        Kind.DO_NOT_TRAVEL: f"advises against all travel{part}",
        Kind.RECONSIDER_TRAVEL: f"advises against all but essential travel{part}",
        Kind.SHELTER: "tells its citizens to stay indoors",
        Kind.EASING: "eases its advice",
    }[kind]


def _manner(alert: Alert, kind: AnyKind) -> str | None:
    reports = _of_kind(alert, kind)
    told = [report.advisory.manner for report in reports if report.advisory.official_severity is not None]
    told = told or [report.advisory.manner for report in reports]
    return next((manner for manner in told if manner), None)


def _of_kind(alert: Alert, kind: AnyKind) -> list[Report]:
    return [report for report in alert.reports if report.advisory.kind == kind]
