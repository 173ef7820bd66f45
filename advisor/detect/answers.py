"""Bound readings to the article's advisories: one per issuer, destination and kind, each field with its proof."""

from __future__ import annotations

from dataclasses import replace

from advisor.detect import qualities
from advisor.detect.frames import Frame
from advisor.detect.reading import Reading
from advisor.detect.scene import Candidate
from advisor.detect.scope import area_of, audience_of
from advisor.detect.tags import Tag
from advisor.detect.text import Text
from advisor.detect.watchwords import watched_advisory
from advisor.detect.whole import pairs_of
from advisor.model import Advisory, AnyKind, Article, Evidence, Kind, Severity

_OF_TRAVEL = ("advice", "no_travel", "no_essential_travel")
_OTHER_ACTS = frozenset({"leave", "departure", "evacuate", "withdraw", "close", "shelter", "staff"})


def answers_of(reading: Reading, article: Article) -> list[Advisory]:
    """One advisory per issuer, destination and kind: the strongest wording, the official one apart."""
    answers: dict[tuple[str, str, AnyKind], Advisory] = {}
    for frame, binding in reading.bound:
        for issuer in binding.issuers:
            for destination in binding.destinations:
                advisory = _advisory(reading, article, frame, issuer, destination)
                key = (advisory.issuer, advisory.destination, advisory.kind)
                answers[key] = _merged(answers[key], advisory) if key in answers else advisory
    reopened = {
        (issuer.code, destination.code)
        for frame, binding in reading.bound
        if frame.act.category == "reopen" and frame.recalled is None
        for issuer in binding.issuers
        for destination in binding.destinations
    }
    for issuer_code, place in _shortened_by_headline(reading):
        answers.pop((issuer_code, place, Kind.DO_NOT_TRAVEL), None)
    for speaks, place in reopened:  # how a mission came to be closed, told beside its reopening
        answers.pop((speaks, place, Kind.MISSION_CLOSURE), None)
    return sorted(answers.values(), key=lambda item: (not item.current, min(proof.start for proof in item.evidence)))


def _shortened_by_headline(reading: Reading) -> set[tuple[str, str]]:
    """Where only the headline says "do not travel", and the text says "unless it is essential": headlines leave out."""
    told: dict[AnyKind, set[tuple[tuple[str, str], bool]]] = {Kind.DO_NOT_TRAVEL: set(), Kind.RECONSIDER_TRAVEL: set()}
    for frame, binding in reading.bound:
        title = reading.text.sentences[frame.sentence].title
        for pair, _ in pairs_of(binding):
            told.get(frame.rule.kind, set()).add((pair, title))
    strong, mild = told[Kind.DO_NOT_TRAVEL], told[Kind.RECONSIDER_TRAVEL]
    return {pair for pair, title in strong if title and (pair, False) not in strong and (pair, False) in mild}


def _advisory(reading: Reading, article: Article, frame: Frame, issuer: Candidate, destination: Candidate) -> Advisory:
    if frame.rule.watch is not None:
        return watched_advisory(reading.text, frame, issuer, destination)
    text, rule = reading.text, frame.rule.id
    near = [index for index in (frame.sentence, frame.sentence + 1) if index < len(text.sentences)]
    proofs = [
        qualities.evidence(text, "issuer", issuer.first, issuer.last, rule),
        qualities.evidence(text, "destination", *_named_beside(reading, frame, destination), rule),
        qualities.evidence(text, "kind", frame.act.first, frame.act.last, rule),
    ]
    if frame.rung:
        proofs.append(qualities.evidence(text, "severity", frame.rung.first, frame.rung.last, rule))
    official = _official(text, article, frame)
    if official:
        proofs.append(qualities.evidence(text, "official_severity", frame.act.first, frame.act.last, rule))
        proofs.append(_own_words(text, frame))
    if frame.rule.kind is Kind.EASING and (level := _travel_lifted(reading, frame)):
        proofs.append(qualities.evidence(text, "level", level.first, level.last, rule))
    means = qualities.means_of(text, reading.by_sentence, near, frame.rule.kind, rule)
    proofs.extend(proof for _, proof in means)
    status = reading.status
    deadline = qualities.first_of(text, reading.by_sentence, "deadline", near, "deadline", rule)
    contact = qualities.contact_in(text, near, rule)
    tags = reading.by_sentence[frame.sentence]
    audience = audience_of(text, tags, frame)
    if audience:
        proofs.append(qualities.evidence(text, "audience", *audience[1], rule))
    area = area_of(text, tags, reading.places[frame.sentence], frame, destination)
    if area:
        proofs.append(qualities.evidence(text, "area", *area, rule))
    urge = frame.filled.get("urge")
    if urge:
        proofs.append(qualities.evidence(text, "manner", urge.first, urge.last, rule))
    proofs.append(_sentence_of(text, frame, "sentence"))
    proofs.extend(found[1] for found in (status, deadline) if found)
    return Advisory(
        issuer=issuer.code, destination=destination.code, kind=frame.rule.kind, severity=frame.severity,
        evidence=(*proofs, *([contact] if contact else [])), current=frame.recalled is None,
        official_severity=frame.severity if official else None, means=tuple(value for value, _ in means),
        mission_status=status[0] if status else None, deadline=deadline[1].quote if deadline else None,
        contact=contact.quote if contact else None, audience=audience[0] if audience else None,
        area=text.original[text.starts[area[0]] : text.ends[area[1] - 1]] if area else None,
        manner=_manner(frame),
    )  # fmt: skip


