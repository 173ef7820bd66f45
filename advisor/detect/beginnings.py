"""Where the phrases of a lexicon stand in folded bytes: one automaton finds how they begin, the tree itself reads on.

The tree is the one that the deep reading reads with, so what is found is at least what `tags` finds in the text; a
little more does no harm.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

from advisor.detect.alphabet import Alphabet, Characters, Letters
from advisor.detect.knowledge import Gazetteer, Lexicon, TagSpec
from advisor.detect.phrases import GAPS, words_of
from advisor.detect.text import is_unspaced
from advisor.detect.trie import Meaning

_UNITS = {"han": 6.0, "kana": 6.0, "hangul": 11.0}  # bytes of UTF-8 to one unit of distance
_LETTERS = 9.0  # the same in letters: a long word and its space
_VERB_FINAL = 1.7  # as the deep reading stretches distances where verbs close the sentence
_FURTHEST = 600  # bytes that a phrase reaches, at most: 24 words and three gaps of six are not longer
_GAP_BYTES = {"..": 160, "...": 320}  # what may stand in a gap: so many words of forty bytes
_GAP_WORDS = {"..": 4, "...": 7}  # one more than can
_ENDING = 24  # bytes that may stand attached to a word
_NOWHERE = b"\xff\xfe\xff"

Found = dict[int, list[int]]  # number of a slot -> where phrases that fill it begin, in order


class Finder:
    """Built once for each language.

    `slots` are numbered sets of tags, the only ones that are looked for. Those of `rare` come first: most ordinary
    articles hold none of them or one, and beside it not much text is left to look at.
    """

    def __init__(
        self, lexicon: Lexicon, slots: Sequence[Collection[TagSpec]], rare: Collection[int], places: Gazetteer
    ) -> None:
        script = _Script(lexicon)
        self.alphabet = script.alphabet
        self.unit = _UNITS.get(lexicon.script, _LETTERS) * (_VERB_FINAL if lexicon.object_before else 1.0)
        fills = _Fills(slots)
        phrases = list(_written(lexicon, script, fills))
        others = frozenset(range(len(slots))).difference(rare)
        self._rare = _Phrases(lexicon, script, fills, frozenset(rare), phrases)
        self._others = _Phrases(lexicon, script, fills, others, phrases)
        self._names = _Names(lexicon, script, places)

    def rare(self, folded: bytes) -> Found:
        """Where the rare ones stand."""
        return self._rare.find(folded, 0, len(folded))

    def others(self, folded: bytes, start: int, end: int) -> Found:
        """Where the others begin between two places."""
        return self._others.find(folded, start, end)

    def names_people(self, folded: bytes) -> bool:
        """Whether a people, a named office or a body of states may be named."""
        return self._names.stand_in(folded)


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

    def all(self, meanings: Iterable[Meaning]) -> frozenset[int]:
        """Those that any of `meanings` fills."""
        return frozenset[int]().union(*map(self.__getitem__, meanings))


class _Script:
    """How words of a language stand in bytes."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.prefixed, self.suffixed = bool(lexicon.prefixes.all), bool(lexicon.suffixes.all)
        self.unspaced = lexicon.script in {"han", "kana"}
        self.alphabet: Alphabet = Characters(self.unspaced) if lexicon.script in _UNITS else Letters(lexicon.alphabet)

    def head(self, parts: Sequence[str]) -> tuple[bytes, Sequence[str], bool]:
        """The bytes that a phrase begins with, the parts behind them, and whether nothing else needs to be seen."""
        if self.prefixed or self.suffixed:  # letters may stand attached to every word: one of them is enough
            begins = self.alphabet.encode(parts[0].removesuffix("*"))
            begins = begins if self.prefixed else b" " + begins
            return begins, parts[1:], False
        taken = 0
        words: list[str] = []
        for part in parts:
            if part in GAPS or (self.unspaced and words and not is_unspaced(part)):
                break  # letters behind characters may stand apart from them
            taken += 1
            words.append(part.removesuffix("*"))
            if part.endswith("*"):
                break
        head = self.alphabet.encode(("" if self.unspaced else " ").join(words))
        if not self.unspaced:
            head = b" " + head + (b"" if parts[taken - 1].endswith("*") else b" ")
        return head, parts[taken:], taken == len(parts)

    def rest(self, parts: Sequence[str]) -> _Rest:
        """What must follow: the longest word of the parts."""
        literal = b""
        size = _ENDING
        words = before = 1
        for part in parts:
            if part in GAPS:
                size += _GAP_BYTES[part]
                words += _GAP_WORDS[part]
                continue
            word = self.alphabet.encode(part.removesuffix("*"))
            if len(word) > len(literal):
                literal, before = word, words
            size += len(word) + 2 + (_ENDING if self.suffixed or self.prefixed or part.endswith("*") else 0)
            words += 1
        return _Rest(literal, min(size, _FURTHEST), _FURTHEST if self.unspaced else before)

    def words(self, folded: bytes) -> list[str]:
        text = self.alphabet.decode(folded)
        return words_of(text) if isinstance(self.alphabet, Characters) else text.split()


class _Rest(NamedTuple):
    """What must follow a beginning: `literal`, with so many spaces before it at most; the phrase ends within `size`."""

    literal: bytes
    size: int
    spaces: int

    def or_wider(self, other: _Rest) -> _Rest:
        return _Rest(self.literal, max(self.size, other.size), max(self.spaces, other.spaces))


