"""What is new against what people were told: stronger, another act, a wider area, a deadline, a way out."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.correlate import words
from advisor.correlate.reading import LEVELS, trusted
from advisor.model import Act, Alert, AnyKind, Kind, Reason, Report

_CALLS_OUT = frozenset({Kind.LEAVE, Kind.EVACUATION, Kind.DO_NOT_TRAVEL})
_ORDINARY = frozenset({"commercial flights", "commercial flight", "commercial"})  # the way out that needs no telling


def news(before: Alert, alert: Alert, fresh: Sequence[Report]) -> tuple[Reason, str] | None:
    """Escalated or widened, with the sentence; None when people know it all.

    Only what the `fresh` reports themselves say counts as new, so that an old report recorded in silence
    does not ring through the next one.
    """
    told = before.told_severity
    if told is None or (alert.severity > told and any(_level(report) > told for report in fresh)):
        return Reason.ESCALATED, words.escalated(before, alert)
    known = {act.kind: act for act in before.told_acts}
    said = {report.advisory.kind for report in fresh}
    acts = [act for act in alert.acts if act.kind in said and act.kind is not Kind.EASING]
    added = [act for act in acts if act.kind not in known and not _follows(act, before, alert, fresh)]
    if added:
        return Reason.WIDENED, words.new_acts(alert, added)
    for act in acts:
        if act.kind in known and (detail := _wider(known[act.kind], act, _of(act.kind, alert))):
            return Reason.WIDENED, detail
    return None


def _level(report: Report) -> int:
    return max(report.advisory.severity, report.advisory.official_severity or report.advisory.severity)


def _follows(act: Act, before: Alert, alert: Alert, fresh: Sequence[Report]) -> bool:
    """Whether a travel level beside told acts of more force says nothing more.

    Beside a call to come out only the issuer itself can add it; beside acts about the mission and its staff
    two families are enough.
    """
    told = max((known.severity for known in before.told_acts), default=None)
    if act.kind not in LEVELS or told is None or told < act.severity:
        return False
    called = any(known.kind in _CALLS_OUT and known.severity >= act.severity for known in before.told_acts)
    mine = [report for report in fresh if report.advisory.kind == act.kind]
    return not (any(report.official for report in mine) or (not called and trusted(_of(act.kind, alert))))


def _wider(known: Act, act: Act, reports: Sequence[Report]) -> str | None:
    """How an act that was told reaches further now. Differences of wording alone are none."""
    if known.area and not act.area:
        return f"Now the whole country, not only {known.area}."
    if known.area and act.area and known.area != act.area and _trusted(reports, "area", act.area):
        return f"Now {act.area}; told before: {known.area}."
    if act.deadline and not known.deadline and _trusted(reports, "deadline"):
        return f"Now with a deadline: {act.deadline}."
    ways = [way for way in act.means if way not in known.means and way.casefold() not in _ORDINARY]
    told = [way for way in ways if _trusted(reports, "means", way)]
    if told:
        return f"A new way out: {', '.join(told)}."
    return _reworded(known, act, reports)


def _reworded(known: Act, act: Act, reports: Sequence[Report]) -> str | None:
    """The issuer's own source changed its deadline or its audience."""
    for field in ("deadline", "audience"):
        mine = [report for report in reports if report.official and getattr(report.advisory, field)]
        wordings = {_plain(getattr(report.advisory, field)) for report in mine}
        old, new = getattr(known, field), getattr(act, field)
        if field == "audience" and old and new and not _groups(old) < _groups(new):
            continue  # only people who were not called before are news
        if old and new and len(wordings) > 1 and {_plain(old), _plain(new)} <= wordings and _plain(old) != _plain(new):
            return f"The {field} is now {new}; told before: {old}."
    return None


def _groups(audience: str) -> set[str]:
    return set(audience.split(", "))


def _trusted(reports: Sequence[Report], field: str, value: str | None = None) -> bool:
    """Whether the issuer or two families state the field (with that value)."""

    def states(report: Report) -> bool:
        stated = getattr(report.advisory, field)
        if value is None:
            return bool(stated)
        return value in stated if isinstance(stated, tuple) else bool(stated == value)

    return trusted([report for report in reports if states(report)])


def _of(kind: AnyKind, alert: Alert) -> list[Report]:
    return [report for report in alert.reports if report.advisory.kind == kind]


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
