"""The first line of a message: destination and act first, no severity word, no flag before them."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.deliver.language import Language
from advisor.model import Alert, AlertChange, AnyKind, Kind, Reason, Report, Severity, government, kind_order


def title_of(changes: Sequence[AlertChange], updates: int, words: Language) -> str:
    """The title of a chat message; `updates` counts what this receiver was told before about these alerts."""
    where = places(changes, words).upper()
    what = headline(changes, words)
    if changes[0].situation:
        return words.say("SITUATION NOW, {where}: {what}", where=where, what=what)
    if updates:
        where = words.say("UPDATE {number}, {where}", number=updates, where=where)
    if changes[0].late:
        where = words.say("LATE, {where}", where=where)
    return words.say("{where}: {what}", where=where, what=what)


def digest_title(changes: Sequence[AlertChange], words: Language) -> str:
    """The title of a digest."""
    return words.say("DIGEST: {where}", where=places(changes, words))


def places(changes: Sequence[AlertChange], words: Language) -> str:
    """The destinations, at most four by name."""
    names = list(dict.fromkeys(words.country(change.alert.destination) for change in changes))
    if len(names) <= 4:
        return ", ".join(names)
    return words.say("{names} and {number} more", names=", ".join(names[:3]), number=len(names) - 3)


def headline(changes: Sequence[AlertChange], words: Language) -> str:
    """Who does what, without the place."""
    change = changes[0]
    if change.reason is Reason.RETRACTED:
        return words.say("false alarm about {who}, withdrawn", who=speaker(change.alert, words))
    if change.alert.unsaid and change.reason is Reason.CORRECTED:
        return words.say("{who}: the words are no longer at their source", who=speaker(change.alert, words))
    also = dict.fromkeys(speaker(other.alert, words) for other in changes if other.alert.issuer != change.alert.issuer)
    said = statement(change, words)
    return words.say("{what}; also {names}", what=said, names=", ".join(also)) if also else said


def speaker(alert: Alert, words: Language) -> str:
    """The government that speaks; where none does, what the operator's own rule is called."""
    return words.country(alert.issuer) if government(alert.issuer) else act(alert, alert.acts[0].kind, words)


def statement(change: AlertChange, words: Language) -> str:
    """Who does what; what no government says stands without a speaker."""
    if government(change.alert.issuer) is None:
        return acts(change, words)
    own = not isinstance(_chosen(change)[0], Kind)
    pattern = "{who}: {what}" if own else "{who} {what}"
    return words.say(pattern, who=words.country(change.alert.issuer), what=acts(change, words))


def acts(change: AlertChange, words: Language) -> str:
    """What is new first, then what stands beside it."""
    phrases = [act(change.alert, kind, words) for kind in _chosen(change)]
    if len(phrases) == 1:
        return phrases[0]
    return words.say("{first} and {last}", first=", ".join(phrases[:-1]), last=phrases[-1])


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


def act(alert: Alert, kind: AnyKind, words: Language) -> str:
    """One act in words, by the official wording where it is known."""
    if not isinstance(kind, Kind):
        labels = (report.advisory.label for report in _of_kind(alert, kind))
        return next((label for label in labels if label), kind.replace("-", " "))
    said = next(it for it in alert.acts if it.kind == kind)
    official = said.official_severity
    severity = official if official is not None else said.severity
    return words.say(_phrase(kind, severity, _manner(alert, kind), part=bool(said.area)))


_TELLS = {
    "order": ("tells its citizens to leave", "tells its citizens to leave part of the country"),
    "urge": ("urges its citizens to leave", "urges its citizens to leave part of the country"),
    "advise": ("advises its citizens to leave", "advises its citizens to leave part of the country"),
}
_NOW = {
    "order": ("tells its citizens to leave now", "tells its citizens to leave part of the country now"),
    "urge": ("urges its citizens to leave now", "urges its citizens to leave part of the country now"),
    "advise": ("advises its citizens to leave now", "advises its citizens to leave part of the country now"),
}
_TRAVEL = {
    Kind.DO_NOT_TRAVEL: ("advises against all travel", "advises against all travel to part of the country"),
    Kind.RECONSIDER_TRAVEL: (
        "advises against all but essential travel", "advises against all but essential travel to part of the country",
    ),
}  # fmt: skip
_PLAIN = {
    Kind.MISSION_CLOSURE: "closes, suspends or moves its mission",
    Kind.SHELTER: "tells its citizens to stay indoors",
    Kind.EASING: "eases its advice",
}


def _phrase(kind: Kind, severity: Severity, manner: str | None, *, part: bool) -> str:
    if kind is Kind.LEAVE and severity <= Severity.MODERATE:
        consider = manner == "consider"
        return "tells its citizens to consider leaving" if consider else "reminds its citizens they can leave"
    if kind is Kind.LEAVE:
        ways = _NOW if severity is Severity.EXTREME else _TELLS
        return ways.get(manner or "", ways["order"])[part]
    if kind is Kind.EVACUATION:
        return "evacuates its citizens" if severity is Severity.EXTREME else "will evacuate its citizens"
    if kind is Kind.STAFF_DEPARTURE:
        if severity is Severity.EXTREME:
            return "takes its embassy staff out"
        if severity <= Severity.MODERATE:
            return "lets embassy staff or families leave"
        return "takes part of its embassy staff or families out"
    return _TRAVEL[kind][part] if kind in _TRAVEL else _PLAIN[kind]


def _manner(alert: Alert, kind: AnyKind) -> str | None:
    reports = _of_kind(alert, kind)
    told = [report.advisory.manner for report in reports if report.advisory.official_severity is not None]
    told = told or [report.advisory.manner for report in reports]
    return next((manner for manner in told if manner), None)


def _of_kind(alert: Alert, kind: AnyKind) -> list[Report]:
    return [report for report in alert.reports if report.advisory.kind == kind]