class _Behind(NamedTuple):
    """What a beginning asks for: slots that it fills by itself; else, what may follow, of which one thing must."""

    whole: tuple[int, ...]
    rests: tuple[_Rest, ...]
    size: int  # of the bytes that follow and may belong to it


class _Written(NamedTuple):
    """A phrase that fills slots: how it begins, and what must follow, if anything."""

    numbers: frozenset[int]
    head: bytes
    rest: _Rest | None


def _written(lexicon: Lexicon, script: _Script, fills: _Fills) -> Iterator[_Written]:
    for trie in lexicon.tries:
        filling = [fills.all(some) for some in trie.meanings]
        for parts, number in trie.phrases():
            if filling[number]:
                head, rest, complete = script.head(parts)
                yield _Written(filling[number], head, None if complete else script.rest(rest))


class _Phrases:
    """The phrases that fill one of the slots `asked`."""

    def __init__(
        self, lexicon: Lexicon, script: _Script, fills: _Fills, asked: frozenset[int], phrases: Iterable[_Written]
    ) -> None:
        self._tries, self._script, self._fills, self._asked = lexicon.tries, script, fills, asked
        whole: dict[bytes, set[int]] = {}
        rests: dict[bytes, dict[bytes, _Rest]] = {}
        for phrase in phrases:
            if asked.isdisjoint(phrase.numbers):
                continue
            if phrase.rest is None:
                whole.setdefault(phrase.head, set()).update(asked & phrase.numbers)
            else:
                known = rests.setdefault(phrase.head, {})
                literal = phrase.rest.literal
                known[literal] = phrase.rest.or_wider(known.get(literal, phrase.rest))
        heads = list(dict.fromkeys([*whole, *rests]))
        self._behind = _shared(
            _Behind(
                tuple(sorted(whole.get(head, ()))),
                tuple(sorted(rests.get(head, {}).values())),
                max((rest.size for rest in rests.get(head, {}).values()), default=0),
            )
            for head in heads
        )
        self._longest = max(map(len, heads), default=0)
        self._automaton = _automaton(heads)

    def find(self, folded: bytes, start: int, end: int) -> Found:
        """Slots to the places between `start` and `end` where phrases begin that fill them, in order."""
        found: Found = {}
        read: dict[bytes, frozenset[int]] = {}  # what repeats itself is read once
        searched = folded[start : end + self._longest] if start or end < len(folded) else folded
        prefixed, behinds = self._script.prefixed, self._behind
        for head, first, behind in self._automaton.find_matches_as_indexes(searched, overlapping=True):
            place = start + first
            if place >= end:
                continue
            whole, rests, size = behinds[head]
            for number in whole:
                found.setdefault(number, []).append(place)
            behind += start
            for literal, reach, spaces in rests:
                at = folded.find(literal, behind - 1, behind + reach)
                if at >= 0 and folded.count(b" ", behind, at) <= spaces:
                    break
            else:
                continue
            if prefixed:
                before = max(place - _ENDING, 0)
                place = max(before, folded.rfind(b" ", before, place) + 1)
            phrase = folded[place : behind + size]
            numbers = read.get(phrase)
            if numbers is None:
                numbers = read[phrase] = self._read(phrase, folded[place:behind])
            for number in numbers:
                found.setdefault(number, []).append(place)
        for places in found.values():
            places.sort()
        return found

    def _read(self, phrase: bytes, head: bytes) -> frozenset[int]:
        """The slots that are filled by what begins these bytes, of which `head` has been seen already."""
        words = self._script.words(phrase)
        # Where letters stand attached the head is found inside words, and of two scripts each has words of its own.
        starts = range(len(self._script.words(head)) if self._script.prefixed else 1)
        found = (span for start in starts for trie in self._tries for span in trie.begin(words[start:]))
        return self._asked & self._fills.all(meaning for meanings, _, _ in found for meaning in meanings)


class _Names:
    """The names in the gazetteer that speak or are spoken to."""

    def __init__(self, lexicon: Lexicon, script: _Script, places: Gazetteer) -> None:
        self._forms, self._script = places.forms, script
        self._affixes = (lexicon.prefixes.all, lexicon.suffixes.all)
        names = [script.alphabet.encode(name) for name in places.speaking.get(lexicon.language, "").split("\n") if name]
        if not script.unspaced:
            before, behind = b"" if script.prefixed else b" ", b"" if script.suffixed else b" "
            names = [before + name + behind for name in names]
        self._automaton = _automaton(names)

    def stand_in(self, folded: bytes) -> bool:
        if not self._automaton.find_matches_as_indexes(b" %b " % folded):
            return False
        if not (self._script.prefixed or self._script.suffixed):
            return True
        words = tuple(self._script.words(folded))  # what is attached may be none of the letters that can be
        return any(True for _ in self._forms.matches(words, *self._affixes))


def _automaton(heads: Sequence[bytes]) -> BytesAhoCorasick:
    return BytesAhoCorasick(
        heads or [_NOWHERE], matchkind=MatchKind.Standard, implementation=Implementation.ContiguousNFA
    )


def _shared(behind: Iterable[_Behind]) -> list[_Behind]:
    """Equal ones once: most beginnings differ in nothing else."""
    known: dict[_Behind, _Behind] = {}
    return [known.setdefault(item, item) for item in behind]
