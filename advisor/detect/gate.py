"""The cheap question before the deep reading: do the words that a rule needs stand near each other at all?

Ninety-nine ordinary articles in a hundred end here. What must stand together is read off the rules, so the gate
never disagrees with them: one small automaton per language finds the beginnings of all words that rules ask for;
peoples and named offices ("Britons", "the Quai d'Orsay") are looked up only where all else is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from advisor.detect.fold import fold
from advisor.detect.knowledge import Lexicon, Rule, TagSpec
from advisor.detect.languages import SAMPLE, Languages
from advisor.detect.trie import parts_of

_REACH = 220  # folded characters in which all words of a rule must stand
_UNSPACED_REACH = 90  # the same in Chinese and Japanese
_FAR = -10_000
_PREFIXING = frozenset(range(0x0590, 0x0700))  # Hebrew and Arabic attach prepositions and articles to words
_UNSPACED = frozenset({*range(0x3005, 0x3008), *range(0x3041, 0x3100), *range(0x3400, 0xA000)})
_NAMED = (("citizens", "people"), ("office", "government"))  # tags that the gazetteer gives too
_TAIL = 90  # folded characters in which the rest of a phrase with a gap follows its beginning

Slot = frozenset[TagSpec]  # one of these must stand near
Filling = tuple[tuple[int, ...], str]  # slots, and the word that must follow, if any


@dataclass(frozen=True, slots=True)
class _Language:
    """The automaton of one language; `fillings[pattern]` are the slots that its words fill."""

    automaton: AhoCorasick
    fillings: tuple[tuple[Filling, ...], ...]
    reach: int


class Gate:
    """Built once from lexicons and rules."""

    def __init__(
        self, lexicons: Sequence[Lexicon], rules: Iterable[Rule], peoples: frozenset[str], languages: Languages
    ) -> None:
        wanted = {_slots_of(rule) for rule in rules if rule.voice == "any"}
        all_slots = sorted({slot for slots in wanted for slot in slots}, key=str)
        numbers = {slot: number for number, slot in enumerate(all_slots)}
        self._conditions: list[list[tuple[int, ...]]] = [[] for _ in all_slots]
        for slots in wanted:
            condition = tuple(numbers[slot] for slot in slots)
            for number in condition:
                self._conditions[number].append(condition)
        self._named = frozenset(
            number
            for slot, number in numbers.items()
            if any(
                spec.category == category and spec.value in (None, value) for spec in slot for category, value in _NAMED
            )
        )
        self._peoples = frozenset(name for name in peoples if " " not in name)
        self._offices: dict[str, list[str]] = {}  # names of several words, by their first
        for name in peoples - self._peoples:
            self._offices.setdefault(name.partition(" ")[0], []).append(f" {name} ")
        self._languages = languages
        self._lexicons = {lexicon.language: lexicon for lexicon in lexicons}
        self._slots = all_slots
        self._readers: dict[str, _Language] = {}  # made when a language is first met

    def opens(self, title: str, text: str, declared: str | None = None) -> bool:
        """Whether the article deserves the deep reading."""
        folded = f" {fold(title)} {fold(text)} "
        sample = f"{title}\n{text[:SAMPLE]}"
        spoken = self._languages.of(sample, folded[:SAMPLE].split(), declared)
        return any(self._opens(folded, self._reader(language)) for language in spoken)

    def _reader(self, language: str) -> _Language:
        found = self._readers.get(language)
        if found is None:  # two threads may both make it; either will do
            found = self._readers[language] = _reader(self._lexicons[language], self._slots)
        return found

    def _opens(self, folded: str, reader: _Language) -> bool:
        last = [_FAR] * len(self._conditions)
        reach = reader.reach
        almost: list[int] = []
        for pattern, start, _ in reader.automaton.find_matches_as_indexes(folded, overlapping=True):
            oldest = start - reach
            filled = [
                number
                for numbers, tail in reader.fillings[pattern]
                if not tail or folded.find(tail, start, start + _TAIL) >= 0
                for number in numbers
            ]
            for number in filled:
                last[number] = start
            for number in filled:
                for condition in self._conditions[number]:
                    open_slots = [other for other in condition if last[other] < oldest]
                    if not open_slots:
                        return True
                    if (not almost or start - almost[-1] > reach) and self._named.issuperset(open_slots):
                        almost.append(start)
        return any(self._names_people(folded[max(0, at - reach) : at + reach]) for at in almost)

    def _names_people(self, window: str) -> bool:
        peoples, offices = self._peoples, self._offices
        return any(
            word in peoples
            or (word in offices and any(name in window for name in offices[word]))
            or (ord(word[0]) in _PREFIXING and (word[1:] in peoples or word[2:] in peoples))
            for word in window.split()
        )


def _slots_of(rule: Rule) -> frozenset[Slot]:
    """What must stand near each other for `rule`: its act and each of its needs."""
    return frozenset({frozenset(rule.act), *(frozenset(need.tags) for need in rule.needs)})


def _reader(lexicon: Lexicon, slots: Sequence[Slot]) -> _Language:
    heads: dict[str, dict[str, set[int]]] = {}  # beginning -> what must follow -> slots
    for category, values in lexicon.entries.items():
        for value, phrases in values.items():
            filled = {
                number for number, slot in enumerate(slots)
                if any(spec.category == category and spec.value in (None, value) for spec in slot)
            }  # fmt: skip
            for phrase in phrases if filled else ():
                for head, tail in _ends(phrase, attached=bool(lexicon.prefixes.all)):
                    heads.setdefault(head, {}).setdefault(tail, set()).update(filled)
    automaton = AhoCorasick(
        list(heads) or ["\0"], matchkind=MatchKind.Standard, implementation=Implementation.ContiguousNFA,
        store_patterns=False,
    )  # fmt: skip
    fillings = tuple(
        tuple((tuple(sorted(numbers)), tail) for tail, numbers in tails.items()) for tails in heads.values()
    )
    reach = _UNSPACED_REACH if lexicon.script in {"han", "kana"} else _REACH
    return _Language(automaton, fillings, reach)


def _ends(phrase: str, attached: bool) -> set[tuple[str, str]]:
    """What each spelling of a phrase begins with, and the word behind its last gap.

    Spaced words begin at a word's start, unless the language attaches prepositions: then any place inside a
    word will do for so cheap a question.
    """
    ends = set()
    for parts in parts_of(phrase):
        gaps = [index for index, part in enumerate(parts) if part.startswith("..")]
        head = _literal(parts[: gaps[0]] if gaps else parts, attached)
        ends.add((head, _literal(parts[gaps[-1] + 1 :], attached) if gaps else ""))
    return ends


def _literal(words: Sequence[str], attached: bool) -> str:
    """The characters that `words` begin with, up to the first open ending."""
    stem = next((index for index, word in enumerate(words) if word.endswith("*")), len(words) - 1)
    if ord(words[0][0]) in _UNSPACED:
        return "".join(words[: stem + 1]).removesuffix("*")
    literal = " ".join(words[: stem + 1])
    literal = literal.removesuffix("*") if literal.endswith("*") else f"{literal} "
    return literal if attached else f" {literal}"
