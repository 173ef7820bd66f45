"""What else a text says about a call: the way out, the deadline, whom to ask, what the mission does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from advisor.detect.tags import Tag
from advisor.detect.text import Text
from advisor.model import AnyKind, Evidence, Kind, MissionStatus

# The possessive quantifiers keep one endless word from costing its square.
_CONTACT = re.compile(r"\+\d[\d ()/.-]{6,18}\d|(?<![\w.+-])[\w.+-]{1,64}+@[\w-]{1,64}+(?:\.[\w-]{1,64}+)+")
BySentence = Sequence[Sequence[Tag]]  # the tags of each sentence
_MOVERS = frozenset({Kind.LEAVE, Kind.EVACUATION, Kind.STAFF_DEPARTURE})


def evidence(text: Text, field: str, first: int, last: int, rule: str) -> Evidence:
    """The proof of one field: tokens `first` up to and excluding `last`, as written."""
    start, end = text.starts[first], text.ends[last - 1]
    return Evidence(field, text.original[start:end], start, end, rule)


def means_of(
    text: Text, tags: BySentence, sentences: Iterable[int], kind: AnyKind, rule: str
) -> list[tuple[str, Evidence]]:
    """Ways out that the sentences name, for acts that move people."""
    found: dict[str, Evidence] = {}
    for index in sentences if kind in _MOVERS else ():
        for tag in tags[index]:
            if tag.category == "means":
                found.setdefault(tag.value, evidence(text, "means", tag.first, tag.last, rule))
    return list(found.items())


def first_of(
    text: Text, tags: BySentence, category: str, sentences: Iterable[int], field: str, rule: str
) -> tuple[str, Evidence] | None:
    """The first tag of a category in the sentences: its value and proof."""
    for index in sentences:
        for tag in tags[index]:
            if tag.category == category:
                return tag.value, evidence(text, field, tag.first, tag.last, rule)
    return None


def mission_status(text: Text, tags: BySentence, rule: str) -> tuple[MissionStatus, Evidence] | None:
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
