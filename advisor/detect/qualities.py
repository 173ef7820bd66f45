"""What else a text says about a call: the way out, the deadline, whom to ask, what the mission does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from advisor.detect.tags import Tag
from advisor.detect.text import Text
from advisor.model import Evidence, Kind, MissionStatus

_CONTACT = re.compile(r"\+\d[\d ()/.-]{6,18}\d|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_MOVERS = frozenset({Kind.LEAVE, Kind.EVACUATION, Kind.STAFF_DEPARTURE})


def evidence(text: Text, field: str, first: int, last: int, rule: str) -> Evidence:
    """The proof of one field: tokens `first` up to and excluding `last`, as written."""
    start, end = text.starts[first], text.ends[last - 1]
    return Evidence(field, text.original[start:end], start, end, rule)


def means_of(
    text: Text, tags: Sequence[Tag], sentences: Iterable[int], kind: Kind, rule: str
) -> list[tuple[str, Evidence]]:
    """Ways out that the sentences name, for acts that move people."""
    near = set(sentences)
    found: dict[str, Evidence] = {}
    if kind in _MOVERS:
        for tag in tags:
            if tag.category == "means" and text.sentence_of[tag.first] in near:
                found.setdefault(tag.value, evidence(text, "means", tag.first, tag.last, rule))
    return list(found.items())


def first_of(
    text: Text, tags: Sequence[Tag], category: str, sentences: Iterable[int], field: str, rule: str
) -> tuple[str, Evidence] | None:
    """The first tag of a category in the sentences: its value and proof."""
    near = set(sentences)
    for tag in tags:
        if tag.category == category and text.sentence_of[tag.first] in near:
            return tag.value, evidence(text, field, tag.first, tag.last, rule)
    return None


def mission_status(text: Text, tags: Sequence[Tag], rule: str) -> tuple[MissionStatus, Evidence] | None:
    """What the mission does now, from anywhere in the article."""
    found = first_of(text, tags, "status", range(len(text.sentences)), "mission_status", rule)
    return (MissionStatus(found[0]), found[1]) if found else None


def contact_in(text: Text, sentences: Iterable[int], rule: str) -> Evidence | None:
    """The first telephone number or mail address in the sentences."""
    for index in sentences:
        sentence = text.sentences[index]
        start, end = text.starts[sentence.first], text.ends[sentence.last - 1]
        if match := _CONTACT.search(text.original, start, end):
            return Evidence("contact", match.group(), *match.span(), rule)
    return None
