"""Phrases to meanings: one tree of tokens for all entries of a lexicon, packed into a few arrays.

As dictionaries the trees of all languages would take thirteen megabytes; packed they take two, and are there at once
when they have been kept. Place names, which know no wildcards, live in `forms`; how phrases are written is `phrases`'.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import marisa_trie

from advisor.detect.phrases import GAPS, MAX_GAP, parts_of
from advisor.detect.recent import Recent

Meaning = tuple[str, str]  # category and value
Meanings = tuple[Meaning, ...]
Parts = tuple[str, ...]  # the tokens of a phrase, with their wildcards
Span = tuple[
    Meanings, int, int
]  # a phrase found at tokens `first` up to and excluding `last`; a plain tuple is made soonest

_WIDER = 3  # so many more words, and at least one, for `...`
_UNSPACED_WIDTH = 0.4  # of a Chinese or Japanese character in a gap
_UNSPACED = re.compile("[\u3005-\u3007\u3041-\u30ff\u3400-\u9fff]")
_LEAF = 1 << 31  # marks a branch that ends at once; the other bits number what it means
_GAP_STARTS = ((1, 1), (2, 1 - _WIDER))  # for each of GAPS: tokens skipped at least, and how wide it is then


class Match(NamedTuple):
    """A phrase found: what it means, tokens `first` up to and excluding `last`, and the letters attached to it."""

    meaning: Any
    first: int
    last: int
    prefix: str = ""
    suffix: str = ""


class _Known(NamedTuple):
    """What is remembered of a token."""

    labels: tuple[int, ...]  # that it may stand for
    first: tuple[int, ...]  # where it leads as the first of a phrase
    width: float  # in a gap


class _Row(Protocol):
    """What is known of the tokens of a text."""

    def __len__(self) -> int: ...
    def __getitem__(self, at: int, /) -> _Known: ...


class _Unread:
    """A row of which hardly more than the beginning will be asked for."""

    def __init__(self, of: Callable[[str], _Known], tokens: Sequence[str]) -> None:
        self._of, self._tokens = of, tokens

    def __len__(self) -> int:
        return len(self._tokens)

    def __getitem__(self, at: int) -> _Known:
        return self._of(self._tokens[at])


class Packed(NamedTuple):
    """A tree as plain values, to be kept. Node 0 is the root; branches of node n are those from `starts[n]` on."""

    words: bytes  # every word, numbered
    stems: bytes  # every beginning of words, numbered behind the words
    starts: bytes
    labels: bytes  # of each branch, in order
    branches: bytes  # where each leads: a node, or `_LEAF` and what it means
    ends: bytes  # of each node: 0, or one more than the number of what ends there
    meanings: list[Meanings]


_NOTHING = {width: _Known((), (), width) for width in (1.0, _UNSPACED_WIDTH)}


@dataclass(slots=True, eq=False)
class _Node:
    """A node while the tree is built."""

    below: dict[str, _Node] = field(default_factory=dict)
    meanings: list[Meaning] = field(default_factory=list)

    def add(self, parts: Parts, meaning: Meaning) -> None:
        node = self
        for part in parts:
            node = node.below.setdefault(part, _Node())
        if meaning not in node.meanings:
            node.meanings.append(meaning)


class Trie:
    """Built once from phrases, or from what it was packed into; finds every phrase in a token sequence.

    `prefixes` and `suffixes` are letters that may stand attached to words of the text.
    """

    def __init__(self, packed: Packed, prefixes: Sequence[str] = (), suffixes: Sequence[str] = ()) -> None:
        self._words = marisa_trie.Trie().frombytes(packed.words)
        self._stems = marisa_trie.Trie().frombytes(packed.stems)
        self._starts, self._labels, self._branches = (
            array("I", data) for data in (packed.starts, packed.labels, packed.branches)
        )
        self._ends = array("H", packed.ends)
        self.meanings = packed.meanings  # what phrases mean, each combination once
        self._stems_from = len(self._words)
        gaps = ((self._words.get(gap), *start) for gap, start in zip(GAPS, _GAP_STARTS, strict=True))
        self._gaps = [(label, skipped, width) for label, skipped, width in gaps if label is not None]
        self._prefixes, self._suffixes = prefixes, suffixes
        self._known: Recent[str, _Known] = Recent()

    @classmethod
    def of(
        cls, phrases: Iterable[tuple[str, Meaning]], prefixes: Sequence[str] = (), suffixes: Sequence[str] = ()
    ) -> Trie:
        """The tree of `phrases`, written as lexicons write them; ValueError says what is wrong with one."""
        return cls(_packed(phrases), prefixes, suffixes)

    def packed(self) -> Packed:
        """The tree as plain values."""
        return Packed(
            self._words.tobytes(), self._stems.tobytes(), self._starts.tobytes(), self._labels.tobytes(),
            self._branches.tobytes(), self._ends.tobytes(), self.meanings,
        )  # fmt: skip

    def matches(self, tokens: Sequence[str]) -> list[Span]:
        """Every phrase in `tokens`."""
        found: list[Span] = []
        lately = self._known.now
        words = {token: lately.get(token) or self._of(token) for token in dict.fromkeys(tokens)}
        row = [*map(words.__getitem__, tokens)]
        begins = {token: known.first for token, known in words.items() if known.first}
        for first in [first for first, token in enumerate(tokens) if token in begins]:
            for branch in row[first].first:
                if branch & _LEAF:  # a phrase of one word, as most are
                    found.append((self.meanings[branch ^ _LEAF], first, first + 1))
                else:
                    self._arrive(branch, row, first, first, None, found)
        return found

    def begin(self, tokens: Sequence[str]) -> list[Span]:
        """Every phrase that begins with the first of `tokens`."""
        found: list[Span] = []
        row = _Unread(self._of, tokens)
        for branch in row[0].first if tokens else ():
            self._arrive(branch, row, 0, 0, None, found)
        return found

    def phrases(self, node: int = 0, before: Parts = ()) -> Iterator[tuple[Parts, int]]:
        """Every phrase as the tokens it was added with, and the number of what it means."""
        if end := self._ends[node]:
            yield before, end - 1
        for at in range(self._starts[node], self._starts[node + 1]):
            parts = (*before, self._written(self._labels[at]))
            branch = self._branches[at]
            if branch & _LEAF:
                yield parts, branch ^ _LEAF
            else:
                yield from self.phrases(branch, parts)

    def _written(self, label: int) -> str:
        if label < self._stems_from:
            return str(self._words.restore_key(label))
        return f"{self._stems.restore_key(label - self._stems_from)}*"

    def _arrive(
        self, branch: int, row: _Row, first: int, at: int, seen: set[tuple[int, int]] | None, found: list[Span]
    ) -> None:
        """The token at `at` has led to `branch`."""
        at += 1
        if branch & _LEAF:
            found.append((self.meanings[branch ^ _LEAF], first, at))
            return
        if end := self._ends[branch]:
            found.append((self.meanings[end - 1], first, at))
        if at < len(row):
            self._step(branch, row, first, at, seen, found)
            if branch in self._before_gaps:
                self._leap(branch, row, first, at, set() if seen is None else seen, found)

    def _step(
        self, node: int, row: _Row, first: int, at: int, seen: set[tuple[int, int]] | None, found: list[Span]
    ) -> None:
        """On from a node with the token at `at`."""
        labels = row[at].labels
        if not labels:
            return
        edges, begin, end = self._labels, self._starts[node], self._starts[node + 1]
        for label in labels:
            edge = bisect_left(edges, label, begin, end)
            if edge == end or edges[edge] != label:
                continue
            branch = self._branches[edge]
            if seen is not None:  # gaps lead to one place on many ways, and from there all ways are the same
                if (branch, at) in seen:
                    continue
                seen.add((branch, at))
            self._arrive(branch, row, first, at, seen, found)

    def _leap(self, node: int, row: _Row, first: int, at: int, seen: set[tuple[int, int]], found: list[Span]) -> None:
        """On from a node behind which words may stand between, the first of them at `at`."""
        for label, skipped, start in self._gaps:
            after = self._branch(node, label)
            if after is None:
                continue
            here, width = at - 1 + skipped, float(start)
            while here < len(row):
                self._step(after, row, first, here, seen, found)
                if width > MAX_GAP:
                    break
                width += row[here].width
                here += 1

    @cached_property
    def _before_gaps(self) -> frozenset[int]:
        """The nodes behind which words may stand between."""
        gaps = {label for label, _, _ in self._gaps}
        return frozenset(bisect_right(self._starts, at) - 1 for at, label in enumerate(self._labels) if label in gaps)

    def _branch(self, node: int, label: int) -> int | None:
        end = self._starts[node + 1]
        at = bisect_left(self._labels, label, self._starts[node], end)
        return self._branches[at] if at < end and self._labels[at] == label else None

    def _of(self, token: str) -> _Known:
        known = self._known.get(token)
        if known is None:
            labels = self._plain(token)
            if self._prefixes or self._suffixes:
                labels = list(dict.fromkeys([*labels, *self._attached(token)]))
            branches = [self._branch(0, label) for label in labels]
            first = tuple([branch for branch in branches if branch is not None])
            width = _UNSPACED_WIDTH if _UNSPACED.match(token) else 1.0
            self._known[token] = known = _Known(tuple(labels), first, width) if labels else _NOTHING[width]
        return known

    def _plain(self, token: str) -> list[int]:
        """The labels that a token of the text may stand for as it is."""
        label = self._words.get(token)
        labels = [] if label is None else [label]
        for stem in self._stems.prefixes(token):
            labels.append(self._stems_from + self._stems[stem])
        return labels

    def _attached(self, token: str) -> Iterator[int]:
        """Those without the letters that stand attached to it."""
        for prefix in self._prefixes:
            if token.startswith(prefix) and len(token) > len(prefix) + 1:
                yield from self._plain(token[len(prefix) :])
        for suffix in self._suffixes:
            if token.endswith(suffix) and len(token) > len(suffix):
                label = self._words.get(token[: -len(suffix)])
                if label is not None:
                    yield label


def _packed(phrases: Iterable[tuple[str, Meaning]]) -> Packed:
    """`phrases` as a tree of plain values."""
    root = _Node()
    for phrase, meaning in phrases:
        for parts in parts_of(phrase):
            root.add(parts, meaning)
    nodes = [root]
    for node in nodes:
        nodes.extend(child for child in node.below.values() if child.below)
    written = {part for node in nodes for part in node.below}
    words = marisa_trie.Trie(part for part in written if not part.endswith("*"))
    stems = marisa_trie.Trie(part[:-1] for part in written if part.endswith("*"))
    labels = {part: len(words) + stems[part[:-1]] if part.endswith("*") else words[part] for part in written}
    numbers = {id(node): number for number, node in enumerate(nodes)}
    meanings: dict[Meanings, int] = {}
    starts, edges, branches, ends = array("I", [0]), array("I"), array("I"), array("H")
    for node in nodes:
        for part, child in sorted(node.below.items(), key=lambda item: labels[item[0]]):
            edges.append(labels[part])
            if child.below:
                branches.append(numbers[id(child)])
            else:
                branches.append(_LEAF | meanings.setdefault(tuple(child.meanings), len(meanings)))
        starts.append(len(edges))
        ends.append(meanings.setdefault(tuple(node.meanings), len(meanings)) + 1 if node.meanings else 0)
    return Packed(
        words.tobytes(), stems.tobytes(), starts.tobytes(), edges.tobytes(), branches.tobytes(), ends.tobytes(),
        list(meanings),
    )  # fmt: skip
