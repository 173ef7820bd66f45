"""How far a call reaches: the part of the country it is about, and which people it is for.

Both are read after who, where and what are known, and change nothing of them. A part counts only where it stands at
the place that is left, or right at the act: "told citizens to leave northern Mali", "leave areas within 25 km of the
border". What is said of another part nearby ("after attacks in the north") is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from advisor.detect.frames import Frame, separation
from advisor.detect.mentions import Mention
from advisor.detect.scene import Candidate
from advisor.detect.tags import Tag
from advisor.detect.text import Text
from advisor.model import Kind

CATEGORIES = frozenset({"area", "audience"})  # tags that only this module reads
_OF_PARTS = frozenset({Kind.LEAVE, Kind.EVACUATION, Kind.DO_NOT_TRAVEL, Kind.RECONSIDER_TRAVEL, Kind.SHELTER})
_LITTLE = frozenset({"at", "of", "from", "to", "the", "and", "by"})
_BESIDE = 2.1  # from the place to the words for its part, with little words between
_AT_ACT = 3.6  # from the act to the words for the part
_NAME = 3  # words of a proper name before "governorate"
_TOGETHER = 4.0  # between groups of people that are listed together
_LONGEST = 16  # tokens of a part
_PEOPLE = {"citizens": "citizens", "staff": "staff"}
_GROUPS = {
    "travellers": "travellers", "families": "families", "part": "part of the staff", "diplomatic": "diplomatic staff",
}  # fmt: skip

_FINEST_STAFF = ("non-emergency staff", "part of the staff", "diplomatic staff", "staff")

Span = tuple[int, int]  # tokens `first` up to and excluding `last`


def area_of(
    text: Text, tags: Sequence[Tag], mentions: Sequence[Mention], frame: Frame, destination: Candidate
) -> Span | None:
    """The words for the part of the country, from the sentence that calls; None: the whole, or not stated."""
    if frame.rule.kind not in _OF_PARTS:
        return None
    place = _place(text, frame, mentions, destination)
    little = {token for tag in tags if tag.category in _LITTLE for token in range(tag.first, tag.last)}
    words = [tag for tag in tags if tag.category == "area"]
    parts = [span for tag in words if (span := _part(text, tag, mentions, little))]
    parts = [_with_sides(text, span, words, little) for span in parts]
    close = little - {token for tag in tags if tag.category == "and" for token in range(tag.first, tag.last)}
    near = [span for span in parts if _counts(text, span, frame, place, close)]
    if near:
        joined = min(near)[0], max(last for _, last in near)
        best = joined if _is_one(text, near, little) else min(near, key=lambda span: _apart(text, span, frame.act))
        return best if best[1] - best[0] <= _LONGEST else None
    if place is not None and place.roles == {"region"}:
        return place.first, place.last
    return None


def _place(text: Text, frame: Frame, mentions: Sequence[Mention], destination: Candidate) -> Mention | None:
    """The destination as the calling sentence names it."""
    sentence = text.sentences[frame.sentence]
    here = [item for item in mentions if item.code == destination.code and sentence.first <= item.first < sentence.last]
    exact = [item for item in here if (item.first, item.last) == (destination.first, destination.last)]
    return next(iter(exact or [item for item in here if item.seat]), None)


def _part(text: Text, tag: Tag, mentions: Sequence[Mention], little: set[int]) -> Span | None:
    """The words for a part, with the name that belongs to them; None where a name is missing."""
    first, last = tag.first, tag.last
    if tag.value == "unit":
        first = _name_before(text, first)
        after = [item for item in mentions if _touches(text, last, item.first, little)]
        if after:
            return first, after[0].last
        return (first, last) if first < tag.first else None
    after = [item for item in mentions if _touches(text, last, item.first, little)]
    if after:
        return first, after[0].last
    before = [item for item in mentions if item.last == first]
    if before:
        return before[0].first, last
    return (first, last) if tag.value == "zone" else None


def _with_sides(text: Text, span: Span, words: Sequence[Tag], little: set[int]) -> Span:
    """With what says more closely which part: "eastern and southern parts of Chad"."""
    for tag in sorted(words, key=lambda tag: -tag.first):
        if tag.first < span[0] and _touches(text, tag.last, max(span[0], tag.last), little):
            span = tag.first, span[1]
    return span


def _touches(text: Text, last: int, first: int, little: set[int]) -> bool:
    """Whether nothing but little words stands between `last` and `first`."""
    if not last <= first <= last + 3 or text.sentence_of[last - 1] != text.sentence_of[first]:
        return False
    return all(token in little for token in range(last, first)) and text.distance(last - 1, first) <= _BESIDE + 1


def _name_before(text: Text, first: int) -> int:
    """Where the proper name before a "governorate" begins."""
    opens = text.sentences[text.sentence_of[first]].first
    begin = first
    while begin > opens and first - begin < _NAME and text.original[text.starts[begin - 1]].isupper():
        if text.between(begin - 1, begin) not in {" ", "-"}:
            break
        begin -= 1
    return begin


def _counts(text: Text, span: Span, frame: Frame, place: Mention | None, little: set[int]) -> bool:
    """Whether the part is where the destination stands, or right at the act."""
    if place is not None:
        if span[0] <= place.first < span[1]:
            return True
        left, right = (span[1], place.first) if span[1] <= place.first else (place.last, span[0])
        if _touches(text, left, right, little):
            return True
    return _apart(text, span, frame.act) <= _AT_ACT and span[0] >= frame.act.first


def _apart(text: Text, span: Span, act: Tag) -> float:
    return separation(text, act, Tag("", "", *span, ""))


def _is_one(text: Text, spans: Sequence[Span], little: set[int]) -> bool:
    """Whether the parts are one list: "northern and eastern Mali"."""
    ordered = sorted(spans)
    return all(
        later[0] <= max(last for _, last in ordered[:index]) or _touches(text, ordered[index - 1][1], later[0], little)
        for index, later in enumerate(ordered)
        if index
    )


def audience_of(text: Text, tags: Sequence[Tag], frame: Frame) -> tuple[str, Span] | None:
    """Which people are called, in the order of the text, and the words that say so."""
    anchor = frame.filled.get("staff") or frame.filled.get("citizens")
    if anchor is None:
        return None
    people = [tag for tag in tags if tag.category in _PEOPLE and tag.value not in {"owned", "people"}]
    group = [anchor]
    for tag in sorted(people, key=lambda tag: separation(text, anchor, tag)):
        if tag not in group and any(_listed(text, tags, tag, other) for other in group):
            group.append(tag)
    finer = [tag for tag in tags if tag.category == "audience" and any(_of_group(tag, other) for other in group)]
    named = [(tag.first, tag.value) for tag in finer]
    for tag in group:
        if not any(_of_group(other, tag) for other in finer):  # an embassy is its staff
            named.append((tag.first, _GROUPS.get(tag.value) or _PEOPLE.get(tag.category, "staff")))
    words = dict.fromkeys(word for _, word in sorted(named))
    used = [*group, *finer]
    return ", ".join(_distinct(words)), (min(tag.first for tag in used), max(tag.last for tag in used))


def _distinct(words: Iterable[str]) -> list[str]:
    """Without what a finer word says already."""
    known = list(words)
    staff = [word for word in _FINEST_STAFF if word in known]
    citizens = [word for word in ("travellers", "students", "workers") if word in known]
    vague = {*staff[1:], *(["citizens"] if citizens else [])}
    return [word for word in known if word not in vague]


def _listed(text: Text, tags: Sequence[Tag], one: Tag, other: Tag) -> bool:
    """Whether two groups are named together: overlapping, or joined by "and" or a comma."""
    if one.first < other.last and other.first < one.last:
        return True
    left, right = (one, other) if one.last <= other.first else (other, one)
    if separation(text, one, other) > _TOGETHER:
        return False
    joined = any(tag.category == "and" and left.last <= tag.first < right.first for tag in tags)
    return joined or "," in text.between(left.last - 1, right.first) or _adjoin(left, right)


def _adjoin(left: Tag, right: Tag) -> bool:
    """ "Non-essential embassy staff": words of one thing."""
    return left.category == right.category == "staff" and right.first - left.last <= 1


def _of_group(finer: Tag, group: Tag) -> bool:
    return finer.first < group.last and group.first < finer.last


def is_later(category: str) -> bool:
    """Whether tags of this category are read only here, so that nothing else may see them."""
    return category in CATEGORIES
