"""An alert change in the words of a message, for somebody who is woken by it.

Destination and act first, then the proof, then what differs, what is open and what is not known. The short
form fits a chat; the long form, for mail, adds every source and why it came. Words of sources are quoted,
never interpreted: no mark-up, no mention, no line of theirs can pose as ours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from advisor.deliver.countries import country
from advisor.deliver.headline import act, headline, places, statement, title_of
from advisor.model import (
    Advisory,
    Alert,
    AlertChange,
    AnyKind,
    Delivery,
    Kind,
    Message,
    Party,
    Reason,
    Receiver,
    Report,
    Severity,
    government,
)

_WORD_JOINER = "\u2060"
_MENTION = re.compile(r"@(?=everyone|here|channel|all\b|room)|<(?=[!@#])", re.IGNORECASE)
_QUOTE_LIMIT = 320
_AGAIN = "(This may have reached you before: an earlier attempt ended without an answer.)"
_OWN = "Found by a rule of your own; no government speaks."
_SUBSCRIPT = {
    Severity.MINOR: "minor",
    Severity.MODERATE: "moderate",
    Severity.SEVERE: "severe",
    Severity.EXTREME: "extreme",
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a message says beyond its own change, as known at rendering."""

    others: tuple[tuple[str, tuple[str, ...]], ...] = ()  # destination -> issuers of the last days, earliest first
    people: tuple[Party, ...] = ()


@dataclass(frozen=True, slots=True)
class Budget:
    """What one channel takes: characters of title and body; `title` 0 means that it has none."""

    title: int
    body: int
    long: bool = False


def render(delivery: Delivery, receiver: Receiver, around: Surroundings, budget: Budget) -> Message:
    """The words of one delivery, within the channel's limits."""
    if not delivery.changes:
        return _fitted(*_operator_words(delivery.text or ""), budget)
    changes = sorted(delivery.changes, key=lambda change: -change.alert.severity)
    title = title_of(changes, delivery.updates)
    lines = _body(changes, receiver, around, budget.long)
    if budget.long:
        title = f"[{places(changes)}] {headline(changes)} [{changes[0].alert.id}]"
    return _fitted(title, lines, budget)


def again(message: Message) -> Message:
    """The same words, saying that they may have arrived before."""
    return Message(message.title, f"{message.body}\n{_AGAIN}")


def _operator_words(text: str) -> tuple[str, list[str]]:
    first, _, rest = text.partition("\n")
    return f"Advisor: {plain(first)}", [plain(line) for line in rest.splitlines()]


def _fitted(title: str, lines: list[str], budget: Budget) -> Message:
    """Whole lines from the top as long as they fit; what was cut is said."""
    if not budget.title:
        lines, title = [title, *lines], ""
    budget = Budget(budget.title, budget.body - len(_AGAIN) - 1, budget.long)  # room to say that it comes again
    title = title if len(title) <= budget.title or not title else title[: budget.title - 1] + "…"
    body = ""
    for index, line in enumerate(lines):
        room = budget.body - len(body) - 1
        if len(line) <= room - (2 if index + 1 < len(lines) else 0):
            body += line + "\n"
            continue
        body += line[: max(0, room - 2)] + "…"
        break
    return Message(title, body.rstrip() or title)  # some services refuse a message without a body


def plain(text: str) -> str:
    """Words of others without control characters, line breaks, text direction tricks or mentions."""
    kept = "".join(
        " "
        if character in "\n\r\t\u2028\u2029"
        else ""
        if unicodedata.category(character) in {"Cc", "Cf", "Cs"}
        else character
        for character in text
    )
    return _MENTION.sub(lambda match: match.group() + _WORD_JOINER, " ".join(kept.split()))


# --- body -----------------------------------------------------------------------------------------------


