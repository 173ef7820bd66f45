"""The cheap question before the deep reading: do the words that a rule needs stand near each other at all?

Ninety-nine ordinary articles in a hundred end here. What must stand together, and how near, is read off the rules,
so the gate never disagrees with them. `beginnings` finds the phrases that rules ask for; peoples and named offices
("Britons", "the Quai d'Orsay") are looked up only where all else is there.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import marisa_trie

from advisor.detect.beginnings import Finder, Found
from advisor.detect.knowledge import Lexicon, Rule, TagSpec
from advisor.detect.text import sentence_ends

_MOST_BYTES = 3  # of UTF-8 that a character of a folded headline takes
_PHRASE = 110  # bytes that a phrase, or a list of places between, may add
_NAMED = (("citizens", "people"), ("office", "government"))  # tags that the gazetteer gives too
_OWNED = TagSpec("staff", "owned")  # a tag that any country beside the staff gives
_LONGEST_NAME = 60
_OPENING = 3  # letters; the shortest names have two
_ATTACHED = 3  # letters attached before a name, at most, and one
_WORD = re.compile(r"\S+")

Slot = frozenset[TagSpec]  # one of these must stand near
Reaches = Sequence[tuple[int, int]]  # numbers of slots, and within how many bytes of the act each must stand
Needs = tuple[tuple[int, float], ...]  # numbers of slots, and how near the act each must stand
Condition = tuple[int, Needs, bool]  # the slot of the act, what must stand beside it, whether in a headline only
Measured = tuple[int, Reaches, int, bool]  # the same in bytes, with the furthest reach
_BORDER = "\0"  # between sentences; no phrase holds one
_BORDERS = re.compile(_BORDER.encode())


class Gate:
    """Built once from lexicons and rules."""

    def __init__(self, lexicons: Sequence[Lexicon], rules: Iterable[Rule], peoples: marisa_trie.Trie) -> None:
        asking = [rule for rule in rules if rule.voice == "any"]
        slots = {frozenset(tags) for rule in asking for tags in (rule.act, *(need.tags for need in rule.needs))}
        self._slots: list[Slot] = sorted(slots, key=str)
        numbers = {slot: number for number, slot in enumerate(self._slots)}
        self._conditions: list[Condition] = sorted(
            {(numbers[frozenset(rule.act)], _needs(rule, numbers), rule.headline) for rule in asking}
        )
        self._named = frozenset(
            number
            for slot, number in numbers.items()
            if any(
                spec.category == category and spec.value in (None, value) for spec in slot for category, value in _NAMED
            )
        )
        self._peoples = peoples
        self._begin: frozenset[str] | None = None  # made when first asked for, as is the next
        self._first_words: frozenset[str] | None = None
        self._lexicons = {lexicon.language: lexicon for lexicon in lexicons}
        self._finders: dict[str, Finder] = {}  # made when a language is first met
        self._measured: dict[float, list[Measured]] = {}  # the conditions by the bytes of one unit of distance

    def opens(self, title: str, text: str, languages: Iterable[str]) -> bool:
        """Whether the words stand near each other anywhere: worth fetching the full text, at least."""
        return bool(self._open_finders(f"{title}\n{text}", len(title), languages))

    def sentences(self, title: str, text: str, languages: Iterable[str]) -> tuple[str, str]:
        """Title and text without the sentences in which no rule can fire; both empty for nearly every article."""
        whole = f"{title}\n{text}".replace(_BORDER, " ")
        finders = self._open_finders(whole, len(title), languages)
        if not finders:
            return "", ""
        ends = [0, len(title), *(end for end in sentence_ends(whole) if end > len(title))]
        pieces = [whole[start:end] for start, end in pairwise(ends)]
        bordered = f" {_BORDER} ".join(pieces)
        kept: set[int] = set()
        for finder in finders:
            folded = finder.alphabet.encode(f" {bordered} ")
            borders = [match.start() for match in _BORDERS.finditer(folded)]
            places = self._places(folded, finder, len(title), bordered=True)
            kept |= {bisect_left(borders, place) for place in places}
        body = dict.fromkeys(pieces[index].strip() for index in sorted(kept - {0}))  # said twice, it says nothing new
        return pieces[0] if 0 in kept else "", "\n\n".join(body)

    def _open_finders(self, whole: str, headline: int, languages: Iterable[str]) -> list[Finder]:
        finders = [self._finder(language) for language in languages]
        return [finder for finder in finders if self._opens(finder.alphabet.encode(f" {whole} "), finder, headline)]

    def _opens(self, folded: bytes, finder: Finder, headline: int) -> bool:
        return next(self._places(folded, finder, headline), None) is not None

    def _finder(self, language: str) -> Finder:
        found = self._finders.get(language)
        if found is None:  # two threads may both make it; either will do
            acts = frozenset(act for act, _, _ in self._conditions)
            found = Finder(self._lexicons[language], self._slots, acts)
            self._measured[found.unit] = [_measured(condition, found.unit) for condition in self._conditions]
            self._finders[language] = found
        return found

    def _places(self, folded: bytes, finder: Finder, headline: int, bordered: bool = False) -> Iterator[int]:
        """Where acts stand that have all their needs within reach, and within their sentence if there are borders.

        `headline`: length of the title in characters, for rules that read headlines only.
        """
        acts = finder.acts(folded)
        furthest = _MOST_BYTES * headline + _PHRASE
        asked = [
            (place, reaches, widest)
            for act, reaches, widest, in_headline in self._measured[finder.unit]
            if act in acts
            for place in acts[act]
            if not in_headline or place <= furthest
        ]
        found = _beside(finder, folded, asked)
        for place, reaches, _ in asked:
            if any(number not in found and number not in self._named for number, _ in reaches):
                continue
            start = folded.rfind(0, 0, place) + 1 if bordered else 0
            end = folded.find(0, place) if bordered else -1
            around = _Around(folded, start, end if end >= 0 else len(folded), place)
            if self._stands(finder, found, reaches, around):
                yield place

    def _stands(self, finder: Finder, found: Found, reaches: Reaches, around: _Around) -> bool:
        """Whether all needs of a rule stand near."""
        missing = [item for item in reaches if not around.holds(found.get(item[0], ()), item[1])]
        return all(number in self._named for number, _ in missing) and all(
            self._names_people(finder, around.cut(reach)) for _, reach in missing
        )

    def _names_people(self, finder: Finder, cut: bytes) -> bool:
        """Whether a people or a named office stands in it."""
        around = finder.alphabet.decode(cut)
        whole_words = not finder.unspaced and not finder.suffixed and not finder.prefixed
        if whole_words and self._names_begin().isdisjoint(around.split()):
            return False
        starts = range(len(around)) if finder.unspaced else [match.start() for match in _WORD.finditer(around)]
        open_ended = finder.unspaced or finder.suffixed
        openings = self._openings()
        for start in starts:
            for attached in range(_ATTACHED if finder.prefixed else 1):
                first = start + attached
                if openings.isdisjoint((around[first : first + 2], around[first : first + _OPENING])):
                    continue
                rest = around[first : start + _LONGEST_NAME]
                for name in self._peoples.prefixes(rest):
                    if open_ended or not rest[len(name) : len(name) + 1].strip():
                        return True
        return False

    def _names_begin(self) -> frozenset[str]:
        """The first words of names: where nothing is attached to words, a text with none of them names nobody."""
        if self._first_words is None:
            self._first_words = frozenset(name.split(" ", 1)[0] for name in self._peoples)
        return self._first_words

    def _openings(self) -> frozenset[str]:
        """How names of peoples begin: few words of a text do."""
        if self._begin is None:
            names = self._peoples.keys()
            self._begin = frozenset(name if len(name) == 2 else name[:_OPENING] for name in names)
        return self._begin


@dataclass(frozen=True, slots=True)
class _Around:
    """The bytes of a sentence, or of the whole, as seen from a place."""

    folded: bytes
    start: int
    end: int
    place: int

    def holds(self, places: Sequence[int], reach: int) -> bool:
        """Whether one of `places`, in order, is within reach."""
        index = bisect_left(places, max(self.start, self.place - reach))
        return index < len(places) and places[index] <= min(self.end, self.place + reach)

    def cut(self, reach: int) -> bytes:
        return self.folded[max(self.start, self.place - reach) : min(self.end, self.place + reach)]


def _measured(condition: Condition, unit: float) -> Measured:
    act, needs, in_headline = condition
    reaches = [(number, int(within * unit) + _PHRASE) for number, within in needs]
    return act, reaches, max((reach for _, reach in reaches), default=0), in_headline


def _beside(finder: Finder, folded: bytes, asked: Iterable[tuple[int, Reaches, int]]) -> Found:
    """What stands near the acts; where their surroundings meet they are searched once."""
    widths: dict[int, int] = {}
    for place, _, widest in asked:
        widths[place] = max(widths.get(place, 0), widest)
    found: Found = {}
    opened = closed = 0
    for place, width in sorted(widths.items()):
        if place - width > closed:
            _search(finder, folded, opened, closed, found)
            opened = place - width
        closed = max(closed, place + width)
    _search(finder, folded, opened, closed, found)
    return found


def _search(finder: Finder, folded: bytes, start: int, end: int, found: Found) -> None:
    if end > start:
        for number, places in finder.beside(folded, max(start, 0), min(end, len(folded))).items():
            found.setdefault(number, []).extend(places)


def _needs(rule: Rule, numbers: Mapping[Slot, int]) -> Needs:
    """What `rule` asks for beside its act, measured from the act; what any country may give is left out."""
    reaches = {"act": 0.0}
    needs = []
    for need in rule.needs:
        reaches[need.name] = reach = reaches[need.near] + need.within
        if _OWNED not in need.tags:
            needs.append((numbers[frozenset(need.tags)], reach))
    return tuple(needs)
