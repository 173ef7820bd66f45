"""Words to meanings: the tags that the lexicons of a text's languages give its tokens.

Tags overlap freely, with two exceptions: an idiom ("maternity leave", "leave behind") hides what it
contains, and inside one category the longest phrase wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from advisor.detect.knowledge import Lexicon
from advisor.detect.text import Text

_LONGEST = 24  # tokens of a phrase with its gaps


class Tag(NamedTuple):
    """A phrase of a lexicon: tokens `first` up to and excluding `last`."""

    category: str
    value: str
    first: int
    last: int
    language: str


def tags_of(text: Text, lexicons: Iterable[Lexicon]) -> list[Tag]:
    """All tags, in the order of the text."""
    found: set[Tag] = set()
    for lexicon in lexicons:
        for match in lexicon.trie.matches(text.tokens, lexicon.prefixes.all, lexicon.suffixes.all):
            category, value = match.meaning
            if text.sentence_of[match.first] == text.sentence_of[match.last - 1]:
                found.add(Tag(category, value, match.first, match.last, lexicon.language))
    return sorted(_without_hidden(found), key=lambda tag: (tag.first, -tag.last, tag.category))


def _without_hidden(tags: set[Tag]) -> list[Tag]:
    """Drop what an idiom covers, and what a longer phrase of the same category covers."""
    reach: dict[tuple[str, int], int] = {}  # (rivals, first token) -> the furthest end of a phrase that begins there
    for tag in tags:
        key = (_rivals(tag), tag.first)
        reach[key] = max(tag.last, reach.get(key, 0))
    return [tag for tag in tags if not _hidden(tag, reach)]


def _rivals(tag: Tag) -> str:
    """Within what the longest phrase wins; "some of its diplomats" leaves the diplomats diplomats."""
    return f"{tag.category}/{tag.value}" if tag.category == "staff" else tag.category


def _hidden(tag: Tag, reach: Mapping[tuple[str, int], int]) -> bool:
    rivals = _rivals(tag)
    for first in range(max(0, tag.first - _LONGEST), tag.first + 1):
        last = reach.get((rivals, first), 0)
        if last >= tag.last and last - first > tag.last - tag.first:
            return True
        if tag.category != "idiom" and reach.get(("idiom", first), 0) >= tag.last:
            return True
    return False
