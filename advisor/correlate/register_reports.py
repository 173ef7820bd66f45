"""What a finding in a register says, as advisories with their evidence; and what is held, as alerts nobody is rung for.

Severities are those of the labelling: no travel `moderate`, only essential travel and easings `minor`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from advisor.correlate.reading import LEVELS
from advisor.correlate.registers import Finding
from advisor.model import Act, Advisory, AlertChange, AnyKind, Evidence, Kind, Severity
from advisor.model.register import UNNAMED_PART, Entry, Level, Move

_RULE = "register"
_SEVERITY = {
    Kind.DO_NOT_TRAVEL: Severity.MODERATE, Kind.RECONSIDER_TRAVEL: Severity.MINOR, Kind.EASING: Severity.MINOR,
}  # fmt: skip


def advisories_of(finding: Finding, issuer: str, leave: Severity) -> tuple[Advisory, ...]:
    """The new calls of the text, and what the level says: a rise says what is new, a fall what is left of it."""
    entry, before, after = finding.entry, finding.before, finding.after
    said = list(finding.acts)
    if finding.eases or finding.fell:
        said.append(finding.easing or _advisory(entry, issuer, Kind.EASING))
    if after is not None and (finding.baseline or finding.eases or finding.fell):
        said += _standing(entry, issuer, Level(), after, leave)
    elif entry.moved_to is not None and entry.move is Move.RAISED:
        said += _announced(entry, issuer, after, leave)
    elif after is not None and before is not None and after > before:
        said += _standing(entry, issuer, before, after, leave)
    elif entry.move is Move.RAISED and after is not None and before == after and not finding.acts:
        said += _standing(entry, issuer, Level(), after, leave)
    strongest: dict[AnyKind, Advisory] = {}
    for advisory in said:
        known = strongest.get(advisory.kind)
        if known is None or advisory.severity > known.severity:
            strongest[advisory.kind] = advisory
    return tuple(strongest.values())


def _standing(entry: Entry, issuer: str, before: Level, after: Level, leave: Severity) -> Iterable[Advisory]:
    """What `after` says beyond `before`, of the whole country and of its worst part."""
    whole, part = _kind(after.whole), _kind(after.part)
    if whole is not None and (after.whole > before.whole or before == after):
        yield _advisory(entry, issuer, whole)
    if part is not None and part is not whole and after.part > max(before.part, after.whole):
        yield _advisory(entry, issuer, part, area=entry.area or UNNAMED_PART)
    if after.whole >= 5 > before.whole:
        yield _advisory(entry, issuer, Kind.LEAVE, leave)
    elif after.part >= 5 > before.part:
        yield _advisory(entry, issuer, Kind.LEAVE, leave, entry.area or UNNAMED_PART)


def _announced(entry: Entry, issuer: str, after: Level | None, leave: Severity) -> Iterable[Advisory]:
    """The level that a decision says it raised something to."""
    to = entry.moved_to or 1
    kind = _kind(to)
    area = None if after is not None and after.whole >= to else entry.area or UNNAMED_PART
    if kind is not None:
        yield _advisory(entry, issuer, kind, area=area)
    if to >= 5:
        yield _advisory(entry, issuer, Kind.LEAVE, leave, area)


def _kind(level: int) -> Kind | None:
    return Kind.DO_NOT_TRAVEL if level >= 4 else Kind.RECONSIDER_TRAVEL if level == 3 else None


def stated(entry: Entry, issuer: str) -> list[Advisory]:
    """What the publisher's fixed words in the title stand for."""
    return [
        _advisory(replace(entry, wording=""), issuer, said.kind, said.severity, words=said.words)
        for said in entry.stated
    ]


def _advisory(
    entry: Entry, issuer: str, kind: Kind, severity: Severity | None = None, area: str | None = None,
    words: str | None = None,
) -> Advisory:  # fmt: skip
    severity = severity or _SEVERITY[kind]
    quote = entry.wording or entry.title
    evidence = tuple(
        _evidence(entry, field, words) for field, words in
        (("issuer", entry.title), ("destination", entry.title), ("kind", words or quote), ("severity", words or quote),
         ("official_sentence", quote), ("sentence", quote))
    )  # fmt: skip
    return Advisory(issuer, entry.country, kind, severity, evidence, official_severity=severity, area=area)


def _evidence(entry: Entry, field: str, words: str) -> Evidence:
    start = max(0, f"{entry.title}\n{entry.text}".find(words))
    return Evidence(field, words, start, start + len(words), _RULE)


def known_quietly(changes: Sequence[AlertChange], since: datetime) -> list[AlertChange]:
    """Levels found at first sight count as known: held for years, they ring for nobody, nor does their repetition.

    Where a call made after `since` stands beside them, the change stays as it was decided.
    """
    return [change if _calls_after(change, since) else _quiet(change) for change in changes]


def _calls_after(change: AlertChange, since: datetime) -> bool:
    return any(
        report.at >= since and report.advisory.kind not in LEVELS and report.advisory.kind is not Kind.EASING
        for report in change.alert.reports
    )


def _quiet(change: AlertChange) -> AlertChange:
    standing: tuple[Act, ...] = tuple(act for act in change.alert.acts if act.kind is not Kind.EASING)
    alert = replace(change.alert, told_severity=change.alert.severity, told_acts=standing)
    detail = "Held when the register was first read: known, not told."
    return replace(change, alert=alert, told=False, detail=detail, situation=False)
