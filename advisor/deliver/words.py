"""An alert change in the words of a message, for somebody who is woken by it.

Destination and act first, then the proof, then what differs, what is open and what is not known. The short
form fits a chat; the long form, for mail, adds every source and why it came. Words of sources are quoted,
never interpreted: no mark-up, no mention, no line of theirs can pose as ours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from advisor.deliver.countries import country
from advisor.deliver.headline import act, digest_title, headline, places, statement, title_of
from advisor.deliver.language import ENGLISH, Language, language
from advisor.model import (
    Advisory,
    Alert,
    AlertChange,
    AnyKind,
    Delivery,
    Kind,
    Loudness,
    Message,
    Party,
    Reason,
    Receiver,
    Report,
    Severity,
    government,
)
from advisor.model.register import UNNAMED_PART

_WORD_JOINER = "\u2060"
_MENTION = re.compile(r"@(?=everyone|here|channel|all\b|room)|<(?=[!@#])", re.IGNORECASE)
_QUOTE_LIMIT = 320
_AGAIN = "(This may have reached you before: an earlier attempt ended without an answer.)"
_OWN = "Found by a rule of your own; no government speaks."


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Other governments that called about a country in these days, the earliest first."""

    before: tuple[str, ...] = ()  # than the one that this message is about
    since: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a message says beyond its own change, as known at rendering."""

    neighbours: Neighbours = Neighbours()
    people: tuple[Party, ...] = ()
    gaps: tuple[str, ...] = ()  # sources that do not reach back to where they were read last
    coverage: str = ""  # how many official sources were read


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
    words = language(receiver.language)
    changes = _one_each(sorted(delivery.changes, key=lambda change: -change.alert.severity))
    if delivery.loudness is Loudness.DIGEST:
        return _fitted(digest_title(changes, words), _digest(changes, words, around), budget)
    title = title_of(changes, delivery.updates, words)
    lines = _body(changes, receiver, around, budget.long, words)
    if budget.long:
        title = f"[{places(changes, words)}] {headline(changes, words)} [{changes[0].alert.id}]"
    return _fitted(title, lines, budget)


def _one_each(changes: Sequence[AlertChange]) -> list[AlertChange]:
    """What was folded of one alert as one change: from what was known before the first to what is known now."""
    folded: dict[str, AlertChange] = {}
    for change in sorted(changes, key=lambda it: it.at):
        first = folded.get(change.alert.id)
        if first is not None and change.reason is not Reason.RETRACTED:
            detail = change.detail if first.before is None else f"{first.detail} {change.detail}".strip()
            reason = first.reason if first.before is None and change.reason is not Reason.CORRECTED else change.reason
            change = replace(change, before=first.before, reason=reason, detail=detail, late=first.late or change.late)
        folded[change.alert.id] = change
    return [folded[name] for name in dict.fromkeys(change.alert.id for change in changes)]


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

_MOST_PROOFS, _MOST_LINES = 6, 40


def _body(
    changes: Sequence[AlertChange], receiver: Receiver, around: Surroundings, long: bool, words: Language
) -> list[str]:
    first = changes[0]
    if first.reason is Reason.RETRACTED:  # nothing that reads like a call
        return [
            plain(first.detail),
            words.say("Nothing of what was said about this event stands."),
            _stamp(first, receiver, around, words),
        ]
    if first.alert.unsaid and first.reason is Reason.CORRECTED:
        return [
            _what_changed(first, words), _proof(first, words), words.say("This is no all-clear."),
            _stamp(first, receiver, around, words), *_links(changes, long),
        ]  # fmt: skip
    lines: list[str] = []
    if first.before is not None and first.reason not in {Reason.OPENED}:
        lines.append(_what_changed(first, words))
        lines.extend(_unchanged(first, words))
    elif first.situation:
        lines.append(words.say("Read for the first time: this stands, and need not be new."))
    elif first.late:
        lines.append(_what_changed(first, words))
    if first.late and around.gaps:
        names = ", ".join(around.gaps[:10])
        lines.append(words.say("Sources that do not reach back to their last reading: {names}.", names=names))
    proofs = dict.fromkeys(_proof(change, words) for change in changes)  # one sentence may name many countries
    lines.extend(list(proofs)[:_MOST_PROOFS])
    if len(changes) > 1:
        lines.extend(
            f"{words.country(change.alert.destination)}: {statement(change, words)}"
            f" · {change.alert.id}"  # what is acknowledged or withdrawn by it
            for change in changes[:_MOST_LINES]
        )
    lines.append(_differences(first.alert, words))
    lines.extend(_context(first, around, words))
    lines.append(_stamp(first, receiver, around, words))
    lines.extend(_links(changes, long))
    if long:
        lines.extend(_explanations(first, around, words))
    return [line for line in lines if line]


def _digest(changes: Sequence[AlertChange], words: Language, around: Surroundings) -> list[str]:
    """A line for each alert with its proof and link."""
    lines = []
    for change in changes[:_MOST_LINES]:
        what = headline([change], words)
        lines.append(f"{words.country(change.alert.destination)}: {what} · {change.alert.id}")
        lines.append(f"  {_proof(change, words)}" if change.reason is not Reason.RETRACTED else "")
        lines.extend(f"  {link}" for link in _links([change], long=False))
    if len(changes) > _MOST_LINES:
        lines.append(words.say("and {number} more: `advisor alerts`", number=len(changes) - _MOST_LINES))
    lines.append(around.coverage)
    return [line for line in lines if line.strip()]


def _what_changed(change: AlertChange, words: Language) -> str:
    """Our sentence about the change; where that is English only, what it says of the reason."""
    if words.code == ENGLISH:
        return plain(change.detail)
    if change.reason is Reason.CORRECTED and change.alert.taken_back:
        return words.say("It says so no longer, or says so again.")
    return words.say(change.reason.sentence[:1].upper() + change.reason.sentence[1:] + ".")


def _unchanged(change: AlertChange, words: Language) -> list[str]:
    before = change.before
    if change.reason is Reason.EASED and change.alert.closed_at is not None:
        return []  # what the closed alert still shows is what it was
    kept = [it.kind for it in before.acts if it in change.alert.acts] if before else []
    names = ", ".join(act(change.alert, kind, words) for kind in kept)
    return [words.say("Unchanged: {what}.", what=names)] if kept else []


def _proof(change: AlertChange, words: Language) -> str:
    """The sentence that proves it: the issuer's own words where a source shows them."""
    kinds: set[AnyKind] = {act.kind for act in change.alert.acts}
    if change.reason is Reason.EASED:
        kinds = {Kind.EASING}
    report = _best_report(change.alert, kinds)
    if report is None:
        return ""
    official = report.advisory.quote("official_sentence")
    who = (
        words.say("Official") if report.official else words.say("Official wording") if official else _publisher(report)
    )
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


