"""Words to meanings: the tags that the lexicons of a text's languages give its tokens.

Tags overlap freely, with two exceptions: an idiom ("maternity leave", "leave behind") hides what it
contains, and inside one category the longest phrase wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from advisor.detect.knowledge import Lexicon, TagSpec
from advisor.detect.text import Text


class Tag(NamedTuple):
    """A phrase of a lexicon: tokens `first` up to and excluding `last`."""

    category: str
    value: str
    first: int
    last: int
    language: str

    def fits(self, specs: Iterable[TagSpec]) -> bool:
        return any(spec.category == self.category and spec.value in (None, self.value) for spec in specs)


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
    covers: dict[str, list[tuple[int, int]]] = {}
    for tag in tags:
        covers.setdefault(_rivals(tag), []).append((tag.first, tag.last))
    return [tag for tag in tags if not _hidden(tag, covers)]


def _rivals(tag: Tag) -> str:
    """Within what the longest phrase wins; "some of its diplomats" leaves the diplomats diplomats."""
    return f"{tag.category}/{tag.value}" if tag.category == "staff" else tag.category


def _hidden(tag: Tag, covers: Mapping[str, list[tuple[int, int]]]) -> bool:
    size = tag.last - tag.first
    if tag.category != "idiom" and any(
        first <= tag.first and tag.last <= last for first, last in covers.get("idiom", ())
    ):
        return True
    return any(first <= tag.first and tag.last <= last and last - first > size for first, last in covers[_rivals(tag)])
