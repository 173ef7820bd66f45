"""The cheap question before the deep reading: does an act stand near an office, an audience or an issuer?

Ninety-nine ordinary articles in a hundred end here. One automaton over the folded text finds the beginnings of
all act and audience words of all languages; the deep reading decides what they mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from advisor.detect.fold import fold
from advisor.detect.trie import parts_of

REACH = 220  # folded characters between an act and the people it is about
_ACT, _PEOPLE, _ALONE = 1, 2, 3
_UNSPACED = frozenset(range(0x3041, 0x3100)) | frozenset(range(0x3400, 0xA000))


class Gate:
    """Built once from the words that can carry an act, an audience or an office."""

    def __init__(self, acts: Iterable[str], people: Iterable[str], alone: Iterable[str]) -> None:
        kinds: dict[str, int] = {}
        for phrases, kind in ((people, _PEOPLE), (acts, _ACT), (alone, _ALONE)):
            for phrase in phrases:
                for head in _heads(phrase):
                    kinds[head] = max(kind, kinds.get(head, 0))
        self._kinds = list(kinds.values())
        self._automaton = AhoCorasick(
            list(kinds), matchkind=MatchKind.Standard, implementation=Implementation.DFA, store_patterns=False
        )

    def opens(self, title: str, text: str) -> bool:
        """Whether the article deserves the deep reading."""
        kinds = self._kinds
        last_act = last_people = -REACH * 2
        for pattern, start, _ in self._automaton.find_matches_as_indexes(
            f" {fold(title)} {fold(text)} ", overlapping=True
        ):
            kind = kinds[pattern]
            if kind == _ACT:
                if start - last_people <= REACH:
                    return True
                last_act = start
            elif kind == _PEOPLE:
                if start - last_act <= REACH:
                    return True
                last_people = start
            else:
                return True
        return False


def _heads(phrase: str) -> set[str]:
    """The literal beginnings that the automaton looks for; spaced words begin at a word's start."""
    heads = set()
    for parts in parts_of(phrase):
        words: list[str] = []
        for part in parts:
            if part == "..":
                break
            words.append(part)
            if part.endswith("*"):
                break
        if ord(words[0][0]) in _UNSPACED:
            heads.add("".join(words))
        else:
            literal = " " + " ".join(words)
            heads.add(literal.removesuffix("*") if literal.endswith("*") else literal + " ")
    return heads


def gate_for(entries: Iterable[Mapping[str, Mapping[str, tuple[str, ...]]]], gates: Mapping[str, tuple[str, ...]],
             extra_people: Iterable[str] = ()) -> Gate:  # fmt: skip
    """The gate of all lexicons; `gates` names the categories for `act`, `people` and `alone`."""
    words: dict[str, list[str]] = {"act": [], "people": list(extra_people), "alone": []}
    for lexicon in entries:
        for side, categories in gates.items():
            for category in categories:
                for phrases in lexicon.get(category, {}).values():
                    words[side].extend(phrases)
    return Gate(words["act"], words["people"], words["alone"])