def _differences(alert: Alert, words: Language) -> str:
    parts = []
    if (alert.official_severity or Severity.EXTREME) < (alert.reported_severity or Severity.MINOR):
        parts.append(words.say("Weaker than the headlines{example}.", example=_strongest_word(alert)))
    if alert.mission_status is not None:
        parts.append(words.say(f"Embassy {alert.mission_status}."))
    means = list(dict.fromkeys(word for act in alert.acts for word in act.means))
    if means:
        parts.append(words.say("Way out: {means}.", means=", ".join(words.say(plain(word)) for word in means)))
    deadline = next((act.deadline for act in alert.acts if act.deadline), None)
    if deadline:
        parts.append(words.say("Deadline: {deadline}.", deadline=plain(deadline)))
    area = next((act.area for act in alert.acts if act.area), None)
    if area and area != UNNAMED_PART:
        parts.append(words.say("Part of the country: {area}.", area=plain(area)))
    audience = next((act.audience for act in alert.acts if act.audience not in {None, "citizens", "staff"}), None)
    if audience:
        groups = ", ".join(words.say(group) for group in plain(audience).split(", "))
        parts.append(words.say("For: {audience}.", audience=groups))
    contact = next((report.advisory.contact for report in alert.reports if report.advisory.contact), None)
    if contact:
        parts.append(words.say("Contact: {contact}.", contact=plain(contact)))
    unknown = [name for name, value in (("way out", means), ("deadline", deadline), ("contact", contact)) if not value]
    if unknown and not {Kind.LEAVE, Kind.EVACUATION}.isdisjoint(alert.kinds):
        parts.append(words.say("Not stated: {names}.", names=", ".join(words.say(name) for name in unknown)))
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