def _body(changes: Sequence[AlertChange], receiver: Receiver, around: Surroundings, long: bool) -> list[str]:
    first = changes[0]
    if first.reason is Reason.RETRACTED:  # nothing that reads like a call
        return [
            plain(first.detail),
            "Nothing of what was said about this event stands.",
            _stamp(first, receiver, around),
        ]
    lines: list[str] = []
    if first.before is not None and first.reason not in {Reason.OPENED}:
        lines.append(plain(first.detail))
        lines.extend(_unchanged(first))
    elif first.late or first.situation:
        lines.append(plain(first.detail))
    lines.extend(_proof(change) for change in changes[:6])
    if len(changes) > 1:
        lines.extend(
            f"{country(change.alert.destination).name}: {statement(change)}"
            f" · {change.alert.id}"  # what is acknowledged or withdrawn by it
            for change in changes[:40]
        )
    lines.append(_differences(first.alert))
    lines.extend(_context(first, around))
    lines.append(_stamp(first, receiver, around))
    lines.extend(_links(changes, long))
    if long:
        lines.extend(_explanations(first))
    return [line for line in lines if line]


def _unchanged(change: AlertChange) -> list[str]:
    before = change.before
    if change.reason is Reason.EASED and change.alert.closed_at is not None:
        return []  # what the closed alert still shows is what it was
    kept = [it.kind for it in before.acts if it in change.alert.acts] if before else []
    return [f"Unchanged: {', '.join(act(change.alert, kind) for kind in kept)}."] if kept else []


def _proof(change: AlertChange) -> str:
    """The sentence that proves it: the issuer's own words where a source shows them."""
    kinds: set[AnyKind] = {act.kind for act in change.alert.acts}
    if change.reason is Reason.EASED:
        kinds = {Kind.EASING}
    report = _best_report(change.alert, kinds)
    if report is None:
        return ""
    official = report.advisory.quote("official_sentence")
    who = "Official" if report.official else "Official wording" if official else _publisher(report)
    quote = official or report.advisory.quote("sentence") or ""
    return f"{who}: “{_clipped(plain(_unquoted(quote)))}”"


def _best_report(alert: Alert, kinds: set[AnyKind]) -> Report | None:
    ranked = sorted(
        (report for report in alert.reports if report.advisory.kind in kinds),
        key=lambda report: (
            not report.official, report.advisory.official_severity is None,
            report.advisory.kind is Kind.EASING, -report.advisory.severity,
            -report.at.timestamp() if report.advisory.kind is Kind.EASING else report.at.timestamp(),
        ),
    )  # fmt: skip
    return ranked[0] if ranked else None


def _publisher(report: Report) -> str:
    return plain(report.publisher) or "Source"


def _unquoted(text: str) -> str:
    return text.strip().strip('“”"„«»,').strip()


def _clipped(text: str) -> str:
    return text if len(text) <= _QUOTE_LIMIT else text[: _QUOTE_LIMIT - 1].rsplit(" ", 1)[0] + " …"


def _differences(alert: Alert) -> str:
    parts = []
    if (alert.official_severity or Severity.EXTREME) < (alert.reported_severity or Severity.MINOR):
        parts.append(f"Weaker than the headlines{_strongest_word(alert)}.")
    if alert.mission_status is not None:
        parts.append(f"Embassy {alert.mission_status}.")
    means = list(dict.fromkeys(word for act in alert.acts for word in act.means))
    if means:
        parts.append(f"Way out: {', '.join(means)}.")
    deadline = next((act.deadline for act in alert.acts if act.deadline), None)
    if deadline:
        parts.append(f"Deadline: {plain(deadline)}.")
    area = next((act.area for act in alert.acts if act.area), None)
    if area:
        parts.append(f"Part of the country: {plain(area)}.")
    audience = next((act.audience for act in alert.acts if act.audience not in {None, "citizens", "staff"}), None)
    if audience:
        parts.append(f"For: {plain(audience)}.")
    contact = next((report.advisory.contact for report in alert.reports if report.advisory.contact), None)
    if contact:
        parts.append(f"Contact: {plain(contact)}.")
    unknown = [name for name, value in (("way out", means), ("deadline", deadline), ("contact", contact)) if not value]
    if unknown and not {Kind.LEAVE, Kind.EVACUATION}.isdisjoint(alert.kinds):
        parts.append(f"Not stated: {', '.join(unknown)}.")
    return " ".join(parts)


