"""Words to meanings: the tags that the lexicons of a text's languages give its tokens.

Tags overlap freely, with two exceptions: an idiom ("maternity leave", "leave behind") hides what it
contains, and inside one category the longest phrase wins.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from advisor.detect.knowledge import Lexicon
from advisor.detect.text import Text

WATCH = "watch:"  # begins the categories of watchwords
_APART = frozenset({"own", "flight", "counted", "landed", "aboard"})  # flights, most of unnamed passengers
_PAUSES = frozenset(",;:，；：،؛—–")  # what a phrase with a meaning of its own does not reach over
_IN_IDIOMS = frozenset({"idiom", "and"})  # 以及 is no Israel, and joins all the same
_TRAVEL = frozenset({"no_travel", "no_essential_travel"})


class Tag(NamedTuple):
    """A phrase of a lexicon: tokens `first` up to and excluding `last`."""

    category: str
    value: str
    first: int
    last: int
    language: str


Index = Mapping[str, Sequence[Tag]]  # the tags of one sentence by category


def is_watch(category: str) -> bool:
    """Whether an operator's watchword gives tags of this category; the shipped rules must not see them."""
    return category.startswith(WATCH)


def tags_of(text: Text, lexicons: Iterable[Lexicon]) -> list[Tag]:
    """All tags, in the order of the text."""
    sentence_of = text.sentence_of
    found = dict.fromkeys(
        Tag(category, value, first, last, lexicon.language)
        for lexicon in lexicons
        for trie in lexicon.tries
        for meanings, first, last in trie.matches(text.tokens)
        if sentence_of[first] == sentence_of[last - 1]
        for category, value in meanings
        if category != "idiom" or _is_of_one_piece(text, first, last)
    )
    return sorted(_without_hidden(found), key=lambda tag: (tag.first, -tag.last, tag))


def _is_of_one_piece(text: Text, first: int, last: int) -> bool:
    """ "Leave him alone", but not "leave Mali, tourists alone": a phrase with gaps may reach into the next clause."""
    return _PAUSES.isdisjoint(text.original[text.ends[first] : text.starts[last - 1]])


def _without_hidden(tags: Iterable[Tag]) -> list[Tag]:
    """Drop what an idiom covers, and what a longer phrase of the same category covers."""
    rivals: dict[str, list[Tag]] = {}
    kept = _without_essential(list(tags))
    for tag in kept:
        rivals.setdefault(_rivals(tag), []).append(tag)
    idioms = rivals.get("idiom")
    hidden = {tag for some in rivals.values() if len(some) > 1 for tag in _inside_others(some)}
    if hidden:
        kept = [tag for tag in kept if tag not in hidden]
    if idioms:
        reach = _Furthest((tag.first, tag.last) for tag in idioms)
        kept = [tag for tag in kept if tag.category in _IN_IDIOMS or is_watch(tag.category) or not reach.cover(tag)]
    return kept


def _inside_others(tags: Iterable[Tag]) -> Iterator[Tag]:
    """Those that lie inside a longer one."""
    furthest, of = 0, 0  # where the one that reaches furthest ends, and where it begins
    for tag in sorted(tags, key=lambda tag: (tag.first, -tag.last)):
        if tag.last <= furthest and (tag.first, tag.last) != (of, furthest):
            yield tag
        if tag.last > furthest:
            furthest, of = tag.last, tag.first


class _Furthest:
    """How far spans reach that begin at a token or before it."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(spans)
        self._firsts = [first for first, _ in ordered]
        self._reach = list(accumulate((last for _, last in ordered), max))

    def cover(self, tag: Tag) -> bool:
        index = bisect_right(self._firsts, tag.first)
        return index > 0 and self._reach[index - 1] >= tag.last


def _without_essential(tags: list[Tag]) -> list[Tag]:
    """ "Avoid non-essential travel" is no "avoid travel" with a word between; "alert level 4" is no "level 4"."""
    milder = [tag for tag in tags if tag.category == "no_essential_travel"]
    other = [tag for tag in tags if tag.category == "repatriation"]

    def meant(tag: Tag) -> bool:
        if tag.category == "no_travel" and any(
            (tag.first <= it.first and it.last <= tag.last) or (it.first <= tag.first and tag.last <= it.last)
            for it in milder
        ):
            return False
        return tag.category not in _TRAVEL or not any(it.first <= tag.first and tag.last <= it.last for it in other)

    return [tag for tag in tags if meant(tag)] if milder or other else tags


def _rivals(tag: Tag) -> str:
    """Within what the longest phrase wins; "some of its diplomats" leaves the diplomats diplomats."""
    apart = tag.category == "staff" or tag.value in _APART
    return f"{tag.category}/{tag.value}" if apart else tag.category