_ORDINALS = ("Second", "Third", "Fourth", "Fifth")


def _context(change: AlertChange, around: Surroundings, words: Language) -> list[str]:
    if government(change.alert.issuer) is None:
        return [words.say(_OWN)]
    before, since = around.neighbours.before, around.neighbours.since
    parts = []
    if before:
        ordinal = _ORDINALS[len(before) - 1] if len(before) <= len(_ORDINALS) else f"{len(before) + 1}th"
        phrase = "{ordinal} government in 48 h (after {names})."
        number = words.say(ordinal) if words.code == ENGLISH else f"{len(before) + 1}."
        parts.append(words.say(phrase, ordinal=number, names=", ".join(before)))
    if since:
        parts.append(words.say("Since then also: {names}.", names=", ".join(since)))
    return [" ".join(parts)] if parts else []


def _stamp(change: AlertChange, receiver: Receiver, around: Surroundings, words: Language) -> str:
    alert = change.alert
    count = len(alert.publishers)
    pieces = [words.say("1 publisher") if count == 1 else words.say("{count} publishers", count=count)]
    if government(alert.issuer):
        seen = "official source" if any(report.official for report in alert.reports) else "original post not seen"
        pieces[0] += f"; {words.say(seen)}"
    ours = sum(party.count for party in around.people if party.present(alert.destination, change.at))
    if ours:
        pieces.append(words.say("You: {count}", count=ours))
    if alert.acknowledged_by:
        pieces.append(words.say("{name} has it", name=plain(alert.acknowledged_by)))
    pieces.append(_when(max((report.at for report in alert.reports), default=change.at), alert, receiver, words))
    pieces.append(alert.id)
    return " · ".join(pieces)


def _when(at: datetime, alert: Alert, receiver: Receiver, words: Language) -> str:
    """The time of the news where it matters, and in UTC; and on the receiver's own clock."""
    there = country(alert.destination)
    local = at.astimezone(ZoneInfo(there.zone))
    text = f"{words.moment(local)} {there.capital or there.name} / {at:%H:%M} UTC"
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


def _explanations(change: AlertChange, around: Surroundings, words: Language) -> list[str]:
    alert = change.alert
    if alert.official_severity is not None:
        official = words.say("; official wording {severity}", severity=words.say(str(alert.official_severity)))
    else:
        official = words.say("; official wording not seen" if government(alert.issuer) else ", as your rule says")
    neighbours = [*around.neighbours.before, *around.neighbours.since]
    lines = [words.say("Severity: {severity}", severity=words.say(str(alert.severity))) + official]
    if government(alert.issuer):
        seen = ", ".join(neighbours) or words.say("none seen")
        covered = f"; {around.coverage}" if around.coverage else ""
        lines.append(words.say("Other governments in 48 h: {names}", names=seen) + covered)
    return [
        *lines,
        words.say("Why you got this: {reason}.", reason=words.say(change.reason.sentence)),
        words.say(
            "What would bring another message: a stronger call, a new act or a wider area, an easing, a correction."
        ),
    ]


def sentence_of(advisory: Advisory) -> str:
    """The proving sentence of one advisory, cleaned."""
    return plain(advisory.quote("sentence") or "")