def _travel_lifted(reading: Reading, frame: Frame) -> Tag | None:
    """The advice that an easing takes back, where it is about travel: its sentence speaks of no other act."""
    spoken = {tag.category for tag in reading.by_sentence[frame.sentence]}
    if not _OTHER_ACTS.isdisjoint(spoken):
        return None
    return next((tag for name, tag in frame.filled.items() if name in _OF_TRAVEL), None)


def _named_beside(reading: Reading, frame: Frame, destination: Candidate) -> tuple[int, int]:
    """Where the proving sentence itself names the place, else where the context does."""
    sentence = reading.text.sentences[frame.sentence]
    if sentence.first <= destination.first < sentence.last:
        return destination.first, destination.last
    for mention in reading.mentions:
        if mention.code == destination.code and mention.seat and sentence.first <= mention.first < sentence.last:
            return mention.first, mention.last
    return destination.first, destination.last


def _sentence_of(text: Text, frame: Frame, field: str) -> Evidence:
    """The sentence that proves the advisory, for people."""
    sentence = text.sentences[frame.sentence]
    return qualities.evidence(text, field, sentence.first, sentence.last, frame.rule.id)


def _own_words(text: Text, frame: Frame) -> Evidence:
    """The issuer's own words: the quotation that holds the call, else the sentence."""
    quotation = text.quoted(frame.act.first)
    if quotation is None:
        return _sentence_of(text, frame, "official_sentence")
    start, end = text.quotations[quotation]
    return Evidence("official_sentence", text.original[start:end], start, end, frame.rule.id)


def _manner(frame: Frame) -> str | None:
    """How the call is worded: the rung that decided it says more than the verb."""
    if frame.rung and frame.rung.category in {"consider", "urge"}:
        return frame.rung.value or frame.rung.category
    urge = frame.filled.get("urge")
    return urge.value if urge else None


def _official(text: Text, article: Article, frame: Frame) -> bool:
    """The issuer's own words: its own channel, or the whole call inside one quotation."""
    if article.official:
        return True
    quotation = text.quoted(frame.act.first)
    return quotation is not None and text.quoted(frame.anchor.first) == quotation


def _merged(known: Advisory, other: Advisory) -> Advisory:
    """The stronger wording leads; a current telling beats a recalled one."""
    if known.current != other.current:
        return known if known.current else other
    leading, following = (other, known) if other.severity > known.severity else (known, other)
    official = [item for item in (known.official_severity, other.official_severity) if item is not None]
    extra = [proof for proof in following.evidence if proof.field.startswith("official_")]
    manner = leading.manner
    if any(proof.field.startswith("official_") for proof in leading.evidence):
        extra = []
    elif extra:
        manner = following.manner
    part = following.area if leading.area is None and _in_headline(leading) else leading.area
    return replace(
        leading,
        area=part,
        audience=leading.audience or following.audience,
        official_severity=Severity(max(official)) if official else None,
        means=tuple(dict.fromkeys((*leading.means, *following.means))),
        deadline=leading.deadline or following.deadline,
        contact=leading.contact or following.contact,
        manner=manner,
        evidence=(*leading.evidence, *extra, *_missing(leading, following)),
    )


def _in_headline(advisory: Advisory) -> bool:
    """Headlines leave the part of the country out."""
    return any(proof.field == "sentence" and proof.start == 0 for proof in advisory.evidence)


def _missing(leading: Advisory, following: Advisory) -> list[Evidence]:
    """Proofs of fields that only the following telling knows, and of its further means."""
    proven = {proof.field for proof in leading.evidence}
    quoted = {(proof.field, proof.quote) for proof in leading.evidence}
    return [
        proof
        for proof in following.evidence
        if proof.field in {"deadline", "contact", "audience"} - proven
        or (proof.field == "area" and "area" not in proven and _in_headline(leading))
        or (proof.field == "means" and (proof.field, proof.quote) not in quoted)
    ]
