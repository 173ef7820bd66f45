"""The cheap question before the deep reading: do the words that a rule needs stand near each other at all?

Ninety-nine ordinary articles in a hundred end here. What must stand together, and how near, is read off the rules,
so the gate never disagrees with them. Of the words that a rule needs, those that ordinary news has least of are looked
for first; `beginnings` finds them. Peoples and named offices ("Britons", "the Quai d'Orsay") are looked up only where
all else is there.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from advisor.detect.beginnings import Finder, Found
from advisor.detect.knowledge import Gazetteer, Lexicon, Rule, TagSpec
from advisor.detect.text import sentence_ends

_MOST_BYTES = 3  # of UTF-8 that a character of a folded headline takes
_PHRASE = 110  # bytes that a phrase, or a list of places between, may add
_NAMED = (("citizens", "people"), ("office", "government"))  # tags that the gazetteer gives too
_OWNED = TagSpec("staff", "owned")  # a tag that any country beside the staff gives
# How many of them five hundred words of ordinary news hold, roughly; of all others hardly any. A guess that is wrong
# costs time, no answer.
_COMMON = {
    "urge": 4.0, "urge/remind": 0.1, "citizens": 0.7, "people": 1.2, "now": 0.9, "staff": 0.5, "staff/diplomatic": 0.04,
    "office": 2.0, "office/mission": 0.1, "office/ministry": 0.1, "leave": 0.8, "withdraw": 1.2, "withdraw/thin": 0.1,
    "close": 0.6, "lift": 0.7, "reopen": 0.3, "evacuate": 0.3,
}  # fmt: skip
_HARDLY_ANY = 0.02

Slot = frozenset[TagSpec]  # one of these must stand near
_BORDER = "\0"  # between sentences; no phrase holds one
_BORDERS = re.compile(_BORDER.encode())


class _Condition(NamedTuple):
    """The slots that a rule needs, and how near its act each must stand; `rare` is looked for first."""

    rare: int
    act: int
    needs: tuple[tuple[int, float], ...]
    headline: bool


class _Call(NamedTuple):
    """Where an act stands, and within how many bytes of it each of its needs."""

    act: int
    reaches: tuple[tuple[int, int], ...]


class _Measured(NamedTuple):
    """A condition in bytes."""

    act: int
    reaches: tuple[tuple[int, int], ...]
    to_act: int  # from the rare slot
    around: int  # bytes on both sides of the rare slot that may matter
    headline: bool


class Gate:
    """Built once from lexicons and rules."""

    def __init__(self, lexicons: Sequence[Lexicon], rules: Iterable[Rule], places: Gazetteer) -> None:
        asking = [rule for rule in rules if rule.voice == "any"]
        slots = {frozenset(tags) for rule in asking for tags in (rule.act, *(need.tags for need in rule.needs))}
        self._slots: list[Slot] = sorted(slots, key=str)
        numbers = {slot: number for number, slot in enumerate(self._slots)}
        self._named = frozenset(
            number
            for slot, number in numbers.items()
            if any(
                spec.category == category and spec.value in (None, value) for spec in slot for category, value in _NAMED
            )
        )
        self._conditions = sorted({self._condition(rule, numbers) for rule in asking})
        self._places = places
        self._lexicons = {lexicon.language: lexicon for lexicon in lexicons}
        self._finders: dict[str, Finder] = {}  # made when a language is first met
        self._measured: dict[float, dict[int, list[_Measured]]] = {}  # by the bytes of one unit of distance

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
            calls = self._calls(folded, finder, len(title), borders)
            kept |= {bisect_left(borders, call.act) for call in calls}
        body = dict.fromkeys(pieces[index].strip() for index in sorted(kept - {0}))  # said twice, it says nothing new
        return pieces[0] if 0 in kept else "", "\n\n".join(body)

    def _open_finders(self, whole: str, headline: int, languages: Iterable[str]) -> list[Finder]:
        finders = map(self._finder, languages)
        return [
            finder
            for finder in finders
            if next(self._calls(finder.alphabet.encode(f" {whole} "), finder, headline), None)
        ]

    def _finder(self, language: str) -> Finder:
        found = self._finders.get(language)
        if found is None:  # two threads may both make it; either will do
            rare = {condition.rare for condition in self._conditions}
            found = Finder(self._lexicons[language], self._slots, rare, self._places)
            by_rare: dict[int, list[_Measured]] = {}
            for condition in self._conditions:
                by_rare.setdefault(condition.rare, []).append(_measured(condition, found.unit))
            self._measured[found.unit] = by_rare
            self._finders[language] = found
        return found

    def _condition(self, rule: Rule, numbers: Mapping[Slot, int]) -> _Condition:
        act = numbers[frozenset(rule.act)]
        needs = _needs(rule, numbers)
        sure = [act, *(number for number, _ in needs if number not in self._named)]
        return _Condition(min(sure, key=lambda number: _frequency(self._slots[number])), act, needs, rule.headline)

    def _calls(self, folded: bytes, finder: Finder, headline: int, borders: Sequence[int] = ()) -> Iterator[_Call]:
        """Acts that have all their needs within reach, and within their sentence where there are borders.

        `headline`: length of the title in characters, for rules that read headlines only.
        """
        found = finder.rare(folded)
        if not found:
            return
        measured = self._measured[finder.unit]
        asked = [(place, item) for number, places in found.items() for item in measured[number] for place in places]
        _look_around(finder, folded, asked, found)
        furthest = _MOST_BYTES * headline + _PHRASE
        seen: set[_Call] = set()
        for place, (number, reaches, to_act, _, in_headline) in asked:
            if any(need not in found and need not in self._named for need, _ in reaches):
                continue
            for act in _within(found.get(number, ()), place, to_act):
                call = _Call(act, reaches)
                if call in seen or (in_headline and act > furthest):
                    continue
                seen.add(call)
                index = bisect_left(borders, act)
                start = borders[index - 1] + 1 if index else 0
                end = borders[index] if index < len(borders) else len(folded)
                if self._stands(finder, found, _Around(folded, start, end, act), reaches):
                    yield call

    def _stands(self, finder: Finder, found: Found, around: _Around, reaches: tuple[tuple[int, int], ...]) -> bool:
        """Whether all needs of a rule stand near."""
        missing = [item for item in reaches if not around.holds(found.get(item[0], ()), item[1])]
        return all(number in self._named for number, _ in missing) and all(
            finder.names_people(around.cut(reach)) for _, reach in missing
        )


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


def _frequency(slot: Slot) -> float:
    return sum(_COMMON.get(str(spec), _COMMON.get(spec.category, _HARDLY_ANY)) for spec in slot)


def _measured(condition: _Condition, unit: float) -> _Measured:
    reaches = tuple((number, int(within * unit) + _PHRASE) for number, within in condition.needs)
    to_act = max((reach for number, reach in reaches if number == condition.rare), default=0)
    return _Measured(
        condition.act, reaches, to_act, to_act + max((reach for _, reach in reaches), default=0), condition.headline
    )


def _within(places: Sequence[int], place: int, reach: int) -> Sequence[int]:
    return places[bisect_left(places, place - reach) : bisect_right(places, place + reach)]


def _look_around(finder: Finder, folded: bytes, asked: Iterable[tuple[int, _Measured]], found: Found) -> None:
    """Add to `found` what stands near the rare ones; where their surroundings meet they are searched once."""
    widths: dict[int, int] = {}
    for place, item in asked:
        widths[place] = max(widths.get(place, 0), item.around)
    opened = closed = 0
    for place, width in sorted(widths.items()):
        if place - width > closed:
            _search(finder, folded, opened, closed, found)
            opened = place - width
        closed = max(closed, place + width)
    _search(finder, folded, opened, closed, found)


def _search(finder: Finder, folded: bytes, start: int, end: int, found: Found) -> None:
    if end > start:
        for number, places in finder.others(folded, max(start, 0), min(end, len(folded))).items():
            found.setdefault(number, []).extend(places)


def _needs(rule: Rule, numbers: Mapping[Slot, int]) -> tuple[tuple[int, float], ...]:
    """What `rule` asks for beside its act, measured from the act; what any country may give is left out."""
    reaches = {"act": 0.0}
    needs = []
    for need in rule.needs:
        reaches[need.name] = reach = reaches[need.near] + need.within
        if _OWNED not in need.tags:
            needs.append((numbers[frozenset(need.tags)], reach))
    return tuple(needs)
