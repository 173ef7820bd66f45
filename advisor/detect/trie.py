"""Phrases to meanings: one tree of tokens for all entries of a lexicon.

An entry is words with spaces between. `word*` stands for any ending, `a|b` for either word, `a|in_b` for a word or two,
`..` for up to three words between. Entries are folded (`fold`) when they are added, so they meet the text. A leaf costs
one dictionary slot. Place names, which know no wildcards, live in `forms`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from itertools import pairwise, product
from math import prod
from typing import Any, NamedTuple

from advisor.detect.fold import fold
from advisor.detect.text import UNSPACED

Node = dict[str, Any]  # token -> Node or tuple of meanings; "" -> meanings; "*" -> lengths of stems; ".." -> Node

Affixes = tuple[tuple[str, ...], tuple[str, ...]]  # letters attached before, letters attached after

_WORD = re.compile(f"[{UNSPACED}]|[^\\W_{UNSPACED}]+\\*?|\\.\\.\\.?")
REMEMBERED = 20_000  # tokens whose first steps are kept; the texts of the world repeat themselves
GAPS = ("..", "...")
MAX_GAP = 3  # words between the two sides of `..`
_MOST_WORDS, _MOST_GAPS, _MOST_WORDINGS = 24, 3, 1000  # of one phrase: reading it stays cheap whatever it holds
_WIDER = 3  # so many more, and at least one, for `...`
_UNSPACED_WIDTH = 0.4  # of a Chinese or Japanese character in a gap
_UNSPACED = re.compile("[\u3005-\u3007\u3041-\u30ff\u3400-\u9fff]")


class Match(NamedTuple):
    """A phrase found: its meaning, tokens `first` up to and excluding `last`, and the letters attached to it."""

    meaning: Any
    first: int
    last: int
    prefix: str = ""
    suffix: str = ""


def words_of(folded: str) -> list[str]:
    """The tokens of a folded form."""
    return _WORD.findall(folded)


def parts_of(phrase: str) -> list[tuple[str, ...]]:
    """The token sequences that `phrase` stands for; ValueError says what is wrong with it."""
    slots: list[list[tuple[str, ...]]] = []
    for word in phrase.split():
        if word in GAPS:
            slots.append([(word,)])
            continue
        options = []
        for option in word.split("|"):
            stem = option.endswith("*")
            pieces = _WORD.findall(fold(option.rstrip("*")))
            if not pieces:
                raise ValueError(f"{phrase!r} has a part without letters")
            if stem:
                pieces[-1] += "*"
            options.append(tuple(pieces))
        slots.append(options)
    most_gaps = _MOST_GAPS - bool(_UNSPACED.search(phrase))  # their gaps are searched longer
    if len(slots) > _MOST_WORDS or sum(slot[0][0] in GAPS for slot in slots) > most_gaps:
        raise ValueError(f"{phrase!r} is too long: at most {_MOST_WORDS} words and {most_gaps} gaps")
    if prod(len(slot) for slot in slots) > _MOST_WORDINGS:
        raise ValueError(f"{phrase!r} stands for over {_MOST_WORDINGS} wordings; write several shorter phrases")
    for slot, following in pairwise(slots):
        if len({*slot, *following}) < len(set(slot)) + len(set(following)) and len(slot) + len(following) > 2:
            raise ValueError(f"{phrase!r} has the same word twice; join the words of one alternative with _: a|in_b")
    if not slots or slots[0][0][0] in GAPS or slots[-1][0][0] in GAPS:
        raise ValueError(f"{phrase!r} must begin and end with a word")
    return [tuple(piece for option in choice for piece in option) for choice in product(*slots)]


class Trie:
    """Add phrases with their meanings, then find every one of them in a token sequence."""

    def __init__(self, root: Node | None = None) -> None:
        self.root: Node = {} if root is None else root  # plain values where the meanings are, so that it can be kept
        self._shared: dict[tuple[Any, ...], tuple[Any, ...]] = {}  # equal meanings are stored once
        self._known: dict[tuple[Affixes, str], tuple[tuple[Any, str, str], ...]] = {}  # first steps of common tokens

    def add(self, phrase: str, meaning: Any) -> None:
        for parts in parts_of(phrase):
            self.add_tokens(parts, meaning)

    def phrases(self) -> Iterator[tuple[tuple[str, ...], tuple[Any, ...]]]:
        """Every phrase as the tokens it was added with, and its meanings."""
        return phrases_below(self.root)

    def add_tokens(self, parts: tuple[str, ...], meaning: Any) -> None:
        node = self.root
        parts = tuple(map(sys.intern, parts))  # the same words stand in many branches
        for part in parts[:-1]:
            _note_stem(node, part)
            child = node.get(part)
            if not isinstance(child, dict):
                child = node[part] = {"": child} if child else {}
            node = child
        last = parts[-1]
        _note_stem(node, last)
        child = node.get(last)
        before = child.get("", ()) if isinstance(child, dict) else child or ()
        meanings = (*before, meaning)
        meanings = self._shared.setdefault(meanings, meanings)
        if isinstance(child, dict):
            child[""] = meanings
        else:
            node[last] = meanings

    def matches(
        self, tokens: tuple[str, ...], prefixes: tuple[str, ...] = (), suffixes: tuple[str, ...] = ()
    ) -> Iterator[Match]:
        """Every phrase in `tokens`; prefixes and suffixes are letters that may stand attached to its words."""
        affixes = (prefixes, suffixes)
        if len(self._known) > REMEMBERED:
            self._known.clear()
        for first, token in enumerate(tokens):
            steps = self._known.get((affixes, token))
            if steps is None:
                steps = self._known[affixes, token] = tuple(_steps(self.root, token, affixes))
            for child, front, back in steps:
                yield from self._arrive(child, tokens, first, first, affixes, front, back)

    def _walk(
        self,
        node: Node,
        tokens: tuple[str, ...],
        first: int,
        at: int,
        gap: float | None,
        affixes: Affixes,
        prefix: str,
        seen: set[tuple[int, int]] | None,
    ) -> Iterator[Match]:
        if at >= len(tokens):
            return
        token = tokens[at]
        for child, front, back in _steps(node, token, affixes):
            if seen is not None:  # gaps lead to one place on many ways, and from there all ways are the same
                if (id(child), at) in seen:
                    continue
                seen.add((id(child), at))
            yield from self._arrive(child, tokens, first, at, affixes, prefix or front, back, seen)
        if gap is not None and gap <= MAX_GAP:
            width = _UNSPACED_WIDTH if _UNSPACED.match(token) else 1
            yield from self._walk(node, tokens, first, at + 1, gap + width, affixes, prefix, seen)

    def _arrive(
        self,
        child: Any,
        tokens: tuple[str, ...],
        first: int,
        at: int,
        affixes: Affixes,
        prefix: str,
        suffix: str,
        seen: set[tuple[int, int]] | None = None,
    ) -> Iterator[Match]:
        meanings = child if isinstance(child, tuple) else child.get("", ())
        for meaning in meanings:
            yield Match(meaning, first, at + 1, prefix, suffix)
        if isinstance(child, tuple):
            return
        yield from self._walk(child, tokens, first, at + 1, None, affixes, prefix, seen)
        for gap, skipped, width in (("..", 1, 1), ("...", 2, 1 - _WIDER)):
            if (after := child.get(gap)) is not None:
                seen = set() if seen is None else seen
                yield from self._walk(after, tokens, first, at + skipped, width, affixes, prefix, seen)


def phrases_below(
    below: Node | tuple[Any, ...], before: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], tuple[Any, ...]]]:
    """Every phrase of a branch as the tokens it was added with, behind `before`, and its meanings."""
    if not isinstance(below, dict):
        yield before, below
        return
    for part, child in below.items():
        if part == "":
            yield before, child
        elif isinstance(child, dict):
            yield from phrases_below(child, (*before, part))
        elif part != "*":
            yield (*before, part), child


def _note_stem(node: Node, part: str) -> None:
    if part.endswith("*"):
        length = len(part) - 1
        lengths = node.get("*", ())
        if length not in lengths:
            node["*"] = tuple(sorted((*lengths, length)))


def _steps(node: Node, token: str, affixes: Affixes) -> Iterator[tuple[Any, str, str]]:
    if (child := node.get(token)) is not None:
        yield child, "", ""
    for length in node.get("*", ()):
        if length > len(token):
            break
        if (child := node.get(token[:length] + "*")) is not None:
            yield child, "", token[length:]
    prefixes, suffixes = affixes
    for prefix in prefixes:
        if token.startswith(prefix) and len(token) > len(prefix) + 1:
            for child, _, back in _steps(node, token[len(prefix) :], ((), ())):
                yield child, prefix, back
    for suffix in suffixes:
        if token.endswith(suffix) and len(token) > len(suffix) and (child := node.get(token[: -len(suffix)])):
            yield child, "", suffix
