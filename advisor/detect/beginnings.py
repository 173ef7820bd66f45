"""Where the phrases of a lexicon stand in folded bytes: one automaton finds how they begin, a pattern checks the rest.

What is found is at least what `tags` finds in the text; a little more does no harm. Most of a lexicon is never met,
so patterns are written when the beginning of their phrases is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

from advisor.detect.alphabet import Alphabet, Characters, Letters
from advisor.detect.knowledge import Lexicon, TagSpec
from advisor.detect.trie import GAPS, MAX_GAP, Node, phrases_below

_UNITS = {"han": 6.0, "kana": 6.0, "hangul": 11.0}  # bytes of UTF-8 to one unit of distance
_LETTERS = 9.0  # the same in letters: a long word and its space
_VERB_FINAL = 1.7  # as the deep reading stretches distances where verbs close the sentence
_UNSPACED = re.compile("[\u3005-\u3007\u3041-\u30ff\u3400-\u9fff]")
_FURTHEST = 600  # bytes that a phrase reaches: 24 words and three gaps of six are not longer
_ENDING = 24  # bytes that may stand attached behind a word
_NOWHERE = b"\xff\xfe\xff"

Found = dict[int, list[int]]  # number of a slot -> where phrases that fill it begin, in order
Meaning = tuple[str, str]  # category and value
Fills = Callable[[Meaning], frozenset[int]]  # the slots that a meaning fills


class Finder:
    """Built once for each language.

    `slots` are numbered sets of tags, the only ones that are looked for. Those of `acts` come first: in half of all
    ordinary articles there is none, and beside the few that there are not much text is left to look at.
    """

    def __init__(self, lexicon: Lexicon, slots: Sequence[Collection[TagSpec]], acts: Collection[int]) -> None:
        script = _Script(lexicon)
        self.prefixed, self.suffixed, self.unspaced = script.prefixed, script.suffixed, script.unspaced
        self.alphabet = script.alphabet
        self.unit = _UNITS.get(lexicon.script, _LETTERS) * (_VERB_FINAL if lexicon.object_before else 1.0)
        shared: dict[frozenset[Meaning], frozenset[Meaning]] = {}
        found = _beginnings(lexicon.trie.root, (), script.unspaced)
        beginnings = [(beginning, _meanings(beginning.below, shared)) for beginning in found]
        fills = _Fills(slots)
        self._acts = _Phrases(script, beginnings, lambda meaning: fills[meaning].intersection(acts))
        self._beside = _Phrases(script, beginnings, lambda meaning: fills[meaning].difference(acts))

    def acts(self, folded: bytes) -> Found:
        """All acts."""
        return self._acts.find(folded, 0, len(folded))

    def beside(self, folded: bytes, start: int, end: int) -> Found:
        """What is no act and begins between two places."""
        return self._beside.find(folded, start, end)


class _Fills(dict[Meaning, frozenset[int]]):
    """Which slots a category and value fill."""

    def __init__(self, slots: Sequence[Collection[TagSpec]]) -> None:
        super().__init__()
        self._slots = slots

    def __missing__(self, meaning: Meaning) -> frozenset[int]:
        category, value = meaning
        found = self[meaning] = frozenset(
            number
            for number, slot in enumerate(self._slots)
            if any(spec.category == category and spec.value in (None, value) for spec in slot)
        )
        return found


class _Beginning(NamedTuple):
    """The words that phrases begin with, up to the first ending or gap, and what may follow them."""

    words: tuple[str, ...]
    inside: bool  # the last word is the beginning of one
    opened: tuple[str, ...]  # what follows first: a gap, or nothing
    below: Any  # and then: a node of the tree, or the meanings of a phrase that ends here


_Below = tuple[bool, tuple[str, ...], Any]  # a beginning without its words


def _beginnings(node: Node, words: tuple[str, ...], unspaced: bool) -> Iterator[_Beginning]:
    for part, below in node.items():
        if part == "*":
            continue
        if part == "":
            yield _Beginning(words, False, (), below)
        elif part in GAPS:
            yield _Beginning(words, False, (part,), below)
        elif part.endswith("*"):
            yield _Beginning((*words, part[:-1]), True, (), below)
        elif not isinstance(below, dict) or (unspaced and not _UNSPACED.match(part)):
            yield _Beginning((*words, part), False, (), below)  # letters among characters may stand apart from them
        else:
            yield from _beginnings(below, (*words, part), unspaced)


def _meanings(below: Any, shared: dict[frozenset[Meaning], frozenset[Meaning]]) -> frozenset[Meaning]:
    """Those of all phrases that begin so."""
    found = frozenset(meaning for _, meanings in phrases_below(below) for meaning in meanings)
    return shared.setdefault(found, found)


class _Script:
    """How words of a language stand in bytes."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.prefixed = bool(lexicon.prefixes.all)
        self.suffixed = bool(lexicon.suffixes.all)
        self.unspaced = lexicon.script in {"han", "kana"}
        self.alphabet: Alphabet = Characters() if lexicon.script in _UNITS else Letters(lexicon.alphabet)

    def head(self, beginning: _Beginning) -> bytes:
        """The bytes that its phrases begin with."""
        words = self.alphabet.encode(("" if self.unspaced else " ").join(beginning.words))
        begins = words if self.prefixed or self.unspaced else b" " + words
        ends = not isinstance(beginning.below, dict) and not beginning.inside
        return begins + b" " if ends and not self.unspaced and not self.suffixed else begins

    def rest(self, parts: Sequence[str], inside: bool) -> tuple[bytes, bytes]:
        """A word that stands in `parts`, which follow a word, and the pattern of all; `inside`: its ending is open."""
        ending = b"" if self.unspaced else b"[^ ]*" if inside else b"[^ ]{0,%d}" % _ENDING if self.suffixed else b""
        before = b"[^ ]{0,3}" if self.prefixed else b""
        pattern = ending
        longest = b""
        gap = False
        for part in parts:
            if part in GAPS:
                pattern += _gap(part, self.unspaced)
                gap = True
                continue
            plain = self.alphabet.encode(part.removesuffix("*"))
            longest = max(longest, plain, key=len)
            literal = re.escape(plain)
            if self.unspaced:
                pattern += (b"" if gap else b" *") + literal
            else:
                pattern += b" +" + before + literal
                pattern += b"[^ ]*" if part.endswith("*") else b"[^ ]{0,%d}" % _ENDING if self.suffixed else b"(?![^ ])"
            gap = False
        return longest, pattern


