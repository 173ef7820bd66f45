"""The cheap question before the deep reading: does an act stand near an office, an audience or a people?

Ninety-nine ordinary articles in a hundred end here. One automaton over the folded text finds the beginnings of
all act and audience words of all languages; names of peoples are looked up only around acts. The deep reading
decides what they mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from advisor.detect.fold import fold
from advisor.detect.trie import parts_of

REACH = 220  # folded characters between an act and the people it is about
_ACT, _PEOPLE, _ALONE = 1, 2, 3
_PREFIXING = frozenset(range(0x0590, 0x0700))  # Hebrew and Arabic attach prepositions and articles to words
_SAFE_INSIDE = 4  # letters that a word of theirs needs to be looked for behind such letters
_HANGUL = frozenset(range(0xAC00, 0xD7A4))  # Korean writes compounds as one word: 미국대사관
_UNSPACED = frozenset(range(0x3041, 0x3100)) | frozenset(range(0x3400, 0xA000))

Entries = Mapping[str, Mapping[str, tuple[str, ...]]]  # category -> value -> phrases


class Gate:
    """Built once from the words that can carry an act, an audience or an office."""

    def __init__(self, words: Mapping[str, Iterable[str]], peoples: frozenset[str]) -> None:
        kinds: dict[str, int] = {}
        for side, kind in (("people", _PEOPLE), ("act", _ACT), ("alone", _ALONE)):
            for phrase in words.get(side, ()):
                for head in _heads(phrase):
                    kinds[head] = max(kind, kinds.get(head, 0))
        self._peoples = peoples
        self._kinds = list(kinds.values())
        self._automaton = AhoCorasick(
            list(kinds), matchkind=MatchKind.Standard, implementation=Implementation.DFA, store_patterns=False
        )

    def opens(self, title: str, text: str) -> bool:
        """Whether the article deserves the deep reading."""
        folded = f" {fold(title)} {fold(text)} "
        kinds = self._kinds
        acts: list[int] = []
        last_act = last_people = -REACH * 2
        for pattern, start, _ in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            kind = kinds[pattern]
            if kind == _ACT:
                if start - last_people <= REACH:
                    return True
                if not acts or start - acts[-1] > REACH:
                    acts.append(start)
                last_act = start
            elif kind == _PEOPLE:
                if start - last_act <= REACH:
                    return True
                last_people = start
            else:
                return True
        return any(self._names_people(folded[max(0, act - REACH) : act + 2 * REACH]) for act in acts)

    def _names_people(self, window: str) -> bool:
        """Whether a people ("Britons") or a named office stands in the window."""
        peoples = self._peoples
        return any(
            word in peoples or (ord(word[0]) in _PREFIXING and (word[1:] in peoples or word[2:] in peoples))
            for word in window.split()
        )


def _heads(phrase: str) -> set[str]:
    """The literal beginnings that the automaton looks for; spaced words begin at a word's start."""
    heads = set()
    for parts in parts_of(phrase):
        words: list[str] = []
        for part in parts:
            if part.startswith(".."):
                break
            words.append(part)
            if part.endswith("*"):
                break
        if ord(words[0][0]) in _UNSPACED:
            heads.add("".join(words))
        else:
            first = words[0].removesuffix("*")
            inside = ord(first[0]) in _PREFIXING and len(first) >= _SAFE_INSIDE
            inside = inside or (ord(first[0]) in _HANGUL and len(first) > 1)
            literal = ("" if inside else " ") + " ".join(words)
            heads.add(literal.removesuffix("*") if literal.endswith("*") else literal + " ")
    return heads


def gate_for(lexicons: Iterable[Entries], sides: Mapping[str, tuple[str, ...]], peoples: frozenset[str]) -> Gate:
    """The gate of all lexicons; `sides` names the categories that are acts, people, or enough alone."""
    words: dict[str, list[str]] = {side: [] for side in sides}
    for entries in lexicons:
        for side, categories in sides.items():
            for category in categories:
                for phrases in entries.get(category, {}).values():
                    words[side].extend(phrases)
    return Gate(words, peoples)
