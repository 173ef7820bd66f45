"""The gazetteer's forms: ninety-five thousand names in a few hundred kilobytes.

A MARISA trie (S. Yata, https://www.s-yata.jp/marisa-trie/) of token sequences, each token closed by a space. What a
form means is a number of the gazetteer's table; what the number says is `knowledge`'s business.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

import marisa_trie

from advisor.detect.phrases import words_of
from advisor.detect.trie import REMEMBERED, Match

_NUMBER = "<I"

Affixes = tuple[tuple[str, ...], tuple[str, ...]]  # letters attached before, letters attached after


class _Step(NamedTuple):
    """A token as part of a form: the key so far, the letters attached, what ends here, whether forms go on."""

    key: str
    prefix: str
    suffix: str
    meanings: tuple[int, ...]
    goes_on: bool


class Forms:
    """Built once, from rows or from its own bytes; finds every form in a token sequence."""

    def __init__(self, packed: bytes) -> None:
        self._trie = marisa_trie.RecordTrie(_NUMBER).frombytes(packed)
        self._known: dict[tuple[Affixes, str], tuple[_Step, ...]] = {}  # steps of the tokens that texts begin with

    @staticmethod
    def packed(rows: Iterable[tuple[str, int]]) -> bytes:
        """Folded forms and the numbers of what they mean, ready for `Forms`."""
        keyed = (("".join(f"{word} " for word in words_of(form)), (number,)) for form, number in rows)
        return bytes(marisa_trie.RecordTrie(_NUMBER, keyed).tobytes())

    def matches(
        self, tokens: tuple[str, ...], prefixes: tuple[str, ...] = (), suffixes: tuple[str, ...] = ()
    ) -> Iterator[Match]:
        """Every form in `tokens`; prefixes and suffixes are letters that may stand attached to its words."""
        affixes = (prefixes, suffixes)
        if len(self._known) > REMEMBERED:
            self._known.clear()
        for first, token in enumerate(tokens):
            steps = self._known.get((affixes, token))
            if steps is None:
                steps = self._known[affixes, token] = tuple(self._steps("", token, affixes))
            for step in steps:
                yield from self._arrive(step, tokens, first, first, affixes, step.prefix)

    def _arrive(
        self, step: _Step, tokens: tuple[str, ...], first: int, at: int, affixes: Affixes, prefix: str
    ) -> Iterator[Match]:
        for meaning in step.meanings:
            yield Match(meaning, first, at + 1, prefix, step.suffix)
        if step.goes_on and at + 1 < len(tokens):
            for after in self._steps(step.key, tokens[at + 1], affixes):
                yield from self._arrive(after, tokens, first, at + 1, affixes, prefix or after.prefix)

    def _steps(self, before: str, token: str, affixes: Affixes) -> Iterator[_Step]:
        prefixes, suffixes = affixes
        spellings = [(token, "", "")]
        spellings += [
            (token[len(prefix) :], prefix, "")
            for prefix in prefixes
            if token.startswith(prefix) and len(token) > len(prefix)
        ]
        spellings += [
            (token[: -len(suffix)], "", suffix)
            for suffix in suffixes
            if token.endswith(suffix) and len(token) > len(suffix)
        ]
        if prefixes:  # both at once: 주이스라엘대사관은
            spellings += [
                (token[len(prefix) : -len(suffix)], prefix, suffix)
                for prefix in prefixes
                if token.startswith(prefix)
                for suffix in suffixes
                if token.endswith(suffix) and len(token) > len(prefix) + len(suffix) + 1
            ]
        for word, prefix, suffix in spellings:
            key = f"{before}{word} "
            if next(self._trie.iterkeys(key), None) is None:
                continue
            meanings = tuple(number for (number,) in self._trie.get(key, ()))
            goes_on = sum(1 for _ in islice(self._trie.iterkeys(key), len(meanings) + 1)) > len(meanings)
            if prefix and len(word) == 1:  # מג'יבוטי: a letter before an apostrophe begins a name, alone it is none
                meanings = ()
            yield _Step(key, prefix, suffix, meanings, goes_on)
