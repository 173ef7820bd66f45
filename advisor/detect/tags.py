"""Words to meanings: the tags that the lexicons of a text's languages give its tokens.

Tags overlap freely, with two exceptions: an idiom ("maternity leave", "leave behind") hides what it
contains, and inside one category the longest phrase wins.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

from advisor.detect.knowledge import Lexicon
from advisor.detect.text import Text

WATCH = "watch:"  # begins the categories of watchwords
_TRAVEL = frozenset({"no_travel", "no_essential_travel"})
_LONGEST = 24  # tokens of a phrase with its gaps


class Tag(NamedTuple):
    """A phrase of a lexicon: tokens `first` up to and excluding `last`."""

    category: str
    value: str
    first: int
    last: int
    language: str


def is_watch(tag: Tag) -> bool:
    """Whether an operator's watchword gives the tag; the shipped rules must not see it."""
    return tag.category.startswith(WATCH)


def tags_of(text: Text, lexicons: Iterable[Lexicon]) -> list[Tag]:
    """All tags, in the order of the text."""
    found: set[Tag] = set()
    for lexicon in lexicons:
        for match in chain.from_iterable(trie.matches(text.tokens) for trie in lexicon.tries):
            category, value = match.meaning
            if text.sentence_of[match.first] == text.sentence_of[match.last - 1]:
                found.add(Tag(category, value, match.first, match.last, lexicon.language))
    return sorted(_without_hidden(found), key=lambda tag: (tag.first, -tag.last, *tag))


def _without_hidden(tags: set[Tag]) -> list[Tag]:
    """Drop what an idiom covers, and what a longer phrase of the same category covers."""
    tags = _without_essential(tags)
    spans: dict[str, set[tuple[int, int]]] = {}
    for tag in tags:
        spans.setdefault(_rivals(tag), set()).add((tag.first, tag.last))
    ordered = {rivals: sorted(some) for rivals, some in spans.items()}
    idioms = ordered.get("idiom", [])
    return [tag for tag in tags if not _covered(tag, ordered[_rivals(tag)], idioms)]


def _without_essential(tags: set[Tag]) -> set[Tag]:
    """ "Avoid non-essential travel" is no "avoid travel" with a word between; "alert level 4" is no "level 4"."""
    milder = [tag for tag in tags if tag.category == "no_essential_travel"]
    other = [tag for tag in tags if tag.category == "repatriation"]

    def meant(tag: Tag) -> bool:
        if tag.category == "no_travel" and any(tag.first <= it.first and it.last <= tag.last for it in milder):
            return False
        return tag.category not in _TRAVEL or not any(it.first <= tag.first and tag.last <= it.last for it in other)

    return {tag for tag in tags if meant(tag)}


def _rivals(tag: Tag) -> str:
    """Within what the longest phrase wins; "some of its diplomats" leaves the diplomats diplomats."""
    return f"{tag.category}/{tag.value}" if tag.category == "staff" else tag.category


def _covered(tag: Tag, rivals: Sequence[tuple[int, int]], idioms: Sequence[tuple[int, int]]) -> bool:
    length = tag.last - tag.first
    longer = any(last >= tag.last and last - first > length for first, last in _around(tag, rivals))
    if longer or tag.category in {"idiom", "and"} or is_watch(tag):  # 以及 is no Israel, and joins all the same
        return longer
    return any(last >= tag.last for _, last in _around(tag, idioms))


def _around(tag: Tag, spans: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    """The spans that begin at the tag or not long before it."""
    return spans[bisect_left(spans, (tag.first - _LONGEST, 0)) : bisect_left(spans, (tag.first + 1, 0))]
