"""The cheap question before the deep reading: do the words that a rule needs stand near each other at all?

Ninety-nine ordinary articles in a hundred end here. What must stand together, and how near, is read off the rules,
so the gate never disagrees with them. Of the words that a rule needs, those that ordinary news has least of are looked
for first; `beginnings` finds them. Peoples and named offices ("Britons", "the Quai d'Orsay") are looked up only where
all else is there.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from advisor.detect.alphabet import Alphabet, alphabet_of
from advisor.detect.beginnings import Fills, Finder, Found
from advisor.detect.knowledge import Gazetteer, Lexicon, Rule, TagSpec
from advisor.detect.text import paragraph_ends, sentence_ends

_MOST_BYTES = 3  # of UTF-8 that a character of a folded headline takes
_PHRASE = 110  # bytes that a phrase, or a list of places between, may add
_NAMED = (("citizens", "people"), ("office", "government"))  # tags that the gazetteer gives too
_OWNED = TagSpec("staff", "owned")  # a tag that any country beside the staff gives
# How many of them five hundred words of ordinary news hold, roughly; of all others hardly any. A guess that is wrong
# costs time, no answer.
_COMMON = {
    "urge": 4.0, "urge/remind": 0.1, "citizens": 0.7, "people": 1.2, "now": 0.9, "staff": 0.5, "staff/diplomatic": 0.04,
    "office": 2.0, "office/mission": 0.1, "office/ministry": 0.1, "leave": 0.8, "withdraw": 1.2, "withdraw/thin": 0.1,
    "close": 0.6, "lift": 0.7, "reopen": 0.3, "evacuate": 0.3, "consider": 1.1, "means": 0.5, "own": 2.0, "say": 4.0,
    "them": 4.0,
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
        self._slots: list[Slot] = sorted(slots, key=lambda slot: sorted(map(str, slot)))
        self._fills = Fills(self._slots)
        numbers = {slot: number for number, slot in enumerate(self._slots)}
        self._named = frozenset(
            number
            for slot, number in numbers.items()
            if any(
                spec.category == category and spec.value in (None, value) for spec in slot for category, value in _NAMED
            )
        )
        self._conditions = self._measurable(asking, numbers)
        self._places = places
        self._lexicons = {lexicon.language: lexicon for lexicon in lexicons}
        written: dict[str, list[str]] = {}
        for lexicon in lexicons:
            written.setdefault(lexicon.script, []).append(lexicon.alphabet)
        self._alphabets = {script: alphabet_of(script, letters) for script, letters in written.items()}
        self._finders: dict[str, Finder] = {}  # made when a language is first met
        self._measured: dict[float, dict[int, list[_Measured]]] = {}  # by the bytes of one unit of distance

    def opens(self, title: str, text: str, languages: Iterable[str]) -> bool:
        """Whether the words stand near each other anywhere: worth fetching the full text, at least."""
        return any(True for _ in self._seen(_whole(title, text), len(title), languages))

    def sentences(self, title: str, text: str, languages: Iterable[str]) -> tuple[str, str]:
        """Title and text without the sentences in which no rule can fire; both empty for nearly every article."""
        whole = _whole(title, text)
        all_seen = list(self._seen(whole, len(title), languages))
        if not all_seen:
            return "", ""
        paragraphs = _cut(whole, [len(title), *(end for end in paragraph_ends(whole) if end > len(title))])
        opened = [_Opened(seen, 0, len(seen.folded)).pieces(paragraphs) for seen in all_seen]
        headline = paragraphs[0] if any(0 in pieces for pieces in opened) else ""
        kept: dict[str, None] = {}  # said twice, it says nothing new
        for number in sorted({number for pieces in opened for number in pieces} - {0}):
            sentences = _cut(paragraphs[number], sentence_ends(paragraphs[number]))
            left = {index for pieces in opened if number in pieces for index in pieces[number].pieces(sentences)}
            kept.update(dict.fromkeys(sentences[index].strip() for index in sorted(left)))
        return headline, "\n\n".join(kept)

    def _seen(self, whole: str, headline: int, languages: Iterable[str]) -> Iterator[_Seen]:
        """What stands in a text in each language in which acts stand there; `headline`: length of its title."""
        in_bytes: dict[Alphabet, bytes] = {}  # languages of one script share them
        for language in languages:
            finder = self._finders.get(language) or self._finder(language)
            folded = in_bytes.get(finder.alphabet)
            if folded is None:
                folded = in_bytes[finder.alphabet] = finder.alphabet.encode(f" {whole} ")
            found = finder.rare(folded)
            if found:
                seen = _Seen(finder, folded, found, self._named, [])
                self._look_for_calls(seen, headline)
                if seen.calls:
                    yield seen

    def _look_for_calls(self, seen: _Seen, headline: int) -> None:
        """Find the acts that have all their needs near."""
        finder, folded, found = seen.finder, seen.folded, seen.found
        measured = self._measured[finder.unit]
        asked = [(place, item) for number, places in found.items() for item in measured[number] for place in places]
        _look_around(finder, folded, asked, found)
        furthest = _MOST_BYTES * headline + _PHRASE
        known: set[_Call] = set()
        for place, (number, reaches, to_act, _, in_headline) in asked:
            if any(need not in found and need not in self._named for need, _ in reaches):
                continue
            for act in _within(found.get(number, ()), place, to_act):
                call = _Call(act, reaches)
                if call in known or (in_headline and act > furthest):
                    continue
                known.add(call)
                if seen.stands(call, 0, len(folded)):
                    seen.calls.append(call)

    def _finder(self, language: str) -> Finder:
        """Made when it is first asked for; two threads may both make it, and either will do."""
        rare = {condition.rare for condition in self._conditions}
        lexicon = self._lexicons[language]
        finder = Finder(lexicon, self._alphabets[lexicon.script], self._fills, rare, self._places)
        by_rare: dict[int, list[_Measured]] = {}
        for condition in self._conditions:
            by_rare.setdefault(condition.rare, []).append(_measured(condition, finder.unit, rare))
        self._measured[finder.unit] = by_rare
        self._finders[language] = finder
        return finder

    def _measurable(self, rules: Iterable[Rule], numbers: Mapping[Slot, int]) -> list[_Condition]:
        """The conditions of `rules`; what must be looked for anyway serves all that need it, alone or among others."""
        asked = {(numbers[frozenset(rule.act)], _needs(rule, numbers), rule.headline) for rule in rules}
        sure = {item: [item[0], *(number for number, _ in item[1] if number not in self._named)] for item in asked}
        anyway = set[TagSpec]().union(*(self._slots[some[0]] for some in sure.values() if len(some) == 1))

        def rarity(number: int) -> tuple[bool, float, int]:
            return not self._slots[number] <= anyway, _frequency(self._slots[number]), number

        conditions = []
        for item, some in sorted(sure.items(), key=lambda pair: min(map(rarity, pair[1]))):
            rarest = min(some, key=rarity)
            anyway |= self._slots[rarest]
            conditions.append(_Condition(rarest, *item))
        return sorted(conditions)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A text in one language: its bytes, what stands in them, and the acts that have all their needs near."""

    finder: Finder
    folded: bytes
    found: Found
    named: frozenset[int]  # slots that a people or a named office fills, too
    calls: list[_Call]

    def stands(self, call: _Call, start: int, end: int) -> bool:
        """Whether all needs of a call stand near, between two places."""
        missing = [item for item in call.reaches if not self._holds(item, call.act, start, end)]
        return all(number in self.named for number, _ in missing) and all(
            self.finder.names_people(self.folded[max(start, call.act - reach) : min(end, call.act + reach)])
            for _, reach in missing
        )

    def _holds(self, need: tuple[int, int], act: int, start: int, end: int) -> bool:
        number, reach = need
        places = self.found.get(number, ())
        index = bisect_left(places, max(start, act - reach))
        return index < len(places) and places[index] <= min(end, act + reach)


