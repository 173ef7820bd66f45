"""The cheap question before the deep reading: do the words that a rule needs stand near each other at all?

Ninety-nine ordinary articles in a hundred end here. What must stand together, and how near, is read off the rules,
so the gate never disagrees with them. `beginnings` finds the phrases that rules ask for; peoples and named offices
("Britons", "the Quai d'Orsay") are looked up only where all else is there.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import marisa_trie

from advisor.detect.beginnings import Finder
from advisor.detect.knowledge import Lexicon, Rule, TagSpec
from advisor.detect.languages import Languages
from advisor.detect.text import sentence_ends

_PHRASE = 60  # bytes between the beginning and the end of a phrase
_NAMED = (("citizens", "people"), ("office", "government"))  # tags that the gazetteer gives too
_OWNED = TagSpec("staff", "owned")  # a tag that any country beside the staff gives
_LONGEST_NAME = 60
_ATTACHED = 3  # letters attached before a name, at most, and one
_WORD = re.compile(r"\S+")

Slot = frozenset[TagSpec]  # one of these must stand near
Needs = tuple[tuple[int, float], ...]  # numbers of slots, and how near the act each must stand
Found = Mapping[int, Sequence[int]]  # number of a slot -> where phrases that fill it begin, in order


class Gate:
    """Built once from lexicons and rules."""

    def __init__(
        self, lexicons: Sequence[Lexicon], rules: Iterable[Rule], peoples: marisa_trie.Trie, languages: Languages
    ) -> None:
        asking = [rule for rule in rules if rule.voice == "any"]
        slots = {frozenset(tags) for rule in asking for tags in (rule.act, *(need.tags for need in rule.needs))}
        self._slots: list[Slot] = sorted(slots, key=str)
        numbers = {slot: number for number, slot in enumerate(self._slots)}
        self._conditions = sorted({(numbers[frozenset(rule.act)], _needs(rule, numbers)) for rule in asking})
        self._named = frozenset(
            number
            for slot, number in numbers.items()
            if any(
                spec.category == category and spec.value in (None, value) for spec in slot for category, value in _NAMED
            )
        )
        self._peoples = peoples
        self._languages = languages
        self._lexicons = {lexicon.language: lexicon for lexicon in lexicons}
        self._finders: dict[str, Finder] = {}  # made when a language is first met

    def opens(self, title: str, text: str, declared: str | None = None) -> bool:
        """Whether the words stand near each other anywhere: worth fetching the full text, at least."""
        return bool(self._open_finders(f"{title}\n{text}", declared))

    def sentences(self, title: str, text: str, declared: str | None = None) -> tuple[str, str]:
        """Title and text without the sentences in which no rule can fire; both empty for nearly every article."""
        whole = f"{title}\n{text}"
        finders = self._open_finders(whole, declared)
        if not finders:
            return "", ""
        ends = [len(title), *(end for end in sentence_ends(whole) if end > len(title))]
        kept = [whole[start:end] for start, end in pairwise(ends) if self._any_opens(whole[start:end], finders)]
        return title if self._any_opens(title, finders) else "", "\n\n".join(kept)

    def _open_finders(self, whole: str, declared: str | None) -> list[Finder]:
        spoken = self._languages.of(whole, declared)
        return [finder for finder in map(self._finder, spoken) if self._opens(whole, finder)]

    def _any_opens(self, sentence: str, finders: Iterable[Finder]) -> bool:
        return any(self._opens(sentence, finder) for finder in finders)

    def _finder(self, language: str) -> Finder:
        found = self._finders.get(language)
        if found is None:  # two threads may both make it; either will do
            found = self._finders[language] = Finder(self._lexicons[language], self._slots)
        return found

    def _opens(self, text: str, finder: Finder) -> bool:
        folded = finder.alphabet.encode(f" {text} ")
        found = finder.find(folded)
        return any(self._stands(folded, finder, found, act, needs) for act, needs in self._conditions if act in found)

    def _stands(self, folded: bytes, finder: Finder, found: Found, act: int, needs: Needs) -> bool:
        """Whether all needs of a rule stand within reach of one of its acts."""
        if any(number not in found and number not in self._named for number, _ in needs):
            return False
        reaches = [(number, int(within * finder.unit) + _PHRASE) for number, within in needs]
        for place in found[act]:
            missing = [item for item in reaches if not _near(found.get(item[0], ()), place, item[1])]
            if all(number in self._named for number, _ in missing) and all(
                self._names_people(folded, place, finder, reach) for _, reach in missing
            ):
                return True
        return False

    def _names_people(self, folded: bytes, place: int, finder: Finder, reach: int) -> bool:
        """Whether a people or a named office stands within reach."""
        around = finder.alphabet.decode(folded[max(0, place - reach) : place + reach])
        starts = range(len(around)) if finder.unspaced else [match.start() for match in _WORD.finditer(around)]
        open_ended = finder.unspaced or finder.suffixed
        for start in starts:
            for attached in range(_ATTACHED if finder.prefixed else 1):
                rest = around[start + attached : start + _LONGEST_NAME]
                for name in self._peoples.prefixes(rest):
                    if open_ended or not rest[len(name) : len(name) + 1].strip():
                        return True
        return False


def _needs(rule: Rule, numbers: Mapping[Slot, int]) -> Needs:
    """What `rule` asks for beside its act, measured from the act; what any country may give is left out."""
    reaches = {"act": 0.0}
    needs = []
    for need in rule.needs:
        reaches[need.name] = reach = reaches[need.near] + need.within
        if _OWNED not in need.tags:
            needs.append((numbers[frozenset(need.tags)], reach))
    return tuple(needs)


def _near(places: Sequence[int], place: int, reach: int) -> bool:
    """Whether one of `places`, in order, stands within reach of `place`."""
    index = bisect_left(places, place - reach)
    return index < len(places) and places[index] <= place + reach