def _strongest_word(alert: Alert) -> str:
    """The publisher and the word behind the strongest reading."""
    reports = [
        report
        for report in alert.reports
        if report.advisory.severity == max(it.advisory.severity for it in alert.reports)
    ]
    for report in reports:
        word = report.advisory.quote("manner") or report.advisory.quote("kind")
        if word:
            return f" ({_publisher(report)}: “{plain(word)}”)"
    return ""


def _context(change: AlertChange, around: Surroundings) -> list[str]:
    lines = []
    others = dict(around.others).get(change.alert.destination, ())
    if government(change.alert.issuer) is None:
        return [_OWN]
    if others:
        ordinal = {1: "Second", 2: "Third", 3: "Fourth", 4: "Fifth"}.get(len(others), f"{len(others) + 1}th")
        lines.append(f"{ordinal} government in 48 h (after {', '.join(others)}).")
    return lines


def _stamp(change: AlertChange, receiver: Receiver, around: Surroundings) -> str:
    alert = change.alert
    count = len(alert.publishers)
    seen = "official source" if any(report.official for report in alert.reports) else "original post not seen"
    pieces = [f"{count} publisher{'s' if count != 1 else ''}" + (f"; {seen}" if government(alert.issuer) else "")]
    ours = sum(party.count for party in around.people if party.present(alert.destination, change.at))
    if ours:
        pieces.append(f"You: {ours}")
    pieces.append(_when(max((report.at for report in alert.reports), default=change.at), alert, receiver))
    pieces.append(alert.id)
    return " · ".join(pieces)


def _when(at: datetime, alert: Alert, receiver: Receiver) -> str:
    """The time of the news where it matters, and in UTC; and on the receiver's own clock."""
    there = country(alert.destination)
    local = at.astimezone(ZoneInfo(there.zone))
    text = f"{local:%a} {local.day} {local:%b}, {local:%H:%M} {there.capital or there.name} / {at:%H:%M} UTC"
    if receiver.timezone not in {"UTC", there.zone}:
        place = receiver.timezone.rpartition("/")[2].replace("_", " ")
        text += f" / {at.astimezone(ZoneInfo(receiver.timezone)):%H:%M} {place}"
    return text


def _links(changes: Sequence[AlertChange], long: bool) -> list[str]:
    reports = sorted(
        {report.link or report.title: report for change in changes for report in change.alert.reports}.values(),
        key=lambda it: it.at,
    )
    if not long:
        link = next((report.link for report in reports if report.link), None)
        return [plain(link)] if link else []
    lines = ["", "Sources:"]
    for report in reports[:30]:
        words = f"- {report.at:%Y-%m-%d %H:%M} UTC {_publisher(report)}: {plain(report.title)}"
        lines.append(f"{words} {plain(report.link or '')}".rstrip())
        lines.append(f"  “{_clipped(plain(_unquoted(report.advisory.quote('sentence') or '')))}”")
    return lines


def _explanations(change: AlertChange) -> list[str]:
    alert = change.alert
    return [
        f"Severity: {_SUBSCRIPT[alert.severity]}"
        + (
            f"; official wording {alert.official_severity}"
            if alert.official_severity is not None
            else "; official wording not seen"
            if government(alert.issuer)
            else ", as your rule says"
        ),
        f"Why you got this: {change.reason.sentence}.",
        "What would bring another message: a stronger call, a new act or a wider area, an easing, a correction.",
    ]


def sentence_of(advisory: Advisory) -> str:
    """The proving sentence of one advisory, cleaned."""
    return plain(advisory.quote("sentence") or "")