def _gap(gap: str, unspaced: bool) -> bytes:
    """Up to three words between; three more for the wide one."""
    words = MAX_GAP if gap == ".." else 2 * MAX_GAP
    return b".{0,%d}?" % (9 * words) if unspaced else b"(?: +[^ ]+){0,%d}?" % words


class _Rest:
    """What may follow a beginning to fill the same slots. `literal` stands in it: quicker to look for than the rest."""

    def __init__(self, literal: bytes, numbers: Collection[int], patterns: Collection[bytes]) -> None:
        self.literal = literal
        self.numbers = numbers
        self._written = b"|".join(sorted(patterns))
        self._pattern: re.Pattern[bytes] | None = None

    def stands(self, following: bytes) -> bool:
        if self._pattern is None:  # compiling takes long, so it waits until it must
            self._pattern = re.compile(self._written, re.DOTALL)
        return self._pattern.match(following) is not None


class _Phrases:
    """The phrases that fill any slot by `fills`."""

    def __init__(
        self, script: _Script, beginnings: Iterable[tuple[_Beginning, frozenset[Meaning]]], fills: Fills
    ) -> None:
        self._script, self._fills = script, fills
        heads: dict[bytes, tuple[_Below, ...]] = {}
        ends: dict[_Below, _Below] = {}  # phrases that are nothing but their beginning differ little
        for beginning, meanings in beginnings:
            if any(map(fills, meanings)):
                head = script.head(beginning)
                after = beginning[1:]
                if not isinstance(beginning.below, dict):
                    after = ends.setdefault(after, after)
                heads[head] = (*heads.get(head, ()), after)
        self._automaton = BytesAhoCorasick(
            list(heads) or [_NOWHERE], matchkind=MatchKind.Standard, implementation=Implementation.ContiguousNFA
        )
        self._longest = max(map(len, heads), default=0)
        self._beginnings = list(heads.values())
        self._known: list[tuple[Sequence[int], Sequence[_Rest]] | None] = [None] * len(heads)  # of those met before

    def find(self, folded: bytes, start: int, end: int) -> Found:
        """Slots to the places between `start` and `end` where phrases begin that fill them, in order."""
        found: Found = {}
        within = folded[start : end + self._longest + _FURTHEST]
        searched = within[: end + self._longest - start]
        furthest = end - start
        for head, first, behind in self._automaton.find_matches_as_indexes(searched, overlapping=True):
            if first >= furthest:
                continue
            whole, rests = self._known[head] or self._write(head)
            for number in whole:
                found.setdefault(number, []).append(start + first)
            if rests:
                following = within[behind : behind + _FURTHEST]
                for rest in rests:
                    if rest.literal in following and rest.stands(following):
                        for number in rest.numbers:
                            found.setdefault(number, []).append(start + first)
        for places in found.values():
            places.sort()
        return found

    def _write(self, head: int) -> tuple[Sequence[int], Sequence[_Rest]]:
        """The slots that a beginning fills by itself, and what may follow it; two threads may both do this."""
        patterns: dict[tuple[bytes, frozenset[int]], set[bytes]] = {}
        whole: set[int] = set()
        for inside, opened, below in self._beginnings[head]:
            for parts, meanings in phrases_below(below, opened):
                numbers = frozenset[int]().union(*map(self._fills, meanings))
                if not parts:
                    whole |= numbers
                elif numbers:
                    literal, pattern = self._script.rest(parts, inside)
                    patterns.setdefault((literal, numbers), set()).add(pattern)
        rests = [_Rest(literal, sorted(numbers), some) for (literal, numbers), some in patterns.items()]
        self._known[head] = known = sorted(whole), rests
        return known