def _cut(text: str, ends: Sequence[int]) -> list[str]:
    return [text[start:end] for start, end in pairwise([0, *ends])]


class _Opened(NamedTuple):
    """What is seen between two places of a text, in which calls stand with all their needs."""

    seen: _Seen
    start: int
    end: int

    def pieces(self, pieces: Sequence[str]) -> dict[int, _Opened]:
        """Those of `pieces`, which are all the text there, in which calls still stand with all their needs."""
        bordered = self.seen.finder.alphabet.encode(f" {f' {_BORDER} '.join(pieces)} ")
        # A border and its space are two bytes more than the bytes that were searched have.
        cuts = (match.start() - 1 - 2 * number for number, match in enumerate(_BORDERS.finditer(bordered)))
        borders = [self.start, *(self.start + cut for cut in cuts), self.end]
        opened: dict[int, _Opened] = {}
        for call in self.seen.calls:
            index = bisect_right(borders, call.act, 1, len(borders) - 1) - 1
            start, end = borders[index], borders[index + 1]
            if index not in opened and self.start <= call.act < self.end and self.seen.stands(call, start, end):
                opened[index] = _Opened(self.seen, start, end)
        return opened


def _whole(title: str, text: str) -> str:
    return f"{title}\n{text}".replace(_BORDER, " ")


def _frequency(slot: Slot) -> float:
    return sum(_COMMON.get(str(spec), _COMMON.get(spec.category, _HARDLY_ANY)) for spec in slot)


def _measured(condition: _Condition, unit: float, rare: Collection[int]) -> _Measured:
    """`condition` where a unit of distance is so many bytes; slots of `rare` need not be searched around others."""
    reaches = tuple((number, int(within * unit) + _PHRASE) for number, within in condition.needs)
    to_act = max((reach for number, reach in reaches if number == condition.rare), default=0)
    around = [to_act + reach for number, reach in reaches if number not in rare]
    if condition.act not in rare:
        around.append(to_act)
    return _Measured(condition.act, reaches, to_act, max(around, default=0), condition.headline)


def _within(places: Sequence[int], place: int, reach: int) -> Sequence[int]:
    return places[bisect_left(places, place - reach) : bisect_right(places, place + reach)]


def _look_around(finder: Finder, folded: bytes, asked: Iterable[tuple[int, _Measured]], found: Found) -> None:
    """Add to `found` what stands near the rare ones; where their surroundings meet they are searched once."""
    widths: dict[int, int] = {}
    for place, item in asked:
        widths[place] = max(widths.get(place, 0), item.around)
    opened = closed = 0
    # By where they begin: a wide one may reach further back than a narrow one that stands before it.
    for start, end in sorted((place - width, place + width) for place, width in widths.items()):
        if start > closed:
            _search(finder, folded, opened, closed, found)
            opened = start
        closed = max(closed, end)
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
