"""Where the phrases of a lexicon stand in folded bytes: one automaton finds how they begin, a pattern checks the rest.

What is found is at least what `tags` finds in the text; a little more does no harm.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

from advisor.detect.alphabet import Alphabet, Characters, Letters
from advisor.detect.knowledge import Lexicon, TagSpec
from advisor.detect.trie import GAPS, MAX_GAP

_UNITS = {"han": 6.0, "kana": 6.0, "hangul": 11.0}  # bytes of UTF-8 to one unit of distance
_LETTERS = 9.0  # the same in letters: a long word and its space
_VERB_FINAL = 1.7  # as the deep reading stretches distances where verbs close the sentence
_UNSPACED = re.compile("[\u3005-\u3007\u3041-\u30ff\u3400-\u9fff]")
Wanted = tuple[frozenset[int], frozenset[int]]
_ENDING = 24  # bytes that may stand attached behind a word


class _Fills(dict[tuple[str, str], tuple[int, ...]]):
    """Which slots a category and value fill."""

    def __init__(self, slots: Sequence[Collection[TagSpec]]) -> None:
        super().__init__()
        self._slots = slots

    def __missing__(self, meaning: tuple[str, str]) -> tuple[int, ...]:
        category, value = meaning
        found = self[meaning] = tuple(
            number
            for number, slot in enumerate(self._slots)
            if any(spec.category == category and spec.value in (None, value) for spec in slot)
        )
        return found


class Finder:
    """Built once for each language.

    `slots` are numbered sets of tags, the only ones that are looked for; each of `wanted` is what one rule asks for:
    the slots of which a text must fill every one to be worth a second look, and those that are of use beside them.
    """

    def __init__(self, lexicon: Lexicon, slots: Sequence[Collection[TagSpec]], wanted: Iterable[Wanted]) -> None:
        self.prefixed = bool(lexicon.prefixes.all)
        self.suffixed = bool(lexicon.suffixes.all)
        self.unspaced = lexicon.script in {"han", "kana"}
        self.unit = _UNITS.get(lexicon.script, _LETTERS) * (_VERB_FINAL if lexicon.object_before else 1.0)
        self.alphabet: Alphabet = Characters() if lexicon.script in _UNITS else Letters(lexicon.alphabet)
        heads: dict[bytes, dict[bytes, set[int]]] = {}  # beginning -> pattern of the rest, if any -> slots
        fills = _Fills(slots)
        for parts, meanings in lexicon.trie.phrases():
            filled = {number for meaning in meanings for number in fills[meaning]}
            if filled:
                head, rest = self._divided(parts)
                heads.setdefault(head, {}).setdefault(rest, set()).update(filled)
        self._automaton = BytesAhoCorasick(
            list(heads) or [b"\0"], matchkind=MatchKind.Standard, implementation=Implementation.ContiguousNFA
        )
        shared: dict[tuple[int, ...], tuple[int, ...]] = {}
        self._fillings = [
            tuple((rest, shared.setdefault(key := tuple(sorted(numbers)), key)) for rest, numbers in rests.items())
            for rests in heads.values()
        ]
        self._bits = [_bits(number for _, numbers in some for number in numbers) for some in self._fillings]
        self._wanted = {(_bits(must), _bits(must) | _bits(useful)) for must, useful in wanted}
        self._patterns: dict[bytes, re.Pattern[bytes]] = {}  # made when their beginnings are first met

    def find(self, folded: bytes) -> dict[int, list[int]]:
        """Slots to the places where phrases begin that fill them, in order; none if nothing wanted is full."""
        found: dict[int, list[int]] = {}
        matches = self._automaton.find_matches_as_indexes(folded, overlapping=True)
        filled = 0
        for head in {head for head, _, _ in matches}:
            filled |= self._bits[head]
        of_use = 0
        for must, useful in self._wanted:
            if filled & must == must:
                of_use |= useful
        for head, start, end in matches if of_use else ():
            if not self._bits[head] & of_use:
                continue
            for rest, numbers in self._fillings[head]:
                if not rest or self._pattern(rest).match(folded, end):
                    for number in numbers:
                        found.setdefault(number, []).append(start)
        for places in found.values():
            places.sort()
        return found

    def _pattern(self, rest: bytes) -> re.Pattern[bytes]:
        pattern = self._patterns.get(rest)
        if pattern is None:
            pattern = self._patterns[rest] = re.compile(rest, re.DOTALL)
        return pattern

    def _divided(self, parts: Sequence[str]) -> tuple[bytes, bytes]:
        """The bytes that a phrase begins with, and the pattern of what follows them if that is not all."""
        opening = next(index for index, part in enumerate([*parts, "*"]) if part.endswith("*") or part in GAPS)
        if self.unspaced:
            opening = next((at for at, part in enumerate(parts[:opening]) if not _UNSPACED.match(part)), opening)
            opening = max(opening, 1 if not parts[0].endswith("*") else 0)
        stem = parts[opening].removesuffix("*") if opening < len(parts) and parts[opening].endswith("*") else ""
        joiner = "" if self.unspaced else " "
        head = joiner.join([*parts[:opening], *([stem] if stem else [])])
        encode = self.alphabet.encode
        closed = not self.unspaced and not self.suffixed
        if opening == len(parts):
            return encode(head if self.prefixed or self.unspaced else f" {head}") + (b" " if closed else b""), b""
        rest = self._rest(parts[opening + 1 :] if stem else parts[opening:], inside=bool(stem))
        return encode(head if self.prefixed or self.unspaced else f" {head}"), rest

    def _rest(self, parts: Sequence[str], inside: bool) -> bytes:
        """The pattern of `parts`, which follow a word; `inside`: its ending is still open."""
        if not parts:
            return b""
        ending = b"" if self.unspaced else b"[^ ]*" if inside else b"[^ ]{0,%d}" % _ENDING if self.suffixed else b""
        before = b"[^ ]{0,3}" if self.prefixed else b""
        pattern = ending
        gap = False
        for part in parts:
            if part in GAPS:
                pattern += _gap(part, self.unspaced)
                gap = True
                continue
            literal = re.escape(self.alphabet.encode(part.removesuffix("*")))
            if self.unspaced:
                pattern += (b"" if gap else b" *") + literal
            else:
                pattern += b" +" + before + literal
                pattern += b"[^ ]*" if part.endswith("*") else b"[^ ]{0,%d}" % _ENDING if self.suffixed else b"(?![^ ])"
            gap = False
        return pattern


def _bits(numbers: Iterable[int]) -> int:
    """A set of small numbers as one."""
    return sum({1 << number for number in numbers})


def _gap(gap: str, unspaced: bool) -> bytes:
    """Up to three words between; three more for the wide one."""
    words = MAX_GAP if gap == ".." else 2 * MAX_GAP
    return b".{0,%d}?" % (9 * words) if unspaced else b"(?: +[^ ]+){0,%d}?" % words
