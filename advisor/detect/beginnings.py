"""Where the phrases of a lexicon begin in folded bytes: an automaton finds a piece of each, the tree reads the rest.

The tree is the one that the deep reading reads with, so what is found is at least what `tags` finds in the text; a
little more does no harm.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

from advisor.detect.alphabet import Alphabet, Characters
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
_ROUNDED = 64  # bytes: reaches that are equal are kept once
_NOWHERE = b"\xff\xfe\xff"

Found = dict[int, list[int]]  # number of a slot -> where phrases that fill it begin, in order


class Finder:
    """Built once for each language.

    `fills` tells which slots tags fill, the only ones that are looked for. Those of `rare` come first: most ordinary
    articles hold none of them or one, and beside it not much text is left to look at.
    """

    def __init__(
        self, lexicon: Lexicon, alphabet: Alphabet, fills: Fills, rare: Collection[int], places: Gazetteer
    ) -> None:
        script = _Script(lexicon, alphabet)
        self.alphabet = alphabet
        self.unit = _UNITS.get(lexicon.script, _LETTERS) * (_VERB_FINAL if lexicon.object_before else 1.0)
        asked = frozenset(rare)
        rest = frozenset(range(len(fills.slots))) - asked
        # One after the other, so that only one is in the making at a time: memory once taken is not given back.
        self._rare = _Phrases(lexicon, script, fills, _pieces(lexicon, script, fills, asked, rarest=True))
        self._others = _Phrases(lexicon, script, fills, _pieces(lexicon, script, fills, rest))
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


class Fills(dict[Meaning, frozenset[int]]):
    """Which slots, numbered sets of tags, a category and value fill; all languages share it."""

    def __init__(self, slots: Sequence[Collection[TagSpec]]) -> None:
        super().__init__()
        self.slots = slots

    def __missing__(self, meaning: Meaning) -> frozenset[int]:
        category, value = meaning
        found = self[meaning] = frozenset(
            number
            for number, slot in enumerate(self.slots)
            if any(spec.category == category and spec.value in (None, value) for spec in slot)
        )
        return found

    def all(self, meanings: Iterable[Meaning]) -> frozenset[int]:
        """Those that any of `meanings` fills."""
        return frozenset[int]().union(*map(self.__getitem__, meanings))


class _Script:
    """How words of a language stand in bytes."""

    def __init__(self, lexicon: Lexicon, alphabet: Alphabet) -> None:
        self.alphabet = alphabet
        self.prefixed, self.suffixed = bool(lexicon.prefixes.all), bool(lexicon.suffixes.all)
        self.unspaced = lexicon.script in {"han", "kana"}
        self._function_words = lexicon.function_words

    def runs(self, parts: Sequence[str]) -> list[_Run]:
        """The pieces of a phrase in whose middle nothing else can stand, as bytes."""
        attached = self.prefixed or self.suffixed
        runs: list[_Run] = []
        words: list[str] = []
        before, size = 0, _ENDING  # of the words and bytes that stand before, at most

        def close(open_end: bool = False) -> None:
            nonlocal before, size
            if words:
                said = self.alphabet.encode(("" if self.unspaced else " ").join(words))
                if not self.unspaced:
                    said = (b"" if self.prefixed else b" ") + said + (b"" if self.suffixed or open_end else b" ")
                runs.append(_Run(said, tuple(words), before, min(_ROUNDED * -(-size // _ROUNDED), _FURTHEST)))
                before += len(words)
                size += len(said) + 2 + (_ENDING if attached or open_end else 0)
                words.clear()

        for part in parts:
            if part in GAPS:
                close()
                before += _GAP_WORDS[part]
                size += _GAP_BYTES[part]
                continue
            if self.unspaced and words and not is_unspaced(part):
                close()  # letters behind characters may stand apart from them
            words.append(part.removesuffix("*"))
            if attached or part.endswith("*"):  # more letters may follow
                close(part.endswith("*"))
        close()
        return runs

    def alone(self, runs: Sequence[_Run]) -> bool:
        """Whether nothing needs to be seen but the one piece."""
        return len(runs) == 1 and not (self.prefixed or self.suffixed)

    def rarity(self, run: _Run) -> int:
        """A guess at how seldom a piece occurs: long words are rare ones."""
        return sum(1 if word in self._function_words else len(word.encode()) for word in run.words)

    def words(self, folded: bytes) -> list[str]:
        text = self.alphabet.decode(folded)
        return words_of(text) if isinstance(self.alphabet, Characters) else text.split()


class _Run(NamedTuple):
    """A piece of a phrase: its bytes and words, and how many words and bytes of the phrase stand before it at most."""

    said: bytes
    words: tuple[str, ...]
    before: int
    size: int


class _Other(NamedTuple):
    """Another piece of the phrase, so many bytes away at most, with so many spaces between."""

    said: bytes
    within: int
    spaces: int

    def or_wider(self, other: _Other) -> _Other:
        return _Other(self.said, max(self.within, other.within), max(self.spaces, other.spaces))


class _Beside(NamedTuple):
    """What a piece asks for: slots that it fills by itself; else, what may stand beside it, of which one thing must."""

    whole: tuple[int, ...]
    begins: tuple[_Other, ...]  # before it, where the phrase begins
    goes_on: tuple[_Other, ...]  # behind it, where it is the beginning itself
    size: int  # of the bytes that may belong to the phrase behind its beginning


@dataclass(slots=True)
class _Growing:
    """The same while phrases are added."""

    whole: frozenset[int] = frozenset()
    begins: dict[bytes, _Other] | None = None  # most pieces need none
    goes_on: dict[bytes, _Other] | None = None
    size: int = 0

    def begin(self, other: _Other, size: int) -> None:
        self.begins = self._with(self.begins, other, size)

    def go_on(self, other: _Other, size: int) -> None:
        self.goes_on = self._with(self.goes_on, other, size)

    def _with(self, others: dict[bytes, _Other] | None, other: _Other, size: int) -> dict[bytes, _Other]:
        self.size = max(self.size, size)
        known = {} if others is None else others
        known[other.said] = other.or_wider(known.get(other.said, other))
        return known

    def beside(self) -> _Beside:
        begins, goes_on = (tuple(sorted((others or {}).values())) for others in (self.begins, self.goes_on))
        return _Beside(tuple(sorted(self.whole)), begins, goes_on, self.size)


class _Written(NamedTuple):
    """A phrase that fills slots, in its pieces; bytes that may follow the first of them."""

    numbers: frozenset[int]
    runs: Sequence[_Run]
    size: int


def _written(lexicon: Lexicon, script: _Script, fills: Fills) -> Iterator[_Written]:
    for trie in lexicon.tries:
        filling = [fills.all(some) for some in trie.meanings]
        for parts, number in trie.phrases():
            if filling[number]:
                runs = script.runs(parts)
                yield _Written(filling[number], runs, min(runs[-1].size + len(runs[-1].said) + _ENDING, _FURTHEST))


class _Pieces(dict[bytes, _Growing]):
    """One piece of each phrase that fills a slot `asked`: the first, or the rarest."""

    def __init__(self, script: _Script, asked: frozenset[int], rarest: bool = False) -> None:
        super().__init__()
        self.asked = asked
        self._script, self._rarest = script, rarest

    def add(self, phrase: _Written) -> None:
        filled = self.asked & phrase.numbers
        if not filled:
            return
        first, *others = phrase.runs
        rare = max(phrase.runs, key=self._script.rarity) if self._rarest else first
        piece = self.setdefault(rare.said, _Growing())
        if self._script.alone(phrase.runs):
            piece.whole |= filled
        elif rare is not first:
            piece.begin(self._between(first, first, rare), phrase.size)
        else:
            other = max(others, key=self._script.rarity, default=_Run(b"", (), len(first.words), 0))
            piece.go_on(self._between(other, first, other), phrase.size)

    def _between(self, said: _Run, first: _Run, other: _Run) -> _Other:
        """`said` as what must stand beside, where `other` stands behind the beginning `first`."""
        spaces = _FURTHEST if self._script.unspaced else other.before - len(first.words) + 1
        return _Other(said.said, other.size, spaces)


def _pieces(lexicon: Lexicon, script: _Script, fills: Fills, asked: frozenset[int], rarest: bool = False) -> _Pieces:
    pieces = _Pieces(script, asked, rarest)
    for phrase in _written(lexicon, script, fills):
        pieces.add(phrase)
    return pieces


class _Phrases:
    """The phrases of which `pieces` tell where they may stand."""

    def __init__(self, lexicon: Lexicon, script: _Script, fills: Fills, pieces: _Pieces) -> None:
        self._tries, self._script, self._fills, self._asked = lexicon.tries, script, fills, pieces.asked
        self._beside = _shared(some.beside() for some in pieces.values())
        self._longest = max(map(len, pieces), default=0)
        self._automaton = _automaton(list(pieces))

    def find(self, folded: bytes, start: int, end: int) -> Found:
        """Slots to the places between `start` and `end` where phrases begin that fill them, in order."""
        found: Found = {}
        read: dict[bytes, frozenset[int]] = {}  # what repeats itself is read once
        searched = folded[start : end + self._longest] if start or end < len(folded) else folded
        besides = self._beside
        for piece, first, behind in self._automaton.find_matches_as_indexes(searched, overlapping=True):
            place = start + first
            if place >= end:
                continue
            whole, begins, goes_on, size = besides[piece]
            for number in whole:
                found.setdefault(number, []).append(place)
            behind += start
            for said, within, spaces in goes_on:
                at = folded.find(said, behind - 1, behind + within)
                if at >= 0 and folded.count(b" ", behind, at) <= spaces:
                    self._read(folded, place, behind, size, read, found)
                    break
            for said, within, spaces in begins:
                furthest = max(place - within - len(said), 0)
                at = folded.rfind(said, furthest, place + 1)
                while at >= 0:
                    ends = at + len(said)
                    if folded.count(b" ", ends, place) <= spaces:
                        self._read(folded, at, ends, size, read, found)
                    at = folded.rfind(said, furthest, ends - 1)
        for places in found.values():
            places.sort()
        return found

    def _read(
        self, folded: bytes, place: int, behind: int, size: int, read: dict[bytes, frozenset[int]], found: Found
    ) -> None:
        """Add the phrases that begin at `place` with what ends before `behind`."""
        if self._script.prefixed:
            before = max(place - _ENDING, 0)
            place = max(before, folded.rfind(b" ", before, place) + 1)
        phrase = folded[place : behind + size]
        numbers = read.get(phrase)
        if numbers is None:
            numbers = read[phrase] = self._filled(phrase, folded[place:behind])
        for number in numbers:
            found.setdefault(number, []).append(place)

    def _filled(self, phrase: bytes, head: bytes) -> frozenset[int]:
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


def _shared(beside: Iterable[_Beside]) -> list[_Beside]:
    """Equal ones once: most pieces differ in nothing else."""
    known: dict[_Beside, _Beside] = {}
    kinds: dict[_Other, _Other] = {}

    def once(others: Sequence[_Other]) -> tuple[_Other, ...]:
        return tuple([kinds.setdefault(other, other) for other in others])

    return [
        known.setdefault(item, item._replace(begins=once(item.begins), goes_on=once(item.goes_on))) for item in beside
    ]
